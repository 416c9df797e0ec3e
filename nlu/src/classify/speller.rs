//! Mends misspelt words, by the words that the city's own sentences and our tables use, and by the
//! list of both languages' words where it is at hand.
//!
//! A word that is known stays. Another one is weighed against the known ones that are one or two
//! slips away: how often each is used, against how unlikely its slips are (a noisy channel, as in
//! Kernighan, Church and Gale 1990).

use bot_core::Language;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use crate::tables;
use crate::text::slip::{apart, mask, slips_of_close};
use crate::text::{Gap, Reading, table, usual, words_of};
use crate::words::{Candidate, MAX_CHARS, Words};

/// Letters of the shortest word that is mended by the city's own words alone.
const MIN_CHARS: usize = 5;
/// Letters of the shortest word that is mended where the languages' words are known.
const MIN_CHARS_LISTED: usize = 3;
/// Letters from which two slips are mended.
const TWO_SLIPS_CHARS: usize = 6;
/// The same, by the city's own words alone.
const TWO_SLIPS_CHARS_ALONE: usize = 8;
/// A word used this often is no slip, as a share of all words: that of every word that the list has
/// for the message's language, since names and trades are rare words and mean what they say.
const KNOWN_FROM: f32 = 1e-8;
/// What a word counts that no one knows, as a share of all words.
const UNKNOWN_SHARE: f32 = 1e-10;
/// How much a word of the city's own sentences counts beside the languages' words.
const OWN_SHARE: f32 = 0.5;
/// How unlikely one slip is, as a logarithm.
const SLIP: f32 = 5.5;
/// How unlikely a slip in the first letter is, on top.
const FIRST_LETTER: f32 = 2.0;
/// Letters below which a word is short: many others are one slip away.
const SHORT_CHARS: usize = 5;
/// How unlikely a slip in a short word is, on top.
const SHORT: f32 = 2.0;
/// How much likelier than the word as typed another must be.
const MARGIN: f32 = -1.0;

/// The city's own words by length, with how often they are used.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Speller {
    by_length: Vec<Vec<(String, u64, f32)>>,
}

impl Speller {
    /// Learns the words of some sentences, and those of our own tables.
    pub(crate) fn learn<'a>(texts: impl Iterator<Item = &'a String>) -> Self {
        let mut counts: BTreeMap<String, u32> = BTreeMap::new();
        for word in texts.flat_map(|text| words_of(text)) {
            *counts.entry(word).or_default() += 1;
        }
        for word in usual::marks() {
            counts.entry(word.clone()).or_insert(1);
        }
        for (_, _, phrase) in table::all(tables::CONCEPTS) {
            let whole = phrase.split_whitespace().filter(|part| !part.ends_with('*'));
            for word in whole.flat_map(words_of) {
                counts.entry(word).or_insert(1);
            }
        }
        let n_words: u32 = counts.values().sum();
        let mut by_length = vec![Vec::new(); MAX_CHARS + 1];
        for (word, count) in counts {
            if let Some(same_length) = by_length.get_mut(word.len()) {
                let letters = mask(&word);
                same_length.push((word, letters, OWN_SHARE * share(count, n_words)));
            }
        }
        Self { by_length }
    }

    fn own_share(&self, word: &str) -> f32 {
        let found = self.by_length.get(word.len()).and_then(|list| {
            let at = list.binary_search_by(|(known, ..)| known.as_str().cmp(word)).ok()?;
            list.get(at)
        });
        found.map_or(0.0, |(_, _, share)| *share)
    }

    /// Gives the known word that was meant; `None` where the word is known, or like no other.
    pub(crate) fn mended(
        &self,
        word: &str,
        words: Option<&Words>,
        lang: Option<Language>,
    ) -> Option<String> {
        let length = word.len();
        let (least, two) = match words {
            Some(_) => (MIN_CHARS_LISTED, TWO_SLIPS_CHARS),
            None => (MIN_CHARS, TWO_SLIPS_CHARS_ALONE),
        };
        if !(least..=MAX_CHARS).contains(&length)
            || !word.bytes().all(|sign| sign.is_ascii_lowercase())
        {
            return None;
        }
        let listed = |word: &str| words.map_or(0.0, |words| words.share(word, lang));
        let share = |word: &str| self.own_share(word) + listed(word);
        let own = share(word);
        // Lists have few plurals, and of names no genitives.
        let of_many = word.strip_suffix('s').filter(|one| one.len() >= MIN_CHARS_LISTED);
        if own > KNOWN_FROM || of_many.is_some_and(|one| share(one) > KNOWN_FROM) {
            return None;
        }
        let limit = if length >= two { 2 } else { 1 };
        let letters = mask(word);
        let ours = self.about(length, letters, limit);
        let ours = ours.map(|one| Candidate { share: one.share + listed(one.word), ..one });
        let listed = words.into_iter().flat_map(|words| words.about(length, letters, limit, lang));
        let mut best =
            Best { of: word, limit, p: own.max(UNKNOWN_SHARE).ln() + MARGIN, word: None };
        for one in ours.chain(listed).filter(|one| one.word.len() >= least.min(length)) {
            best.weigh(one);
        }
        best.word.map(str::to_owned)
    }

    /// Gives the city's words that may be `limit` slips away.
    fn about(
        &self,
        length: usize,
        letters: u64,
        limit: usize,
    ) -> impl Iterator<Item = Candidate<'_>> {
        let lists = self.by_length.iter().skip(length - limit).take(2 * limit + 1).flatten();
        lists.filter_map(move |(word, other, share)| {
            let n_apart = apart(letters, *other, limit)?;
            Some(Candidate { word, share: *share, n_apart })
        })
    }
}

