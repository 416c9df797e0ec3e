//! Fetching: a model's sources in their order, until one gives the finished file.
//!
//! Lives here: what is done in which order; HTTP is in `fetch/http.rs`, the package index in
//! `fetch/index.rs`, what comes after converting in `fetch/finish.rs`, where
//! to ask in `fetch/places.rs`. Never here: what the bytes mean (see `convert`), or a terminal: whoever calls
//! hears the news.

mod finish;
mod http;
mod index;
mod places;

use std::fs::{self, File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

use crate::convert::{ConvertError, Origin};
use crate::folder::Folder;
use crate::manifest::{Model, Place, Source, SourceFile, this_machine};
use http::{Client, Download};
use index::wheel_url;

pub use http::HttpError;
pub use index::IndexError;
pub use places::{PUBLIC_HUB, PUBLIC_INDEX, Patience, Places};

/// Where what is fetched lies until it is converted, below the folder of models.
const SOURCES: &str = "sources";
/// Held while one process fetches.
const LOCK: &str = ".lock";

/// What happens while a model is fetched.
#[derive(Debug)]
pub enum News<'a> {
    /// Another process fetches into the same folder; this one waits for it.
    Waiting,
    /// A file begins, or goes on after a break.
    Begins {
        /// Its name.
        file: &'a str,
        /// What is there already.
        n_there: u64,
        /// Its size.
        n_bytes: u64,
    },
    /// So many bytes came.
    Came(u64),
    /// A try failed; the next comes after a pause.
    TriesAgain {
        /// The file.
        file: &'a str,
        /// Why.
        why: &'a HttpError,
    },
    /// A source is given up; the next is tried.
    GivesUp {
        /// The source.
        source: &'a Source,
        /// Why.
        why: &'a SourceError,
    },
    /// What was fetched is converted.
    Converts,
}

