//! A list of phrases, each standing for something, looked up in a message at word borders.

use std::collections::BTreeMap;
use std::ops::Range;

use super::slip::{ONE_SLIP, alike};
use super::{Gap, Reading, words_of};

/// Letters from which a slip in a phrase's word is forgiven: shorter words mean too many things.
const SLIP_CHARS: usize = 6;

/// A phrase that was found.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Found<T> {
    /// Where.
    pub(crate) words: Range<usize>,
    /// What it stands for.
    pub(crate) value: T,
    /// How sure, below 1 where there were slips.
    pub(crate) p: f32,
}

/// Phrases and what they stand for.
#[derive(Debug, Clone)]
pub(crate) struct Lexicon<T> {
    /// Phrases by their first word, longest first.
    by_first: BTreeMap<String, Vec<(Vec<String>, T)>>,
}

impl<T: Copy> Lexicon<T> {
    /// Builds a lexicon; where two entries have the same words, the first counts.
    pub(crate) fn new<'a>(entries: impl IntoIterator<Item = (&'a str, T)>) -> Self {
        let mut by_first: BTreeMap<String, Vec<(Vec<String>, T)>> = BTreeMap::new();
        for (phrase, value) in entries {
            let mut words = words_of(phrase).into_iter();
            let Some(first) = words.next() else { continue };
            let rest: Vec<String> = words.collect();
            let same_first = by_first.entry(first).or_default();
            if same_first.iter().all(|(known, _)| *known != rest) {
                same_first.push((rest, value));
            }
        }
        for phrases in by_first.values_mut() {
            phrases.sort_by_key(|(rest, _)| std::cmp::Reverse(rest.len()));
        }
        Self { by_first }
    }

    /// Finds the longest phrase that begins at a word.
    pub(crate) fn at(&self, reading: &Reading, index: usize) -> Option<Found<T>> {
        let first = reading.text(index);
        if let Some(phrases) = self.by_first.get(first)
            && let Some(found) = longest(phrases, reading, index, 1.0)
        {
            return Some(found);
        }
        if first.len() < SLIP_CHARS {
            return None;
        }
        let mut best: Option<Found<T>> = None;
        for (known, phrases) in self.starting_like(first) {
            let Some(p) = alike_word(first, known) else {
                continue;
            };
            let found = longest(phrases, reading, index, p);
            if let Some(found) = found
                && best.as_ref().is_none_or(|b| better(&found, b))
            {
                best = Some(found);
            }
        }
        best
    }

    /// Finds phrases from left to right, the longest at each word, without overlap.
    pub(crate) fn all(&self, reading: &Reading) -> Vec<Found<T>> {
        let mut found = Vec::new();
        let mut index = 0;
        while index < reading.words.len() {
            match self.at(reading, index) {
                Some(hit) => {
                    index = hit.words.end;
                    found.push(hit);
                }
                None => index += 1,
            }
        }
        found
    }

    /// First words that share the first letter: residents seldom miss that one.
    fn starting_like(&self, word: &str) -> impl Iterator<Item = (&String, &Vec<(Vec<String>, T)>)> {
        let initial: String = word.chars().take(1).collect();
        self.by_first
            .range(initial.clone()..)
            .take_while(move |(known, _)| known.starts_with(&initial))
    }
}

fn better<T>(a: &Found<T>, b: &Found<T>) -> bool {
    (a.words.len(), a.p) > (b.words.len(), b.p)
}

fn longest<T: Copy>(
    phrases: &[(Vec<String>, T)],
    reading: &Reading,
    index: usize,
    p: f32,
) -> Option<Found<T>> {
    phrases.iter().find_map(|(rest, value)| {
        let mut sure = p;
        for (offset, known) in rest.iter().enumerate() {
            let at = index + 1 + offset;
            if reading.gap(at) >= Gap::Stop {
                return None;
            }
            sure *= alike_word(reading.text(at), known)?;
        }
        Some(Found { words: index..index + 1 + rest.len(), value: *value, p: sure })
    })
}

fn alike_word(typed: &str, known: &str) -> Option<f32> {
    if typed == known {
        Some(1.0)
    } else if known.len() >= SLIP_CHARS && typed.chars().next() == known.chars().next() {
        // Two slips make another word too easily: collection, correction.
        alike(typed, known).filter(|p| *p >= ONE_SLIP)
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn find(text: &str) -> Vec<(Range<usize>, u8)> {
        let lexicon =
            Lexicon::new([("never mind", 1), ("forget it", 2), ("forget", 3), ("arrêter", 4)]);
        let found = lexicon.all(&Reading::of(text));
        found.into_iter().map(|hit| (hit.words, hit.value)).collect()
    }

    #[test]
    fn the_longest_phrase_wins() {
        assert_eq!(find("oh forget it"), [(1..3, 2)]);
        assert_eq!(find("forget that"), [(0..1, 3)]);
        assert_eq!(find("never. mind"), []);
        assert_eq!(find("forgett it, areter"), [(0..2, 2), (2..3, 4)]);
        assert_eq!(find("neer mind"), []);
        assert_eq!(find(""), []);
    }
}
