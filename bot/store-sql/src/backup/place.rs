//! Files on their way to their names: made aside, forced to the disk, and put in place at once.

use std::fs::{File, OpenOptions};
use std::io::{ErrorKind, Read as _, Write as _};
use std::os::unix::fs::{MetadataExt as _, OpenOptionsExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

use super::{Failure, Result, Step, Tell};

/// Residents' words are for the one who runs the counter.
const PRIVATE: u32 = 0o600;
/// The bits of a mode that say who may read and write.
const RIGHTS: u32 = 0o777;
/// Bytes copied at once.
const N_BLOCK_BYTES: usize = 1 << 20;

/// A file that has not got its name yet; it is gone if it never gets it.
#[derive(Debug)]
pub(super) struct Part {
    path: PathBuf,
    is_placed: bool,
}

impl Part {
    /// Makes an empty file that only its owner may read; what a killed process left there goes.
    pub(super) fn make(path: PathBuf) -> Result<Self> {
        let part = Self { path, is_placed: false };
        let removed = remove(&part.path);
        let opened = removed.and_then(|()| {
            OpenOptions::new().write(true).create_new(true).mode(PRIVATE).open(&part.path)
        });
        opened.map_err(|why| Failure::file(&part.path, why))?;
        Ok(part)
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Fills it with another file's bytes.
    pub(super) fn fill_from(&self, file: &Path, tell: Tell<'_>) -> Result<()> {
        let unread = |why| Failure::file(file, why);
        let unwritten = |why| Failure::file(&self.path, why);
        let mut from = File::open(file).map_err(unread)?;
        let n_of = from.metadata().map_err(unread)?.len();
        let mut to = OpenOptions::new().write(true).open(&self.path).map_err(unwritten)?;
        let mut block = vec![0; N_BLOCK_BYTES];
        let mut n_bytes = 0;
        loop {
            let n = from.read(&mut block).map_err(unread)?;
            let Some(read) = block.get(..n).filter(|read| !read.is_empty()) else { return Ok(()) };
            to.write_all(read).map_err(unwritten)?;
            n_bytes += n as u64;
            tell(Step::Copying { n_bytes, n_of });
        }
    }

    /// Gives it the owner and the rights of another file.
    pub(super) fn be_like(&self, file: &Path) -> Result<()> {
        let like = || -> std::io::Result<()> {
            let (model, own) = (std::fs::metadata(file)?, std::fs::metadata(&self.path)?);
            if (model.uid(), model.gid()) != (own.uid(), own.gid()) {
                std::os::unix::fs::chown(&self.path, Some(model.uid()), Some(model.gid()))?;
            }
            let rights = std::fs::Permissions::from_mode(model.mode() & RIGHTS);
            std::fs::set_permissions(&self.path, rights)
        };
        like().map_err(|why| Failure::file(&self.path, why))
    }

    /// Puts it in a file's place: from one moment to the next, and so that it lasts.
    pub(super) fn take_place_of(mut self, file: &Path) -> Result<()> {
        let place = || -> std::io::Result<()> {
            File::open(&self.path)?.sync_all()?;
            std::fs::rename(&self.path, file)
        };
        place().map_err(|why| Failure::file(file, why))?;
        self.is_placed = true;
        sync_folder(file).map_err(|why| Failure::file(file, why))
    }
}

impl Drop for Part {
    fn drop(&mut self) {
        if !self.is_placed {
            remove(&self.path).ok();
        }
    }
}

/// Removes a file that may not be there.
pub(super) fn remove(path: &Path) -> std::io::Result<()> {
    match std::fs::remove_file(path) {
        Err(why) if why.kind() == ErrorKind::NotFound => Ok(()),
        removed => removed,
    }
}

/// Forces the names of a file's folder to the disk.
pub(super) fn sync_folder(file: &Path) -> std::io::Result<()> {
    let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty());
    File::open(folder.unwrap_or(Path::new(".")))?.sync_all()
}

/// Tells whether two names are of one file.
pub(super) fn is_same(one: &Path, other: &Path) -> Result<bool> {
    let identity = |path: &Path| match std::fs::metadata(path) {
        Ok(file) => Ok(Some((file.dev(), file.ino()))),
        Err(why) if why.kind() == ErrorKind::NotFound => Ok(None),
        Err(why) => Err(Failure::file(path, why)),
    };
    let one = identity(one)?;
    Ok(one.is_some() && one == identity(other)?)
}
