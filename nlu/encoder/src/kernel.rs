//! The arithmetic: products with matrices that never change, and what stands between them.
//!
//! A matrix is cut into panels of 16 columns, each stored as its rows follow, so that one pass over
//! it reads memory in order; that is what a short sentence's time goes into. Panels of bytes are
//! written out as floats in the nearest cache, once for all rows of the batch. Everything is plain
//! loops over arrays of fixed size: `pulp` compiles them for each kind of processor and takes the
//! best that this one has.

#![expect(
    clippy::inline_always,
    clippy::needless_lifetimes,
    reason = "what is called within a kernel is compiled for the same processor"
)]

use pulp::{Arch, Simd, with_simd};

use crate::weights::{BLOCK, Blocks};

/// Columns of a panel.
const WIDE: usize = 16;
/// Rows that are multiplied together: their sums fill the registers.
const TALL: usize = 6;
/// Rows of a panel that are written out at a time: they fit the nearest cache.
const DEEP: usize = 384;

type Lanes = [f32; WIDE];

/// A matrix that never changes, `n_inputs` by `n_outputs`.
pub(crate) struct Panels {
    n_inputs: usize,
    n_outputs: usize,
    cells: Cells,
}

enum Cells {
    Floats(Vec<Lanes>),
    Bytes { cells: Vec<[i8; WIDE]>, scales: Vec<Lanes> },
}

impl Panels {
    /// Takes a matrix given as `[n_inputs, n_outputs]`.
    pub(crate) fn of_inputs(numbers: &[f32], n_inputs: usize, n_outputs: usize) -> Self {
        let at = |input: usize, output: usize| input * n_outputs + output;
        let cells = panels(n_inputs, n_outputs, |input, output| {
            numbers.get(at(input, output)).copied().unwrap_or_default()
        });
        Self { n_inputs, n_outputs, cells: Cells::Floats(cells) }
    }

    /// Takes matrices given as `[n_outputs, n_inputs]` in floats, side by side.
    pub(crate) fn of_float_outputs(parts: &[Vec<f32>], n_inputs: usize, n_each: usize) -> Self {
        let n_outputs = parts.len() * n_each;
        let cells = panels(n_inputs, n_outputs, |input, output| {
            let part = parts.get(output / n_each);
            let cell = part.and_then(|part| part.get(output % n_each * n_inputs + input));
            cell.copied().unwrap_or_default()
        });
        Self { n_inputs, n_outputs, cells: Cells::Floats(cells) }
    }

    /// Takes matrices given as `[n_outputs, n_inputs]` in bytes, side by side.
    pub(crate) fn of_outputs(parts: &[Blocks], n_inputs: usize, n_each: usize) -> Self {
        let n_outputs = parts.len() * n_each;
        let cells = panels(n_inputs, n_outputs, |input, output| {
            let part = parts.get(output / n_each);
            let cell = part.and_then(|p| p.cells.get(output % n_each * n_inputs + input));
            cell.copied().unwrap_or_default()
        });
        let n_blocks = n_inputs / BLOCK;
        let scales = panels(n_blocks, n_outputs, |block, output| {
            let part = parts.get(output / n_each);
            let scale = part.and_then(|p| p.scales.get(output % n_each * n_blocks + block));
            scale.copied().unwrap_or_default()
        });
        Self { n_inputs, n_outputs, cells: Cells::Bytes { cells, scales } }
    }

    /// Multiplies rows of `n_inputs` numbers and adds a constant row: rows of `n_outputs` numbers.
    pub(crate) fn multiply(&self, rows: &[f32], constant: &[f32]) -> Vec<f32> {
        let n_rows = rows.len() / self.n_inputs.max(1);
        let tiles = tiles(rows, self.n_inputs);
        let mut out = Vec::with_capacity(n_rows * self.n_outputs);
        for _ in 0..n_rows {
            out.extend((0..self.n_outputs).map(|at| constant.get(at).copied().unwrap_or_default()));
        }
        add_product(self, &tiles, &mut out);
        out
    }
}

