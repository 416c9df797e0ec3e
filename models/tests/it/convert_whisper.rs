//! The converter of Whisper's wheels, on a made-up model.

use expect_test::expect;
use half::f16;
use models::convert::{Precision, whisper};
use std::io::Cursor;
use std::sync::LazyLock;

use crate::ggml::{Reader, Tensor};
use crate::made_whisper::{Model, TABLE, VOCABULARY, WIDTH, wheels};
use crate::places::{sha256, with_causes};

pub(crate) static MODEL: LazyLock<Model> = LazyLock::new(Model::new);
pub(crate) static FILE: LazyLock<Vec<u8>> = LazyLock::new(|| MODEL.file());
/// The bytes of the head: twelve numbers.
const HEAD_BYTES: usize = 48;
const N_FILTERS: usize = 80 * 201;

pub(crate) fn of(file: &[u8], vocabulary: &[u8], precision: Precision) -> Result<Vec<u8>, String> {
    let [first, second] = wheels(file, vocabulary).map(Cursor::new);
    whisper(first, second, precision).map_err(|error| with_causes(&error))
}

pub(crate) fn converted(file: &[u8]) -> Result<Vec<u8>, String> {
    of(file, VOCABULARY.as_bytes(), Precision::Half)
}

/// Reads a finished file's tensors.
fn tensors(file: &[u8]) -> Vec<Tensor> {
    let mut reader = Reader(&file[HEAD_BYTES + 8 + 4 * N_FILTERS..]);
    for _ in 0..reader.number() {
        reader.text();
    }
    reader.tensors()
}

/// Gives the variable of which a tensor is made, and which of the parts that lie in it.
fn source(name: &str) -> (String, usize) {
    let (side, rest) = name.split_once('.').unwrap();
    let (layer, rest) = match rest.strip_prefix("blocks.") {
        Some(rest) => {
            let (n, rest) = rest.split_once('.').unwrap();
            (format!("layer_{n}/"), rest)
        }
        None => (String::new(), rest),
    };
    let (rest, last) = rest.rsplit_once('.').unwrap_or((rest, ""));
    let (from, part) = match rest {
        "positional_embedding" => ("position_encodings/encodings", 0),
        "token_embedding" => ("embeddings", 0),
        "conv1" => ("conv1", 0),
        "conv2" => ("conv2", 0),
        "ln" | "ln_post" => ("layer_norm", 0),
        "mlp_ln" => ("ffn/layer_norm", 0),
        "mlp.0" => ("ffn/linear_0", 0),
        "mlp.2" => ("ffn/linear_1", 0),
        "attn_ln" => ("self_attention/layer_norm", 0),
        "attn.query" => ("self_attention/linear_0", 0),
        "attn.key" => ("self_attention/linear_0", 1),
        "attn.value" => ("self_attention/linear_0", 2),
        "attn.out" => ("self_attention/linear_1", 0),
        "cross_attn_ln" => ("attention/layer_norm", 0),
        "cross_attn.query" => ("attention/linear_0", 0),
        "cross_attn.key" => ("attention/linear_1", 0),
        "cross_attn.value" => ("attention/linear_1", 1),
        "cross_attn.out" => ("attention/linear_2", 0),
        _ => panic!("{name} is not known"),
    };
    let last = match last {
        "" => "",
        "weight" if from.ends_with("norm") => "/gamma",
        "bias" if from.ends_with("norm") => "/beta",
        "weight" => "/weight",
        _ => "/bias",
    };
    (format!("{side}/{layer}{from}{last}"), part)
}

/// Gives the halves of which a tensor is made.
fn halves(tensor: &Tensor) -> Vec<f16> {
    let (name, part) = source(&tensor.name);
    let n: usize = tensor.sides.iter().product();
    let data = MODEL.data(&name);
    let halves = data.as_chunks().0.iter().map(|two| f16::from_le_bytes(*two));
    halves.skip(part * n).take(n).collect()
}

