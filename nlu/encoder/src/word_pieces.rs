//! Cuts a text into word pieces (Wu et al. 2016), the way of the English BERT: small letters without
//! accents, split at spaces, at punctuation and around ideographs; each word is cut into the longest
//! pieces that are known, from its start.

use unicode_normalization::UnicodeNormalization;
use unicode_properties::{GeneralCategory, GeneralCategoryGroup, UnicodeGeneralCategory};

use crate::error::ReadError;
use crate::pieces::Pieces;
use crate::tokenizer::MAX_TEXT_BYTES;
use crate::weights::Weights;

/// Stands before a piece that begins no word.
const INNER: &str = "##";
/// Signs of the longest word that is cut; a longer one is unknown.
const MAX_WORD_SIGNS: usize = 100;

/// A vocabulary of word pieces.
pub(crate) struct WordPieces {
    pieces: Pieces,
    unknown: u32,
    pub(crate) begin: u32,
    pub(crate) end: u32,
}

impl WordPieces {
    /// Reads the vocabulary of a model file.
    pub(crate) fn read(weights: &Weights<'_>) -> Result<Self, ReadError> {
        Ok(Self {
            pieces: Pieces::read(weights)?,
            unknown: weights.number("guichet.unk")?,
            begin: weights.number("guichet.bos")?,
            end: weights.number("guichet.eos")?,
        })
    }

    /// Gives the ids of a text's pieces, without those that begin and end it.
    pub(crate) fn ids(&self, text: &str) -> Vec<u32> {
        let text = text.get(..text.floor_char_boundary(MAX_TEXT_BYTES)).unwrap_or_default();
        let mut ids = Vec::new();
        for word in words(text) {
            match self.cut(&word) {
                Some(mut pieces) => ids.append(&mut pieces),
                None => ids.push(self.unknown),
            }
        }
        ids
    }

    /// Gives the text of a piece.
    pub(crate) fn text(&self, id: u32) -> &str {
        self.pieces.text(id)
    }

    /// Cuts a word; nothing where a part of it has no piece.
    fn cut(&self, word: &str) -> Option<Vec<u32>> {
        if word.chars().count() > MAX_WORD_SIGNS {
            return None;
        }
        let mut ids = Vec::new();
        let mut rest = word.to_owned();
        let mut mark = 0;
        while rest.len() > mark {
            let longer = self.pieces.starting(rest.as_bytes()).filter(|(length, _)| *length > mark);
            let (length, id) = longer.last()?;
            ids.push(id);
            rest = [INNER, rest.get(length..)?].concat();
            mark = INNER.len();
        }
        Some(ids)
    }
}

/// Gives the words of a text, in the form that pieces are in.
fn words(text: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let alone = |sign: char, words: &mut Vec<String>| {
        words.push(sign.to_string());
        words.push(String::new());
    };
    for sign in text.chars().filter(|sign| !is_dropped(*sign)) {
        if sign.is_whitespace() {
            words.push(String::new());
            continue;
        }
        let bare = std::iter::once(sign).nfd().filter(|part| !is_mark(*part));
        for part in bare.flat_map(char::to_lowercase) {
            if is_ideograph(sign) || is_punctuation(part) {
                alone(part, &mut words);
            } else if let Some(word) = words.last_mut() {
                word.push(part);
            }
        }
    }
    words.retain(|word| !word.is_empty());
    words
}

fn is_mark(sign: char) -> bool {
    sign.general_category() == GeneralCategory::NonspacingMark
}

fn is_dropped(sign: char) -> bool {
    let is_other = sign.general_category_group() == GeneralCategoryGroup::Other;
    sign == '\u{fffd}' || is_other && !sign.is_whitespace()
}

fn is_punctuation(sign: char) -> bool {
    sign.is_ascii_punctuation()
        || sign.general_category_group() == GeneralCategoryGroup::Punctuation
}

/// Whether a sign is a word by itself: the ideographs of Chinese, Japanese and Korean.
const fn is_ideograph(sign: char) -> bool {
    matches!(sign as u32,
        0x3400..=0x4dbf | 0x4e00..=0x9fff | 0xf900..=0xfaff | 0x2_0000..=0x2_a6df
        | 0x2_a700..=0x2_ceaf | 0x2_f800..=0x2_fa1f)
}

#[cfg(test)]
mod tests {
    use super::words;

    #[test]
    fn a_text_becomes_plain_words() {
        let cases = [
            ("The Street-light's OUT!", "the street - light ' s out !"),
            ("Él a\u{300} l’École\t\u{200b}naïve", "el a l ’ ecole naive"),
            ("市役所 ok", "市 役 所 ok"),
            ("$5 at 3:30", "$ 5 at 3 : 30"),
            (" \n ", ""),
        ];
        for (text, wanted) in cases {
            assert_eq!(words(text).join(" "), wanted);
        }
    }
}
