//! The names of places, and how a few words of a message match one of them.

use std::collections::BTreeMap;

use super::sorts::{Sorts, canon, english_generic, joins, sorts_of};
use crate::lesson::{PlaceRow, PlaceRowKind};
use crate::text::slip::{self, forgiven, mask, slips, sound};
use crate::text::{Gap, Reading, numbers};

/// How sure we are of a word that only sounds the same.
const SOUNDS_ALIKE: f32 = 0.82;
/// How sure we are of a park or building named without its generic word.
const WITHOUT_GENERIC: f32 = 0.85;
/// Joining words that may stand inside a name.
const MAX_JOINS: usize = 3;

/// What a name stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Target {
    /// A street, by its place in the list.
    Street(usize),
    /// A park or building.
    Spot(usize),
    /// A town that is not the city.
    Outside(usize),
}

/// One way to say a place.
#[derive(Debug, Clone)]
struct Name {
    target: Target,
    core: Vec<String>,
    sorts: Sorts,
    quality: f32,
    /// Whether a joining word stands before its core.
    joined: bool,
}

impl Name {
    const fn plain(target: Target, core: Vec<String>) -> Self {
        Self { target, core, sorts: 0, quality: 1.0, joined: false }
    }
}

/// A word of the message as names see it: a rank like "troisième" is one word, `3e`.
#[derive(Debug, Clone)]
pub(super) struct Token {
    pub(super) text: String,
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) gap: Gap,
    pub(super) capital: bool,
    pub(super) rank: bool,
    /// Whether it is "à", or an "a" that can be nothing else; the English article is neither.
    pub(super) at: bool,
}

/// Cuts a message as names see it.
pub(super) fn tokens(reading: &Reading) -> Vec<Token> {
    let mut tokens = Vec::with_capacity(reading.words.len());
    let mut index = 0;
    while let Some(word) = reading.words.get(index) {
        let rank = numbers::at(reading, index).filter(|number| number.rank);
        let (text, end) = match &rank {
            Some(number) => (format!("{}e", number.value), number.words.end),
            None => (canon(&word.text).to_owned(), index + 1),
        };
        let next = reading.text(index + 1);
        let spelling = reading.spelling(index..index + 1);
        let accented = matches!(spelling.as_str(), "à" | "À");
        tokens.push(Token {
            at: word.text == "a" && (accented || matches!(next, "la" | "l" | "le")),
            text,
            start: index,
            end,
            gap: word.gap,
            capital: word.capital,
            rank: rank.is_some(),
        });
        index = end;
    }
    tokens
}

/// A name that matches some words.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Match {
    pub(super) target: Target,
    /// The first token after the name.
    pub(super) end: usize,
    /// Content words that matched.
    pub(super) n_words: usize,
    /// How well, 0 to 1.
    pub(super) quality: f32,
    /// The sorts that the name itself has.
    pub(super) sorts: Sorts,
    /// Whether a joining word stands before its core: "rue du Marché".
    pub(super) joined: bool,
}

/// Every way to say every place.
#[derive(Debug, Clone, Default)]
pub(super) struct Names {
    all: Vec<Name>,
    /// First words, sorted, with their letters and the names that begin so.
    firsts: Vec<(String, u64, Vec<usize>)>,
    by_sound: BTreeMap<String, Vec<usize>>,
}

impl Names {
    /// Adds the names of a row of the gazetteer.
    pub(super) fn add_row(&mut self, target: Target, row: &PlaceRow) {
        if matches!(row.kind, PlaceRowKind::Park | PlaceRowKind::Landmark) {
            self.add_generic(target, &row.name);
        }
        let all = [Some(&row.name), row.name_en.as_ref()];
        for name in all.into_iter().flatten().chain(&row.aliases) {
            match row.kind {
                PlaceRowKind::Street => self.add_street(target, name),
                PlaceRowKind::Park | PlaceRowKind::Landmark | PlaceRowKind::Outside => {
                    self.add_outside(target, name);
                }
            }
        }
    }

    /// Adds the name of a town that is not the city, or any name that has no parts.
    pub(super) fn add_outside(&mut self, target: Target, name: &str) {
        self.add(Name::plain(target, content(&name_words(name))));
    }

