//! Other ways to run the layers of a BERT encoder: libraries, each behind a feature of its name.
//!
//! Lives here: one file a library, and the choice between them. Never here: tokenizers, pooling and
//! the encoders' own kernels (all in `nlu-encoder`), the network. None of the libraries is part of
//! the usual build; docs/models.md says when one is worth it.

#[cfg(feature = "candle")]
mod candle;
#[cfg(any(feature = "ort", feature = "rust-bert"))]
mod lanes;
#[cfg(any(feature = "candle", feature = "ort", feature = "rust-bert"))]
mod lengths;
#[cfg(feature = "ort")]
mod onnx;
#[cfg(feature = "ort")]
mod ort;
#[cfg(feature = "rust-bert")]
mod rust_bert;

use std::path::PathBuf;

use nlu_encoder::ReadError;
#[cfg(any(feature = "candle", feature = "ort", feature = "rust-bert"))]
use nlu_encoder::Weights;
use nlu_encoder::bert::{Bert, Model};

/// What runs the layers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Backend {
    /// The kernels of `nlu-encoder`: always there.
    Own,
    /// candle, pure Rust.
    Candle,
    /// ONNX Runtime, a library that is opened when the service starts.
    Ort,
    /// rust-bert, on libtorch.
    RustBert,
}

/// The files that backends need beside the weights.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Files {
    /// The library of ONNX Runtime.
    pub onnxruntime: PathBuf,
    /// The folder for what is made of the weights.
    pub cache: PathBuf,
}

impl Backend {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Own, Self::Candle, Self::Ort, Self::RustBert];

    /// Gives its name, in settings and as a feature.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Own => "own",
            Self::Candle => "candle",
            Self::Ort => "ort",
            Self::RustBert => "rust-bert",
        }
    }

    /// Tells whether this program was built with it.
    #[must_use]
    pub const fn is_built(self) -> bool {
        match self {
            Self::Own => true,
            Self::Candle => cfg!(feature = "candle"),
            Self::Ort => cfg!(feature = "ort"),
            Self::RustBert => cfg!(feature = "rust-bert"),
        }
    }

    /// Reads a model's file for this backend.
    ///
    /// # Errors
    /// [`ReadError`] says what is wrong with the file, or what the backend needs.
    #[cfg_attr(
        not(feature = "ort"),
        expect(unused_variables, reason = "of all backends ONNX Runtime alone takes files")
    )]
    pub fn read(self, model: Model, bytes: &[u8], files: &Files) -> Result<Bert, ReadError> {
        match self {
            Self::Own => model.read(bytes),
            #[cfg(feature = "candle")]
            Self::Candle => model.read_for(bytes, &candle::pass),
            #[cfg(feature = "ort")]
            Self::Ort => model.read_for(bytes, &|weights, model| ort::pass(weights, model, files)),
            #[cfg(feature = "rust-bert")]
            Self::RustBert => model.read_for(bytes, &rust_bert::pass),
            #[cfg(not(feature = "candle"))]
            Self::Candle => Err(self.not_built()),
            #[cfg(not(feature = "ort"))]
            Self::Ort => Err(self.not_built()),
            #[cfg(not(feature = "rust-bert"))]
            Self::RustBert => Err(self.not_built()),
        }
    }

    #[cfg(not(all(feature = "candle", feature = "ort", feature = "rust-bert")))]
    fn not_built(self) -> ReadError {
        let backend = self.name();
        let why = format!("this program was built without it: build with --features {backend}");
        ReadError::Backend { backend, why }
    }
}

/// Counts the rows of the table of pieces.
#[cfg(any(feature = "candle", feature = "ort", feature = "rust-bert"))]
fn n_pieces(weights: &Weights<'_>) -> Result<usize, ReadError> {
    let [words, ..] = nlu_encoder::bert::TABLES;
    Ok(weights.shape(words)?.first().copied().unwrap_or_default())
}

/// A weight: its name, its shape, its numbers.
#[cfg(any(feature = "candle", feature = "rust-bert"))]
type Part = (String, Vec<usize>, Vec<f32>);

/// Gives the weights of a model by their names, as floats.
#[cfg(any(feature = "candle", feature = "rust-bert"))]
fn floats(weights: &Weights<'_>, model: Model) -> Result<Vec<Part>, ReadError> {
    let read = |(name, shape): (String, Vec<usize>)| {
        let numbers = weights.numbers(&name, &shape)?;
        Ok((name, shape, numbers))
    };
    model.parts(n_pieces(weights)?).into_iter().map(read).collect()
}
