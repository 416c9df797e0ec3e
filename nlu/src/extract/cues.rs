//! Words that announce a correction, a change or a question.

use std::ops::Range;
use std::sync::LazyLock;

use crate::tables;
use crate::text::lexicon::Lexicon;
use crate::text::{Gap, Reading, table};

/// Words among which a correction may be announced.
const LEADING_WORDS: usize = 3;
/// Words looked at for the beginning of a question.
const MAX_QUESTION_WORDS: usize = 6;

fn lexicon(wanted: &str) -> Lexicon<()> {
    let all = table::all(tables::CUES);
    let ours = all.into_iter().filter(|(name, ..)| *name == wanted);
    Lexicon::new(ours.map(|(_, _, phrase)| (phrase, ())))
}

static CORRECTION: LazyLock<Lexicon<()>> = LazyLock::new(|| lexicon("correction"));
static CONTRAST: LazyLock<Lexicon<()>> = LazyLock::new(|| lexicon("contrast"));
static CHANGE: LazyLock<Lexicon<()>> = LazyLock::new(|| lexicon("change"));

static DENIAL: LazyLock<Lexicon<()>> = LazyLock::new(|| lexicon("denial"));
static REVERSAL: LazyLock<Lexicon<()>> = LazyLock::new(|| lexicon("reversal"));

/// Tells whether a wish is denied: "I do NOT want to report a pothole". "Je ne veux pas que …" wishes
/// for something, and denies nothing.
pub(crate) fn is_denial(reading: &Reading) -> bool {
    let hits = DENIAL.all(reading).into_iter();
    hits.map(|hit| hit.words.end).any(|end| !matches!(reading.text(end), "que" | "qu"))
}

/// Tells whether a command is named and not given: "don't cancel".
pub(crate) fn is_reversal(reading: &Reading) -> bool {
    !REVERSAL.all(reading).is_empty()
}

/// Finds the words that announce a correction.
pub(crate) fn corrections(reading: &Reading) -> Vec<Range<usize>> {
    let hits = CORRECTION.all(reading).into_iter().map(|hit| hit.words);
    hits.filter(|words| announces(reading, words) && !is_degree(reading, words)).collect()
}

/// A correction is announced at the beginning of a message or clause, or at its end; "je voulais
/// dire que" only begins a sentence.
fn announces(reading: &Reading, words: &Range<usize>) -> bool {
    let leads = words.start < LEADING_WORDS || reading.gap(words.start) >= Gap::Comma;
    let ends = words.end == reading.words.len();
    (leads || ends) && !matches!(reading.text(words.end), "qu" | "que" | "that")
}

/// "Plutôt grand" is a degree; "plutôt le 12" and "le 12 plutôt" correct something.
fn is_degree(reading: &Reading, words: &Range<usize>) -> bool {
    let next = reading.words.get(words.end);
    reading.text(words.start) == "plutot"
        && next.is_some_and(|next| {
            let place = matches!(
                next.text.as_str(),
                "le" | "la"
                    | "l"
                    | "au"
                    | "a"
                    | "sur"
                    | "rue"
                    | "coin"
                    | "c"
                    | "devant"
                    | "avenue"
                    | "chemin"
            );
            !place && !next.is_digits() && next.gap < Gap::Comma
        })
}

/// Finds the words that set one thing against another: "pas", "but".
pub(crate) fn contrasts(reading: &Reading) -> Vec<Range<usize>> {
    CONTRAST.all(reading).into_iter().map(|hit| hit.words).collect()
}

/// Finds the words that announce a change.
pub(crate) fn changes(reading: &Reading) -> Vec<Range<usize>> {
    CHANGE.all(reading).into_iter().map(|hit| hit.words).collect()
}

/// Tells whether the words ask something.
pub(crate) fn is_question(reading: &Reading) -> bool {
    let marked = reading.line.trim_end().ends_with('?');
    marked || begins_as_question(reading) || asks_with_tu(reading)
}

