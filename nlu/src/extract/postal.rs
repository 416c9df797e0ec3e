//! Canadian postal codes, with O for 0 and I or L for 1 mended.

use bot_core::Value;
use bot_core::slot::{Refusal, SlotKind};
use regex::Regex;
use std::sync::LazyLock;

use super::{Context, Found};
use crate::text::{Reading, numbers};

const P_POSTAL: f32 = 0.97;
const P_MENDED: f32 = 0.85;
const P_MALFORMED: f32 = 0.7;
/// True digits that a code must have where none was asked for.
const MIN_DIGITS: usize = 2;
/// Letters and digits of a code.
pub(crate) const N_SIGNS: usize = 6;

static CODE: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"\b([a-z]) ?([0-9oil]) ?([a-z])[ -]{0,3}([0-9oil]) ?([a-z]) ?([0-9oil])\b")
        .expect("the tests use it")
});

static MEANT: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"\b[a-z][0-9][a-z0-9]{1,2}[ -]?[0-9a-z]{2,4}\b").expect("the tests use it")
});

/// Finds postal codes.
pub(super) fn find(reading: &Reading, cx: &Context<'_>) -> Vec<Found> {
    let asked = cx.is_asked(SlotKind::PostalCode);
    let mut found = Vec::new();
    for parts in CODE.captures_iter(&reading.line) {
        let (whole, signs) = parts.extract::<6>();
        let n_digits = whole.bytes().filter(u8::is_ascii_digit).count();
        let Some(code) = code(&signs).filter(|_| asked || n_digits >= MIN_DIGITS) else {
            continue;
        };
        let range = parts.get(0).map_or(0..0, |hit| hit.range());
        let p = if n_digits == 3 { P_POSTAL } else { P_MENDED };
        let words = reading.words_at(&range);
        found.push(Found::value(SlotKind::PostalCode, Value::PostalCode(code), words, p));
    }
    if found.is_empty() && asked {
        found.extend((0..reading.words.len()).find_map(|at| said(reading, at)));
    }
    if found.is_empty() && asked {
        let meant = MEANT.find_iter(&reading.line);
        found.extend(meant.map(|hit| {
            let words = reading.words_at(&hit.range());
            Found::refused(SlotKind::PostalCode, Refusal::Malformed, words, P_MALFORMED)
        }));
    }
    found
}

/// Reads "G un R deux B cinq".
fn said(reading: &Reading, from: usize) -> Option<Found> {
    let mut signs: Vec<String> = Vec::with_capacity(N_SIGNS);
    let mut at = from;
    while signs.len() < N_SIGNS {
        if signs.len().is_multiple_of(2) {
            signs.push(Some(reading.text(at)).filter(|word| word.len() == 1)?.to_owned());
            at += 1;
        } else {
            let number = numbers::at(reading, at).filter(|n| !n.rank && n.value < 10)?;
            signs.push(number.value.to_string());
            at = number.words.end;
        }
    }
    let signs: Vec<&str> = signs.iter().map(String::as_str).collect();
    let code = code(signs.as_slice().try_into().ok()?)?;
    Some(Found::value(SlotKind::PostalCode, Value::PostalCode(code), from..at, P_MENDED))
}

/// Writes a code as the post does, of its letters and digits; none where a letter is not used.
pub(crate) fn code(signs: &[&str; N_SIGNS]) -> Option<String> {
    let mut code = String::with_capacity(7);
    for (at, sign) in signs.iter().enumerate() {
        let sign = sign.chars().next()?;
        if at == 3 {
            code.push(' ');
        }
        code.push(if at % 2 == 0 { letter(sign, at == 0)? } else { digit(sign) });
    }
    Some(code)
}

/// Letters that Canada Post uses; W and Z never come first.
fn letter(sign: char, first: bool) -> Option<char> {
    let used = !(matches!(sign, 'd' | 'f' | 'i' | 'o' | 'q' | 'u')
        || (first && matches!(sign, 'w' | 'z')));
    used.then(|| sign.to_ascii_uppercase())
}

const fn digit(sign: char) -> char {
    match sign {
        'o' => '0',
        'i' | 'l' => '1',
        _ => sign,
    }
}
