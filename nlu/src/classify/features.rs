//! Turns a message into features: words, pairs of words, letters, and what it is about.

use bot_core::Language;
use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::LazyLock;

use super::concepts;
use crate::tables;
use crate::text::{Reading, table, words_of};

/// Shortest and longest run of letters that is a feature.
const GRAM_CHARS: std::ops::RangeInclusive<usize> = 2..=5;
/// Words of a message that the classifier considers: the matter is said early.
pub(crate) const MAX_CLASSIFIED_WORDS: usize = 80;

/// The families of features; each counts the same in the end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Block {
    /// Words and pairs of words.
    Words,
    /// Runs of letters within words.
    Letters,
    /// Concepts and pairs of concepts.
    Concepts,
}

impl Block {
    /// Every family.
    pub(crate) const ALL: [Self; 3] = [Self::Words, Self::Letters, Self::Concepts];

    /// How much the family counts beside the others.
    pub(crate) const fn share(self) -> f32 {
        match self {
            Self::Words => 0.7,
            Self::Letters | Self::Concepts => 1.0,
        }
    }

    const fn seed(self) -> u64 {
        match self {
            Self::Words => 0x9e37_79b9_7f4a_7c15,
            Self::Letters => 0xc2b2_ae3d_27d4_eb4f,
            Self::Concepts => 0x1656_67b1_9e37_79f9,
        }
    }
}

/// One feature of a message and how often it occurs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Feature {
    pub(crate) hash: u64,
    pub(crate) block: Block,
    pub(crate) count: u16,
}

/// The features of one message.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Bag {
    /// In order of hash, each once.
    pub(crate) features: Vec<Feature>,
    /// Hashes of its single words, to tell how many of them are new.
    pub(crate) words: Vec<u64>,
    /// How many concepts were found.
    pub(crate) n_concepts: usize,
}

impl Bag {
    /// Gathers the features of a message; words of `places` count as one word each place.
    pub(crate) fn of(reading: &Reading, places: &[Range<usize>], lang: Option<Language>) -> Self {
        let mut bag = Self::default();
        let words = plain_words(reading, places, lang);
        bag.words = words.iter().map(|word| word_hash(word)).collect();
        for word in &words {
            bag.add(Block::Words, word_hash(word));
            if word != PLACE {
                bag.add_letters(word);
            }
        }
        for pair in words.windows(2) {
            bag.add(Block::Words, hash_of(Block::Words, pair.iter().map(String::as_str)));
        }
        bag.add_concepts(reading);
        bag.count();
        bag
    }

    fn add(&mut self, block: Block, hash: u64) {
        self.features.push(Feature { hash, block, count: 1 });
    }

    fn add_letters(&mut self, word: &str) {
        let signs: Vec<char> = [' '].into_iter().chain(word.chars()).chain([' ']).collect();
        for n_chars in GRAM_CHARS {
            for gram in signs.windows(n_chars) {
                self.add(Block::Letters, hash_of_letters(gram));
            }
            if signs.len() <= n_chars {
                break;
            }
        }
    }

    fn add_concepts(&mut self, reading: &Reading) {
        let found: Vec<&str> = concepts::of(reading).into_iter().collect();
        self.n_concepts = found.len();
        for (at, concept) in found.iter().enumerate() {
            self.add(Block::Concepts, hash_of(Block::Concepts, [*concept]));
            for other in found.iter().skip(at + 1) {
                self.add(Block::Concepts, hash_of(Block::Concepts, [*concept, *other]));
            }
        }
    }

    /// Puts the features in order and counts repeated ones.
    fn count(&mut self) {
        self.features.sort_unstable();
        self.features.dedup_by(|next, kept| {
            let same = next.hash == kept.hash;
            if same {
                kept.count = kept.count.saturating_add(1);
            }
            same
        });
    }
}

/// Gives the hashes of a message's single words.
pub(crate) fn word_hashes(
    reading: &Reading,
    places: &[Range<usize>],
    lang: Option<Language>,
) -> Vec<u64> {
    let words = plain_words(reading, places, lang);
    words.iter().map(|word| word_hash(word)).collect()
}

