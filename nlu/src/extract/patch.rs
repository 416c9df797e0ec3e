//! Corrections of a part of an address: "number 12", "c'est sur Fraser".

use bot_core::slot::{Refusal, SlotKind};
use bot_core::understanding::{Heard, Means};
use std::ops::Range;

use super::address::{Current, not_found, value};
use super::{Context, Found, refuse};
use crate::gazetteer::{Sight, What};
use crate::text::numbers::{self, Number};
use crate::text::{Gap, Reading, usual};

const P_CORRECTION: f32 = 0.94;
const P_NUMBER_WORD: f32 = 0.9;
const P_ASKED: f32 = 0.9;
const P_ARTICLE: f32 = 0.85;
const P_BARE: f32 = 0.65;
const P_STREET: f32 = 0.92;
/// The largest door number.
const MAX_DOOR: u64 = 99_999;

/// Puts another street in the place of the known one, and keeps the number if it is there.
pub(super) fn street(
    reading: &Reading,
    cx: &Context<'_>,
    sight: &Sight,
    current: Current<'_>,
) -> Option<Found> {
    let What::Streets(streets) = &sight.what else {
        return None;
    };
    let known = current.place.street.as_deref().and_then(|id| cx.gazetteer.street_of(id));
    if streets.len() == 1 && known.is_some_and(|known| streets.contains(&known)) {
        return None;
    }
    if let (Some(known), [other], true) = (known, streets.as_slice(), is_corner(reading, sight))
        && let Some(corner) = cx.gazetteer.corner(known, *other)
    {
        return Some(patched(value(corner), sight.words.clone(), sight.p, current));
    }
    let number = current.place.number;
    let doors = streets.iter().filter_map(|street| cx.gazetteer.door(*street, number?));
    let mut doors: Vec<_> = doors.collect();
    let heard = match (doors.len(), streets.as_slice()) {
        (1, _) => value(doors.pop()?),
        (0, [street]) => match cx.gazetteer.corners(*street) {
            corners if corners.is_empty() => value(cx.gazetteer.street(*street)?),
            corners => refuse(Refusal::Several, corners),
        },
        (0, _) => {
            let whole = streets.iter().filter_map(|street| cx.gazetteer.street(*street));
            refuse(Refusal::Several, whole.collect())
        }
        _ => refuse(Refusal::Several, doors),
    };
    Some(patched(heard, sight.words.clone(), P_STREET.min(sight.p), current))
}

/// "Coin Fraser", said of a street that is known.
fn is_corner(reading: &Reading, sight: &Sight) -> bool {
    const AHEAD: usize = 3;
    let start = sight.words.start.saturating_sub(AHEAD);
    (start..=sight.words.start).any(|at| {
        matches!(
            reading.text(at),
            "coin" | "angle" | "corner" | "intersection" | "croisement" | "carrefour"
        )
    })
}

/// Puts another number on the known street.
pub(super) fn number(
    reading: &Reading,
    cx: &Context<'_>,
    current: Current<'_>,
    others: &[Found],
    correcting: bool,
) -> Option<Found> {
    let street = current.place.street.as_deref()?;
    let street = cx.gazetteer.street_of(street)?;
    let free = |number: &Number| {
        !others.iter().any(|found| {
            found.words.start < number.words.end && number.words.start < found.words.end
        })
    };
    let all: Vec<Number> = numbers::all_as_doors(reading)
        .into_iter()
        .filter(|number| !number.rank && !number.is_article() && free(number))
        .filter(|number| (1..=MAX_DOOR).contains(&number.value))
        .collect();
    let (denied, said): (Vec<&Number>, Vec<&Number>) =
        all.iter().partition(|number| is_denied(reading, number));
    let number = said.last()?;
    let asked = cx.is_asked(SlotKind::Address);
    let p = sureness(reading, number, correcting || !denied.is_empty(), asked, &all)?;
    if p <= P_BARE && misses_choice(cx) {
        return None;
    }
    if !asked && (p <= P_BARE || !(correcting || p > P_ARTICLE)) && answers_question(cx, number) {
        return None;
    }
    let door = u32::try_from(number.value).ok().and_then(|n| cx.gazetteer.door(street, n));
    let heard = door.map_or_else(not_found, value);
    let words = with_cue(reading, number);
    Some(patched(heard, words, p, current))
}

fn sureness(
    reading: &Reading,
    number: &Number,
    correcting: bool,
    asked: bool,
    all: &[Number],
) -> Option<f32> {
    let words = with_cue(reading, number);
    let others: Vec<Range<usize>> = all.iter().map(|number| with_cue(reading, number)).collect();
    let whole = usual::all_small_but(reading, &others);
    let before =
        |back: usize| number.words.start.checked_sub(back).map_or("", |at| reading.text(at));
    let named = words.start < number.words.start || reading.gap(number.words.start) == Gap::Number;
    let article = matches!(before(1), "le" | "au" | "at" | "its" | "is" | "du" | "a");
    match (correcting, named, asked && whole) {
        (true, ..) => Some(P_CORRECTION),
        (false, true, _) => Some(P_NUMBER_WORD),
        (false, false, true) => Some(P_ASKED),
        (false, false, false) if whole && article => Some(P_ARTICLE),
        (false, false, false) if whole => Some(P_BARE),
        (false, false, false) => None,
    }
}

/// Where one of several answers is to be picked, a bare number beyond the last of them is a slip.
fn misses_choice(cx: &Context<'_>) -> bool {
    let question = cx.expectation.question.as_ref();
    question.is_some_and(|q| q.kind == SlotKind::Choice && !q.menu.is_empty())
}

/// Tells whether a number on its own answers the open question in another way.
fn answers_question(cx: &Context<'_>, number: &Number) -> bool {
    let Some(question) = &cx.expectation.question else {
        return false;
    };
    let picks = usize::try_from(number.value).is_ok_and(|value| value <= question.menu.len());
    picks
        || matches!(
            question.kind,
            SlotKind::Number
                | SlotKind::Date
                | SlotKind::Time
                | SlotKind::RequestNumber
                | SlotKind::Phone
                | SlotKind::Contact
                | SlotKind::PostalCode
                | SlotKind::Text
        )
}

/// "pas 10", "not number 10", "et non le 10".
fn is_denied(reading: &Reading, number: &Number) -> bool {
    let before =
        |back: usize| number.words.start.checked_sub(back).map_or("", |at| reading.text(at));
    let denies = |word: &str| matches!(word, "pas" | "not" | "isnt" | "ni");
    let small = |word: &str| {
        matches!(word, "le" | "au" | "a" | "du" | "at" | "number" | "numero" | "no" | "the" | "de")
    };
    denies(before(1))
        || (before(1) == "non" && reading.gap(number.words.start) < Gap::Comma && before(2) == "et")
        || (small(before(1)) && (denies(before(2)) || before(2) == "lieu"))
        || (matches!(before(1), "of" | "than") && matches!(before(2), "instead" | "rather"))
}

/// Takes "numéro", "number" and "no" into the words of a number.
fn with_cue(reading: &Reading, number: &Number) -> Range<usize> {
    let before = number.words.start.checked_sub(1);
    let named = before.is_some_and(|at| {
        matches!(reading.text(at), "numero" | "number" | "no" | "num" | "civique" | "nr")
    });
    number.words.start - usize::from(named)..number.words.end
}

fn patched(heard: Heard, words: Range<usize>, p: f32, current: Current<'_>) -> Found {
    Found {
        kind: SlotKind::Address,
        heard,
        words,
        p,
        means: Means::Patched,
        slot: Some(current.slot.to_owned()),
    }
}
