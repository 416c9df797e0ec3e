//! Members of zip archives: wheels, and the archives of numpy.

use std::io::{Read, Seek};
use zip::ZipArchive;
use zip::result::ZipError;

use super::ConvertError;

/// Reads one member of an archive, of at most so many bytes.
///
/// # Errors
///
/// Fails when there is no such archive or member, when the member is damaged, or too large.
pub fn member(
    archive: impl Read + Seek,
    name: &str,
    max_bytes: u64,
) -> Result<Vec<u8>, ConvertError> {
    of(&mut ZipArchive::new(archive)?, name, max_bytes)
}

/// Reads one member of an open archive.
pub(super) fn of(
    archive: &mut ZipArchive<impl Read + Seek>,
    name: &str,
    max_bytes: u64,
) -> Result<Vec<u8>, ConvertError> {
    let file = match archive.by_name(name) {
        Ok(file) => file,
        Err(ZipError::FileNotFound) => return Err(ConvertError::NoMember(name.to_owned())),
        Err(error) => return Err(error.into()),
    };
    // What the archive says of the size is no promise: one byte more than the bound is read.
    let mut bytes = Vec::new();
    file.take(max_bytes.saturating_add(1)).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > max_bytes {
        return Err(ConvertError::strange(format!("{name} is larger than {max_bytes} bytes")));
    }
    Ok(bytes)
}
