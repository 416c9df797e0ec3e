//! Brings a text to the form that a tokenizer's pieces are in.

use crate::charsmap::Charsmap;
use crate::error::ReadError;
use crate::weights::Weights;

/// Stands for a space, and before the first word.
pub(crate) const WORD_START: char = '\u{2581}';
/// The most signs that one sign becomes.
const MAX_BECOMES: u32 = 32;

/// Which form.
pub(crate) enum Normal {
    /// Spellings are looked up in a trie.
    Charsmap(Charsmap),
    /// Signs are looked up one by one, in order of code point.
    Signs(Vec<(char, String)>),
}

impl Normal {
    /// Reads what a model file carries.
    pub(crate) fn read(weights: &Weights<'_>) -> Result<Self, ReadError> {
        if weights.has("tokenizer.charsmap") {
            return Charsmap::read(weights.bytes("tokenizer.charsmap")?).map(Self::Charsmap);
        }
        let damaged = || ReadError::Damaged("tokenizer.map is cut short".to_owned());
        let words = weights.whole_numbers("tokenizer.map")?;
        let mut words = words.iter().copied();
        let mut signs = Vec::new();
        while let Some(code) = words.next() {
            let sign = char::from_u32(code).ok_or_else(damaged)?;
            let length = words.next().filter(|n| *n <= MAX_BECOMES).ok_or_else(damaged)?;
            let mut becomes = String::new();
            for _ in 0..length {
                becomes.push(words.next().and_then(char::from_u32).ok_or_else(damaged)?);
            }
            signs.push((sign, becomes));
        }
        signs.sort();
        Ok(Self::Signs(signs))
    }

    /// Gives the form of a text: signs replaced, spaces run together, each word marked.
    pub(crate) fn of(&self, text: &str) -> String {
        let replaced = match self {
            Self::Charsmap(map) => map.normal(text),
            Self::Signs(signs) => {
                let mut replaced = String::with_capacity(text.len());
                for sign in text.chars() {
                    match signs.binary_search_by_key(&sign, |(known, _)| *known) {
                        Ok(at) => replaced.push_str(signs.get(at).map_or("", |(_, new)| new)),
                        Err(_) => replaced.push(sign),
                    }
                }
                replaced
            }
        };
        let mut marked = String::with_capacity(replaced.len() + 3);
        for word in replaced.split(' ').filter(|word| !word.is_empty()) {
            marked.push(WORD_START);
            marked.push_str(word);
        }
        marked
    }
}
