//! How long one text takes, by its number of words, and how many sentences a batch gets through.

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use nlu_encoder::{E5_SMALL, Encoder, MINILM, UseM3};
use std::path::Path;

fn model(name: &str) -> Vec<u8> {
    let folder = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../data/models"));
    std::fs::read(folder.join(name)).expect("run: guichet models fetch use-m3 e5-small minilm")
}

const WORDS: &str = "il y a un trou dans la rue devant chez nous depuis lundi and the street light \
    on the corner has been out for two weeks so we cannot see anything when we walk our dog";

fn encode(criterion: &mut Criterion) {
    let a = UseM3::read(&model("use-m3.safetensors")).expect("a whole file");
    let b = E5_SMALL.read(&model("e5-small-fr-en.safetensors")).expect("a whole file");
    let c = MINILM.read(&model("minilm.safetensors")).expect("a whole file");
    let encoders: [&dyn Encoder; 3] = [&a, &b, &c];
    for encoder in encoders {
        let mut group = criterion.benchmark_group(encoder.name());
        for n_words in [5, 10, 20, 40] {
            let text: Vec<&str> = WORDS.split_whitespace().take(n_words).collect();
            let text = text.join(" ");
            group.bench_function(BenchmarkId::new("words", n_words), |bencher| {
                bencher.iter(|| encoder.encode(&[&text]));
            });
        }
        let sentences = [WORDS.get(..60).unwrap_or(WORDS); 64];
        group.throughput(Throughput::Elements(64));
        group.sample_size(20);
        group.bench_function("64 sentences", |bencher| bencher.iter(|| encoder.encode(&sentences)));
        group.finish();
    }
}

criterion_group!(benches, encode);
criterion_main!(benches);
