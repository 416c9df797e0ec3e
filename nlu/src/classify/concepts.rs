//! What words are about: the crate's bilingual list of a city counter's subjects.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::sync::LazyLock;

use crate::tables;
use crate::text::{Gap, Reading, table, words_of};

/// Letters that a stem must have before a star counts.
const MIN_STEM_CHARS: usize = 3;

/// A word of a phrase: itself, or any word that begins so.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Pattern {
    stem: String,
    open: bool,
}

impl Pattern {
    fn fits(&self, word: &str) -> bool {
        if self.open { word.starts_with(&self.stem) } else { singular(word) == self.stem }
    }
}

struct Entry {
    rest: Vec<Pattern>,
    concept: &'static str,
}

/// The list, by first word.
struct Concepts {
    words: BTreeMap<String, Vec<Entry>>,
    stems: BTreeMap<String, Vec<Entry>>,
}

static CONCEPTS: LazyLock<Concepts> = LazyLock::new(Concepts::read);

/// A concept and the words that show it.
type Hit = (Range<usize>, &'static str);

/// Finds what a message is about, in order of name; words within a phrase do not count by
/// themselves: a "nid de poule" is no nest and no hen.
pub(crate) fn of(reading: &Reading) -> BTreeSet<&'static str> {
    let mut hits: Vec<Hit> = Vec::new();
    for at in 0..reading.words.len() {
        CONCEPTS.at(reading, at, &mut hits);
    }
    let phrases: Vec<Range<usize>> =
        hits.iter().map(|(words, _)| words.clone()).filter(|words| words.len() > 1).collect();
    let within = |words: &Range<usize>| {
        let longer = |p: &Range<usize>| p.len() > words.len();
        let holds = |p: &Range<usize>| p.start <= words.start && words.end <= p.end;
        phrases.iter().any(|phrase| longer(phrase) && holds(phrase))
    };
    let alone = hits.iter().filter(|(words, _)| !within(words));
    alone.map(|(_, concept)| *concept).collect()
}

impl Concepts {
    fn read() -> Self {
        let mut concepts = Self { words: BTreeMap::new(), stems: BTreeMap::new() };
        for (concept, _, phrase) in table::all(tables::CONCEPTS) {
            let mut patterns = phrase.split_whitespace().flat_map(patterns);
            let Some(first) = patterns.next() else {
                continue;
            };
            let entry = Entry { rest: patterns.collect(), concept };
            let map = if first.open { &mut concepts.stems } else { &mut concepts.words };
            map.entry(first.stem).or_default().push(entry);
        }
        concepts
    }

    fn at(&self, reading: &Reading, at: usize, found: &mut Vec<Hit>) {
        let word = reading.text(at);
        let mut take = |entries: &[Entry]| {
            let fitting = entries.iter().filter(|entry| follows(reading, at, entry));
            found.extend(fitting.map(|entry| (at..at + 1 + entry.rest.len(), entry.concept)));
        };
        if let Some(entries) = self.words.get(singular(word)) {
            take(entries);
        }
        for end in MIN_STEM_CHARS..=word.len() {
            if let Some(entries) = word.get(..end).and_then(|stem| self.stems.get(stem)) {
                take(entries);
            }
        }
    }
}

fn follows(reading: &Reading, at: usize, entry: &Entry) -> bool {
    entry.rest.iter().enumerate().all(|(offset, pattern)| {
        let next = at + 1 + offset;
        reading.gap(next) < Gap::Stop && pattern.fits(reading.text(next))
    })
}

/// Reads one word of a phrase, which an apostrophe or hyphen may make several.
fn patterns(word: &str) -> Vec<Pattern> {
    let open = word.ends_with('*');
    let words = words_of(word);
    let last = words.len().saturating_sub(1);
    let pattern = |(at, word): (usize, String)| {
        let open = open && at == last;
        Pattern { stem: if open { word } else { singular(&word).to_owned() }, open }
    };
    words.into_iter().enumerate().map(pattern).collect()
}

/// Takes off the sign of the plural, in both languages.
fn singular(word: &str) -> &str {
    match word.strip_suffix(['s', 'x']) {
        Some(stem) if stem.len() >= 3 && !stem.ends_with('s') => stem,
        _ => word,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn about(text: &str) -> String {
        let found: Vec<&str> = of(&Reading::of(text)).into_iter().collect();
        found.join(" ")
    }

    #[test]
    fn both_languages_lead_to_the_same_concepts() {
        assert_eq!(about("un nid-de-poule"), "pothole");
        assert_eq!(about("potholes"), "pothole");
        assert_eq!(about("ma poubelle"), about("my garbage"));
        assert_eq!(about("zzz"), "");
    }
}
