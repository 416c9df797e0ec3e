//! Products with matrices that never change.
//!
//! A matrix is cut into slabs of [`DEEP`] inputs and these into panels of [`WIDE`] outputs, stored
//! in the order in which they are read: one pass over memory is what a short sentence's time goes
//! into. The rows that are multiplied stand in tiles of at most [`TALL`], so that their sums stay in
//! registers and a slab of them in the nearest cache (Goto and van de Geijn 2008, *Anatomy of
//! High-Performance Matrix Multiplication*). Bytes are made floats on their way into the registers.
//!
//! `pulp` compiles it for each kind of processor and takes the best that this one has. The vectors are
//! written out: left to itself the compiler takes some heights of tiles apart, cell by cell.

#![expect(
    clippy::inline_always,
    reason = "what is called within a kernel is compiled for the same processor"
)]

mod layout;

use layout::Layout;
use pulp::{Arch, Simd, with_simd};

use crate::blocks::{BLOCK, Blocks};
use crate::tiles::{add_scaled, turn};

/// Outputs of a panel.
const WIDE: usize = 16;
/// Inputs of a slab; whole blocks of bytes.
const DEEP: usize = 4 * BLOCK;
/// From here on the rows of a tile are an even number.
const LOWEST_EVEN: usize = 6;
/// Rows of a tile, at most; an even number.
const TALL: usize = 12;
/// The same where the registers are narrower than a panel, and fewer.
const TALL_IN_FEW: usize = 10;

type Lanes = [f32; WIDE];

/// A matrix that never changes, `n_inputs` by `n_outputs`.
pub struct Panels {
    n_inputs: usize,
    n_outputs: usize,
    cells: Cells,
}

enum Cells {
    Floats(Vec<Lanes>),
    Bytes { cells: Vec<[i8; WIDE]>, scales: Vec<Lanes> },
}

/// What a product needs room for while it is made; kept from one to the next.
#[derive(Default)]
pub struct Room {
    /// The rows, turned.
    tiles: Vec<f32>,
    /// The sums, panel by panel.
    sums: Vec<f32>,
}

impl Panels {
    /// Takes a matrix given as `[n_inputs, n_outputs]`.
    #[must_use]
    pub fn of_inputs(numbers: &[f32], n_inputs: usize, n_outputs: usize) -> Self {
        let layout = Layout { n_inputs, n_outputs, deep: DEEP };
        Self { n_inputs, n_outputs, cells: Cells::Floats(layout.of_inputs(numbers)) }
    }

    /// Takes matrices given as `[n_outputs, n_inputs]` in floats, side by side.
    #[must_use]
    pub fn of_float_outputs(parts: &[Vec<f32>], n_inputs: usize, n_each: usize) -> Self {
        let n_outputs = parts.len() * n_each;
        let layout = Layout { n_inputs, n_outputs, deep: DEEP };
        let mut cells = layout.empty();
        let row = |output| row(parts, Vec::as_slice, n_each, n_inputs, output);
        for panel in 0..layout.n_panels() {
            layout.lay(&mut cells, panel, &(panel * WIDE..n_outputs).map(row));
        }
        Self { n_inputs, n_outputs, cells: Cells::Floats(cells) }
    }

    /// Takes matrices given as `[n_outputs, n_inputs]` in bytes, side by side.
    #[must_use]
    pub fn of_outputs(parts: &[Blocks], n_inputs: usize, n_each: usize) -> Self {
        Self::of_written(n_inputs, parts.len() * n_each, |output, cells, scales| {
            let own = row(parts, |part| &part.cells, n_each, n_inputs, output);
            cells.get_mut(..own.len()).unwrap_or_default().copy_from_slice(own);
            let own = row(parts, |part| &part.scales, n_each, n_inputs / BLOCK, output);
            scales.get_mut(..own.len()).unwrap_or_default().copy_from_slice(own);
        })
    }

