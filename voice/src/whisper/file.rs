//! Whisper's weights as whisper.cpp writes them (the ggml format, with mel filters and vocabulary).
//!
//! Nothing of a file is trusted: what is cut, or of another shape, is refused in words.

use half::f16;
use half::slice::HalfFloatSliceExt;
use nlu_kernels::{BLOCK, Blocks, Panels};
use std::collections::BTreeMap;

const MAGIC: u32 = 0x6767_6d6c;
/// Frequencies of a spectrum of [`super::mel::WINDOW`] samples.
pub(super) const N_FREQUENCIES: usize = 201;
/// What no side of a model exceeds.
const MAX_SIDE: usize = 1 << 20;
/// Bytes of the longest token.
const MAX_TOKEN_BYTES: usize = 1_024;
/// Bytes of the longest name of a tensor.
const MAX_NAME_BYTES: usize = 256;

/// Why a file of weights is refused.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// It ends too early.
    #[error("the model file is cut: it ends within its {0}")]
    Cut(&'static str),
    /// It is not what is known.
    #[error("the model file is not Whisper's: {0}")]
    Strange(String),
}

/// The sides of a model.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sides {
    /// Tokens.
    pub n_tokens: usize,
    /// Steps of sound that the encoder takes at most, 50 a second.
    pub n_steps: usize,
    /// Numbers of a vector.
    pub width: usize,
    /// Heads of the attention.
    pub n_heads: usize,
    /// Layers of the encoder.
    pub n_encoder_layers: usize,
    /// Places of text.
    pub n_places: usize,
    /// Layers of the decoder.
    pub n_decoder_layers: usize,
    /// Bands of the spectrum.
    pub n_bands: usize,
}

/// A file, taken apart.
pub(super) struct File<'a> {
    pub(super) sides: Sides,
    /// The bands, each a row of [`N_FREQUENCIES`].
    pub(super) filters: Vec<f32>,
    /// The bytes of each token of text.
    pub(super) tokens: Vec<&'a [u8]>,
    tensors: BTreeMap<&'a [u8], Tensor<'a>>,
}

struct Tensor<'a> {
    /// The sides, the outermost first.
    shape: Vec<usize>,
    kind: Kind,
    bytes: &'a [u8],
}

/// How numbers are written.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    F32,
    F16,
    /// [`BLOCK`] numbers in five bits, with a scale.
    Q5_0,
    /// The same with a least value.
    Q5_1,
    /// [`BLOCK`] numbers in bytes, with a scale.
    Q8_0,
}

impl Kind {
    const fn of(code: u32) -> Option<Self> {
        Some(match code {
            0 => Self::F32,
            1 => Self::F16,
            6 => Self::Q5_0,
            7 => Self::Q5_1,
            8 => Self::Q8_0,
            _ => return None,
        })
    }

    /// Gives how many numbers stand together, and in how many bytes.
    const fn block(self) -> (usize, usize) {
        match self {
            Self::F32 => (1, 4),
            Self::F16 => (1, 2),
            Self::Q5_0 => (BLOCK, 22),
            Self::Q5_1 => (BLOCK, 24),
            Self::Q8_0 => (BLOCK, 34),
        }
    }
}

/// Bytes still to be read.
struct Bytes<'a> {
    rest: &'a [u8],
    part: &'static str,
}

impl<'a> Bytes<'a> {
    fn take(&mut self, n: usize) -> Result<&'a [u8], ReadError> {
        let (taken, rest) = self.rest.split_at_checked(n).ok_or(ReadError::Cut(self.part))?;
        self.rest = rest;
        Ok(taken)
    }

    fn u32(&mut self) -> Result<u32, ReadError> {
        let four = self.take(4)?.first_chunk().ok_or(ReadError::Cut(self.part))?;
        Ok(u32::from_le_bytes(*four))
    }

    /// Takes a count that is at most `most`.
    fn count(&mut self, most: usize) -> Result<usize, ReadError> {
        let count = self.u32()?;
        usize::try_from(count).ok().filter(|count| *count <= most).ok_or_else(|| {
            ReadError::Strange(format!("{count} is too much within its {}", self.part))
        })
    }
}

