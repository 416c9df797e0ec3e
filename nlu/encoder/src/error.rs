//! What can go wrong in this room.

use std::sync::Arc;

/// Why a text could not be encoded.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum EncodeError {
    /// Too many are waiting already: answer without this encoder.
    #[error("the encoder is overloaded")]
    Overloaded,
    /// The encoder's thread is gone: restart the service.
    #[error("the encoder has stopped")]
    Stopped,
    /// The library that runs its layers fails: set `nlu.backend` to `own`.
    #[error("the backend of the encoder has failed, set nlu.backend to \"own\": {0}")]
    Backend(Arc<str>),
}

/// Why a model file could not be read: fetch it anew (`guichet models fetch`).
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ReadError {
    /// Not a safetensors file, or a truncated one.
    #[error("the model file is damaged: {0}")]
    Damaged(String),
    /// Another model's file, or another version's.
    #[error("the model file is not {wanted}, but {found}")]
    Other {
        /// What was looked for.
        wanted: &'static str,
        /// What its header says.
        found: String,
    },
    /// A part is missing.
    #[error("the model file has no {0}")]
    Missing(String),
    /// A part has another shape or type.
    #[error("in the model file {name} has the shape {found:?}, not {wanted:?}")]
    Shape {
        /// The part.
        name: String,
        /// The shape it has.
        found: Vec<usize>,
        /// The shape it should have.
        wanted: Vec<usize>,
    },
    /// What shall run the layers cannot.
    #[error("the backend {backend} cannot run the model: {why}")]
    Backend {
        /// Which.
        backend: &'static str,
        /// Why, and what to do.
        why: String,
    },
}
