//! The converter of Silero's wheel, on a made-up network.

use expect_test::expect;
use half::f16;
use models::convert::silero_vad;
use proptest::prelude::*;
use safetensors::Dtype;
use safetensors::tensor::TensorView;
use std::io::Cursor;
use std::sync::LazyLock;

use crate::ggml::{Reader, Tensor};
use crate::made_whisper::stored;
use crate::places::with_causes;

/// A tensor of the source.
#[derive(Clone)]
struct Made {
    name: &'static str,
    kind: Dtype,
    shape: Vec<usize>,
    data: Vec<u8>,
}

static WEIGHTS: LazyLock<Vec<u8>> = LazyLock::new(|| file(&made()));

/// Lists the tensors, each with numbers of its own that half precision holds.
fn made() -> Vec<Made> {
    let shapes: [(&str, &[usize]); 15] = [
        ("stft_conv.weight", &[258, 1, 256]),
        ("conv1.weight", &[128, 129, 3]),
        ("conv1.bias", &[128]),
        ("conv2.weight", &[64, 128, 3]),
        ("conv2.bias", &[64]),
        ("conv3.weight", &[64, 64, 3]),
        ("conv3.bias", &[64]),
        ("conv4.weight", &[128, 64, 3]),
        ("conv4.bias", &[128]),
        ("lstm_cell.weight_ih", &[512, 128]),
        ("lstm_cell.weight_hh", &[512, 128]),
        ("lstm_cell.bias_ih", &[512]),
        ("lstm_cell.bias_hh", &[512]),
        ("final_conv.weight", &[1, 128, 1]),
        ("final_conv.bias", &[1]),
    ];
    let mut list = Vec::new();
    for (seed, (name, shape)) in (0_u16..).zip(shapes) {
        let n: usize = shape.iter().product();
        let number = |i: usize| f32::from(u16::try_from(i % 499).unwrap() + 31 * seed) / 128.0;
        let data = (0..n).flat_map(|i| number(i).to_le_bytes()).collect();
        list.push(Made { name, kind: Dtype::F32, shape: shape.to_vec(), data });
    }
    list
}

fn file(tensors: &[Made]) -> Vec<u8> {
    let views = tensors.iter().map(|Made { name, kind, shape, data }| {
        (*name, TensorView::new(*kind, shape.clone(), data).unwrap())
    });
    safetensors::serialize(views, None).unwrap()
}

fn converted(weights: &[u8]) -> Result<Vec<u8>, String> {
    let wheel = stored(&[("silero_vad/data/silero_vad_16k.safetensors", weights)]);
    silero_vad(Cursor::new(wheel)).map_err(|error| with_causes(&error))
}

