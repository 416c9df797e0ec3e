//! A model's layers, run by this crate's own kernels; the matrices stay in bytes where the model
//! allows it.

#![expect(
    clippy::inline_always,
    reason = "what is called within a kernel is compiled for the same processor"
)]

use pulp::{Arch, Simd, with_simd};

use super::{EPS, INNER, Model, N_HEADS, N_PLACES, N_TYPES, Pass, TABLES, WIDTH};
use crate::batches::batches;
use crate::error::{EncodeError, ReadError};
use crate::weights::Weights;
use nlu_kernels::rows::{add, count, exp, gelu, layer_norm};
use nlu_kernels::{BLOCK, Blocks, Panels, Room};

const HEAD_WIDTH: usize = WIDTH / N_HEADS;
/// Tokens that another is compared with at once.
const TOGETHER: usize = 16;
/// Tokens that are encoded together.
const MAX_BATCH_TOKENS: usize = 512;
/// Another one whenever the arithmetic changes.
const ARITHMETIC: &str = "own 4";

/// The layers and what stands before them.
pub(super) struct OwnKernels {
    words: Table,
    /// The vectors of places, that of the one type of text added.
    places: Vec<f32>,
    norm: (Vec<f32>, Vec<f32>),
    layers: Vec<Layer>,
}

struct Layer {
    queries_keys_values: (Panels, Vec<f32>),
    attended: (Panels, Vec<f32>),
    attended_norm: (Vec<f32>, Vec<f32>),
    inner: (Panels, Vec<f32>),
    outer: (Panels, Vec<f32>),
    norm: (Vec<f32>, Vec<f32>),
}

/// What the layers work with: made once for all of them.
#[derive(Default)]
struct Desk {
    room: Room,
    /// Rows of more numbers than a token's vector has.
    wide: Vec<f32>,
    attended: Vec<f32>,
    /// Rows that are added to those of the tokens.
    narrow: Vec<f32>,
}

/// The vectors of the pieces.
enum Table {
    Bytes(Blocks),
    Floats(Vec<f32>),
}

impl OwnKernels {
    /// Takes the weights of a model.
    pub(super) fn read(weights: &Weights<'_>, model: Model) -> Result<Self, ReadError> {
        let [words, places, types] = TABLES;
        let n_words = weights.shape(words)?.first().copied().unwrap_or_default();
        let mut places = weights.numbers(places, &[N_PLACES, WIDTH])?;
        let types = weights.numbers(types, &[N_TYPES, WIDTH])?;
        for place in places.chunks_exact_mut(WIDTH) {
            add(place, &types);
        }
        let layers = (0..model.n_layers).map(|at| Layer::read(weights, model, at));
        Ok(Self {
            words: if model.is_exact {
                Table::Floats(weights.numbers(words, &[n_words, WIDTH])?)
            } else {
                Table::Bytes(weights.blocks(words, &[n_words, WIDTH])?)
            },
            places,
            norm: norm(weights, "embeddings")?,
            layers: layers.collect::<Result<_, ReadError>>()?,
        })
    }

    /// Encodes a few windows.
    fn batch(&self, windows: &[Vec<u32>]) -> Vec<Vec<f32>> {
        let lengths: Vec<usize> = windows.iter().map(Vec::len).collect();
        let mut rows = Vec::new();
        for window in windows {
            for (id, place) in window.iter().zip(self.places.chunks_exact(WIDTH)) {
                self.embedded(*id, place, &mut rows);
            }
        }
        layer_norm(&mut rows, &self.norm.0, &self.norm.1, EPS);
        let mut desk = Desk::default();
        let Some((last, others)) = self.layers.split_last() else { return Vec::new() };
        for layer in others {
            layer.apply(&mut rows, &lengths, &mut desk);
        }
        let before = means(&rows, &lengths);
        last.apply(&mut rows, &lengths, &mut desk);
        let both = means(&rows, &lengths).into_iter().zip(before);
        both.map(|(last, before)| [last, before].concat()).collect()
    }

