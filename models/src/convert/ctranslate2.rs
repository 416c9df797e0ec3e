//! CTranslate2's binary format, version 6: named variables, then other names of some of them.
//!
//! Little-endian, without padding. A name is its length with a final zero byte, then the bytes and
//! that zero; a variable is its name, its sides, its kind, its length in bytes, its data. Never
//! here: what the variables mean.

use std::collections::BTreeMap;
use std::fmt;

use super::ConvertError;
use super::bytes::Bytes;

const VERSION: u32 = 6;
/// A shape has at most so many sides.
const MAX_SIDES: u8 = 4;

/// What a variable's numbers are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    F32,
    I8,
    I16,
    I32,
    F16,
    Bf16,
}

impl Kind {
    const fn of(number: u8) -> Option<Self> {
        Some(match number {
            0 => Self::F32,
            1 => Self::I8,
            2 => Self::I16,
            3 => Self::I32,
            4 => Self::F16,
            5 => Self::Bf16,
            _ => return None,
        })
    }

    const fn n_bytes(self) -> usize {
        match self {
            Self::I8 => 1,
            Self::I16 | Self::F16 | Self::Bf16 => 2,
            Self::F32 | Self::I32 => 4,
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(match self {
            Self::F32 => "f32",
            Self::I8 => "i8",
            Self::I16 => "i16",
            Self::I32 => "i32",
            Self::F16 => "f16",
            Self::Bf16 => "bf16",
        })
    }
}

/// Numbers in C order; of no side at all, one number.
struct Variable<'a> {
    kind: Kind,
    shape: Vec<usize>,
    data: &'a [u8],
}

/// The variables that nobody has taken yet.
pub(super) struct Variables<'a> {
    variables: BTreeMap<&'a str, Variable<'a>>,
    aliases: BTreeMap<&'a str, &'a str>,
}

/// Reads a file that was written for one kind of model.
pub(super) fn read<'a>(
    file: &'a [u8],
    kind: &str,
    revision: u32,
) -> Result<Variables<'a>, ConvertError> {
    let mut bytes = Bytes::new(file, "head");
    let version = bytes.u32()?;
    if version != VERSION {
        return Err(ConvertError::strange(format!("it is of version {version}, not {VERSION}")));
    }
    let (found, found_revision) = (name(&mut bytes)?, bytes.u32()?);
    if found != kind || found_revision != revision {
        return Err(ConvertError::strange(format!(
            "it is a {found} of revision {found_revision}, not a {kind} of revision {revision}"
        )));
    }
    bytes.enter("variables");
    let mut variables = BTreeMap::new();
    for _ in 0..bytes.u32()? {
        let name = name(&mut bytes)?;
        if variables.insert(name, variable(&mut bytes, name)?).is_some() {
            return Err(ConvertError::strange(format!("{name} is there twice")));
        }
    }
    bytes.enter("other names");
    let mut aliases = BTreeMap::new();
    for _ in 0..bytes.u32()? {
        let alias = name(&mut bytes)?;
        if aliases.insert(alias, name(&mut bytes)?).is_some() {
            return Err(ConvertError::strange(format!("{alias} is there twice")));
        }
    }
    if !bytes.is_empty() {
        return Err(ConvertError::strange("it goes on after its end"));
    }
    Ok(Variables { variables, aliases })
}

fn name<'a>(bytes: &mut Bytes<'a>) -> Result<&'a str, ConvertError> {
    let n_bytes = usize::from(bytes.u16()?);
    let name = bytes.take(n_bytes)?.strip_suffix(b"\0");
    let name = name.and_then(|name| std::str::from_utf8(name).ok());
    name.ok_or_else(|| ConvertError::strange("a name in it is no text"))
}

fn variable<'a>(bytes: &mut Bytes<'a>, name: &str) -> Result<Variable<'a>, ConvertError> {
    let n_sides = bytes.u8()?;
    if n_sides > MAX_SIDES {
        return Err(ConvertError::strange(format!("{name} has {n_sides} sides")));
    }
    let mut shape = Vec::new();
    for _ in 0..n_sides {
        shape.push(usize::try_from(bytes.u32()?).unwrap_or(usize::MAX));
    }
    let number = bytes.u8()?;
    let kind = Kind::of(number)
        .ok_or_else(|| ConvertError::strange(format!("{name} has numbers of kind {number}")))?;
    let n_bytes = usize::try_from(bytes.u32()?).unwrap_or(usize::MAX);
    let wanted = shape.iter().try_fold(kind.n_bytes(), |n, side| n.checked_mul(*side));
    if wanted != Some(n_bytes) {
        return Err(ConvertError::strange(format!(
            "{name} has {n_bytes} bytes, which are not {kind} of shape {shape:?}"
        )));
    }
    Ok(Variable { kind, shape, data: bytes.take(n_bytes)? })
}

impl<'a> Variables<'a> {
    pub(super) fn has(&self, name: &str) -> bool {
        self.variables.contains_key(name)
    }

    /// Gives the sides of a variable that has so many.
    pub(super) fn shape<const N: usize>(&self, name: &str) -> Result<[usize; N], ConvertError> {
        let variable = self.variables.get(name).ok_or_else(|| missing(name))?;
        let shape = variable.shape.as_slice().try_into();
        shape.map_err(|_| {
            ConvertError::strange(format!(
                "{name} is of shape {:?}, not of {N} sides",
                variable.shape
            ))
        })
    }

    /// Takes the data of a variable of one kind and shape.
    pub(super) fn take(
        &mut self,
        name: &str,
        kind: Kind,
        shape: &[usize],
    ) -> Result<&'a [u8], ConvertError> {
        let found = self.variables.remove(name).ok_or_else(|| missing(name))?;
        if found.kind != kind || found.shape != shape {
            return Err(ConvertError::strange(format!(
                "{name} is {} of shape {:?}, not {kind} of shape {shape:?}",
                found.kind, found.shape
            )));
        }
        Ok(found.data)
    }

    /// Takes another name; it must be that of one variable.
    pub(super) fn take_alias(&mut self, alias: &str, name: &str) -> Result<(), ConvertError> {
        match self.aliases.remove(alias) {
            Some(found) if found == name => Ok(()),
            Some(found) => {
                Err(ConvertError::strange(format!("{alias} stands for {found}, not for {name}")))
            }
            None => Err(missing(alias)),
        }
    }

    /// Checks that nothing is left: what is not known may be what the model cannot do without.
    pub(super) fn finish(self) -> Result<(), ConvertError> {
        match self.variables.keys().chain(self.aliases.keys()).next() {
            Some(name) => Err(ConvertError::strange(format!("it has {name}, which is not known"))),
            None => Ok(()),
        }
    }
}

fn missing(name: &str) -> ConvertError {
    ConvertError::strange(format!("it has no {name}"))
}
