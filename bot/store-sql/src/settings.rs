//! Where the database is, and how carefully and how long it is spoken to.

use bot_store::error::cause;
use bot_store::{Error, Result};
use sqlx::ConnectOptions as _;
use sqlx::postgres::PgConnectOptions;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous};
use std::fmt;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use crate::fault::settings_fault;
use crate::hold::{Hold, Use};

/// Statements that a connection keeps ready; more than there are.
const MAX_STATEMENTS: usize = 256;
/// Pages of the write-ahead log after which SQLite copies them into the file.
const CHECKPOINT_PAGES: &str = "2000";
/// Bytes that the write-ahead log is cut back to.
const MAX_LOG_BYTES: &str = "67108864";
/// Memory of a connection's page cache, in KiB; the minus says that it is not in pages.
const CACHE_KIB: &str = "-16384";
/// How long PostgreSQL keeps a transaction that does nothing, in milliseconds: longer than any
/// action takes, and short enough that residents can wait it out when a machine stands still in the
/// middle of a turn.
const IDLE_TRANSACTION_MS: &str = "20000";

/// When a commit counts as done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Synchronous {
    /// Once the disk says so: nothing is lost even when the power fails.
    Full,
    /// Once the operating system has it: a power failure may take the last moments.
    Normal,
}

/// The two databases.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Engine {
    /// One file on this machine.
    Sqlite,
    /// A server, shared by many machines.
    Postgres,
}

/// Where the database is, and how it is spoken to.
#[derive(Clone, PartialEq, Eq)]
pub struct Settings {
    /// `sqlite:data/guichet.db` or `postgres://user@host/name`.
    pub url: String,
    /// The most connections: of SQLite those that read, since there is always one that writes.
    pub max_connections: u32,
    /// How long a transaction waits for a connection.
    pub acquire_timeout: Duration,
    /// How long a statement waits for another process's lock.
    pub busy_timeout: Duration,
    /// When a commit counts as done; PostgreSQL has its own setting for that.
    pub synchronous: Synchronous,
}

/// Leaves out the name and the password in the address.
impl fmt::Debug for Settings {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let url = match (self.url.split_once("://"), self.url.rsplit_once('@')) {
            (Some((scheme, _)), Some((_, place))) => format!("{scheme}://•••@{place}"),
            _ => self.url.clone(),
        };
        out.debug_struct("Settings")
            .field("url", &url)
            .field("max_connections", &self.max_connections)
            .field("acquire_timeout", &self.acquire_timeout)
            .field("busy_timeout", &self.busy_timeout)
            .field("synchronous", &self.synchronous)
            .finish()
    }
}

impl Settings {
    /// Makes settings with all but the address as is usual.
    #[must_use]
    pub fn new(url: &str) -> Self {
        Self {
            url: url.to_owned(),
            max_connections: 8,
            acquire_timeout: Duration::from_secs(10),
            busy_timeout: Duration::from_secs(5),
            synchronous: Synchronous::Full,
        }
    }

    /// Tells which database the address is of.
    ///
    /// # Errors
    /// [`Error::Settings`] where it is of neither.
    pub fn engine(&self) -> Result<Engine> {
        if self.max_connections == 0 {
            return Err(Error::Settings("max_connections is 0".to_owned()));
        }
        match self.url.split_once(':').map(|(scheme, _)| scheme) {
            Some("sqlite") => Ok(Engine::Sqlite),
            Some("postgres" | "postgresql") => Ok(Engine::Postgres),
            Some(_) | None => Err(Error::Settings(
                "the address of the store starts with sqlite: or postgres:".to_owned(),
            )),
        }
    }

    /// Gives SQLite's file, or nothing where the database is a server.
    ///
    /// # Errors
    /// [`Error::Settings`] where the address makes no sense.
    pub fn file(&self) -> Result<Option<PathBuf>> {
        match self.engine()? {
            Engine::Sqlite => Ok(Some(self.sqlite_address()?.get_filename().to_owned())),
            Engine::Postgres => Ok(None),
        }
    }

    /// Reads SQLite's address, and touches nothing.
    pub(crate) fn sqlite_address(&self) -> Result<SqliteConnectOptions> {
        let options: SqliteConnectOptions = self.url.parse().map_err(|why| settings_fault(&why))?;
        if options.get_filename().as_os_str().is_empty() || self.url.contains(":memory:") {
            return Err(Error::Settings(
                "the address of the store names no file: use the store in memory".to_owned(),
            ));
        }
        Ok(options)
    }

