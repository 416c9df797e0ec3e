//! Menu items and options: by label, by another way to say them, by number or rank.

use bot_core::expectation::{Expectation, MenuItem};
use bot_core::understanding::{Extent, OptionHit};
use std::collections::BTreeMap;
use std::ops::Range;

use super::extent;
use crate::text::numbers;
use crate::text::slip::{alike, sound};
use crate::text::{Reading, usual, words_of};

/// Hits kept of one message.
const MAX_HITS: usize = 12;
const P_NUMBER: f32 = 0.96;
const P_EXACT: f32 = 0.98;
const P_WHOLE: f32 = 0.97;
const P_PART: f32 = 0.8;
/// How sure we are of a word of which only the beginning was said.
const P_CUT_SHORT: f32 = 0.85;
/// How sure we are of a word that only sounds the same.
const P_SOUNDS_ALIKE: f32 = 0.82;
/// How much of an item's words must be said.
const MIN_SHARE: f32 = 0.5;
/// What one telling word counts for where it is all that was said.
const ALONE_SHARE: f32 = 0.7;
/// Letters from which a slip is forgiven.
const SLIP_CHARS: usize = 5;

/// Finds items of the open menu, and options of the slots in play, surest first.
///
/// A word within the name of a place answers what is asked, and nothing else: graffiti at the
/// skatepark may be on any wall of it.
pub(crate) fn find(
    reading: &Reading,
    expectation: &Expectation,
    places: &[Range<usize>],
) -> Vec<OptionHit> {
    let mut hits = Vec::new();
    let question = expectation.question.as_ref();
    if let Some(question) = question {
        let by_number = picked(reading, &question.menu);
        hits.extend(by_number);
        if hits.is_empty() {
            hits.extend(named(reading, &question.menu, None, &[]));
        }
    }
    let open = question.filter(|question| !question.menu.is_empty());
    let asked = open.and_then(|question| question.slot.as_deref());
    for slot in expectation.slots.iter().filter(|slot| Some(slot.name.as_str()) != asked) {
        hits.extend(named(reading, &slot.options, Some(&slot.name), places));
    }
    hits.sort_by(|a, b| b.p.total_cmp(&a.p));
    hits.truncate(MAX_HITS);
    hits
}

/// Reads "2", "le 2", "option 3", "the second one", "le dernier".
fn picked(reading: &Reading, menu: &[MenuItem]) -> Option<OptionHit> {
    let (at, words) = place(reading, menu.len())?;
    let item = menu.get(at)?;
    let whole = extent(reading, &words, &[]) == Extent::Whole;
    whole.then(|| OptionHit {
        slot: None,
        key: item.key.clone(),
        p: P_NUMBER,
        extent: Extent::Whole,
    })
}

fn place(reading: &Reading, n_items: usize) -> Option<(usize, Range<usize>)> {
    let last = |word: &str| matches!(word, "dernier" | "derniere" | "last" | "derniers");
    if let Some(at) = (0..reading.words.len()).find(|at| last(reading.text(*at))) {
        return Some((n_items.checked_sub(1)?, at..at + 1));
    }
    let middle = |word: &str| matches!(word, "milieu" | "middle");
    if let Some(at) = (0..reading.words.len()).find(|at| middle(reading.text(*at))) {
        return (n_items % 2 == 1).then_some((n_items / 2, at..at + 1));
    }
    let all = numbers::all(reading);
    let plain: Vec<_> = all.iter().filter(|number| !number.is_article()).collect();
    let number = match (plain.as_slice(), all.as_slice()) {
        ([number], _) => *number,
        ([], [.., number]) => number,
        _ => return None,
    };
    let at = usize::try_from(number.value).ok()?.checked_sub(1)?;
    (at < n_items).then(|| (at, number.words.clone()))
}

/// A word of an item, without its ending.
type Stem = String;

