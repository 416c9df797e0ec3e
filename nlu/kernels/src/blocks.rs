//! Matrices in bytes.

#![expect(
    clippy::inline_always,
    reason = "what is called within a kernel is compiled for the same processor"
)]

use pulp::{Arch, Simd, with_simd};

/// Weights of a block that share one scale.
pub const BLOCK: usize = 32;

/// A matrix in bytes, with a scale for every [`BLOCK`] of a row.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Blocks {
    /// The bytes, row by row.
    pub cells: Vec<i8>,
    /// The scales, row by row.
    pub scales: Vec<f32>,
}

impl Blocks {
    /// Rounds numbers; the length of a row is a multiple of [`BLOCK`].
    #[must_use]
    pub fn rounded(numbers: &[f32]) -> Self {
        let mut blocks = Self {
            cells: vec![0; numbers.len()],
            scales: vec![0.0; numbers.len().div_ceil(BLOCK)],
        };
        Self::round(numbers, &mut blocks.cells, &mut blocks.scales);
        blocks
    }

    /// Rounds numbers to bytes and scales that are written over; of neither there may be fewer.
    pub fn round(numbers: &[f32], cells: &mut [i8], scales: &mut [f32]) {
        round(numbers, cells, scales);
    }
}

#[with_simd(round = Arch::new())]
#[inline(always)]
fn round_with<'a, S: Simd>(
    _simd: S,
    numbers: &'a [f32],
    cells: &'a mut [i8],
    scales: &'a mut [f32],
) {
    let blocks = numbers.chunks(BLOCK).zip(cells.chunks_mut(BLOCK));
    for ((block, cells), own) in blocks.zip(scales) {
        // Numbers without a sign are ordered as their bits are, and of whole numbers the processor finds
        // the largest many at a time.
        let largest = block.iter().map(|number| number.abs().to_bits()).max();
        let largest = f32::from_bits(largest.unwrap_or_default());
        let scale = largest / 127.0;
        let step = if scale > 0.0 { scale.recip() } else { 0.0 };
        *own = scale;
        for (cell, number) in cells.iter_mut().zip(block) {
            *cell = byte((number * step).round());
        }
    }
}

/// Through a longer number, since so the processor does many at a time.
#[expect(clippy::cast_possible_truncation, reason = "the value is within -127 and 127")]
#[inline(always)]
const fn byte(number: f32) -> i8 {
    number as i32 as i8
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_rounded_as_one_by_one() {
        let mut numbers: Vec<f32> = (0..1_280_u32)
            .map(|at| (f32::from(u16::try_from(at * 79 % 1_013).unwrap()) - 500.0) * 1e-3)
            .collect();
        numbers[..BLOCK].fill(0.0);
        // Halves, a largest one that is below 0, and what is no number.
        numbers[BLOCK..BLOCK + 4].copy_from_slice(&[-127.0, 0.5, -1.5, f32::NAN]);
        let blocks = Blocks::rounded(&numbers);
        assert_eq!((blocks.cells[BLOCK], blocks.scales[0]), (0, 0.0));
        numbers[BLOCK + 3] = 2.5;
        let blocks = Blocks::rounded(&numbers);
        assert_eq!(blocks.cells[BLOCK..BLOCK + 4], [-127, 1, -2, 3]);
        for (at, block) in numbers.chunks(BLOCK).enumerate() {
            let largest = block.iter().fold(0.0_f32, |largest, cell| largest.max(cell.abs()));
            assert_eq!(blocks.scales[at].to_bits(), (largest / 127.0).to_bits());
            let step = if largest > 0.0 { (largest / 127.0).recip() } else { 0.0 };
            for (number, cell) in block.iter().zip(&blocks.cells[at * BLOCK..]) {
                assert_eq!(f32::from(*cell).to_bits(), ((number * step).round() + 0.0).to_bits());
            }
        }
    }
}
