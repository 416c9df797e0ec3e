//! Products of dense matrices, in blocks that stay in the processor's registers.
//!
//! `pulp` compiles them once for each kind of processor and takes the best that this one has. The
//! vectors are written out: left to itself the compiler takes a block apart, cell by cell, which is
//! six times as slow.

#![expect(
    clippy::inline_always,
    reason = "what is called within a kernel is compiled for the same processor"
)]

use pulp::{Arch, Simd, with_simd};
use serde::{Deserialize, Serialize};

/// Columns of a block; a matrix is padded to a multiple of it.
pub(crate) const LANES: usize = 16;
/// Rows of a block: so many sums are on their way at once.
const TALL: usize = 8;

/// A matrix, row by row.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Dense {
    pub(crate) cells: Vec<f32>,
    pub(crate) width: usize,
}

impl Dense {
    /// Makes a matrix of zeros.
    pub(crate) fn zeros(n_rows: usize, width: usize) -> Self {
        Self { cells: vec![0.0; n_rows * width], width }
    }
}

/// Gives the next multiple of [`LANES`].
pub(crate) const fn padded(width: usize) -> usize {
    width.div_ceil(LANES) * LANES
}

/// The scales of a block's rows.
type Scales = [f32; TALL];

/// Adds a row to the sums of a block, times the scale of each.
#[inline(always)]
fn add_scaled<S: Simd>(simd: S, sums: &mut [S::f32s; TALL], scales: &Scales, row: S::f32s) {
    for (sum, scale) in sums.iter_mut().zip(scales) {
        *sum = simd.mul_add_f32s(simd.splat_f32s(*scale), row, *sum);
    }
}

/// Takes as many scales as there are, and nothing for the rest of the block.
#[inline(always)]
fn scales_of(cells: &[f32]) -> Scales {
    if let Some(whole) = cells.first_chunk() {
        return *whole;
    }
    let mut scales = [0.0; TALL];
    for (scale, cell) in scales.iter_mut().zip(cells) {
        *scale = *cell;
    }
    scales
}

/// Multiplies: `out[n][k] = Σ x[n][d] · w[d][k]`. The width of `w` and `out` is a multiple of
/// [`LANES`].
#[with_simd(multiply = Arch::new())]
#[inline(always)]
pub(crate) fn multiply_with<'a, S: Simd>(simd: S, x: &'a Dense, w: &'a Dense, out: &'a mut Dense) {
    let n_vectors = w.width / S::F32_LANES;
    let (w, _) = S::as_simd_f32s(&w.cells);
    let (out, _) = S::as_mut_simd_f32s(&mut out.cells);
    let mut turned: Vec<Scales> = vec![[0.0; TALL]; x.width];
    let blocks = x.cells.chunks(TALL * x.width.max(1)).zip(out.chunks_mut(TALL * n_vectors));
    for (xs, outs) in blocks {
        // The scales of the block's rows stand side by side, for one row of weights after another.
        for (row, xs) in xs.chunks_exact(x.width).enumerate() {
            for (scales, cell) in turned.iter_mut().zip(xs) {
                if let Some(scale) = scales.get_mut(row) {
                    *scale = *cell;
                }
            }
        }
        for column in 0..n_vectors {
            let mut sums = [simd.splat_f32s(0.0); TALL];
            for (scales, row) in turned.iter().zip(w.chunks_exact(n_vectors)) {
                let Some(row) = row.get(column) else { continue };
                add_scaled(simd, &mut sums, scales, *row);
            }
            for (sum, out) in sums.iter().zip(outs.chunks_exact_mut(n_vectors)) {
                if let Some(out) = out.get_mut(column) {
                    *out = *sum;
                }
            }
        }
    }
}

/// Samples that are gone through before the next block: their rows stay in the cache.
const CHUNK: usize = 256;

/// Multiplies with the first one turned: `out[d][k] = Σ x[n][d] · e[n][k]`.
#[with_simd(multiply_turned = Arch::new())]
#[inline(always)]
pub(crate) fn multiply_turned_with<'a, S: Simd>(
    simd: S,
    x: &'a Dense,
    e: &'a Dense,
    out: &'a mut Dense,
) {
    out.cells.fill(0.0);
    let n_vectors = e.width / S::F32_LANES;
    let (e, _) = S::as_simd_f32s(&e.cells);
    let (out, _) = S::as_mut_simd_f32s(&mut out.cells);
    let chunks = x.cells.chunks(CHUNK * x.width.max(1)).zip(e.chunks(CHUNK * n_vectors));
    for (xs, es) in chunks {
        for (at, outs) in out.chunks_mut(TALL * n_vectors).enumerate() {
            for column in 0..n_vectors {
                let mut sums = [simd.splat_f32s(0.0); TALL];
                for (xs, es) in xs.chunks_exact(x.width).zip(es.chunks_exact(n_vectors)) {
                    let (Some(xs), Some(row)) = (xs.get(at * TALL..), es.get(column)) else {
                        continue;
                    };
                    add_scaled(simd, &mut sums, &scales_of(xs), *row);
                }
                for (sum, out) in sums.iter().zip(outs.chunks_exact_mut(n_vectors)) {
                    if let Some(out) = out.get_mut(column) {
                        *out = simd.add_f32s(*out, *sum);
                    }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    impl Dense {
        fn row(&self, at: usize) -> &[f32] {
            &self.cells[at * self.width..(at + 1) * self.width]
        }
    }

    fn some(n_rows: usize, width: usize, seed: u64) -> Dense {
        let mut dice = crate::classify::Dice(seed);
        let cells = (0..n_rows * width).map(|_| {
            let part = u16::try_from(dice.below(2001)).unwrap();
            f32::from(part) / 1000.0 - 1.0
        });
        Dense { cells: cells.collect(), width }
    }

    #[test]
    fn blocks_give_what_plain_sums_give() {
        for (n, d, k) in [(1, 3, 16), (4, 5, 32), (7, 13, 16), (530, 9, 48)] {
            let (x, w, e) = (some(n, d, 1), some(d, k, 2), some(n, k, 3));
            let mut out = Dense::zeros(n, k);
            multiply(&x, &w, &mut out);
            let mut turned = Dense::zeros(d, k);
            multiply_turned(&x, &e, &mut turned);
            for column in 0..k {
                for row in 0..n {
                    let plain: f32 = (0..d).map(|i| x.row(row)[i] * w.row(i)[column]).sum();
                    assert!((plain - out.row(row)[column]).abs() < 1e-3);
                }
                for row in 0..d {
                    let plain: f32 = (0..n).map(|i| x.row(i)[row] * e.row(i)[column]).sum();
                    assert!((plain - turned.row(row)[column]).abs() < 1e-2);
                }
            }
        }
    }
}