    /// Takes a matrix in bytes, output after output: `write` is given an output's number and where to
    /// put its bytes and its scales.
    #[must_use]
    pub fn of_written(
        n_inputs: usize,
        n_outputs: usize,
        mut write: impl FnMut(usize, &mut [i8], &mut [f32]),
    ) -> Self {
        let n_blocks = n_inputs / BLOCK;
        let of_cells = Layout { n_inputs, n_outputs, deep: DEEP };
        let of_scales = Layout { n_inputs: n_blocks, n_outputs, deep: DEEP / BLOCK };
        let (mut cells, mut scales) = (of_cells.empty(), of_scales.empty());
        // The outputs of one panel.
        let mut some_cells = vec![0_i8; WIDE * n_inputs];
        let mut some_scales = vec![0.0_f32; WIDE * n_blocks];
        for panel in 0..of_cells.n_panels() {
            let outputs = panel * WIDE..n_outputs.min((panel + 1) * WIDE);
            let n = outputs.len();
            let rows = some_cells.chunks_exact_mut(n_inputs.max(1));
            let mut scales_of = some_scales.chunks_exact_mut(n_blocks.max(1));
            for (output, cells) in outputs.zip(rows) {
                write(output, cells, scales_of.next().unwrap_or_default());
            }
            of_cells.lay(&mut cells, panel, &some_cells.chunks_exact(n_inputs.max(1)).take(n));
            of_scales.lay(&mut scales, panel, &some_scales.chunks_exact(n_blocks.max(1)).take(n));
        }
        Self { n_inputs, n_outputs, cells: Cells::Bytes { cells, scales } }
    }

    /// Multiplies rows of `n_inputs` numbers and adds a constant row, if there is one: rows of
    /// `n_outputs` numbers.
    #[must_use]
    pub fn multiply(&self, rows: &[f32], constant: &[f32]) -> Vec<f32> {
        let mut out = Vec::new();
        self.multiply_into(rows, constant, &mut Room::default(), &mut out);
        out
    }

    /// Multiplies as [`Panels::multiply`] does; `out` is written over.
    pub fn multiply_into(
        &self,
        rows: &[f32],
        constant: &[f32],
        room: &mut Room,
        out: &mut Vec<f32>,
    ) {
        let n_rows = rows.len() / self.n_inputs.max(1);
        let tall = height(n_rows);
        let n_laid = n_rows.next_multiple_of(tall.max(1));
        // What stands there from before is written over, but for rows that are not there: of these nobody
        // reads the sums.
        let tiles = some(&mut room.tiles, n_laid * self.n_inputs);
        let sums = some(&mut room.sums, n_laid * self.n_outputs.next_multiple_of(WIDE));
        if self.n_inputs == 0 {
            sums.fill(0.0);
        }
        add_products(self, rows, tall, tiles, sums);
        out.resize(n_rows * self.n_outputs, 0.0);
        write_rows(sums, constant, self.n_outputs, out);
    }

    /// Counts its inputs.
    #[must_use]
    pub const fn n_inputs(&self) -> usize {
        self.n_inputs
    }

    /// Gives what every input counts for one output; nothing where there is no such output.
    #[must_use]
    pub fn output(&self, output: usize) -> Vec<f32> {
        let (panel, lane) = (output / WIDE, output % WIDE);
        if output >= self.n_outputs {
            return Vec::new();
        }
        let mut row = Vec::with_capacity(self.n_inputs);
        for from in (0..self.n_inputs).step_by(DEEP) {
            let to = (from + DEEP).min(self.n_inputs);
            match self.part(panel, from, to) {
                Part::Floats(cells) => row.extend(cells.iter().map(|cells| cells[lane])),
                Part::Bytes(cells, scales) => {
                    let blocks = cells.chunks(BLOCK).zip(scales);
                    row.extend(blocks.flat_map(|(cells, scales)| {
                        cells.iter().map(move |cells| f32::from(cells[lane]) * scales[lane])
                    }));
                }
            }
        }
        row
    }

    /// Gives the part of one panel of the slab of inputs `from..to`.
    #[inline(always)]
    fn part(&self, panel: usize, from: usize, to: usize) -> Part<'_> {
        let n_panels = self.n_outputs.div_ceil(WIDE);
        let at = |from: usize, to: usize| {
            let start = from * n_panels + panel * (to - from);
            start..start + to - from
        };
        match &self.cells {
            Cells::Floats(cells) => Part::Floats(cells.get(at(from, to)).unwrap_or_default()),
            Cells::Bytes { cells, scales } => Part::Bytes(
                cells.get(at(from, to)).unwrap_or_default(),
                scales.get(at(from / BLOCK, to / BLOCK)).unwrap_or_default(),
            ),
        }
    }
}

