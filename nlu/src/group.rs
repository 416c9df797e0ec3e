//! Sentences that mean the same, put together: what a clerk reads as one.
//!
//! Lives here: how near two sentences are, and which go together. Never here: where the sentences
//! come from, and what becomes of them.

use bot_core::{Expectation, UnixMs};
use std::cmp::Reverse;
use std::collections::BTreeMap;

use crate::ask::{Ask, Understand};
use crate::text::usual::is_small;
use crate::text::words_of;

/// Sentences that are compared; each one after these is a group of its own.
pub const MAX_GROUPED: usize = 2_000;
/// How near a sentence must be to the middle of a group, as the cosine. On the demo city's test
/// sentences, with both encoders, two sentences of a group are then of one intent in 81 of 100
/// pairs, and 83 (French) and 86 (English) of 100 pairs of one intent are in one group.
const NEAR: f32 = 0.7;
/// Letters of a word that are compared: endings differ from one sentence to the next.
const STEM_CHARS: usize = 6;

/// Groups sentences that mean the same: by the intents that they may show, and as far as they show
/// none, by their vectors, or by the words they share where no encoder is at hand.
///
/// The biggest group comes first, of two equal ones the one whose first sentence came first; in a
/// group, the sentence nearest to its middle speaks for it and comes first. Every sentence is in
/// one group. The same sentences give the same groups.
#[must_use]
pub fn by_meaning(reader: &dyn Understand, sentences: &[&str], now: UnixMs) -> Vec<Vec<usize>> {
    let n_compared = sentences.len().min(MAX_GROUPED);
    let compared: Vec<&str> = sentences.iter().copied().take(n_compared).collect();
    let mut groups = gathered(&points(reader, &compared, now), NEAR);
    groups.extend((n_compared..sentences.len()).map(|at| vec![at]));
    groups.sort_by_key(|group| (Reverse(group.len()), group.iter().min().copied()));
    groups
}

/// Where a sentence stands: its length is 1, or 0 where it says nothing.
#[derive(Debug, Clone, Default)]
struct Point {
    /// Along each intent, and along each word.
    named: BTreeMap<String, f32>,
    /// Along each direction of meaning.
    dense: Vec<f32>,
}

impl Point {
    fn dot(&self, other: &Self) -> f32 {
        let (few, many) =
            if self.named.len() < other.named.len() { (self, other) } else { (other, self) };
        let named = few.named.iter();
        let named = named.filter_map(|(name, cell)| Some(cell * many.named.get(name)?));
        named.sum::<f32>() + self.dense.iter().zip(&other.dense).map(|(a, b)| a * b).sum::<f32>()
    }

    fn add(&mut self, other: &Self) {
        for (name, cell) in &other.named {
            *self.named.entry(name.clone()).or_default() += cell;
        }
        self.dense.resize(self.dense.len().max(other.dense.len()), 0.0);
        for (cell, more) in self.dense.iter_mut().zip(&other.dense) {
            *cell += more;
        }
    }

    fn length(&self) -> f32 {
        self.dot(self).sqrt()
    }
}

/// Places sentences. The root of an intent's probability is the step along it, so that two
/// sentences of one intent are as near as their probabilities overlap (Bhattacharyya's
/// coefficient); what is left of the probability is the step along the meaning.
fn points(reader: &dyn Understand, sentences: &[&str], now: UnixMs) -> Vec<Point> {
    let words = words(sentences.iter().copied());
    let point = |(text, words): (&&str, BTreeMap<String, f32>)| {
        let expectation = &Expectation::default();
        let understood = reader.understand(&Ask { text, expectation, now });
        let intents = understood.intents.iter();
        let intents = intents.map(|ranked| (format!("={}", ranked.intent), ranked.p.max(0.0)));
        let mut named: BTreeMap<String, f32> = intents.map(|(name, p)| (name, p.sqrt())).collect();
        let known: f32 = named.values().map(|cell| cell * cell).sum();
        let rest = (1.0 - known).max(0.0).sqrt();
        let dense = reader.vector(text).unwrap_or_default();
        if dense.is_empty() {
            named.extend(words.into_iter().map(|(word, weight)| (word, weight * rest)));
        }
        Point { named, dense: dense.iter().map(|cell| cell * rest).collect() }
    };
    sentences.iter().zip(words).map(point).collect()
}

