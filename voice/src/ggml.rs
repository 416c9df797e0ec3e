//! Model files of ggml's old format, as whisper.cpp writes them: what a model says of itself, then its
//! tensors, each with its name before its numbers; little-endian, without padding.
//!
//! Never here: which tensors a model has. Nothing of a file is trusted: what is cut, or of another
//! shape, is refused in words.

use half::f16;
use half::slice::HalfFloatSliceExt;
use nlu_kernels::{BLOCK, Blocks, Panels};
use std::collections::BTreeMap;

/// What every file begins with.
const MAGIC: u32 = 0x6767_6d6c;
/// What no side of a tensor exceeds.
pub(crate) const MAX_SIDE: usize = 1 << 20;
/// Sides of a tensor, at most.
const MAX_SIDES: usize = 4;
/// Bytes of a tensor's name, at most.
const MAX_NAME_BYTES: usize = 256;
const NO_NUMBER: &str = "has a value that is no number";

/// Why a model file is refused: fetch it anew (`guichet models fetch`).
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ReadError {
    /// It ends too early.
    #[error("the model file is cut: it ends within its {0}")]
    Cut(String),
    /// Another model's file, or none at all.
    #[error("the model file is another one: {0}")]
    Other(String),
    /// A part is missing.
    #[error("the model file has no {0}")]
    Missing(String),
    /// A part has another shape.
    #[error("in the model file {name} has the shape {found:?}, not {wanted:?}")]
    Shape {
        /// The part.
        name: String,
        /// The shape it has.
        found: Vec<usize>,
        /// The shape it should have.
        wanted: Vec<usize>,
    },
    /// A part is not what it should be.
    #[error("in the model file {name} {fault}")]
    Part {
        /// The part.
        name: String,
        /// What is wrong with it.
        fault: &'static str,
    },
}

/// Bytes still to be read.
pub(crate) struct Bytes<'a> {
    rest: &'a [u8],
    part: &'static str,
}

impl<'a> Bytes<'a> {
    /// Begins a file.
    pub(crate) fn open(bytes: &'a [u8]) -> Result<Self, ReadError> {
        let mut bytes = Self { rest: bytes, part: "beginning" };
        if bytes.u32()? == MAGIC {
            return Ok(bytes);
        }
        Err(ReadError::Other("it does not begin like one".into()))
    }

    /// Names the part that comes next.
    pub(crate) const fn enter(&mut self, part: &'static str) {
        self.part = part;
    }

    fn cut(&self) -> ReadError {
        ReadError::Cut(self.part.to_owned())
    }

    pub(crate) fn take(&mut self, n: usize) -> Result<&'a [u8], ReadError> {
        let (taken, rest) = self.rest.split_at_checked(n).ok_or_else(|| self.cut())?;
        self.rest = rest;
        Ok(taken)
    }

    pub(crate) fn u32(&mut self) -> Result<u32, ReadError> {
        let (four, rest) = self.rest.split_first_chunk().ok_or_else(|| self.cut())?;
        self.rest = rest;
        Ok(u32::from_le_bytes(*four))
    }

    /// Takes a count that is at most `most`.
    pub(crate) fn count(&mut self, most: usize) -> Result<usize, ReadError> {
        let count = self.u32()?;
        let fits = usize::try_from(count).ok().filter(|count| *count <= most);
        fits.ok_or_else(|| {
            ReadError::Other(format!("{count} is too much within its {}", self.part))
        })
    }
}

/// How numbers are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
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

/// The tensors of a file that nobody has taken yet, by name.
pub(crate) struct Tensors<'a>(BTreeMap<String, Tensor<'a>>);

/// A tensor.
pub(crate) struct Tensor<'a> {
    name: String,
    /// The sides, the outermost first.
    shape: Vec<usize>,
    kind: Kind,
    bytes: &'a [u8],
}

