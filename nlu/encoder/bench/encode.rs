//! How long one text takes, by its number of words, and how many sentences a batch gets through.

mod texts;

use criterion::{Criterion, criterion_group, criterion_main};
use nlu_encoder::{E5_SMALL, Encoder, MINILM, UseM3};
use std::path::Path;
use texts::Samples;

const SAMPLES: Samples = Samples { one: 100, many: 20 };

fn model(name: &str) -> Vec<u8> {
    let folder = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../data/models"));
    std::fs::read(folder.join(name)).expect("run: guichet models fetch use-m3 e5-small minilm")
}

fn encode(criterion: &mut Criterion) {
    let a = UseM3::read(&model("use-m3.safetensors")).expect("a whole file");
    let b = E5_SMALL.read(&model("e5-small-fr-en.safetensors")).expect("a whole file");
    let c = MINILM.read(&model("minilm.safetensors")).expect("a whole file");
    let encoders: [&dyn Encoder; 3] = [&a, &b, &c];
    for encoder in encoders {
        texts::measure(criterion, encoder.name(), encoder, &SAMPLES);
    }
}

criterion_group!(benches, encode);
criterion_main!(benches);
