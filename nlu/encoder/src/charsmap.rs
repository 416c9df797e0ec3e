//! The normalisation that a sentencepiece model carries: a trie of spellings and their
//! replacements.
//!
//! The trie is a double array as darts-clone writes it: one 32-bit unit a node, holding a label, an
//! offset to the children, and whether a value stands there.

use crate::error::ReadError;

/// The longest spelling that is replaced, in bytes.
const MAX_SPELLING_BYTES: usize = 64;

/// Spellings and their replacements.
pub(crate) struct Charsmap {
    units: Vec<u32>,
    replacements: Vec<u8>,
}

impl Charsmap {
    /// Reads the model's blob: the length of the trie in bytes, the trie, the replacements, each
    /// ended by a zero.
    pub(crate) fn read(blob: &[u8]) -> Result<Self, ReadError> {
        let damaged = || ReadError::Damaged("tokenizer.charsmap is cut short".to_owned());
        let (length, rest) = blob.split_first_chunk::<4>().ok_or_else(damaged)?;
        let length = usize::try_from(u32::from_le_bytes(*length)).unwrap_or(usize::MAX);
        let (trie, replacements) = rest.split_at_checked(length).ok_or_else(damaged)?;
        let (words, _) = trie.as_chunks::<4>();
        let units = words.iter().map(|word| u32::from_le_bytes(*word)).collect();
        Ok(Self { units, replacements: replacements.to_vec() })
    }

    /// Replaces, at each place, the longest spelling that is known.
    pub(crate) fn normal(&self, text: &str) -> String {
        let mut normal = String::with_capacity(text.len());
        let mut rest = text;
        while let Some(sign) = rest.chars().next() {
            let length = match self.longest(rest.as_bytes()) {
                Some((length, replacement)) if rest.is_char_boundary(length) => {
                    normal.push_str(replacement);
                    length
                }
                _ => {
                    normal.push(sign);
                    sign.len_utf8()
                }
            };
            rest = rest.get(length..).unwrap_or_default();
        }
        normal
    }

    fn longest(&self, text: &[u8]) -> Option<(usize, &str)> {
        let mut found = None;
        let mut at = offset(*self.units.first()?);
        for (place, byte) in text.iter().take(MAX_SPELLING_BYTES).enumerate() {
            at ^= usize::from(*byte);
            let Some(unit) = self.units.get(at).copied() else { break };
            if unit & 0x8000_00ff != u32::from(*byte) {
                break;
            }
            at ^= offset(unit);
            if unit & 0x100 != 0
                && let Some(value) = self.units.get(at)
            {
                found = Some((place + 1, value & 0x7fff_ffff));
            }
        }
        let (length, value) = found?;
        let from = self.replacements.get(usize::try_from(value).ok()?..)?;
        let end = from.iter().position(|byte| *byte == 0)?;
        Some((length, std::str::from_utf8(from.get(..end)?).ok()?))
    }
}

const fn offset(unit: u32) -> usize {
    ((unit >> 10) << ((unit & 0x200) >> 6)) as usize
}
