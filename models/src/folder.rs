//! The folder of models: which are there, whole and up to date.
//!
//! Beside each finished file lies its receipt, `NAME.json`: of what it was made, by what, and what
//! its SHA-256 was. Never here: the network.

mod receipt;

use serde::Serialize;
use sha2::{Digest, Sha256};
use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use crate::hashes::{Sums, hex, read_into};
use crate::{Manifest, Model, Source};
use receipt::Receipt;

/// A receipt is read up to so many bytes.
const MAX_RECEIPT_BYTES: u64 = 64 * 1024;
/// What a file that is being written ends with.
pub(crate) const PART: &str = ".part";

/// Where the models lie.
#[derive(Debug, Clone)]
pub struct Folder<'m> {
    dir: PathBuf,
    manifest: &'m Manifest,
}

/// How it is with a model's file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// It is there.
    Ready {
        /// Its size.
        bytes: u64,
    },
    /// It is not there.
    Absent,
    /// It is there, but made by another version or of another source.
    Outdated,
    /// It is there, but not as it was written.
    Damaged,
}

/// Why a model cannot be used; says what to do.
#[derive(Debug, thiserror::Error)]
pub enum NotReady {
    /// The list has no such model.
    #[error("there is no model {0}: guichet models list tells which there are")]
    Unknown(String),
    /// Its file is not usable.
    #[error("the model {name} is {state}: run guichet models fetch {name}")]
    Not {
        /// The model.
        name: String,
        /// What it is instead.
        state: &'static str,
    },
    /// Its file cannot be read.
    #[error("the model file {path} cannot be read")]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        why: io::Error,
    },
}

/// Where the bytes of a finished file are, before it is put in its place.
pub(crate) enum Finished<'a> {
    /// In memory.
    Bytes(&'a [u8]),
    /// In a file below the folder, which nobody needs any more.
    Moves(&'a Path),
    /// In a file that stays where it is.
    Stays(&'a Path),
}

impl State {
    /// Gives its name.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Ready { .. } => "ready",
            Self::Absent => "absent",
            Self::Outdated => "outdated",
            Self::Damaged => "damaged",
        }
    }

    /// Whether the file can be used.
    #[must_use]
    pub const fn is_ready(&self) -> bool {
        matches!(self, Self::Ready { .. })
    }
}

impl Folder<'static> {
    /// Looks at a folder with the list that this program is built with.
    #[must_use]
    pub fn new(dir: impl Into<PathBuf>) -> Self {
        Self::of(dir, Manifest::shipped())
    }
}

impl<'m> Folder<'m> {
    /// Looks at a folder with another list.
    #[must_use]
    pub fn of(dir: impl Into<PathBuf>, manifest: &'m Manifest) -> Self {
        Self { dir: dir.into(), manifest }
    }

    /// Gives the folder.
    #[must_use]
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// Lists the models.
    #[must_use]
    pub fn models(&self) -> &'m [Model] {
        self.manifest.models()
    }

    /// Finds a model by its name.
    ///
    /// # Errors
    ///
    /// Fails when there is none of that name.
    pub fn model(&self, name: &str) -> Result<&'m Model, NotReady> {
        self.manifest.model(name).ok_or_else(|| NotReady::Unknown(name.to_owned()))
    }

    /// Tells how it is with a model by what is quickly seen: receipt and size, not every byte.
    #[must_use]
    pub fn state(&self, model: &Model) -> State {
        let Ok(file) = fs::metadata(self.file(model)) else { return State::Absent };
        let Some(receipt) = self.receipt(model) else { return State::Outdated };
        if !model.sources.iter().any(|source| receipt.is_of(model, source)) {
            return State::Outdated;
        }
        if file.is_file() && file.len() == receipt.bytes {
            State::Ready { bytes: receipt.bytes }
        } else {
            State::Damaged
        }
    }

    /// Gives the file of a model that is ready.
    ///
    /// # Errors
    ///
    /// Fails when there is no such model, or its file cannot be used; the words say what to do.
    pub fn path(&self, name: &str) -> Result<PathBuf, NotReady> {
        let model = self.model(name)?;
        let state = self.state(model);
        if state.is_ready() {
            return Ok(self.file(model));
        }
        Err(NotReady::Not { name: name.to_owned(), state: state.name() })
    }

    /// Reads the file of a model that is ready.
    ///
    /// # Errors
    ///
    /// Fails as [`Folder::path`] does, and when the file cannot be read.
    pub fn read(&self, name: &str) -> Result<Vec<u8>, NotReady> {
        let path = self.path(name)?;
        fs::read(&path).map_err(|why| NotReady::Unreadable { path, why })
    }

    /// Reads every byte of a model's file and tells how it is with it; `tell` hears how many bytes
    /// were read since it heard last.
    ///
    /// # Errors
    ///
    /// Fails when the file is there and cannot be read.
    pub fn verify(&self, model: &Model, mut tell: impl FnMut(u64)) -> io::Result<State> {
        let state = self.state(model);
        let receipt = self.receipt(model).filter(|_| state.is_ready());
        let Some(receipt) = receipt else { return Ok(state) };
        let mut hash = Sha256::new();
        read_into(&mut hash, &mut File::open(self.file(model))?, &mut tell)?;
        Ok(if hex(&hash.finalize()) == receipt.sha256 { state } else { State::Damaged })
    }

    /// Gives a model's file, there or not.
    #[must_use]
    pub fn file(&self, model: &Model) -> PathBuf {
        self.dir.join(&model.file)
    }

    fn receipt_file(&self, model: &Model) -> PathBuf {
        self.dir.join(format!("{}.json", model.file))
    }

    fn receipt(&self, model: &Model) -> Option<Receipt> {
        let mut text = Vec::new();
        let file = File::open(self.receipt_file(model)).ok()?;
        file.take(MAX_RECEIPT_BYTES).read_to_end(&mut text).ok()?;
        serde_json::from_slice(&text).ok()
    }

    /// Puts a finished file and its receipt in place: whole, or not at all.
    pub(crate) fn put(
        &self,
        model: &Model,
        source: &Source,
        finished: &Finished<'_>,
        sums: &Sums,
    ) -> io::Result<()> {
        let receipt = Receipt::new(model, source, sums);
        let text = serde_json::to_vec_pretty(&receipt)?;
        // A new file beside an old receipt is outdated; an old one beside a new receipt could be
        // taken for the new one.
        let place = self.file(model);
        match finished {
            Finished::Bytes(bytes) => write_whole(&place, bytes)?,
            Finished::Moves(file) => fs::rename(file, &place)?,
            Finished::Stays(file) => copy_whole(file, &place)?,
        }
        write_whole(&self.receipt_file(model), &text)
    }
}

/// Writes a file beside its place, then moves it there.
fn write_whole(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let part = with_part(path);
    let mut file = File::create(&part)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    fs::rename(&part, path)
}

/// Copies a file beside its new place, then moves it there.
fn copy_whole(from: &Path, to: &Path) -> io::Result<()> {
    let part = with_part(to);
    fs::copy(from, &part)?;
    File::options().write(true).open(&part)?.sync_all()?;
    fs::rename(&part, to)
}

/// Gives the name of a file that is not whole yet.
pub(crate) fn with_part(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(PART);
    name.into()
}