fn begins_as_question(reading: &Reading) -> bool {
    let n_words = reading.words.len();
    let start = (0..n_words.min(3)).find(|at| !is_greeting(reading.text(*at)));
    let Some(start) = start else { return false };
    let text = |offset: usize| reading.text(start + offset);
    match (text(0), text(1), text(2)) {
        ("est", "ce", "que" | "qu") | ("qu" | "que", "est", "ce") => true,
        (
            "quand" | "combien" | "comment" | "pourquoi" | "quel" | "quelle" | "quels" | "quelles",
            ..,
        ) => n_words - start > 1,
        ("c", "est", "quoi" | "quand" | "ou" | "combien" | "qui" | "quel" | "quelle") => true,
        (
            "a" | "de" | "pour" | "jusqu",
            "quel" | "quelle" | "quels" | "quelles" | "quand" | "qui",
            _,
        ) => true,
        (
            "ou",
            "est" | "sont" | "puis" | "peut" | "se" | "dois" | "on" | "je" | "en" | "aller"
            | "trouver",
            _,
        ) => true,
        ("qui", "est" | "sont" | "peut" | "doit" | "es" | "s", _) => true,
        (
            "what" | "when" | "where" | "who" | "why" | "how" | "which" | "whats" | "wheres"
            | "whos" | "whens" | "hows",
            ..,
        ) => n_words - start > 1,
        (
            "is" | "are" | "do" | "does" | "did" | "can" | "could" | "will" | "would" | "should"
            | "am" | "has" | "have" | "may",
            "i" | "you" | "we" | "they" | "it" | "he" | "she" | "the" | "there" | "this" | "that"
            | "my" | "your" | "a" | "an" | "any" | "anyone" | "someone" | "somebody",
            _,
        ) => true,
        _ => inverted(reading, start),
    }
}

/// "Pouvez-vous", "y a-t-il", "peut-on": a verb with its subject behind a hyphen, or without one.
fn inverted(reading: &Reading, start: usize) -> bool {
    let text = |offset: usize| reading.text(start + offset);
    let verb = matches!(
        text(0),
        "avez"
            | "pouvez"
            | "pourriez"
            | "savez"
            | "etes"
            | "faut"
            | "peut"
            | "puis"
            | "dois"
            | "doit"
            | "as"
            | "peux"
            | "vas"
            | "allez"
            | "seriez"
            | "auriez"
            | "faites"
            | "sont"
            | "est"
            | "ai"
            | "voulez"
    );
    let subject = matches!(text(1), "vous" | "tu" | "on" | "je" | "il" | "elle" | "ils" | "elles");
    let there = text(0) == "y" && text(1) == "a" && matches!(text(2), "t" | "tu");
    (verb && subject) || there || (text(1) == "t" && matches!(text(2), "il" | "elle" | "on"))
}

/// "C'est-tu ouvert", "ça prend-tu un permis": Québec's question word behind the verb.
fn asks_with_tu(reading: &Reading) -> bool {
    let words = reading.words.windows(2).take(MAX_QUESTION_WORDS);
    words.into_iter().any(|pair| match pair {
        [verb, tu] if tu.text == "tu" => matches!(
            verb.text.as_str(),
            "est"
                | "cest"
                | "a"
                | "ya"
                | "faut"
                | "prend"
                | "va"
                | "peut"
                | "peux"
                | "passe"
                | "sont"
                | "ont"
                | "marche"
                | "coute"
                | "doit"
                | "fait"
                | "vont"
                | "reste"
                | "ai"
                | "jai"
        ),
        _ => false,
    })
}

fn is_greeting(word: &str) -> bool {
    matches!(
        word,
        "bonjour"
            | "bonsoir"
            | "salut"
            | "allo"
            | "hi"
            | "hello"
            | "hey"
            | "euh"
            | "um"
            | "uh"
            | "ok"
            | "pis"
            | "et"
            | "and"
            | "so"
            | "well"
            | "mais"
            | "but"
            | "sorry"
            | "excusez"
    )
}