#[with_simd(add_product = Arch::new())]
#[inline(always)]
fn add_product_with<'a, S: Simd>(
    _simd: S,
    panels: &'a Panels,
    tiles: &'a [[f32; TALL]],
    out: &'a mut [f32],
) {
    let mut scratch = vec![[0.0_f32; WIDE]; DEEP];
    for panel in 0..panels.n_outputs.div_ceil(WIDE) {
        for from in (0..panels.n_inputs).step_by(DEEP) {
            let to = (from + DEEP).min(panels.n_inputs);
            let written = match &panels.cells {
                Cells::Floats(cells) => {
                    let start = panel * panels.n_inputs;
                    cells.get(start + from..start + to).unwrap_or_default()
                }
                Cells::Bytes { cells, scales } => {
                    let (start, first) = (panel * panels.n_inputs, panel * panels.n_inputs / BLOCK);
                    let cells = cells.get(start + from..start + to).unwrap_or_default();
                    let scales = scales.get(first + from / BLOCK..first + to.div_ceil(BLOCK));
                    write_out(cells, scales.unwrap_or_default(), &mut scratch);
                    scratch.get(..to - from).unwrap_or_default()
                }
            };
            let columns = panel * WIDE..(panel * WIDE + WIDE).min(panels.n_outputs);
            let outs = out.chunks_mut(TALL * panels.n_outputs);
            for (tile, out) in tiles.chunks_exact(panels.n_inputs).zip(outs) {
                let sums = product(tile.get(from..to).unwrap_or_default(), written);
                for (row, sums) in out.chunks_exact_mut(panels.n_outputs).zip(&sums) {
                    for (cell, sum) in row.get_mut(columns.clone()).into_iter().flatten().zip(sums)
                    {
                        *cell += sum;
                    }
                }
            }
        }
    }
}

#[inline(always)]
fn write_out(cells: &[[i8; WIDE]], scales: &[Lanes], scratch: &mut [Lanes]) {
    let blocks = cells.chunks(BLOCK).zip(scales).zip(scratch.chunks_mut(BLOCK));
    for ((cells, scales), scratch) in blocks {
        for (cells, scratch) in cells.iter().zip(scratch) {
            for ((out, cell), scale) in scratch.iter_mut().zip(cells).zip(scales) {
                *out = f32::from(*cell) * scale;
            }
        }
    }
}

#[inline(always)]
fn product(tile: &[[f32; TALL]], panel: &[Lanes]) -> [Lanes; TALL] {
    let mut sums = [[0.0_f32; WIDE]; TALL];
    for (rows, weights) in tile.iter().zip(panel) {
        for (sums, row) in sums.iter_mut().zip(rows) {
            for (sum, weight) in sums.iter_mut().zip(weights) {
                *sum = row.mul_add(*weight, *sum);
            }
        }
    }
    sums
}

/// Cuts a matrix into panels, row after row of each; columns that are missing are zeros.
fn panels<T: Copy + Default>(
    n_inputs: usize,
    n_outputs: usize,
    cell: impl Fn(usize, usize) -> T,
) -> Vec<[T; WIDE]> {
    let mut panels = Vec::with_capacity(n_inputs * n_outputs.div_ceil(WIDE));
    for panel in 0..n_outputs.div_ceil(WIDE) {
        for input in 0..n_inputs {
            let mut row = [T::default(); WIDE];
            for (at, out) in row.iter_mut().enumerate() {
                let output = panel * WIDE + at;
                if output < n_outputs {
                    *out = cell(input, output);
                }
            }
            panels.push(row);
        }
    }
    panels
}

/// Turns rows into tiles of [`TALL`] rows, column after column of each; missing rows are zeros.
fn tiles(rows: &[f32], width: usize) -> Vec<[f32; TALL]> {
    let n_rows = rows.len() / width.max(1);
    let mut tiles = vec![[0.0_f32; TALL]; n_rows.div_ceil(TALL) * width];
    for (tile, rows) in tiles.chunks_exact_mut(width).zip(rows.chunks(TALL * width)) {
        for (at, row) in rows.chunks_exact(width).enumerate() {
            for (cells, number) in tile.iter_mut().zip(row) {
                if let Some(cell) = cells.get_mut(at) {
                    *cell = *number;
                }
            }
        }
    }
    tiles
}