impl<'a> File<'a> {
    /// Takes a file apart.
    pub(super) fn read(bytes: &'a [u8]) -> Result<Self, ReadError> {
        let mut bytes = Bytes { rest: bytes, part: "header" };
        if bytes.u32()? != MAGIC {
            return Err(ReadError::Strange("it does not begin like one".into()));
        }
        let sides = sides(&mut bytes)?;
        bytes.part = "mel filters";
        let (n_bands, n_frequencies) = (bytes.count(MAX_SIDE)?, bytes.count(MAX_SIDE)?);
        if n_bands != sides.n_bands || n_frequencies != N_FREQUENCIES {
            let words = format!("its filters are {n_bands} by {n_frequencies}");
            return Err(ReadError::Strange(words));
        }
        let filters = floats(bytes.take(n_bands * n_frequencies * 4)?).collect();
        bytes.part = "vocabulary";
        let n_words = bytes.count(sides.n_tokens)?;
        let mut tokens = Vec::with_capacity(n_words);
        for _ in 0..n_words {
            let n_bytes = bytes.count(MAX_TOKEN_BYTES)?;
            tokens.push(bytes.take(n_bytes)?);
        }
        bytes.part = "tensors";
        let mut tensors = BTreeMap::new();
        while !bytes.rest.is_empty() {
            let (name, tensor) = tensor(&mut bytes)?;
            tensors.insert(name, tensor);
        }
        Ok(Self { sides, filters, tokens, tensors })
    }

    fn tensor(&self, name: &str, shape: &[usize]) -> Result<&Tensor<'a>, ReadError> {
        let tensor = self.tensors.get(name.as_bytes());
        let tensor = tensor.ok_or_else(|| ReadError::Strange(format!("it has no {name}")))?;
        if tensor.shape == shape {
            return Ok(tensor);
        }
        let words = format!("{name} has the shape {:?}, not {shape:?}", tensor.shape);
        Err(ReadError::Strange(words))
    }

    /// Gives the numbers of a tensor, row by row.
    pub(super) fn numbers(&self, name: &str, shape: &[usize]) -> Result<Vec<f32>, ReadError> {
        Ok(self.tensor(name, shape)?.numbers())
    }

    /// Gives some rows of a matrix as one in bytes.
    pub(super) fn chosen(
        &self,
        name: &str,
        shape: [usize; 2],
        rows: &[usize],
    ) -> Result<Panels, ReadError> {
        let blocks = self.tensor(name, &shape)?.blocks();
        let width = shape[1];
        let mut chosen = Blocks::default();
        for row in rows {
            let cells = blocks.cells.get(row * width..(row + 1) * width);
            let scales = blocks.scales.get(row * width / BLOCK..(row + 1) * width / BLOCK);
            chosen.cells.extend(cells.unwrap_or_default());
            chosen.scales.extend(scales.unwrap_or_default());
        }
        Ok(Panels::of_outputs(&[chosen], width, rows.len()))
    }

    /// Gives matrices of one shape side by side, in bytes.
    pub(super) fn panels(
        &self,
        names: &[String],
        n_outputs: usize,
        n_inputs: usize,
    ) -> Result<Panels, ReadError> {
        if !n_inputs.is_multiple_of(BLOCK) {
            return Err(ReadError::Strange(format!("its width is {n_inputs}")));
        }
        let shape = [n_outputs, n_inputs];
        let blocks = names.iter().map(|name| Ok(self.tensor(name, &shape)?.blocks()));
        let blocks: Vec<Blocks> = blocks.collect::<Result<_, ReadError>>()?;
        Ok(Panels::of_outputs(&blocks, n_inputs, n_outputs))
    }
}

fn sides(bytes: &mut Bytes<'_>) -> Result<Sides, ReadError> {
    let mut side = || bytes.count(MAX_SIDE);
    let sides = Sides {
        n_tokens: side()?,
        n_steps: side()?,
        width: side()?,
        n_heads: side()?,
        n_encoder_layers: side()?,
        n_places: side()?,
        n_decoder_layers: {
            let (width, n_heads) = (side()?, side()?);
            let n_layers = side()?;
            if width == 0 || n_heads == 0 || !width.is_multiple_of(n_heads) {
                return Err(ReadError::Strange(format!("{n_heads} heads share {width} numbers")));
            }
            n_layers
        },
        n_bands: side()?,
    };
    // How most tensors are written; each says it again.
    bytes.u32()?;
    Ok(sides)
}

