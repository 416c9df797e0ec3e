//! Whether what was learnt anew may go live: it is compared with what is live, on the city's test
//! sentences and on its conversation tests.
//!
//! Never here: training, files, the swap.

use bot_core::understanding::Outcome;
use bot_core::{Expectation, Language, UnixMs};
use flows::City;
use flows::model::intent::{OUT_OF_SCOPE, TrialSentence};
use nlu::{Ask, Understand, parallel};
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::error::Error;
use crate::rehearsal;
use crate::town::Town;

/// Test sentences that a language needs; below it, what the live city teaches is tried instead.
const MIN_TRIALS: usize = 20;
/// Of so many sentences, one may be understood worse.
const LOSS_OF: usize = 200;
/// Deviations of chance that a loss must lie beyond: where nothing has changed for the worse, each
/// sentence that only one side gets right is as likely to be the one's as the other's (the sign test).
const DEVIATIONS: usize = 2;
/// Sentences and conversations told by name.
const MAX_NAMED: usize = 10;

/// What the sentences are that were tried.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Source {
    /// The city's test sentences.
    Trials,
    /// Sentences that both have learnt.
    Learnt,
}

/// How one language is understood, before and after.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Understood {
    /// The language.
    pub lang: Language,
    /// Which sentences were tried.
    pub source: Source,
    /// How many.
    pub n: usize,
    /// Those that the live understanding gets right.
    pub n_before: usize,
    /// Those that the new one gets right.
    pub n_after: usize,
    /// Those that only one of the two gets right.
    #[serde(default)]
    pub n_changed: usize,
    /// Some that only the live one gets right.
    pub lost: Vec<String>,
    /// Some that only the new one gets right.
    pub won: Vec<String>,
}

impl Understood {
    /// Tells whether the new understanding is worse than chance may make it.
    #[must_use]
    pub fn is_worse(&self) -> bool {
        let loss = self.n_before.saturating_sub(self.n_after);
        loss > (self.n / LOSS_OF).max(1) && loss.pow(2) > DEVIATIONS.pow(2) * self.n_changed
    }
}

/// How the conversation tests go.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rehearsed {
    /// Runs, each in one language on one channel.
    pub n: usize,
    /// Runs that fail, and failed before as well.
    pub n_failing_before: usize,
    /// Runs that fail since.
    pub n_broken: usize,
    /// Some of those: test, language, channel, and what went otherwise.
    pub broken: Vec<String>,
}

/// What a new understanding is worth beside the live one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Comparison {
    /// Each language by itself.
    pub understood: Vec<Understood>,
    /// The conversation tests.
    pub rehearsed: Rehearsed,
}

impl Comparison {
    /// Tells whether the new one may go live.
    #[must_use]
    pub fn passes(&self) -> bool {
        self.rehearsed.n_broken == 0 && !self.understood.iter().any(Understood::is_worse)
    }
}

/// Compares what was learnt anew with what is live; `tell` hears how much of how much is done.
///
/// # Errors
/// When the shell fails in a rehearsal; what goes otherwise than written is in the comparison.
pub async fn compare(
    live: &Arc<Town>,
    new: &Arc<Town>,
    now: UnixMs,
    tell: &(dyn Fn(usize, usize) + Sync),
) -> Result<Comparison, Error> {
    let tried: Vec<_> =
        new.city.info.languages.iter().map(|lang| sentences(live, new, *lang)).collect();
    let plan: Vec<_> = new
        .city
        .talks
        .iter()
        .flat_map(|talk| rehearsal::matrix(talk).into_iter().map(move |run| (talk, run)))
        .collect();
    let n_sentences: usize = tried.iter().map(|(_, _, sentences)| sentences.len()).sum();
    let n_all = n_sentences + plan.len();
    let n_done = AtomicUsize::new(0);
    let step = || tell(n_done.fetch_add(1, Ordering::Relaxed) + 1, n_all);
    let understood = tried
        .into_iter()
        .map(|(lang, source, list)| understood(live, new, now, (lang, source, list), &step))
        .collect();
    let mut rehearsed = Rehearsed { n: plan.len(), ..Rehearsed::default() };
    for (talk, (lang, channel)) in plan {
        let run = rehearsal::run(new, talk, lang, channel).await?;
        step();
        let Some(failure) = run.failures.first() else { continue };
        if !rehearsal::run(live, talk, lang, channel).await?.passed() {
            rehearsed.n_failing_before += 1;
            continue;
        }
        rehearsed.n_broken += 1;
        if rehearsed.broken.len() < MAX_NAMED {
            let what =
                format!("{} ({lang}, {channel}), {}: {}", run.name, failure.at, failure.what);
            rehearsed.broken.push(what);
        }
    }
    Ok(Comparison { understood, rehearsed })
}

