//! How a `guichet` is called: its store, its city, its settings, in a folder of its own.
//!
//! Never here: what it answers.

use anyhow::{Context, ensure};
use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use tokio::process::Command;
use tokio::sync::OnceCell;

use crate::{binary, city};

/// What the settings' variables begin with.
const PREFIX: &str = "GUICHET";

/// A way to call `guichet`.
#[derive(Debug, Clone)]
pub struct Setup {
    /// The folder that it runs in; it holds the store, where that is a file.
    pub folder: PathBuf,
    /// The store.
    pub url: String,
    /// The city's package.
    pub city: PathBuf,
    program: PathBuf,
    cache: PathBuf,
    settings: Vec<(String, String)>,
    role: Option<Role>,
    /// A program with its arguments that runs `guichet` in its turn.
    runner: Vec<OsString>,
}

/// One of the two roles that share a store.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// The door alone.
    Web,
    /// The work alone.
    Worker,
}

impl Setup {
    /// Makes a setup with an SQLite store in a folder.
    ///
    /// # Errors
    /// Where there is no `guichet` to try.
    pub fn sqlite(folder: &Path) -> anyhow::Result<Self> {
        Self::new(folder, &format!("sqlite:{}", folder.join("guichet.db").display()))
    }

    /// Makes a setup with any store.
    ///
    /// # Errors
    /// Where there is no `guichet` to try.
    pub fn new(folder: &Path, url: &str) -> anyhow::Result<Self> {
        Ok(Self {
            folder: folder.to_owned(),
            url: url.to_owned(),
            city: city::demo(),
            program: binary::guichet()?,
            cache: binary::cache_folder()?,
            settings: Vec::new(),
            role: None,
            runner: Vec::new(),
        })
    }

    /// Sets one setting, as `WORKER__LEASE_S`.
    #[must_use]
    pub fn with(mut self, setting: &str, value: &str) -> Self {
        self.settings.push((format!("{PREFIX}__{setting}"), value.to_owned()));
        self
    }

    /// Sets a variable that is no setting, as `LD_PRELOAD`.
    #[must_use]
    pub fn with_variable(mut self, name: &str, value: &str) -> Self {
        self.settings.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Takes one role in place of both.
    #[must_use]
    pub const fn in_role(mut self, role: Role) -> Self {
        self.role = Some(role);
        self
    }

    /// Has another program run `guichet`, which is then the last of its arguments.
    #[must_use]
    pub fn run_by(mut self, runner: &[&OsStr]) -> Self {
        self.runner = runner.iter().map(|&part| part.to_owned()).collect();
        self
    }

    /// Takes another city.
    #[must_use]
    pub fn in_city(mut self, city: &Path) -> Self {
        city.clone_into(&mut self.city);
        self
    }

    /// Makes the call that serves.
    #[must_use]
    pub fn serve(&self) -> Command {
        match self.role {
            None => self.command(&["serve"]),
            Some(Role::Web) => self.command(&["serve", "--role", "web"]),
            Some(Role::Worker) => self.command(&["serve", "--role", "worker"]),
        }
    }

    /// Makes the call; it sees no setting but those of this setup.
    #[must_use]
    pub fn command(&self, args: &[&str]) -> Command {
        let mut command = match self.runner.split_first() {
            None => Command::new(&self.program),
            Some((runner, rest)) => {
                let mut command = Command::new(runner);
                command.args(rest).arg(&self.program);
                command
            }
        };
        for (name, _) in std::env::vars_os() {
            if name.to_string_lossy().starts_with(PREFIX) {
                command.env_remove(name);
            }
        }
        command
            .env(format!("{PREFIX}__STORE__URL"), &self.url)
            .env(format!("{PREFIX}__CITY__DIR"), &self.city)
            .env(format!("{PREFIX}__CITY__CACHE_DIR"), &self.cache)
            .env(format!("{PREFIX}__SERVER__BIND"), "127.0.0.1:0")
            // A load generator says more in a conversation than any resident.
            .env(format!("{PREFIX}__LIMITS__MESSAGES_PER_MINUTE"), "0")
            .envs(self.settings.iter().map(|(name, value)| (name, value)))
            .args(args)
            .current_dir(&self.folder)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true);
        command
    }

    /// Learns the city once, so that every later start only reads what was learnt.
    ///
    /// # Errors
    /// Says what `guichet nlu train` said.
    pub async fn learn(&self) -> anyhow::Result<()> {
        static LEARNT: OnceCell<()> = OnceCell::const_new();
        let learn = async || {
            let output = self.command(&["nlu", "train"]).output().await?;
            let said = String::from_utf8_lossy(&output.stderr).into_owned();
            ensure!(output.status.success(), "guichet nlu train has failed: {said}");
            Ok(())
        };
        LEARNT.get_or_try_init(learn).await.copied().context("the city cannot be learnt")
    }
}
