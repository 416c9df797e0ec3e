//! Products of dense matrices, in blocks that stay in the processor's registers.
//!
//! Plain loops over arrays of fixed size; `pulp` compiles them once for each kind of processor and
//! takes the best that this one has.

#![expect(
    clippy::inline_always,
    reason = "what is called within a kernel is compiled for the same processor"
)]

use pulp::{Arch, Simd, with_simd};
use serde::{Deserialize, Serialize};

/// Columns of a block; a matrix is padded to a multiple of it.
pub(crate) const LANES: usize = 16;
/// Rows of a block.
const TALL: usize = 4;

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

type Block = [[f32; LANES]; TALL];

#[inline(always)]
fn add_scaled(sums: &mut [f32; LANES], scale: f32, row: &[f32; LANES]) {
    for (sum, cell) in sums.iter_mut().zip(row) {
        *sum = scale.mul_add(*cell, *sum);
    }
}

#[inline(always)]
fn lanes(row: &[f32], at: usize) -> Option<&[f32; LANES]> {
    row.get(at..)?.first_chunk()
}

/// Multiplies: `out[n][k] = Σ x[n][d] · w[d][k]`. The width of `w` and `out` is a multiple of
/// [`LANES`].
#[with_simd(multiply = Arch::new())]
#[inline(always)]
pub(crate) fn multiply_with<'a, S: Simd>(_simd: S, x: &'a Dense, w: &'a Dense, out: &'a mut Dense) {
    let width = w.width;
    let pairs = x.cells.chunks(TALL * x.width.max(1)).zip(out.cells.chunks_mut(TALL * width));
    for (xs, outs) in pairs {
        let n_rows = xs.len() / x.width.max(1);
        for column in (0..width).step_by(LANES) {
            let mut block: Block = [[0.0; LANES]; TALL];
            if n_rows == TALL {
                // Four rows at a time: each row of weights is loaded once for all of them.
                let mut samples = xs.chunks_exact(x.width);
                let mut next = || samples.next().unwrap_or_default().iter();
                let (one, two, three, four) = (next(), next(), next(), next());
                let rows = w.cells.chunks_exact(width);
                let scales = one.zip(two).zip(three).zip(four);
                for (row, (((one, two), three), four)) in rows.zip(scales) {
                    let Some(row) = lanes(row, column) else { continue };
                    for (sums, scale) in block.iter_mut().zip([one, two, three, four]) {
                        add_scaled(sums, *scale, row);
                    }
                }
            } else {
                for (sums, xs) in block.iter_mut().zip(xs.chunks_exact(x.width)) {
                    for (row, scale) in w.cells.chunks_exact(width).zip(xs) {
                        if let Some(row) = lanes(row, column) {
                            add_scaled(sums, *scale, row);
                        }
                    }
                }
            }
            for (sums, out) in block.iter().zip(outs.chunks_exact_mut(width)) {
                if let Some(out) = out.get_mut(column..column + LANES) {
                    out.copy_from_slice(sums);
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
    _simd: S,
    x: &'a Dense,
    e: &'a Dense,
    out: &'a mut Dense,
) {
    let width = e.width;
    out.cells.fill(0.0);
    let chunks = x.cells.chunks(CHUNK * x.width.max(1)).zip(e.cells.chunks(CHUNK * width));
    for (xs, es) in chunks {
        for (at, outs) in out.cells.chunks_mut(TALL * width).enumerate() {
            let n_rows = outs.len() / width;
            for column in (0..width).step_by(LANES) {
                let mut block: Block = [[0.0; LANES]; TALL];
                for (xs, es) in xs.chunks_exact(x.width).zip(es.chunks_exact(width)) {
                    let Some(es) = lanes(es, column) else { continue };
                    let Some(scales) = xs.get(at * TALL..at * TALL + n_rows) else { continue };
                    if let Some(scales) = scales.first_chunk::<TALL>() {
                        // Their number is known here, so that the sums stay in registers.
                        for (sums, scale) in block.iter_mut().zip(scales) {
                            add_scaled(sums, *scale, es);
                        }
                    } else {
                        for (sums, scale) in block.iter_mut().zip(scales) {
                            add_scaled(sums, *scale, es);
                        }
                    }
                }
                for (sums, out) in block.iter().zip(outs.chunks_exact_mut(width)) {
                    if let Some(out) = out.get_mut(column..column + LANES) {
                        for (cell, sum) in out.iter_mut().zip(sums) {
                            *cell += sum;
                        }
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
