//! What every product in tiles is made of: rows that are turned so that theirs stand side by side, and
//! sums that stay in the processor's registers.
//!
//! Never here: how a matrix is laid out, or which tile comes next.

#![expect(
    clippy::inline_always,
    reason = "what is called within a kernel is compiled for the same processor"
)]

use pulp::Simd;

/// Adds to the sum of each row of a tile a vector times the row's number.
#[inline(always)]
pub fn add_scaled<S: Simd, const N: usize>(
    simd: S,
    sums: &mut [S::f32s; N],
    numbers: &[f32; N],
    vector: S::f32s,
) {
    for (sum, number) in sums.iter_mut().zip(numbers) {
        *sum = simd.mul_add_f32s(simd.splat_f32s(*number), vector, *sum);
    }
}

/// Turns rows of `width` numbers into tiles of `N` rows, column after column of each; where there is no
/// row, a tile stays as it is.
#[inline(always)]
pub fn turn<const N: usize>(rows: &[f32], width: usize, tiles: &mut [[f32; N]]) {
    for (tile, rows) in tiles.chunks_exact_mut(width).zip(rows.chunks(N * width)) {
        let mut own: [&[f32]; N] = [&[]; N];
        for (own, row) in own.iter_mut().zip(rows.chunks_exact(width)) {
            *own = row;
        }
        for (at, column) in tile.iter_mut().enumerate() {
            for (cell, row) in column.iter_mut().zip(&own) {
                if let Some(number) = row.get(at) {
                    *cell = *number;
                }
            }
        }
    }
}
