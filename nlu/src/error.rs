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
    /// A line of a table of sentences has no label or no text: mend the line.
    #[error("line {line}: a row is label, tab, text, and perhaps a tab and fr or en")]
    Row {
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
}
