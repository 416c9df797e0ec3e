//! Numbers, in digits or in words of either language, each with its place.

mod doors;

use std::ops::Range;

use super::{Gap, Reading};
pub(crate) use doors::{all_as_doors, door};

/// Digits of the longest number that is read as one.
const MAX_DIGITS: usize = 18;
/// Words of the longest number in words: "neuf cent quatre-vingt-dix-neuf mille …".
const MAX_NUMBER_WORDS: usize = 16;

/// A number that was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Number {
    /// Where.
    pub(crate) words: Range<usize>,
    /// How much.
    pub(crate) value: u64,
    /// Whether it was written in words.
    pub(crate) spelled: bool,
    /// Whether it is a rank: third, 3e.
    pub(crate) rank: bool,
}

impl Number {
    /// Tells whether it may be no number at all: "un", "une", "one".
    pub(crate) fn is_article(&self) -> bool {
        self.spelled && self.value == 1 && !self.rank
    }
}

/// Finds every number, from left to right.
pub(crate) fn all(reading: &Reading) -> Vec<Number> {
    let mut numbers = Vec::new();
    let mut index = 0;
    while index < reading.words.len() {
        match at(reading, index) {
            Some(number) => {
                index = number.words.end;
                numbers.push(number);
            }
            None => index += 1,
        }
    }
    numbers
}

/// Reads the number that begins at a word.
pub(crate) fn at(reading: &Reading, index: usize) -> Option<Number> {
    digits(reading, index)
        .or_else(|| half_dozen(reading, index))
        .or_else(|| spelled(reading, index))
}

/// Tells whether a word is a part of a number in words.
pub(crate) fn is_part(word: &str) -> bool {
    word == "zero" || rank_word(word).is_some() || CARDINALS.iter().any(|(name, _)| *name == word)
}

/// Reads "half a dozen", "demi-douzaine".
fn half_dozen(reading: &Reading, index: usize) -> Option<Number> {
    let (first, second) = (reading.text(index), reading.text(index + 1));
    match (first, second, reading.text(index + 2)) {
        ("half", "a", "dozen") => Some(made(index..index + 3, 6, false)),
        ("half", "dozen", _) | ("demi" | "demie", "douzaine", _) => {
            Some(made(index..index + 2, 6, false))
        }
        _ => None,
    }
}

fn digits(reading: &Reading, index: usize) -> Option<Number> {
    let word = reading.text(index);
    let (value, rank, length) = if let Some(value) = plain(word) {
        let suffix = reading.text(index + 1);
        let apart = reading.gap(index + 1) <= Gap::Hyphen;
        let clear = match suffix {
            // "3 e" and "1 st" are ranks only before what has ranks.
            "e" | "st" => matches!(
                reading.text(index + 2),
                "avenue" | "ave" | "av" | "rue" | "street" | "rang"
            ),
            _ => true,
        };
        if apart && clear && RANK_SUFFIXES.contains(&suffix) {
            (value, true, 2)
        } else {
            (value, false, 1)
        }
    } else {
        (rank_digits(word)?, true, 1)
    };
    Some(Number { words: index..index + length, value, spelled: false, rank })
}

fn plain(word: &str) -> Option<u64> {
    let good = !word.is_empty()
        && word.len() <= MAX_DIGITS
        && word.bytes().all(|sign| sign.is_ascii_digit());
    good.then(|| word.parse().ok()).flatten()
}

const RANK_SUFFIXES: [&str; 16] = [
    "e", "eme", "ieme", "iem", "em", "re", "ere", "er", "ier", "iere", "rd", "th", "nd", "st",
    "nde", "ime",
];

fn rank_digits(word: &str) -> Option<u64> {
    let n_digits = word.bytes().take_while(u8::is_ascii_digit).count();
    let (digits, suffix) = word.split_at_checked(n_digits)?;
    RANK_SUFFIXES.contains(&suffix).then(|| plain(digits)).flatten()
}

/// What a word does to a number that is being read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    Unit(u64),
    Ten(u64),
    Hundred,
    Thousand,
    Link,
}

/// A number that is being read: the part below a thousand, and the thousands.
#[derive(Debug, Clone, Copy, Default)]
struct Sum {
    thousands: u64,
    below: u64,
}

impl Sum {
    /// Adds a part, or tells that it belongs to the next number.
    fn add(&mut self, part: Part) -> bool {
        let (ones, tens) = (self.below % 10, self.below % 100);
        let added = match part {
            Part::Unit(unit) if unit < 10 => {
                let after_ten = tens == 10 && unit >= 7;
                (tens == 0 || (tens >= 20 && ones == 0) || after_ten).then_some(unit)
            }
            Part::Unit(unit) => matches!(tens, 0 | 60 | 80).then_some(unit),
            Part::Ten(20) if tens == 4 => Some(76),
            Part::Ten(ten) => (tens == 0).then_some(ten),
            Part::Hundred => {
                let count = self.below.max(1);
                (count < 100).then_some(count * 100 - self.below)
            }
            Part::Thousand => {
                let fits = self.thousands == 0;
                if fits {
                    self.thousands = self.below.max(1) * 1_000;
                    self.below = 0;
                }
                fits.then_some(0)
            }
            Part::Link => None,
        };
        if let Some(amount) = added {
            self.below += amount;
        }
        added.is_some()
    }

