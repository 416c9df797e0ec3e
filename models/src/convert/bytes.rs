//! A reader of little-endian bytes that tells in which part a file ends too early.
//!
//! Never here: what the bytes mean.

use super::ConvertError;

/// Bytes still to be read.
#[derive(Clone, Copy)]
pub(super) struct Bytes<'a> {
    rest: &'a [u8],
    /// The part of the file that is read, as words of an error.
    part: &'static str,
}

impl<'a> Bytes<'a> {
    pub(super) const fn new(all: &'a [u8], part: &'static str) -> Self {
        Self { rest: all, part }
    }

    /// Names the part that comes next.
    pub(super) const fn enter(&mut self, part: &'static str) {
        self.part = part;
    }

    pub(super) const fn is_empty(&self) -> bool {
        self.rest.is_empty()
    }

    pub(super) fn take(&mut self, n_bytes: usize) -> Result<&'a [u8], ConvertError> {
        let (taken, rest) =
            self.rest.split_at_checked(n_bytes).ok_or(ConvertError::Cut(self.part))?;
        self.rest = rest;
        Ok(taken)
    }

    /// Takes as many bytes as a count of things of one size needs.
    pub(super) fn take_items(&mut self, n: usize, size: usize) -> Result<&'a [u8], ConvertError> {
        self.take(n.checked_mul(size).ok_or(ConvertError::Cut(self.part))?)
    }

    pub(super) fn array<const N: usize>(&mut self) -> Result<[u8; N], ConvertError> {
        let taken = self.take(N)?;
        taken.try_into().map_err(|_| ConvertError::Cut(self.part))
    }

    pub(super) fn u8(&mut self) -> Result<u8, ConvertError> {
        self.array::<1>().map(|[byte]| byte)
    }

    pub(super) fn u16(&mut self) -> Result<u16, ConvertError> {
        self.array().map(u16::from_le_bytes)
    }

    pub(super) fn u32(&mut self) -> Result<u32, ConvertError> {
        self.array().map(u32::from_le_bytes)
    }

    pub(super) fn u64(&mut self) -> Result<u64, ConvertError> {
        self.array().map(u64::from_le_bytes)
    }

    pub(super) fn i32(&mut self) -> Result<i32, ConvertError> {
        self.array().map(i32::from_le_bytes)
    }
}

/// Reads numbers that lie end to end.
pub(super) fn u32s(bytes: &[u8]) -> impl Iterator<Item = u32> {
    bytes.as_chunks().0.iter().map(|four| u32::from_le_bytes(*four))
}

/// Reads numbers that lie end to end.
pub(super) fn f32s(bytes: &[u8]) -> impl Iterator<Item = f32> {
    bytes.as_chunks().0.iter().map(|four| f32::from_le_bytes(*four))
}