/// Why a source gives no finished file.
#[derive(Debug, thiserror::Error)]
pub enum SourceError {
    /// A file cannot be had.
    #[error("{file}")]
    Fetch {
        /// The file.
        file: String,
        /// Why.
        #[source]
        why: HttpError,
    },
    /// The index has no such file.
    #[error("{file}")]
    Index {
        /// The file.
        file: String,
        /// Why.
        #[source]
        why: IndexError,
    },
    /// What came is not what is known.
    #[error("cannot be converted")]
    Convert(#[from] ConvertError),
    /// It was converted to something else than what is known.
    #[error("the converted file is not the one that the list names: its {hash} is {digits}")]
    Other {
        /// By which hash.
        hash: &'static str,
        /// What that is.
        digits: String,
    },
    /// The folder cannot be written to.
    #[error("the folder of models cannot be written to")]
    Write(#[from] io::Error),
    /// The disk is too full.
    #[error("{free} MB are free and {needed} MB are needed: make room, or move models.dir")]
    Full {
        /// What there is.
        free: u64,
        /// What must be.
        needed: u64,
    },
}

/// Why a model is not had.
#[derive(Debug, thiserror::Error)]
pub enum FetchError {
    /// The folder cannot be made or locked.
    #[error("the folder of models {dir} cannot be used")]
    Folder {
        /// The folder.
        dir: PathBuf,
        /// Why.
        #[source]
        why: io::Error,
    },
    /// It is for other kinds of machines.
    #[error("there is no {name} for machines like this one ({machine}): see docs/models.md")]
    NotHere {
        /// The model.
        name: String,
        /// The kind of machine.
        machine: String,
    },
    /// Every source failed.
    #[error("no source gave the model {0}")]
    NoSource(String),
}

/// What fetching a model came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Had {
    /// It was there already.
    Before,
    /// It was fetched and converted.
    Now,
}

/// Fetches a model that is not ready, and converts it.
///
/// # Errors
///
/// Fails when the folder cannot be used, or no source gives the file; `tell` has heard why each
/// source was given up.
pub fn fetch(
    folder: &Folder<'_>,
    model: &Model,
    places: &Places,
    tell: &mut dyn FnMut(News<'_>),
) -> Result<Had, FetchError> {
    let cannot = |why| FetchError::Folder { dir: folder.dir().to_owned(), why };
    if is_whole(folder, model) {
        return Ok(Had::Before);
    }
    fs::create_dir_all(folder.dir()).map_err(cannot)?;
    let lock = lock(folder.dir(), tell).map_err(cannot)?;
    // Whoever had the lock may have fetched it.
    if is_whole(folder, model) {
        return Ok(Had::Before);
    }
    let sources: Vec<&Source> =
        model.sources.iter().filter(|source| source.is_for_this_machine()).collect();
    if sources.is_empty() {
        return Err(FetchError::NotHere { name: model.name.clone(), machine: this_machine() });
    }
    for (n, source) in sources.iter().enumerate() {
        let is_last = n + 1 == sources.len();
        match try_source(folder, model, source, places, is_last, tell) {
            Ok(()) => {
                drop(lock);
                return Ok(Had::Now);
            }
            Err(why) => tell(News::GivesUp { source, why: &why }),
        }
    }
    Err(FetchError::NoSource(model.name.clone()))
}

/// Whether every byte is as it was written: fetching mends what a quick look does not see.
fn is_whole(folder: &Folder<'_>, model: &Model) -> bool {
    folder.verify(model, |_| {}).is_ok_and(|state| state.is_ready())
}

/// Waits until no other process fetches into the folder.
fn lock(dir: &Path, tell: &mut dyn FnMut(News<'_>)) -> io::Result<File> {
    let file = File::create(dir.join(LOCK))?;
    match file.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => {
            tell(News::Waiting);
            file.lock()?;
        }
        Err(TryLockError::Error(why)) => return Err(why),
    }
    Ok(file)
}

fn try_source(
    folder: &Folder<'_>,
    model: &Model,
    source: &Source,
    places: &Places,
    is_last: bool,
    tell: &mut dyn FnMut(News<'_>),
) -> Result<(), SourceError> {
    let dir = folder.dir().join(SOURCES).join(&model.name);
    fs::create_dir_all(&dir)?;
    finish::check_room(&dir, source, places.keep_sources)?;
    // A host that does not answer is asked again only where there is no other.
    let client = Client::new(places.patience, is_last);
    let mut paths = Vec::new();
    for file in &source.files {
        paths.push(have(&client, &dir, file, places, tell)?);
    }
    tell(News::Converts);
    let origin = Origin {
        sha256: source.files.first().map(|file| file.sha256.to_string()).unwrap_or_default(),
        licence: model.licence.name.clone(),
    };
    let made = source.converter.convert(&paths, &origin)?;
    finish::finish(folder, model, source, &made, places.keep_sources)?;
    if !places.keep_sources {
        fs::remove_dir_all(&dir)?;
        // Of another model there may be some left.
        fs::remove_dir(folder.dir().join(SOURCES)).ok();
    }
    Ok(())
}

/// Gives a file of a source, fetched if it is not there.
fn have(
    client: &Client,
    dir: &Path,
    file: &SourceFile,
    places: &Places,
    tell: &mut dyn FnMut(News<'_>),
) -> Result<PathBuf, SourceError> {
    let path = dir.join(&file.name);
    let failed = |why| SourceError::Fetch { file: file.name.clone(), why };
    if http::is_there(&path, file) {
        return Ok(path);
    }
    let url = match &file.from {
        Place::Hub(place) => {
            let hub = places.hub.trim_end_matches('/');
            let (repository, revision) = (&place.repository, &place.revision);
            format!("{hub}/{repository}/resolve/{revision}/{}", file.name)
        }
        Place::Index(place) => {
            let missing = |why| SourceError::Index { file: file.name.clone(), why };
            wheel_url(client, &places.index, &place.project, file, tell).map_err(missing)?
        }
    };
    client.download(&Download { url: &url, file, path: &path }, tell).map_err(failed)?;
    Ok(path)
}
