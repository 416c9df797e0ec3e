//! Sentence encoders: text in, a vector of its meaning out, in plain Rust, without a runtime.
//!
//! Lives here: the `Encoder` trait, tokenizers, the encoders and their kernels, and the queue that
//! guards them. Never here: intents, training, files, the network, another library's runtime (see the
//! crate `nlu-backends`).
//!
//! The weights are those of the `models` crate's files; docs/models.md describes them.

mod batches;
pub mod bert;
mod charsmap;
mod error;
mod normal;
mod pieces;
mod queue;
mod tokenizer;
mod use_m3;
pub mod weights;
mod word_pieces;

pub use bert::{Bert, E5_SMALL, MINILM};
pub use error::{EncodeError, ReadError};
pub use queue::Queue;
pub use tokenizer::Tokenizer;
pub use use_m3::UseM3;
pub use weights::Weights;

/// Turns texts into vectors of their meaning.
pub trait Encoder: Send + Sync {
    /// Gives its name.
    fn name(&self) -> &str;
    /// Counts the coordinates of its vectors.
    fn width(&self) -> usize;
    /// Tells whether it knows a language, given by its code, as in `fr`.
    fn knows(&self, _language: &str) -> bool {
        true
    }
    /// Changes when weights, tokenizer or arithmetic change.
    fn fingerprint(&self) -> [u8; 32];
    /// Encodes texts: a vector of length 1 for each, in their order. Any text has one, the empty
    /// one too.
    ///
    /// # Errors
    /// [`EncodeError`], see there.
    fn encode(&self, texts: &[&str]) -> Result<Vec<Vec<f32>>, EncodeError>;
}
