//! multilingual-e5-small from the original: the hub's safetensors file and sentencepiece model.
//!
//! The tokenizer's ids are shifted: the first four are `<s>`, `<pad>`, `</s>` and `<unk>`, then come
//! sentencepiece's pieces from its fourth on, and `<mask>` at the end.

use safetensors::Dtype;

use super::bert_names::E5_SMALL;
use super::halves;
use super::pieces::{Kind, Pieces};
use super::tensors::Tensors;
use super::vocabulary::E5_N_PIECES;
use super::{ConvertError, Origin, Vocabulary, sentencepiece, tell_origin};

/// Pieces that sentencepiece has before the first shared one: `<unk>`, `<s>`, `</s>`.
const N_OWN: usize = 3;
/// Pieces of the model that are no text, in the order of their ids.
const SPECIALS: [(&str, Kind); 4] = [
    ("<s>", Kind::Control),
    ("<pad>", Kind::Control),
    ("</s>", Kind::Control),
    ("<unk>", Kind::Unknown),
];
const MASK: &str = "<mask>";

/// Converts both files.
pub(super) fn convert(
    weights: &[u8],
    tokenizer: &[u8],
    vocabulary: &Vocabulary,
    origin: &Origin,
) -> Result<Vec<u8>, ConvertError> {
    let mut out = Tensors::default();
    tell_origin(&mut out, E5_SMALL.name, origin);
    add_tokenizer(&mut out, tokenizer, vocabulary)?;
    halves::add_all(&mut out, weights, &E5_SMALL, Some(vocabulary))?;
    out.into_bytes()
}

fn add_tokenizer(
    out: &mut Tensors,
    tokenizer: &[u8],
    vocabulary: &Vocabulary,
) -> Result<(), ConvertError> {
    let model = sentencepiece::read(tokenizer)?;
    let pieces = shifted(&model.pieces)?;
    if pieces.len() != E5_N_PIECES || vocabulary.n_before() != E5_N_PIECES {
        return Err(ConvertError::strange(format!("its tokenizer has {} pieces", pieces.len())));
    }
    for (name, old) in [("bos", 0), ("pad", 1), ("eos", 2), ("unk", 3)] {
        let new = vocabulary.new_id(old).ok_or_else(|| {
            ConvertError::strange(format!("the list of kept pieces leaves {name} out"))
        })?;
        out.tell(&format!("guichet.{name}"), &new);
    }
    let n_charsmap = model.charsmap.len();
    out.add("tokenizer.charsmap", Dtype::U8, &[n_charsmap], model.charsmap)?;
    pieces.kept(vocabulary)?.write(out)
}

/// Renumbers sentencepiece's pieces as the model has them.
fn shifted(own: &Pieces) -> Result<Pieces, ConvertError> {
    for (id, name) in ["<unk>", "<s>", "</s>"].into_iter().enumerate() {
        if own.piece(id) != name.as_bytes() {
            return Err(ConvertError::strange(format!(
                "piece {id} of its tokenizer is not {name}"
            )));
        }
    }
    let mut pieces = Pieces::new();
    for (name, kind) in SPECIALS {
        pieces.push(name.as_bytes(), 0.0, kind)?;
    }
    for id in N_OWN..own.len() {
        let kind = own.kind(id).unwrap_or(Kind::Normal);
        pieces.push(own.piece(id), own.score(id), kind)?;
    }
    pieces.push(MASK.as_bytes(), 0.0, Kind::Control)?;
    Ok(pieces)
}