impl<'a> Tensors<'a> {
    /// Reads tensors up to the file's end.
    pub(crate) fn read(mut bytes: Bytes<'a>) -> Result<Self, ReadError> {
        bytes.enter("tensors");
        let mut tensors = BTreeMap::new();
        while !bytes.rest.is_empty() {
            let tensor = Tensor::read(&mut bytes)?;
            if tensors.contains_key(&tensor.name) {
                return Err(tensor.fault("comes twice"));
            }
            tensors.insert(tensor.name.clone(), tensor);
        }
        Ok(Self(tensors))
    }

    /// Takes a tensor out.
    pub(crate) fn take(&mut self, name: &str, shape: &[usize]) -> Result<Tensor<'a>, ReadError> {
        let tensor = self.0.remove(name).ok_or_else(|| ReadError::Missing(name.to_owned()))?;
        if tensor.shape == shape {
            return Ok(tensor);
        }
        let (found, wanted) = (tensor.shape, shape.to_vec());
        Err(ReadError::Shape { name: tensor.name, found, wanted })
    }

    /// Refuses a file of which something is left.
    pub(crate) fn expect_none(self) -> Result<(), ReadError> {
        match self.0.into_values().next() {
            Some(tensor) => Err(tensor.fault("is not known")),
            None => Ok(()),
        }
    }
}

impl<'a> Tensor<'a> {
    fn read(bytes: &mut Bytes<'a>) -> Result<Self, ReadError> {
        let (n_sides, n_name) = (bytes.count(MAX_SIDES)?, bytes.count(MAX_NAME_BYTES)?);
        let code = bytes.u32()?;
        let sides = (0..n_sides).map(|_| bytes.count(MAX_SIDE));
        let mut shape = sides.collect::<Result<Vec<usize>, ReadError>>()?;
        let row = shape.first().copied().unwrap_or(1);
        shape.reverse();
        let name = bytes.take(n_name)?.escape_ascii().to_string();
        let fault = |fault| ReadError::Part { name: name.clone(), fault };
        let kind = Kind::of(code).ok_or_else(|| fault("is written in an unknown way"))?;
        let (together, n_bytes) = kind.block();
        if !row.is_multiple_of(together) {
            return Err(fault("has rows that are no whole blocks"));
        }
        let n_numbers = shape.iter().try_fold(1_usize, |n, side| n.checked_mul(*side));
        let n_bytes = n_numbers.and_then(|n| (n / together).checked_mul(n_bytes));
        let data = bytes.take(n_bytes.ok_or_else(|| fault("is too large"))?)?;
        Ok(Self { name, shape, kind, bytes: data })
    }

    fn fault(&self, fault: &'static str) -> ReadError {
        ReadError::Part { name: self.name.clone(), fault }
    }

    /// Gives the numbers, row by row.
    pub(crate) fn numbers(&self) -> Result<Vec<f32>, ReadError> {
        let numbers = numbers(self.bytes, self.kind);
        if numbers.iter().all(|number| number.is_finite()) {
            return Ok(numbers);
        }
        Err(self.fault(NO_NUMBER))
    }

    /// Writes a row as bytes with scales, what is written otherwise rounded; tells whether all of them
    /// are numbers. A row that is not there leaves everything as it is.
    fn write_row(&self, row: usize, cells: &mut [i8], scales: &mut [f32]) -> bool {
        let (together, n_bytes) = self.kind.block();
        let n_bytes = cells.len() / together * n_bytes;
        let bytes = self.bytes.get(row * n_bytes..(row + 1) * n_bytes).unwrap_or_default();
        if self.kind == Kind::Q8_0 {
            let blocks = bytes.as_chunks::<{ BLOCK + 2 }>().0.iter();
            for ((block, cells), scale) in
                blocks.zip(cells.chunks_exact_mut(BLOCK)).zip(&mut *scales)
            {
                *scale = half(block, 0);
                for (cell, byte) in cells.iter_mut().zip(block.iter().skip(2)) {
                    *cell = byte.cast_signed();
                }
            }
            return scales.iter().all(|scale| scale.is_finite());
        }
        let numbers = numbers(bytes, self.kind);
        Blocks::round(&numbers, cells, scales);
        numbers.iter().all(|number| number.is_finite())
    }
}

