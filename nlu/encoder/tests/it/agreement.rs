//! The encoders agree with vectors that other code made of the same weights (data/record.py).

use nlu_encoder::{E5_SMALL, Encoder, MINILM, Tokenizer, UseM3, Weights};
use std::path::Path;

/// How alike a vector and the recorded one must be.
const MIN_COSINE: f32 = 0.9999;

/// Reads a model file from the folder that `guichet models fetch` fills.
pub(crate) fn model(name: &str) -> Vec<u8> {
    let folder = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../data/models"));
    let file = folder.join(name);
    std::fs::read(&file).unwrap_or_else(|error| {
        panic!("{}: {error}; run: guichet models fetch [minilm]", file.display())
    })
}

struct Recorded {
    text: String,
    pieces: String,
    vector: Vec<f32>,
}

fn recorded(model: &str) -> Vec<Recorded> {
    let lines = include_str!("../data/vectors.tsv").lines();
    let rows = lines.filter_map(|line| {
        let mut cells = line.split('\t');
        (cells.next()? == model).then_some(())?;
        let text = serde_json::from_str(cells.next()?).unwrap();
        let pieces = cells.next()?.to_owned();
        let vector = cells.next()?.split(' ').map(|cell| cell.parse().unwrap()).collect();
        Some(Recorded { text, pieces, vector })
    });
    rows.collect()
}

fn check(encoder: &dyn Encoder, recorded: &[Recorded]) {
    let texts: Vec<&str> = recorded.iter().map(|one| one.text.as_str()).collect();
    let together = encoder.encode(&texts).unwrap();
    for (one, together) in recorded.iter().zip(together) {
        let alone = encoder.encode(&[&one.text]).unwrap().remove(0);
        for vector in [&alone, &together] {
            // What was recorded is the last layer's half, or all that there is.
            let own = vector.iter().take(one.vector.len());
            let length = own.clone().map(|cell| cell * cell).sum::<f32>().sqrt();
            let cosine = own.zip(&one.vector).map(|(a, b)| a * b).sum::<f32>() / length;
            assert!(cosine >= MIN_COSINE, "{} {:?}: {cosine}", encoder.name(), one.text);
            assert_eq!(vector.len(), encoder.width());
        }
    }
}

#[test]
fn encoder_a_gives_what_the_wheel_gives() {
    let bytes = model("use-m3.safetensors");
    let recorded = recorded("use-m3");
    assert_eq!(recorded.len(), 40);
    check(&UseM3::read(&bytes).unwrap(), &recorded);
    let tokenizer = Tokenizer::read(&Weights::read(&bytes, "use-m3").unwrap()).unwrap();
    for one in recorded.iter().filter(|one| !one.text.is_empty()) {
        let ids: Vec<u32> = serde_json::from_str(&one.pieces).unwrap();
        let inner = ids.get(1..ids.len() - 1).unwrap();
        assert_eq!(tokenizer.ids(&one.text), inner, "{:?}", one.text);
    }
}

#[test]
fn encoder_b_gives_what_numpy_gives() {
    let bytes = model("e5-small-fr-en.safetensors");
    let encoder = E5_SMALL.read(&bytes).unwrap();
    let tokenizer = Tokenizer::read(&Weights::read(&bytes, "e5-small").unwrap()).unwrap();
    // Texts with pieces that were cut from the vocabulary come out otherwise, and should.
    let (whole, cut): (Vec<Recorded>, Vec<Recorded>) =
        recorded("e5-small").into_iter().partition(|one| {
            let pieces: Vec<String> = serde_json::from_str(&one.pieces).unwrap();
            let windows = encoder.windows(&one.text);
            let ids = windows.iter().flatten();
            ids.map(|id| tokenizer.text(*id)).eq(pieces.iter().map(String::as_str))
        });
    assert_eq!(
        (whole.len(), cut.len()),
        (33, 7),
        "{:?}",
        cut.iter().map(|c| &c.text).collect::<Vec<_>>()
    );
    check(&encoder, &whole);
}

#[test]
fn encoder_c_gives_what_numpy_gives() {
    let encoder = MINILM.read(&model("minilm.safetensors")).unwrap();
    let recorded = recorded("minilm");
    assert_eq!(recorded.len(), 40);
    for one in &recorded {
        let pieces: Vec<String> = serde_json::from_str(&one.pieces).unwrap();
        let windows = encoder.windows(&one.text);
        let own: Vec<&str> = windows.iter().flatten().map(|id| encoder.piece(*id)).collect();
        if windows.len() == 1 {
            assert_eq!(own, pieces, "{:?}", one.text);
        }
    }
    check(&encoder, &recorded);
    assert!(encoder.knows("en") && !encoder.knows("fr"));
}