/// Finds items by their words, but those of places; words that several items share weigh less.
fn named(
    reading: &Reading,
    items: &[MenuItem],
    slot: Option<&str>,
    places: &[Range<usize>],
) -> Vec<OptionHit> {
    let ways = if slot.is_some() { ways_unasked } else { ways_to_say };
    let ways: Vec<Vec<Vec<Stem>>> = items.iter().map(ways).collect();
    let mut users: BTreeMap<&Stem, usize> = BTreeMap::new();
    for ways in &ways {
        let mut stems: Vec<&Stem> = ways.iter().flatten().collect();
        stems.sort_unstable();
        stems.dedup();
        for stem in stems {
            *users.entry(stem).or_default() += 1;
        }
    }
    let weight = |stem: &Stem| {
        1.0 / f32::from(u8::try_from(*users.get(stem).unwrap_or(&1)).unwrap_or(u8::MAX))
    };
    let hit = |(item, ways): (&MenuItem, &Vec<Vec<Stem>>)| {
        let said = ways.iter().filter_map(|way| said(reading, way, &weight, places));
        let (share, words) = said.max_by(|a, b| a.0.total_cmp(&b.0))?;
        let whole = usual::all_small_but(reading, &words);
        let (p, extent) = match whole {
            // "Des mois" is none of "un mois", though only a small word tells.
            true if is_exactly(reading, item) => (P_EXACT, Extent::Whole),
            true => (P_WHOLE, Extent::Whole),
            false => (P_PART, Extent::Part),
        };
        let slot = slot.map(str::to_owned);
        Some((OptionHit { slot, key: item.key.clone(), p: p * share, extent }, words))
    };
    let hits: Vec<_> = items.iter().zip(&ways).filter_map(hit).collect();
    hits.iter()
        .filter(|one| !hits.iter().any(|other| says_more(other, one)))
        .map(|(hit, _)| hit.clone())
        .collect()
}

fn is_exactly(reading: &Reading, item: &MenuItem) -> bool {
    let said = || reading.words.iter().map(|word| word.text.as_str());
    spellings(item).any(|text| words_of(text).iter().map(String::as_str).eq(said()))
}

/// Gives the labels of an item and other ways to say it, as they are written.
fn spellings(item: &MenuItem) -> impl Iterator<Item = &str> {
    let labels = item.label.iter().map(|(_, label)| label.as_str());
    labels.chain(item.also.iter().flat_map(|(_, list)| list.iter().map(String::as_str)))
}

/// "Yard waste" is more than the "waste" in it.
fn says_more(other: &(OptionHit, Vec<Range<usize>>), one: &(OptionHit, Vec<Range<usize>>)) -> bool {
    let (more, words) = other;
    let (less, within) = one;
    more.p >= less.p && words.len() > within.len() && within.iter().all(|word| words.contains(word))
}

/// Gives the ways to say an item: its labels, what stands in and out of brackets, and the rest.
fn ways_to_say(item: &MenuItem) -> Vec<Vec<Stem>> {
    let mut ways: Vec<Vec<Stem>> = Vec::new();
    for label in spellings(item) {
        let parts = label.split(['(', ')', ':', '—', ';']);
        for part in parts.chain([label]) {
            let stems = stems(part, tells);
            if !stems.is_empty() && !ways.contains(&stems) {
                ways.push(stems);
            }
        }
    }
    ways
}

/// Gives the ways to say an item that nobody asked for: what stands in brackets explains it, and
/// does not name it.
fn ways_unasked(item: &MenuItem) -> Vec<Vec<Stem>> {
    let named = spellings(item).map(|text| text.split('(').next().unwrap_or(text));
    named.map(|text| stems(text, tells_unasked)).filter(|stems| !stems.is_empty()).collect()
}

fn stems(text: &str, telling: fn(&str) -> bool) -> Vec<Stem> {
    let words = words_of(text);
    let kept: Vec<Stem> = words.iter().filter(|word| telling(word)).map(|w| stem(w)).collect();
    if kept.is_empty() { words.iter().map(|word| stem(word)).collect() } else { kept }
}

fn tells(word: &str) -> bool {
    !usual::is_small(word)
}

/// Where nothing was asked, "all day" is not "all of them", and a wall is not "my wall".
fn tells_unasked(word: &str) -> bool {
    let small = matches!(
        word,
        "mon" | "ma" | "mes" | "my" | "tout" | "toute" | "tous" | "toutes" | "all" | "them"
    );
    small || tells(word)
}

