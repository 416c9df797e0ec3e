//! What can go wrong with a store, one variant for each thing a caller does next.
//!
//! Never here: what is no fault. "Not found" is `None`, and a lost race is [`crate::Swap::Stale`].

use std::sync::Arc;

/// The result of everything a store does.
pub type Result<T> = std::result::Result<T, Error>;

/// What lies underneath an error.
pub type Cause = Arc<dyn std::error::Error + Send + Sync>;

/// Why a store could not do as asked.
///
/// After any error the transaction is spent: drop it.
#[derive(Debug, Clone, thiserror::Error)]
pub enum Error {
    /// Too many others are writing: try again in a moment.
    #[error("the store is busy: try again in a moment")]
    Busy(#[source] Cause),
    /// The database cannot be reached, or went away in the middle: try again later.
    ///
    /// Where it comes from a commit, the commit may have happened.
    #[error("the database cannot be reached: check that it runs, then try again")]
    Unavailable(#[source] Cause),
    /// There is no room left: nothing can be written until someone makes some.
    #[error("the disk or the database is full: free some space, then try again")]
    Full(#[source] Cause),
    /// The database cannot be written to by this process.
    #[error("the database is read-only: check who owns the file, its rights, and the disk")]
    ReadOnly(#[source] Cause),
    /// Something was written through a read-only snapshot: a fault of the caller.
    #[error("a read-only snapshot was written to: use Store::begin")]
    Snapshot,
    /// Another transaction was first, or a rule of the tables forbids it: start over.
    #[error("another transaction was first, or {0} breaks a rule of the store: start over")]
    Conflict(String),
    /// A value is larger than the store takes.
    #[error("{n_bytes} bytes are more than the {max_bytes} that the store takes")]
    TooLarge {
        /// Its size.
        n_bytes: usize,
        /// The largest that is taken.
        max_bytes: usize,
    },
    /// The database was made by a newer version of this program.
    #[error(
        "the database has version {found} and this program knows {known}: install the newer program"
    )]
    Newer {
        /// The version of the database.
        found: i64,
        /// The newest version that this program knows.
        known: i64,
    },
    /// The settings make no sense.
    #[error("the store's settings are wrong: {0}")]
    Settings(String),
    /// A stored row cannot be read.
    #[error("a row of table {table} cannot be read: {what}")]
    Row {
        /// The table.
        table: &'static str,
        /// What is wrong, with the row's id where it is known.
        what: String,
    },
    /// A fault of this program or of the database.
    #[error("the store has failed")]
    Fault(#[source] Cause),
}

impl Error {
    /// Makes a row error.
    #[must_use]
    pub fn row(table: &'static str, what: impl std::fmt::Display) -> Self {
        Self::Row { table, what: what.to_string() }
    }

    /// Refuses a value that is too large.
    ///
    /// # Errors
    /// [`Error::TooLarge`].
    pub const fn check_size(n_bytes: usize, max_bytes: usize) -> Result<()> {
        if n_bytes > max_bytes { Err(Self::TooLarge { n_bytes, max_bytes }) } else { Ok(()) }
    }

    /// Tells whether the same call may well succeed when it is made again.
    #[must_use]
    pub const fn is_passing(&self) -> bool {
        match self {
            Self::Busy(_) | Self::Unavailable(_) | Self::Conflict(_) => true,
            Self::Full(_)
            | Self::ReadOnly(_)
            | Self::Snapshot
            | Self::TooLarge { .. }
            | Self::Newer { .. }
            | Self::Settings(_)
            | Self::Row { .. }
            | Self::Fault(_) => false,
        }
    }
}

/// Makes a cause from a text.
#[must_use]
pub fn cause(text: &str) -> Cause {
    Arc::from(Box::<dyn std::error::Error + Send + Sync>::from(text))
}
