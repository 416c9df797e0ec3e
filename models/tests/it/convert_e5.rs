//! The converters of multilingual-e5-small, on made-up files.

use expect_test::expect;
use half::f16;
use models::convert::{Origin, Vocabulary, e5_hub, e5_q4};
use proptest::prelude::*;
use safetensors::SafeTensors;
use std::fmt::Write;
use std::sync::LazyLock;

use crate::made::{
    CHARSMAP, E5File, N_E5_PIECES, e5_file, e5_piece, e5_tensors, piece, score, sentencepiece,
    tensor, weights, words,
};
use crate::places::with_causes;

static FILE: LazyLock<E5File> = LazyLock::new(e5_file);
/// The bytes of a row of the table of pieces.
const ROW: usize = 384 / 32 * 18;
/// Pieces that are kept in most tests: the special ones and two more.
const KEPT: [usize; 6] = [0, 1, 2, 3, 700, 250_000];

fn origin() -> Origin {
    Origin { sha256: "cd".repeat(32), licence: "MIT".to_owned() }
}

fn few() -> Vocabulary {
    let mut bits = vec![0_u8; N_E5_PIECES.div_ceil(8)];
    for id in KEPT {
        bits[id / 8] |= 1 << (id % 8);
    }
    Vocabulary::from_bits(&bits, N_E5_PIECES).unwrap()
}

fn converted(file: &[u8]) -> Result<Vec<u8>, String> {
    e5_q4(file, &few(), &origin()).map_err(|error| with_causes(&error))
}

/// Lists what a converted file holds besides the layers.
fn contents(file: &[u8]) -> String {
    let file = SafeTensors::deserialize(file).unwrap();
    let mut lines: Vec<String> = file
        .iter()
        .filter(|(name, _)| !name.starts_with("encoder.layer.") || name.contains("layer.7.output"))
        .map(|(name, view)| format!("{name} {} {:?}", view.dtype(), view.shape()))
        .collect();
    lines.sort();
    let mut list = lines.join("\n");
    write!(list, "\n{} in all", file.len()).unwrap();
    list
}

