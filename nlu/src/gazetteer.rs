//! The city's own list of streets, parks, buildings and neighbours, and how people name them.
//!
//! Lives here: finding places in a message, and the place nearest to a pin. Never here: which
//! question a place answers.

mod corner;
pub(crate) mod heard;
mod label;
mod names;
mod pin;
mod scan;
mod settle;
mod sorts;
mod streets;
mod unknown;

use bot_core::place::PlaceKind;
use bot_core::slot::{Refusal, SlotKind};
use bot_core::understanding::{Entity, Extent, Heard, MAX_CANDIDATES, Means};
use bot_core::{Place, Value};
use std::collections::BTreeSet;
use std::ops::Range;

use crate::lesson::{Bounds, Lesson, PlaceRow, PlaceRowKind};
use crate::text::{Reading, usual};
use label::Spot;
use names::{Names, Target};
pub(crate) use settle::{Look, Sight, What};
use streets::Street;

/// Up to here a place may be an everyday word after all.
const FAINT: f32 = 0.75;

/// The city's places, ready to be found.
#[derive(Debug, Clone)]
pub struct Gazetteer {
    streets: Vec<Street>,
    spots: Vec<Spot>,
    names: Names,
    bounds: Option<Bounds>,
    /// Words of everyday talk, which show no place by themselves.
    common: BTreeSet<String>,
}

impl Gazetteer {
    /// Builds the gazetteer of a lesson.
    #[must_use]
    pub fn new(lesson: &Lesson) -> Self {
        let mut built = Self::with_everyday_words(lesson, BTreeSet::new());
        built.common = built.everyday_words(lesson);
        built
    }

    /// Builds the gazetteer of a lesson whose everyday words have been gathered before.
    pub(crate) fn with_everyday_words(lesson: &Lesson, common: BTreeSet<String>) -> Self {
        let streets = streets::build(&lesson.places);
        let mut built = Self {
            streets,
            spots: Vec::new(),
            names: Names::default(),
            bounds: lesson.bounds,
            common,
        };
        for row in &lesson.places {
            built.add(row);
        }
        for (at, town) in lesson.outside.iter().enumerate() {
            built.names.add_outside(Target::Outside(at), town);
        }
        built.names.index();
        built
    }

    /// Gives the words that show no place by themselves, to keep them with what was trained.
    pub(crate) const fn common(&self) -> &BTreeSet<String> {
        &self.common
    }

    fn add(&mut self, row: &PlaceRow) {
        let target = match row.kind {
            PlaceRowKind::Street => {
                let id = bot_core::text::fold(&row.name).replace(' ', "-");
                self.street_of(&id).map(Target::Street)
            }
            PlaceRowKind::Park => Some(self.add_spot(row, PlaceKind::Park)),
            PlaceRowKind::Landmark => Some(self.add_spot(row, PlaceKind::Landmark)),
            PlaceRowKind::Outside => Some(Target::Outside(0)),
        };
        if let Some(target) = target {
            self.names.add_row(target, row);
        }
    }

    fn add_spot(&mut self, row: &PlaceRow, kind: PlaceKind) -> Target {
        self.spots.push(Spot {
            kind,
            label: streets::label(row),
            at: row.at,
            sector: row.sector.clone(),
        });
        Target::Spot(self.spots.len() - 1)
    }

    /// Gathers the words that the city's own sentences use where they name no street.
    fn everyday_words(&self, lesson: &Lesson) -> BTreeSet<String> {
        let mut common: BTreeSet<String> = usual::marks().iter().cloned().collect();
        for text in lesson.texts() {
            let reading = Reading::of(text);
            let taken = self.scan(&reading).proper_streets();
            for (at, word) in reading.words.iter().enumerate() {
                let named = taken.iter().any(|range| range.contains(&at));
                let raised = word.capital && at > 0;
                if !named && !raised && !word.is_digits() {
                    common.insert(word.text.clone());
                }
            }
        }
        common
    }

    /// Finds the words that say where, which add nothing beside a place: "devant", "next to".
    pub(crate) fn words_for_where(reading: &Reading) -> Vec<Range<usize>> {
        let says = |at: &usize| sorts::is_locative(reading.text(*at));
        (0..reading.words.len()).filter(says).map(|at| at..at + 1).collect()
    }

    /// Tells whether a word may stand beside a place, and belong to it or not.
    pub(crate) fn is_beside(word: &str) -> bool {
        usual::is_small(word) || sorts::is_locative(word) || sorts::is_corner(word)
    }

    fn is_common(&self, word: &str) -> bool {
        self.common.contains(word)
    }

    /// Looks through a message once; what it names depends on what was asked.
    pub(crate) fn scan<'a>(&'a self, reading: &'a Reading) -> Scan<'a> {
        let tokens = names::tokens(reading);
        let mentions = scan::mentions(&self.names, reading, &tokens);
        Scan { gazetteer: self, reading, tokens, mentions }
    }

