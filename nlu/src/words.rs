//! A list of both languages' words and how often they are used: what a slip of the finger meant,
//! and where the accents go.
//!
//! The list is a model file of its own (see the `models` crate); without it only the words of the
//! city's own sentences are known.

use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};

use bot_core::Language;

use crate::error::NluError;
use crate::text::ligature;
use crate::text::slip::{apart, mask};

/// Letters of the longest word that is kept.
pub(crate) const MAX_CHARS: usize = 24;
/// Words kept of a list.
const MAX_WORDS: usize = 400_000;
/// How much commoner than all others a spelling must be to be put in place of a bare one.
const COMMONER: f32 = 20.0;
/// How much a word of the other language counts.
const OTHER_LANGUAGE: f32 = 0.1;

/// A word, folded, and what is known of it.
#[derive(Debug, Clone, PartialEq)]
struct Known {
    folded: Box<str>,
    /// Its usual spelling, where accents are missing from the folded one.
    spelt: Option<Box<str>>,
    /// Whether the folded spelling is a common word too, so that the accents may not be missing.
    bare: bool,
}

/// How often a word is used: its share of all words of French, and of English.
type Shares = [f32; 2];

/// A word that might be meant by another one.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Candidate<'a> {
    pub(crate) word: &'a str,
    /// How often it is used, as a share of all words.
    pub(crate) share: f32,
    /// Letters that only one of the two words has.
    pub(crate) n_apart: usize,
}

/// Words of one length, in the order of the alphabet. What a search looks at first lies close
/// together.
#[derive(Debug, Clone, Default, PartialEq)]
struct SameLength {
    letters: Vec<u64>,
    shares: Vec<Shares>,
    known: Vec<Known>,
}

/// Words by length.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Words {
    by_length: Vec<SameLength>,
    fingerprint: [u8; 32],
}

impl Words {
    /// Reads a list: a line a word, its spelling, a tab, how often it is used in a billion words of
    /// French, a tab, and the same of English. Lines that begin with # are comments.
    ///
    /// # Errors
    /// [`NluError::Word`] names the first line that is none.
    pub fn read(list: &str) -> Result<Self, NluError> {
        let mut found: BTreeMap<String, Entry> = BTreeMap::new();
        let rows = list.lines().enumerate().filter(|(_, line)| !line.starts_with('#'));
        for (at, line) in rows.take(MAX_WORDS) {
            let (spelt, shares) = row(line).ok_or(NluError::Word { line: at + 1 })?;
            let folded = folded(spelt);
            if folded.len() <= MAX_CHARS && folded.bytes().all(|sign| sign.is_ascii_lowercase()) {
                found.entry(folded).or_default().add(spelt, shares);
            }
        }
        let mut by_length = vec![SameLength::default(); MAX_CHARS + 1];
        for (folded, entry) in found {
            if let Some(list) = by_length.get_mut(folded.len()) {
                list.letters.push(mask(&folded));
                list.shares.push(entry.shares);
                list.known.push(entry.known(folded));
            }
        }
        Ok(Self { by_length, fingerprint: Sha256::digest(list).into() })
    }

    /// Changes whenever a word of the list does.
    #[must_use]
    pub const fn fingerprint(&self) -> [u8; 32] {
        self.fingerprint
    }

    /// Tells how often a folded word is used, as a share of all words; 0 where it is unknown.
    pub(crate) fn share(&self, folded: &str, lang: Option<Language>) -> f32 {
        let found = self.find(folded).and_then(|(list, at)| list.shares.get(at));
        found.map_or(0.0, |shares| share(*shares, lang))
    }

