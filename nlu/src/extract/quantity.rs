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