/// Gives some rows of tensors, each of `width` numbers, as a matrix in bytes with a row for each output.
pub(crate) fn panels(rows: &[(&Tensor<'_>, usize)], width: usize) -> Result<Panels, ReadError> {
    let mut fault = None;
    let panels = Panels::of_written(width, rows.len(), |output, cells, scales| {
        if let Some((tensor, row)) = rows.get(output)
            && !tensor.write_row(*row, cells, scales)
        {
            fault.get_or_insert(tensor.fault(NO_NUMBER));
        }
    });
    fault.map_or(Ok(panels), Err)
}

/// Reads numbers of a kind that lie end to end.
fn numbers(bytes: &[u8], kind: Kind) -> Vec<f32> {
    match kind {
        Kind::F32 => floats(bytes).collect(),
        Kind::F16 => {
            let (halves, _) = bytes.as_chunks();
            let halves: Vec<f16> = halves.iter().map(|two| f16::from_le_bytes(*two)).collect();
            halves.to_f32_vec()
        }
        Kind::Q5_0 | Kind::Q5_1 | Kind::Q8_0 => {
            let blocks = bytes.chunks_exact(kind.block().1);
            blocks.flat_map(|block| unpacked(block, kind)).collect()
        }
    }
}

/// Reads numbers that lie end to end.
pub(crate) fn floats(bytes: &[u8]) -> impl Iterator<Item = f32> {
    bytes.as_chunks().0.iter().map(|four| f32::from_le_bytes(*four))
}

fn half(bytes: &[u8], at: usize) -> f32 {
    let two = bytes.get(at..).and_then(|rest| rest.first_chunk()).copied();
    f16::from_le_bytes(two.unwrap_or_default()).to_f32()
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

#[cfg(test)]
mod tests {
    use super::*;

    fn one(code: u32, data: &[u8]) -> Result<Vec<f32>, ReadError> {
        let mut file = MAGIC.to_le_bytes().to_vec();
        for number in [1, 1, code, 32] {
            file.extend(number.to_le_bytes());
        }
        file.push(b'a');
        file.extend(data);
        let mut tensors = Tensors::read(Bytes::open(&file)?)?;
        let tensor = tensors.take("a", &[32])?;
        // What is rounded stays close to what it was.
        let numbers = tensor.numbers()?;
        let most = numbers.iter().fold(0.0_f32, |most, number| most.max(number.abs()));
        for (number, cell) in numbers.iter().zip(panels(&[(&tensor, 0)], 32)?.output(0)) {
            assert!((number - cell).abs() <= most / 127.0 * 0.51);
        }
        tensors.expect_none()?;
        Ok(numbers)
    }

    #[test]
    fn blocks_of_five_and_eight_bits_are_what_ggml_writes() {
        let half_of = |number: f32| f16::from_f32(number).to_le_bytes();
        // The fifth bit of the first and of the last number is set; all others are 0 or as written.
        let high = 0x8000_0001_u32.to_le_bytes();
        let low: Vec<u8> = (0..16).collect();
        let five = [&half_of(0.5)[..], &high, &low].concat();
        let numbers = one(6, &five).unwrap();
        assert_eq!((numbers[0], numbers[1], numbers[16], numbers[31]), (0.0, -7.5, -8.0, 0.0));
        let five = [&half_of(0.5)[..], &half_of(2.0), &high, &low].concat();
        let numbers = one(7, &five).unwrap();
        assert_eq!((numbers[0], numbers[1], numbers[16], numbers[31]), (10.0, 2.5, 2.0, 10.0));
        let eight: Vec<u8> = half_of(0.25).into_iter().chain((0..32).map(|at| at ^ 0xff)).collect();
        let numbers = one(8, &eight).unwrap();
        assert_eq!((numbers[0], numbers[31]), (-0.25, -8.0));
    }

    #[test]
    fn an_unknown_way_and_what_is_no_number_are_refused() {
        let unknown = one(2, &[0; 128]);
        assert!(unknown.unwrap_err().to_string().ends_with("a is written in an unknown way"));
        let infinite = one(8, &[&f16::INFINITY.to_le_bytes()[..], &[1; 32]].concat());
        assert!(infinite.unwrap_err().to_string().ends_with("a has a value that is no number"));
    }
}
