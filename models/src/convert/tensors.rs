//! A safetensors file in the making.
//!
//! The crate `safetensors` writes a file's own words in an order that changes from run to run; here
//! the same tensors always give the same bytes, so that a converted file has one SHA-256.

use safetensors::Dtype;
use serde::Serialize;
use serde::ser::{SerializeMap, Serializer};
use std::collections::BTreeMap;

use super::ConvertError;

/// What the format aligns its data to, in bytes.
const ALIGNMENT: usize = 8;

/// Tensors and what is told about them.
#[derive(Default)]
pub(super) struct Tensors {
    tensors: BTreeMap<(u8, String), Tensor>,
    words: BTreeMap<String, String>,
}

struct Tensor {
    kind: Dtype,
    shape: Vec<usize>,
    bytes: Vec<u8>,
}

impl Tensors {
    /// Adds a tensor; the bytes must be as many as the shape asks for.
    pub(super) fn add(
        &mut self,
        name: &str,
        kind: Dtype,
        shape: &[usize],
        bytes: Vec<u8>,
    ) -> Result<(), ConvertError> {
        let n_bytes = shape.iter().try_fold(kind.bitsize() / 8, |n, side| n.checked_mul(*side));
        if n_bytes != Some(bytes.len()) {
            return Err(ConvertError::strange(format!(
                "{name} has {} bytes, which are not {kind} of shape {shape:?}",
                bytes.len()
            )));
        }
        let tensor = Tensor { kind, shape: shape.to_vec(), bytes };
        // The widest first: then each lies at a multiple of its own width.
        let key = (u8::MAX - width(kind), name.to_owned());
        if self.tensors.insert(key, tensor).is_some() {
            return Err(ConvertError::strange(format!("{name} is there twice")));
        }
        Ok(())
    }

    /// Adds what is told about the file.
    pub(super) fn tell(&mut self, name: &str, value: &impl ToString) {
        self.words.insert(name.to_owned(), value.to_string());
    }

    /// Gives the file.
    pub(super) fn into_bytes(self) -> Result<Vec<u8>, ConvertError> {
        let mut header = serde_json::to_vec(&Header(&self))
            .map_err(|error| ConvertError::strange(error.to_string()))?;
        header.resize(header.len().next_multiple_of(ALIGNMENT), b' ');
        let n_data: usize = self.tensors.values().map(|tensor| tensor.bytes.len()).sum();
        let mut file = Vec::with_capacity(ALIGNMENT + header.len() + n_data);
        file.extend((header.len() as u64).to_le_bytes());
        file.extend(header);
        for tensor in self.tensors.into_values() {
            file.extend(tensor.bytes);
        }
        Ok(file)
    }
}

fn width(kind: Dtype) -> u8 {
    u8::try_from(kind.bitsize() / 8).unwrap_or(u8::MAX)
}

/// The file's head: every tensor with its place.
struct Header<'a>(&'a Tensors);

#[derive(Serialize)]
struct Place<'a> {
    dtype: Dtype,
    shape: &'a [usize],
    data_offsets: [usize; 2],
}

impl Serialize for Header<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.tensors.len() + 1))?;
        map.serialize_entry("__metadata__", &self.0.words)?;
        let mut at = 0;
        for ((_, name), tensor) in &self.0.tensors {
            let end = at + tensor.bytes.len();
            let data_offsets = [at, end];
            let place = Place { dtype: tensor.kind, shape: &tensor.shape, data_offsets };
            map.serialize_entry(name, &place)?;
            at = end;
        }
        map.end()
    }
}
