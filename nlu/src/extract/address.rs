//! Places in a message, and what they mean for the address that is being given.

use bot_core::Value;
use bot_core::place::Place;
use bot_core::slot::{Refusal, SlotKind};
use bot_core::understanding::{Heard, Means};
use std::ops::Range;

use super::patch;
use super::{Context, Found, refuse};
use crate::gazetteer::{Gazetteer, Look, Scan, Sight, What};
use crate::text::{Gap, Reading, usual};

/// How sure it is that words that name no place were meant as one, where one was asked for.
const P_WHOLE_TEXT: f32 = 0.6;
/// Up to here a place that is denied is not worth telling.
const P_BARE: f32 = 0.75;
/// From here a bare name is spelt as in the city's list.
const P_BARE_NAME: f32 = 0.7;
/// Places named in one message that are kept.
const MAX_PLACES: usize = 4;
/// How much less sure the second place of a message is, and so on.
const LATER: f32 = 0.97;

/// The address that a message may correct.
#[derive(Debug, Clone, Copy)]
pub(super) struct Current<'a> {
    pub(super) slot: &'a str,
    pub(super) place: &'a Place,
}

/// Finds places; `correcting` tells whether the words announce a correction.
pub(crate) fn find(
    reading: &Reading,
    cx: &Context<'_>,
    scan: &Scan<'_>,
    others: &[Found],
    correcting: bool,
) -> Vec<Found> {
    let look = if cx.is_asked(SlotKind::Address) { Look::Asked } else { Look::Unasked };
    let current = current(cx);
    let mut sights = scan.sights(look);
    if sights.is_empty() && correcting && current.is_some() {
        // "Mauvaise rue, c'est Saint-Joseph": a bare name will do, if it is spelt as it should be.
        sights = scan.sights(Look::Asked);
        sights.retain(|sight| sight.p >= P_BARE_NAME);
    }
    sights.retain(|sight| !others.iter().any(|found| touch(&found.words, &sight.words)));
    let n_negated = sights.iter().filter(|sight| sight.negated).count();
    let contrasted = n_negated > 0 && n_negated < sights.len();
    if contrasted {
        sights.retain(|sight| !sight.negated);
    }
    sights.retain(|sight| !sight.negated || sight.p > P_BARE);
    merge_outside(reading, &mut sights);
    drop_repeated(&mut sights);
    let correcting = correcting || contrasted;
    let open = look == Look::Asked || cx.is_recap();
    let mut found: Vec<Found> = Vec::new();
    for sight in sights.iter().take(MAX_PLACES) {
        let mut around = Gazetteer::words_for_where(reading);
        around.push(sight.words.clone());
        let whole = usual::all_small_but(reading, &around);
        let replaced = current
            .filter(|_| correcting || (whole && open))
            .and_then(|current| patch::street(reading, cx, sight, current));
        let mut one = replaced.unwrap_or_else(|| read(reading, cx, sight, look));
        one.p *= found.iter().fold(1.0, |p, _| p * LATER);
        found.push(one);
    }
    if found.is_empty()
        && let Some(current) = current
    {
        found.extend(patch::number(reading, cx, current, others, correcting));
    }
    found
}

/// Takes a whole text for a place that no one knows, where a place was asked for.
pub(crate) fn whole_text(reading: &Reading) -> Found {
    let words = 0..reading.words.len();
    Found::refused(SlotKind::Address, Refusal::NotFound, words, P_WHOLE_TEXT)
}

/// Finds the address that a correction would be about: the one asked for, or the innermost one.
fn current<'a>(cx: &Context<'a>) -> Option<Current<'a>> {
    let question = cx.expectation.question.as_ref();
    let asked = question.and_then(|question| question.slot.as_deref());
    let known = cx.expectation.slots.iter().filter_map(|slot| match &slot.current {
        Some(Value::Address(place)) if slot.kind == SlotKind::Address => {
            Some(Current { slot: slot.name.as_str(), place: place.as_ref() })
        }
        _ => None,
    });
    let mut known = known.peekable();
    let first = known.peek().copied();
    known.find(|current| Some(current.slot) == asked).or(first)
}

fn read(reading: &Reading, cx: &Context<'_>, sight: &Sight, look: Look) -> Found {
    let entity = cx.gazetteer.entity(reading, sight, look);
    Found {
        kind: SlotKind::Address,
        heard: entity.heard,
        words: sight.words.clone(),
        p: entity.p,
        means: Means::Read,
        slot: None,
    }
}

/// "12 rue Cartier à Montréal" is one place, and not in the city.
fn merge_outside(reading: &Reading, sights: &mut Vec<Sight>) {
    let Some(at) = sights.iter().position(|sight| sight.what == What::Outside) else {
        return;
    };
    let Some((before, outside)) =
        at.checked_sub(1).and_then(|b| Some((sights.get(b)?, sights.get(at)?)))
    else {
        return;
    };
    let between = before.words.end..outside.words.start + 1;
    let close = (between.start..between.end).all(|word| reading.gap(word) < Gap::Stop)
        && between.len() <= 3;
    if close {
        let merged = before.words.start..outside.words.end;
        if let Some(outside) = sights.get_mut(at) {
            outside.words = merged;
        }
        sights.remove(at - 1);
    }
}

/// A street that is named again says nothing new.
fn drop_repeated(sights: &mut Vec<Sight>) {
    let fuller: Vec<usize> = sights
        .iter()
        .flat_map(|sight| match &sight.what {
            What::Doors(doors) | What::NoDoor(doors) => doors.iter().map(|(s, _)| *s).collect(),
            What::Corners(corners) => corners.iter().flat_map(|(a, b)| [*a, *b]).collect(),
            What::Streets(_) | What::NoCorner | What::Spots(_) | What::Outside | What::Unknown => {
                Vec::new()
            }
        })
        .collect();
    let mut seen: Vec<What> = Vec::new();
    sights.retain(|sight| {
        let repeats = match &sight.what {
            What::Streets(streets) => streets.iter().all(|street| fuller.contains(street)),
            What::Doors(_)
            | What::NoDoor(_)
            | What::Corners(_)
            | What::NoCorner
            | What::Spots(_)
            | What::Outside
            | What::Unknown => false,
        };
        let known = seen.contains(&sight.what) && sight.what != What::Unknown;
        seen.push(sight.what.clone());
        !repeats && !known
    });
}

fn touch(a: &Range<usize>, b: &Range<usize>) -> bool {
    a.start < b.end && b.start < a.end
}

/// Makes the value of a place.
pub(super) fn value(place: Place) -> Heard {
    Heard::Value(Value::Address(Box::new(place)))
}

/// Makes the refusal of a place that is not there.
pub(super) const fn not_found() -> Heard {
    refuse(Refusal::NotFound, Vec::new())
}
