//! What the repair of transcripts asks the city's list: how places are written, which are named as they
//! are written, which doors there are.

use bot_core::{Bilingual, Language};
use std::cmp::Reverse;
use std::ops::Range;

use super::names::{Target, Token};
use super::scan::Mention;
use super::streets::Street;
use super::{Gazetteer, sorts};
use crate::text::{Reading, numbers};

/// A place of the list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Listed {
    /// A street.
    Street(usize),
    /// A park or building.
    Spot(usize),
}

/// A place that is named as the list has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Known {
    /// The words of the message that name it, with its sort and number.
    pub(crate) words: Range<usize>,
    /// The number beside it.
    pub(crate) door: Option<Door>,
}

/// A number beside a street.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Door {
    /// The words that name it.
    pub(crate) words: Range<usize>,
    pub(crate) number: u32,
    /// Whether it was written in words.
    pub(crate) is_spelled: bool,
    /// The streets that may be meant.
    pub(crate) streets: Vec<usize>,
}

impl Gazetteer {
    /// Lists the places with their names in one language.
    pub(crate) fn listed(&self, lang: Language) -> impl Iterator<Item = (Listed, &str)> {
        let streets = self.streets.iter().map(|street| &street.label).enumerate();
        let streets = streets.map(|(at, label)| (Listed::Street(at), label));
        let spots = self.spots.iter().map(|spot| &spot.label).enumerate();
        let spots = spots.map(|(at, label)| (Listed::Spot(at), label));
        streets.chain(spots).map(move |(place, label)| (place, label.get(lang).as_str()))
    }

    /// Lists the streets, those with the most doors first.
    pub(crate) fn streets_by_size(&self) -> Vec<&Bilingual<String>> {
        let n_doors = |street: &Street| {
            let numbers = street.stretches.iter().filter_map(|stretch| stretch.numbers);
            numbers.map(|(first, last)| u64::from(last - first) + 1).sum::<u64>()
        };
        let mut streets: Vec<&Street> = self.streets.iter().collect();
        streets.sort_by_key(|street| Reverse(n_doors(street)));
        streets.into_iter().map(|street| &street.label).collect()
    }

    /// Tells whether a street has a door.
    pub(crate) fn has_door(&self, place: Listed, number: u32) -> bool {
        match place {
            Listed::Street(street) => {
                self.streets.get(street).is_some_and(|street| street.door(number).is_some())
            }
            Listed::Spot(_) => false,
        }
    }

    /// Tells whether a word is one of everyday talk.
    pub(crate) fn is_everyday(&self, word: &str) -> bool {
        self.is_common(word) || sorts::joins(word) || sorts::is_locative(word)
    }

    /// Finds the places that are named beyond doubt, letter by letter.
    pub(crate) fn known(&self, reading: &Reading) -> Vec<Known> {
        let scan = self.scan(reading);
        let clear = scan.mentions.iter().filter(|mention| {
            let is_spot =
                mention.matches.iter().any(|found| matches!(found.target, Target::Spot(_)));
            mention.is_exact() && (mention.sorts != 0 || is_spot)
        });
        let known = clear.filter_map(|mention| {
            let words = words_of(&scan.tokens, &mention.span)?;
            Some(Known { words, door: door(reading, &scan.tokens, mention) })
        });
        known.collect()
    }
}

fn door(reading: &Reading, tokens: &[Token], mention: &Mention) -> Option<Door> {
    let number = mention.number?;
    let streets: Vec<usize> = mention.streets().map(|(street, _)| street).collect();
    let before = words_of(tokens, &(mention.span.start..mention.core.start))?;
    before.into_iter().find_map(|at| {
        let said = [numbers::door(reading, at), numbers::at(reading, at)];
        let mut said = said.into_iter().flatten();
        let said = said.find(|said| said.value == u64::from(number))?;
        let (words, is_spelled) = (said.words, said.spelled);
        Some(Door { words, number, is_spelled, streets: streets.clone() })
    })
}

fn words_of(tokens: &[Token], range: &Range<usize>) -> Option<Range<usize>> {
    let tokens = tokens.get(range.clone())?;
    Some(tokens.first()?.start..tokens.last()?.end)
}

/// Tells whether two words name a street of one sort, or a building or park by one word.
pub(crate) fn is_one_sort(word: &str, other: &str) -> bool {
    sorts::sorts_of(word) & sorts::sorts_of(other) != 0 || (word == other && is_generic(word))
}

/// Tells whether a word names a sort of street.
pub(crate) fn is_sort(word: &str) -> bool {
    sorts::sorts_of(word) != 0
}

/// Tells whether a word names a sort of street behind its name.
pub(crate) fn is_sort_behind(word: &str) -> bool {
    sorts::may_follow(word)
}

/// Tells whether a word names a sort of place: "parc", "library".
pub(crate) fn is_generic(word: &str) -> bool {
    sorts::is_generic(word)
}

/// Tells whether a word joins the parts of a name.
pub(crate) fn is_joining(word: &str) -> bool {
    sorts::joins(word)
}

/// Tells whether a word stands before a place: "devant", "on".
pub(crate) fn is_before_place(word: &str) -> bool {
    sorts::is_locative(word) || word == "du"
}
