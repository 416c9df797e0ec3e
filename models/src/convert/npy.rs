//! Numpy's array format, as far as the known files use it.

use super::ConvertError;
use super::bytes::Bytes;

const MAGIC: &[u8] = b"\x93NUMPY";
/// A shape has at most so many sides.
const MAX_SIDES: usize = 4;

/// An array: its kind as numpy writes it, its shape, its bytes in C order.
pub(super) struct Array<'a> {
    pub(super) kind: String,
    pub(super) shape: Vec<usize>,
    pub(super) data: &'a [u8],
}

/// Reads an array.
pub(super) fn read(file: &[u8]) -> Result<Array<'_>, ConvertError> {
    let mut bytes = Bytes::new(file, "array's head");
    if bytes.take(MAGIC.len())? != MAGIC {
        return Err(ConvertError::strange("no array of numpy"));
    }
    let [major, _] = bytes.array()?;
    let n_head = match major {
        1 => usize::from(bytes.u16()?),
        2 | 3 => usize::try_from(bytes.u32()?).map_err(|_| ConvertError::Cut("array's head"))?,
        _ => return Err(ConvertError::strange(format!("numpy's format {major}"))),
    };
    let head = std::str::from_utf8(bytes.take(n_head)?);
    let head = head.map_err(|_| ConvertError::strange("an array's head is no text"))?;
    let array = described(head)
        .ok_or_else(|| ConvertError::strange(format!("an array's head {}", head.trim())))?;
    let (kind, shape) = array;
    bytes.enter("array's data");
    let size = kind.get(2..).and_then(|size| size.parse().ok()).unwrap_or(0_usize);
    let n_items = shape.iter().try_fold(1_usize, |n, side| n.checked_mul(*side));
    let data = bytes.take_items(n_items.unwrap_or(usize::MAX), size)?;
    if !bytes.is_empty() {
        return Err(ConvertError::strange("an array has more data than its shape asks for"));
    }
    Ok(Array { kind, shape, data })
}

/// Reads `{'descr': '<f4', 'fortran_order': False, 'shape': (512, 256), }`.
fn described(head: &str) -> Option<(String, Vec<usize>)> {
    let head: String = head.split_whitespace().collect();
    let (_, kind) = head.split_once("'descr':'")?;
    let (kind, _) = kind.split_once('\'')?;
    head.contains("'fortran_order':False").then_some(())?;
    let (_, shape) = head.split_once("'shape':(")?;
    let (shape, _) = shape.split_once(')')?;
    let sides = shape.split(',').filter(|side| !side.is_empty());
    let shape: Vec<usize> = sides.map(|side| side.parse().ok()).collect::<Option<_>>()?;
    (shape.len() <= MAX_SIDES).then(|| (kind.to_owned(), shape))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const ARRAY: &[u8] =
        b"\x93NUMPY\x01\x00\x39\x00{'descr': '|u1', 'fortran_order': False, 'shape': (3,), }abc";

    #[test]
    fn an_array_is_read() {
        let array = read(ARRAY).map_err(|error| error.to_string()).unwrap();
        assert_eq!((array.kind.as_str(), array.shape.as_slice()), ("|u1", &[3][..]));
        assert_eq!(array.data, b"abc");
    }

    proptest! {
        #[test]
        fn wrong_bytes_never_panic(at in any::<prop::sample::Index>(), byte in any::<u8>(), end in any::<prop::sample::Index>()) {
            let mut array = ARRAY.to_vec();
            array[at.index(ARRAY.len())] = byte;
            read(&array).ok();
            read(&ARRAY[..end.index(ARRAY.len())]).err().unwrap();
        }
    }
}
