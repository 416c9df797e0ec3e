//! Finds where a message names places: the name, the words around it, and the door number.

use std::ops::Range;

use super::names::{Match, Names, Target, Token};
use super::sorts::{Sorts, is_locative, joins, may_follow, sorts_of};
use crate::text::{Gap, Reading, numbers};

/// The largest door number of any street.
const MAX_DOOR: u64 = 99_999;
/// Joining words looked over on the way to a street's sort or number.
const MAX_JOINS: usize = 3;
/// Names kept of one spot of the message.
const MAX_MATCHES: usize = 12;

/// A name of the message, with what stands around it. Ranges count tokens.
#[derive(Debug, Clone)]
#[expect(clippy::struct_excessive_bools, reason = "independent signs of the words around a name")]
pub(super) struct Mention {
    pub(super) core: Range<usize>,
    /// Core, sort and number together.
    pub(super) span: Range<usize>,
    pub(super) matches: Vec<Match>,
    pub(super) sorts: Sorts,
    pub(super) number: Option<u32>,
    /// Whether the number stands right before the name, with or without the sort.
    pub(super) located: bool,
    pub(super) negated: bool,
    /// Whether a joining word stands between sort and name: "rue du Marché".
    pub(super) joined: bool,
    pub(super) capital: bool,
}

impl Mention {
    /// Tells whether the words around the name show that a place is meant.
    pub(super) const fn has_cue(&self) -> bool {
        self.sorts != 0 || self.number.is_some() || self.located
    }

    /// Gives how well the best name fits.
    pub(super) fn quality(&self) -> f32 {
        self.matches.first().map_or(0.0, |found| found.quality)
    }

    /// Tells whether the words of the name are as in the list.
    pub(super) fn is_exact(&self) -> bool {
        self.quality() >= 1.0
    }

    /// Tells whether the words of the name are as in the list, or stand where a name stands.
    fn is_solid(&self) -> bool {
        self.is_exact() || self.sorts != 0 || self.number.is_some()
    }

    pub(super) fn streets(&self) -> impl Iterator<Item = (usize, &Match)> {
        self.matches.iter().filter_map(|found| match found.target {
            Target::Street(street) => Some((street, found)),
            Target::Spot(_) | Target::Outside(_) => None,
        })
    }
}

/// Finds every mention from left to right; where names overlap, the longest wins.
pub(super) fn mentions(names: &Names, reading: &Reading, tokens: &[Token]) -> Vec<Mention> {
    let mut found: Vec<Mention> = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        let solid = found.iter().rfind(|mention| mention.is_solid());
        let free = solid.map_or(0, |mention| mention.span.end);
        match mention_at(names, reading, tokens, at, free) {
            Some(mention) => {
                at = mention.core.end;
                found.retain(|known| known.is_solid() || known.span.end <= mention.span.start);
                found.push(mention);
            }
            None => at += 1,
        }
    }
    found
}

fn mention_at(
    names: &Names,
    reading: &Reading,
    tokens: &[Token],
    at: usize,
    free: usize,
) -> Option<Mention> {
    let mut matches = names.at(tokens, at, may_be_misspelt(&tokens.get(at)?.text));
    let first = *matches.first()?;
    // A later beginning may hold a longer name: "rue du parc des Bouleaux".
    matches.retain(|found| found.n_words == first.n_words && found.end == first.end);
    matches.truncate(MAX_MATCHES);
    let core = at..first.end;
    let left = left_of(reading, tokens, core.start, free);
    let mut right = right_of(tokens, core.end, left.sorts != 0);
    // A word that only looks like a name must not take the number of the name behind it.
    if left.number.is_none() && (left.sorts | right.sorts != 0 || first.quality >= 1.0) {
        right.take_number(reading, tokens);
    }
    let number = left.number.or(right.number);
    let start = unit_before(tokens, left.start, free);
    right.end = unit_after(tokens, right.end);
    Some(Mention {
        located: is_located(tokens, start),
        negated: is_negated(tokens, start, free),
        joined: left.joined,
        capital: tokens.get(core.start).is_some_and(|token| token.capital) && core.start > 0,
        span: start..right.end,
        sorts: left.sorts | right.sorts,
        core,
        matches,
        number,
    })
}

/// Words that often stand around names are never taken for misspelt names: place, plage.
fn may_be_misspelt(word: &str) -> bool {
    sorts_of(word) == 0 && !joins(word) && !is_locative(word) && !numbers::is_part(word)
}