/// The likeliest word so far.
struct Best<'a> {
    /// The word as typed.
    of: &'a str,
    limit: usize,
    /// How likely, as a logarithm.
    p: f32,
    word: Option<&'a str>,
}

impl<'a> Best<'a> {
    fn weigh(&mut self, one: Candidate<'a>) {
        let share = one.share.max(UNKNOWN_SHARE).ln();
        let slip = if self.of.len() < SHORT_CHARS { SLIP + SHORT } else { SLIP };
        let p =
            |n_slips: usize| if n_slips > 1 { 2.0f32.mul_add(-slip, share) } else { share - slip };
        // One slip changes two letters at most. What cannot win is not compared, which is slow.
        if p(if one.n_apart > 2 { 2 } else { 1 }) <= self.p {
            return;
        }
        let Some(n_slips) =
            slips_of_close(self.of, one.word, self.limit).filter(|n_slips| *n_slips > 0)
        else {
            return;
        };
        let other_start = one.word.as_bytes().first() != self.of.as_bytes().first();
        let p = p(n_slips) - if other_start { FIRST_LETTER } else { 0.0 };
        if p > self.p {
            (self.p, self.word) = (p, Some(one.word));
        }
    }
}

#[expect(clippy::cast_precision_loss, reason = "counts of words are far below 2^24")]
fn share(count: u32, of: u32) -> f32 {
    count as f32 / of.max(1) as f32
}

/// Mends the words of a message that are not part of a place, nor written as a name is.
pub(crate) fn mend(
    speller: &Speller,
    reading: &mut Reading,
    keep: &[Range<usize>],
    words: Option<&Words>,
    lang: Option<Language>,
) {
    let names = names(reading);
    for (at, word) in reading.words.iter_mut().enumerate() {
        if names.contains(&at) || keep.iter().any(|range| range.contains(&at)) {
            continue;
        }
        if let Some(known) = speller.mended(&word.text, words, lang) {
            word.text = known;
        }
    }
}

/// Finds the words that a capital letter marks as names: not at the beginning of a sentence, and not
/// where the whole message is in capitals.
fn names(reading: &Reading) -> BTreeSet<usize> {
    let n_capital = reading.words.iter().filter(|word| word.capital).count();
    if 2 * n_capital > reading.words.len() {
        return BTreeSet::new();
    }
    let inside = reading.words.iter().enumerate().skip(1);
    let named = inside.filter(|(_, word)| word.capital && word.gap != Gap::Stop);
    named.map(|(at, _)| at).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slips_are_mended_and_known_words_left() {
        let texts = ["le trottoir est brisé".to_owned()];
        let speller = Speller::learn(texts.iter());
        for (typed, meant) in [
            ("trotoir", Some("trottoir")),
            ("trottoir", None),
            ("bris", None),
            ("birse", Some("brise")),
            ("xyz", None),
            ("qqqqqqqq", None),
        ] {
            assert_eq!(speller.mended(typed, None, None).as_deref(), meant, "{typed}");
        }
    }

    #[test]
    fn the_languages_words_are_left_and_meant() {
        let speller = Speller::learn([].into_iter());
        let list = "creation\t300\t9000\ncrevaison\t300\t0\ndimanche\t50000\t0\nlune\t9000\t0\n";
        let words = Words::read(list).unwrap();
        let mended = |typed: &str| speller.mended(typed, Some(&words), Some(Language::Fr));
        assert_eq!(mended("crevaison"), None);
        assert_eq!(mended("dimnche").as_deref(), Some("dimanche"));
        assert_eq!(mended("lunne").as_deref(), Some("lune"));
        assert_eq!(mended("zzz"), None);
        assert_eq!(mended("dimanches"), None, "one more of a known word");
        assert_eq!(mended("dune"), None, "a short word is like many");
    }

    #[test]
    fn names_and_rare_words_mean_what_they_say() {
        let speller = Speller::learn([].into_iter());
        let list = "use\t2066\t478198\ncold\t0\t90636\ncola\t449\t30\nmind\t0\t90000\nmin\t11840\t805\n\
            colonel\t0\t9000\nthe\t0\t9000000\nin\t0\t900000\n";
        let words = Words::read(list).unwrap();
        let mended = |text: &str| {
            let mut reading = Reading::of(text);
            mend(&speller, &mut reading, &[], Some(&words), Some(Language::En));
            reading.words.into_iter().map(|word| word.text).collect::<Vec<_>>().join(" ")
        };
        for (typed, read) in [
            ("the cola in the mins", "the cola in the mins"),
            ("the coldd in the cold", "the cold in the cold"),
            ("the USD in the cold", "the usd in the cold"),
            ("the Colonl in the cold", "the colonl in the cold"),
            ("THE COLONL IN THE COLD", "the colonel in the cold"),
            ("Colonl in the cold", "colonel in the cold"),
        ] {
            assert_eq!(mended(typed), read, "{typed}");
        }
    }
}
