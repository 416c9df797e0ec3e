//! Vectors of meaning, one byte a coordinate.

#![expect(
    clippy::inline_always,
    reason = "what is called within a kernel is compiled for the same processor"
)]

use pulp::{Arch, Simd, with_simd};
use serde::{Deserialize, Serialize};

/// The largest stored number.
const MAX_CELL: f32 = 127.0;

/// A vector, rounded: what is kept of a sentence, and what a message is compared with.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Packed {
    cells: Vec<i8>,
    scale: f32,
}

impl Packed {
    /// Rounds a vector.
    #[expect(clippy::cast_possible_truncation, reason = "the value is within -127 and 127")]
    pub(crate) fn of(vector: &[f32]) -> Self {
        let largest = vector.iter().fold(0.0_f32, |largest, cell| largest.max(cell.abs()));
        let scale = largest / MAX_CELL;
        let step = if scale > 0.0 { scale.recip() } else { 0.0 };
        let cells = vector.iter().map(|cell| (cell * step).round() as i8).collect();
        Self { cells, scale }
    }

    /// Counts the coordinates.
    pub(crate) const fn width(&self) -> usize {
        self.cells.len()
    }

    /// Writes the vector out.
    pub(crate) fn unpacked(&self) -> impl Iterator<Item = f32> {
        self.cells.iter().map(|cell| f32::from(*cell) * self.scale)
    }
}

/// Finds how alike the most alike vector of each group is; -1 where a group has none.
#[with_simd(nearest = Arch::new())]
#[inline(always)]
pub(crate) fn nearest_with<'a, S: Simd>(
    _simd: S,
    to: &'a Packed,
    groups: &'a [Vec<Packed>],
) -> Vec<f32> {
    let mut nearest = vec![-1.0_f32; groups.len()];
    for (best, group) in nearest.iter_mut().zip(groups) {
        for one in group {
            *best = best.max(dot(one, to));
        }
    }
    nearest
}

/// Multiplies two vectors: for vectors of length 1, how alike they are.
#[inline(always)]
fn dot(a: &Packed, b: &Packed) -> f32 {
    let mut sum = 0_i32;
    // A loop, not an iterator's sum: that one is compiled by itself, for the oldest processor.
    for (a, b) in a.cells.iter().zip(&b.cells) {
        sum += i32::from(*a) * i32::from(*b);
    }
    #[expect(clippy::cast_precision_loss, reason = "a sum of bytes' products is exact enough")]
    let sum = sum as f32;
    sum * a.scale * b.scale
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rounding_changes_little() {
        let a: Vec<f32> = (0_u8..64).map(|at| f32::from(at).sin() / 5.66).collect();
        let b: Vec<f32> = (0_u8..64).map(|at| f32::from(at).cos() / 5.66).collect();
        let (left, right) = (Packed::of(&a), Packed::of(&b));
        let exact: f32 = a.iter().zip(&b).map(|(a, b)| a * b).sum();
        let found = nearest(&left, &[vec![right.clone()], vec![], vec![right, left.clone()]]);
        assert!((found[0] - exact).abs() < 5e-3, "{found:?} {exact}");
        assert!((found[1] + 1.0).abs() < f32::EPSILON && found[2] > 0.9, "{found:?}");
        assert!(left.unpacked().zip(&a).all(|(x, a)| (x - a).abs() < 1e-3));
        assert!(nearest(&left, &[]).is_empty());
        assert_eq!(Packed::of(&[0.0; 4]).width(), 4);
    }
}
