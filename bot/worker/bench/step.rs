//! How fast the engine folds: every conversation test of the demo city, in every language and on
//! every channel, replayed from its log.

use bot_engine::step;
use bot_worker::rehearsal::{self, Story};
use bot_worker::{Town, lesson, package};
use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use nlu::FirstHead;
use std::hint::black_box;
use std::path::Path;
use std::sync::Arc;

fn town() -> Arc<Town> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../flows/sainte-aurore");
    let package = package::read(&folder).expect("the demo city is part of the project");
    let city = flows::load(&package).city.expect("the demo city is checked by the tests");
    let head = FirstHead::train(&lesson::of_city(&city));
    Arc::new(Town::new(city, Arc::new(head)))
}

fn stories(town: &Arc<Town>) -> Vec<Story> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build();
    let runtime = runtime.expect("a runtime without threads can be made");
    let mut stories = Vec::new();
    for talk in &town.city.talks {
        for (lang, channel) in rehearsal::matrix(talk) {
            let run = runtime.block_on(rehearsal::run(town, talk, lang, channel));
            stories.push(run.expect("the store in memory does not fail").story);
        }
    }
    stories
}

fn fold(bench: &mut Criterion) {
    let town = town();
    let stories = stories(&town);
    let n_events = stories.iter().map(|story| story.events.len() as u64).sum();
    let mut group = bench.benchmark_group("step");
    group.throughput(Throughput::Elements(n_events)).sample_size(10);
    group.bench_function("every conversation test", |timer| {
        timer.iter(|| {
            for story in &stories {
                let mut session = story.first.clone();
                for event in &story.events {
                    session = step(&session, black_box(event), &town.city).session;
                }
                black_box(session);
            }
        });
    });
    group.finish();
}

criterion_group!(benches, fold);
criterion_main!(benches);