    /// Gives what SQLite needs to know, and makes the file's folder.
    pub(crate) fn sqlite(&self) -> Result<SqliteConnectOptions> {
        let options = self.sqlite_address()?;
        let is_read_only = self.is_read_only();
        if !is_read_only {
            make_folder(options.get_filename())?;
        }
        let synchronous = match self.synchronous {
            Synchronous::Full => SqliteSynchronous::Full,
            Synchronous::Normal => SqliteSynchronous::Normal,
        };
        let options = options
            .foreign_keys(true)
            .busy_timeout(self.busy_timeout)
            .synchronous(synchronous)
            .statement_cache_capacity(MAX_STATEMENTS)
            .pragma("cache_size", CACHE_KIB)
            .pragma("temp_store", "MEMORY")
            .disable_statement_logging();
        if is_read_only {
            return Ok(options);
        }
        Ok(options
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .pragma("wal_autocheckpoint", CHECKPOINT_PAGES)
            .pragma("journal_size_limit", MAX_LOG_BYTES))
    }

    /// Takes SQLite's file into use beside others, and makes its folder; nothing where it is only
    /// read, perhaps from where nothing can be written.
    pub(crate) async fn hold(&self) -> Result<Option<Hold>> {
        let options = self.sqlite_address()?;
        let file = options.get_filename();
        if self.is_read_only() {
            return Ok(None);
        }
        make_folder(file)?;
        let hold = Hold::take(file, Use::Shared, self.busy_timeout).await;
        match hold.map_err(|why| cannot_write(file, &why))? {
            Some(hold) => Ok(Some(hold)),
            None => Err(Error::Busy(cause("another file is being put in its place"))),
        }
    }

    fn is_read_only(&self) -> bool {
        self.url.contains("mode=ro")
    }

    /// Gives what PostgreSQL needs to know.
    pub(crate) fn postgres(&self) -> Result<PgConnectOptions> {
        let options: PgConnectOptions = self.url.parse().map_err(|why| settings_fault(&why))?;
        let lock_timeout = self.busy_timeout.as_millis().to_string();
        Ok(options
            .application_name("guichet")
            .options([
                ("lock_timeout", lock_timeout.as_str()),
                ("idle_in_transaction_session_timeout", IDLE_TRANSACTION_MS),
            ])
            .statement_cache_capacity(MAX_STATEMENTS)
            .disable_statement_logging())
    }
}

/// Makes the folder of a file.
fn make_folder(file: &Path) -> Result<()> {
    match file.parent() {
        Some(folder) => std::fs::create_dir_all(folder).map_err(|why| {
            let told = format!("{} cannot be made: {why}", folder.display());
            Error::ReadOnly(Arc::new(std::io::Error::new(why.kind(), told)))
        }),
        None => Ok(()),
    }
}

fn cannot_write(file: &Path, why: &std::io::Error) -> Error {
    let told = format!("nothing can be written beside {}: {why}", file.display());
    let error = Arc::new(std::io::Error::new(why.kind(), told));
    if matches!(why.kind(), ErrorKind::StorageFull | ErrorKind::QuotaExceeded) {
        Error::Full(error)
    } else {
        Error::ReadOnly(error)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_told_apart() {
        let engine = |url: &str| Settings::new(url).engine();
        assert_eq!(engine("sqlite:data/guichet.db").unwrap(), Engine::Sqlite);
        assert_eq!(engine("postgres://u@h/d").unwrap(), Engine::Postgres);
        assert_eq!(engine("postgresql://u@h/d").unwrap(), Engine::Postgres);
        for url in ["", "data/guichet.db", "mysql://u@h/d"] {
            assert!(matches!(engine(url), Err(Error::Settings(_))), "{url}");
        }
    }

    #[test]
    fn a_password_is_not_shown() {
        let shown = format!("{:?}", Settings::new("postgres://u:s3@cret@host/db"));
        assert!(shown.contains("postgres://•••@host/db"), "{shown}");
        assert!(!shown.contains("s3") && !shown.contains("cret"), "{shown}");
        let shown = format!("{:?}", Settings::new("sqlite:data/guichet.db"));
        assert!(shown.contains("sqlite:data/guichet.db"), "{shown}");
    }

    #[test]
    fn only_sqlite_has_a_file() {
        let file = |url: &str| Settings::new(url).file().unwrap();
        assert_eq!(file("sqlite:data/guichet.db"), Some("data/guichet.db".into()));
        assert_eq!(file("sqlite:///srv/guichet.db?mode=ro"), Some("/srv/guichet.db".into()));
        assert_eq!(file("postgres://u@h/d"), None);
        assert!(matches!(Settings::new("sqlite:").file(), Err(Error::Settings(_))));
    }

    #[test]
    fn sqlite_needs_a_file() {
        for url in ["sqlite:", "sqlite::memory:", "sqlite:x?mode=oops"] {
            let options = Settings::new(url).sqlite();
            assert!(matches!(options, Err(Error::Settings(_))), "{url}");
        }
    }
}