/// Weighs the words of sentences: those that many of them have tell little.
fn words<'s>(sentences: impl Iterator<Item = &'s str>) -> Vec<BTreeMap<String, f32>> {
    let stems: Vec<BTreeMap<String, f32>> = sentences.map(stems).collect();
    let mut n_with: BTreeMap<&String, f32> = BTreeMap::new();
    for stem in stems.iter().flat_map(BTreeMap::keys) {
        *n_with.entry(stem).or_default() += 1.0;
    }
    #[expect(clippy::cast_precision_loss, reason = "a count of sentences is small")]
    let n_sentences = stems.len() as f32;
    let weigh = |stem: &String| {
        let n_with = n_with.get(stem).copied().unwrap_or(1.0);
        (1.0 + n_sentences / n_with).ln()
    };
    let weighed = |stems: &BTreeMap<String, f32>| {
        let length = stems.keys().map(|stem| weigh(stem).powi(2)).sum::<f32>().sqrt();
        stems.keys().map(|stem| (stem.clone(), weigh(stem) / length)).collect()
    };
    stems.iter().map(weighed).collect()
}

/// Gives the beginnings of a sentence's words; small words count only where there are no others.
fn stems(sentence: &str) -> BTreeMap<String, f32> {
    let words = words_of(sentence);
    let telling: Vec<&String> = words.iter().filter(|word| !is_small(word)).collect();
    let kept = if telling.is_empty() { words.iter().collect() } else { telling };
    kept.into_iter().map(|word| (word.chars().take(STEM_CHARS).collect(), 1.0)).collect()
}

/// A group in the making.
struct Gathering {
    sum: Point,
    length: f32,
    members: Vec<usize>,
}

impl Gathering {
    fn nearness(&self, point: &Point) -> f32 {
        let lengths = self.length * point.length();
        if lengths > 0.0 { self.sum.dot(point) / lengths } else { 0.0 }
    }

    fn take(&mut self, point: &Point, members: Vec<usize>) {
        self.sum.add(point);
        self.length = self.sum.length();
        self.members.extend(members);
    }
}

/// Puts each point to the nearest group, or begins one; then groups that have grown near to each
/// other become one.
fn gathered(points: &[Point], floor: f32) -> Vec<Vec<usize>> {
    let mut groups: Vec<Gathering> = Vec::new();
    for (at, point) in points.iter().enumerate() {
        gather(&mut groups, point, vec![at], floor);
    }
    let mut merged: Vec<Gathering> = Vec::new();
    groups.sort_by_key(|group| Reverse(group.members.len()));
    for group in groups {
        gather(&mut merged, &group.sum, group.members, floor);
    }
    merged.iter().map(|group| by_nearness(group, points)).collect()
}

fn gather(groups: &mut Vec<Gathering>, point: &Point, members: Vec<usize>, floor: f32) {
    let near = groups.iter_mut().map(|group| (group.nearness(point), group));
    let best = near.reduce(|best, next| if next.0 > best.0 { next } else { best });
    match best {
        Some((nearness, group)) if nearness >= floor => group.take(point, members),
        Some(_) | None => {
            groups.push(Gathering { length: point.length(), sum: point.clone(), members });
        }
    }
}

/// Gives a group's members, the nearest to its middle first.
fn by_nearness(group: &Gathering, points: &[Point]) -> Vec<usize> {
    let nearness = |at: &usize| points.get(*at).map_or(0.0, |point| group.nearness(point));
    let mut members: Vec<(f32, usize)> =
        group.members.iter().map(|at| (nearness(at), *at)).collect();
    members.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
    members.into_iter().map(|(_, at)| at).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::first_head::FirstHead;
    use crate::fixture;

    const NOW: UnixMs = UnixMs(1_778_594_400_000);

    fn groups(sentences: &[&str]) -> Vec<Vec<usize>> {
        by_meaning(&FirstHead::train(&fixture::lesson()), sentences, NOW)
    }

    #[test]
    fn one_wish_in_several_words_is_one_group() {
        let groups = groups(&[
            "there is a big hole in the road",
            "what are the zorglub hours",
            "nid-de-poule devant chez nous",
            "il y a un trou dans la rue",
            "hours of the zorglub please",
        ]);
        let sets: Vec<Vec<usize>> = groups
            .iter()
            .map(|group| {
                let mut group = group.clone();
                group.sort_unstable();
                group
            })
            .collect();
        assert_eq!(sets, [vec![0, 2, 3], vec![1, 4]]);
    }

    #[test]
    fn every_sentence_is_in_one_group_and_nothing_said_is_none() {
        let sentences = ["", "…", "trou", "", "12"];
        let mut all: Vec<usize> = groups(&sentences).concat();
        all.sort_unstable();
        assert_eq!(all, [0, 1, 2, 3, 4]);
        assert_eq!(groups(&[]), Vec::<Vec<usize>>::new());
        let many = vec!["trou"; MAX_GROUPED + 2];
        let sizes: Vec<usize> = groups(&many).iter().map(Vec::len).collect();
        assert_eq!(sizes, [MAX_GROUPED, 1, 1]);
    }
}
