//! Products of dense matrices, in blocks that stay in the processor's registers.
//!
//! `pulp` compiles them once for each kind of processor and takes the best that this one has. The
//! vectors are written out: left to itself the compiler takes a block apart, cell by cell, which is
//! six times as slow.

#![expect(
    clippy::inline_always,
    reason = "what is called within a kernel is compiled for the same processor"
)]

use nlu_kernels::tiles::{add_scaled, turn};
use pulp::{Arch, Simd, with_simd};
use serde::{Deserialize, Serialize};

/// Columns of a block; a matrix is padded to a multiple of it.
pub(crate) const LANES: usize = 16;
/// Rows of a block: so many sums are on their way at once.
const TALL: usize = 12;

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

/// Lays a matrix out column of vectors by column, each from its first row to its last: one that is
/// gone through again and again stays in the nearest cache.
#[inline(always)]
fn columns<S: Simd>(rows: &[S::f32s], n_columns: usize) -> Vec<S::f32s> {
    let mut columns = Vec::with_capacity(rows.len());
    for column in 0..n_columns {
        columns.extend(rows.iter().skip(column).step_by(n_columns));
    }
    columns
}

/// Multiplies: `out[n][k] = Σ x[n][d] · w[d][k]`. The width of `w` and `out` is a multiple of
/// [`LANES`].
#[with_simd(multiply = Arch::new())]
#[inline(always)]
pub(crate) fn multiply_with<'a, S: Simd>(simd: S, x: &'a Dense, w: &'a Dense, out: &'a mut Dense) {
    let n_columns = w.width / S::F32_LANES;
    let columns = columns::<S>(S::as_simd_f32s(&w.cells).0, n_columns);
    let (out, _) = S::as_mut_simd_f32s(&mut out.cells);
    let mut turned = vec![[0.0_f32; TALL]; x.width];
    let blocks = x.cells.chunks(TALL * x.width.max(1)).zip(out.chunks_mut(TALL * n_columns));
    for (xs, outs) in blocks {
        // Rows that the last block lacks keep those of the one before: their sums are not written.
        turn(xs, x.width, &mut turned);
        for (at, column) in columns.chunks_exact(x.width.max(1)).enumerate() {
            let mut sums = [simd.splat_f32s(0.0); TALL];
            for (numbers, vector) in turned.iter().zip(column) {
                add_scaled(simd, &mut sums, numbers, *vector);
            }
            for (sum, out) in sums.iter().zip(outs.chunks_exact_mut(n_columns)) {
                if let Some(out) = out.get_mut(at) {
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
    if S::F32_LANES < LANES {
        turned_in_blocks::<S, 8>(simd, x, e, out);
    } else {
        turned_in_blocks::<S, LANES>(simd, x, e, out);
    }
}

#[inline(always)]
fn turned_in_blocks<S: Simd, const N: usize>(simd: S, x: &Dense, e: &Dense, out: &mut Dense) {
    out.cells.fill(0.0);
    let n_columns = e.width / S::F32_LANES;
    let (e, _) = S::as_simd_f32s(&e.cells);
    let (out, _) = S::as_mut_simd_f32s(&mut out.cells);
    let chunks = x.cells.chunks(CHUNK * x.width.max(1)).zip(e.chunks(CHUNK * n_columns));
    for (xs, es) in chunks {
        let n_rows = xs.len() / x.width.max(1);
        let columns = columns::<S>(es, n_columns);
        let mut block = vec![[0.0_f32; N]; n_rows];
        for (at, outs) in out.chunks_mut(N * n_columns).enumerate() {
            for (numbers, xs) in block.iter_mut().zip(xs.chunks_exact(x.width)) {
                let own = xs.get(at * N..).unwrap_or_default();
                // All at once where they are: the last block alone is not whole.
                if let Some(own) = own.first_chunk() {
                    *numbers = *own;
                } else {
                    for (number, cell) in numbers.iter_mut().zip(own) {
                        *number = *cell;
                    }
                }
            }
            for (column, vectors) in columns.chunks_exact(n_rows).enumerate() {
                let mut sums = [simd.splat_f32s(0.0); N];
                for (numbers, vector) in block.iter().zip(vectors) {
                    add_scaled(simd, &mut sums, numbers, *vector);
                }
                for (sum, outs) in sums.iter().zip(outs.chunks_exact_mut(n_columns)) {
                    if let Some(out) = outs.get_mut(column) {
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
