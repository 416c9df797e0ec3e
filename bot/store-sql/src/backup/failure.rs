//! Why there is no copy, or no way back: a variant for each thing an operator does next.

use std::path::{Path, PathBuf};

use crate::fault::{fault, sqlite_sort};

/// SQLite's result code for a database that is malformed.
const MALFORMED: &str = "11";
/// SQLite's result code for what is no database.
const NO_DATABASE: &str = "26";

/// Why a backup or a restore was not done. Nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// The store is a server's.
    #[error("the store is a PostgreSQL database: use the programs that come with it")]
    Server,
    /// There is no store to copy.
    #[error("there is no store {}: see store.url", .0.display())]
    NoStore(PathBuf),
    /// There is no copy to restore.
    #[error("there is no file {}", .0.display())]
    NoCopy(PathBuf),
    /// The name of the copy is taken.
    #[error("{} is there already: name another file, or write --force to replace it", .0.display())]
    Exists(PathBuf),
    /// The copy is the store.
    #[error("{} is the store itself: name another file", .0.display())]
    Itself(PathBuf),
    /// A name that SQLite cannot take.
    #[error("the name of {} is not UTF-8: name another file", .0.display())]
    Name(PathBuf),
    /// Another backup of the same store is being made.
    #[error("another backup of {} is being made: wait until it is done", .0.display())]
    Twice(PathBuf),
    /// Somebody uses the store.
    #[error("{} is in use: stop the counter and whatever else has it open, then try again", .0.display())]
    InUse(PathBuf),
    /// The file is of another kind.
    #[error("{} is not an SQLite database", .0.display())]
    NotSqlite(PathBuf),
    /// The database is another program's.
    #[error("{} is not a store of guichet", .0.display())]
    NotOurs(PathBuf),
    /// The database was made by a newer program.
    #[error(
        "{} has tables of version {found}, and this program knows {known}: install the newer program",
        file.display()
    )]
    Newer {
        /// The database.
        file: PathBuf,
        /// Its version.
        found: i64,
        /// The newest version that this program knows.
        known: i64,
    },
    /// The database is damaged.
    #[error("{} is damaged: {what}", file.display())]
    Damaged {
        /// The database.
        file: PathBuf,
        /// The first that is wrong with it.
        what: String,
    },
    /// The newest rows of the file are in another.
    #[error(
        "{} is not whole without the log that lies beside it: make the copy with guichet backup",
        .0.display()
    )]
    Unfinished(PathBuf),
    /// A file cannot be read or written.
    #[error("{}: {source}", file.display())]
    File {
        /// The file.
        file: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The database stops it.
    #[error("{}: {source}", file.display())]
    Store {
        /// The database.
        file: PathBuf,
        /// Why.
        source: bot_store::Error,
    },
}

impl Failure {
    pub(super) fn file(file: &Path, source: std::io::Error) -> Self {
        Self::File { file: file.to_owned(), source }
    }

    /// Sorts what SQLite says of a file.
    pub(super) fn sqlite(file: &Path, error: sqlx::Error) -> Self {
        let file = file.to_owned();
        match broken(&error) {
            Some(Broken::NoDatabase) => Self::NotSqlite(file),
            Some(Broken::Malformed(what)) => Self::Damaged { file, what },
            None => Self::Store { file, source: fault(error, sqlite_sort) },
        }
    }

    pub(super) fn store(file: &Path, source: bot_store::Error) -> Self {
        Self::Store { file: file.to_owned(), source }
    }
}

/// What makes a file one that SQLite cannot read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Broken {
    Malformed(String),
    NoDatabase,
}

/// Tells whether it is the file itself that stopped SQLite.
pub(super) fn broken(error: &sqlx::Error) -> Option<Broken> {
    let error = error.as_database_error()?;
    match error.code().as_deref() {
        Some(MALFORMED) => Some(Broken::Malformed(error.message().to_owned())),
        Some(NO_DATABASE) => Some(Broken::NoDatabase),
        Some(_) | None => None,
    }
}
