//! Silero's network: a spectrum, four layers that look at neighbours in time, a memory (an LSTM) and
//! one neuron.
//!
//! All but the memory is done for many windows at once. Activations are rows of channels, one a
//! position in time. Never here: what counts as speech.

use nlu_kernels::{Panels, Room, rows};

use super::WINDOW;
use super::file::Parts;
use crate::ggml::ReadError;

/// Samples before a window that are looked at again.
const CONTEXT: usize = 64;
/// Samples at a window's end that are looked at backwards as well, since the spectrum goes on there.
const MIRROR: usize = 64;
/// Samples of one spectrum, and from one to the next.
const FRAME: usize = 256;
const HOP: usize = 128;
/// Spectra of a window.
const N_FRAMES: usize = (CONTEXT + WINDOW + MIRROR - FRAME) / HOP + 1;
/// Frequencies of a spectrum.
const N_BINS: usize = FRAME / 2 + 1;
/// Positions that a layer looks at for one of its own.
const TAPS: usize = 3;
/// Of each layer: channels in, channels out, positions from one to the next.
const LAYERS: [(usize, usize, usize); 4] =
    [(N_BINS, 128, 1), (128, 64, 2), (64, 64, 2), (64, 128, 1)];
/// Width of the memory, which has four gates.
const WIDTH: usize = 128;
const N_GATES: usize = 4;
/// Windows that are worked on at once, one second of them.
const BATCH: usize = 32;
/// The loudest sample: what is resampled may reach beyond 1.
const LOUDEST: f32 = 2.0;

pub(super) struct Network {
    waves: Panels,
    layers: Vec<Layer>,
    /// From what is heard to the memory's gates.
    heard: Panels,
    /// From what is remembered to them.
    remembered: Panels,
    gates: Vec<f32>,
    last: Vec<f32>,
    last_bias: f32,
}

struct Layer {
    weights: Panels,
    bias: Vec<f32>,
    n_inputs: usize,
    stride: usize,
}

/// What goes along from window to window.
struct Memory {
    output: Vec<f32>,
    cell: Vec<f32>,
}

impl Network {
    /// Takes the network's parts.
    pub(super) fn of(parts: &mut Parts<'_>) -> Result<Self, ReadError> {
        let waves = parts.take("_model.stft.forward_basis_buffer", &[2 * N_BINS, 1, FRAME])?;
        let layers = LAYERS.into_iter().enumerate();
        let layers = layers.map(|(at, sides)| Layer::of(parts, at, sides));
        let layers = layers.collect::<Result<_, _>>()?;
        let n_gates = N_GATES * WIDTH;
        let mut rnn =
            |name: &str, shape: &[usize]| parts.take(&format!("_model.decoder.rnn.{name}"), shape);
        let heard = rnn("weight_ih", &[n_gates, WIDTH])?;
        let remembered = rnn("weight_hh", &[n_gates, WIDTH])?;
        let mut gates = rnn("bias_ih", &[n_gates])?;
        rows::add(&mut gates, &rnn("bias_hh", &[n_gates])?);
        let last = parts.take("_model.decoder.decoder.2.weight", &[WIDTH])?;
        let last_bias = parts.take("_model.decoder.decoder.2.bias", &[])?;
        Ok(Self {
            waves: Panels::of_float_outputs(&[waves], FRAME, 2 * N_BINS),
            layers,
            heard: Panels::of_float_outputs(&[heard], WIDTH, n_gates),
            remembered: Panels::of_float_outputs(&[remembered], WIDTH, n_gates),
            gates,
            last,
            last_bias: last_bias.iter().sum(),
        })
    }

    /// Gives the probability of speech of each window.
    pub(super) fn run(&self, samples: &[f32]) -> Vec<f32> {
        let mut memory = Memory { output: vec![0.0; WIDTH], cell: vec![0.0; WIDTH] };
        let mut context = [0.0; CONTEXT];
        let mut probabilities = Vec::with_capacity(samples.len().div_ceil(WINDOW));
        for samples in samples.chunks(BATCH * WINDOW) {
            let frames = frames(samples, &mut context);
            let mut rows = magnitudes(&self.waves.multiply(&frames, &[]));
            let mut n_positions = N_FRAMES;
            for layer in &self.layers {
                rows = layer.run(&rows, n_positions);
                n_positions = n_positions.div_ceil(layer.stride);
            }
            self.remember(&rows, &mut memory, &mut probabilities);
        }
        probabilities
    }

