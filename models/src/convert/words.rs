//! The words of French and English and how often they are used, from the wheel of pyspellchecker:
//! for each language one compressed JSON object, from words to how often they were counted.
//!
//! The result is a table, a line a word in the order of the alphabet: the word, a tab, how often it is
//! used in a billion words of French, a tab, the same of English.

use flate2::read::GzDecoder;
use std::collections::BTreeMap;
use std::io::{Read, Seek};

use super::{ConvertError, FORMAT, Origin, member};

/// The members, in the order of the result's columns.
const LISTS: [&str; 2] = ["spellchecker/resources/fr.json.gz", "spellchecker/resources/en.json.gz"];
const MAX_PACKED_BYTES: u64 = 4 << 20;
const MAX_UNPACKED_BYTES: u64 = 16 << 20;
/// What a list has at least: fewer are another list.
const MIN_WORDS: usize = 50_000;
/// Letters of the longest word that is kept.
const MAX_CHARS: usize = 40;
/// A word used less often, in a billion words of either language, is as often a slip.
const MIN_SHARE: u64 = 10;

/// Converts the wheel.
pub(super) fn convert(wheel: impl Read + Seek, origin: &Origin) -> Result<Vec<u8>, ConvertError> {
    let mut wheel = wheel;
    let mut words: BTreeMap<String, [u64; LISTS.len()]> = BTreeMap::new();
    for (column, name) in LISTS.iter().enumerate() {
        let packed = member(&mut wheel, name, MAX_PACKED_BYTES)?;
        for (word, share) in shares(name, &packed)? {
            if let Some(cell) = words.entry(word).or_default().get_mut(column) {
                *cell = share;
            }
        }
    }
    let mut table = format!(
        "# guichet.model words-fr-en\n# guichet.format {FORMAT}\n# guichet.source {}\n# guichet.licence {}\n",
        origin.sha256, origin.licence
    );
    for (word, [french, english]) in words {
        let cells = [word.as_str(), "\t", &french.to_string(), "\t", &english.to_string(), "\n"];
        table.extend(cells);
    }
    Ok(table.into_bytes())
}

/// Reads one list; gives how often each word is used in a billion.
fn shares(name: &str, packed: &[u8]) -> Result<Vec<(String, u64)>, ConvertError> {
    let mut bytes = Vec::new();
    GzDecoder::new(packed).take(MAX_UNPACKED_BYTES + 1).read_to_end(&mut bytes)?;
    let strange = |what: String| ConvertError::strange(format!("{name} {what}"));
    if bytes.len() as u64 > MAX_UNPACKED_BYTES {
        return Err(strange(format!("is larger than {MAX_UNPACKED_BYTES} bytes")));
    }
    let counts: BTreeMap<String, u64> =
        serde_json::from_slice(&bytes).map_err(|error| strange(format!("is no list: {error}")))?;
    if counts.len() < MIN_WORDS {
        return Err(strange(format!("has only {} words", counts.len())));
    }
    let total: u128 = counts.values().map(|count| u128::from(*count)).sum();
    let share = |count: u64| {
        let share = (u128::from(count) * 1_000_000_000 + total / 2) / total.max(1);
        u64::try_from(share).unwrap_or(u64::MAX)
    };
    let words = counts.into_iter().map(|(word, count)| (word, share(count)));
    Ok(words.filter(|(word, share)| *share >= MIN_SHARE && is_word(word)).collect())
}

fn is_word(word: &str) -> bool {
    let is_sign = |sign: char| sign.is_alphabetic() || matches!(sign, '\'' | '\u{2019}' | '-');
    word.chars().count() <= MAX_CHARS && word.chars().all(is_sign) && !word.is_empty()
}
