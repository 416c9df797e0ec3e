//! Every backend that was built in gives what the encoder's own kernels give, on the fixed list of
//! texts whose vectors were recorded (nlu/encoder/tests/data).

use nlu_backends::{Backend, Files};
use nlu_encoder::bert::Bert;
use nlu_encoder::{E5_SMALL, Encoder, ReadError};
use std::path::Path;

/// How alike two vectors of one text must be.
const MIN_COSINE: f32 = 0.9999;

fn folder() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../data/models"))
}

fn files() -> Files {
    let onnxruntime = folder().join("libonnxruntime.so");
    Files { onnxruntime, cache: Path::new(env!("CARGO_TARGET_TMPDIR")).to_owned() }
}

fn model(name: &str) -> Vec<u8> {
    let file = folder().join(name);
    std::fs::read(&file)
        .unwrap_or_else(|error| panic!("{}: {error}; run: guichet models fetch", file.display()))
}

fn texts() -> Vec<String> {
    let lines = include_str!("../../../encoder/tests/data/vectors.tsv").lines();
    let texts = lines.filter_map(|line| {
        let (model, rest) = line.split_once('\t')?;
        (model == E5_SMALL.name).then(|| rest.split('\t').next())?
    });
    let mut texts: Vec<String> = texts.map(|text| serde_json::from_str(text).unwrap()).collect();
    // A text of several windows.
    texts.push(texts.join(" ").repeat(3));
    texts
}

/// Gives the lowest cosine between two encoders' vectors, all texts in one call and each alone.
fn lowest_cosine(one: &Bert, other: &Bert) -> f32 {
    let texts = texts();
    let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
    let of = |encoder: &Bert, texts: &[&str]| encoder.encode(texts).unwrap();
    let together = of(other, &texts);
    let mut lowest = 1.0_f32;
    for ((text, own), together) in texts.iter().zip(of(one, &texts)).zip(together) {
        for vector in [together, of(other, &[text]).remove(0)] {
            lowest = lowest.min(own.iter().zip(&vector).map(|(a, b)| a * b).sum());
        }
    }
    lowest
}

#[test]
fn backends_agree() {
    let bytes = model("e5-small-fr-en.safetensors");
    let own = Backend::Own.read(E5_SMALL, &bytes, &files()).unwrap();
    let mut names = Vec::new();
    for backend in Backend::ALL.into_iter().filter(|backend| backend.is_built()) {
        let other = backend.read(E5_SMALL, &bytes, &files()).unwrap();
        let lowest = lowest_cosine(&own, &other);
        println!("{}: lowest cosine {lowest:.7}", backend.name());
        assert!(lowest >= MIN_COSINE, "{}: {lowest}", backend.name());
        assert_eq!(backend == Backend::Own, own.fingerprint() == other.fingerprint());
        names.push(backend.name());
    }
    assert_eq!(names.first(), Some(&"own"));
}

#[test]
fn a_backend_that_is_not_built_says_how_to_have_it() {
    let bytes = model("e5-small-fr-en.safetensors");
    for backend in Backend::ALL.into_iter().filter(|backend| !backend.is_built()) {
        let error = backend.read(E5_SMALL, &bytes, &files()).err().unwrap();
        assert!(matches!(error, ReadError::Backend { .. }));
        let how = format!("--features {}", backend.name());
        assert!(error.to_string().contains(&how), "{error}");
    }
}
