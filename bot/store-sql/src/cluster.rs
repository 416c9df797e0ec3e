//! A private PostgreSQL for tests: started from the installed programs in a folder of its own,
//! spoken to by a socket in that folder, stopped and removed by whoever leaves last.
//!
//! All test processes of a user share one cluster, counted by locks that the system gives back
//! even when a process is killed; each test makes a database of its own. Where
//! `GUICHET_TEST_POSTGRES_URL` is set, that server is used and nothing is started. Never here:
//! anything that the service itself needs.

mod own;
mod programs;

use sqlx::postgres::{PgConnectOptions, PgConnection};
use sqlx::{AssertSqlSafe, ConnectOptions as _, Connection as _};
use std::error::Error as _;
use std::fmt;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

pub use own::OwnCluster;
use programs::Programs;

/// Names a server to use in place of a private one.
pub const URL_VARIABLE: &str = "GUICHET_TEST_POSTGRES_URL";

/// The database that every server has.
const ADMIN_DATABASE: &str = "postgres";
/// A socket's path may have about a hundred characters.
const MAX_FOLDER_BYTES: usize = 70;

/// Why there is no PostgreSQL to test with.
#[derive(thiserror::Error)]
pub enum ClusterError {
    /// Its programs are not installed.
    #[error(
        "PostgreSQL is not installed: run `apt-get install postgresql` or \
         `brew install postgresql`, or set {URL_VARIABLE}"
    )]
    Missing,
    /// One of its programs failed.
    #[error("{program} failed: {output}")]
    Program {
        /// The program.
        program: String,
        /// What it said.
        output: String,
    },
    /// A file could not be made or locked.
    #[error("the folder of the test cluster cannot be used")]
    Io(#[from] io::Error),
    /// The server refused something.
    #[error("the test cluster refused a statement")]
    Sql(#[from] sqlx::Error),
}

/// As a test that unwraps it shows it: in words, with what lies underneath.
impl fmt::Debug for ClusterError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{self}")?;
        match self.source() {
            Some(cause) => write!(out, ": {cause}"),
            None => Ok(()),
        }
    }
}

/// Whether the cluster waits for the disk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Disk {
    /// It does not: for tests.
    Skipped,
    /// It does: for measuring.
    Awaited,
}

/// A running cluster; it is stopped when the last of all processes drops its last one.
#[derive(Debug)]
pub struct Cluster {
    options: PgConnectOptions,
    /// Nothing, where somebody else's server is used.
    own: Option<Own>,
}

/// A cluster of our own.
#[derive(Debug)]
struct Own {
    programs: Programs,
    folder: PathBuf,
    /// Held by everyone who uses the cluster.
    users: File,
}

impl Cluster {
    /// Starts the cluster, or joins those who use it already.
    ///
    /// # Errors
    /// See [`ClusterError`].
    pub fn start(disk: Disk) -> Result<Arc<Self>, ClusterError> {
        if let Ok(url) = std::env::var(URL_VARIABLE) {
            let options = url.parse()?;
            return Ok(Arc::new(Self { options, own: None }));
        }
        let programs = Programs::find()?;
        let folder = folder(&programs, disk);
        fs::create_dir_all(&folder)?;
        let gate = lock_file(&folder, "gate")?;
        gate.lock()?;
        let users = lock_file(&folder, "users")?;
        let data = folder.join("cluster");
        // Whoever gets this lock is the first: what is there was left by someone who was killed.
        if users.try_lock().is_ok() {
            programs.stop(&data);
            remove_folder(&data)?;
            programs.start(&data, disk)?;
            users.unlock()?;
        }
        users.lock_shared()?;
        gate.unlock()?;
        let options =
            PgConnectOptions::new_without_pgpass().socket(&data).username(programs::SUPERUSER);
        let own = Own { programs, folder, users };
        Ok(Arc::new(Self { options, own: Some(own) }))
    }

    /// Makes an empty database.
    ///
    /// # Errors
    /// [`ClusterError::Sql`].
    pub async fn database(self: &Arc<Self>) -> Result<Database, ClusterError> {
        static N_MADE: AtomicU32 = AtomicU32::new(0);
        let n = N_MADE.fetch_add(1, Ordering::Relaxed);
        let name = format!("guichet_test_{}_{n}", std::process::id());
        let mut admin = self.admin().await?;
        for sql in [format!("DROP DATABASE IF EXISTS {name}"), format!("CREATE DATABASE {name}")] {
            sqlx::raw_sql(AssertSqlSafe(sql)).execute(&mut admin).await?;
        }
        admin.close().await?;
        Ok(Database { cluster: Arc::clone(self), name })
    }

    async fn admin(&self) -> Result<PgConnection, sqlx::Error> {
        let options = self.options.clone().database(ADMIN_DATABASE);
        options.disable_statement_logging().connect().await
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        if let Some(own) = &self.own {
            // A cluster that cannot be stopped is stopped by whoever comes next.
            own.leave().ok();
        }
    }
}

impl Own {
    /// Stops the cluster, unless others use it.
    fn leave(&self) -> io::Result<()> {
        let gate = lock_file(&self.folder, "gate")?;
        gate.lock()?;
        self.users.unlock()?;
        if self.users.try_lock().is_ok() {
            let data = self.folder.join("cluster");
            self.programs.stop(&data);
            remove_folder(&data)?;
            self.users.unlock()?;
        }
        gate.unlock()
    }
}

/// A database of one test; it is removed when dropped.
#[derive(Debug)]
pub struct Database {
    cluster: Arc<Cluster>,
    name: String,
}

impl Database {
    /// Gives its address, for [`crate::Settings`].
    #[must_use]
    pub fn url(&self) -> String {
        let options = self.cluster.options.clone().database(&self.name);
        options.to_url_lossy().to_string()
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        let (cluster, name) = (Arc::clone(&self.cluster), self.name.clone());
        // A thread of its own, since the test's runtime may be the one that drops it.
        let dropped = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
            runtime.block_on(async {
                let mut admin = cluster.admin().await?;
                let sql = format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)");
                sqlx::raw_sql(AssertSqlSafe(sql)).execute(&mut admin).await?;
                Ok::<_, ClusterError>(())
            })
        });
        // A database that stays goes with the cluster.
        dropped.join().ok();
    }
}

/// Gives the folder that all processes of this user share.
fn folder(programs: &Programs, disk: Disk) -> PathBuf {
    let name = match disk {
        Disk::Skipped => format!("guichet-postgres-{}", programs.user()),
        Disk::Awaited => format!("guichet-postgres-{}-disk", programs.user()),
    };
    let temporary = std::env::temp_dir().join(&name);
    if temporary.as_os_str().len() <= MAX_FOLDER_BYTES {
        temporary
    } else {
        Path::new("/tmp").join(name)
    }
}

fn lock_file(folder: &Path, name: &str) -> io::Result<File> {
    File::options().create(true).truncate(false).write(true).open(folder.join(name))
}

fn remove_folder(folder: &Path) -> io::Result<()> {
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}
