//! A message cut into words that can be compared, each with its place in the message.
//!
//! Lives here: folding, cutting, typing slips, numbers in words, phrase lists. Never here: what
//! any of it means.

pub(crate) mod digits;
pub(crate) mod lexicon;
pub(crate) mod numbers;
pub(crate) mod slip;
pub(crate) mod table;
pub(crate) mod usual;

use std::ops::Range;
use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};

/// Characters of a message that are considered; the rest is left out.
pub const MAX_CHARS: usize = 2_000;
/// Words of a message that are considered.
pub const MAX_WORDS: usize = 400;
/// Characters of one word that are considered; no word of either language is longer.
const MAX_WORD_CHARS: usize = 40;

/// What stands between a word and the one before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Gap {
    /// A space, an apostrophe, or the beginning.
    Space,
    /// A hyphen or dash without spaces.
    Hyphen,
    /// A colon without spaces, as in 14:30.
    Colon,
    /// A slash, as in 3/3 or Cartier/Fraser.
    Slash,
    /// A number sign, as in #3.
    Number,
    /// A comma, bracket or dash between words.
    Comma,
    /// The end of a sentence, or of a line.
    Stop,
}

/// One word.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Word {
    /// Its folded letters and digits.
    pub(crate) text: String,
    /// What stands before it.
    pub(crate) gap: Gap,
    /// Its bytes in the message.
    pub(crate) raw: Range<usize>,
    /// Its bytes in the folded line.
    pub(crate) line: Range<usize>,
    /// Whether it begins with a capital letter.
    pub(crate) capital: bool,
}

impl Word {
    /// Tells whether the word is all digits.
    pub(crate) fn is_digits(&self) -> bool {
        self.text.bytes().all(|sign| sign.is_ascii_digit())
    }
}

/// A message, cut.
#[derive(Debug, Clone, Default)]
pub(crate) struct Reading {
    raw: String,
    /// The folded message with its punctuation, for patterns.
    pub(crate) line: String,
    /// Its words.
    pub(crate) words: Vec<Word>,
}

impl Reading {
    /// Cuts a message.
    pub(crate) fn of(text: &str) -> Self {
        let mut cutter = Cutter::default();
        for sign in text.nfc().take(MAX_CHARS) {
            cutter.push(sign);
        }
        cutter.finish()
    }

    /// Gives the message's own spelling of some words.
    pub(crate) fn spelling(&self, words: Range<usize>) -> String {
        let Some((first, last)) = self.ends(words) else {
            return String::new();
        };
        let text = self.raw.get(first.raw.start..last.raw.end);
        text.unwrap_or_default().to_owned()
    }

    /// Gives the message's own spelling of some bytes of the folded line, widened to whole words.
    pub(crate) fn words_at(&self, line: &Range<usize>) -> Range<usize> {
        let start = self.words.partition_point(|w| w.line.end <= line.start);
        let end = self.words.partition_point(|w| w.line.start < line.end);
        start..end.max(start)
    }

    /// Gives a word's folded letters; empty past the end.
    pub(crate) fn text(&self, index: usize) -> &str {
        self.words.get(index).map_or("", |word| word.text.as_str())
    }

    /// Gives what stands before a word; a stop past the end.
    pub(crate) fn gap(&self, index: usize) -> Gap {
        self.words.get(index).map_or(Gap::Stop, |word| word.gap)
    }

    /// Tells whether a word is one letter of several with a full stop each, as in "U.S.".
    pub(crate) fn is_initial(&self, index: usize) -> bool {
        let is_dotted = |at: usize| {
            let word = self.words.get(at).filter(|word| word.text.len() == 1);
            word.and_then(|word| self.raw.get(word.raw.end..))
                .is_some_and(|rest| rest.starts_with('.'))
        };
        let before = index.checked_sub(1).is_some_and(is_dotted);
        is_dotted(index) && (before || is_dotted(index + 1))
    }

    /// Tells whether a word was typed in plain letters, so that accents may be missing.
    pub(crate) fn is_bare(&self, word: &Word) -> bool {
        self.raw.get(word.raw.clone()).is_some_and(str::is_ascii)
    }

    /// Writes the message out in small letters, as far as its first `n_words` words go, with some
    /// words replaced.
    pub(crate) fn rewritten(
        &self,
        n_words: usize,
        replaced: impl Fn(usize, &Word) -> Option<String>,
    ) -> String {
        let mut text = String::with_capacity(self.raw.len());
        let mut from = 0;
        for (at, word) in self.words.iter().enumerate().take(n_words) {
            let between = self.raw.get(from..word.raw.start).unwrap_or_default();
            text.push_str(&between.to_lowercase());
            let own = || self.raw.get(word.raw.clone()).unwrap_or_default().to_lowercase();
            text.push_str(&replaced(at, word).unwrap_or_else(own));
            from = word.raw.end;
        }
        if self.words.len() <= n_words {
            text.push_str(&self.raw.get(from..).unwrap_or_default().to_lowercase());
        }
        text
    }

