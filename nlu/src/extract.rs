//! Typed values in a message: who they are for is another matter.
//!
//! Lives here: one reader for each sort of value, and which wins where they overlap. Never here:
//! the choice between a value and an intent; that is the engine's.

pub(crate) mod address;
mod case_number;
pub(crate) mod cues;
mod date;
mod email;
pub(crate) mod named;
pub(crate) mod options;
mod patch;
mod phone;
pub(crate) mod postal;
mod quantity;
pub(crate) mod stance;
mod time;

use bot_core::expectation::Expectation;
use bot_core::slot::{Refusal, SlotKind};
use bot_core::understanding::{Entity, Extent, Heard, MAX_ENTITIES, Means};
use bot_core::{Place, Value};
use jiff::civil::Date;
use std::ops::Range;

use crate::gazetteer::Gazetteer;
use crate::text::{Reading, usual};

/// A value that was found, before it is weighed against the others.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Found {
    pub(crate) kind: SlotKind,
    pub(crate) heard: Heard,
    pub(crate) words: Range<usize>,
    pub(crate) p: f32,
    pub(crate) means: Means,
    pub(crate) slot: Option<String>,
}

impl Found {
    /// Makes a good value.
    pub(crate) fn value(kind: SlotKind, value: Value, words: Range<usize>, p: f32) -> Self {
        Self { kind, heard: Heard::Value(value), words, p, means: Means::Read, slot: None }
    }

    /// Makes a value that its type refuses.
    pub(crate) fn refused(kind: SlotKind, refusal: Refusal, words: Range<usize>, p: f32) -> Self {
        Self { kind, heard: refuse(refusal, Vec::new()), words, p, means: Means::Read, slot: None }
    }

    fn overlaps(&self, other: &Self) -> bool {
        self.words.start < other.words.end && other.words.start < self.words.end
    }
}

/// Makes a refusal with the places that fit.
pub(crate) const fn refuse(refusal: Refusal, candidates: Vec<Place>) -> Heard {
    Heard::Refused { refusal, candidates }
}

/// What a message is read against.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Context<'a> {
    pub(crate) expectation: &'a Expectation,
    pub(crate) gazetteer: &'a Gazetteer,
    pub(crate) today: Date,
}

impl Context<'_> {
    /// Tells whether the open question wants a value of this sort.
    pub(crate) fn is_asked(&self, kind: SlotKind) -> bool {
        self.expectation.question.as_ref().is_some_and(|question| {
            let contact = question.kind == SlotKind::Contact;
            question.kind == kind || (contact && matches!(kind, SlotKind::Phone | SlotKind::Email))
        })
    }

    /// Tells whether the open question is whether everything is right.
    pub(crate) fn is_recap(&self) -> bool {
        let question = self.expectation.question.as_ref();
        question.is_some_and(|q| q.kind == SlotKind::AffirmDeny && q.slot.is_none())
    }

    /// Tells whether any slot in play is of this sort.
    pub(crate) fn is_wanted(&self, kind: SlotKind) -> bool {
        let slots = &self.expectation.slots;
        self.is_asked(kind) || slots.iter().any(|slot| slot.kind == kind)
    }
}

/// Finds every value of a message but places, the firmest sorts first, without overlap.
pub(crate) fn plain(reading: &Reading, cx: &Context<'_>) -> Vec<Found> {
    let readers: [fn(&Reading, &Context<'_>) -> Vec<Found>; 7] = [
        email::find,
        case_number::find,
        phone::find,
        postal::find,
        date::find,
        time::find,
        quantity::find,
    ];
    let mut kept: Vec<Found> = Vec::new();
    for read in readers {
        for found in read(reading, cx) {
            let same = |known: &Found| known.kind == found.kind && known.heard == found.heard;
            if !kept.iter().any(|known| known.overlaps(&found) || same(known)) {
                kept.push(found);
            }
        }
    }
    kept
}

/// Makes the entities that leave this room, surest first; words in `beside` add nothing.
pub(crate) fn entities(
    reading: &Reading,
    mut found: Vec<Found>,
    beside: &[Range<usize>],
) -> Vec<Entity> {
    let mut around = beside.to_vec();
    around.extend(Gazetteer::words_for_where(reading));
    found.sort_by(|a, b| b.p.total_cmp(&a.p).then(a.words.start.cmp(&b.words.start)));
    found.truncate(MAX_ENTITIES);
    found
        .into_iter()
        .map(|one| Entity {
            kind: one.kind,
            words: reading.spelling(one.words.clone()),
            extent: {
                let beside = if one.kind == SlotKind::Address { &around } else { beside };
                extent(reading, &one.words, beside)
            },
            heard: one.heard,
            p: one.p,
            means: one.means,
            slot: one.slot,
        })
        .collect()
}

/// Tells whether a message says nothing beyond some words.
pub(crate) fn extent(reading: &Reading, words: &Range<usize>, beside: &[Range<usize>]) -> Extent {
    let mut taken = beside.to_vec();
    taken.push(words.clone());
    if usual::all_small_but(reading, &taken) { Extent::Whole } else { Extent::Part }
}
