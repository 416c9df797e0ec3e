//! Text as residents write it, cleaned at the door and folded for comparison.

use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};

/// Characters kept of one message; the rest is cut, and the resident is told.
pub const MAX_MESSAGE_CHARS: usize = 4_000;

/// Cleans a message: NFC, no control or direction-changing characters but line breaks, no
/// trailing space, at most `max_chars` characters.
#[must_use]
pub fn clean(raw: &str, max_chars: usize) -> String {
    let kept: String = raw
        .nfc()
        .map(|sign| if matches!(sign, '\r' | '\t') { ' ' } else { sign })
        .filter(|sign| *sign == '\n' || !is_unwanted(*sign))
        .take(max_chars)
        .collect();
    kept.trim().to_owned()
}

/// The joiners stay: emoji of several people and some scripts are written with them.
fn is_unwanted(sign: char) -> bool {
    sign.is_control()
        || matches!(sign,
            '\u{61c}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

/// Folds a text for comparison: lower case, no accents, ligatures opened, every run of anything
/// but letters and digits made one space.
#[must_use]
pub fn fold(raw: &str) -> String {
    let mut folded = String::with_capacity(raw.len());
    let mut gap = false;
    for sign in raw.nfkd().filter(|sign| !is_combining_mark(*sign)) {
        if !sign.is_alphanumeric() {
            gap = true;
            continue;
        }
        if gap && !folded.is_empty() {
            folded.push(' ');
        }
        gap = false;
        match sign {
            'œ' | 'Œ' => folded.push_str("oe"),
            'æ' | 'Æ' => folded.push_str("ae"),
            'ß' => folded.push_str("ss"),
            _ => folded.extend(sign.to_lowercase()),
        }
    }
    folded
}

/// Writes bytes in hexadecimal, small letters.
#[must_use]
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        for half in [byte >> 4, byte & 15] {
            text.extend(char::from_digit(u32::from(half), 16));
        }
        text
    })
}

/// Cuts a text to at most `max_chars` characters, ending in "…" where something was cut.
#[must_use]
pub fn shorten(raw: &str, max_chars: usize) -> String {
    if raw.chars().count() <= max_chars {
        return raw.to_owned();
    }
    let mut short: String = raw.chars().take(max_chars.saturating_sub(1)).collect();
    short.push('…');
    short
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folding_forgets_case_accents_and_punctuation() {
        assert_eq!(fold("  L'Hôtel-de-Ville, Œuvre !"), "l hotel de ville oeuvre");
        assert_eq!(fold("ÇA ALORS… 12½"), "ca alors 121 2");
        assert_eq!(fold("🙂"), "");
    }

    #[test]
    fn cleaning_takes_out_what_no_one_typed() {
        assert_eq!(clean("a\u{202e}b\u{0}c\r\nd  ", 10), "abc \nd");
        assert_eq!(clean("\u{61c}\u{200f}a\u{2067}b\u{feff}", 10), "ab");
        assert_eq!(clean("👩\u{200d}👧", 10), "👩\u{200d}👧");
        assert_eq!(clean("e\u{301}té", 3), "été");
        assert_eq!(clean(&"x".repeat(50), 5), "xxxxx");
    }

    #[test]
    fn bytes_are_written_in_hexadecimal() {
        assert_eq!(hex(&[0, 10, 255, 16]), "000aff10");
    }

    #[test]
    fn shortening_says_that_something_is_missing() {
        assert_eq!(shorten("abcdef", 4), "abc…");
        assert_eq!(shorten("abcd", 4), "abcd");
    }
}
