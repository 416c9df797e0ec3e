//! A text cut into words, numbers and signs, before any of them is spelt out.

use unicode_normalization::UnicodeNormalization;

/// What is said beside the words, as a transcriber marks it.
const ASIDES: [(char, char); 3] = [('[', ']'), ('(', ')'), ('*', '*')];

/// One piece of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Token {
    /// Letters.
    Word(String),
    /// Digits, 0 to 9.
    Number(String),
    /// Any number of blanks.
    Blank,
    /// Anything else.
    Sign(char),
}

/// Cuts a text, in lower case and without its asides.
pub(super) fn cut(text: &str) -> Vec<Token> {
    let plain: String = text.to_lowercase().nfc().map(plain).collect();
    let text = ASIDES.iter().fold(plain, |text, (open, close)| without(&text, *open, *close));
    let mut tokens = Vec::new();
    for sign in text.chars() {
        match (tokens.last_mut(), sign) {
            (Some(Token::Word(word)), _) if sign.is_alphabetic() => word.push(sign),
            (Some(Token::Number(digits)), '0'..='9') => digits.push(sign),
            (Some(Token::Blank), _) if sign.is_whitespace() => (),
            (_, '0'..='9') => tokens.push(Token::Number(sign.to_string())),
            _ if sign.is_alphabetic() => tokens.push(Token::Word(sign.to_string())),
            _ if sign.is_whitespace() => tokens.push(Token::Blank),
            _ => tokens.push(Token::Sign(sign)),
        }
    }
    tokens
}

/// Makes an apostrophe plain; Unicode takes some for letters.
const fn plain(sign: char) -> char {
    match sign {
        '\u{2018}' | '\u{2019}' | '\u{201b}' | '\u{2032}' | '\u{ff07}' => '\'',
        '\u{02b9}' | '\u{02bb}' | '\u{02bc}' | '\u{02bd}' | '\u{02c8}' => '\'',
        _ => sign,
    }
}

/// Puts a blank in place of what stands between two signs, and of the signs.
fn without(text: &str, open: char, close: char) -> String {
    let mut kept = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, inside)) = rest.split_once(open) {
        let Some((_, behind)) = inside.split_once(close) else { break };
        kept.push_str(before);
        kept.push(' ');
        rest = behind;
    }
    kept.push_str(rest);
    kept
}
