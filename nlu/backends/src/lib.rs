//! Other ways to run the layers of a BERT encoder: libraries, each behind a feature of its name.
//!
//! Lives here: one file a library, and the choice between them. Never here: tokenizers, pooling and
//! the encoders' own kernels (all in `nlu-encoder`), the network. None of the libraries is part of
//! the usual build; docs/models.md says when one is worth it.

#[cfg(feature = "candle")]
mod candle;
#[cfg(feature = "candle")]
mod lengths;

use nlu_encoder::ReadError;
#[cfg(feature = "candle")]
use nlu_encoder::Weights;
use nlu_encoder::bert::{Bert, Model};

/// What runs the layers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Backend {
    /// The kernels of `nlu-encoder`: always there.
    Own,
    /// candle, pure Rust.
    Candle,
}

impl Backend {
    /// All of them.
    pub const ALL: [Self; 2] = [Self::Own, Self::Candle];

    /// Gives its name, in settings and as a feature.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Own => "own",
            Self::Candle => "candle",
        }
    }

    /// Tells whether this program was built with it.
    #[must_use]
    pub const fn is_built(self) -> bool {
        match self {
            Self::Own => true,
            Self::Candle => cfg!(feature = "candle"),
        }
    }

    /// Reads a model's file for this backend.
    ///
    /// # Errors
    /// [`ReadError`] says what is wrong with the file, or what the backend needs.
    pub fn read(self, model: Model, bytes: &[u8]) -> Result<Bert, ReadError> {
        match self {
            Self::Own => model.read(bytes),
            #[cfg(feature = "candle")]
            Self::Candle => model.read_for(bytes, &candle::pass),
            #[cfg(not(feature = "candle"))]
            Self::Candle => Err(self.not_built()),
        }
    }

    #[cfg(not(feature = "candle"))]
    fn not_built(self) -> ReadError {
        let backend = self.name();
        let why = format!("this program was built without it: build with --features {backend}");
        ReadError::Backend { backend, why }
    }
}

/// A weight: its name, its shape, its numbers.
#[cfg(feature = "candle")]
type Part = (String, Vec<usize>, Vec<f32>);

/// Gives the weights of a model by their names, as floats.
#[cfg(feature = "candle")]
fn floats(weights: &Weights<'_>, model: Model) -> Result<Vec<Part>, ReadError> {
    let [words, ..] = nlu_encoder::bert::TABLES;
    let n_pieces = weights.shape(words)?.first().copied().unwrap_or_default();
    let read = |(name, shape): (String, Vec<usize>)| {
        let numbers = weights.numbers(&name, &shape)?;
        Ok((name, shape, numbers))
    };
    model.parts(n_pieces).into_iter().map(read).collect()
}
