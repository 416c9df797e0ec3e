//! Decides which mentions are places, and which place each one is.

use std::ops::Range;

use super::Gazetteer;
use super::corner::{Joint, corner_ahead, joint};
use super::names::{Match, Target, Token};
use super::scan::Mention;
use super::sorts::{is_corner, joins};
use crate::text::slip::ONE_SLIP;
use crate::text::{Gap, Reading, usual};

/// What a message is read against.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Look {
    /// Nothing was asked: a place must be named clearly.
    Unasked,
    /// A place was asked for: a bare name will do.
    Asked,
}

/// What a mention turned out to be.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum What {
    /// A door, or several that fit.
    Doors(Vec<(usize, u32)>),
    /// Streets that have no such door.
    NoDoor(Vec<(usize, u32)>),
    /// A street without a number, or several that fit.
    Streets(Vec<usize>),
    /// Two streets that cross, or several such pairs that fit.
    Corners(Vec<(usize, usize)>),
    /// Two streets that do not cross.
    NoCorner,
    /// A park or building, or several that fit.
    Spots(Vec<usize>),
    /// A town that is not the city.
    Outside,
    /// An address by its form, on no street of ours.
    Unknown,
}

/// A place that a message names.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Sight {
    pub(crate) what: What,
    /// Words of the message.
    pub(crate) words: Range<usize>,
    pub(crate) p: f32,
    pub(crate) negated: bool,
}

const P_SORT_AND_NUMBER: f32 = 0.98;
const P_SORT: f32 = 0.95;
const P_NUMBER: f32 = 0.92;
const P_LOCATED: f32 = 0.8;
pub(super) const P_BARE: f32 = 0.7;
const P_SPOT: f32 = 0.9;
/// What a wrong sort costs: "12 avenue Cartier" for a rue.
const WRONG_SORT: f32 = 0.7;
/// What a common word costs where no sort or number shows a street.
const COMMON_WORD: f32 = 0.6;
/// Below this a mention is no place.
const MIN_P: f32 = 0.4;
/// Below this a mention is no place where none was asked for.
const MIN_P_UNASKED: f32 = 0.5;
/// Within this of the best, another reading counts as well.
const TIE: f32 = 0.1;
/// Words between the two cross streets of a stretch.
const MAX_LINK_WORDS: usize = 4;

/// Settles every mention.
pub(super) fn sights(
    gazetteer: &Gazetteer,
    reading: &Reading,
    tokens: &[Token],
    mentions: &[Mention],
    look: Look,
) -> Vec<Sight> {
    let cx = Cx { gazetteer, reading, tokens, look };
    let mut sights = Vec::new();
    let mut at = 0;
    while let Some(mention) = mentions.get(at) {
        let pair = mentions.get(at + 1).and_then(|next| cx.corner(mention, next));
        let ends = pair.is_some() && cx.is_between(mentions.get(at..).unwrap_or_default());
        at += 1 + usize::from(pair.is_some()) + usize::from(ends);
        sights.extend(pair.or_else(|| cx.place(mention)));
    }
    cx.drop_own_province(&mut sights);
    drop_faint(&mut sights);
    sights.extend(cx.unknown(&sights));
    sights
}

/// What mentions are settled against.
pub(super) struct Cx<'a> {
    pub(super) gazetteer: &'a Gazetteer,
    pub(super) reading: &'a Reading,
    pub(super) tokens: &'a [Token],
    look: Look,
}

