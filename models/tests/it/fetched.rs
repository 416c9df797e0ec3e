//! The models that were fetched on this machine, compared with what numpy read from the sources, or with
//! what their makers publish.
//!
//! Needs `guichet models fetch`; `make test` does it.

use half::f16;
use models::{Folder, State};
use safetensors::SafeTensors;
use sha1::Sha1;
use sha2::{Digest, Sha256};
use std::path::PathBuf;

use crate::made::piece;

/// Gives the folder that the tests read: the setting, or that of the project.
fn folder() -> Folder<'static> {
    let project = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../data/models");
    Folder::new(std::env::var_os("GUICHET__MODELS__DIR").map_or(project, PathBuf::from))
}

fn read(name: &str) -> Vec<u8> {
    let folder = folder();
    let model = folder.model(name).unwrap();
    let state = folder.verify(model, |_| {}).unwrap();
    assert!(
        matches!(state, State::Ready { .. }),
        "{name} is {}: run guichet models fetch",
        state.name()
    );
    folder.read(name).unwrap()
}

fn f32_at(bytes: &[u8], n: usize) -> f32 {
    f32::from_le_bytes(bytes[4 * n..4 * n + 4].try_into().unwrap())
}

fn close(found: f32, wanted: f32) {
    assert!((found - wanted).abs() <= 1e-6 * wanted.abs().max(1.0), "{found} instead of {wanted}");
}

#[test]
fn the_table_of_the_first_encoder() {
    let file = read("use-m3");
    let tensors = SafeTensors::deserialize(&file).unwrap();
    let of = |name: &str| tensors.tensor(name).unwrap().data();
    let (codes, scale, low) = (of("table.codes"), of("table.scale"), of("table.low"));
    let wanted = [
        (3, 0.034_619_33, 0.034_619_33),
        (17, -1.055_121_9, -3.110_151_8),
        (54_321, -0.120_356_56, 0.081_128_6),
        (127_999, -0.120_356_56, -0.120_356_56),
    ];
    for (id, first, last) in wanted {
        let value = |column: usize| {
            f32::from(codes[id * 512 + column]) * f32_at(scale, id % 17) + f32_at(low, id % 17)
        };
        close(value(0), first);
        close(value(511), last);
    }
    let wanted = [("proj2", 0.214_573_88), ("cnn_W", 0.069_371_74), ("d3", 0.022_509_528)];
    for (name, last) in wanted {
        close(f32_at(of(name), of(name).len() / 4 - 1), last);
    }
    let scores = of("tokenizer.scores");
    let wanted = [
        (100, "▁et", -7.080_25),
        (54_321, "▁parlamento", -13.250_604),
        (127_999, "얻", -18.833_036),
    ];
    for (id, text, score) in wanted {
        assert_eq!(piece(&file, id), text);
        close(f32_at(scores, id), score);
    }
}

/// Gives a matrix's value, however it is kept.
fn value(tensors: &SafeTensors<'_>, name: &str, row: usize, column: usize) -> f32 {
    let matrix = tensors.tensor(name).unwrap();
    let width = matrix.shape()[1];
    let half = |data: &[u8], n: usize| f16::from_le_bytes([data[2 * n], data[2 * n + 1]]).to_f32();
    let n = row * width + column;
    match tensors.tensor(&format!("{name}.scale")) {
        Ok(scale) => f32::from(matrix.data()[n].cast_signed()) * half(scale.data(), n / 32),
        Err(_) => half(matrix.data(), n),
    }
}

#[test]
fn the_table_of_the_second_encoder() {
    let file = read("e5-small");
    let tensors = SafeTensors::deserialize(&file).unwrap();
    let wanted = [
        (4, ",", -3.463_542_7, [0.014_198_303, 0.0, 0.0]),
        (20_000, "STRA", -12.914_628, [0.062_316_895, 0.0, 0.029_800_415]),
        (45_414, "ấ", -20.364_752, [0.051_086_426, 0.0, 0.104_736_33]),
    ];
    // The original has all its bits, the other source four: a block's step is about a tenth of a
    // weight at most.
    let is_original = tensors.tensor("embeddings.word_embeddings.weight.scale").is_err();
    let far = if is_original { 0.05 } else { 1e-6 };
    let scores = tensors.tensor("tokenizer.scores").unwrap();
    for (id, text, score, row) in wanted {
        assert_eq!(piece(&file, id), text);
        close(f32_at(scores.data(), id), score);
        for (column, wanted) in [0, 33, 383].into_iter().zip(row) {
            let found = value(&tensors, "embeddings.word_embeddings.weight", id, column);
            assert!((found - wanted).abs() <= far, "{text} {column}: {found}, not {wanted}");
        }
    }
    let found = value(&tensors, "encoder.layer.11.output.dense.weight", 383, 1_535);
    assert!((found - 0.007_598_877).abs() <= far, "{found}");
}

/// Gives a file's size, SHA-1 and SHA-256.
fn sums(file: &[u8]) -> String {
    let hex = |hash: &[u8]| hash.iter().fold(String::new(), |hex, byte| format!("{hex}{byte:02x}"));
    format!("{} {} {}", file.len(), hex(&Sha1::digest(file)), hex(&Sha256::digest(file)))
}

#[test]
fn the_models_of_speech_are_those_that_are_published() {
    let wanted = "147951465 465707469ff3a37a2b9b8d8f89f2f99de7299dac \
                  60ed5bc3dd14eea856493d334349b405782ddcaf0028d4b5df4088345fba2efe";
    assert_eq!(sums(&read("whisper-base")), wanted);
    let wanted = "81768585 7bb89bb49ed6955013b166f1b6a6c04584a20fbe \
                  c577b9a86e7e048a0b7eada054f4dd79a56bbfa911fbdacf900ac5b567cbb7d9";
    assert_eq!(sums(&read("whisper-base-q8")), wanted);
    // Nobody publishes this one: it was converted once more, in another language.
    let wanted = "885098 af41619962b0594f6b581fd98cccea76c6e68c24 \
                  7589faf6fa057724488dfafa9766da709383d40126c2a45e3caef904cdf4a8c3";
    assert_eq!(sums(&read("silero-vad")), wanted);
}