/// Brings each row to mean 0 and spread 1, then scales and shifts its columns.
#[with_simd(layer_norm = Arch::new())]
#[inline(always)]
pub(crate) fn layer_norm_with<'a, S: Simd>(
    _simd: S,
    rows: &'a mut [f32],
    gains: &'a [f32],
    shifts: &'a [f32],
    eps: f32,
) {
    let width = gains.len().max(1);
    for row in rows.chunks_exact_mut(width) {
        let share = 1.0 / count(width);
        let mean = sum(row) * share;
        for cell in row.iter_mut() {
            *cell -= mean;
        }
        let scale = (dot(row, row) * share + eps).sqrt().recip();
        for ((cell, gain), shift) in row.iter_mut().zip(gains).zip(shifts) {
            *cell = (*cell * scale).mul_add(*gain, *shift);
        }
    }
}

/// Adds numbers to others.
pub(crate) fn add(to: &mut [f32], what: &[f32]) {
    for (cell, other) in to.iter_mut().zip(what) {
        *cell += other;
    }
}

/// Replaces what is below 0 by 0.
pub(crate) fn relu(cells: &mut [f32]) {
    for cell in cells {
        *cell = cell.max(0.0);
    }
}

/// Applies x/2 · (1 + erf(x/√2)).
#[with_simd(gelu = Arch::new())]
#[inline(always)]
pub(crate) fn gelu_with<'a, S: Simd>(_simd: S, cells: &'a mut [f32]) {
    for cell in cells {
        *cell *= 0.5 * (1.0 + erf(*cell * std::f32::consts::FRAC_1_SQRT_2));
    }
}

/// The error function, as a quotient of polynomials between -4 and 4, beyond which it is ±1 to the
/// last bit but one (the coefficients are those of Eigen's single-precision erf).
#[inline(always)]
fn erf(x: f32) -> f32 {
    const ABOVE: [f32; 7] = [
        -2.726_142_4e-10,
        2.770_681_5e-8,
        -2.101_024_1e-6,
        -5.692_506_3e-5,
        -7.349_906_5e-4,
        -2.954_6e-3,
        -1.609_603_3e-2,
    ];
    const BELOW: [f32; 5] =
        [-1.456_607_2e-5, -2.133_740_5e-4, -1.682_827_e-3, -7.373_329_3e-3, -1.426_473_9e-2];
    let x = x.clamp(-4.0, 4.0);
    let square = x * x;
    let mut above = 0.0_f32;
    for coefficient in ABOVE {
        above = above.mul_add(square, coefficient);
    }
    let mut below = 0.0_f32;
    for coefficient in BELOW {
        below = below.mul_add(square, coefficient);
    }
    x * above / below
}

/// Multiplies two rows.
#[inline(always)]
pub(crate) fn dot(a: &[f32], b: &[f32]) -> f32 {
    let mut sums = [0.0_f32; WIDE];
    let ((a, a_rest), (b, b_rest)) = (a.as_chunks::<WIDE>(), b.as_chunks::<WIDE>());
    for (a, b) in a.iter().zip(b) {
        for ((sum, a), b) in sums.iter_mut().zip(a).zip(b) {
            *sum = a.mul_add(*b, *sum);
        }
    }
    let rest: f32 = a_rest.iter().zip(b_rest).map(|(a, b)| a * b).sum();
    sums.iter().sum::<f32>() + rest
}

#[inline(always)]
fn sum(row: &[f32]) -> f32 {
    let mut sums = [0.0_f32; WIDE];
    let (chunks, rest) = row.as_chunks::<WIDE>();
    for chunk in chunks {
        for (sum, cell) in sums.iter_mut().zip(chunk) {
            *sum += cell;
        }
    }
    sums.iter().sum::<f32>() + rest.iter().sum::<f32>()
}

/// Brings a row to length 1.
pub(crate) fn to_unit(row: &mut [f32]) {
    let scale = dot(row, row).max(1e-12).sqrt().recip();
    for cell in row {
        *cell *= scale;
    }
}