    /// Finds the places that a text names, as if a place had been asked for, surest first.
    #[must_use]
    pub fn find(&self, text: &str) -> Vec<Entity> {
        let reading = Reading::of(text);
        let mut found: Vec<Entity> = self
            .scan(&reading)
            .sights(Look::Asked)
            .iter()
            .map(|sight| self.entity(&reading, sight, Look::Asked))
            .collect();
        found.sort_by(|a, b| b.p.total_cmp(&a.p));
        found
    }

    /// Makes an entity of a place that was named.
    pub(crate) fn entity(&self, reading: &Reading, sight: &Sight, look: Look) -> Entity {
        let whole = usual::all_small_but(reading, std::slice::from_ref(&sight.words));
        Entity {
            kind: SlotKind::Address,
            heard: self.heard(&sight.what, look),
            words: reading.spelling(sight.words.clone()),
            p: sight.p,
            means: Means::Read,
            extent: if whole { Extent::Whole } else { Extent::Part },
            slot: None,
        }
    }

    fn heard(&self, what: &What, look: Look) -> Heard {
        let none = || refused(Refusal::NotFound, Vec::new());
        match what {
            What::Doors(doors) => one_of(doors.iter().filter_map(|(s, n)| self.door(*s, *n))),
            What::Streets(streets) => self.whole_streets(streets, look),
            What::Corners(corners) => {
                one_of(corners.iter().filter_map(|(a, b)| self.corner(*a, *b)))
            }
            What::Spots(spots) => one_of(spots.iter().filter_map(|spot| self.spot(*spot))),
            What::Outside => refused(Refusal::Outside, Vec::new()),
            What::NoDoor(_) | What::NoCorner | What::Unknown => none(),
        }
    }

    /// A street alone is too long a place where one was asked for: its corners are offered.
    fn whole_streets(&self, streets: &[usize], look: Look) -> Heard {
        let all = || one_of(streets.iter().filter_map(|street| self.street(*street)));
        let [street] = streets else {
            return all();
        };
        let corners = match look {
            Look::Asked => self.corners(*street),
            Look::Unasked => Vec::new(),
        };
        if corners.is_empty() { all() } else { refused(Refusal::Several, corners) }
    }
}

/// A message that was looked through.
#[derive(Debug)]
pub(crate) struct Scan<'a> {
    gazetteer: &'a Gazetteer,
    reading: &'a Reading,
    tokens: Vec<names::Token>,
    mentions: Vec<scan::Mention>,
}

impl Scan<'_> {
    /// Finds the places that the message names.
    pub(crate) fn sights(&self, look: Look) -> Vec<Sight> {
        settle::sights(self.gazetteer, self.reading, &self.tokens, &self.mentions, look)
    }

    /// Finds the words that clearly name a street.
    pub(crate) fn street_words(&self) -> Vec<Range<usize>> {
        let street = |sight: &Sight| {
            matches!(
                sight.what,
                What::Doors(_)
                    | What::NoDoor(_)
                    | What::Streets(_)
                    | What::Corners(_)
                    | What::NoCorner
            )
        };
        let sights = self.sights(Look::Unasked).into_iter().filter(street);
        sights.map(|sight| sight.words).collect()
    }

    /// Finds the words that name a street beyond doubt, when it is not yet known which words are
    /// everyday ones.
    fn proper_streets(&self) -> Vec<Range<usize>> {
        let proper = self.mentions.iter().filter(|mention| {
            let shown = mention.sorts != 0 || mention.number.is_some();
            mention.is_exact() && (shown || (mention.located && mention.capital))
        });
        let cores = proper.filter_map(|mention| self.tokens.get(mention.core.clone()));
        let ends = cores.filter_map(|tokens| Some((tokens.first()?.start, tokens.last()?.end)));
        ends.map(|(start, end)| start..end).collect()
    }

    /// Finds the words that clearly name a place of any sort.
    pub(crate) fn named_words(&self) -> Vec<Range<usize>> {
        let sights = self.sights(Look::Asked).into_iter();
        let clear = sights.filter(|sight| sight.p > FAINT);
        clear.map(|sight| sight.words).collect()
    }
}

fn value(place: Place) -> Heard {
    Heard::Value(Value::Address(Box::new(place)))
}

fn refused(refusal: Refusal, candidates: Vec<Place>) -> Heard {
    Heard::Refused { refusal, candidates }
}

/// One place is a value, several are candidates, none is not found.
fn one_of(places: impl Iterator<Item = Place>) -> Heard {
    let mut places: Vec<Place> = places.take(MAX_CANDIDATES).collect();
    match places.len() {
        0 => refused(Refusal::NotFound, places),
        1 => places.pop().map_or_else(|| refused(Refusal::NotFound, Vec::new()), value),
        _ => refused(Refusal::Several, places),
    }
}

#[cfg(test)]
mod tests;
