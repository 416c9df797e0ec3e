//! What can go wrong in this room: only the cache can, since understanding is total.

/// Why a trained head could not be written or read back.
#[derive(Debug, thiserror::Error)]
pub enum NluError {
    /// The bytes were written by another version, or for another lesson: train anew.
    #[error("the cache is stale: {0}")]
    Stale(Stale),
    /// The bytes are damaged: train anew, and look at the disk.
    #[error("the cache cannot be read")]
    Corrupt(#[source] postcard::Error),
    /// The head could not be written as bytes: go on without a cache.
    #[error("the head cannot be written as bytes")]
    Write(#[source] postcard::Error),
    /// An encoder failed: the sentences cannot be learnt with it.
    #[error("a sentence could not be encoded")]
    Encode(#[source] nlu_encoder::EncodeError),
    /// A line of a list of words has no word or no two numbers: fetch the list anew.
    #[error("line {line}: a row is a word and how often each language uses it")]
    Word {
        /// The line, counted from 1.
        line: usize,
    },
    /// A line of a table of sentences has no label or no text: mend the line.
    #[error("line {line}: a row is label, tab, text, and perhaps a tab and fr or en")]
    Row {
        /// The line, counted from 1.
        line: usize,
    },
    /// A line of a table of sentences with marks is none, or its known address is no place of the
    /// city: mend the line.
    #[error(
        "line {line}: a row is context, tab, and a sentence with [words](kind: value); language and now are told before"
    )]
    Mark {
        /// The line, counted from 1.
        line: usize,
    },
}

/// In which way a cache is stale.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Stale {
    /// Not a cache of this crate.
    #[error("it is no cache of a head")]
    Magic,
    /// Another format.
    #[error("its format is another version's")]
    Format,
    /// Another lesson.
    #[error("it was trained on another lesson")]
    Lesson,
    /// Other encoders, or another list of words.
    #[error("it was trained with other model files")]
    Models,
}