/// A part of a panel: its cells, input after input.
#[derive(Clone, Copy)]
enum Part<'a> {
    Floats(&'a [Lanes]),
    Bytes(&'a [[i8; WIDE]], &'a [Lanes]),
}

/// Gives how many rows each tile of so many rows has: as few tiles as can be, of one height. Most heights
/// are even, so that there are fewer to be compiled.
fn height(n_rows: usize) -> usize {
    let height = n_rows.div_ceil(n_rows.div_ceil(tallest()).max(1));
    if height > LOWEST_EVEN { height.next_multiple_of(2) } else { height }
}

/// Gives so many numbers of a room that only grows: what a smaller product leaves out is not cleared.
fn some(room: &mut Vec<f32>, n: usize) -> &mut [f32] {
    if room.len() < n {
        room.resize(n, 0.0);
    }
    room.get_mut(..n).unwrap_or_default()
}

/// Gives how many rows a tile may have on this processor.
#[with_simd(tallest = Arch::new())]
#[inline(always)]
fn tallest_with<S: Simd>(_simd: S) -> usize {
    if S::F32_LANES < WIDE { TALL_IN_FEW } else { TALL }
}

#[with_simd(add_products = Arch::new())]
#[inline(always)]
fn add_products_with<'a, S: Simd>(
    simd: S,
    panels: &'a Panels,
    rows: &'a [f32],
    tall: usize,
    tiles: &'a mut [f32],
    sums: &'a mut [f32],
) {
    match tall {
        1 => add_in_tiles::<S, 1>(simd, panels, rows, tiles, sums),
        2 => add_in_tiles::<S, 2>(simd, panels, rows, tiles, sums),
        3 => add_in_tiles::<S, 3>(simd, panels, rows, tiles, sums),
        4 => add_in_tiles::<S, 4>(simd, panels, rows, tiles, sums),
        5 => add_in_tiles::<S, 5>(simd, panels, rows, tiles, sums),
        6 => add_in_tiles::<S, 6>(simd, panels, rows, tiles, sums),
        8 => add_in_tiles::<S, 8>(simd, panels, rows, tiles, sums),
        10 => add_in_tiles::<S, 10>(simd, panels, rows, tiles, sums),
        TALL => add_in_tiles::<S, TALL>(simd, panels, rows, tiles, sums),
        _ => {}
    }
}

#[inline(always)]
fn add_in_tiles<S: Simd, const N: usize>(
    simd: S,
    panels: &Panels,
    rows: &[f32],
    tiles: &mut [f32],
    sums: &mut [f32],
) {
    let (tiles, _) = tiles.as_chunks_mut::<N>();
    let (sums, _) = S::as_mut_simd_f32s(sums);
    turn(rows, panels.n_inputs, tiles);
    let n_columns = WIDE / S::F32_LANES;
    let n_tiles = tiles.len() / panels.n_inputs;
    for from in (0..panels.n_inputs).step_by(DEEP) {
        let to = (from + DEEP).min(panels.n_inputs);
        for (panel, sums) in sums.chunks_exact_mut(n_tiles * N * n_columns).enumerate() {
            let part = panels.part(panel, from, to);
            let sums = sums.chunks_exact_mut(N * n_columns);
            for (tile, sums) in tiles.chunks_exact(panels.n_inputs).zip(sums) {
                let tile = tile.get(from..to).unwrap_or_default();
                for column in 0..n_columns {
                    let products = match part {
                        Part::Floats(cells) => of_floats(simd, tile, cells, column),
                        Part::Bytes(cells, scales) => of_bytes(simd, tile, cells, scales, column),
                    };
                    let own = sums.iter_mut().skip(column).step_by(n_columns);
                    for (sum, product) in own.zip(products) {
                        *sum = if from == 0 { product } else { simd.add_f32s(*sum, product) };
                    }
                }
            }
        }
    }
}

#[inline(always)]
fn of_floats<S: Simd, const N: usize>(
    simd: S,
    tile: &[[f32; N]],
    cells: &[Lanes],
    column: usize,
) -> [S::f32s; N] {
    let mut sums = [simd.splat_f32s(0.0); N];
    for (numbers, cells) in tile.iter().zip(cells) {
        if let Some(weights) = S::as_simd_f32s(cells).0.get(column) {
            add_scaled(simd, &mut sums, numbers, *weights);
        }
    }
    sums
}

