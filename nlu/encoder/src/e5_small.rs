//! Encoder B: multilingual-e5-small (Wang et al. 2024), a BERT of twelve layers.
//!
//! The vector of a text is the mean over its tokens of the last layer, of length 1. The weights
//! stay in bytes; docs/models.md says where they come from.

#![expect(
    clippy::inline_always,
    reason = "what is called within a kernel is compiled for the same processor"
)]

use crate::Encoder;
use pulp::{Arch, Simd, with_simd};

use crate::error::{EncodeError, ReadError};
use crate::kernel::{Panels, add, batches, count, dot, gelu, layer_norm, to_unit};
use crate::tokenizer::Tokenizer;
use crate::weights::{BLOCK, Blocks, Weights};

/// Coordinates of a token's vector, and of a text's.
const WIDTH: usize = 384;
/// Coordinates within a layer's second half.
const INNER: usize = 1_536;
const N_LAYERS: usize = 12;
const N_HEADS: usize = 12;
const HEAD_WIDTH: usize = WIDTH / N_HEADS;
/// Places that a token can have.
const N_PLACES: usize = 512;
const EPS: f32 = 1e-12;
/// What the model was trained to see before a text that is compared with others.
const PREFIX: &str = "query: ";
/// Tokens of one window; a longer text is cut into several.
const WINDOW_TOKENS: usize = N_PLACES - 2;
/// Windows of a text that are read.
const MAX_WINDOWS: usize = 4;
/// Tokens that are encoded together.
const MAX_BATCH_TOKENS: usize = 512;
/// Raised whenever the arithmetic changes.
const ARITHMETIC: u8 = 1;

struct Layer {
    queries_keys_values: (Panels, Vec<f32>),
    attended: (Panels, Vec<f32>),
    attended_norm: (Vec<f32>, Vec<f32>),
    inner: (Panels, Vec<f32>),
    outer: (Panels, Vec<f32>),
    norm: (Vec<f32>, Vec<f32>),
}

/// The encoder.
pub struct E5Small {
    tokenizer: Tokenizer,
    words: Blocks,
    /// The vectors of places, that of the one type of text added.
    places: Vec<f32>,
    norm: (Vec<f32>, Vec<f32>),
    layers: Vec<Layer>,
    fingerprint: [u8; 32],
}

impl E5Small {
    /// Reads `e5-small-fr-en.safetensors`.
    ///
    /// # Errors
    /// [`ReadError`] says what is wrong with the file.
    pub fn read(bytes: &[u8]) -> Result<Self, ReadError> {
        let weights = Weights::read(bytes, "e5-small")?;
        let tokenizer = Tokenizer::read(&weights)?;
        let table = "embeddings.word_embeddings.weight";
        let n_words = weights.shape(table)?.first().copied().unwrap_or_default();
        let mut places =
            weights.numbers("embeddings.position_embeddings.weight", &[N_PLACES, WIDTH])?;
        let types = weights.numbers("embeddings.token_type_embeddings.weight", &[2, WIDTH])?;
        for place in places.chunks_exact_mut(WIDTH) {
            add(place, &types);
        }
        let layers = (0..N_LAYERS).map(|at| Layer::read(&weights, at));
        let mut fingerprint = weights.fingerprint();
        fingerprint[0] ^= ARITHMETIC;
        Ok(Self {
            words: weights.blocks(table, &[n_words, WIDTH])?,
            places,
            norm: norm(&weights, "embeddings")?,
            layers: layers.collect::<Result<_, ReadError>>()?,
            fingerprint,
            tokenizer,
        })
    }

    /// Gives the tokens of a text: one window, or a few where it is long.
    #[must_use]
    pub fn windows(&self, text: &str) -> Vec<Vec<u32>> {
        let ids = self.tokenizer.ids(&[PREFIX, text].concat());
        let window = |ids: &[u32]| {
            let ids = ids.iter().copied();
            [self.tokenizer.begin].into_iter().chain(ids).chain([self.tokenizer.end]).collect()
        };
        ids.chunks(WINDOW_TOKENS).take(MAX_WINDOWS).map(window).collect()
    }

