//! A cluster of one test alone, that the test takes away and brings back.

use sqlx::ConnectOptions as _;
use sqlx::postgres::PgConnectOptions;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

use super::programs::{self, Programs};
use super::{ADMIN_DATABASE, ClusterError, Disk, folder, lock_file, remove_folder};

/// Held while folders are made and cleared away.
const GATE: &str = "gate";

/// A cluster of one test alone, which may be stopped under it; removed when dropped.
#[derive(Debug)]
pub struct OwnCluster {
    programs: Programs,
    folder: PathBuf,
    /// Held as long as the cluster is needed, so that others can tell what a killed test has left.
    _user: File,
}

impl OwnCluster {
    /// Makes a cluster and starts it, wherever [`super::URL_VARIABLE`] points.
    ///
    /// # Errors
    /// See [`ClusterError`].
    pub fn start(disk: Disk) -> Result<Self, ClusterError> {
        static N_MADE: AtomicU32 = AtomicU32::new(0);
        let programs = Programs::find()?;
        let all = folder(&programs, disk).join("own");
        fs::create_dir_all(&all)?;
        // Nobody takes a folder for left that is just being made.
        let gate = lock_file(&all, GATE)?;
        gate.lock()?;
        remove_leftovers(&programs, &all)?;
        let n = N_MADE.fetch_add(1, Ordering::Relaxed);
        let folder = all.join(format!("{}-{n}", std::process::id()));
        fs::create_dir_all(&folder)?;
        let user = lock_file(&folder, "user")?;
        user.lock()?;
        gate.unlock()?;
        let own = Self { programs, folder, _user: user };
        own.programs.start(&own.data(), disk)?;
        Ok(own)
    }

    /// Gives the address of its one database, for [`crate::Settings`].
    #[must_use]
    pub fn url(&self) -> String {
        let options = PgConnectOptions::new_without_pgpass().socket(self.data());
        let options = options.username(programs::SUPERUSER).database(ADMIN_DATABASE);
        options.to_url_lossy().to_string()
    }

    /// Takes the server away, as a fault does: every connection breaks off.
    pub fn take_away(&self) {
        self.programs.stop(&self.data());
    }

    /// Brings the server back.
    ///
    /// # Errors
    /// [`ClusterError::Program`].
    pub fn bring_back(&self) -> Result<(), ClusterError> {
        self.programs.start_again(&self.data())
    }

    fn data(&self) -> PathBuf {
        self.folder.join("cluster")
    }
}

impl Drop for OwnCluster {
    fn drop(&mut self) {
        self.programs.stop(&self.data());
        // What stays is removed by the next test that makes one.
        remove_folder(&self.folder).ok();
    }
}

/// Removes the clusters of tests that were killed.
fn remove_leftovers(programs: &Programs, all: &Path) -> io::Result<()> {
    for entry in fs::read_dir(all)? {
        let folder = entry?.path();
        if !folder.is_dir() {
            continue;
        }
        let is_left = lock_file(&folder, "user").is_ok_and(|user| user.try_lock().is_ok());
        if is_left {
            programs.stop(&folder.join("cluster"));
            remove_folder(&folder)?;
        }
    }
    Ok(())
}
