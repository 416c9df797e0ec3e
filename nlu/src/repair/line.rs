//! Some words that were heard one after the other, and what takes their place.

use std::ops::Range;
use unicode_normalization::UnicodeNormalization;

use super::{HeardWord, Repair, RepairKind};
use crate::text::Reading;

/// Signs behind a word that part it from the next.
const PARTING: [char; 6] = ['.', '!', '?', ',', ';', ':'];

/// A word, or what stands in place of some.
#[derive(Debug, Clone)]
pub(super) struct Slot {
    /// The words that were heard.
    words: Range<usize>,
    pub(super) text: String,
    pub(super) probability: f32,
    kind: Option<RepairKind>,
}

impl Slot {
    /// Tells whether something was put here.
    pub(super) const fn is_put(&self) -> bool {
        self.kind.is_some()
    }

    /// Tells whether a sign parts it from the next.
    pub(super) fn is_parted(&self) -> bool {
        self.text.ends_with(PARTING)
    }
}

/// The words of a sentence or so.
pub(super) struct Line {
    pub(super) slots: Vec<Slot>,
}

/// A line, read.
pub(super) struct Cut {
    pub(super) reading: Reading,
    /// For each slot, the words of the reading that it is made of.
    words: Vec<Range<usize>>,
}

impl Line {
    /// Takes words of which the first is number `from` of all.
    pub(super) fn of(heard: &[HeardWord<'_>], from: usize) -> Self {
        let slots = heard.iter().enumerate().map(|(at, word)| Slot {
            words: from + at..from + at + 1,
            text: word.text.nfc().collect(),
            probability: word.probability,
            kind: None,
        });
        Self { slots: slots.collect() }
    }

    pub(super) fn cut(&self) -> Cut {
        let texts: Vec<&str> = self.slots.iter().map(|slot| slot.text.as_str()).collect();
        let reading = Reading::of(&texts.join(" "));
        let mut end = 0;
        let words = self.slots.iter().map(|slot| {
            let start = end;
            end += slot.text.len() + 1;
            let first = reading.words.partition_point(|word| word.raw.start < start);
            first..reading.words.partition_point(|word| word.raw.start < end).max(first)
        });
        let words = words.collect();
        Cut { reading, words }
    }

    /// Puts a text in place of some slots, between the signs that stand around them; not where something
    /// was put before, and not where it stands already.
    pub(super) fn put(&mut self, slots: Range<usize>, text: &str, kind: RepairKind) {
        let Some(own) = self.slots.get(slots.clone()) else { return };
        let (Some(first), Some(last)) = (own.first(), own.last()) else { return };
        let before = first.text.split(char::is_alphanumeric).next().unwrap_or_default();
        let behind = last.text.rsplit(char::is_alphanumeric).next().unwrap_or_default();
        let text = format!("{before}{text}{behind}");
        let texts: Vec<&str> = own.iter().map(|slot| slot.text.as_str()).collect();
        if own.iter().any(Slot::is_put) || texts.join(" ") == text {
            return;
        }
        let words = first.words.start..last.words.end;
        let slot = Slot { words, text, probability: 1.0, kind: Some(kind) };
        self.slots.splice(slots, [slot]);
    }

    pub(super) fn into_repairs(self) -> impl Iterator<Item = Repair> {
        self.slots.into_iter().filter_map(|slot| {
            let kind = slot.kind?;
            Some(Repair { words: slot.words, text: slot.text, kind })
        })
    }
}

impl Cut {
    /// Gives the slots that are made of some words; none where a slot would be torn.
    pub(super) fn slots(&self, words: &Range<usize>) -> Option<Range<usize>> {
        let start =
            self.words.iter().position(|own| !own.is_empty() && own.start == words.start)?;
        let end = self.words.iter().rposition(|own| !own.is_empty() && own.end == words.end)? + 1;
        (start < end).then_some(start..end)
    }

    /// Gives the words of a slot.
    pub(super) fn words(&self, slot: usize) -> Range<usize> {
        self.words.get(slot).cloned().unwrap_or_default()
    }

    /// Gives the last word of a slot, folded; nothing where it has none.
    pub(super) fn last(&self, slot: usize) -> &str {
        self.words(slot).last().map_or("", |word| self.reading.text(word))
    }
}
