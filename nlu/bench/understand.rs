//! How long one message takes, and the making of a head.

use bot_core::{Expectation, UnixMs};
use criterion::{Criterion, criterion_group, criterion_main};
use nlu::{Ask, FirstHead, Lesson, Tools, Understand};
use std::hint::black_box;
use std::time::Duration;

const MESSAGES: [(&str, &str); 5] = [
    ("short", "oui"),
    ("address", "au 12 de la rue Cartier, coin Fraser"),
    ("report", "there's a huge pothole at 12 Cartier Street, it wrecked my tire yesterday"),
    ("misspelt", "ya un gro trou dvt chez nous su la rue cartié pis la lumiere est brulé"),
    (
        "rambling",
        "euh oui bonjour là, je vous appelle parce que ça fait trois semaines que j'ai signalé un \
         lampadaire brûlé devant le 45 chemin du Moulin, pis y a rien de fait, les enfants passent \
         là tous les soirs pour aller au parc des Bouleaux et il fait noir, rappelez-moi au \
         418-555-1234 ou à marie.roy@exemple.ca, merci",
    ),
];

fn understand(bench: &mut Criterion) {
    let lesson: Lesson = serde_json::from_str(include_str!("../tests/it/data/lesson.json"))
        .expect("the lesson is read by the tests");
    let head = FirstHead::train(&lesson);
    let expectation = Expectation::default();
    for (name, text) in MESSAGES {
        let ask = Ask { text, expectation: &expectation, now: UnixMs(1_778_076_000_000) };
        bench.bench_function(&format!("understand/{name}"), |timer| {
            timer.iter(|| head.understand(black_box(&ask)));
        });
    }
    let bytes = head.to_bytes().expect("the head is written by the tests");
    bench.bench_function("load", |timer| {
        timer.iter(|| FirstHead::from_bytes(black_box(&bytes), &lesson, &Tools::default()));
    });
    bench.bench_function("train", |timer| timer.iter(|| FirstHead::train(black_box(&lesson))));
}

criterion_group! {
    name = benches;
    config = Criterion::default().measurement_time(Duration::from_secs(4)).sample_size(30);
    targets = understand
}
criterion_main!(benches);
