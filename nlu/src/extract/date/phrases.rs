//! Days that have a name of their own: "hier", "tomorrow", Noël.

use crate::text::Reading;

/// Phrases, and how many days away their day is.
pub(super) const RELATIVE: &[(&[&str], i64)] = &[
    (&["the", "day", "before", "yesterday"], -2),
    (&["day", "before", "yesterday"], -2),
    (&["the", "day", "after", "tomorrow"], 2),
    (&["day", "after", "tomorrow"], 2),
    (&["avant", "hier"], -2),
    (&["avanthier"], -2),
    (&["apres", "demain"], 2),
    (&["last", "night"], -1),
    (&["la", "nuit", "passee"], -1),
    (&["la", "nuit", "derniere"], -1),
    (&["hier", "soir"], -1),
    (&["hier"], -1),
    (&["yesterday"], -1),
    (&["yest"], -1),
    (&["demain"], 1),
    (&["dmain"], 1),
    (&["2main"], 1),
    (&["tomorrow"], 1),
    (&["tommorow"], 1),
    (&["tommorrow"], 1),
    (&["tomorow"], 1),
    (&["2moro"], 1),
    (&["2morrow"], 1),
    (&["tmrw"], 1),
    (&["tmr"], 1),
    (&["aujourdhui"], 0),
    (&["aujourd", "hui"], 0),
    (&["auj"], 0),
    (&["ajd"], 0),
    (&["today"], 0),
    (&["2day"], 0),
    (&["ce", "matin"], 0),
    (&["cet", "avant", "midi"], 0),
    (&["cet", "apres", "midi"], 0),
    (&["ce", "soir"], 0),
    (&["a", "soir"], 0),
    (&["a", "matin"], 0),
    (&["cette", "nuit"], 0),
    (&["this", "morning"], 0),
    (&["this", "afternoon"], 0),
    (&["this", "evening"], 0),
    (&["tonight"], 0),
];

/// Phrases for today that are seldom about the day.
pub(super) const AT_ONCE: &[(&[&str], i64)] =
    &[(&["right", "now"], 0), (&["tout", "de", "suite"], 0)];

/// Holidays with a fixed month and day.
pub(super) const HOLIDAYS: &[(&[&str], (i16, i16))] = &[
    (&["saint", "jean"], (6, 24)),
    (&["st", "jean"], (6, 24)),
    (&["fete", "nationale"], (6, 24)),
    (&["fete", "du", "canada"], (7, 1)),
    (&["canada", "day"], (7, 1)),
    (&["halloween"], (10, 31)),
    (&["noel"], (12, 25)),
    (&["christmas"], (12, 25)),
    (&["jour", "de", "l", "an"], (1, 1)),
    (&["new", "years", "day"], (1, 1)),
];

/// Finds the phrase that begins at a word: how many words it has, and what it stands for.
pub(super) fn said<T: Copy>(
    reading: &Reading,
    phrases: &[(&[&str], T)],
    at: usize,
) -> Option<(usize, T)> {
    let says = |words: &[&str]| {
        let mut told = words.iter().enumerate();
        told.all(|(offset, word)| reading.text(at + offset) == *word)
    };
    phrases.iter().find(|(words, _)| says(words)).map(|(words, meant)| (words.len(), *meant))
}