    fn add_street(&mut self, target: Target, name: &str) {
        let words = name_words(name);
        let sorts = words.iter().fold(0, |bits, word| bits | own_sort(word));
        let content = content(&words);
        let core: Vec<String> = match content.iter().filter(|w| own_sort(w) == 0).count() {
            0 => content,
            _ => content.into_iter().filter(|w| own_sort(w) == 0).collect(),
        };
        let before = core.first().and_then(|first| words.iter().position(|word| word == first));
        let before = before.and_then(|at| words.get(at.checked_sub(1)?));
        let joined = before.is_some_and(|word| joins(word));
        if let Some(elided) = elided(&words, &core) {
            self.add(Name { sorts, ..Name::plain(target, elided) });
        }
        self.add(Name { sorts, joined, ..Name::plain(target, core) });
    }

    /// Adds the English order of a French name, "Lafond Park", and its proper part alone.
    fn add_generic(&mut self, target: Target, name: &str) {
        let core = content(&name_words(name));
        let Some(english) = core.first().and_then(|word| english_generic(word)) else {
            return;
        };
        let rest: Vec<String> = core.into_iter().skip(1).collect();
        if rest.len() >= 2 {
            self.add(Name { quality: WITHOUT_GENERIC, ..Name::plain(target, rest.clone()) });
        }
        if !rest.is_empty() {
            let behind = rest.into_iter().chain([english.to_owned()]).collect();
            self.add(Name::plain(target, behind));
        }
    }

    fn add(&mut self, name: Name) {
        let same = |known: &Name| known.target == name.target && known.core == name.core;
        if let Some(known) = self.all.iter_mut().find(|known| same(known)) {
            known.sorts |= name.sorts;
            known.quality = known.quality.max(name.quality);
            known.joined &= name.joined;
        } else if !name.core.is_empty() {
            self.all.push(name);
        }
    }

    /// Builds the index; call it once, after the last name.
    pub(super) fn index(&mut self) {
        self.drop_shared();
        let mut firsts: BTreeMap<String, Vec<usize>> = BTreeMap::new();
        for (at, name) in self.all.iter().enumerate() {
            if let Some(first) = name.core.first() {
                firsts.entry(first.clone()).or_default().push(at);
                self.by_sound.entry(sound(first)).or_default().push(at);
            }
        }
        let with_mask = |(word, names): (String, Vec<usize>)| {
            let letters = mask(&word);
            (word, letters, names)
        };
        self.firsts = firsts.into_iter().map(with_mask).collect();
    }

    /// Drops short forms that fit several places: "Sainte-Aurore" for every building named so.
    fn drop_shared(&mut self) {
        let mut users: BTreeMap<Vec<String>, Vec<Target>> = BTreeMap::new();
        for name in &self.all {
            users.entry(name.core.clone()).or_default().push(name.target);
        }
        let shared = |name: &Name| users.get(&name.core).is_some_and(|targets| targets.len() > 1);
        self.all.retain(|name| name.quality >= 1.0 || !shared(name));
    }

    /// Finds the names that begin at a token; inexact ones only where `loose`.
    pub(super) fn at(&self, tokens: &[Token], at: usize, loose: bool) -> Vec<Match> {
        let Some(token) = tokens.get(at) else {
            return Vec::new();
        };
        let mut found: Vec<Match> = self
            .beginning(&token.text, loose && !token.rank)
            .into_iter()
            .filter_map(|(name, quality)| self.rest(tokens, at, name, quality, loose))
            .collect();
        found.sort_by(|a, b| {
            let by_quality = b.quality.total_cmp(&a.quality);
            b.n_words.cmp(&a.n_words).then(by_quality).then(a.target.cmp(&b.target))
        });
        found
    }

