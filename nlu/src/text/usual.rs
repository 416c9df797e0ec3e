//! Words that carry little meaning of their own.

use bot_core::Language;
use std::collections::BTreeSet;
use std::ops::Range;
use std::sync::LazyLock;

use super::table;
use super::{Reading, words_of};
use crate::tables;

static SMALL: LazyLock<BTreeSet<String>> = LazyLock::new(|| list("small"));
static MARKS: LazyLock<BTreeSet<String>> = LazyLock::new(|| list("marks"));

/// Gives the words of one row of the table.
pub(crate) fn list(wanted: &str) -> BTreeSet<String> {
    let phrases = table::all(tables::USUAL);
    let ours = phrases.into_iter().filter(|(name, ..)| *name == wanted);
    ours.flat_map(|(_, _, phrase)| words_of(phrase)).collect()
}

/// Gives the everyday words with their language.
pub(crate) fn marks_of() -> Vec<(Language, &'static str)> {
    let phrases = table::all(tables::USUAL);
    let ours = phrases.into_iter().filter(|(name, ..)| *name == "marks");
    ours.map(|(_, lang, phrase)| (lang, phrase)).collect()
}

/// Gives the everyday words of both languages.
pub(crate) fn marks() -> &'static BTreeSet<String> {
    &MARKS
}

/// Tells whether a word may stand beside an answer without adding to it.
pub(crate) fn is_small(word: &str) -> bool {
    SMALL.contains(word)
}

/// Tells whether only small words stand outside some ranges of words.
pub(crate) fn all_small_but(reading: &Reading, taken: &[Range<usize>]) -> bool {
    let mut words = reading.words.iter().enumerate();
    words.all(|(at, word)| is_small(&word.text) || taken.iter().any(|range| range.contains(&at)))
}