/// Takes "4-" and "app. 4," before a door number into the address.
fn unit_before(tokens: &[Token], start: usize, free: usize) -> usize {
    let text = |at: usize| tokens.get(at).map_or("", |token| token.text.as_str());
    let is_digits =
        |at: usize| !text(at).is_empty() && text(at).bytes().all(|sign| sign.is_ascii_digit());
    let Some(before) = start.checked_sub(1).filter(|at| *at >= free && is_digits(*at)) else {
        return start;
    };
    let dashed = tokens.get(start).is_some_and(|token| token.gap == Gap::Hyphen);
    let unit = before.checked_sub(1).filter(|at| *at >= free && is_unit(text(*at)));
    match unit {
        Some(unit) => unit,
        None if dashed => before,
        None => start,
    }
}

/// Takes "app. 4" behind an address into it.
fn unit_after(tokens: &[Token], end: usize) -> usize {
    let unit = tokens.get(end).is_some_and(|token| is_unit(&token.text));
    let number = tokens.get(end + 1).is_some_and(|token| token.text.len() <= 4);
    if unit && number { end + 2 } else { end }
}

fn is_unit(word: &str) -> bool {
    matches!(
        word,
        "app"
            | "apt"
            | "appt"
            | "appartement"
            | "apartment"
            | "unit"
            | "unite"
            | "suite"
            | "bureau"
            | "local"
    )
}

struct Left {
    start: usize,
    sorts: Sorts,
    number: Option<u32>,
    joined: bool,
}

fn left_of(reading: &Reading, tokens: &[Token], core: usize, free: usize) -> Left {
    let joined = skip_joins(tokens, core, free);
    let mut left = Left { start: core, sorts: 0, number: None, joined: joined < core };
    let before = |at: usize| at.checked_sub(1).filter(|at| *at >= free);
    let text = |at: usize| tokens.get(at).map_or("", |token| token.text.as_str());
    let mut at = joined;
    if let Some(sort) = before(joined).filter(|at| is_sort(tokens, *at)) {
        left.sorts = sorts_of(text(sort));
        left.start = sort;
        at = sort;
    }
    // "12, la rue Cartier", "12 B rue Cartier", "no 12 rue Cartier".
    let at_number = skip_joins(tokens, at, free);
    let letter = before(at_number).filter(|at| matches!(text(*at), "a" | "b" | "c" | "d" | "bis"));
    for end in [Some(at_number), letter].into_iter().flatten() {
        if let Some((start, number)) = number_before(reading, tokens, end, free) {
            left.number = Some(number);
            left.start = start;
            break;
        }
    }
    // "Number 8 on Bonsecours".
    let on = before(at_number).filter(|at| matches!(text(*at), "on" | "sur"));
    if let Some(on) = on.filter(|_| left.number.is_none())
        && let Some((start, number)) = number_before(reading, tokens, on, free)
        && before(start).is_some_and(|at| is_number_word(text(at)))
    {
        left.number = Some(number);
        left.start = start;
    }
    if left.number.is_some() {
        let keyword = before(left.start).filter(|at| is_number_word(text(*at)));
        left.start = keyword.unwrap_or(left.start);
    }
    left
}

/// A word for a sort of street; "St." before a name is part of it.
fn is_sort(tokens: &[Token], at: usize) -> bool {
    tokens.get(at).is_some_and(|token| token.text != "st" && sorts_of(&token.text) != 0)
        && tokens.get(at + 1).is_none_or(|next| next.gap <= Gap::Hyphen || short_form(tokens, at))
}

/// "Boul." and the like: the point ends no sentence.
fn short_form(tokens: &[Token], at: usize) -> bool {
    let text = tokens.get(at).map_or("", |token| token.text.as_str());
    !matches!(text, "rue" | "rang" | "cote" | "place" | "quai") && text.len() <= 5
}

fn skip_joins(tokens: &[Token], from: usize, free: usize) -> usize {
    let mut at = from;
    while at > free && from - at < MAX_JOINS {
        let apart = tokens.get(at).is_some_and(|token| token.gap > Gap::Comma);
        match tokens.get(at - 1) {
            Some(token) if joins(&token.text) && !apart => at -= 1,
            _ => break,
        }
    }
    at
}

fn is_number_word(word: &str) -> bool {
    matches!(word, "no" | "numero" | "num" | "number" | "civique" | "n" | "nr")
}

