//! Slots that are named: "changer l'adresse", "the size is wrong".

use bot_core::expectation::Expectation;
use bot_core::slot::SlotKind;
use std::ops::Range;
use std::sync::LazyLock;

use super::cues;
use crate::tables;
use crate::text::lexicon::Lexicon;
use crate::text::table;
use crate::text::{Reading, usual};

/// Words between what is named and "change" or "wrong".
const MAX_APART: usize = 5;

/// Finds the slots that a message names in order to change them.
pub(crate) fn find(reading: &Reading, expectation: &Expectation) -> Vec<String> {
    let changes = cues::changes(reading);
    let recap = expectation
        .question
        .as_ref()
        .is_some_and(|question| question.kind == SlotKind::AffirmDeny && question.slot.is_none());
    if changes.is_empty() && !recap {
        return Vec::new();
    }
    let mentions = mentions(reading, expectation);
    let mut named: Vec<String> = Vec::new();
    for (words, slot) in mentions {
        let near = changes.iter().any(|change| apart(change, &words) <= MAX_APART);
        let alone = || recap && usual::all_small_but(reading, std::slice::from_ref(&words));
        if (near || alone()) && !named.contains(&slot) {
            named.push(slot);
        }
    }
    named
}

static NOUNS: LazyLock<Lexicon<()>> = LazyLock::new(|| {
    let all = table::all(tables::NOUNS).into_iter();
    Lexicon::new(all.map(|(_, _, noun)| (noun, ())))
});

/// Finds the words for types of answers, which add nothing beside an answer of that type.
pub(crate) fn nouns(reading: &Reading) -> Vec<Range<usize>> {
    NOUNS.all(reading).into_iter().map(|hit| hit.words).collect()
}

fn apart(a: &Range<usize>, b: &Range<usize>) -> usize {
    if a.end <= b.start { b.start - a.end } else { a.start.saturating_sub(b.end) }
}

/// Finds what residents call the slots in play; the longest name wins, a slot's own name first.
fn mentions(reading: &Reading, expectation: &Expectation) -> Vec<(Range<usize>, String)> {
    let slots = &expectation.slots;
    let own = slots.iter().enumerate().flat_map(|(at, slot)| {
        let names = slot.names.iter().flat_map(|(_, names)| names);
        names.map(move |name| (name.as_str(), vec![at]))
    });
    let by_kind = table::all(tables::NOUNS).into_iter().filter_map(|(kind, _, noun)| {
        let kind = SlotKind::from_name(kind)?;
        let fits = |slot_kind: SlotKind| {
            slot_kind == kind
                || (slot_kind == SlotKind::Contact
                    && matches!(kind, SlotKind::Phone | SlotKind::Email))
        };
        let ours = slots.iter().enumerate().filter(|(_, slot)| fits(slot.kind));
        let ours: Vec<usize> = ours.map(|(at, _)| at).collect();
        (!ours.is_empty()).then_some((noun, ours))
    });
    let all: Vec<(&str, Vec<usize>)> = own.chain(by_kind).collect();
    let entries = all.iter().enumerate().map(|(at, (name, _))| (*name, at));
    let lexicon = Lexicon::new(entries);
    let mut found = Vec::new();
    for hit in lexicon.all(reading) {
        let meant = all.get(hit.value).map_or(&[][..], |(_, slots)| slots.as_slice());
        let names = meant.iter().filter_map(|at| slots.get(*at));
        found.extend(names.map(|slot| (hit.words.clone(), slot.name.clone())));
    }
    found
}
