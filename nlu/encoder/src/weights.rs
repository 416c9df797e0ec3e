//! The parts of a model file, by name, as numbers.

use nlu_kernels::{BLOCK, Blocks};
use safetensors::{Dtype, SafeTensors, tensor::TensorView};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;

use crate::error::ReadError;

/// The format that this version reads.
const FORMAT: &str = "1";

/// A model file, read.
pub struct Weights<'a> {
    tensors: SafeTensors<'a>,
    metadata: BTreeMap<String, String>,
    fingerprint: [u8; 32],
}

impl<'a> Weights<'a> {
    /// Reads a model file.
    ///
    /// # Errors
    /// [`ReadError::Damaged`] where it is none, [`ReadError::Other`] where it is another model's.
    pub fn read(bytes: &'a [u8], model: &'static str) -> Result<Self, ReadError> {
        let damaged = |error: safetensors::SafeTensorError| ReadError::Damaged(error.to_string());
        let (_, header) = SafeTensors::read_metadata(bytes).map_err(damaged)?;
        let metadata: BTreeMap<String, String> =
            header.metadata().clone().unwrap_or_default().into_iter().collect();
        let tensors = SafeTensors::deserialize(bytes).map_err(damaged)?;
        let found = |key: &str| metadata.get(key).map_or("", String::as_str);
        if found("guichet.model") != model || found("guichet.format") != FORMAT {
            let found = format!("{} {}", found("guichet.model"), found("guichet.format"));
            return Err(ReadError::Other { wanted: model, found });
        }
        let mut hasher = Sha256::new();
        // The source's own hash and every part's place: the parts follow from them.
        for (key, value) in &metadata {
            hasher.update(format!("{key}={value};"));
        }
        hasher.update(bytes.len().to_le_bytes());
        Ok(Self { tensors, metadata, fingerprint: hasher.finalize().into() })
    }

    /// Gives a fingerprint of the file, from its header.
    #[must_use]
    pub const fn fingerprint(&self) -> [u8; 32] {
        self.fingerprint
    }

    /// Gives what the header tells of something; empty where it tells nothing.
    #[must_use]
    pub fn told(&self, key: &str) -> &str {
        self.metadata.get(key).map_or("", String::as_str)
    }

    /// Gives a number of the header.
    ///
    /// # Errors
    /// [`ReadError::Missing`] where it is not there or no number.
    pub fn number(&self, key: &str) -> Result<u32, ReadError> {
        let found = self.metadata.get(key).and_then(|value| value.parse().ok());
        found.ok_or_else(|| ReadError::Missing(key.to_owned()))
    }

    /// Tells whether a part is there.
    #[must_use]
    pub fn has(&self, name: &str) -> bool {
        self.tensors.tensor(name).is_ok()
    }

    fn part(&self, name: &str) -> Result<TensorView<'a>, ReadError> {
        self.tensors.tensor(name).map_err(|_| ReadError::Missing(name.to_owned()))
    }

    /// Gives the shape of a part.
    ///
    /// # Errors
    /// [`ReadError::Missing`].
    pub fn shape(&self, name: &str) -> Result<Vec<usize>, ReadError> {
        Ok(self.part(name)?.shape().to_vec())
    }

    /// Gives the bytes of a part.
    ///
    /// # Errors
    /// [`ReadError::Missing`].
    pub fn bytes(&self, name: &str) -> Result<&'a [u8], ReadError> {
        Ok(self.part(name)?.data())
    }

    /// Gives a part of whole numbers.
    ///
    /// # Errors
    /// [`ReadError`] where it is missing or of another type.
    pub fn whole_numbers(&self, name: &str) -> Result<Vec<u32>, ReadError> {
        let part = self.part(name)?;
        if part.dtype() != Dtype::U32 {
            return Err(ReadError::Missing(format!("{name} as U32")));
        }
        let (words, _) = part.data().as_chunks::<4>();
        Ok(words.iter().map(|word| u32::from_le_bytes(*word)).collect())
    }

    /// Gives a part as numbers, row by row; those with scales are multiplied out.
    ///
    /// # Errors
    /// [`ReadError`] where it is missing or has another shape.
    pub fn numbers(&self, name: &str, shape: &[usize]) -> Result<Vec<f32>, ReadError> {
        let part = self.part(name)?;
        if part.shape() != shape {
            let (found, wanted) = (part.shape().to_vec(), shape.to_vec());
            return Err(ReadError::Shape { name: name.to_owned(), found, wanted });
        }
        if part.dtype() == Dtype::I8 {
            let blocks = self.blocks(name, shape)?;
            let scaled = blocks.cells.chunks(BLOCK).zip(&blocks.scales);
            return Ok(scaled
                .flat_map(|(cells, scale)| cells.iter().map(move |cell| f32::from(*cell) * scale))
                .collect());
        }
        floats(&part).ok_or_else(|| ReadError::Missing(format!("{name} as numbers")))
    }

    /// Gives a matrix as bytes with a scale for every [`BLOCK`] of a row; a matrix of floats is
    /// rounded to that.
    ///
    /// # Errors
    /// [`ReadError`] where it is missing or has another shape.
    pub fn blocks(&self, name: &str, shape: &[usize]) -> Result<Blocks, ReadError> {
        let part = self.part(name)?;
        if part.dtype() != Dtype::I8 {
            return Ok(Blocks::rounded(&self.numbers(name, shape)?));
        }
        let scale = self.part(&format!("{name}.scale"))?;
        let scales = floats(&scale).unwrap_or_default();
        if part.shape() != shape || scales.len() * BLOCK != part.data().len() {
            let (found, wanted) = (part.shape().to_vec(), shape.to_vec());
            return Err(ReadError::Shape { name: name.to_owned(), found, wanted });
        }
        let cells = part.data().iter().map(|byte| byte.cast_signed()).collect();
        Ok(Blocks { cells, scales })
    }
}

fn floats(part: &TensorView<'_>) -> Option<Vec<f32>> {
    #[expect(clippy::wildcard_enum_match_arm, reason = "the other types are another version's")]
    match part.dtype() {
        Dtype::F32 => {
            let (words, _) = part.data().as_chunks::<4>();
            Some(words.iter().map(|word| f32::from_le_bytes(*word)).collect())
        }
        Dtype::F16 => {
            let (words, _) = part.data().as_chunks::<2>();
            Some(words.iter().map(|word| half::f16::from_le_bytes(*word).to_f32()).collect())
        }
        _ => None,
    }
}