impl Cx<'_> {
    pub(super) fn words(&self, tokens: &Range<usize>) -> Range<usize> {
        let start = self.tokens.get(tokens.start).map_or(0, |token| token.start);
        let last = tokens.end.checked_sub(1).and_then(|at| self.tokens.get(at));
        start..last.map_or(start, |token| token.end).max(start)
    }

    fn corner(&self, a: &Mention, b: &Mention) -> Option<Sight> {
        let joint = joint(self.reading, self.tokens, a, b)?;
        let announced = corner_ahead(self.tokens, a.span.start);
        let clear = |m: &Mention| m.has_cue() || m.capital || !self.is_common(m);
        if joint <= Joint::Loose && (!clear(a) || !clear(b)) {
            return None;
        }
        // "Noire au coin de Principale": a bare word that only looks like a name is none.
        let misread = |m: &Mention| !m.is_exact() && m.sorts == 0 && !announced;
        let shy = (!clear(a) && !clear(b) && !announced) || misread(a) || misread(b);
        let unlike = misread(a) && self.is_common(a) || misread(b) && self.is_common(b);
        if unlike || (shy && self.look == Look::Unasked) {
            return None;
        }
        // "3rd & 4th" may be two corners, where streets and avenues have numbers.
        let mut best: Option<(f32, Vec<(usize, usize)>)> = None;
        for (x, found_x) in a.streets() {
            for (y, found_y) in b.streets().filter(|(y, _)| *y != x) {
                let street = self.gazetteer.streets.get(x)?;
                let cross = street.crossing(y).is_some();
                let quality = fit(a, found_x) * fit(b, found_y);
                let p = quality * if cross { P_SORT } else { P_BARE };
                match &mut best {
                    Some((known, _)) if p < *known => {}
                    Some((known, corners)) if cross && p <= *known => corners.push((x, y)),
                    best => *best = Some((p, cross.then_some((x, y)).into_iter().collect())),
                }
            }
        }
        let (p, corners) = best.filter(|best| joint > Joint::Beside || !best.1.is_empty())?;
        let start = self.widen(a.span.start);
        (p >= self.min_p()).then(|| Sight {
            what: if corners.is_empty() { What::NoCorner } else { What::Corners(corners) },
            words: self.words(&(start..b.span.end)),
            p,
            negated: a.negated,
        })
    }

    /// "Cartier entre Fraser et Gagnon": the second cross street only ends the stretch.
    fn is_between(&self, mentions: &[Mention]) -> bool {
        let [street, cross, end, ..] = mentions else {
            return false;
        };
        let says = |range: Range<usize>, wanted: &[&str]| {
            let tokens = self.tokens.get(range).unwrap_or_default();
            tokens.iter().any(|token| wanted.contains(&token.text.as_str()))
        };
        let linked = says(cross.span.end..end.span.start, &["et", "and", "pis"]);
        let near = end.span.start <= cross.span.end + MAX_LINK_WORDS;
        says(street.span.end..cross.span.start, &["entre", "between"]) && linked && near
    }

    const fn min_p(&self) -> f32 {
        match self.look {
            Look::Asked => MIN_P,
            Look::Unasked => MIN_P_UNASKED,
        }
    }

    /// Takes "coin", "corner of" into the words of a corner.
    fn widen(&self, start: usize) -> usize {
        let mut at = start;
        let mut furthest = start;
        while at > 0 && start - at < 4 {
            let gap = self.tokens.get(at).map_or(Gap::Stop, |token| token.gap);
            let Some(token) = self.tokens.get(at - 1).filter(|_| gap < Gap::Stop) else {
                break;
            };
            if is_corner(&token.text) {
                furthest = at - 1;
            } else if !joins(&token.text) {
                break;
            }
            at -= 1;
        }
        furthest
    }

    fn place(&self, mention: &Mention) -> Option<Sight> {
        let sight = |what, span: &Range<usize>, p: f32| {
            (p >= self.min_p()).then(|| Sight {
                what,
                words: self.words(span),
                p: p.min(1.0),
                negated: mention.negated,
            })
        };
        let target =
            |wanted: fn(&Target) -> bool| mention.matches.iter().find(|m| wanted(&m.target));
        if let Some(found) = target(|t| matches!(t, Target::Outside(_))) {
            let p = self.outside_p(mention, found);
            return sight(What::Outside, &mention.core, p);
        }
        let is_street = mention.streets().next().is_some();
        let street_cue = mention.sorts != 0 || mention.number.is_some();
        if let Some(found) = target(|t| matches!(t, Target::Spot(_)))
            && !(is_street && street_cue)
        {
            let p = self.spot_p(mention, found);
            return sight(What::Spots(spots(mention)), &mention.core, p);
        }
        let (streets, p) = self.streets(mention)?;
        let Some(number) = mention.number else {
            return sight(What::Streets(streets), &mention.span, p);
        };
        let door = |street: &usize| (*street, number);
        let has = |street: &&usize| {
            let street = self.gazetteer.streets.get(**street);
            street.is_some_and(|street| street.door(number).is_some())
        };
        let doors: Vec<(usize, u32)> = streets.iter().filter(has).map(door).collect();
        let what = if doors.is_empty() {
            What::NoDoor(streets.iter().map(door).collect())
        } else {
            What::Doors(doors)
        };
        sight(what, &mention.span, p)
    }

    /// Gives the streets that fit best, and how surely one of them is meant.
    fn streets(&self, mention: &Mention) -> Option<(Vec<usize>, f32)> {
        let fits: Vec<(usize, f32)> =
            mention.streets().map(|(street, found)| (street, fit(mention, found))).collect();
        let best = fits.iter().map(|(_, fit)| *fit).fold(0.0, f32::max);
        let kept = fits.iter().filter(|(_, fit)| *fit >= best - TIE);
        let mut streets: Vec<usize> = kept.map(|(street, _)| *street).collect();
        streets.sort_unstable();
        streets.dedup();
        let clear = match (mention.sorts != 0, mention.number.is_some(), mention.located) {
            (true, true, _) => P_SORT_AND_NUMBER,
            (true, false, _) => P_SORT,
            (false, true, _) => P_NUMBER,
            (false, false, true) => P_LOCATED,
            (false, false, false) => P_BARE,
        };
        let p = clear * best * self.doubt(mention);
        (!streets.is_empty() && !self.is_shy(mention)).then_some((streets, p))
    }

    /// A bare name, or a common word without a sort, counts only where a place was asked for; a
    /// bare common word only where it is all that was said.
    fn is_shy(&self, mention: &Mention) -> bool {
        let common = self.is_common(mention);
        let exact = mention.is_exact();
        if mention.sorts != 0 {
            return self.look == Look::Unasked && common && !mention.capital && !is_proper(mention);
        }
        // "Cap-Fraser" is not Fraser.
        let edges = [mention.core.start, mention.core.end].map(|at| self.tokens.get(at));
        let glued = edges.into_iter().flatten().any(|token| token.gap == Gap::Hyphen);
        if glued && mention.number.is_none() {
            return true;
        }
        // "Fraser, pas Cartier": what is denied is named on purpose.
        if mention.negated && exact && !common {
            return false;
        }
        let bare = mention.number.is_none() && !mention.located;
        let whole = || usual::all_small_but(self.reading, &[self.words(&mention.span)]);
        if self.look == Look::Asked {
            return bare && common && !whole();
        }
        // "The first question", and words that only sound like a name.
        let rank = self.tokens.get(mention.core.start).is_some_and(|token| token.rank);
        // "3 courriels" are on no rang des Coudriers.
        let vague = mention.number.is_none() || !mention.located;
        let misread = vague && mention.quality() < ONE_SLIP;
        if rank || misread {
            return true;
        }
        let shown = mention.capital || (mention.number.is_some() && (mention.located || whole()));
        bare || (common && !(shown && exact))
    }

    fn doubt(&self, mention: &Mention) -> f32 {
        let exact = mention.is_exact();
        let known_word = self.is_common(mention);
        match (mention.sorts != 0 || mention.number.is_some(), known_word) {
            (_, true) if !exact => COMMON_WORD,
            (false, true) if !mention.capital && self.look == Look::Unasked => COMMON_WORD,
            _ => 1.0,
        }
    }

    /// Tells whether the words of the name, as typed, are words of everyday talk.
    fn is_common(&self, mention: &Mention) -> bool {
        let mut tokens = self.tokens.get(mention.core.clone()).unwrap_or_default().iter();
        tokens.all(|token| {
            joins(&token.text) || token.text == "st" || self.gazetteer.is_common(&token.text)
        })
    }

    fn spot_p(&self, mention: &Mention, found: &Match) -> f32 {
        if found.n_words > 1 && (found.quality >= 0.8 || !self.is_common(mention)) {
            return P_SPOT * found.quality;
        }
        let whole = usual::all_small_but(self.reading, &[self.words(&mention.span)]);
        // No one is "on library"; "on marche" is French for walking.
        let before = mention.core.start.checked_sub(1).and_then(|at| self.tokens.get(at));
        let on = before.is_some_and(|token| token.text == "on");
        match (self.look, (mention.located && !on) || mention.capital) {
            // A slip in a single everyday word: "bench" is no beach.
            (Look::Unasked, _) if found.quality < 1.0 => 0.0,
            (_, true) => P_LOCATED * found.quality,
            // "I don't know" is on no pont.
            (Look::Asked, false) if found.quality < 1.0 && self.is_common(mention) => 0.0,
            (Look::Asked, false) if whole => P_SPOT * found.quality,
            (Look::Asked, false) => P_BARE * found.quality,
            (Look::Unasked, false) => 0.0,
        }
    }

    fn outside_p(&self, mention: &Mention, found: &Match) -> f32 {
        let whole = usual::all_small_but(self.reading, &[self.words(&mention.core)]);
        let before = mention.core.start.checked_sub(1).and_then(|at| self.tokens.get(at));
        let says_in = before.is_some_and(|token| {
            matches!(token.text.as_str(), "a" | "in" | "at" | "vers" | "near" | "to" | "dans")
        });
        let after_comma = self.tokens.get(mention.core.start).is_some_and(|t| t.gap == Gap::Comma);
        match (says_in, self.look) {
            (true, _) => P_SPOT * found.quality,
            (false, Look::Asked) if whole => P_SPOT * found.quality,
            (false, _) if after_comma && mention.core.start > 0 => P_LOCATED * found.quality,
            (false, _) => 0.0,
        }
    }

    /// "12 rue Cartier, Québec" names the province, not the town of that name.
    fn drop_own_province(&self, sights: &mut Vec<Sight>) {
        let ours = sights.iter().any(|sight| sight.what != What::Outside);
        sights.retain(|sight| {
            let before = sight.words.start.checked_sub(1).map_or("", |at| self.reading.text(at));
            let province = matches!(self.reading.text(sight.words.start), "quebec" | "ontario");
            sight.what != What::Outside || !(ours && province) || matches!(before, "a" | "in")
        });
    }
}

