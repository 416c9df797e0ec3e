//! Which intent a message shows, how surely, and whether it shows any.
//!
//! Lives here: features, training, calibration, the decision. Never here: entities, context.
//!
//! Several views are taken of a message: its words (a linear machine over features), and its
//! meaning as each encoder sees it (a logistic regression over vectors). The views are asked one
//! after the other, the cheapest first, until what they say together is settled.

mod chain;
mod concepts;
mod dense;
pub(crate) mod features;
mod logistic;
mod meaning;
mod mix;
pub(crate) mod packed;
mod refusal;
mod rows;
mod samples;
mod scale;
mod speller;
mod stage;
mod svm;
mod vector;
mod vocabulary;
mod voice;
mod wording;

use bot_core::Language;
use bot_core::understanding::{Outcome, Ranked};
use serde::{Deserialize, Serialize};
use std::ops::Range;

use crate::error::NluError;
use crate::gazetteer::Gazetteer;
use crate::lesson::Lesson;
use crate::parallel;
use crate::text::Reading;
use crate::tools::{Tell, Tools, Vectors};
use crate::words::Words;
use chain::Chain;
use features::Bag;
use meaning::Meaning;
use packed::Packed;
pub(crate) use samples::folds;
use samples::{Samples, Taught};
use speller::Speller;
use stage::{Heard, HeldOut, Said};
pub(crate) use svm::Dice;
use svm::Shows;
use wording::Wording;

/// The trained classifier.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Classifier {
    intents: Vec<String>,
    taught: Taught,
    speller: Speller,
    wording: Wording,
    meanings: Vec<Meaning>,
    chains: Vec<Chain>,
}

/// What the classifier says of a message.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Verdict {
    /// Every intent with its probability, in the order of the lesson.
    pub(crate) shares: Vec<f32>,
    /// The probability that none is meant.
    pub(crate) none: f32,
    /// What to make of it.
    pub(crate) outcome: Outcome,
    /// How many views were asked.
    pub(crate) n_views: usize,
}

impl Classifier {
    /// Trains on a lesson; the same lesson and tools give the same classifier.
    ///
    /// # Errors
    /// [`NluError::Encode`] where an encoder fails.
    pub(crate) fn train(
        lesson: &Lesson,
        gazetteer: &Gazetteer,
        tools: &Tools,
        vectors: &mut Vectors,
        tell: Tell<'_>,
    ) -> Result<Self, NluError> {
        let intents: Vec<String> = lesson.intents.iter().map(|i| i.name.clone()).collect();
        let n_classes = intents.len() + 1;
        let speller = Speller::learn(lesson.texts());
        let mut samples = Samples::gather(lesson, gazetteer, &speller, tools.words.as_deref());
        samples.encode(tools, vectors, tell)?;
        let taught = Taught::of(lesson);
        let choices = choices(&samples);
        let mut trained = views(&samples, &choices, n_classes).into_iter();
        let (wording, meanings) = trained.next().unwrap_or_default();
        let folds: Vec<Views> = trained.collect();
        let held_out = held_out(&samples, &folds, n_classes, taught);
        let chains = chain::chains(&held_out, &tools.encoders, taught, samples.n_folds);
        Ok(Self { intents, taught, speller, wording, meanings, chains })
    }

    /// Tells whether the parts fit together, as they do unless the bytes were damaged.
    pub(crate) fn is_whole(&self) -> bool {
        let n_classes = self.intents.len() + 1;
        self.wording.is_whole(n_classes)
            && chain::are_whole(&self.chains, &self.meanings, n_classes)
    }

    /// Judges a message; words that name streets count as one word each street.
    pub(crate) fn judge(
        &self,
        reading: &Reading,
        streets: &[Range<usize>],
        lang: Option<Language>,
        tools: &Tools,
    ) -> Verdict {
        let read = Read::of(reading, streets, &self.speller, tools.words.as_deref(), lang);
        let mut heard = self.heard(&read, lang);
        let chain = Chain::for_language(&self.chains, lang);
        let mut further = chain.into_iter().flat_map(|chain| &chain.encoders);
        for stage in chain.into_iter().flat_map(|chain| &chain.stages) {
            let judged = stage.judge(&heard);
            let silent = read.bag.words.is_empty();
            let settled = silent || stage.is_settled(&judged);
            let next = further.next().filter(|_| !settled);
            // A view that fails or is overloaded is left out: an answer comes in any case.
            let said = next.and_then(|at| {
                let (meaning, encoder) = (self.meanings.get(*at)?, tools.encoders.get(*at)?);
                let vector = encoder.encode(&[&read.text]).ok()?.into_iter().next()?;
                Some(meaning.said(&Packed::of(&vector)))
            });
            let Some(said) = said else {
                let outcome = if silent { Outcome::OutOfScope } else { stage.outcome(&judged) };
                let n_views = heard.said.len();
                return Verdict { shares: judged.shares, none: judged.none, outcome, n_views };
            };
            heard.said.push(said);
        }
        let shares = vec![0.0; self.intents.len()];
        Verdict { shares, none: 1.0, outcome: Outcome::OutOfScope, n_views: heard.said.len() }
    }

    fn heard(&self, read: &Read, lang: Option<Language>) -> Heard {
        let (said, known) = self.wording.said(&read.bag);
        let (concepts, spoken) = (read.concepts(), self.taught.share(lang));
        Heard { said: vec![said], known, concepts, spoken }
    }

