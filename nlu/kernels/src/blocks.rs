//! Matrices in bytes.

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
    #[expect(clippy::cast_possible_truncation, reason = "the value is within -127 and 127")]
    #[must_use]
    pub fn rounded(numbers: &[f32]) -> Self {
        let mut blocks = Self::default();
        for block in numbers.chunks(BLOCK) {
            let largest = block.iter().fold(0.0_f32, |largest, cell| largest.max(cell.abs()));
            let scale = largest / 127.0;
            let step = if scale > 0.0 { scale.recip() } else { 0.0 };
            blocks.scales.push(scale);
            blocks.cells.extend(block.iter().map(|cell| (cell * step).round() as i8));
        }
        blocks
    }
}