#[test]
fn sizes_filters_and_vocabulary_come_first() {
    let file = converted(&FILE).unwrap();
    let mut reader = Reader(&file);
    assert_eq!(reader.numbers(), [0x6767_6d6c, 8, 6, 64, 2, 2, 5, 64, 4, 3, 80, 1]);
    assert_eq!(reader.numbers(), [80, 201]);
    let filters = reader.bytes(4 * N_FILTERS);
    let texts: Vec<&[u8]> = (0..reader.number()).map(|_| reader.text()).collect();
    assert_eq!(texts, [b"a", b" (\xad".as_slice(), b"\xc3\xac", b""]);

    let filter = |band: usize, frequency: usize| {
        let at = 4 * (201 * band + frequency);
        f32::from_le_bytes(filters[at..at + 4].try_into().unwrap())
    };
    assert_eq!(filters[..4], 0.0_f32.to_le_bytes(), "+0");
    // As they are in the table that the model was trained with.
    let known = [filter(0, 1), filter(0, 2), filter(1, 2), filter(40, 43), filter(79, 199)];
    let wanted = [0.024_862_595_f32, 0.0, 0.022_871_772, 0.014_735_566, 0.000_448_759];
    assert_eq!(known.map(f32::to_bits), wanted.map(f32::to_bits));
    let hash = "85818f156f7e189453901a515e4726d270d307f976e161cf9403e8caab405498";
    assert_eq!(sha256(filters), hash);
}