    /// Gives the text that encoders are given for a message.
    pub(crate) fn plain_text(
        &self,
        reading: &Reading,
        streets: &[Range<usize>],
        lang: Option<Language>,
        tools: &Tools,
    ) -> String {
        Read::of(reading, streets, &self.speller, tools.words.as_deref(), lang).text
    }

    /// Names the likeliest intents, best first, at most `n_kept`.
    pub(crate) fn ranked(&self, verdict: &Verdict, n_kept: usize) -> Vec<Ranked> {
        let mut order: Vec<(usize, f32)> = verdict.shares.iter().copied().enumerate().collect();
        order.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
        order.truncate(n_kept);
        let named = order.into_iter().filter_map(|(at, p)| {
            let intent = self.intents.get(at)?.clone();
            Some(Ranked { intent, p })
        });
        named.collect()
    }
}

/// A message as the views are given it: slips mended, places kept together.
struct Read {
    bag: Bag,
    /// The text for encoders: small letters, accents put back, short spellings written out.
    text: String,
}

impl Read {
    fn of(
        reading: &Reading,
        streets: &[Range<usize>],
        speller: &Speller,
        words: Option<&Words>,
        lang: Option<Language>,
    ) -> Self {
        let mut mended = reading.clone();
        speller::mend(speller, &mut mended, streets, words, lang);
        let mut bag = Bag::of(&mended, streets, lang);
        // How strange a message is shows in its words as they were typed.
        bag.words = features::word_hashes(reading, streets, lang);
        let text = reading.rewritten(features::MAX_CLASSIFIED_WORDS, |at, typed| {
            if streets.iter().any(|street| street.contains(&at)) {
                return None;
            }
            if let Some(long) = features::written_out(reading, at, lang) {
                return Some(long.join(" "));
            }
            let meant = mended.text(at);
            match words {
                Some(words) if meant != typed.text => Some(words.spelt(meant).to_owned()),
                None if meant != typed.text => Some(meant.to_owned()),
                Some(words) if lang != Some(Language::En) && reading.is_bare(typed) => {
                    words.accented(meant).map(str::to_owned)
                }
                _ => None,
            }
        });
        Self { bag, text }
    }

    fn concepts(&self) -> f32 {
        f32::from(u16::try_from(self.bag.n_concepts).unwrap_or(u16::MAX)).ln_1p()
    }
}

/// What was trained on some of the samples.
type Views = (Wording, Vec<Meaning>);

/// One view, trained.
enum View {
    Words(Wording),
    Meaning(Meaning),
}

/// Trains every view on each of some choices of samples, all views side by side.
fn views(samples: &Samples, choices: &[Vec<usize>], n_classes: usize) -> Vec<Views> {
    let n_views = samples.vectors.len() + 1;
    let train = |job: usize| {
        let chosen = choices.get(job / n_views).map_or(&[][..], Vec::as_slice);
        match (job % n_views).checked_sub(1).and_then(|at| samples.vectors.get(at)) {
            Some(vectors) => {
                View::Meaning(Meaning::train(&samples.shown, vectors, chosen, n_classes))
            }
            None => View::Words(Wording::train(&samples.shown, chosen, n_classes)),
        }
    };
    let mut trained = parallel::map(choices.len() * n_views, train).into_iter();
    let mut next = |_| {
        let mut views = Views::default();
        for view in trained.by_ref().take(n_views) {
            match view {
                View::Words(wording) => views.0 = wording,
                View::Meaning(meaning) => views.1.push(meaning),
            }
        }
        views
    };
    choices.iter().map(&mut next).collect()
}

/// Chooses what views are trained on: every sentence, then all but those of each fold.
fn choices(samples: &Samples) -> Vec<Vec<usize>> {
    let all = || samples.shown.iter().enumerate();
    let without = |fold| all().filter(|(_, one)| one.fold != fold).map(|(at, _)| at).collect();
    let folds = (0..samples.n_folds).map(without);
    std::iter::once(all().map(|(at, _)| at).collect()).chain(folds).collect()
}

/// Has each part of the sentences judged by views that have not seen it.
fn held_out(samples: &Samples, folds: &[Views], n_classes: usize, taught: Taught) -> Vec<HeldOut> {
    let judge = |fold: usize| {
        let mut all = Vec::new();
        let Some((wording, meanings)) = folds.get(fold) else { return all };
        let unseen = samples.shown.iter().enumerate().filter(|(_, one)| one.fold == fold);
        for (at, one) in unseen {
            let Shows::Class(class) = one.shows else {
                continue;
            };
            let (said, known) = wording.said(&one.read.bag);
            let vectors = samples.vectors.iter().zip(meanings);
            // An encoder that does not know the language says nothing, at its place.
            let said_of = |vector: Option<&Packed>, view: &Meaning| {
                vector.filter(|vector| vector.width() > 0).map(|vector| view.said(vector))
            };
            let others = vectors.map(|(vectors, view)| said_of(vectors.get(at), view));
            let others = others.map(Option::unwrap_or_default);
            let said: Vec<Said> = [said].into_iter().chain(others).collect();
            let (concepts, spoken) = (one.read.concepts(), taught.share(Some(one.lang)));
            let heard = Heard { said, known, concepts, spoken };
            let intent = (class + 1 < n_classes).then_some(class);
            all.push(HeldOut { heard, lang: one.lang, intent });
        }
        all
    };
    parallel::map(folds.len(), judge).into_iter().flatten().collect()
}
