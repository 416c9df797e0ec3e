//! A file of ggml in the making, in the old format that whisper.cpp reads: a magic number, what the
//! model wants to say of itself, then tensors, each with its name before its data.
//!
//! Little-endian, without padding; sides are written innermost first. Such a file has no room for
//! where it came from: its receipt tells.

use super::ConvertError;

const MAGIC: i32 = 0x6767_6d6c;

/// How a tensor's numbers are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Packing {
    F32 = 0,
    F16 = 1,
    /// Blocks of signed bytes: see `q8`.
    Q8 = 8,
}

/// A file that grows.
pub(super) struct Ggml {
    bytes: Vec<u8>,
}

impl Ggml {
    /// Begins a file of about that size.
    pub(super) fn new(n_bytes: usize) -> Self {
        let mut bytes = Vec::with_capacity(n_bytes);
        bytes.extend(MAGIC.to_le_bytes());
        Self { bytes }
    }

    pub(super) fn number(&mut self, number: usize) -> Result<(), ConvertError> {
        let number = i32::try_from(number)
            .map_err(|_| ConvertError::strange(format!("{number} does not fit into the result")))?;
        self.bytes.extend(number.to_le_bytes());
        Ok(())
    }

    pub(super) fn numbers(&mut self, numbers: &[usize]) -> Result<(), ConvertError> {
        numbers.iter().try_for_each(|number| self.number(*number))
    }

    pub(super) fn floats(&mut self, floats: &[f32]) {
        self.bytes.extend(floats.iter().flat_map(|float| float.to_le_bytes()));
    }

    /// Writes bytes with their count before them.
    pub(super) fn text(&mut self, text: &[u8]) -> Result<(), ConvertError> {
        self.number(text.len())?;
        self.bytes.extend(text);
        Ok(())
    }

    /// Writes a tensor; its sides are given outermost first.
    pub(super) fn tensor(
        &mut self,
        name: &str,
        shape: &[usize],
        packing: Packing,
        data: &[u8],
    ) -> Result<(), ConvertError> {
        self.numbers(&[shape.len(), name.len(), packing as usize])?;
        shape.iter().rev().try_for_each(|side| self.number(*side))?;
        self.bytes.extend(name.as_bytes());
        self.bytes.extend(data);
        Ok(())
    }

    pub(super) fn into_bytes(self) -> Vec<u8> {
        self.bytes
    }
}