/// Drops bare names beside clear ones.
fn drop_faint(sights: &mut Vec<Sight>) {
    let best = sights.iter().map(|sight| sight.p).fold(0.0, f32::max);
    sights.retain(|sight| sight.p > P_BARE || best <= P_BARE);
}

/// Tells whether a street is named in full: "rue marche" is no "rue du Marché".
fn is_proper(mention: &Mention) -> bool {
    let mut streets = mention.streets();
    streets.any(|(_, found)| {
        let agrees = found.sorts == 0 || mention.sorts & found.sorts != 0;
        agrees && (mention.joined || !found.joined)
    })
}

/// How well a street fits a mention: its words, and its sort.
fn fit(mention: &Mention, found: &Match) -> f32 {
    let agrees = mention.sorts == 0 || found.sorts == 0 || mention.sorts & found.sorts != 0;
    found.quality * if agrees { 1.0 } else { WRONG_SORT }
}

fn spots(mention: &Mention) -> Vec<usize> {
    let best = mention.matches.iter().map(|m| m.quality).fold(0.0, f32::max);
    let fitting = mention.matches.iter().filter(|m| m.quality >= best - TIE);
    let mut spots: Vec<usize> = fitting
        .filter_map(|found| match found.target {
            Target::Spot(spot) => Some(spot),
            Target::Street(_) | Target::Outside(_) => None,
        })
        .collect();
    spots.sort_unstable();
    spots.dedup();
    spots
}