/// Takes off the endings of gender and number.
fn stem(word: &str) -> Stem {
    let endings: [(&str, &str); 9] = [
        ("euses", "eux"),
        ("euse", "eux"),
        ("ives", "if"),
        ("ive", "if"),
        ("ees", "e"),
        ("ee", "e"),
        ("es", ""),
        ("s", ""),
        ("e", ""),
    ];
    let cut = endings.iter().find_map(|(ending, kept)| {
        let stem = word.strip_suffix(ending).filter(|stem| stem.len() >= 3)?;
        Some(format!("{stem}{kept}"))
    });
    let stem = cut.unwrap_or_else(|| word.to_owned());
    // Both "brisee" and "brise" end as "bris".
    match stem.strip_suffix('e') {
        Some(shorter) if shorter.len() >= 3 => shorter.to_owned(),
        _ => stem,
    }
}

/// Tells how much of a way to say an item a message holds, and where.
fn said(
    reading: &Reading,
    way: &[Stem],
    weight: &impl Fn(&Stem) -> f32,
    places: &[Range<usize>],
) -> Option<(f32, Vec<Range<usize>>)> {
    let (mut heard, mut all, mut n_heard, mut telling) = (0.0_f32, 0.0_f32, 0_usize, false);
    let mut words = Vec::new();
    // "The street is not cleared" holds its own "not".
    let denied = way.iter().any(|stem| denies(stem));
    for stem in way {
        let weight = weight(stem);
        all += weight;
        if let Some((at, p)) = spoken(reading, stem, places, denied) {
            heard += weight * p;
            n_heard += 1;
            telling |= weight > 0.99 && !denies(stem);
            words.push(at..at + 1);
        }
    }
    let mut share = heard / all.max(f32::EPSILON);
    // "Une odeur" is enough for "Non, seulement une odeur", where nothing else was said.
    let alone = telling && usual::all_small_but(reading, &words);
    if alone {
        share = share.max(ALONE_SHARE);
    }
    let enough = n_heard == way.len() || (share >= MIN_SHARE && (telling || n_heard > 1));
    let small = way.iter().all(|word| usual::is_small(word));
    let fits = !small || usual::all_small_but(reading, &words);
    (n_heard > 0 && enough && fits).then_some((share.min(1.0), words))
}

fn spoken(
    reading: &Reading,
    wanted: &Stem,
    places: &[Range<usize>],
    denied: bool,
) -> Option<(usize, f32)> {
    let in_place = |at: &usize| places.iter().any(|place| place.contains(at));
    let words = reading.words.iter().enumerate().filter(|(at, _)| !in_place(at));
    let fitting = words.filter_map(|(at, word)| {
        let p = if stem(&word.text) == *wanted {
            1.0
        } else if is_cut_short(&word.text, wanted) {
            P_CUT_SHORT
        } else if wanted.len() >= SLIP_CHARS {
            let stem = stem(&word.text);
            let sounds = sound(&stem) == sound(wanted);
            alike(&word.text, wanted)
                .or_else(|| alike(&stem, wanted))
                .or_else(|| sounds.then_some(P_SOUNDS_ALIKE))?
        } else {
            return None;
        };
        (denied || !is_denied(reading, at)).then_some((at, p))
    });
    fitting.fold(None, |best: Option<(usize, f32)>, next| match best {
        Some(known) if known.1 >= next.1 => Some(known),
        _ => Some(next),
    })
}

/// "Appart" for an appartement.
fn is_cut_short(word: &str, wanted: &str) -> bool {
    word.len() >= SLIP_CHARS && wanted.starts_with(word) && wanted.len() >= word.len() + SLIP_CHARS
}

/// "pas dangereux", "not large".
fn is_denied(reading: &Reading, at: usize) -> bool {
    let before = |back: usize| at.checked_sub(back).map_or("", |at| reading.text(at));
    let degree = matches!(
        before(1),
        "tres"
            | "si"
            | "trop"
            | "really"
            | "very"
            | "that"
            | "vraiment"
            | "la"
            | "le"
            | "the"
            | "un"
            | "une"
            | "a"
            | "an"
    );
    denies(before(1)) || (degree && denies(before(2)))
}

fn denies(word: &str) -> bool {
    matches!(
        word,
        "pas" | "not" | "isnt" | "no" | "ni" | "aucun" | "aucune" | "jamais" | "neither" | "nor"
    )
}
