//! The detector's file: ggml's format, with the network's shape before its parts.
//!
//! Never here: what the numbers are multiplied with.

use crate::ggml::{Bytes, ReadError, Tensors};

const KIND: &[u8] = b"silero-16k";
/// Numbers of the version; the shape decides, not they.
const N_VERSION: usize = 3;
/// Windows, context, and the layers as inputs, outputs and taps; then the memory's width, in and out,
/// and the last layer's.
const SHAPE: [u32; 19] =
    [512, 64, 4, 129, 128, 3, 128, 64, 3, 64, 64, 3, 64, 128, 3, 128, 128, 128, 1];
/// Letters of a kind, at most.
const MAX_KIND_BYTES: usize = 64;

/// The parts of a file, by name.
pub(super) struct Parts<'a>(Tensors<'a>);

impl<'a> Parts<'a> {
    pub(super) fn read(bytes: &'a [u8]) -> Result<Self, ReadError> {
        let mut bytes = Bytes::open(bytes)?;
        let n_kind = bytes.count(MAX_KIND_BYTES)?;
        let kind = bytes.take(n_kind)?;
        if kind != KIND {
            return Err(ReadError::Other(format!("its kind is {}", kind.escape_ascii())));
        }
        for _ in 0..N_VERSION {
            bytes.u32()?;
        }
        for (at, wanted) in SHAPE.into_iter().enumerate() {
            let found = bytes.u32()?;
            if found != wanted {
                let what = format!("number {at} of its shape is {found}, not {wanted}");
                return Err(ReadError::Other(what));
            }
        }
        Tensors::read(bytes).map(Self)
    }

    /// Takes the numbers of a part out.
    pub(super) fn take(&mut self, name: &str, wanted: &[usize]) -> Result<Vec<f32>, ReadError> {
        self.0.take(name, wanted)?.numbers()
    }

    /// Refuses a file of which something is left.
    pub(super) fn expect_none(self) -> Result<(), ReadError> {
        self.0.expect_none()
    }
}
