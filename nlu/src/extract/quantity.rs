//! Whole numbers, where one is wanted.

use bot_core::Value;
use bot_core::slot::{Refusal, SlotKind};

use super::{Context, Found};
use crate::text::numbers::{self, Number};
use crate::text::{Reading, usual};

const P_WHOLE: f32 = 0.97;
const P_PART: f32 = 0.85;
const P_ARTICLE: f32 = 0.6;
const P_UNASKED: f32 = 0.5;

/// Finds whole numbers; only where a slot in play wants one, since numbers are everywhere.
pub(super) fn find(reading: &Reading, cx: &Context<'_>) -> Vec<Found> {
    if !cx.is_wanted(SlotKind::Number) {
        return Vec::new();
    }
    let asked = cx.is_asked(SlotKind::Number);
    let mut all = numbers::all(reading);
    if asked {
        all = all.into_iter().fold(Vec::new(), |kept, number| thousands(reading, kept, number));
        all.extend((0..reading.words.len()).filter_map(|at| word_for_number(reading, at)));
        all.sort_by_key(|number| number.words.start);
    }
    // "un" and "one" count as numbers only where nothing else does.
    if all.iter().any(|number| !number.is_article()) {
        all.retain(|number| !number.is_article());
    }
    all.iter()
        .filter(|number| !number.rank && (asked || !number.is_article()))
        .filter(|number| !is_door(reading, number))
        .map(|number| read(reading, number, asked))
        .collect()
}

/// Reads "une couple" and "none"; none of anything else is no number: "aucune idée".
fn word_for_number(reading: &Reading, at: usize) -> Option<Number> {
    let words = at..at + 1;
    let whole = || usual::all_small_but(reading, std::slice::from_ref(&words));
    let value = match reading.text(at) {
        "couple" => 2,
        "aucun" | "aucune" | "none" if whole() => 0,
        _ => return None,
    };
    Some(Number { words, value, spelled: true, rank: false })
}

/// Joins "1 200" and "1,200".
fn thousands(reading: &Reading, mut kept: Vec<Number>, number: Number) -> Vec<Number> {
    let text = |number: &Number| reading.text(number.words.start).to_owned();
    let plain = |number: &Number| !number.spelled && !number.rank;
    let joined = kept.last().is_some_and(|last| {
        let ends = (reading.words.get(last.words.start), reading.words.get(number.words.start));
        let between = match ends {
            (Some(a), Some(b)) => reading.line.get(a.line.end..b.line.start),
            (None, _) | (_, None) => None,
        };
        let head = text(last);
        let fits = (1..=3).contains(&head.len()) && !head.starts_with('0');
        let groups = fits && text(&number).len() == 3 && plain(last) && plain(&number);
        groups && matches!(between, Some("," | " " | "\u{a0}"))
    });
    match kept.last_mut() {
        Some(last) if joined => {
            last.value = last.value.saturating_mul(1_000).saturating_add(number.value);
            last.words.end = number.words.end;
        }
        _ => kept.push(number),
    }
    kept
}

fn read(reading: &Reading, number: &Number, asked: bool) -> Found {
    let words = number.words.clone();
    if let Some(words) = decimals(reading, number) {
        return Found::refused(SlotKind::Number, Refusal::Malformed, words, P_PART);
    }
    let whole = usual::all_small_but(reading, std::slice::from_ref(&words));
    let p = match (asked, whole, number.is_article()) {
        (false, ..) => P_UNASKED,
        (true, true, _) => P_WHOLE,
        (true, false, true) => P_ARTICLE,
        (true, false, false) => P_PART,
    };
    let value = i64::try_from(number.value).unwrap_or(i64::MAX);
    if !is_negative(reading, words.start) {
        return Found::value(SlotKind::Number, Value::Number(value), words, p);
    }
    let said = words.start.checked_sub(1).is_some_and(|at| is_minus(reading.text(at)));
    let words = words.start - usize::from(said)..words.end;
    Found::value(SlotKind::Number, Value::Number(-value), words, p)
}

/// Finds "2,5" and "2.5", which are no whole numbers.
fn decimals(reading: &Reading, number: &Number) -> Option<std::ops::Range<usize>> {
    if number.words.len() > 1 {
        return None;
    }
    let last = reading.words.get(number.words.end.checked_sub(1)?)?;
    let next = reading.words.get(number.words.end)?;
    let between = reading.line.get(last.line.end..next.line.start)?;
    let adjacent = matches!(between, "," | ".") && last.is_digits() && next.is_digits();
    adjacent.then_some(number.words.start..number.words.end + 1)
}

/// "Au 12" is where, not how many.
fn is_door(reading: &Reading, number: &Number) -> bool {
    let before = number.words.start.checked_sub(1);
    before.is_some_and(|at| reading.text(at) == "au")
}

fn is_negative(reading: &Reading, start: usize) -> bool {
    let begins = reading.words.get(start).map_or(0, |word| word.line.start);
    let before = reading.line.get(..begins).unwrap_or_default();
    let sign =
        before.ends_with('-') && !before.trim_end_matches('-').ends_with(char::is_alphanumeric);
    sign || start.checked_sub(1).is_some_and(|at| is_minus(reading.text(at)))
}

fn is_minus(word: &str) -> bool {
    matches!(word, "moins" | "minus")
}
