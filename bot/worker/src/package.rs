//! Reads a city's package from its folder, and writes a file of it.
//!
//! Never here: what the files mean; the flow language is given text.

use flows::{MAX_FILES, Package};
use std::io;
use std::path::{Path, PathBuf};

/// Bytes of a file.
const MAX_FILE_BYTES: u64 = 32 * 1024 * 1024;

/// Why a package could not be read.
#[derive(Debug, thiserror::Error)]
pub enum PackageError {
    /// There is no folder.
    #[error("there is no city in {}: name its folder with --city DIR, or set city.dir", .0.display())]
    Missing(PathBuf),
    /// A file or folder cannot be read.
    #[error("cannot read {}", path.display())]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// A file cannot be written.
    #[error(
        "cannot write {}: let the counter write there, or do this as someone who may",
        path.display()
    )]
    Unwritable {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// A file is too large to be part of a package.
    #[error("{} has {n_bytes} bytes, more than {MAX_FILE_BYTES}", path.display())]
    TooLarge {
        /// The file.
        path: PathBuf,
        /// Its size.
        n_bytes: u64,
    },
    /// A file is not UTF-8.
    #[error("{} is not UTF-8: save it as UTF-8", .0.display())]
    NotUtf8(PathBuf),
    /// The folder has too many files.
    #[error("{} has more than {MAX_FILES} files: is it a city's package?", .0.display())]
    TooMany(PathBuf),
}

/// Reads every file of a folder that may be part of a package.
///
/// # Errors
/// See [`PackageError`].
pub fn read(folder: &Path) -> Result<Package, PackageError> {
    if !folder.is_dir() {
        return Err(PackageError::Missing(folder.to_owned()));
    }
    let mut package = Package::default();
    let mut folders = vec![folder.to_owned()];
    while let Some(within) = folders.pop() {
        for entry in std::fs::read_dir(&within).map_err(|why| unreadable(&within, why))? {
            let path = entry.map_err(|why| unreadable(&within, why))?.path();
            let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
            // Editors and systems leave hidden files; they are not the city's.
            if name.starts_with('.') || name.ends_with('~') {
                continue;
            }
            if path.is_dir() {
                folders.push(path);
            } else {
                read_file(folder, &path, &mut package)?;
            }
            if package.files.len() > MAX_FILES {
                return Err(PackageError::TooMany(folder.to_owned()));
            }
        }
    }
    Ok(package)
}

/// Writes a file of a package; whoever reads meanwhile finds the old text or the new one, whole.
///
/// # Errors
/// [`PackageError::Unwritable`].
pub fn write(folder: &Path, name: &str, text: &str) -> Result<(), PackageError> {
    let path = folder.join(name);
    let unwritable = |source| PackageError::Unwritable { path: path.clone(), source };
    // Where the name is a link, what it leads to is replaced, and not the link.
    let target = match std::fs::canonicalize(&path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => path.clone(),
        found => found.map_err(unwritable)?,
    };
    let ending = target.file_name().unwrap_or_default().to_string_lossy();
    // Hidden, so that it is no part of the package.
    let part = target.with_file_name(format!(".{ending}.{}.part", std::process::id()));
    let written = std::fs::write(&part, text).and_then(|()| {
        if let Ok(old) = std::fs::metadata(&target) {
            std::fs::set_permissions(&part, old.permissions())?;
        }
        std::fs::rename(&part, &target)
    });
    written.map_err(|source| {
        // What is left of it is hidden, and is written over the next time.
        std::fs::remove_file(&part).ok();
        unwritable(source)
    })
}

/// Takes a file out of a package.
///
/// # Errors
/// [`PackageError::Unwritable`].
pub fn remove(folder: &Path, name: &str) -> Result<(), PackageError> {
    let path = folder.join(name);
    std::fs::remove_file(&path).map_err(|source| PackageError::Unwritable { path, source })
}

fn read_file(root: &Path, path: &Path, package: &mut Package) -> Result<(), PackageError> {
    let n_bytes = std::fs::metadata(path).map_err(|why| unreadable(path, why))?.len();
    if n_bytes > MAX_FILE_BYTES {
        return Err(PackageError::TooLarge { path: path.to_owned(), n_bytes });
    }
    let bytes = std::fs::read(path).map_err(|why| unreadable(path, why))?;
    let text = String::from_utf8(bytes).map_err(|_| PackageError::NotUtf8(path.to_owned()))?;
    let name = path.strip_prefix(root).unwrap_or(path);
    let name: Vec<_> = name.components().map(|part| part.as_os_str().to_string_lossy()).collect();
    package.files.insert(name.join("/"), text);
    Ok(())
}

fn unreadable(path: &Path, source: io::Error) -> PackageError {
    PackageError::Io { path: path.to_owned(), source }
}
