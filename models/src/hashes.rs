//! What a file is known by: its size, its SHA-256 and, where one is published, its SHA-1.

use sha1::Sha1;
use sha2::digest::Update;
use sha2::{Digest, Sha256};
use std::io::{self, Read};

/// A file is read in pieces of so many bytes.
pub(crate) const BUFFER_BYTES: usize = 256 * 1024;

/// What a file was found to be.
pub(crate) struct Sums {
    pub(crate) bytes: u64,
    pub(crate) sha256: String,
    pub(crate) sha1: String,
}

/// Both hashes of what is read once.
#[derive(Default)]
struct Both {
    sha256: Sha256,
    sha1: Sha1,
}

impl Update for Both {
    fn update(&mut self, bytes: &[u8]) {
        Update::update(&mut self.sha256, bytes);
        Update::update(&mut self.sha1, bytes);
    }
}

impl Sums {
    /// Reads to the end.
    pub(crate) fn of(file: &mut impl Read) -> io::Result<Self> {
        let mut both = Both::default();
        let bytes = read_into(&mut both, file, &mut |_| {})?;
        let (sha256, sha1) = (hex(&both.sha256.finalize()), hex(&both.sha1.finalize()));
        Ok(Self { bytes, sha256, sha1 })
    }
}

/// Reads a file to its end into a hash; `tell` hears the size of every piece.
pub(crate) fn read_into(
    hash: &mut impl Update,
    file: &mut impl Read,
    tell: &mut impl FnMut(u64),
) -> io::Result<u64> {
    let mut buffer = vec![0; BUFFER_BYTES];
    let mut n_bytes = 0;
    loop {
        let n = file.read(&mut buffer)?;
        if n == 0 {
            return Ok(n_bytes);
        }
        hash.update(buffer.get(..n).unwrap_or_default());
        n_bytes += n as u64;
        tell(n as u64);
    }
}

/// Writes bytes as hexadecimal digits.
pub(crate) fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write;
    bytes.iter().fold(String::new(), |mut digits, byte| {
        // Writing to a text does not fail.
        write!(digits, "{byte:02x}").ok();
        digits
    })
}