#[test]
fn the_network_is_written_as_whisper_cpp_reads_it() {
    let file = converted(&WEIGHTS).unwrap();
    assert_eq!(file.len(), 885_098);
    let mut reader = Reader(&file);
    assert_eq!((reader.number(), reader.text()), (0x6767_6d6c, b"silero-16k".as_slice()));
    assert_eq!(reader.numbers(), [6, 2, 3, 512, 64, 4]);
    assert_eq!(reader.numbers(), [129, 128, 3, 128, 64, 3, 64, 64, 3, 64, 128, 3]);
    assert_eq!(reader.numbers(), [128, 128, 128, 1]);
    let tensors = reader.tensors();
    let heads: Vec<String> = tensors.iter().map(Tensor::head).collect();
    expect![[r#"
        _model.encoder.0.reparam_conv.weight f16 [3, 129, 128]
        _model.encoder.0.reparam_conv.bias f32 [128]
        _model.encoder.1.reparam_conv.weight f16 [3, 128, 64]
        _model.encoder.1.reparam_conv.bias f32 [64]
        _model.encoder.2.reparam_conv.weight f16 [3, 64, 64]
        _model.encoder.2.reparam_conv.bias f32 [64]
        _model.encoder.3.reparam_conv.weight f16 [3, 64, 128]
        _model.encoder.3.reparam_conv.bias f32 [128]
        _model.decoder.rnn.weight_ih f32 [128, 512]
        _model.decoder.rnn.weight_hh f32 [128, 512]
        _model.decoder.rnn.bias_ih f32 [512]
        _model.decoder.rnn.bias_hh f32 [512]
        _model.decoder.decoder.2.weight f16 [128]
        _model.decoder.decoder.2.bias f32 []
        _model.stft.forward_basis_buffer f16 [256, 1, 258]"#]]
    .assert_eq(&heads.join("\n"));

    // The basis is written last, the rest in its own order.
    let mut sources = made();
    sources.rotate_left(1);
    for (tensor, source) in tensors.iter().zip(&sources) {
        let floats = source.data.as_chunks().0.iter().map(|four| f32::from_le_bytes(*four));
        let wanted: Vec<u8> = match tensor.packing {
            0 => source.data.clone(),
            _ => floats.flat_map(|float| f16::from_f32(float).to_le_bytes()).collect(),
        };
        assert!(tensor.data == wanted, "{} from {}", tensor.name, source.name);
    }
    assert!(file == converted(&WEIGHTS).unwrap(), "the same wheel gives the same bytes");
}

#[test]
fn another_network_is_refused_in_words() {
    let refused = |change: &dyn Fn(&mut Vec<Made>)| {
        let mut tensors = made();
        change(&mut tensors);
        converted(&file(&tensors)).unwrap_err()
    };
    let more = Made { name: "more", kind: Dtype::U8, shape: vec![1], data: vec![0] };
    let set = |tensors: &mut Vec<Made>, at: usize, value: f32| {
        tensors[at].data[..4].copy_from_slice(&value.to_le_bytes());
    };
    let refusals = [
        refused(&|tensors| drop(tensors.pop())),
        refused(&|tensors| tensors.push(more.clone())),
        refused(&|tensors| tensors[3].name = "conv5.weight"),
        refused(&|tensors| tensors[1].shape.reverse()),
        refused(&|tensors| tensors[2].kind = Dtype::I32),
        refused(&|tensors| set(tensors, 1, 1e6)),
        refused(&|tensors| set(tensors, 9, f32::NAN)),
        converted(b"").unwrap_err(),
        converted(&WEIGHTS[..WEIGHTS.len() - 1]).unwrap_err(),
        silero_vad(Cursor::new(stored(&[]))).map_err(|error| with_causes(&error)).unwrap_err(),
    ];
    expect![[r#"
        the file is not the one expected: it has 14 tensors
        the file is not the one expected: it has 16 tensors
        the file is not the one expected: it has no tensor conv2.weight
        the file is not the one expected: conv1.weight is F32 of shape [3, 129, 128], not F32 of shape [128, 129, 3]
        the file is not the one expected: conv1.bias is I32 of shape [128], not F32 of shape [128]
        the file is not the one expected: conv1.weight has a value that is no half number
        the file is not the one expected: lstm_cell.weight_ih has a value that is no number
        the file is not the one expected: its weights: header too small
        the file is not the one expected: its weights: incomplete metadata, file not fully covered
        the file has no silero_vad/data/silero_vad_16k.safetensors in it"#]].assert_eq(&refusals.join("\n"));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn weights_that_are_cut_are_refused(at in any::<prop::sample::Index>()) {
        prop_assert!(converted(&WEIGHTS[..at.index(WEIGHTS.len())]).is_err());
    }

    #[test]
    fn wrong_bytes_never_panic(at in 0..2_000_usize, byte in any::<u8>(), bytes in prop::collection::vec(any::<u8>(), 0..100)) {
        let mut weights = WEIGHTS.clone();
        weights[at] = byte;
        converted(&weights).ok();
        converted(&bytes).unwrap_err();
        silero_vad(Cursor::new(bytes)).err().unwrap();
    }
}