    /// Names whose first word is the typed one, with how well it matches.
    fn beginning(&self, typed: &str, loose: bool) -> Vec<(usize, f32)> {
        let exact = self.firsts.binary_search_by(|(word, ..)| word.as_str().cmp(typed));
        if let Some((_, _, names)) = exact.ok().and_then(|at| self.firsts.get(at)) {
            return names.iter().map(|name| (*name, 1.0)).collect();
        }
        let limit = forgiven(typed.len() + 1);
        if !loose || typed.len() < 4 {
            return Vec::new();
        }
        let letters = mask(typed);
        let mut found: BTreeMap<usize, f32> = BTreeMap::new();
        for (word, known, names) in &self.firsts {
            let far = (letters ^ known).count_ones() as usize > 2 * limit;
            if far || word.len() < 4 {
                continue;
            }
            if let Some(quality) = word_quality(typed, word) {
                found.extend(names.iter().map(|name| (*name, quality)));
            }
        }
        for name in self.by_sound.get(&sound(typed)).into_iter().flatten() {
            let known = found.entry(*name).or_insert(SOUNDS_ALIKE);
            *known = known.max(SOUNDS_ALIKE);
        }
        found.into_iter().collect()
    }

    fn rest(
        &self,
        tokens: &[Token],
        start: usize,
        name: usize,
        quality: f32,
        loose: bool,
    ) -> Option<Match> {
        let name = self.all.get(name)?;
        let mut end = start + 1;
        let mut sure = quality * name.quality;
        for word in name.core.iter().skip(1) {
            let at = (end..=end + MAX_JOINS).find(|at| !is_join(tokens, *at))?;
            let token = tokens.get(at)?;
            let apart = tokens.get(end..=at)?.iter().any(|t| t.gap > Gap::Hyphen);
            if apart && !after_short_form(tokens, at) {
                return None;
            }
            sure *= if token.text == *word {
                1.0
            } else if loose && word.len() >= 4 {
                word_quality(&token.text, word)?
            } else {
                return None;
            };
            end = at + 1;
        }
        Some(Match {
            target: name.target,
            end,
            n_words: name.core.len(),
            quality: sure,
            sorts: name.sorts,
            joined: name.joined,
        })
    }
}

/// A stop after "St." or "boul." ends no sentence.
fn after_short_form(tokens: &[Token], at: usize) -> bool {
    at.checked_sub(1)
        .and_then(|before| tokens.get(before))
        .is_some_and(|token| matches!(token.text.as_str(), "st" | "ste"))
}

fn is_join(tokens: &[Token], at: usize) -> bool {
    tokens.get(at).is_some_and(|token| joins(&token.text))
}

/// Compares two words of names: slips, then sound.
fn word_quality(typed: &str, known: &str) -> Option<f32> {
    let limit = forgiven(known.len().max(typed.len())).max(1);
    let by_slips = slips(typed, known, limit).map(|count| match count {
        0 => 1.0,
        // A lost or added plural changes the name: rue du Pin, rue des Pins.
        1 if known.len().min(typed.len()) < 5 => slip::TWO_SLIPS,
        1 => slip::ONE_SLIP,
        _ => slip::TWO_SLIPS,
    });
    by_slips.or_else(|| (sound(typed) == sound(known)).then_some(SOUNDS_ALIKE))
}

/// "St" at the head of a name is a saint, not a street.
fn own_sort(word: &str) -> Sorts {
    if word == "st" { 0 } else { sorts_of(word) }
}

fn name_words(name: &str) -> Vec<String> {
    let reading = Reading::of(name);
    let all = tokens(&reading);
    let last = all.len().saturating_sub(1);
    let mut words: Vec<String> = all.into_iter().map(|token| token.text).collect();
    // "Church St" ends in a street, unlike "St-Jean".
    if let Some(word) = words.get_mut(last).filter(|word| last > 0 && *word == "st") {
        "street".clone_into(word);
    }
    words
}

fn content(words: &[String]) -> Vec<String> {
    let kept = words.iter().filter(|word| !joins(word));
    let kept: Vec<String> = kept.cloned().collect();
    if kept.is_empty() { words.to_vec() } else { kept }
}

/// Gives the core with its elided article joined, as hurried people write it: "leglise".
fn elided(words: &[String], core: &[String]) -> Option<Vec<String>> {
    let first = core.first()?;
    let at = words.iter().position(|word| word == first)?;
    let article = words.get(at.checked_sub(1)?)?;
    (article == "l" || article == "d").then(|| {
        let joined = format!("{article}{first}");
        [joined].into_iter().chain(core.iter().skip(1).cloned()).collect()
    })
}