/// A sentence and the intent it shows.
type Sentence<'a> = (&'a str, &'a str);
/// What is tried in one language.
type Tried<'a> = (Language, Source, Vec<Sentence<'a>>);

/// Chooses what is tried: the city's test sentences, or what both have learnt.
fn sentences<'a>(live: &'a Town, new: &'a Town, lang: Language) -> Tried<'a> {
    let trials = new.city.trials.iter().filter(|trial| trial.lang == lang);
    let pair = |trial: &'a TrialSentence| (trial.intent.as_str(), trial.text.as_str());
    let trials: Vec<_> = trials.map(pair).collect();
    if trials.len() >= MIN_TRIALS {
        return (lang, Source::Trials, trials);
    }
    let learnt = live.city.intents.values().flat_map(|intent| {
        let both = taught(&new.city, &intent.name, lang);
        let kept = taught(&live.city, &intent.name, lang)
            .filter(move |text| both.clone().any(|other| other == *text));
        kept.map(move |text| (intent.name.as_str(), text))
    });
    (lang, Source::Learnt, learnt.collect())
}

/// Lists the sentences of an intent.
fn taught<'a>(
    city: &'a City,
    intent: &str,
    lang: Language,
) -> impl Iterator<Item = &'a str> + Clone {
    let examples = city.intents.get(intent).map(|intent| intent.examples.get(lang).as_slice());
    examples.unwrap_or_default().iter().map(|example| example.text.as_str())
}

/// Tries the sentences of one language on both, on all processors.
fn understood(
    live: &Town,
    new: &Town,
    now: UnixMs,
    (lang, source, list): Tried<'_>,
    step: &(dyn Fn() + Sync),
) -> Understood {
    let both = |at: usize| {
        let sentence = list.get(at).copied().unwrap_or_default();
        let sides = [live, new].map(|town| is_right(town.reader.as_ref(), now, sentence));
        step();
        sides
    };
    let sides: Vec<[bool; 2]> = parallel::map(list.len(), both);
    let named = |wanted: [bool; 2]| {
        let found = list.iter().zip(&sides).filter(move |(_, sides)| **sides == wanted);
        let named = found.map(|((intent, text), _)| format!("{intent}: {text}"));
        named.take(MAX_NAMED).collect()
    };
    Understood {
        lang,
        source,
        n: list.len(),
        n_before: sides.iter().filter(|[before, _]| *before).count(),
        n_after: sides.iter().filter(|[_, after]| *after).count(),
        n_changed: sides.iter().filter(|[before, after]| before != after).count(),
        lost: named([true, false]),
        won: named([false, true]),
    }
}

fn is_right(reader: &dyn Understand, now: UnixMs, (intent, text): Sentence<'_>) -> bool {
    let understood = reader.understand(&Ask { text, expectation: &Expectation::default(), now });
    let is_refused = understood.outcome == Outcome::OutOfScope;
    if intent == OUT_OF_SCOPE {
        return is_refused;
    }
    !is_refused && understood.intents.first().is_some_and(|first| first.intent == intent)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_few_that_go_either_way_are_chance_and_many_that_go_one_way_are_not() {
        let understood = |n_lost: usize, n_won: usize| Understood {
            lang: Language::Fr,
            source: Source::Trials,
            n: 800,
            n_before: 700 + n_lost,
            n_after: 700 + n_won,
            n_changed: n_lost + n_won,
            lost: Vec::new(),
            won: Vec::new(),
        };
        for (n_lost, n_won, is_worse) in [
            (0, 0, false),
            (4, 0, false),
            (5, 0, true),
            (5, 1, false),
            (9, 1, true),
            (30, 22, false),
            (40, 20, true),
            (1, 9, false),
        ] {
            assert_eq!(understood(n_lost, n_won).is_worse(), is_worse, "{n_lost} {n_won}");
        }
    }
}
