//! Whisper's tokens: pieces of text, and what is said to the model by them (the reference
//! implementation's `tokenizer.py`).

use bot_core::Language;
use std::collections::BTreeMap;

use super::file::File;
use crate::ggml::ReadError;

/// Tokens of text, as the model numbers them.
const N_WORDS: usize = 50_257;
/// Those behind the text and the languages: six that say what to do, then the times.
const N_ORDERS: usize = 6;
const N_TIMES: usize = 1_501;
/// Letters and signs besides ASCII that French and English are written with. A token with others is
/// never looked for: it would cost time, and be wrong.
const LETTERS: &str = "àâäæçéèêëîïñôöœùûüÿÀÂÄÆÇÉÈÊËÎÏÔÖŒÙÛÜŸ«»‘’“”–—…°€£½¼¾\u{a0}";
/// The model's languages, in the order of their tokens, up to those that are used here.
const ENGLISH: usize = 0;
const FRENCH: usize = 6;
/// Signs that stand for no speech: brackets, notes, quotation marks.
const SIGNS: &str = "\" # ( ) * + / : ; < = > @ [ \\ ] ^ _ ` { | } ~ 「 」 『 』 << >> <<< >>> -- --- -( -[ \
                     (' (\" (( )) ((( ))) [[ ]] {{ }} ♪♪ ♪♪♪";
/// Notes, of which each byte alone is refused.
const NOTES: [&str; 7] = ["♩", "♪", "♫", "♬", "♭", "♮", "♯"];

/// The tokens of a model that are used here, numbered anew: those of text in their order, then the end,
/// the start, the languages, the orders.
pub(super) struct Tokens {
    words: Vec<Vec<u8>>,
    ids: BTreeMap<Vec<u8>, usize>,
    n_languages: usize,
    /// Their numbers in the model.
    pub(super) chosen: Vec<usize>,
    /// Signs that are never written.
    pub(super) suppressed: Vec<usize>,
}

impl Tokens {
    pub(super) fn read(file: &File<'_>) -> Result<Self, ReadError> {
        let n_tokens = file.sides.n_tokens;
        let n_languages = n_tokens.checked_sub(N_WORDS + 2 + N_ORDERS + N_TIMES);
        let Some(n_languages) = n_languages.filter(|n| (99..=100).contains(n)) else {
            return Err(ReadError::Other(format!("it has {n_tokens} tokens")));
        };
        if file.tokens.len() < N_WORDS {
            let words = format!("its vocabulary has {} words", file.tokens.len());
            return Err(ReadError::Other(words));
        }
        // The last of the vocabulary is the end.
        let text = file.tokens.iter().take(N_WORDS - 1).enumerate();
        let text: Vec<(usize, &&[u8])> = text.filter(|(_, word)| is_latin(word)).collect();
        let words: Vec<Vec<u8>> = text.iter().map(|(_, word)| word.to_vec()).collect();
        let ids = words.iter().enumerate().map(|(id, word)| (word.clone(), id)).collect();
        let behind = N_WORDS..N_WORDS + 2 + n_languages + N_ORDERS;
        let chosen = text.iter().map(|(id, _)| *id).chain(behind).collect();
        let mut tokens = Self { words, ids, n_languages, chosen, suppressed: Vec::new() };
        tokens.suppressed = tokens.silent();
        Ok(tokens)
    }

    /// The end of the text.
    pub(super) const fn end(&self) -> usize {
        self.words.len()
    }

    /// The start of a transcript.
    pub(super) const fn start(&self) -> usize {
        self.end() + 1
    }

    pub(super) const fn language(&self, language: Language) -> usize {
        self.start()
            + 1
            + match language {
                Language::En => ENGLISH,
                Language::Fr => FRENCH,
            }
    }

    const fn behind_languages(&self) -> usize {
        self.start() + 1 + self.n_languages
    }

    /// Says that the text is to be written as it was spoken.
    pub(super) const fn transcribe(&self) -> usize {
        self.behind_languages() + 1
    }

    /// Stands before the text that came before.
    pub(super) const fn before(&self) -> usize {
        self.behind_languages() + 3
    }

    /// Says that no times are wanted.
    pub(super) const fn no_times(&self) -> usize {
        self.behind_languages() + 5
    }

    /// A blank, with which no text begins.
    pub(super) fn blank(&self) -> Option<usize> {
        self.ids.get(b" ".as_slice()).copied()
    }

    /// Gives the bytes of a token; those that are no text have none.
    pub(super) fn bytes(&self, token: usize) -> &[u8] {
        self.words.get(token).map_or(&[], Vec::as_slice)
    }

    /// Cuts a text into tokens: word by word, of two neighbours always those first that make the most
    /// common token (Sennrich et al. 2016).
    pub(super) fn ids(&self, text: &str) -> Vec<usize> {
        let mut ids = Vec::new();
        for word in words(text) {
            let mut parts: Vec<Vec<u8>> = word.bytes().map(|byte| vec![byte]).collect();
            loop {
                let pairs = parts
                    .windows(2)
                    .enumerate()
                    .filter_map(|(at, pair)| self.ids.get(&pair.concat()).map(|id| (*id, at)));
                let Some((_, at)) = pairs.min() else { break };
                let second = parts.remove(at + 1);
                if let Some(first) = parts.get_mut(at) {
                    first.extend(second);
                }
            }
            ids.extend(parts.iter().filter_map(|part| self.ids.get(part)));
        }
        ids
    }

    /// Lists the tokens that stand for no speech.
    fn silent(&self) -> Vec<usize> {
        // Within a word they are wanted, at a beginning not.
        let mut silent = [self.ids(" -"), self.ids(" '")].concat();
        for sign in SIGNS.split(' ').chain(NOTES) {
            for ids in [self.ids(sign), self.ids(&format!(" {sign}"))] {
                if ids.len() == 1 || NOTES.contains(&sign) {
                    silent.extend(ids.first());
                }
            }
        }
        silent.sort_unstable();
        silent.dedup();
        silent
    }
}

/// Tells whether a token is of text in French or English, or a part of a letter of it.
fn is_latin(word: &[u8]) -> bool {
    if word.len() == 1 {
        return true;
    }
    let is_known = |sign: char| sign.is_ascii() || LETTERS.contains(sign);
    word.utf8_chunks().all(|chunk| {
        // A letter may begin here and end in the next token.
        let begins = chunk.invalid().first().is_none_or(|byte| matches!(byte, 0xc3 | 0xc5 | 0xe2));
        begins && chunk.valid().chars().all(is_known)
    })
}

/// Cuts a text into words, each with the blank before it; letters, digits and other signs are apart.
fn words(text: &str) -> Vec<String> {
    let kind = |sign: char| match sign {
        _ if sign.is_alphabetic() => 1,
        _ if sign.is_numeric() => 2,
        _ if sign.is_whitespace() => 0,
        _ => 3,
    };
    let mut words: Vec<String> = Vec::new();
    let mut last = 9;
    for sign in text.chars() {
        let now = kind(sign);
        let after_blank = last == 0 && words.last().is_some_and(|word| word == " ");
        match words.last_mut() {
            Some(word) if now == last || (after_blank && now != 0) => word.push(sign),
            _ => words.push(sign.to_string()),
        }
        last = now;
    }
    words
}