fn word_hash(word: &str) -> u64 {
    hash_of(Block::Words, [word])
}

/// Stands for a street in a message, whatever its name.
const PLACE: &str = "_place_";

static SHORT: LazyLock<BTreeMap<String, (Language, Vec<String>)>> = LazyLock::new(|| {
    let rows = table::all(tables::SHORT);
    let entry = |(long, lang, short): (&str, Language, &str)| {
        (words_of(short).concat(), (lang, words_of(long)))
    };
    rows.into_iter().map(entry).collect()
});

/// Gives the words that a short spelling stands for in a language, or in either where it is not
/// known which.
pub(crate) fn written_out(
    reading: &Reading,
    at: usize,
    lang: Option<Language>,
) -> Option<&'static Vec<String>> {
    let (of, words) = SHORT.get(reading.text(at))?;
    let is_ours = lang.is_none_or(|lang| lang == *of);
    Some(words).filter(|_| is_ours && !reading.is_initial(at))
}

/// Gives the words as the classifier sees them: short spellings written out, digits all alike.
fn plain_words(reading: &Reading, places: &[Range<usize>], lang: Option<Language>) -> Vec<String> {
    let mut words = Vec::new();
    for (at, word) in reading.words.iter().enumerate().take(MAX_CLASSIFIED_WORDS) {
        if let Some(place) = places.iter().find(|place| place.contains(&at)) {
            if place.start == at {
                words.push(PLACE.to_owned());
            }
        } else if let Some(long) = written_out(reading, at, lang) {
            words.extend(long.iter().cloned());
        } else {
            words.push(masked(&word.text));
        }
    }
    words
}

fn masked(word: &str) -> String {
    word.chars().map(|sign| if sign.is_ascii_digit() { '0' } else { sign }).collect()
}

const PRIME: u64 = 0x0100_0000_01b3;

/// Hashes a feature (FNV-1a), so that it has the same name on every machine.
fn hash_of<'a>(block: Block, parts: impl IntoIterator<Item = &'a str>) -> u64 {
    let bytes = parts.into_iter().flat_map(|part| part.bytes().chain([0xff]));
    let hash = bytes.fold(block.seed(), |hash, byte| step(hash, u64::from(byte)));
    hash ^ (hash >> 29)
}

fn hash_of_letters(gram: &[char]) -> u64 {
    let seed = Block::Letters.seed();
    let hash = gram.iter().fold(seed, |hash, sign| step(hash, u64::from(*sign)));
    hash ^ (hash >> 29)
}

const fn step(hash: u64, part: u64) -> u64 {
    (hash ^ part).wrapping_mul(PRIME)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spelling_and_numbers_do_not_count() {
        let bag = |text: &str| Bag::of(&Reading::of(text), &[], None);
        assert_eq!(bag("Trou dvt le 12"), bag("trou DEVANT le 45"));
        assert_ne!(bag("trou"), bag("arbre"));
        assert_eq!(bag("").features.len(), 0);
    }

    #[test]
    fn short_spellings_are_of_a_language_and_no_initials() {
        let words = |text: &str, lang| plain_words(&Reading::of(text), &[], lang).join(" ");
        let (fr, en) = (Some(Language::Fr), Some(Language::En));
        assert_eq!(words("le parking svp", fr), "le stationnement s il vous plait");
        assert_eq!(words("the parking of u", en), "the parking of you");
        assert_eq!(
            words("how much is it in u. s. dollars, can u", en),
            "how much is it in u s dollars can you"
        );
        assert_eq!(words("made in the U.S.", en), "made in the u s");
    }

    #[test]
    fn a_place_is_one_word() {
        let reading = Reading::of("trou rue Cartier ici");
        let bag = Bag::of(&reading, std::slice::from_ref(&(1..3)), None);
        assert_eq!(bag.words.len(), 3);
    }
}
