//! Long runs of digits, typed in groups or said one after the other: phone and case numbers.

use std::ops::Range;

use super::numbers;
use super::{Gap, Reading};

/// Digits of the longest run that is read; a longer one is none of ours.
const MAX_RUN_DIGITS: usize = 20;

/// A run of digits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Run {
    /// Where.
    pub(crate) words: Range<usize>,
    /// The digits, groups joined.
    pub(crate) digits: String,
    /// The length of each group as it was typed or said.
    pub(crate) groups: Vec<usize>,
    /// Whether any of it was written in words.
    pub(crate) spelled: bool,
    /// Whether dashes stand between all groups.
    pub(crate) dashed: bool,
}

/// Finds every run of at least `min_digits` digits.
pub(crate) fn runs(reading: &Reading, min_digits: usize) -> Vec<Run> {
    let mut found = Vec::new();
    let mut index = 0;
    while index < reading.words.len() {
        match run_at(reading, index) {
            Some(run) => {
                index = run.words.end;
                if run.digits.len() >= min_digits && run.digits.len() <= MAX_RUN_DIGITS {
                    found.push(run);
                }
            }
            None => index += 1,
        }
    }
    found
}

fn run_at(reading: &Reading, index: usize) -> Option<Run> {
    let mut run = Run {
        words: index..index,
        digits: String::new(),
        groups: Vec::new(),
        spelled: false,
        dashed: true,
    };
    let mut at = index;
    while at == index || joins(reading, at) {
        // "Vingt-six tiret zéro": a dash may be said.
        let dash = usize::from(at > index && is_said_dash(reading.text(at)));
        let Some(group) = group_at(reading, at + dash) else {
            break;
        };
        run.dashed &= at == index || reading.gap(at) == Gap::Hyphen;
        run.groups.push(group.digits.len());
        run.digits.push_str(&group.digits);
        run.spelled |= group.spelled;
        at = group.end;
    }
    run.words = index..at;
    (at > index).then_some(run)
}

/// Groups of one number stand side by side; brackets, dots and commas may stand between.
fn joins(reading: &Reading, at: usize) -> bool {
    let three =
        |at: usize| reading.words.get(at).is_some_and(|w| w.is_digits() && w.text.len() == 3);
    // "418/555-1234" is no date.
    let area = reading.gap(at) == Gap::Slash && at > 0 && three(at - 1) && three(at);
    area || is_dotted(reading, at)
        || matches!(reading.gap(at), Gap::Space | Gap::Hyphen | Gap::Comma)
}

/// Tells whether a lone point, without a space, stands before a word: 13.06.2026.
pub(crate) fn is_dotted(reading: &Reading, at: usize) -> bool {
    reading.gap(at) == Gap::Stop
        && at > 0
        && reading
            .words
            .get(at - 1..=at)
            .is_some_and(|pair| matches!(pair, [a, b] if a.line.end + 1 == b.line.start))
}

fn is_said_dash(word: &str) -> bool {
    matches!(word, "tiret" | "dash" | "hyphen")
}

struct Group {
    digits: String,
    end: usize,
    spelled: bool,
}

fn group_at(reading: &Reading, at: usize) -> Option<Group> {
    let word = reading.text(at);
    if reading.words.get(at)?.is_digits() {
        return Some(group(word.to_owned(), at + 1, false));
    }
    if let Some(mended) = mended(word) {
        return Some(group(mended, at + 1, false));
    }
    if matches!(word, "oh" | "o") && at > 0 {
        return Some(group("0".to_owned(), at + 1, true));
    }
    if let Some(times) = repeated(word) {
        let one = group_at(reading, at + 1).filter(|one| one.digits.len() == 1)?;
        return Some(group(one.digits.repeat(times), one.end, true));
    }
    let number = numbers::at(reading, at).filter(|number| number.spelled && !number.rank)?;
    Some(group(number.value.to_string(), number.words.end, true))
}

/// "Double oh", "triple five".
fn repeated(word: &str) -> Option<usize> {
    match word {
        "double" => Some(2),
        "triple" => Some(3),
        _ => None,
    }
}

const fn group(digits: String, end: usize, spelled: bool) -> Group {
    Group { digits, end, spelled }
}

/// Mends letters typed for digits: `OO1234` is 001234.
fn mended(word: &str) -> Option<String> {
    let n_digits = word.bytes().filter(u8::is_ascii_digit).count();
    if n_digits < 2 {
        return None;
    }
    word.chars()
        .map(|sign| match sign {
            '0'..='9' => Some(sign),
            'o' => Some('0'),
            'l' | 'i' => Some('1'),
            _ => None,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_are_joined_however_they_are_said() {
        for (text, digits) in [
            ("418-555-1234", "4185551234"),
            ("(418) 555 1234", "4185551234"),
            ("418.555.1234", "4185551234"),
            ("quatre un huit cinq cinq cinq un deux trois quatre", "4185551234"),
            ("quatre cent dix-huit, cinq cent cinquante-cinq, douze trente-quatre", "4185551234"),
            ("four one eight five five five oh one two three", "4185550123"),
            ("26-OO1234-7", "260012347"),
            ("vingt-six, zéro zéro un deux trois quatre, sept", "260012347"),
            ("four one eight, triple five, one two double oh", "4185551200"),
            ("vingt-six tiret zéro zéro un deux trois quatre tiret sept", "260012347"),
            ("418/555-1234", "4185551234"),
            ("12/06/2026", ""),
            ("double 5 trous", ""),
            ("5 trous", ""),
        ] {
            let runs = runs(&Reading::of(text), 7);
            let found: Vec<&str> = runs.iter().map(|run| run.digits.as_str()).collect();
            assert_eq!(found.join(" "), digits, "{text}");
        }
    }
}
