//! ggml's format `q8_0`: 32 weights of a row become a scale in half precision and 32 signed bytes.
//!
//! The same steps in the same order as ggml's own, so that the bytes are the same.

use half::f16;

/// Weights of a block.
pub(super) const BLOCK: usize = 32;
/// The bytes of a block in half precision, and of a finished one.
const HALF_BYTES: usize = BLOCK * 2;
const BLOCK_BYTES: usize = BLOCK + 2;
/// The largest code.
const MAX_CODE: f32 = 127.0;

/// Rounds weights in half precision, a whole number of blocks of them.
pub(super) fn quantised(halves: &[u8]) -> Vec<u8> {
    let blocks = halves.as_chunks::<HALF_BYTES>().0;
    let mut bytes = Vec::with_capacity(blocks.len() * BLOCK_BYTES);
    for block in blocks {
        let mut weights = [0.0; BLOCK];
        for (weight, half) in weights.iter_mut().zip(block.as_chunks().0) {
            *weight = f16::from_le_bytes(*half).to_f32();
        }
        let largest = weights.iter().fold(0.0_f32, |largest, weight| largest.max(weight.abs()));
        let scale = largest / MAX_CODE;
        // Codes are made with the scale as it is before it is rounded.
        let per_scale = if scale == 0.0 { 0.0 } else { 1.0 / scale };
        bytes.extend(f16::from_f32(scale).to_le_bytes());
        bytes.extend(weights.map(|weight| code(weight * per_scale)));
    }
    bytes
}

/// Gives the nearest code, halves away from zero, as a byte.
fn code(scaled: f32) -> u8 {
    #[expect(clippy::cast_possible_truncation, reason = "scaled to -127 to 127")]
    let code = scaled.round() as i8;
    code.cast_unsigned()
}