    fn ends(&self, words: Range<usize>) -> Option<(&Word, &Word)> {
        let words = self.words.get(words)?;
        Some((words.first()?, words.last()?))
    }
}

/// Gives the letters that one sign stands for.
pub(crate) const fn ligature(sign: char) -> Option<&'static str> {
    match sign {
        'œ' => Some("oe"),
        'æ' => Some("ae"),
        'ß' => Some("ss"),
        _ => None,
    }
}

/// Folds one phrase to its words, by the same rules as a message.
pub(crate) fn words_of(phrase: &str) -> Vec<String> {
    let words = Reading::of(phrase).words;
    words.into_iter().map(|word| word.text).collect()
}

/// Letters before an apostrophe that are words of their own in French.
const ELISIONS: [&str; 14] =
    ["l", "d", "j", "c", "s", "n", "m", "t", "y", "qu", "jusqu", "lorsqu", "puisqu", "quelqu"];

#[derive(Default)]
struct Cutter {
    reading: Reading,
    word: String,
    word_chars: usize,
    raw_start: usize,
    raw_end: usize,
    line_start: usize,
    capital: bool,
    between: String,
}

impl Cutter {
    fn push(&mut self, sign: char) {
        let start = self.reading.raw.len();
        self.reading.raw.push(sign);
        let end = self.reading.raw.len();
        if matches!(sign, '\'' | '\u{2019}' | '\u{2bc}' | '`') {
            return self.apostrophe();
        }
        let mut folded = [sign]
            .into_iter()
            .nfkd()
            .filter(|sign| !is_combining_mark(*sign))
            .flat_map(char::to_lowercase)
            .peekable();
        if folded.peek().is_some_and(|sign| sign.is_alphanumeric()) {
            self.open(start, sign);
            self.raw_end = end;
            for part in folded {
                self.letter(part);
            }
        } else if !is_combining_mark(sign) {
            self.close();
            for part in folded {
                self.between.push(part);
                self.reading.line.push(part);
            }
        }
    }

    fn letter(&mut self, sign: char) {
        let mut own = [0; 4];
        let letters = ligature(sign).unwrap_or_else(|| sign.encode_utf8(&mut own));
        self.reading.line.push_str(letters);
        self.word_chars += 1;
        if self.word_chars <= MAX_WORD_CHARS {
            self.word.push_str(letters);
        }
    }

    fn open(&mut self, start: usize, sign: char) {
        if !self.word.is_empty() {
            return;
        }
        self.raw_start = start;
        self.line_start = self.reading.line.len();
        self.capital = sign.is_uppercase();
    }

    /// Ends a word after a French elision; elsewhere the word may go on: don't, it's.
    fn apostrophe(&mut self) {
        if self.word.is_empty() || ELISIONS.contains(&self.word.as_str()) {
            self.close();
            self.between.push('\'');
            self.reading.line.push(' ');
        }
    }

    fn close(&mut self) {
        if self.word.is_empty() {
            return;
        }
        let gap = gap_of(&self.between, self.reading.words.is_empty());
        self.between.clear();
        self.word_chars = 0;
        self.reading.words.push(Word {
            text: std::mem::take(&mut self.word),
            gap,
            raw: self.raw_start..self.raw_end,
            line: self.line_start..self.reading.line.len(),
            capital: self.capital,
        });
    }

    fn finish(mut self) -> Reading {
        self.close();
        self.reading.words.truncate(MAX_WORDS);
        self.reading
    }
}

/// Weighs the signs between two words.
fn gap_of(between: &str, first: bool) -> Gap {
    let signs = between.trim();
    if first {
        return if signs.ends_with('#') { Gap::Number } else { Gap::Space };
    }
    if signs.contains(['.', '!', '?', ';', '…', '。']) || between.contains('\n') {
        Gap::Stop
    } else if signs.ends_with(['#', '№']) {
        Gap::Number
    } else if signs.contains([',', '(', ')', '[', ']', '{', '}', '"', '«', '»', '|', '<', '>']) {
        Gap::Comma
    } else if signs.contains('/') {
        Gap::Slash
    } else if signs.contains(':') {
        if between == ":" { Gap::Colon } else { Gap::Stop }
    } else if signs.contains(['-', '\u{2010}', '\u{2011}', '–', '—']) {
        if between.chars().count() == 1 { Gap::Hyphen } else { Gap::Comma }
    } else {
        Gap::Space
    }
}

#[cfg(test)]
mod tests;
