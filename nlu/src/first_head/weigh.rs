//! How the findings of one message bear on each other.

use bot_core::Understanding;
use bot_core::slot::SlotKind;
use bot_core::understanding::{Command, CommandHit, Extent, Means, OptionHit, Outcome, StanceHit};
use std::ops::Range;

use crate::command::Given;
use crate::extract::stance::Shown;
use crate::extract::{Context, Found, address, cues, named};
use crate::text::{Reading, numbers, usual};

/// How sure an intent must be to be something else than an address that no one knows.
const CLEAR_INTENT: f32 = 0.85;
/// Words from which a message may be about something else than the address asked for.
const CLEAR_WORDS: usize = 4;
/// How sure it is that words were meant as an address although an intent is clear.
const P_DOUBTED_ADDRESS: f32 = 0.35;
/// How sure an intent must be to stand for a command.
const COMMAND_INTENT: f32 = 0.8;
/// How sure the best intent must be to overrule a phrase within a longer message.
const OVERRULING_INTENT: f32 = 0.5;

/// Tells whether a stance is all that a message says.
pub(super) fn is_whole(hit: StanceHit) -> bool {
    hit.extent == Extent::Whole
}

/// Tells whether a case's number was found.
pub(super) fn has_case_number(found: &[Found]) -> bool {
    found.iter().any(|one| one.kind == SlotKind::RequestNumber)
}

/// Settles a command and a stance over the same words: the longer phrase is meant. "Pourquoi pas"
/// is a yes and no "why"; "go on" is a command and no yes.
pub(super) fn settle(given: Option<Given>, shown: Option<Shown>) -> (Option<Given>, Option<Shown>) {
    let (Some(command), Some(stance)) = (&given, &shown) else {
        return (given, shown);
    };
    if command.hit.extent != Extent::Whole || !is_whole(stance.hit) {
        return (given, shown);
    }
    let longest = stance.words.iter().map(Range::len).max().unwrap_or_default();
    let firmer = command.hit.p >= stance.hit.p;
    let length = command.words.len();
    if longest > length || (longest == length && !firmer) { (None, shown) } else { (given, None) }
}

/// Drops places heard in the very words of an answer or a command that is all that was said:
/// "don't know" is no slip for "pont Garneau".
pub(super) fn drop_mishearings(
    places: &mut Vec<Found>,
    given: Option<&Given>,
    stance: Option<&Shown>,
) {
    let command = given.filter(|given| given.hit.extent == Extent::Whole).map(|given| &given.words);
    let stance = stance.filter(|shown| is_whole(shown.hit)).map(|shown| shown.words.as_slice());
    let said: Vec<&Range<usize>> = stance.unwrap_or_default().iter().chain(command).collect();
    places.retain(|place| {
        !said.iter().any(|words| words.start < place.words.end && place.words.start < words.end)
    });
}

/// Finds what announces a correction; "non c'est ça" is only a no.
pub(super) fn cues(reading: &Reading, stance: Option<&Shown>) -> Vec<Range<usize>> {
    let mut found = cues::corrections(reading);
    if stance.is_some_and(|shown| is_whole(shown.hit)) {
        found.retain(|words| !matches!(reading.text(words.start), "non" | "no"));
    }
    found
}

/// Words that add nothing beside a value, and whether they announce a correction.
pub(super) struct Beside {
    pub(super) words: Vec<Range<usize>>,
    pub(super) correction: bool,
}

/// Gathers the words that add nothing beside a value.
pub(super) fn beside(
    reading: &Reading,
    cues: &[Range<usize>],
    places: &[Found],
    stance: Option<Shown>,
) -> Beside {
    let patched = places.iter().any(|place| place.means == Means::Patched);
    let contrasts = if patched { cues::contrasts(reading) } else { Vec::new() };
    let correction = !cues.is_empty() || !contrasts.is_empty();
    let mut words = cues.to_vec();
    if correction {
        words.extend(contrasts);
        words.extend(numbers::all(reading).into_iter().map(|number| number.words));
    }
    words.extend(stance.into_iter().flat_map(|shown| shown.words));
    words.extend(named::nouns(reading));
    Beside { words, correction }
}

/// Tells whether a message says where, and nothing else.
pub(super) fn is_only_place(reading: &Reading, places: &[Found]) -> bool {
    let taken: Vec<Range<usize>> = places.iter().map(|place| place.words.clone()).collect();
    !taken.is_empty() && usual::all_small_but(reading, &taken)
}

/// Joins values and places; a number within a place is no number by itself.
pub(super) fn together(plain: Vec<Found>, places: Vec<Found>) -> Vec<Found> {
    let free = |found: &Found| {
        places.iter().all(|place| {
            found.words.end <= place.words.start || place.words.end <= found.words.start
        })
    };
    let mut all: Vec<Found> = plain.into_iter().filter(free).collect();
    all.extend(places);
    all
}

/// Settles which command is given: a phrase for it, or else an intent that stands for it.
pub(super) fn command(
    given: Option<Given>,
    meant: Option<Command>,
    found: &[Found],
    understood: &Understanding,
) -> Option<CommandHit> {
    let chosen = understood.options.iter().any(is_chosen);
    let best = understood.best().filter(|_| understood.outcome == Outcome::Sure);
    let Some(given) = given else {
        // An intent is a command only where nothing else was said.
        let said = !found.is_empty()
            || !understood.options.is_empty()
            || understood.stance.is_some_and(is_whole)
            || !understood.named.is_empty();
        let best = best.filter(|best| !said && best.p >= COMMAND_INTENT)?;
        return Some(CommandHit { command: meant?, p: best.p, extent: Extent::Whole });
    };
    let hit = given.hit;
    match hit.extent {
        // "Option 3" is a choice, and no slip for the command "options".
        Extent::Whole if chosen => None,
        Extent::Whole if found.is_empty() => Some(hit),
        Extent::Whole => Some(CommandHit { extent: Extent::Part, ..hit }),
        Extent::Part => {
            let other = meant != Some(hit.command);
            let overruled = other && best.is_some_and(|best| best.p > OVERRULING_INTENT);
            (!overruled).then_some(hit)
        }
    }
}

fn is_chosen(hit: &OptionHit) -> bool {
    hit.slot.is_none() && hit.extent == Extent::Whole
}

/// Takes the whole text for a place that no one knows, unless it is clearly something else.
pub(super) fn unknown_place(reading: &Reading, understood: &Understanding) -> Option<Found> {
    let other = understood.command.is_some()
        || understood.stance.is_some()
        || understood.question
        || understood.options.iter().any(is_chosen)
        || !understood.named.is_empty();
    if other {
        return None;
    }
    let mut place = address::whole_text(reading);
    let clear = understood.outcome == Outcome::Sure
        && understood.best().is_some_and(|best| best.p >= CLEAR_INTENT)
        && reading.words.len() >= CLEAR_WORDS;
    if clear {
        place.p = P_DOUBTED_ADDRESS;
    }
    Some(place)
}

/// Gives values to the slot that was named, where only one fits.
pub(super) fn aim(found: &mut [Found], named: &[String], cx: &Context<'_>) {
    for one in found.iter_mut().filter(|one| one.slot.is_none()) {
        let mut fitting = cx.expectation.slots.iter().filter(|slot| {
            let contact = slot.kind == SlotKind::Contact
                && matches!(one.kind, SlotKind::Phone | SlotKind::Email);
            named.contains(&slot.name) && (slot.kind == one.kind || contact)
        });
        if let (Some(slot), None) = (fitting.next(), fitting.next()) {
            one.slot = Some(slot.name.clone());
        }
    }
}