#[test]
fn four_bits_become_bytes_and_scales() {
    let mut made = FILE.clone();
    // Row 700, block 2: scale 0.5; byte 0 holds weights 0 (low) and 16 (high).
    let block = made.words + 700 * ROW + 2 * 18;
    made.bytes[block..block + 2].copy_from_slice(&f16::from_f32(0.5).to_le_bytes());
    made.bytes[block + 2..block + 18].fill(0x88);
    made.bytes[block + 2] = 0xf0;
    let file = converted(&made.bytes).unwrap();
    expect![[r#"
        embeddings.LayerNorm.bias F32 [384]
        embeddings.LayerNorm.weight F32 [384]
        embeddings.position_embeddings.weight F32 [512, 384]
        embeddings.token_type_embeddings.weight F32 [2, 384]
        embeddings.word_embeddings.weight I8 [6, 384]
        embeddings.word_embeddings.weight.scale F16 [6, 12]
        encoder.layer.7.output.LayerNorm.bias F32 [384]
        encoder.layer.7.output.LayerNorm.weight F32 [384]
        encoder.layer.7.output.dense.bias F32 [384]
        encoder.layer.7.output.dense.weight I8 [384, 1536]
        encoder.layer.7.output.dense.weight.scale F16 [384, 48]
        tokenizer.kinds U8 [6]
        tokenizer.map U32 [6]
        tokenizer.offsets U32 [7]
        tokenizer.pieces U8 [34]
        tokenizer.scores F32 [6]
        275 in all"#]]
    .assert_eq(&contents(&file));
    expect![[r#"
        guichet.bos 0
        guichet.eos 2
        guichet.format 1
        guichet.licence MIT
        guichet.model e5-small
        guichet.pad 1
        guichet.source cdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcd
        guichet.unk 3"#]]
    .assert_eq(&words(&file));
    let table = tensor(&file, "embeddings.word_embeddings.weight");
    // Piece 700 is the fifth that is kept; elsewhere, bits of zero are -8.
    let row: Vec<i8> = table[4 * 384..5 * 384].iter().map(|byte| byte.cast_signed()).collect();
    assert_eq!((row[64], row[65], row[80], row[81], row[0]), (-8, 0, 7, 0, -8));
    let scales = tensor(&file, "embeddings.word_embeddings.weight.scale");
    let scales: Vec<f16> =
        scales.as_chunks().0.iter().map(|two| f16::from_le_bytes(*two)).collect();
    assert_eq!((scales[4 * 12 + 2], scales[4 * 12 + 1]), (f16::from_f32(0.5), f16::ZERO));
    for (new, old) in KEPT.into_iter().enumerate() {
        assert_eq!(piece(&file, new), e5_piece(old));
    }
    let scores = tensor(&file, "tokenizer.scores");
    assert_eq!(scores[16..20], score(700).to_le_bytes());
    assert_eq!(tensor(&file, "tokenizer.kinds"), [3, 3, 3, 2, 1, 1]);
    let map = tensor(&file, "tokenizer.map");
    let map: Vec<u32> = map.as_chunks().0.iter().map(|four| u32::from_le_bytes(*four)).collect();
    assert_eq!(map, [1, 0, 0xfb01, 2, u32::from('f'), u32::from('i')]);
}

#[test]
fn the_shipped_choice_of_pieces_fits() {
    let vocabulary = Vocabulary::e5_french_english().unwrap();
    let file = e5_q4(&FILE.bytes, &vocabulary, &origin()).unwrap();
    let file = SafeTensors::deserialize(&file).unwrap();
    let table = file.tensor("embeddings.word_embeddings.weight").unwrap();
    assert_eq!(table.shape(), [vocabulary.len(), 384]);
    let other = Vocabulary::from_bits(&[0xff], 8).unwrap();
    assert!(e5_q4(&FILE.bytes, &other, &origin()).is_err());
}

#[test]
fn another_file_is_refused_in_words() {
    let with = |at: usize, bytes: &[u8]| {
        let mut made = FILE.bytes.clone();
        made[at..at + bytes.len()].copy_from_slice(bytes);
        converted(&made).unwrap_err()
    };
    let cut = |n: usize| converted(&FILE.bytes[..n]).unwrap_err();
    let (map, directory) = (FILE.map, FILE.directory);
    // The directory's first line: its count, the name's length, `emb.word`, packing, count, place.
    let line = directory + 4 + 2 + 8;
    let refusals = [
        converted(b"").unwrap_err(),
        with(0, b"GGUF"),
        with(4, &2_u32.to_le_bytes()),
        with(8, &768_i32.to_le_bytes()),
        with(36, &1e-5_f32.to_le_bytes()),
        with(44, &(-1_i32).to_le_bytes()),
        with(64, &u64::MAX.to_le_bytes()),
        with(72 + 4 * 9, &u32::MAX.to_le_bytes()),
        with(72 + 4 * 250_003 + 4 * 9, &f32::NAN.to_le_bytes()),
        with(map, &i32::MAX.to_le_bytes()),
        with(map + 8, &0xd800_u32.to_le_bytes()),
        with(map + 8, &0xffff_u32.to_le_bytes()),
        with(directory, &196_i32.to_le_bytes()),
        with(directory, &(-1_i32).to_le_bytes()),
        with(directory + 6, b"emb.wurd"),
        with(line, &[2]),
        with(line, &[0]),
        with(line + 1, &7_u32.to_le_bytes()),
        with(line + 5, &3_u64.to_le_bytes()),
        with(line + 5, &(u64::MAX - 63).to_le_bytes()),
        with(FILE.words, &f16::INFINITY.to_le_bytes()),
        cut(70),
        cut(100_000),
        cut(map + 4),
        cut(directory + 50),
        cut(FILE.bytes.len() - 1),
    ];
    expect![[r#"
        the file is cut: it ends within its head
        the file is not the one expected: it does not begin with E5S1
        the file is not the one expected: it is of version 2, not 1
        the file is not the one expected: width: 768 instead of 384
        the file is not the one expected: its norms have epsilon 1e-5
        the file is not the one expected: pieces: -1 instead of 250002
        the file is not the one expected: its tokenizer is too large
        the file is not the one expected: piece 8 is out of its text
        the file is not the one expected: piece 9 of its tokenizer has no score
        the file is not the one expected: its normalisation map is too large
        the file is not the one expected: its normalisation of 0xd800 is no text
        the file is not the one expected: its normalisation map is not in order
        the file is not the one expected: it has 196 tensors
        the file is not the one expected: it has 0 tensors
        the file is not the one expected: it has no tensor emb.word
        the file is not the one expected: emb.word is packed as 2
        the file is not the one expected: emb.word has 96014208 weights in 54007992 bytes at 5443520, which cannot be
        the file is not the one expected: emb.word has 7 weights in 54007992 bytes at 5443520, which cannot be
        the file is not the one expected: emb.word has 96014208 weights in 54007992 bytes at 3, which cannot be
        the file is cut: it ends within its tensors
        the file is not the one expected: embeddings.word_embeddings.weight has a value that is no number
        the file is cut: it ends within its tokenizer
        the file is cut: it ends within its tokenizer
        the file is cut: it ends within its normalisation map
        the file is cut: it ends within its directory of tensors
        the file is cut: it ends within its tensors"#]].assert_eq(&refusals.join("\n"));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_head_with_wrong_bytes_never_panics(
        part in 0..4_usize,
        at in any::<prop::sample::Index>(),
        byte in any::<u8>(),
    ) {
        let mut made = FILE.bytes.clone();
        let parts = [0..72, 72..FILE.map, FILE.map..FILE.directory, FILE.directory..FILE.directory + 8_000];
        let at = parts[part].start + at.index(parts[part].len());
        let is_changed = made[at] != byte;
        made[at] = byte;
        let converted = converted(&made);
        prop_assert!(is_changed || converted.is_ok());
    }

    #[test]
    fn a_cut_file_is_refused(at in any::<prop::sample::Index>()) {
        prop_assert!(converted(&FILE.bytes[..at.index(FILE.bytes.len())]).is_err());
    }
}

/// Gives the hub's names, in the order of the four-bit file's.
fn hub_name(short: &str) -> String {
    let parts: Vec<&str> = short.split('.').collect();
    let kind = |short: &str| if short == "w" { "weight" } else { "bias" };
    match parts[..] {
        ["emb", "ln", last] => format!("embeddings.LayerNorm.{}", kind(last)),
        ["emb", "word"] => "embeddings.word_embeddings.weight".to_owned(),
        ["emb", "pos"] => "embeddings.position_embeddings.weight".to_owned(),
        ["emb", "type"] => "embeddings.token_type_embeddings.weight".to_owned(),
        [layer, part, last] => {
            let part = match part {
                "q" => "attention.self.query",
                "k" => "attention.self.key",
                "v" => "attention.self.value",
                "ao" => "attention.output.dense",
                "aln" => "attention.output.LayerNorm",
                "fi" => "intermediate.dense",
                "fo" => "output.dense",
                _ => "output.LayerNorm",
            };
            format!("encoder.layer.{}.{part}.{}", layer.trim_start_matches('l'), kind(last))
        }
        _ => unreachable!("{short}"),
    }
}

/// Gives the hub's weights: zeros, but for what `mark` writes at a tensor's beginning.
fn hub_weights(mark: impl Fn(&str) -> Vec<f32>) -> Vec<u8> {
    let named = e5_tensors().into_iter().map(|(short, shape)| (hub_name(&short), shape));
    weights(named, mark)
}

#[test]
fn the_original_becomes_half_precision() {
    let weights = hub_weights(|name| match name {
        "embeddings.word_embeddings.weight" => {
            let mut values = vec![0.0; 700 * 384];
            values.extend([1.5, -0.25]);
            values
        }
        "encoder.layer.7.output.dense.weight" => vec![0.1],
        "encoder.layer.7.output.dense.bias" => vec![0.1],
        _ => Vec::new(),
    });
    let tokenizer = sentencepiece(250_000, CHARSMAP);
    let file = e5_hub(&weights, &tokenizer, &few(), &origin()).unwrap();
    expect![[r#"
        embeddings.LayerNorm.bias F32 [384]
        embeddings.LayerNorm.weight F32 [384]
        embeddings.position_embeddings.weight F16 [512, 384]
        embeddings.token_type_embeddings.weight F16 [2, 384]
        embeddings.word_embeddings.weight F16 [6, 384]
        encoder.layer.7.output.LayerNorm.bias F32 [384]
        encoder.layer.7.output.LayerNorm.weight F32 [384]
        encoder.layer.7.output.dense.bias F32 [384]
        encoder.layer.7.output.dense.weight F16 [384, 1536]
        tokenizer.charsmap U8 [10]
        tokenizer.kinds U8 [6]
        tokenizer.offsets U32 [7]
        tokenizer.pieces U8 [34]
        tokenizer.scores F32 [6]
        202 in all"#]]
    .assert_eq(&contents(&file));
    let table = tensor(&file, "embeddings.word_embeddings.weight");
    let halves: Vec<f16> = table.as_chunks().0.iter().map(|two| f16::from_le_bytes(*two)).collect();
    assert_eq!((halves[4 * 384], halves[4 * 384 + 1]), (f16::from_f32(1.5), f16::from_f32(-0.25)));
    let matrix = tensor(&file, "encoder.layer.7.output.dense.weight");
    assert_eq!(matrix[..2], f16::from_f32(0.1).to_le_bytes());
    let bias = tensor(&file, "encoder.layer.7.output.dense.bias");
    assert_eq!(bias[..4], 0.1_f32.to_le_bytes());
    // The shift of ids: piece 700 of the model is sentencepiece's 699.
    for (new, old) in KEPT.into_iter().enumerate() {
        assert_eq!(piece(&file, new), e5_piece(old));
    }
    assert_eq!(tensor(&file, "tokenizer.scores")[16..20], score(699).to_le_bytes());
    assert_eq!(tensor(&file, "tokenizer.kinds"), [3, 3, 3, 2, 1, 1]);
    assert_eq!(tensor(&file, "tokenizer.charsmap"), CHARSMAP);

    let refusal = |weights: &[u8], tokenizer: &[u8]| {
        e5_hub(weights, tokenizer, &few(), &origin())
            .map_err(|error| with_causes(&error))
            .unwrap_err()
    };
    let too_large =
        hub_weights(|name| if name.contains("word_embeddings") { vec![1e6] } else { Vec::new() });
    let refusals = [
        refusal(&weights[..weights.len() - 1], &tokenizer),
        refusal(&too_large, &tokenizer),
        refusal(&weights, &sentencepiece(249_999, CHARSMAP)),
        refusal(&weights, b"{}"),
    ];
    expect![[r#"
        the file is not the one expected: its weights: incomplete metadata, file not fully covered
        the file is not the one expected: embeddings.word_embeddings.weight has a value that is no half number
        the file is not the one expected: its tokenizer has 250001 pieces
        the file is not the one expected: its tokenizer has type 3"#]].assert_eq(&refusals.join("\n"));
}
