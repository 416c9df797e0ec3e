//! How long one text takes with every backend that was built in, by its number of words.
//!
//! Figures of one run compare; those of two runs on a busy machine do not.

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use nlu_backends::{Backend, Files};
use nlu_encoder::{E5_SMALL, Encoder};
use std::path::Path;

const WORDS: &str = "il y a un trou dans la rue devant chez nous depuis lundi and the street light \
    on the corner has been out for two weeks so we cannot see anything when we walk our dog";

fn encode(criterion: &mut Criterion) {
    let folder = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../data/models"));
    let file = folder.join("e5-small-fr-en.safetensors");
    let onnxruntime = folder.join("libonnxruntime.so");
    let files = Files { onnxruntime, cache: std::env::temp_dir() };
    let bytes = std::fs::read(file).expect("run: guichet models fetch");
    for backend in Backend::ALL.into_iter().filter(|backend| backend.is_built()) {
        let encoder =
            backend.read(E5_SMALL, &bytes, &files).expect("what the backend needs is there");
        let mut group = criterion.benchmark_group(backend.name());
        group.sample_size(20);
        for n_words in [5, 10, 20, 40] {
            let text: Vec<&str> = WORDS.split_whitespace().take(n_words).collect();
            let text = text.join(" ");
            group.bench_function(BenchmarkId::new("words", n_words), |bencher| {
                bencher.iter(|| encoder.encode(&[&text]));
            });
        }
        let sentences = [WORDS.get(..60).unwrap_or(WORDS); 64];
        group.throughput(Throughput::Elements(64));
        group.sample_size(10);
        group.bench_function("64 sentences", |bencher| bencher.iter(|| encoder.encode(&sentences)));
        group.finish();
    }
}

criterion_group!(benches, encode);
criterion_main!(benches);
