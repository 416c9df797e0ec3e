//! The texts that every encoder and every backend is measured on; shared by the benchmarks of both
//! crates.

use criterion::{BenchmarkId, Criterion, Throughput};
use nlu_encoder::Encoder;

const WORDS: &str = "il y a un trou dans la rue devant chez nous depuis lundi and the street light \
    on the corner has been out for two weeks so we cannot see anything when we walk our dog";

/// Samples of one text, and of the sentences in one call.
pub(crate) struct Samples {
    pub(crate) one: usize,
    pub(crate) many: usize,
}

/// Measures one text by its number of words, and 64 sentences in one call.
pub(crate) fn measure(
    criterion: &mut Criterion,
    name: &str,
    encoder: &dyn Encoder,
    samples: &Samples,
) {
    let mut group = criterion.benchmark_group(name);
    group.sample_size(samples.one);
    for n_words in [5, 10, 20, 40] {
        let text: Vec<&str> = WORDS.split_whitespace().take(n_words).collect();
        let text = text.join(" ");
        group.bench_function(BenchmarkId::new("words", n_words), |bencher| {
            bencher.iter(|| encoder.encode(&[&text]));
        });
    }
    let sentences = [WORDS.get(..60).unwrap_or(WORDS); 64];
    group.throughput(Throughput::Elements(64));
    group.sample_size(samples.many);
    group.bench_function("64 sentences", |bencher| bencher.iter(|| encoder.encode(&sentences)));
    group.finish();
}