fn tensor<'a>(bytes: &mut Bytes<'a>) -> Result<(&'a [u8], Tensor<'a>), ReadError> {
    let n_sides = bytes.count(4)?;
    let n_name = bytes.count(MAX_NAME_BYTES)?;
    let code = bytes.u32()?;
    let sides: Result<Vec<usize>, ReadError> =
        (0..n_sides).map(|_| bytes.count(MAX_SIDE)).collect();
    let mut shape = sides?;
    let row = shape.first().copied().unwrap_or(1);
    shape.reverse();
    let name = bytes.take(n_name)?;
    let strange =
        |what: &str| ReadError::Strange(format!("{} {what}", String::from_utf8_lossy(name)));
    let kind = Kind::of(code).ok_or_else(|| strange("is written in an unknown way"))?;
    let (together, n_bytes) = kind.block();
    if !row.is_multiple_of(together) {
        return Err(strange("has rows that are no whole blocks"));
    }
    let n_numbers = shape.iter().try_fold(1_usize, |n, side| n.checked_mul(*side));
    let n_bytes = n_numbers.and_then(|n| (n / together).checked_mul(n_bytes));
    let bytes = bytes.take(n_bytes.ok_or_else(|| strange("is too large"))?)?;
    Ok((name, Tensor { shape, kind, bytes }))
}

fn floats(bytes: &[u8]) -> impl Iterator<Item = f32> {
    bytes.as_chunks().0.iter().map(|four| f32::from_le_bytes(*four))
}

fn half(bytes: &[u8], at: usize) -> f32 {
    let two = bytes.get(at..).and_then(|rest| rest.first_chunk()).copied();
    f16::from_le_bytes(two.unwrap_or_default()).to_f32()
}

impl Tensor<'_> {
    fn numbers(&self) -> Vec<f32> {
        match self.kind {
            Kind::F32 => floats(self.bytes).collect(),
            Kind::F16 => {
                let (halves, _) = self.bytes.as_chunks();
                let halves: Vec<f16> = halves.iter().map(|two| f16::from_le_bytes(*two)).collect();
                halves.to_f32_vec()
            }
            Kind::Q5_0 | Kind::Q5_1 | Kind::Q8_0 => {
                let n_bytes = self.kind.block().1;
                let blocks = self.bytes.chunks_exact(n_bytes);
                blocks.flat_map(|block| unpacked(block, self.kind)).collect()
            }
        }
    }

    fn blocks(&self) -> Blocks {
        if self.kind != Kind::Q8_0 {
            return Blocks::rounded(&self.numbers());
        }
        let blocks = || self.bytes.chunks_exact(self.kind.block().1);
        Blocks {
            cells: blocks()
                .flat_map(|block| block.iter().skip(2).map(|b| b.cast_signed()))
                .collect(),
            scales: blocks().map(|block| half(block, 0)).collect(),
        }
    }
}

/// Gives the numbers of one block.
fn unpacked(block: &[u8], kind: Kind) -> [f32; BLOCK] {
    let scale = half(block, 0);
    let mut numbers = [0.0; BLOCK];
    if kind == Kind::Q8_0 {
        for (number, byte) in numbers.iter_mut().zip(block.iter().skip(2)) {
            *number = f32::from(byte.cast_signed()) * scale;
        }
        return numbers;
    }
    let (least, skipped) =
        if kind == Kind::Q5_1 { (half(block, 2), 4) } else { (-16.0 * scale, 2) };
    let (high, low) = block.split_at(skipped).1.split_at(4);
    let high = u32::from_le_bytes(high.first_chunk().copied().unwrap_or_default());
    let (first, second) = numbers.split_at_mut(BLOCK / 2);
    for (at, byte) in low.iter().enumerate() {
        let fifth = |place: usize| u8::from((high >> place) & 1 == 1) << 4;
        first[at] = f32::from((byte & 15) | fifth(at)).mul_add(scale, least);
        second[at] = f32::from((byte >> 4) | fifth(at + BLOCK / 2)).mul_add(scale, least);
    }
    numbers
}
