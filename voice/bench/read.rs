//! How long it takes until the models are ready: the file of Whisper in bytes, and that of the detector.

use criterion::{Criterion, criterion_group, criterion_main};
use std::path::Path;
use voice::detector::Detector;
use voice::whisper::Whisper;

fn model(name: &str) -> Vec<u8> {
    let folder = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../data/models"));
    std::fs::read(folder.join(name))
        .expect("run: guichet models fetch whisper-base-q8 whisper-base silero-vad")
}

fn read(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("read");
    group.sample_size(10);
    for name in ["ggml-base-q8_0.bin", "ggml-base.bin"] {
        group.bench_function(name, |bencher| {
            bencher.iter(|| Whisper::read(&model(name)).expect("a whole file"));
        });
    }
    let name = "ggml-silero-vad.bin";
    group.bench_function(name, |bencher| {
        bencher.iter(|| Detector::read(&model(name)).expect("a whole file"));
    });
    group.finish();
}

criterion_group!(benches, read);
criterion_main!(benches);
