//! Yes, no, I don't know, go on without: in all the ways people say it.

use bot_core::understanding::{Extent, Stance, StanceHit};
use std::ops::Range;
use std::sync::LazyLock;

use crate::tables;
use crate::text::lexicon::{Found, Lexicon};
use crate::text::{Gap, Reading, table, usual};

const P_WHOLE: f32 = 0.97;
const P_PART: f32 = 0.75;
const P_MIXED: f32 = 0.5;
/// What a question mark costs: "ok ?" is less than a yes.
const ASKED_BACK: f32 = 0.6;
/// Words from which a phrase shows a stance even where more follows.
const FIRM_WORDS: usize = 3;

static STANCES: LazyLock<Lexicon<Stance>> = LazyLock::new(|| {
    let named = |(name, _, phrase)| Some((phrase, stance(name)?));
    Lexicon::new(table::all(tables::STANCES).into_iter().filter_map(named))
});

fn stance(name: &str) -> Option<Stance> {
    match name {
        "yes" => Some(Stance::Yes),
        "no" => Some(Stance::No),
        "dont_know" => Some(Stance::DontKnow),
        "skip" => Some(Stance::Skip),
        _ => None,
    }
}

/// A stance and the words that show it.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Shown {
    pub(crate) hit: StanceHit,
    pub(crate) words: Vec<Range<usize>>,
}

/// Finds where a message stands: at its beginning, or as all that it says.
pub(crate) fn find(reading: &Reading) -> Option<Shown> {
    let hits: Vec<Found<Stance>> =
        STANCES.all(reading).into_iter().filter(|hit| !is_other_word(reading, hit)).collect();
    let first = hits.first()?;
    // "Non c'est beau" is a no; "n'envoyez rien" is neither a yes nor nothing.
    let clear = is_strong(reading, first);
    let absorbed =
        |hit: &&Found<Stance>| hit.value == first.value || (clear && !is_strong(reading, hit));
    let same: Vec<&Found<Stance>> = hits.iter().filter(absorbed).collect();
    let words: Vec<Range<usize>> = same.iter().map(|hit| hit.words.clone()).collect();
    let whole = usual::all_small_but(reading, &words) && same.len() == hits.len();
    let shown = |p: f32, extent: Extent, words: Vec<Range<usize>>| Shown {
        hit: StanceHit { stance: first.value, p: p * first.p, extent },
        words,
    };
    if whole {
        let doubt = if is_asked_back(reading) { ASKED_BACK } else { 1.0 };
        return Some(shown(P_WHOLE * doubt, Extent::Whole, words));
    }
    let leads = (0..first.words.start).all(|at| is_filler(reading.text(at)));
    let stops = reading.gap(first.words.end) >= Gap::Comma;
    let firm = (clear && !is_lack(reading, first)) || first.words.len() >= FIRM_WORDS || stops;
    let opposed = hits.iter().any(|hit| hit.value != first.value && is_strong(reading, hit));
    (leads && firm && first.words.len() < reading.words.len()).then(|| {
        let p = if opposed { P_MIXED } else { P_PART };
        shown(p, Extent::Part, vec![first.words.clone()])
    })
}

/// Words that mean a stance wherever they open a message.
fn is_strong(reading: &Reading, hit: &Found<Stance>) -> bool {
    matches!(
        reading.text(hit.words.start),
        "oui"
            | "ouais"
            | "ouep"
            | "ouaip"
            | "yes"
            | "yeah"
            | "yep"
            | "yup"
            | "yea"
            | "non"
            | "nope"
            | "no"
            | "nah"
            | "nan"
            | "jsp"
            | "idk"
            | "dunno"
            | "pantoute"
    )
}

/// "No water", "no hot water": something is missing, and nothing is refused.
fn is_lack(reading: &Reading, hit: &Found<Stance>) -> bool {
    let next = reading.text(hit.words.end);
    reading.text(hit.words.start) == "no"
        && hit.words.len() == 1
        && reading.gap(hit.words.end) < Gap::Comma
        && !usual::is_small(next)
        && !matches!(next, "but" | "because" | "not" | "he" | "she" | "mine" | "other" | "wait")
}

/// "Ok ?", but not "pourquoi pas ?".
fn is_asked_back(reading: &Reading) -> bool {
    reading.line.trim_end().ends_with('?') && !matches!(reading.text(0), "pourquoi" | "why")
}

/// "no 12" is a number, "non-résident" another word, and single letters are what they are.
fn is_other_word(reading: &Reading, hit: &Found<Stance>) -> bool {
    let word = reading.text(hit.words.start);
    let next = reading.words.get(hit.words.end);
    let number = word == "no"
        && hit.words.len() == 1
        && next.is_some_and(|next| next.is_digits() && next.gap < Gap::Comma);
    let hyphen = next.is_some_and(|next| next.gap == Gap::Hyphen) && word != "passe";
    let letter = word.len() == 1 && hit.words.len() == 1 && reading.words.len() > 1;
    number || hyphen || letter
}

fn is_filler(word: &str) -> bool {
    matches!(
        word,
        "euh"
            | "heu"
            | "ben"
            | "bin"
            | "bah"
            | "ah"
            | "oh"
            | "eh"
            | "hum"
            | "hmm"
            | "bon"
            | "alors"
            | "bonjour"
            | "salut"
            | "allo"
            | "hi"
            | "hello"
            | "hey"
            | "well"
            | "um"
            | "uh"
            | "so"
            | "er"
            | "mais"
            | "faque"
            | "pis"
            | "et"
            | "and"
            | "but"
    )
}