/// Multiplies with bytes; the scale of a block's inputs comes once for all of them.
#[inline(always)]
fn of_bytes<S: Simd, const N: usize>(
    simd: S,
    tile: &[[f32; N]],
    cells: &[[i8; WIDE]],
    scales: &[Lanes],
    column: usize,
) -> [S::f32s; N] {
    let mut sums = [simd.splat_f32s(0.0); N];
    let ((tile, _), (cells, _)) = (tile.as_chunks::<BLOCK>(), cells.as_chunks::<BLOCK>());
    for ((tile, cells), scales) in tile.iter().zip(cells).zip(scales) {
        let mut products = [simd.splat_f32s(0.0); N];
        for (numbers, cells) in tile.iter().zip(cells) {
            let mut weights = [0.0_f32; WIDE];
            for (weight, cell) in weights.iter_mut().zip(cells) {
                *weight = f32::from(*cell);
            }
            if let Some(weights) = S::as_simd_f32s(&weights).0.get(column) {
                add_scaled(simd, &mut products, numbers, *weights);
            }
        }
        if let Some(scales) = S::as_simd_f32s(scales).0.get(column) {
            for (sum, product) in sums.iter_mut().zip(products) {
                *sum = simd.mul_add_f32s(product, *scales, *sum);
            }
        }
    }
    sums
}

/// Gives the row of an output, of `width` cells, in matrices of `n_each` outputs that stand side by side.
fn row<'a, P, T>(
    parts: &'a [P],
    cells: impl Fn(&'a P) -> &'a [T],
    n_each: usize,
    width: usize,
    output: usize,
) -> &'a [T] {
    let from = output % n_each.max(1) * width;
    let part = parts.get(output / n_each.max(1)).map(cells);
    part.and_then(|cells| cells.get(from..from + width)).unwrap_or_default()
}

/// Turns the sums, panel by panel, into rows of `width` numbers; adds the constant row.
#[with_simd(write_rows = Arch::new())]
#[inline(always)]
fn write_rows_with<'a, S: Simd>(
    _simd: S,
    sums: &'a [f32],
    constant: &'a [f32],
    width: usize,
    out: &'a mut [f32],
) {
    let (lanes, _) = sums.as_chunks::<WIDE>();
    let n_laid = lanes.len() / width.div_ceil(WIDE).max(1);
    for (at, out) in out.chunks_exact_mut(width.max(1)).enumerate() {
        for (out, lanes) in out.chunks_mut(WIDE).zip(lanes.iter().skip(at).step_by(n_laid)) {
            for (cell, sum) in out.iter_mut().zip(lanes) {
                *cell = *sum;
            }
        }
        for (cell, constant) in out.iter_mut().zip(constant) {
            *cell += constant;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn random(n: usize, seed: u32) -> Vec<f32> {
        let mut state = seed;
        let mut next = || {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            f32::from(u16::try_from(state >> 16).unwrap()) / 32_768.0 - 1.0
        };
        (0..n).map(|_| next()).collect()
    }

    #[test]
    fn panels_give_what_plain_sums_give() {
        for (n_rows, n_in, n_out) in [
            (1, 32, 16),
            (3, 320, 16),
            (5, 32, 16),
            (7, 64, 40),
            (10, 96, 16),
            (13, 800, 48),
            (35, 160, 24),
        ] {
            let (rows, matrix, constant) =
                (random(n_rows * n_in, 1), random(n_in * n_out, 2), random(n_out, 3));
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
            let column: Vec<f32> = matrix.iter().skip(3).step_by(n_out).copied().collect();
            assert_eq!(turned.output(3), column);
            // Room and rows that were used before change nothing.
            let mut room = Room { tiles: vec![f32::NAN; 99], sums: vec![f32::NAN; 5_000] };
            let mut again = vec![7.0; 3];
            turned.multiply_into(&rows, &constant, &mut room, &mut again);
            assert_eq!(again, out);
            assert!(turned.output(n_out).is_empty());
        }
    }

    #[test]
    fn bytes_give_what_their_numbers_give() {
        let (n_in, n_out) = (96, 32);
        let scales: Vec<f32> = random(n_in / BLOCK * n_out, 5);
        let cells: Vec<i8> =
            (0..n_in * n_out).map(|at| i8::try_from(at * 7 % 200).unwrap_or(-9)).collect();
        let blocks = Blocks { cells: cells.clone(), scales: scales.clone() };
        let rows = random(3 * n_in, 6);
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
}
