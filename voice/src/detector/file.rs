//! The detector's file: ggml's old format, as whisper.cpp reads it. A magic number, what the network
//! says of itself, then its parts, each with its name before its numbers; little-endian.
//!
//! Never here: what the numbers are multiplied with.

use half::f16;
use std::collections::BTreeMap;

const MAGIC: &[u8] = &0x6767_6d6c_u32.to_le_bytes();
const KIND: &[u8] = b"silero-16k";
/// Numbers of the version; the shape decides, not they.
const N_VERSION: usize = 3;
/// Windows, context, and the layers as inputs, outputs and taps; then the memory's width, in and out,
/// and the last layer's.
const SHAPE: [u32; 19] =
    [512, 64, 4, 129, 128, 3, 128, 64, 3, 64, 64, 3, 64, 128, 3, 128, 128, 128, 1];
/// Sides of a part, at most.
const MAX_SIDES: usize = 4;
/// Bytes of a part's name, at most.
const MAX_NAME_BYTES: usize = 64;

/// Why a detector's file could not be read: fetch it anew (`guichet models fetch`).
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ReadError {
    /// It ends too early.
    #[error("the detector's file is cut: it ends within {0}")]
    Cut(String),
    /// Another network's file, or none at all.
    #[error("the file is not that of Silero's detector at 16 kHz: {0}")]
    Other(String),
    /// A part is missing.
    #[error("the detector's file has no {0}")]
    Missing(String),
    /// A part has another shape.
    #[error("in the detector's file {name} has the shape {found:?}, not {wanted:?}")]
    Shape {
        /// The part.
        name: String,
        /// The shape it has.
        found: Vec<usize>,
        /// The shape it should have.
        wanted: Vec<usize>,
    },
    /// A part is not what it should be.
    #[error("in the detector's file {name} {fault}")]
    Part {
        /// The part.
        name: String,
        /// What is wrong with it.
        fault: &'static str,
    },
}

/// The parts of a file, by name.
pub(super) struct Parts {
    parts: BTreeMap<String, Part>,
}

struct Part {
    /// Outermost side first.
    shape: Vec<usize>,
    numbers: Vec<f32>,
}

impl Parts {
    pub(super) fn read(bytes: &[u8]) -> Result<Self, ReadError> {
        let mut rest = Bytes { rest: bytes };
        read_header(&mut rest)?;
        let mut parts = BTreeMap::new();
        while !rest.rest.is_empty() {
            let (name, part) = read_part(&mut rest)?;
            if parts.contains_key(&name) {
                return Err(ReadError::Part { name, fault: "comes twice" });
            }
            parts.insert(name, part);
        }
        Ok(Self { parts })
    }

    /// Takes the numbers of a part out.
    pub(super) fn take(&mut self, name: &str, wanted: &[usize]) -> Result<Vec<f32>, ReadError> {
        let part = self.parts.remove(name).ok_or_else(|| ReadError::Missing(name.to_owned()))?;
        if part.shape != wanted {
            let (name, wanted) = (name.to_owned(), wanted.to_vec());
            return Err(ReadError::Shape { name, found: part.shape, wanted });
        }
        Ok(part.numbers)
    }

    /// Refuses a file of which something is left.
    pub(super) fn expect_none(self) -> Result<(), ReadError> {
        match self.parts.into_keys().next() {
            Some(name) => Err(ReadError::Part { name, fault: "is not known" }),
            None => Ok(()),
        }
    }
}

fn read_header(bytes: &mut Bytes<'_>) -> Result<(), ReadError> {
    let beginning = "its beginning";
    if bytes.take(MAGIC.len(), beginning)? != MAGIC {
        return Err(ReadError::Other("it is no file of ggml".to_owned()));
    }
    let n_kind = bytes.number(beginning)?;
    if n_kind != KIND.len() {
        return Err(ReadError::Other(format!("its kind has {n_kind} letters")));
    }
    let kind = bytes.take(n_kind, beginning)?;
    if kind != KIND {
        return Err(ReadError::Other(format!("its kind is {}", kind.escape_ascii())));
    }
    for _ in 0..N_VERSION {
        bytes.u32(beginning)?;
    }
    for (at, wanted) in SHAPE.into_iter().enumerate() {
        let found = bytes.u32(beginning)?;
        if found != wanted {
            let what = format!("number {at} of its shape is {found}, not {wanted}");
            return Err(ReadError::Other(what));
        }
    }
    Ok(())
}

fn read_part(bytes: &mut Bytes<'_>) -> Result<(String, Part), ReadError> {
    let header = "a part's beginning";
    let (n_sides, n_name) = (bytes.number(header)?, bytes.number(header)?);
    let packing = bytes.u32(header)?;
    if n_sides > MAX_SIDES || n_name > MAX_NAME_BYTES {
        let what = format!("a part has {n_sides} sides and a name of {n_name} bytes");
        return Err(ReadError::Other(what));
    }
    let mut shape = Vec::with_capacity(n_sides);
    for _ in 0..n_sides {
        shape.push(bytes.number(header)?);
    }
    shape.reverse();
    let name = bytes.take(n_name, header)?.escape_ascii().to_string();
    let n = shape.iter().try_fold(1_usize, |n, side| n.checked_mul(*side));
    let n = n.ok_or_else(|| ReadError::Cut(name.clone()))?;
    let numbers: Vec<f32> = match packing {
        0 => {
            let (fours, _) = bytes.take_items(n, 4, &name)?.as_chunks();
            fours.iter().map(|four| f32::from_le_bytes(*four)).collect()
        }
        1 => {
            let (pairs, _) = bytes.take_items(n, 2, &name)?.as_chunks();
            pairs.iter().map(|pair| f16::from_le_bytes(*pair).to_f32()).collect()
        }
        _ => return Err(ReadError::Part { name, fault: "is neither of floats nor of halves" }),
    };
    if !numbers.iter().all(|number| number.is_finite()) {
        return Err(ReadError::Part { name, fault: "has a value that is no number" });
    }
    Ok((name, Part { shape, numbers }))
}

/// Bytes still to be read.
struct Bytes<'a> {
    rest: &'a [u8],
}

impl<'a> Bytes<'a> {
    fn take(&mut self, n: usize, part: &str) -> Result<&'a [u8], ReadError> {
        let cut = || ReadError::Cut(part.to_owned());
        let (taken, rest) = self.rest.split_at_checked(n).ok_or_else(cut)?;
        self.rest = rest;
        Ok(taken)
    }

    /// Takes as many bytes as a count of things of one size needs.
    fn take_items(&mut self, n: usize, size: usize, part: &str) -> Result<&'a [u8], ReadError> {
        self.take(n.checked_mul(size).ok_or_else(|| ReadError::Cut(part.to_owned()))?, part)
    }

    fn u32(&mut self, part: &str) -> Result<u32, ReadError> {
        let cut = || ReadError::Cut(part.to_owned());
        let (four, rest) = self.rest.split_first_chunk().ok_or_else(cut)?;
        self.rest = rest;
        Ok(u32::from_le_bytes(*four))
    }

    /// Takes a count; where it is too large for this machine the bytes are as well.
    fn number(&mut self, part: &str) -> Result<usize, ReadError> {
        let number = self.u32(part)?;
        usize::try_from(number).map_err(|_| ReadError::Cut(part.to_owned()))
    }
}
