//! What was taken for something else, with the sentences.

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

use super::{OUT_OF_SCOPE, Trial};

/// Sentences that mean one thing and were taken for another.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Confusion {
    /// What was meant: an intent, or [`OUT_OF_SCOPE`].
    pub meant: String,
    /// What was said: an intent, or [`OUT_OF_SCOPE`].
    pub said: String,
    /// How often.
    pub n: usize,
    /// Some of the sentences.
    pub sentences: Vec<String>,
}

/// Lists the intents that are ranked behind another, whatever was dared to be said; the commonest
/// first, at most `n_quotes` sentences of each.
#[must_use]
pub fn confused(trials: &[Trial], n_quotes: usize) -> Vec<Confusion> {
    let wrong = trials.iter().filter(|trial| !trial.is_right());
    let pairs = wrong.filter_map(|t| Some((t.meant.as_deref()?, t.first()?, t.text.as_str())));
    listed(pairs, n_quotes)
}

/// Lists the intents whose sentences were refused.
#[must_use]
pub fn refused(trials: &[Trial], n_quotes: usize) -> Vec<Confusion> {
    let refused = trials.iter().filter(|trial| trial.is_refused());
    let pairs = refused.filter_map(|t| Some((t.meant.as_deref()?, OUT_OF_SCOPE, t.text.as_str())));
    listed(pairs, n_quotes)
}

/// Lists the intents that sentences were taken for which nothing serves.
#[must_use]
pub fn taken(trials: &[Trial], n_quotes: usize) -> Vec<Confusion> {
    let taken = trials.iter().filter(|trial| trial.meant.is_none() && !trial.is_refused());
    let pairs = taken.filter_map(|trial| Some((OUT_OF_SCOPE, trial.first()?, trial.text.as_str())));
    listed(pairs, n_quotes)
}

fn listed<'a>(
    pairs: impl Iterator<Item = (&'a str, &'a str, &'a str)>,
    n_quotes: usize,
) -> Vec<Confusion> {
    let mut found: BTreeMap<(&str, &str), Vec<&str>> = BTreeMap::new();
    for (meant, said, text) in pairs {
        found.entry((meant, said)).or_default().push(text);
    }
    let confusion = |((meant, said), texts): ((&str, &str), Vec<&str>)| Confusion {
        meant: meant.to_owned(),
        said: said.to_owned(),
        n: texts.len(),
        sentences: texts.iter().take(n_quotes).map(|text| (*text).to_owned()).collect(),
    };
    let mut list: Vec<Confusion> = found.into_iter().map(confusion).collect();
    list.sort_by_key(|confusion| std::cmp::Reverse(confusion.n));
    list
}