    const fn value(self) -> u64 {
        self.thousands + self.below
    }
}

fn spelled(reading: &Reading, index: usize) -> Option<Number> {
    if matches!(reading.text(index), "zero") {
        return Some(made(index..index + 1, 0, false));
    }
    let mut sum = Sum::default();
    let mut end = index;
    let mut at = index;
    while at < index + MAX_NUMBER_WORDS {
        if at > index && reading.gap(at) > Gap::Hyphen {
            break;
        }
        let word = reading.text(at);
        if let Some(rank) = rank_word(word) {
            let good = rank > 0 && sum.add(part_of(rank));
            return if good {
                Some(made(index..at + 1, sum.value(), true))
            } else {
                number_before(index..end, sum)
            };
        }
        match part(word) {
            Some(Part::Link) if end > index => at += 1,
            Some(part) if part != Part::Link && sum.add(part) => {
                at += 1;
                end = at;
            }
            _ => break,
        }
    }
    number_before(index..end, sum)
}

fn number_before(words: Range<usize>, sum: Sum) -> Option<Number> {
    (!words.is_empty()).then(|| made(words, sum.value(), false))
}

const fn made(words: Range<usize>, value: u64, rank: bool) -> Number {
    Number { words, value, spelled: true, rank }
}

const fn part_of(value: u64) -> Part {
    match value {
        0..20 => Part::Unit(value),
        100 => Part::Hundred,
        1_000 => Part::Thousand,
        _ => Part::Ten(value),
    }
}

fn part(word: &str) -> Option<Part> {
    if matches!(word, "et" | "and") {
        return Some(Part::Link);
    }
    let known = CARDINALS.iter().find(|(name, _)| *name == word);
    known.map(|(_, value)| part_of(*value))
}

const CARDINALS: &[(&str, u64)] = &[
    ("un", 1),
    ("une", 1),
    ("deux", 2),
    ("trois", 3),
    ("quatre", 4),
    ("cinq", 5),
    ("six", 6),
    ("sept", 7),
    ("huit", 8),
    ("neuf", 9),
    ("dix", 10),
    ("onze", 11),
    ("douze", 12),
    ("treize", 13),
    ("quatorze", 14),
    ("quinze", 15),
    ("seize", 16),
    ("vingt", 20),
    ("vingts", 20),
    ("trente", 30),
    ("quarante", 40),
    ("cinquante", 50),
    ("soixante", 60),
    ("septante", 70),
    ("huitante", 80),
    ("nonante", 90),
    ("cent", 100),
    ("cents", 100),
    ("mille", 1_000),
    ("one", 1),
    ("two", 2),
    ("three", 3),
    ("four", 4),
    ("five", 5),
    ("seven", 7),
    ("eight", 8),
    ("nine", 9),
    ("ten", 10),
    ("eleven", 11),
    ("twelve", 12),
    ("thirteen", 13),
    ("fourteen", 14),
    ("fifteen", 15),
    ("sixteen", 16),
    ("seventeen", 17),
    ("eighteen", 18),
    ("nineteen", 19),
    ("twenty", 20),
    ("thirty", 30),
    ("forty", 40),
    ("fourty", 40),
    ("fifty", 50),
    ("sixty", 60),
    ("seventy", 70),
    ("eighty", 80),
    ("ninety", 90),
    ("hundred", 100),
    ("thousand", 1_000),
    ("dizaine", 10),
    ("douzaine", 12),
    ("quinzaine", 15),
    ("vingtaine", 20),
    ("trentaine", 30),
    ("dozen", 12),
];

const RANKS: &[(&str, u64)] = &[
    ("premier", 1),
    ("premiere", 1),
    ("deuxieme", 2),
    ("seconde", 2),
    ("troisieme", 3),
    ("quatrieme", 4),
    ("cinquieme", 5),
    ("sixieme", 6),
    ("septieme", 7),
    ("huitieme", 8),
    ("neuvieme", 9),
    ("dixieme", 10),
    ("onzieme", 11),
    ("douzieme", 12),
    ("treizieme", 13),
    ("quatorzieme", 14),
    ("quinzieme", 15),
    ("seizieme", 16),
    ("vingtieme", 20),
    ("trentieme", 30),
    ("quarantieme", 40),
    ("cinquantieme", 50),
    ("soixantieme", 60),
    ("centieme", 100),
    ("unieme", 1),
    ("first", 1),
    ("second", 2),
    ("third", 3),
    ("fourth", 4),
    ("fifth", 5),
    ("sixth", 6),
    ("seventh", 7),
    ("eighth", 8),
    ("ninth", 9),
    ("tenth", 10),
    ("eleventh", 11),
    ("twelfth", 12),
    ("thirteenth", 13),
    ("fourteenth", 14),
    ("fifteenth", 15),
    ("sixteenth", 16),
    ("seventeenth", 17),
    ("eighteenth", 18),
    ("nineteenth", 19),
    ("twentieth", 20),
    ("thirtieth", 30),
    ("fortieth", 40),
    ("fiftieth", 50),
    ("sixtieth", 60),
    ("troizieme", 3),
    ("deusieme", 2),
];

fn rank_word(word: &str) -> Option<u64> {
    let known = RANKS.iter().find(|(name, _)| *name == word);
    known.map(|(_, value)| *value)
}

#[cfg(test)]
mod tests;