    /// Encodes a few windows; the vectors are not yet of length 1.
    fn batch(&self, windows: &[Vec<u32>]) -> Vec<Vec<f32>> {
        let lengths: Vec<usize> = windows.iter().map(Vec::len).collect();
        let mut rows = Vec::new();
        for window in windows {
            for (id, place) in window.iter().zip(self.places.chunks_exact(WIDTH)) {
                self.embedded(*id, place, &mut rows);
            }
        }
        layer_norm(&mut rows, &self.norm.0, &self.norm.1, EPS);
        for layer in &self.layers {
            layer.apply(&mut rows, &lengths);
        }
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

    fn embedded(&self, id: u32, place: &[f32], rows: &mut Vec<f32>) {
        let start = id as usize * WIDTH;
        let cells = self.words.cells.get(start..start + WIDTH).unwrap_or(&[0; WIDTH]);
        let scales = self.words.scales.get(start / BLOCK..).unwrap_or_default();
        let blocks = cells.chunks(BLOCK).zip(scales);
        let own =
            blocks.flat_map(|(cells, scale)| cells.iter().map(move |c| f32::from(*c) * scale));
        rows.extend(own.zip(place).map(|(own, place)| own + place));
    }
}

impl Layer {
    fn read(weights: &Weights<'_>, at: usize) -> Result<Self, ReadError> {
        let name = |part: &str| format!("encoder.layer.{at}.{part}");
        let panels = |parts: &[&str], n_out: usize, n_in: usize| {
            let read =
                |part: &&str| weights.blocks(&name(&format!("{part}.weight")), &[n_out, n_in]);
            let blocks: Vec<Blocks> = parts.iter().map(read).collect::<Result<_, _>>()?;
            let mut constant = Vec::new();
            for part in parts {
                constant.extend(weights.numbers(&name(&format!("{part}.bias")), &[n_out])?);
            }
            Ok((Panels::of_outputs(&blocks, n_in, n_out), constant))
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

    fn apply(&self, rows: &mut [f32], lengths: &[usize]) {
        let (matrix, constant) = &self.queries_keys_values;
        let all = matrix.multiply(rows, constant);
        let mut attended = vec![0.0; rows.len()];
        let mut start = 0;
        for length in lengths {
            let all = all.get(start * 3 * WIDTH..(start + length) * 3 * WIDTH);
            let out = attended.get_mut(start * WIDTH..(start + length) * WIDTH);
            if let (Some(all), Some(out)) = (all, out) {
                attend(all, out);
            }
            start += length;
        }
        add(rows, &self.attended.0.multiply(&attended, &self.attended.1));
        layer_norm(rows, &self.attended_norm.0, &self.attended_norm.1, EPS);
        let mut inner = self.inner.0.multiply(rows, &self.inner.1);
        gelu(&mut inner);
        add(rows, &self.outer.0.multiply(&inner, &self.outer.1));
        layer_norm(rows, &self.norm.0, &self.norm.1, EPS);
    }
}

/// Lets each token of one window look at all of them, head by head.
#[with_simd(attend = Arch::new())]
#[inline(always)]
fn attend_with<'a, S: Simd>(_simd: S, all: &'a [f32], out: &'a mut [f32]) {
    let scale = count(HEAD_WIDTH).sqrt().recip();
    let mut shares: Vec<f32> = Vec::new();
    for head in 0..N_HEADS {
        let part = |row: &[f32], which: usize| -> [f32; HEAD_WIDTH] {
            let from = which * WIDTH + head * HEAD_WIDTH;
            row.get(from..)
                .and_then(|rest| rest.first_chunk().copied())
                .unwrap_or([0.0; HEAD_WIDTH])
        };
        let tokens = || all.chunks_exact(3 * WIDTH);
        let keys: Vec<[f32; HEAD_WIDTH]> = tokens().map(|row| part(row, 1)).collect();
        let values: Vec<[f32; HEAD_WIDTH]> = tokens().map(|row| part(row, 2)).collect();
        for (row, out) in tokens().zip(out.chunks_exact_mut(WIDTH)) {
            let query = part(row, 0);
            shares.clear();
            for key in &keys {
                shares.push(dot(&query, key) * scale);
            }
            let largest = shares.iter().copied().fold(f32::MIN, f32::max);
            for share in &mut shares {
                *share = (*share - largest).exp();
            }
            let total = shares.iter().sum::<f32>().recip();
            let mut seen = [0.0_f32; HEAD_WIDTH];
            for (share, value) in shares.iter().zip(&values) {
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

fn norm(weights: &Weights<'_>, name: &str) -> Result<(Vec<f32>, Vec<f32>), ReadError> {
    let row = |part: &str| weights.numbers(&format!("{name}.LayerNorm.{part}"), &[WIDTH]);
    Ok((row("weight")?, row("bias")?))
}

impl Encoder for E5Small {
    fn name(&self) -> &'static str {
        "e5-small"
    }

    fn width(&self) -> usize {
        WIDTH
    }

    fn fingerprint(&self) -> [u8; 32] {
        self.fingerprint
    }

    fn encode(&self, texts: &[&str]) -> Result<Vec<Vec<f32>>, EncodeError> {
        let cut: Vec<Vec<Vec<u32>>> = texts.iter().map(|text| self.windows(text)).collect();
        let counts: Vec<usize> = cut.iter().map(Vec::len).collect();
        let windows: Vec<Vec<u32>> = cut.into_iter().flatten().collect();
        let mut means = Vec::with_capacity(windows.len());
        for batch in batches(&windows, MAX_BATCH_TOKENS) {
            means.extend(self.batch(batch));
        }
        let mut parts = means.into_iter().zip(&windows);
        let vector = |n_windows: &usize| {
            let mut vector = vec![0.0; WIDTH];
            for (mean, window) in parts.by_ref().take(*n_windows) {
                for (cell, part) in vector.iter_mut().zip(mean) {
                    *cell += part * count(window.len());
                }
            }
            to_unit(&mut vector);
            vector
        };
        Ok(counts.iter().map(vector).collect())
    }
}
