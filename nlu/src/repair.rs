//! Puts right what a recogniser of speech misheard, where the city's own list says what was meant:
//! streets, parks and buildings, door numbers, postal codes, telephone numbers.
//!
//! Never here: sound, the recogniser; anything that the list or the form of a number does not vouch
//! for. What was heard stays with the caller: repairs are told, not made.

mod line;
mod places;
mod said;
mod sound;

use bot_core::Language;
use std::ops::Range;

use crate::gazetteer::Gazetteer;
use line::Line;
use places::Form;

/// Words that are looked at together, at most: a sentence, as a rule.
const MAX_WORDS: usize = 100;
/// Bytes of them.
const MAX_BYTES: usize = 1_500;

/// A word as it was heard.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct HeardWord<'a> {
    /// It, with the signs that stand at it.
    pub text: &'a str,
    /// How likely it was said, from 0 to 1.
    pub probability: f32,
}

/// What sort of thing was misheard.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum RepairKind {
    /// A street's name, or street and name.
    Street,
    /// A park or building.
    Place,
    /// A door number that was written in words.
    Number,
    /// A postal code.
    PostalCode,
    /// A telephone number.
    Phone,
}

/// What should stand in place of some words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Repair {
    /// The words.
    pub words: Range<usize>,
    /// What should stand there, with the signs that stood at them.
    pub text: String,
    /// What it is.
    pub kind: RepairKind,
}

/// Finds what is to be put right in what was heard, in the order of the words; none touches another.
#[must_use]
pub fn repair(heard: &[HeardWord<'_>], lang: Language, gazetteer: &Gazetteer) -> Vec<Repair> {
    let forms = places::forms(gazetteer, lang);
    let mut repairs = Vec::new();
    let mut from = 0;
    while let Some(rest) = heard.get(from..).filter(|rest| !rest.is_empty()) {
        let n = n_together(rest);
        let words = rest.get(..n).unwrap_or(rest);
        repairs.extend(of_line(Line::of(words, from), lang, gazetteer, &forms));
        from += n;
    }
    repairs
}

/// Writes what was heard with what was put right.
#[must_use]
pub fn repaired(heard: &[HeardWord<'_>], repairs: &[Repair]) -> String {
    let mut texts: Vec<&str> = Vec::with_capacity(heard.len());
    let mut from = 0;
    let own = |words: Range<usize>| heard.get(words).unwrap_or_default();
    for repair in repairs.iter().filter(|repair| !repair.words.is_empty()) {
        texts.extend(own(from..repair.words.start).iter().map(|word| word.text));
        texts.push(&repair.text);
        from = repair.words.end;
    }
    texts.extend(own(from..heard.len()).iter().map(|word| word.text));
    texts.join(" ")
}

fn of_line(
    mut line: Line,
    lang: Language,
    gazetteer: &Gazetteer,
    forms: &[Form],
) -> impl Iterator<Item = Repair> {
    said::put_phones(&mut line);
    said::put_postal_codes(&mut line);
    places::put(&mut line, lang, gazetteer, forms);
    said::put_doors(&mut line, gazetteer);
    line.into_repairs()
}

/// Counts the words that are looked at together: up to the last end of a sentence within the bounds.
fn n_together(heard: &[HeardWord<'_>]) -> usize {
    let mut n_bytes = 0;
    let fits = heard.iter().take(MAX_WORDS).take_while(|word| {
        n_bytes += word.text.len() + 1;
        n_bytes <= MAX_BYTES
    });
    let n = fits.count().max(1);
    if n == heard.len() {
        return n;
    }
    let ends = |word: &HeardWord<'_>| word.text.ends_with(['.', '!', '?']);
    let last = heard.get(..n).unwrap_or(heard).iter().rposition(ends);
    last.map_or(n, |last| last + 1)
}

#[cfg(test)]
mod tests;
