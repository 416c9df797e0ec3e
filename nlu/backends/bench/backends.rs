//! How long one text takes with every backend that was built in, by its number of words.
//!
//! Figures of one run compare; those of two runs on a busy machine do not.

#[path = "../../encoder/bench/texts.rs"]
mod texts;

use criterion::{Criterion, criterion_group, criterion_main};
use nlu_backends::{Backend, Files};
use nlu_encoder::E5_SMALL;
use std::path::Path;
use texts::Samples;

const SAMPLES: Samples = Samples { one: 20, many: 10 };

fn encode(criterion: &mut Criterion) {
    let folder = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../data/models"));
    let file = folder.join("e5-small-fr-en.safetensors");
    let onnxruntime = folder.join("libonnxruntime.so");
    let files = Files { onnxruntime, cache: std::env::temp_dir() };
    let bytes = std::fs::read(file).expect("run: guichet models fetch");
    for backend in Backend::ALL.into_iter().filter(|backend| backend.is_built()) {
        let encoder =
            backend.read(E5_SMALL, &bytes, &files).expect("what the backend needs is there");
        texts::measure(criterion, backend.name(), &encoder, &SAMPLES);
    }
}

criterion_group!(benches, encode);
criterion_main!(benches);
