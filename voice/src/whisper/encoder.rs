//! The encoder: spectra in, a vector for each fiftieth of a second out.

use nlu_kernels::Panels;
use nlu_kernels::rows::{add, count, gelu};

use super::file::{File, Sides};
use super::layers::{Desk, Inner, Linear, Looking, Norm, Seen};
use crate::ggml::ReadError;

/// Spectra side by side that a step is made of.
const BESIDE: usize = 3;
/// Rows that look at the others at once: their shares stay in the cache.
const LOOKING_TOGETHER: usize = 96;

/// The encoder.
pub(super) struct Encoder {
    sides: Sides,
    first: Linear,
    second: Linear,
    places: Vec<f32>,
    layers: Vec<Layer>,
    norm: Norm,
}

struct Layer {
    norm: Norm,
    queries_keys_values: Linear,
    attended: Linear,
    inner: Inner,
}

impl Encoder {
    pub(super) fn read(file: &File<'_>) -> Result<Self, ReadError> {
        let sides = file.sides;
        let width = sides.width;
        let layers = (0..sides.n_encoder_layers).map(|at| Layer::read(file, at, width));
        Ok(Self {
            sides,
            first: convolution(file, "encoder.conv1", sides.n_bands, width)?,
            second: convolution(file, "encoder.conv2", width, width)?,
            places: file.numbers("encoder.positional_embedding", &[sides.n_steps, width])?,
            layers: layers.collect::<Result<_, _>>()?,
            norm: Norm::read(file, "encoder.ln_post", width)?,
        })
    }

    /// Encodes spectra, two a step; as many steps as there are places at most.
    pub(super) fn encode(&self, spectra: &[f32]) -> Vec<f32> {
        let mut desk = Desk::default();
        let mut rows = Vec::new();
        self.first.apply(&beside(spectra, self.sides.n_bands, 1), &mut desk.room, &mut rows);
        gelu(&mut rows);
        let mut steps = Vec::new();
        self.second.apply(&beside(&rows, self.sides.width, 2), &mut desk.room, &mut steps);
        gelu(&mut steps);
        steps.truncate(self.places.len());
        add(&mut steps, &self.places);
        for layer in &self.layers {
            layer.apply(&mut steps, self.sides, &mut desk);
        }
        self.norm.of(&steps)
    }
}

impl Layer {
    fn read(file: &File<'_>, at: usize, width: usize) -> Result<Self, ReadError> {
        let block = format!("encoder.blocks.{at}");
        let heads = ["query", "key", "value"].map(|part| format!("{block}.attn.{part}"));
        Ok(Self {
            norm: Norm::read(file, &format!("{block}.attn_ln"), width)?,
            queries_keys_values: Linear::read(file, &heads, width, width)?,
            attended: Linear::read(file, &[format!("{block}.attn.out")], width, width)?,
            inner: Inner::read(file, &block, width)?,
        })
    }

    fn apply(&self, rows: &mut [f32], sides: Sides, desk: &mut Desk) {
        self.queries_keys_values.apply(&self.norm.of(rows), &mut desk.room, &mut desk.all);
        desk.attended.resize(rows.len(), 0.0);
        attend(&desk.all, sides, &mut desk.attended);
        self.attended.apply(&desk.attended, &mut desk.room, &mut desk.out);
        add(rows, &desk.out);
        self.inner.apply(rows, desk);
    }
}

/// Lets each step look at all of them, head by head; `out` is written over.
fn attend(all: &[f32], sides: Sides, out: &mut [f32]) {
    let (width, head) = (sides.width, sides.width / sides.n_heads);
    let scale = count(head).sqrt().recip();
    let mut desk = Looking::default();
    for from in (0..width).step_by(head) {
        let seen = Seen::of(all, 3 * width, [width + from, 2 * width + from], head, scale);
        let rows = all.chunks(LOOKING_TOGETHER * 3 * width);
        for (rows, out) in rows.zip(out.chunks_mut(LOOKING_TOGETHER * width)) {
            seen.look((rows, 3 * width), from, &mut desk, (out, width));
        }
    }
}

fn convolution(
    file: &File<'_>,
    name: &str,
    n_inputs: usize,
    n_outputs: usize,
) -> Result<Linear, ReadError> {
    let weights = file.numbers(&format!("{name}.weight"), &[n_outputs, n_inputs, BESIDE])?;
    Ok(Linear {
        weights: Panels::of_float_outputs(&[weights], n_inputs * BESIDE, n_outputs),
        constant: file.numbers(&format!("{name}.bias"), &[n_outputs, 1])?,
    })
}

/// Sets each `stride`th row between its neighbours, number beside number; beyond the ends are zeros.
fn beside(rows: &[f32], width: usize, stride: usize) -> Vec<f32> {
    let rows: Vec<&[f32]> = rows.chunks_exact(width).collect();
    let mut out = Vec::with_capacity(rows.len().div_ceil(stride) * width * BESIDE);
    for middle in (0..rows.len()).step_by(stride) {
        let near = [middle.checked_sub(1), Some(middle), Some(middle + 1)];
        let near = near.map(|at| at.and_then(|at| rows.get(at)));
        for column in 0..width {
            out.extend(near.map(|row| row.map_or(0.0, |row| row[column])));
        }
    }
    out
}
