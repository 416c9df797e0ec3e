//! Sentencepiece's model file: a protobuf message of pieces, training facts and normaliser.
//!
//! Only unigram models with sentencepiece's own habits are read (a space in front, spaces kept as
//! U+2581, runs of spaces as one): what the encoders' tokenizer does.

use super::ConvertError;
use super::bytes::Bytes;
use super::pieces::{Kind, Pieces};

/// A tokenizer has at most so many pieces.
const MAX_PIECES: usize = 1_000_000;
/// A varint has at most so many bytes.
const MAX_VARINT_BYTES: u32 = 10;
/// `TrainerSpec.model_type` of a unigram model.
const UNIGRAM: u64 = 1;

/// What the encoders need of the file.
pub(super) struct Model {
    pub(super) pieces: Pieces,
    /// `precompiled_charsmap`, as it is.
    pub(super) charsmap: Vec<u8>,
}

/// A field's value.
enum Value<'a> {
    Number(u64),
    Four([u8; 4]),
    Bytes(&'a [u8]),
}

/// Reads a model file.
pub(super) fn read(file: &[u8]) -> Result<Model, ConvertError> {
    let mut pieces = Pieces::new();
    let mut charsmap = Vec::new();
    each_field(file, |field, value| {
        match (field, value) {
            (1, Value::Bytes(piece)) if pieces.len() < MAX_PIECES => {
                read_piece(piece, &mut pieces)?;
            }
            (1, _) => return Err(ConvertError::strange("its tokenizer has no end")),
            (2, Value::Bytes(trainer)) => check_trainer(trainer)?,
            (3, Value::Bytes(normaliser)) => charsmap = read_normaliser(normaliser)?,
            // A self-test and a denormaliser: of no use here.
            _ => {}
        }
        Ok(())
    })?;
    if charsmap.is_empty() {
        return Err(ConvertError::strange("its tokenizer has no normaliser"));
    }
    Ok(Model { pieces, charsmap })
}

fn read_piece(message: &[u8], pieces: &mut Pieces) -> Result<(), ConvertError> {
    let (mut text, mut score, mut kind) = (&[][..], 0.0, Kind::Normal);
    each_field(message, |field, value| {
        match (field, value) {
            (1, Value::Bytes(bytes)) => text = bytes,
            (2, Value::Four(four)) => score = f32::from_le_bytes(four),
            (3, Value::Number(1)) => kind = Kind::Normal,
            (3, Value::Number(2)) => kind = Kind::Unknown,
            (3, Value::Number(3)) => kind = Kind::Control,
            (3, Value::Number(4)) => kind = Kind::UserDefined,
            (3, Value::Number(other)) => {
                return Err(ConvertError::strange(format!("a piece of kind {other}")));
            }
            _ => {}
        }
        Ok(())
    })?;
    pieces.push(text, score, kind)
}

fn check_trainer(message: &[u8]) -> Result<(), ConvertError> {
    each_field(message, |field, value| match (field, value) {
        (3, Value::Number(kind)) if kind != UNIGRAM => {
            Err(ConvertError::strange(format!("a tokenizer of kind {kind}, not unigram")))
        }
        _ => Ok(()),
    })
}

fn read_normaliser(message: &[u8]) -> Result<Vec<u8>, ConvertError> {
    let mut charsmap = Vec::new();
    each_field(message, |field, value| {
        match (field, value) {
            (2, Value::Bytes(bytes)) => charsmap = bytes.to_vec(),
            (3..=5, Value::Number(0)) => {
                return Err(ConvertError::strange("a tokenizer that treats spaces otherwise"));
            }
            _ => {}
        }
        Ok(())
    })?;
    check_charsmap(&charsmap)?;
    Ok(charsmap)
}

/// Checks that the trie and the replacements behind it are whole.
fn check_charsmap(charsmap: &[u8]) -> Result<(), ConvertError> {
    let mut bytes = Bytes::new(charsmap, "tokenizer's normaliser");
    let n_trie = usize::try_from(bytes.u32()?).unwrap_or(usize::MAX);
    let trie = bytes.take(n_trie)?;
    if trie.is_empty() || !trie.len().is_multiple_of(4) {
        return Err(ConvertError::strange("its tokenizer's normaliser is no trie"));
    }
    Ok(())
}

/// Hands every field of a message to `each`, in order.
fn each_field<'a>(
    message: &'a [u8],
    mut each: impl FnMut(u64, Value<'a>) -> Result<(), ConvertError>,
) -> Result<(), ConvertError> {
    let mut bytes = Bytes::new(message, "tokenizer");
    while !bytes.is_empty() {
        let tag = varint(&mut bytes)?;
        let value = match tag & 7 {
            0 => Value::Number(varint(&mut bytes)?),
            1 => Value::Bytes(bytes.take(8)?),
            2 => {
                let n_bytes = usize::try_from(varint(&mut bytes)?).unwrap_or(usize::MAX);
                Value::Bytes(bytes.take(n_bytes)?)
            }
            5 => Value::Four(bytes.array()?),
            other => return Err(ConvertError::strange(format!("its tokenizer has type {other}"))),
        };
        each(tag >> 3, value)?;
    }
    Ok(())
}

fn varint(bytes: &mut Bytes<'_>) -> Result<u64, ConvertError> {
    let mut number = 0;
    for n in 0..MAX_VARINT_BYTES {
        let byte = bytes.u8()?;
        number |= u64::from(byte & 0x7f) << (7 * n);
        if byte < 0x80 {
            return Ok(number);
        }
    }
    Err(ConvertError::strange("its tokenizer has a number without end"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Two pieces and a normaliser.
    const MODEL: &[u8] =
        b"\x0a\x09\x0a\x05<unk>\x18\x02\x0a\x0a\x0a\x03\xe2\x96\x81\x15\0\0\x80\xbf\
        \x12\x02\x18\x01\x1a\x0c\x12\x0a\x04\0\0\0\0\0\0\0a\0";

    #[test]
    fn a_model_is_read() {
        let model = read(MODEL).map_err(|error| error.to_string()).unwrap();
        assert_eq!((model.pieces.len(), model.charsmap.len()), (2, 10));
        assert_eq!(model.pieces.piece(1), "\u{2581}".as_bytes());
        assert_eq!((model.pieces.score(1), model.pieces.kind(0)), (-1.0, Some(Kind::Unknown)));
    }

    proptest! {
        #[test]
        fn wrong_bytes_never_panic(at in any::<prop::sample::Index>(), byte in any::<u8>(), end in any::<prop::sample::Index>()) {
            let mut model = MODEL.to_vec();
            model[at.index(MODEL.len())] = byte;
            read(&model).ok();
            read(&MODEL[..end.index(MODEL.len())]).err().unwrap();
        }

        #[test]
        fn no_bytes_panic(bytes in prop::collection::vec(any::<u8>(), 0..64)) {
            read(&bytes).ok();
        }
    }
}
