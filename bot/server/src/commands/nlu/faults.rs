//! `guichet nlu train --check`: the faults of the city's sentences, in words.

use bot_worker::lesson;
use flows::City;
use nlu::eval::{self, LessonFault};
use std::process::ExitCode;

use super::corpus;
use crate::commands::town;
use crate::out;
use crate::settings::Settings;

/// Folds of the cross-validation that a check makes.
const N_FOLDS: usize = 5;
/// Faults that a plain train tells; the rest is counted.
const MAX_WARNINGS: usize = 10;
/// Sentences quoted for an intent that is swallowed.
const MAX_QUOTES: usize = 8;

/// Warns of the faults that show without training.
pub(super) fn warn(city: &City) {
    let faults = eval::plain_faults(&lesson::of_city(city));
    for fault in faults.iter().take(MAX_WARNINGS) {
        out::tell(&format!("warning: {}", told(fault).join("\n         ")));
    }
    if faults.len() > MAX_WARNINGS {
        let n_more = faults.len() - MAX_WARNINGS;
        out::tell(&format!("… and {n_more} more: see guichet nlu train --check"));
    }
}

/// Tells every fault, those that held-out sentences show too.
pub(super) fn check(settings: &Settings, json: bool) -> anyhow::Result<ExitCode> {
    let (_, city) = town::load(&settings.city.dir)?;
    let lesson = lesson::of_city(&city);
    let mut faults = eval::plain_faults(&lesson);
    faults.extend(eval::held_out_faults(&corpus::held_out(settings, &city, &lesson, N_FOLDS)?));
    for fault in &faults {
        let text = if json { serde_json::to_string(fault)? } else { told(fault).join("\n    ") };
        out::line(&text);
    }
    match faults.len() {
        0 => out::tell("no fault found in the sentences"),
        1 => out::tell("1 thing to look at"),
        n => out::tell(&format!("{n} things to look at")),
    }
    Ok(out::code(!faults.is_empty()))
}

/// Tells a fault: what it is and what to do, then the sentences.
fn told(fault: &LessonFault) -> Vec<String> {
    match fault {
        LessonFault::Twice { places } => {
            let mut lines =
                vec!["the same sentence stands in several intents: keep one".to_owned()];
            lines.extend(places.iter().map(|place| format!("{}: {}", place.intent, place.text)));
            lines
        }
        LessonFault::Alike { likeness, one, other } => vec![
            format!(
                "two intents have nearly the same sentence ({:.0} %): does each belong there?",
                likeness * 100.0
            ),
            format!("{}: {}", one.intent, one.text),
            format!("{}: {}", other.intent, other.text),
        ],
        LessonFault::Few { intent, lang, n, n_other } => vec![format!(
            "{intent} has {n} sentences in \"{lang}\" and {n_other} in the other language: write more"
        )],
        LessonFault::Swallowed { intent, by, n, n_taken, sentences } => {
            let mut lines = vec![format!(
                "{by} swallows {intent}: of {n} sentences held out, {n_taken} are taken for it. \
                 Make them one, or write sentences that tell them apart"
            )];
            lines.extend(sentences.iter().take(MAX_QUOTES).cloned());
            lines
        }
        LessonFault::Astray { placed, nearest, p } => vec![
            format!(
                "a sentence of {} looks like {nearest} ({:.0} %): is it in the wrong list?",
                placed.intent,
                p * 100.0
            ),
            placed.text.clone(),
        ],
    }
}