    /// Gives the words that may be `limit` slips away from one of such a length and such letters.
    pub(crate) fn about(
        &self,
        length: usize,
        letters: u64,
        limit: usize,
        lang: Option<Language>,
    ) -> impl Iterator<Item = Candidate<'_>> {
        let from = length.saturating_sub(limit);
        let lists = self.by_length.iter().skip(from).take(length + limit + 1 - from);
        lists.flat_map(move |list| {
            let looked = list.letters.iter().zip(&list.shares).zip(&list.known);
            looked.filter_map(move |((other, shares), known)| {
                let n_apart = apart(letters, *other, limit)?;
                Some(Candidate { word: &known.folded, share: share(*shares, lang), n_apart })
            })
        })
    }

    fn get(&self, folded: &str) -> Option<&Known> {
        let (list, at) = self.find(folded)?;
        list.known.get(at)
    }

    fn find(&self, folded: &str) -> Option<(&SameLength, usize)> {
        let list = self.by_length.get(folded.len())?;
        let at = list.known.binary_search_by(|known| known.folded.as_ref().cmp(folded)).ok()?;
        Some((list, at))
    }

    /// Gives the usual spelling of a folded word, with its accents.
    pub(crate) fn spelt<'a>(&'a self, folded: &'a str) -> &'a str {
        self.get(folded).and_then(|known| known.spelt.as_deref()).unwrap_or(folded)
    }

    /// Gives the spelling that a word typed without accents must have meant, if there is one.
    pub(crate) fn accented(&self, folded: &str) -> Option<&str> {
        let known = self.get(folded)?;
        if known.bare { None } else { known.spelt.as_deref() }
    }
}

/// All spellings of one folded word.
#[derive(Default)]
struct Entry {
    shares: Shares,
    /// The commonest spelling with accents, and how common it is.
    accented: Option<(Box<str>, f32)>,
    /// How common the spelling without accents is.
    bare: f32,
}

impl Entry {
    fn add(&mut self, spelt: &str, [fr, en]: [f32; 2]) {
        self.shares = [self.shares[0] + fr, self.shares[1] + en];
        let share = fr + en;
        if spelt.is_ascii() {
            self.bare += share;
        } else if self.accented.as_ref().is_none_or(|(_, best)| share > *best) {
            self.accented = Some((spelt.into(), share));
        }
    }

    fn known(self, folded: String) -> Known {
        let (spelt, share) = self.accented.unzip();
        let share = share.unwrap_or_default();
        Known {
            folded: folded.into_boxed_str(),
            spelt: spelt.filter(|_| share > self.bare),
            bare: share <= COMMONER * self.bare,
        }
    }
}

fn share([fr, en]: Shares, lang: Option<Language>) -> f32 {
    match lang {
        Some(Language::Fr) => OTHER_LANGUAGE.mul_add(en, fr),
        Some(Language::En) => OTHER_LANGUAGE.mul_add(fr, en),
        None => f32::midpoint(fr, en),
    }
}

fn row(line: &str) -> Option<(&str, [f32; 2])> {
    let mut cells = line.split('\t');
    let spelt = cells.next().filter(|cell| !cell.is_empty())?;
    let mut share = || cells.next()?.parse::<f32>().ok().filter(|share| share.is_finite());
    Some((spelt, [share()? * 1e-9, share()? * 1e-9]))
}

/// Takes accents and apostrophes off, and writes small letters.
pub(crate) fn folded(word: &str) -> String {
    let mut folded = String::with_capacity(word.len());
    for sign in word.nfkd().filter(|sign| !is_combining_mark(*sign)).flat_map(char::to_lowercase) {
        match (ligature(sign), sign) {
            (Some(letters), _) => folded.push_str(letters),
            (None, '\'' | '\u{2019}') => {}
            (None, _) => folded.push(sign),
        }
    }
    folded
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_are_found_again() {
        let list =
            "# how often\nréveille\t9000\t0\nmarche\t5000\t10\nmarché\t4000\t0\ndon't\t0\t900000\n";
        let words = Words::read(list).unwrap();
        assert_eq!(words.accented("reveille"), Some("réveille"));
        assert_eq!(words.accented("marche"), None, "both are words");
        assert_eq!(words.spelt("reveille"), "réveille");
        assert!(words.share("dont", None) > 4e-4);
        assert!(words.share("marche", Some(Language::Fr)) > 8e-6);
        assert!(matches!(Words::read("a\t1"), Err(NluError::Word { line: 1 })));
        let close = words.about(6, mask("marhce"), 1, None);
        assert_eq!(close.map(|one| (one.word, one.n_apart)).collect::<Vec<_>>(), [("marche", 0)]);
    }
}
