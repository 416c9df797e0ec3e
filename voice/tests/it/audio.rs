//! Recordings as a detector wants them: 16 kHz of the telephone's 8.

use std::f32::consts::PI;
use std::path::Path;

/// Samples on either side that the filter looks at.
const REACH: usize = 31;
/// What the filter lets pass, as a share of 8 kHz: 3.7 kHz.
const CUTOFF: f32 = 3_700.0 / 8_000.0;

/// Reads the samples of a clip of testdata, mu-law at 8 kHz.
pub(crate) fn clip(name: &str) -> Vec<f32> {
    let folder = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/testdata"));
    mu_law(&std::fs::read(folder.join(name)).unwrap())
}

pub(crate) fn mu_law(wav: &[u8]) -> Vec<f32> {
    let mut rest = &wav[12..];
    while let Some((head, body)) = rest.split_first_chunk::<8>() {
        let size = u32::from_le_bytes([head[4], head[5], head[6], head[7]]);
        let (chunk, after) = body.split_at(usize::try_from(size).unwrap());
        match &head[..4] {
            b"fmt " => assert_eq!(chunk[..8], [7, 0, 1, 0, 0x40, 0x1f, 0, 0], "mu-law, 8 kHz"),
            b"data" => return chunk.iter().map(|byte| expanded(*byte)).collect(),
            _ => {}
        }
        rest = &after[chunk.len() % 2..];
    }
    panic!("no data in the clip")
}

fn expanded(byte: u8) -> f32 {
    let byte = !byte;
    let size = (((i16::from(byte & 15) << 3) + 132) << (byte >> 4 & 7)) - 132;
    f32::from(if byte & 0x80 == 0 { size } else { -size }) / 32_768.0
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