/// Gives a small count as a number.
#[expect(clippy::cast_precision_loss, reason = "counts of tokens and columns are below 2^24")]
pub(crate) fn count(n: usize) -> f32 {
    n as f32
}

/// Deals texts into batches of at most `most` tokens; a longer text is a batch by itself.
pub(crate) fn batches(texts: &[Vec<u32>], most: usize) -> impl Iterator<Item = &[Vec<u32>]> {
    let mut rest = texts;
    std::iter::from_fn(move || {
        let mut n_tokens = 0;
        let fits = |text: &&Vec<u32>| {
            n_tokens += text.len();
            n_tokens <= most
        };
        let n_texts = rest.iter().take_while(fits).count().max(1).min(rest.len());
        let (batch, later) = rest.split_at_checked(n_texts)?;
        rest = later;
        (!batch.is_empty()).then_some(batch)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn some(n: usize, seed: u32) -> Vec<f32> {
        let mut state = seed;
        let mut next = || {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            f32::from(u16::try_from(state >> 16).unwrap()) / 32_768.0 - 1.0
        };
        (0..n).map(|_| next()).collect()
    }

    #[test]
    fn panels_give_what_plain_sums_give() {
        for (n_rows, n_in, n_out) in [(1, 32, 16), (7, 64, 40), (13, 800, 48)] {
            let (rows, matrix, constant) =
                (some(n_rows * n_in, 1), some(n_in * n_out, 2), some(n_out, 3));
            let out = Panels::of_inputs(&matrix, n_in, n_out).multiply(&rows, &constant);
            for row in 0..n_rows {
                for column in 0..n_out {
                    let plain: f32 =
                        (0..n_in).map(|i| rows[row * n_in + i] * matrix[i * n_out + column]).sum();
                    assert!((out[row * n_out + column] - plain - constant[column]).abs() < 1e-3);
                }
            }
            let turned: Vec<f32> =
                (0..n_out).flat_map(|o| matrix.iter().skip(o).step_by(n_out).copied()).collect();
            let turned = Panels::of_float_outputs(&[turned], n_in, n_out);
            assert_eq!(turned.multiply(&rows, &constant), out);
        }
    }

    #[test]
    fn bytes_give_what_their_numbers_give() {
        let (n_in, n_out) = (96, 32);
        let scales: Vec<f32> = some(n_in / BLOCK * n_out, 5);
        let cells: Vec<i8> =
            (0..n_in * n_out).map(|at| i8::try_from(at * 7 % 200).unwrap_or(-9)).collect();
        let blocks = Blocks { cells: cells.clone(), scales: scales.clone() };
        let rows = some(3 * n_in, 6);
        let out = Panels::of_outputs(&[blocks], n_in, n_out).multiply(&rows, &[]);
        for row in 0..3 {
            for column in 0..n_out {
                let cell = |i: usize| {
                    f32::from(cells[column * n_in + i])
                        * scales[column * (n_in / BLOCK) + i / BLOCK]
                };
                let plain: f32 = (0..n_in).map(|i| rows[row * n_in + i] * cell(i)).sum();
                assert!((out[row * n_out + column] - plain).abs() < 1e-2);
            }
        }
    }

    #[test]
    fn the_error_function_is_close() {
        for (x, y) in
            [(0.0, 0.0), (0.5, 0.520_499_9), (1.0, 0.842_700_8), (-2.0, -0.995_322_3), (5.0, 1.0)]
        {
            assert!((erf(x) - y).abs() < 2e-7, "{x}: {} {y}", erf(x));
        }
    }

    #[test]
    fn rows_are_brought_to_one_scale() {
        let mut rows = vec![1.0, 2.0, 3.0, 4.0, 5.0, 6.0];
        layer_norm(&mut rows, &[1.0; 3], &[0.5; 3], 0.0);
        assert!((rows[1] - 0.5).abs() < 1e-6 && (rows[0] - rows[3]).abs() < 1e-6);
        to_unit(&mut rows);
        assert!((dot(&rows, &rows) - 1.0).abs() < 1e-6);
    }
}
