//! The spectrum that Whisper hears: the logarithm of the energy in bands of the mel scale, a hundred
//! times a second (Radford et al. 2022, section 2.2, and the reference implementation's `audio.py`).

use nlu_kernels::Panels;
use std::f64::consts::TAU;

use super::file::N_FREQUENCIES;

/// Samples a second.
pub const SAMPLE_RATE_HZ: usize = 16_000;
/// Samples of one spectrum.
const WINDOW: usize = 400;
/// Samples from one spectrum to the next.
pub(super) const HOP: usize = 160;
/// What lies between two frequencies of a spectrum.
const HERTZ_A_FREQUENCY: f32 = 40.0;
/// Spectra that are made at once.
const BATCH: usize = 96;
/// Below it a band is as good as silent.
const FLOOR: f32 = 1e-10;
/// What lies further below the loudest, in powers of ten, is not told apart.
const DEPTH: f32 = 8.0;

/// Makes spectra.
pub(super) struct Mel {
    /// The window's cosines, then its sines, as one matrix: 400 samples are few enough for that.
    waves: Panels,
    bands: Panels,
    /// The middle of each band, in octaves above 1 kHz.
    octaves: Vec<f32>,
}

impl Mel {
    /// Takes the bands, each a row of [`N_FREQUENCIES`].
    pub(super) fn new(filters: &[f32], n_bands: usize) -> Self {
        let mut waves = Vec::with_capacity(WINDOW * 2 * N_FREQUENCIES);
        for sample in 0..WINDOW {
            // The window of Hann, of which one period is as long as the window.
            let weight = 0.5 - 0.5 * (TAU * share(sample)).cos();
            let angle = |frequency: usize| TAU * share(sample * frequency % WINDOW);
            waves.extend((0..N_FREQUENCIES).map(|at| narrow(weight * angle(at).cos())));
            waves.extend((0..N_FREQUENCIES).map(|at| narrow(weight * angle(at).sin())));
        }
        Self {
            waves: Panels::of_inputs(&waves, WINDOW, 2 * N_FREQUENCIES),
            bands: Panels::of_float_outputs(&[filters.to_vec()], N_FREQUENCIES, n_bands),
            octaves: filters.chunks_exact(N_FREQUENCIES).map(octave).collect(),
        }
    }

    /// Makes `n` spectra, [`HOP`] samples apart, louder by `tilt` powers of ten an octave; behind the
    /// sound there is silence.
    pub(super) fn spectra(&self, samples: &[f32], n: usize, tilt: f32) -> Vec<f32> {
        let mut spectra = Vec::with_capacity(n * self.octaves.len());
        for from in (0..n).step_by(BATCH) {
            let mut rows = Vec::with_capacity(BATCH * WINDOW);
            for at in from..(from + BATCH).min(n) {
                push_window(samples, at * HOP, &mut rows);
            }
            let mut energies = Vec::new();
            for waves in self.waves.multiply(&rows, &[]).chunks_exact(2 * N_FREQUENCIES) {
                let (cosines, sines) = waves.split_at(N_FREQUENCIES);
                energies.extend(cosines.iter().zip(sines).map(|(cos, sin)| cos * cos + sin * sin));
            }
            spectra.extend(self.bands.multiply(&energies, &[]));
        }
        for spectrum in spectra.chunks_exact_mut(self.octaves.len().max(1)) {
            for (cell, octave) in spectrum.iter_mut().zip(&self.octaves) {
                *cell = cell.max(FLOOR).log10() + octave * tilt;
            }
        }
        let loudest = spectra.iter().copied().fold(f32::MIN, f32::max);
        for cell in &mut spectra {
            *cell = (cell.max(loudest - DEPTH) + 4.0) / 4.0;
        }
        spectra
    }
}

/// Gives where a band's middle is.
fn octave(filter: &[f32]) -> f32 {
    let largest = filter.iter().copied().fold(0.0, f32::max);
    let at = filter.iter().position(|cell| *cell >= largest).unwrap_or_default();
    (nlu_kernels::rows::count(at.max(1)) * HERTZ_A_FREQUENCY / 1_000.0).log2()
}

/// Adds the samples around a place; before the beginning they are mirrored.
fn push_window(samples: &[f32], middle: usize, rows: &mut Vec<f32>) {
    for at in 0..WINDOW {
        let place = (middle + at).checked_sub(WINDOW / 2);
        let place = place.unwrap_or_else(|| WINDOW / 2 - at - middle);
        rows.push(samples.get(place).copied().unwrap_or_default());
    }
}

#[expect(clippy::cast_precision_loss, reason = "the place is within a window")]
fn share(place: usize) -> f64 {
    place as f64 / WINDOW as f64
}

#[expect(clippy::cast_possible_truncation, reason = "the table is one of single precision")]
fn narrow(number: f64) -> f32 {
    number as f32
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::whisper::file::File;

    /// Two tones, the second from the middle on; the values are those of faster-whisper 1.2.1.
    #[test]
    fn spectra_are_those_of_the_reference() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../data/models/ggml-base-q8_0.bin");
        let file = std::fs::read(path)
            .unwrap_or_else(|error| panic!("{error}; run: guichet models fetch whisper-base-q8"));
        let file = File::read(&file).unwrap();
        let samples = (0..16_000_u32).map(|at| {
            let turn = TAU * f64::from(at) / 16_000.0;
            let second = if at > 8_000 { 0.25 * (turn * 1_250.0 + 1.0).sin() } else { 0.0 };
            narrow(0.5 * (turn * 440.0).sin() + second)
        });
        let samples: Vec<f32> = samples.collect();
        let mel = Mel::new(&file.filters, file.sides.n_bands);
        let spectra = mel.spectra(&samples, 100, 0.0);
        for (at, wanted) in [
            (0, [0.9833, 1.0482, 1.1116, 1.3383, 0.5908, 0.5706, 0.0969, -0.0817]),
            (1, [0.4713, 0.5019, 1.4357, 1.2977, 0.0855, 0.0668, -0.4128, -0.5618]),
            (60, [-0.5618, -0.5618, 1.4382, 1.2935, 0.9409, 1.2201, -0.5618, -0.5618]),
            (97, [-0.5618, -0.5618, 1.4382, 1.2935, 0.9409, 1.2201, -0.5618, -0.5618]),
        ] {
            for (band, wanted) in [0, 5, 11, 12, 30, 31, 60, 79].into_iter().zip(wanted) {
                let found = spectra[at * 80 + band];
                assert!((found - wanted).abs() < 2e-3, "{at}, {band}: {found}, not {wanted}");
            }
        }
    }
}