/// Reads the door number that ends right before a token.
fn number_before(
    reading: &Reading,
    tokens: &[Token],
    end: usize,
    free: usize,
) -> Option<(usize, u32)> {
    let stop = tokens.get(end).is_some_and(|token| token.gap > Gap::Comma);
    if stop || end == 0 {
        return None;
    }
    let word_end = tokens.get(end - 1)?.end;
    let furthest = end.saturating_sub(8).max(free);
    (furthest..end).find_map(|start| {
        let word = tokens.get(start)?.start;
        let said = numbers::door(reading, word).filter(|door| door.words.end == word_end);
        let number = said.or_else(|| numbers::at(reading, word));
        if let Some(number) = number {
            let good = number.words.end == word_end && !number.rank && !number.is_article();
            return good.then(|| Some((start, door(number.value)?))).flatten();
        }
        (start + 1 == end).then(|| Some((start, lettered(&tokens.get(start)?.text)?)))?
    })
}

fn door(value: u64) -> Option<u32> {
    u32::try_from(value).ok().filter(|_| (1..=MAX_DOOR).contains(&value))
}

/// Reads "12a".
fn lettered(word: &str) -> Option<u32> {
    let digits = word.strip_suffix(['a', 'b', 'c', 'd'])?;
    let good = !digits.is_empty() && digits.bytes().all(|sign| sign.is_ascii_digit());
    good.then(|| door(digits.parse().ok()?)).flatten()
}

struct Right {
    end: usize,
    sorts: Sorts,
    number: Option<u32>,
}

impl Right {
    fn take_number(&mut self, reading: &Reading, tokens: &[Token]) {
        if let Some((end, number)) = number_after(reading, tokens, self.end) {
            self.end = end;
            self.number = Some(number);
        }
    }
}

fn right_of(tokens: &[Token], core: usize, sorted: bool) -> Right {
    let mut right = Right { end: core, sorts: 0, number: None };
    let next = tokens.get(core).filter(|token| token.gap <= Gap::Hyphen);
    let last = core.checked_sub(1).and_then(|at| tokens.get(at));
    let ranked = last.is_some_and(|token| token.rank);
    let follows = |token: &Token| may_follow(&token.text) || (ranked && sorts_of(&token.text) != 0);
    if let Some(token) = next.filter(|token| !sorted && follows(token)) {
        right.sorts = sorts_of(&token.text);
        right.end = core + 1;
        // "Range Road".
        let second = tokens.get(right.end).filter(|token| token.gap <= Gap::Hyphen);
        right.end += usize::from(second.is_some_and(|token| may_follow(&token.text)));
    }
    right
}

/// Reads "rue Cartier, au numéro 12"; a number without such a word must end its clause.
fn number_after(reading: &Reading, tokens: &[Token], from: usize) -> Option<(usize, u32)> {
    let mut at = from;
    let mut announced = false;
    while let Some(token) = tokens.get(at)
        && at < from + MAX_JOINS
        && token.gap <= Gap::Comma
        && (is_number_word(&token.text) || matches!(token.text.as_str(), "au" | "le" | "at"))
    {
        announced = true;
        at += 1;
    }
    let token = tokens.get(at).filter(|token| token.gap <= Gap::Comma)?;
    let number = numbers::at(reading, token.start)?;
    let end = tokens.iter().position(|token| token.end == number.words.end)? + 1;
    let apart = reading.gap(token.start) == Gap::Number || announced;
    let next = tokens.get(end).filter(|next| next.gap <= Gap::Hyphen);
    let name_follows = next.is_some_and(|next| joins(&next.text) || sorts_of(&next.text) != 0);
    let may = next.is_none() || (apart && !name_follows);
    let good = !number.rank && !number.is_article() && may;
    good.then(|| Some((end, door(number.value)?))).flatten()
}

fn is_located(tokens: &[Token], start: usize) -> bool {
    let at = skip_joins(tokens, start, 0);
    let says_where = |at: usize| {
        let says = |token: &Token| {
            if token.text == "a" { token.at } else { is_locative(&token.text) }
        };
        tokens.get(at).is_some_and(says)
    };
    let joined = (at..start)
        .filter_map(|at| tokens.get(at))
        .any(|token| token.at || matches!(token.text.as_str(), "au" | "aux"));
    joined || at.checked_sub(1).is_some_and(says_where)
}

fn is_negated(tokens: &[Token], start: usize, free: usize) -> bool {
    let text = |at: usize| tokens.get(at).map_or("", |token| token.text.as_str());
    let mut at = skip_joins(tokens, start, free);
    if at > free && (is_locative(text(at - 1)) || is_number_word(text(at - 1))) && at >= 2 {
        at -= 1;
    }
    let before = |back: usize| at.checked_sub(back).filter(|at| *at >= free).map_or("", text);
    matches!(before(1), "pas" | "not" | "isnt" | "ni")
        || (matches!(before(1), "lieu" | "of" | "than" | "que")
            && matches!(before(2), "au" | "instead" | "rather" | "plutot"))
}
