//! Phone numbers, typed or said.

use bot_core::slot::{Refusal, SlotKind};
use bot_core::{Phone, Value};
use std::ops::Range;

use super::{Context, Found};
use crate::text::Reading;
use crate::text::digits::{Run, runs};

/// Digits of the shortest run that was meant as a phone number, where one was asked for.
const MIN_MEANT_DIGITS: usize = 6;
const P_PHONE: f32 = 0.97;
const P_MALFORMED: f32 = 0.8;

/// Finds phone numbers; a run of digits that is none is refused where one was asked for.
pub(super) fn find(reading: &Reading, cx: &Context<'_>) -> Vec<Found> {
    let asked = cx.is_asked(SlotKind::Phone);
    runs(reading, MIN_MEANT_DIGITS)
        .iter()
        .filter(|run| asked || is_shaped(reading, run))
        .filter_map(|run| match phone(reading, run) {
            Some((phone, words)) => {
                Some(Found::value(SlotKind::Phone, Value::Phone(phone), words, P_PHONE))
            }
            None if asked => Some(Found::refused(
                SlotKind::Phone,
                Refusal::Malformed,
                run.words.clone(),
                P_MALFORMED,
            )),
            None => None,
        })
        .collect()
}

fn phone(reading: &Reading, run: &Run) -> Option<(Phone, Range<usize>)> {
    let words = run.words.clone();
    if has_plus(reading, words.start) {
        let phone = Phone::parse(&format!("+{}", run.digits)).ok()?;
        return Some((phone, words));
    }
    if let Ok(phone) = Phone::parse(&run.digits) {
        return Some((phone, words));
    }
    if run.spelled {
        return None;
    }
    // Typed groups stand for one word each; a number may stand before or behind the phone.
    let n_groups = run.groups.len();
    (0..n_groups).find_map(|from| {
        (from + 1..=n_groups).find_map(|to| {
            let skipped: usize = run.groups.iter().take(from).sum();
            let length: usize = run.groups.get(from..to)?.iter().sum();
            let digits: String = run.digits.chars().skip(skipped).take(length).collect();
            let phone = Phone::parse(&digits).ok()?;
            Some((phone, words.start + from..words.start + to))
        })
    })
}

/// "2026-998877" has ten digits and is no phone number, where none was asked for.
fn is_shaped(reading: &Reading, run: &Run) -> bool {
    let odd = matches!(run.groups.as_slice(), [4, 6] | [5, 5] | [2, 8] | [8, 2]);
    run.spelled || !odd || has_plus(reading, run.words.start)
}

fn has_plus(reading: &Reading, word: usize) -> bool {
    let start = reading.words.get(word).map_or(0, |word| word.line.start);
    let before = reading.line.get(..start).unwrap_or_default();
    before.trim_end_matches('(').ends_with('+')
}
