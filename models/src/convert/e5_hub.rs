//! multilingual-e5-small from the original: the hub's safetensors file and sentencepiece model.
//!
//! The tokenizer's ids are shifted: the first four are `<s>`, `<pad>`, `</s>` and `<unk>`, then come
//! sentencepiece's pieces from its fourth on, and `<mask>` at the end. Matrices become half
//! precision; what is added or multiplied once a value stays as it is.

use half::f16;
use safetensors::{Dtype, SafeTensors};

use super::bytes::f32s;
use super::e5_names::{Known, MODEL, WORDS, known};
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
    let weights = SafeTensors::deserialize(weights)
        .map_err(|error| ConvertError::strange(format!("its weights: {error}")))?;
    let mut out = Tensors::default();
    tell_origin(&mut out, MODEL, origin);
    add_tokenizer(&mut out, tokenizer, vocabulary)?;
    for tensor in known() {
        add(&mut out, &weights, &tensor, vocabulary)?;
    }
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

fn add(
    out: &mut Tensors,
    weights: &SafeTensors<'_>,
    tensor: &Known,
    vocabulary: &Vocabulary,
) -> Result<(), ConvertError> {
    let view = weights
        .tensor(&tensor.name)
        .map_err(|_| ConvertError::strange(format!("it has no tensor {}", tensor.name)))?;
    if view.shape() != tensor.shape || view.dtype() != Dtype::F32 {
        return Err(ConvertError::strange(format!(
            "{} is {} of shape {:?}, not F32 of shape {:?}",
            tensor.name,
            view.dtype(),
            view.shape(),
            tensor.shape
        )));
    }
    let data = view.data();
    if tensor.name == WORDS {
        let row_bytes = data.len() / tensor.shape[0];
        let rows = vocabulary.ids().filter_map(|id| data.chunks_exact(row_bytes).nth(id));
        let kept: Vec<u8> = rows.flat_map(|row| row.iter().copied()).collect();
        let shape = [vocabulary.len(), tensor.shape[1]];
        return out.add(&tensor.name, Dtype::F16, &shape, halved(&kept, tensor)?);
    }
    if tensor.is_matrix() {
        return out.add(&tensor.name, Dtype::F16, &tensor.shape, halved(data, tensor)?);
    }
    if !f32s(data).all(f32::is_finite) {
        return Err(no_number(tensor));
    }
    out.add(&tensor.name, Dtype::F32, &tensor.shape, data.to_vec())
}

/// Rounds to half precision; what does not fit there is refused.
fn halved(data: &[u8], tensor: &Known) -> Result<Vec<u8>, ConvertError> {
    let mut bytes = Vec::with_capacity(data.len() / 2);
    for value in f32s(data) {
        let value = f16::from_f32(value);
        if !value.is_finite() {
            return Err(no_number(tensor));
        }
        bytes.extend(value.to_le_bytes());
    }
    Ok(bytes)
}

fn no_number(tensor: &Known) -> ConvertError {
    ConvertError::strange(format!("{} has a value that is no half number", tensor.name))
}
