//! Recordings as a detector wants them: 16 kHz of the telephone's 8.

use std::f32::consts::PI;
use std::path::Path;

use voice::audio::{Sound, decode};

/// Samples on either side that the filter looks at.
const REACH: usize = 31;
/// What the filter lets pass, as a share of 8 kHz: 3.7 kHz.
const CUTOFF: f32 = 3_700.0 / 8_000.0;

/// Reads a file of testdata.
pub(crate) fn bytes(name: &str) -> Vec<u8> {
    let folder = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/testdata"));
    std::fs::read(folder.join(name)).unwrap()
}

/// Reads a clip of testdata.
pub(crate) fn sound(name: &str) -> Sound {
    decode(&bytes(name), 60).unwrap()
}

/// Reads the samples of a clip of testdata, at 8 kHz.
pub(crate) fn clip(name: &str) -> Vec<f32> {
    let sound = sound(name);
    assert_eq!(sound.rate_hz, 8_000);
    sound.samples
}

/// Reads a model file.
pub(crate) fn model(file: &str, name: &str) -> Vec<u8> {
    let path = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../data/models")).join(file);
    std::fs::read(&path).unwrap_or_else(|error| {
        panic!("{}: {error}; run: guichet models fetch {name}", path.display())
    })
}

/// Doubles the rate: a zero after each sample, then a low pass.
pub(crate) fn doubled(samples: &[f32]) -> Vec<f32> {
    let filter: Vec<f32> = (0..=2 * REACH).map(tap).collect();
    let gain = 2.0 / filter.iter().sum::<f32>();
    let mut out = vec![0.0; 2 * samples.len() + 2 * REACH];
    for (at, sample) in samples.iter().enumerate() {
        for (out, tap) in out[2 * at..].iter_mut().zip(&filter) {
            *out += gain * tap * sample;
        }
    }
    out.drain(..REACH);
    out.truncate(2 * samples.len());
    out
}

/// A sinc within Blackman's window.
fn tap(at: usize) -> f32 {
    let [at, middle] = [at, REACH].map(|n| f32::from(u16::try_from(n).unwrap()));
    let x = PI * CUTOFF * (at - middle);
    let turn = PI * (at + 1.0) / (middle + 1.0);
    let window = 0.42 - 0.5 * turn.cos() + 0.08 * (2.0 * turn).cos();
    window * if x == 0.0 { 1.0 } else { x.sin() / x }
}
