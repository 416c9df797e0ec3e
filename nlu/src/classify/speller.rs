//! Mends misspelt words, by the words that the city's own sentences and our tables use.

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

use crate::tables;
use crate::text::slip::{mask, slips};
use crate::text::{Reading, table, usual, words_of};

/// Letters of the shortest word that is mended.
const MIN_CHARS: usize = 5;
/// Letters from which two slips are mended.
const TWO_SLIPS_CHARS: usize = 8;
/// Letters of the longest known word; longer ones are never mended.
const MAX_CHARS: usize = 24;

/// Known words by length, with how often they are used.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Speller {
    by_length: Vec<Vec<(String, u64, u32)>>,
}

impl Speller {
    /// Learns the words of some sentences, and those of our own tables.
    pub(crate) fn learn<'a>(texts: impl Iterator<Item = &'a String>) -> Self {
        let mut counts: BTreeMap<String, u32> = BTreeMap::new();
        for word in texts.flat_map(|text| words_of(text)) {
            *counts.entry(word).or_default() += 1;
        }
        for word in usual::marks() {
            counts.entry(word.clone()).or_insert(1);
        }
        for (_, _, phrase) in table::all(tables::CONCEPTS) {
            let whole = phrase.split_whitespace().filter(|part| !part.ends_with('*'));
            for word in whole.flat_map(words_of) {
                counts.entry(word).or_insert(1);
            }
        }
        let mut by_length = vec![Vec::new(); MAX_CHARS + 1];
        for (word, count) in counts {
            if let Some(same_length) = by_length.get_mut(word.len()) {
                let letters = mask(&word);
                same_length.push((word, letters, count));
            }
        }
        Self { by_length }
    }

    fn knows(&self, word: &str) -> bool {
        let same_length = self.by_length.get(word.len());
        same_length
            .is_some_and(|list| list.binary_search_by(|(w, ..)| w.as_str().cmp(word)).is_ok())
    }

    /// Gives the known word that was meant; `None` where the word is known, or like no other.
    pub(crate) fn mended(&self, word: &str) -> Option<&str> {
        let length = word.len();
        let mendable = (MIN_CHARS..=MAX_CHARS).contains(&length)
            && word.bytes().all(|sign| sign.is_ascii_lowercase());
        if !mendable || self.knows(word) {
            return None;
        }
        let limit = if length >= TWO_SLIPS_CHARS { 2 } else { 1 };
        let letters = mask(word);
        let near = self.by_length.get(length - limit..=(length + limit).min(MAX_CHARS))?;
        let close = near.iter().flatten().filter_map(|(known, mask, count)| {
            let far = (letters ^ mask).count_ones() as usize > 2 * limit;
            if far || known.len() < MIN_CHARS {
                return None;
            }
            let n_slips = slips(word, known, limit)?;
            let other_start = known.chars().next() != word.chars().next();
            Some((n_slips + usize::from(other_start), std::cmp::Reverse(*count), known))
        });
        let (n_slips, _, known) = close.min()?;
        (n_slips <= limit).then_some(known.as_str())
    }
}

/// Mends the words of a message that are not part of a place.
pub(crate) fn mend(speller: &Speller, reading: &mut Reading, keep: &[std::ops::Range<usize>]) {
    for (at, word) in reading.words.iter_mut().enumerate() {
        if keep.iter().any(|range| range.contains(&at)) {
            continue;
        }
        if let Some(known) = speller.mended(&word.text) {
            known.clone_into(&mut word.text);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slips_are_mended_and_known_words_left() {
        let texts = ["le trottoir est brisé".to_owned()];
        let speller = Speller::learn(texts.iter());
        for (typed, meant) in [
            ("trotoir", Some("trottoir")),
            ("trottoir", None),
            ("bris", None),
            ("birse", Some("brise")),
            ("xyz", None),
            ("qqqqqqqq", None),
        ] {
            assert_eq!(speller.mended(typed), meant, "{typed}");
        }
    }
}
