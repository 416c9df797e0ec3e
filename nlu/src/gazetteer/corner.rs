//! Street corners: two streets named together.

use super::names::Token;
use super::scan::Mention;
use super::sorts::{is_corner, joins, sorts_of};
use crate::text::{Gap, Reading};

/// Words between the streets of a corner.
const MAX_BETWEEN: usize = 5;
/// Words between "coin" and the first street.
const MAX_AHEAD: usize = 4;

/// How clearly two mentions make a corner.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Joint {
    /// Two streets with their sorts and nothing between: only if they cross.
    Beside,
    /// Joined by "et": a list of streets may look the same.
    Loose,
    /// Joined by "coin", "corner", "at", "/" or "&".
    Firm,
}

/// Tells whether two mentions that follow each other make a corner.
pub(super) fn joint(
    reading: &Reading,
    tokens: &[Token],
    a: &Mention,
    b: &Mention,
) -> Option<Joint> {
    let streets = a.streets().next().is_some() && b.streets().next().is_some();
    let between = tokens.get(a.span.end..b.span.start)?;
    if !streets || a.number.is_some() || b.number.is_some() || between.len() > MAX_BETWEEN {
        return None;
    }
    let mut joined: Option<Joint> = None;
    for token in between.iter().chain(tokens.get(b.span.start)) {
        joined = joined.max(sign(reading, token));
        if token.gap >= Gap::Stop {
            return None;
        }
    }
    for token in between {
        match token.text.as_str() {
            "et" | "and" | "pis" | "avec" | "with" | "x" => joined = joined.max(Some(Joint::Loose)),
            "at" | "pres" | "near" | "meets" | "crosses" | "croise" | "rejoint" | "hauteur"
            | "past" | "before" | "avant" | "apres" => joined = Some(Joint::Firm),
            "just" | "juste" => {}
            word if is_corner(word) => joined = Some(Joint::Firm),
            word if joins(word) || sorts_of(word) != 0 => {}
            _ => return None,
        }
    }
    if corner_ahead(tokens, a.span.start) {
        return Some(Joint::Firm);
    }
    let beside = between.is_empty() && a.sorts != 0 && b.sorts != 0;
    joined.or_else(|| beside.then_some(Joint::Beside))
}

/// Reads the sign before a token: "Cartier/Fraser", "Cartier & Fraser".
fn sign(reading: &Reading, token: &Token) -> Option<Joint> {
    let start = token.start.checked_sub(1)?;
    let ends = (reading.words.get(start)?, reading.words.get(token.start)?);
    let between = reading.line.get(ends.0.line.end..ends.1.line.start)?;
    between.contains(['/', '&', '+', '@']).then_some(Joint::Firm)
}

/// Tells whether "coin", "corner of" or the like stands before a token.
pub(super) fn corner_ahead(tokens: &[Token], start: usize) -> bool {
    let ahead = tokens.get(start.saturating_sub(MAX_AHEAD)..start).unwrap_or_default();
    let mut ahead = ahead.iter().rev();
    let mut gap = tokens.get(start).map_or(Gap::Stop, |token| token.gap);
    ahead.any(|token| {
        let near = gap < Gap::Stop;
        gap = gap.max(token.gap);
        near && is_corner(&token.text)
    })
}
