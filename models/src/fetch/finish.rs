//! What was made is put in its place, if it is what the list names and the disk has room.
//!
//! Never here: the network; what the bytes mean.

use std::fs::File;
use std::io;
use std::path::Path;

use super::SourceError;
use crate::Converter;
use crate::converter::Made;
use crate::folder::{Finished, Folder};
use crate::hashes::Sums;
use crate::manifest::{Model, Source};

/// Bytes that stay free on the disk.
const SPARE_BYTES: u64 = 64 << 20;

/// Checks that the disk takes what is fetched and what is made of it.
pub(super) fn check_room(
    dir: &Path,
    source: &Source,
    keep_sources: bool,
) -> Result<(), SourceError> {
    let made = if source.converter == Converter::AsIs && !keep_sources {
        // It only moves.
        0
    } else {
        // No more than what it is made of is expected, or what is known.
        source.result.as_ref().map_or(source.n_bytes(), |pinned| pinned.bytes)
    };
    let needed = source.n_bytes() + made + SPARE_BYTES;
    let disk = rustix::fs::statvfs(dir).map_err(io::Error::from)?;
    let free = disk.f_bavail.saturating_mul(disk.f_frsize);
    if free < needed {
        let mb = |bytes: u64| bytes / 1_000_000;
        return Err(SourceError::Full { free: mb(free), needed: mb(needed) });
    }
    Ok(())
}

/// Compares what was made with what the list names, and puts it in its place.
pub(super) fn finish(
    folder: &Folder<'_>,
    model: &Model,
    source: &Source,
    made: &Made,
    keep_sources: bool,
) -> Result<(), SourceError> {
    let (sums, finished) = match made {
        Made::Bytes(bytes) => (Sums::of(&mut bytes.as_slice())?, Finished::Bytes(bytes)),
        Made::Fetched(file) => {
            let sums = Sums::of(&mut File::open(file)?)?;
            (sums, if keep_sources { Finished::Stays(file) } else { Finished::Moves(file) })
        }
    };
    check(source, &sums)?;
    folder.put(model, source, &finished, &sums)?;
    Ok(())
}

fn check(source: &Source, sums: &Sums) -> Result<(), SourceError> {
    let Some(pinned) = &source.result else { return Ok(()) };
    if pinned.sha256.as_str() != sums.sha256 {
        return Err(SourceError::Other { hash: "SHA-256", digits: sums.sha256.clone() });
    }
    if pinned.sha1.as_ref().is_some_and(|sha1| sha1.as_str() != sums.sha1) {
        return Err(SourceError::Other { hash: "SHA-1", digits: sums.sha1.clone() });
    }
    Ok(())
}