    fn embedded(&self, id: u32, place: &[f32], rows: &mut Vec<f32>) {
        let start = id as usize * WIDTH;
        match &self.words {
            Table::Bytes(words) => {
                let cells = words.cells.get(start..start + WIDTH).unwrap_or(&[0; WIDTH]);
                let scales = words.scales.get(start / BLOCK..).unwrap_or_default();
                let blocks = cells.chunks(BLOCK).zip(scales);
                let own = blocks.flat_map(|(cells, scale)| {
                    cells.iter().map(move |cell| f32::from(*cell) * scale)
                });
                rows.extend(own.zip(place).map(|(own, place)| own + place));
            }
            Table::Floats(words) => {
                let own = words.get(start..start + WIDTH).unwrap_or(&[0.0; WIDTH]);
                rows.extend(own.iter().zip(place).map(|(own, place)| own + place));
            }
        }
    }
}

/// Gives the mean row of each window.
fn means(rows: &[f32], lengths: &[usize]) -> Vec<Vec<f32>> {
    let mut rows = rows.chunks_exact(WIDTH);
    let mean = |length: &usize| {
        let mut mean = vec![0.0; WIDTH];
        for row in rows.by_ref().take(*length) {
            add(&mut mean, row);
        }
        for cell in &mut mean {
            *cell /= count(*length);
        }
        mean
    };
    lengths.iter().map(mean).collect()
}

impl Pass for OwnKernels {
    fn name(&self) -> &'static str {
        ARITHMETIC
    }

    fn means(&self, windows: &[Vec<u32>]) -> Result<Vec<Vec<f32>>, EncodeError> {
        let batches = batches(windows, MAX_BATCH_TOKENS);
        Ok(batches.flat_map(|batch| self.batch(batch)).collect())
    }
}

impl Layer {
    fn read(weights: &Weights<'_>, model: Model, at: usize) -> Result<Self, ReadError> {
        let name = |part: &str| format!("encoder.layer.{at}.{part}");
        let panels = |parts: &[&str], n_out: usize, n_in: usize| {
            let shape = [n_out, n_in];
            let weight = |part: &&str| name(&format!("{part}.weight"));
            let matrices = if model.is_exact {
                let floats = parts.iter().map(|part| weights.numbers(&weight(part), &shape));
                let floats: Vec<Vec<f32>> = floats.collect::<Result<_, _>>()?;
                Panels::of_float_outputs(&floats, n_in, n_out)
            } else {
                let blocks = parts.iter().map(|part| weights.blocks(&weight(part), &shape));
                let blocks: Vec<Blocks> = blocks.collect::<Result<_, _>>()?;
                Panels::of_outputs(&blocks, n_in, n_out)
            };
            let mut constant = Vec::new();
            for part in parts {
                constant.extend(weights.numbers(&name(&format!("{part}.bias")), &[n_out])?);
            }
            Ok((matrices, constant))
        };
        let heads = ["attention.self.query", "attention.self.key", "attention.self.value"];
        Ok(Self {
            queries_keys_values: panels(&heads, WIDTH, WIDTH)?,
            attended: panels(&["attention.output.dense"], WIDTH, WIDTH)?,
            attended_norm: norm(weights, &name("attention.output"))?,
            inner: panels(&["intermediate.dense"], INNER, WIDTH)?,
            outer: panels(&["output.dense"], WIDTH, INNER)?,
            norm: norm(weights, &name("output"))?,
        })
    }

    fn apply(&self, rows: &mut [f32], lengths: &[usize], desk: &mut Desk) {
        let Desk { room, wide, attended, narrow } = desk;
        let mut multiply = |(matrix, constant): &(Panels, Vec<f32>), rows: &[f32], out: &mut _| {
            matrix.multiply_into(rows, constant, room, out);
        };
        multiply(&self.queries_keys_values, rows, wide);
        attended.resize(rows.len(), 0.0);
        let mut start = 0;
        for length in lengths {
            let all = wide.get(start * 3 * WIDTH..(start + length) * 3 * WIDTH);
            let out = attended.get_mut(start * WIDTH..(start + length) * WIDTH);
            if let (Some(all), Some(out)) = (all, out) {
                attend(all, out);
            }
            start += length;
        }
        multiply(&self.attended, attended, narrow);
        add(rows, narrow);
        layer_norm(rows, &self.attended_norm.0, &self.attended_norm.1, EPS);
        multiply(&self.inner, rows, wide);
        gelu(wide);
        multiply(&self.outer, wide, narrow);
        add(rows, narrow);
        layer_norm(rows, &self.norm.0, &self.norm.1, EPS);
    }
}

