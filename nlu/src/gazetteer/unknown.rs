//! Addresses by their form alone, on no street of the city's list.

use std::ops::Range;

use super::settle::{Cx, P_BARE, Sight, What};
use super::sorts::{joins, leads, may_follow, sorts_of};
use crate::text::{Gap, numbers};

/// Words of a street's name that no one knows.
const MAX_UNKNOWN_WORDS: usize = 4;

impl Cx<'_> {
    /// Finds what has the form of an address and is on no street of ours.
    pub(super) fn unknown(&self, sights: &[Sight]) -> Option<Sight> {
        let free = |words: &Range<usize>| {
            sights.iter().all(|s| s.words.end <= words.start || words.end <= s.words.start)
        };
        (0..self.tokens.len())
            .filter_map(|at| self.unknown_at(at))
            .map(|tokens| self.words(&tokens))
            .find(free)
            .map(|words| Sight { what: What::Unknown, words, p: P_BARE, negated: false })
    }

    fn unknown_at(&self, at: usize) -> Option<Range<usize>> {
        let start = self.tokens.get(at)?.start;
        let number = numbers::at(self.reading, start)?;
        if number.rank || number.spelled {
            return None;
        }
        let mut sort = at + 1;
        while self.tokens.get(sort).is_some_and(|token| joins(&token.text)) {
            sort += 1;
        }
        let token = self.tokens.get(sort).filter(|token| token.gap <= Gap::Comma)?;
        if leads(&token.text) {
            let end = self.name_end(sort + 1)?;
            return Some(at..end);
        }
        let end = self.name_end(at + 1)?;
        let follows = self.tokens.get(end).filter(|token| token.gap <= Gap::Hyphen)?;
        may_follow(&follows.text).then_some(at..end + 1)
    }

    /// Finds the end of a name made of words that everyday talk does not know.
    fn name_end(&self, from: usize) -> Option<usize> {
        let mut at = from;
        let mut end = None;
        while at < from + MAX_UNKNOWN_WORDS {
            let Some(token) = self.tokens.get(at).filter(|t| t.gap <= Gap::Hyphen) else {
                break;
            };
            let common = self.gazetteer.is_common(&token.text) && !token.capital;
            if !joins(&token.text) && (common || sorts_of(&token.text) != 0) {
                break;
            }
            at += 1;
            if !joins(&token.text) {
                end = Some(at);
            }
        }
        end
    }
}