#[test]
fn tensors_come_in_the_order_of_the_original() {
    let tensors = tensors(&converted(&FILE).unwrap());
    let block = |tensor: &Tensor| {
        let parts: Vec<&str> = tensor.name.split('.').collect();
        if parts[1] == "blocks" { parts[..3].join(".") } else { tensor.name.clone() }
    };
    let mut blocks: Vec<String> = tensors.iter().map(block).collect();
    blocks.dedup();
    expect![[r#"
        decoder.positional_embedding
        encoder.positional_embedding
        decoder.token_embedding.weight
        decoder.blocks.0
        decoder.blocks.1
        decoder.blocks.2
        decoder.ln.weight
        decoder.ln.bias
        encoder.conv1.weight
        encoder.conv1.bias
        encoder.conv2.weight
        encoder.conv2.bias
        encoder.blocks.0
        encoder.blocks.1
        encoder.ln_post.weight
        encoder.ln_post.bias"#]]
    .assert_eq(&blocks.join("\n"));
}

#[test]
fn tensors_are_named_as_in_the_original() {
    let tensors = tensors(&converted(&FILE).unwrap());
    let shown = [".blocks.1.", ".ln", ".conv", "embedding"];
    let is_shown = |tensor: &&Tensor| shown.iter().any(|part| tensor.name.contains(part));
    let heads: Vec<String> = tensors.iter().filter(is_shown).map(Tensor::head).collect();
    expect![[r#"
        decoder.positional_embedding f32 [64, 5]
        encoder.positional_embedding f32 [64, 6]
        decoder.token_embedding.weight f16 [64, 8]
        decoder.blocks.1.mlp_ln.weight f32 [64]
        decoder.blocks.1.mlp_ln.bias f32 [64]
        decoder.blocks.1.mlp.0.weight f16 [64, 256]
        decoder.blocks.1.mlp.0.bias f32 [256]
        decoder.blocks.1.mlp.2.weight f16 [256, 64]
        decoder.blocks.1.mlp.2.bias f32 [64]
        decoder.blocks.1.attn_ln.weight f32 [64]
        decoder.blocks.1.attn_ln.bias f32 [64]
        decoder.blocks.1.attn.query.weight f16 [64, 64]
        decoder.blocks.1.attn.query.bias f32 [64]
        decoder.blocks.1.attn.key.weight f16 [64, 64]
        decoder.blocks.1.attn.value.weight f16 [64, 64]
        decoder.blocks.1.attn.value.bias f32 [64]
        decoder.blocks.1.attn.out.weight f16 [64, 64]
        decoder.blocks.1.attn.out.bias f32 [64]
        decoder.blocks.1.cross_attn_ln.weight f32 [64]
        decoder.blocks.1.cross_attn_ln.bias f32 [64]
        decoder.blocks.1.cross_attn.query.weight f16 [64, 64]
        decoder.blocks.1.cross_attn.query.bias f32 [64]
        decoder.blocks.1.cross_attn.key.weight f16 [64, 64]
        decoder.blocks.1.cross_attn.value.weight f16 [64, 64]
        decoder.blocks.1.cross_attn.value.bias f32 [64]
        decoder.blocks.1.cross_attn.out.weight f16 [64, 64]
        decoder.blocks.1.cross_attn.out.bias f32 [64]
        decoder.ln.weight f32 [64]
        decoder.ln.bias f32 [64]
        encoder.conv1.weight f16 [3, 80, 64]
        encoder.conv1.bias f32 [1, 64]
        encoder.conv2.weight f16 [3, 64, 64]
        encoder.conv2.bias f32 [1, 64]
        encoder.blocks.1.mlp_ln.weight f32 [64]
        encoder.blocks.1.mlp_ln.bias f32 [64]
        encoder.blocks.1.mlp.0.weight f16 [64, 256]
        encoder.blocks.1.mlp.0.bias f32 [256]
        encoder.blocks.1.mlp.2.weight f16 [256, 64]
        encoder.blocks.1.mlp.2.bias f32 [64]
        encoder.blocks.1.attn_ln.weight f32 [64]
        encoder.blocks.1.attn_ln.bias f32 [64]
        encoder.blocks.1.attn.query.weight f16 [64, 64]
        encoder.blocks.1.attn.query.bias f32 [64]
        encoder.blocks.1.attn.key.weight f16 [64, 64]
        encoder.blocks.1.attn.value.weight f16 [64, 64]
        encoder.blocks.1.attn.value.bias f32 [64]
        encoder.blocks.1.attn.out.weight f16 [64, 64]
        encoder.blocks.1.attn.out.bias f32 [64]
        encoder.ln_post.weight f32 [64]
        encoder.ln_post.bias f32 [64]"#]]
    .assert_eq(&heads.join("\n"));
}

#[test]
fn every_number_is_where_it_belongs() {
    let tensors = tensors(&converted(&FILE).unwrap());
    for tensor in &tensors {
        let halves = halves(tensor);
        let wanted: Vec<u8> = match tensor.packing {
            0 => halves.iter().flat_map(|half| half.to_f32().to_le_bytes()).collect(),
            _ => halves.iter().flat_map(|half| half.to_le_bytes()).collect(),
        };
        assert!(tensor.data == wanted, "{}", tensor.head());
    }
    let again = converted(&FILE).unwrap();
    assert!(again == converted(&FILE).unwrap(), "the same wheels give the same bytes");
}

#[test]
fn a_byte_a_weight_is_the_nearest_code() {
    let mut model = MODEL.clone();
    // The scale of the first block is a 64th; the second block is all zeros.
    let codes = [127.0, 1.5, -1.5, 0.5, 2.5, -2.5, 0.484_375, -126.5, -127.0, 3.0];
    let block = codes.iter().flat_map(|code| f16::from_f32(code / 64.0).to_le_bytes());
    let mut row: Vec<u8> = block.collect();
    row.resize(2 * WIDTH as usize, 0);
    model.variable(TABLE).data[..row.len()].copy_from_slice(&row);
    let file = of(&model.file(), VOCABULARY.as_bytes(), Precision::Q8).unwrap();
    assert_eq!(file[44..48], 2_007_i32.to_le_bytes(), "what the head says of the packing");
    let quantised = tensors(&file);
    let table = quantised.iter().find(|tensor| tensor.name.contains("token_embedding")).unwrap();
    let mut wanted = f16::from_f32(1.0 / 64.0).to_le_bytes().to_vec();
    let nearest: [i8; 10] = [127, 2, -2, 1, 3, -3, 0, -127, -127, 3];
    wanted.extend(nearest.map(i8::cast_unsigned));
    wanted.resize(34 + 34, 0);
    assert_eq!(table.data[..68], wanted);

    let whole = tensors(&converted(&FILE).unwrap());
    assert_eq!(quantised.len(), whole.len());
    for (tensor, whole) in quantised.iter().zip(&whole) {
        // Matrices, but for what is added once a value.
        let is_matrix = whole.packing == 1 && whole.sides.len() == 2;
        assert_eq!(
            (tensor.packing, &tensor.name),
            (if is_matrix { 8 } else { whole.packing }, &whole.name)
        );
        if is_matrix && tensor.name != table.name {
            assert_near(tensor);
        } else if !is_matrix {
            assert!(tensor.data == whole.data, "{}", tensor.name);
        }
    }
}

/// Checks that no weight is further from its code than half a step, and what rounding the scale
/// adds.
fn assert_near(tensor: &Tensor) {
    let halves = halves(tensor);
    for (block, weights) in tensor.data.as_chunks::<34>().0.iter().zip(halves.chunks(32)) {
        let scale = f16::from_le_bytes([block[0], block[1]]).to_f32();
        for (code, weight) in block[2..].iter().zip(weights) {
            let (found, wanted) = (f32::from(code.cast_signed()) * scale, weight.to_f32());
            assert!(
                (found - wanted).abs() <= 0.57 * scale,
                "{}: {found} for {wanted}",
                tensor.name
            );
        }
    }
}