/// Lets each token of one window look at all of them, head by head.
#[with_simd(attend = Arch::new())]
#[inline(always)]
fn attend_with<'a, S: Simd>(_simd: S, all: &'a [f32], out: &'a mut [f32]) {
    let scale = count(HEAD_WIDTH).sqrt().recip();
    let tokens = || all.chunks_exact(3 * WIDTH);
    let n_tokens = tokens().len();
    let n_groups = n_tokens.div_ceil(TOGETHER);
    let mut shares = vec![[0.0_f32; TOGETHER]; n_groups];
    // Of each group of tokens a row for each coordinate, so that all are compared at once.
    let mut keys = vec![[[0.0_f32; TOGETHER]; HEAD_WIDTH]; n_groups];
    let mut values = vec![[0.0_f32; HEAD_WIDTH]; n_tokens];
    for head in 0..N_HEADS {
        let part = |row: &[f32], which: usize| -> [f32; HEAD_WIDTH] {
            let from = which * WIDTH + head * HEAD_WIDTH;
            row.get(from..)
                .and_then(|rest| rest.first_chunk().copied())
                .unwrap_or([0.0; HEAD_WIDTH])
        };
        for (row, value) in tokens().zip(&mut values) {
            *value = part(row, 2);
        }
        for (group, keys) in keys.iter_mut().enumerate() {
            for (at, row) in tokens().skip(group * TOGETHER).take(TOGETHER).enumerate() {
                for (cells, key) in keys.iter_mut().zip(part(row, 1)) {
                    if let Some(cell) = cells.get_mut(at) {
                        *cell = key;
                    }
                }
            }
        }
        for (row, out) in tokens().zip(out.chunks_exact_mut(WIDTH)) {
            compare(&part(row, 0), &keys, &mut shares);
            let total = to_shares(shares.as_flattened_mut(), n_tokens, scale).recip();
            let mut seen = [0.0_f32; HEAD_WIDTH];
            for (share, value) in shares.as_flattened().iter().zip(&values) {
                for (cell, value) in seen.iter_mut().zip(value) {
                    *cell = (share * total).mul_add(*value, *cell);
                }
            }
            if let Some(out) = out.get_mut(head * HEAD_WIDTH..(head + 1) * HEAD_WIDTH) {
                out.copy_from_slice(&seen);
            }
        }
    }
}

/// Multiplies a token with all, a group at once.
#[inline(always)]
fn compare(
    query: &[f32; HEAD_WIDTH],
    keys: &[[[f32; TOGETHER]; HEAD_WIDTH]],
    products: &mut [[f32; TOGETHER]],
) {
    for (products, keys) in products.iter_mut().zip(keys) {
        let mut own = [0.0_f32; TOGETHER];
        for (number, keys) in query.iter().zip(keys) {
            for (product, key) in own.iter_mut().zip(keys) {
                *product = number.mul_add(*key, *product);
            }
        }
        *products = own;
    }
}

/// Raises e to the power of each of the first `n` products, scaled and less the largest; the rest,
/// behind which no token stands, become nothing. Gives the sum.
#[inline(always)]
fn to_shares(products: &mut [f32], n: usize, scale: f32) -> f32 {
    products.iter_mut().skip(n).for_each(|product| *product = f32::MIN);
    let largest = products.iter().copied().fold(f32::MIN, f32::max);
    let (groups, _) = products.as_chunks_mut::<TOGETHER>();
    let mut sums = [0.0_f32; TOGETHER];
    for group in groups {
        for (share, sum) in group.iter_mut().zip(&mut sums) {
            *share = exp((*share - largest) * scale);
            *sum += *share;
        }
    }
    sums.iter().sum()
}

fn norm(weights: &Weights<'_>, name: &str) -> Result<(Vec<f32>, Vec<f32>), ReadError> {
    let row = |part: &str| weights.numbers(&format!("{name}.LayerNorm.{part}"), &[WIDTH]);
    Ok((row("weight")?, row("bias")?))
}