    /// Takes windows into the memory, one after the other, and asks it after each.
    fn remember(&self, rows: &[f32], memory: &mut Memory, probabilities: &mut Vec<f32>) {
        let heard = self.heard.multiply(rows, &self.gates);
        let (mut room, mut gates) = (Room::default(), Vec::new());
        for heard in heard.chunks_exact(N_GATES * WIDTH) {
            self.remembered.multiply_into(&memory.output, heard, &mut room, &mut gates);
            memory.step(&gates);
            let relevant = memory.output.iter().zip(&self.last);
            let sum: f32 = relevant.map(|(cell, weight)| cell.max(0.0) * weight).sum();
            probabilities.push(sigmoid(sum + self.last_bias));
        }
    }
}

impl Layer {
    fn of(
        parts: &mut Parts<'_>,
        at: usize,
        (n_inputs, n_outputs, stride): (usize, usize, usize),
    ) -> Result<Self, ReadError> {
        let name = format!("_model.encoder.{at}.reparam_conv");
        let weights = parts.take(&format!("{name}.weight"), &[n_outputs, n_inputs, TAPS])?;
        let bias = parts.take(&format!("{name}.bias"), &[n_outputs])?;
        // Rows hold the channels of one position together, a file the taps of one channel.
        let mut turned = Vec::with_capacity(weights.len());
        for channels in weights.chunks_exact(n_inputs * TAPS) {
            for tap in 0..TAPS {
                turned.extend(channels.iter().skip(tap).step_by(TAPS));
            }
        }
        let weights = Panels::of_float_outputs(&[turned], n_inputs * TAPS, n_outputs);
        Ok(Self { weights, bias, n_inputs, stride })
    }

    /// Looks at the positions of each window; before the first and after the last there is nothing.
    fn run(&self, rows: &[f32], n_positions: usize) -> Vec<f32> {
        let mut around = vec![0.0; (n_positions + TAPS - 1) * self.n_inputs];
        let mut taps = Vec::with_capacity(rows.len() * TAPS / self.stride);
        for window in rows.chunks_exact(n_positions * self.n_inputs) {
            for (cell, number) in around.iter_mut().skip(self.n_inputs).zip(window) {
                *cell = *number;
            }
            let seen = around.windows(TAPS * self.n_inputs).step_by(self.stride * self.n_inputs);
            seen.for_each(|seen| taps.extend_from_slice(seen));
        }
        let mut out = self.weights.multiply(&taps, &self.bias);
        rows::relu(&mut out);
        out
    }
}

impl Memory {
    /// Goes one window on; the gates are what comes in, what stays, what it is, what goes out.
    fn step(&mut self, gates: &[f32]) {
        let mut parts = gates.chunks_exact(WIDTH);
        let mut next = || parts.next().unwrap_or_default();
        let (comes, stays, what, goes) = (next(), next(), next(), next());
        let own = self.cell.iter_mut().zip(&mut self.output);
        let gates = comes.iter().zip(stays).zip(what.iter().zip(goes));
        for ((cell, output), ((comes, stays), (what, goes))) in own.zip(gates) {
            *cell = sigmoid(*stays) * *cell + sigmoid(*comes) * what.tanh();
            *output = sigmoid(*goes) * cell.tanh();
        }
    }
}

/// Cuts windows into the pieces of which there are spectra; keeps the last samples for the next.
fn frames(samples: &[f32], context: &mut [f32; CONTEXT]) -> Vec<f32> {
    let mut frames = Vec::with_capacity(samples.len().div_ceil(WINDOW) * N_FRAMES * FRAME);
    for samples in samples.chunks(WINDOW) {
        let mut window = Vec::with_capacity(CONTEXT + WINDOW + MIRROR);
        window.extend_from_slice(context);
        window.extend(samples.iter().map(|sample| tamed(*sample)));
        window.resize(CONTEXT + WINDOW, 0.0);
        let mirror: Vec<f32> = window.iter().rev().skip(1).take(MIRROR).copied().collect();
        if let Some(last) = window.last_chunk() {
            *context = *last;
        }
        window.extend(mirror);
        window.windows(FRAME).step_by(HOP).for_each(|frame| frames.extend_from_slice(frame));
    }
    frames
}

/// Gives how strong each frequency is, of rows of real parts and imaginary ones.
fn magnitudes(rows: &[f32]) -> Vec<f32> {
    let mut strengths = Vec::with_capacity(rows.len() / 2);
    for row in rows.chunks_exact(2 * N_BINS) {
        let (real, imaginary) = row.split_at(N_BINS);
        strengths.extend(real.iter().zip(imaginary).map(|(a, b)| (a * a + b * b).sqrt()));
    }
    strengths
}

/// Makes silence of what is no number: the memory would never be rid of it.
fn tamed(sample: f32) -> f32 {
    if sample.is_finite() { sample.clamp(-LOUDEST, LOUDEST) } else { 0.0 }
}

fn sigmoid(x: f32) -> f32 {
    (1.0 + (-x).exp()).recip()
}
