//! The sentences of a lesson, ready for training.

use bot_core::Language;
use serde::{Deserialize, Serialize};

use super::packed::Packed;
use super::speller::Speller;
use super::svm::{Dice, Shows};
use super::{Read, scale};
use crate::error::NluError;
use crate::gazetteer::Gazetteer;
use crate::lesson::Lesson;
use crate::text::Reading;
use crate::tools::{Tell, Tools, Vectors};
use crate::words::Words;

/// Parts into which few sentences are cut, each held out once to calibrate on.
const N_FOLDS_OF_FEW: usize = 5;
/// The same, of many.
pub(crate) const N_FOLDS: usize = 3;
/// Sentences from which on there are many.
const MANY: usize = 3_000;

/// A sentence of the lesson.
pub(crate) struct Shown {
    pub(crate) read: Read,
    pub(crate) lang: Language,
    pub(crate) shows: Shows,
    /// The part that it is held out with.
    pub(crate) fold: usize,
}

/// All of them, with their vectors.
pub(crate) struct Samples {
    pub(crate) shown: Vec<Shown>,
    /// For each encoder, a vector for each sentence; an empty one where it does not know the
    /// language.
    pub(crate) vectors: Vec<Vec<Packed>>,
    pub(crate) n_folds: usize,
}

impl Samples {
    /// Reads every sentence of a lesson.
    pub(crate) fn gather(
        lesson: &Lesson,
        gazetteer: &Gazetteer,
        speller: &Speller,
        words: Option<&Words>,
    ) -> Self {
        let n_folds = if lesson.texts().count() < MANY { N_FOLDS_OF_FEW } else { N_FOLDS };
        let mut shown = Vec::new();
        let mut add_all = |texts: &[String], lang: Language, shows: Shows| {
            for (text, fold) in texts.iter().zip(folds(texts, n_folds)) {
                let reading = Reading::of(text);
                let streets = gazetteer.scan(&reading).street_words();
                let read = Read::of(&reading, &streets, speller, words, Some(lang));
                shown.push(Shown { read, lang, shows, fold });
            }
        };
        for (at, intent) in lesson.intents.iter().enumerate() {
            for (lang, texts) in intent.examples.iter() {
                add_all(texts, lang, Shows::Class(at));
            }
            for (lang, texts) in intent.not.iter() {
                add_all(texts, lang, Shows::Not(at));
            }
        }
        for (lang, texts) in lesson.out_of_scope.iter() {
            add_all(texts, lang, Shows::Class(lesson.intents.len()));
        }
        Self { shown, vectors: Vec::new(), n_folds }
    }

    /// Has every sentence encoded by every encoder that knows its language.
    pub(crate) fn encode(
        &mut self,
        tools: &Tools,
        vectors: &mut Vectors,
        tell: Tell<'_>,
    ) -> Result<(), NluError> {
        for encoder in &tools.encoders {
            let known = self.shown.iter().enumerate();
            let known = known.filter(|(_, one)| encoder.knows(one.lang.code()));
            let (places, texts): (Vec<usize>, Vec<String>) =
                known.map(|(at, one)| (at, one.read.text.clone())).unzip();
            let mut all = vec![Packed::default(); self.shown.len()];
            for (at, vector) in
                places.into_iter().zip(vectors.of(encoder.as_ref(), &texts, tell)?)
            {
                if let Some(place) = all.get_mut(at) {
                    *place = vector;
                }
            }
            self.vectors.push(all);
        }
        Ok(())
    }
}

/// Deals sentences into parts of one size, in an order that says nothing about them.
pub(crate) fn folds(texts: &[String], n_folds: usize) -> Vec<usize> {
    let mut order: Vec<usize> = (0..texts.len()).collect();
    let n_bytes: usize = texts.iter().map(String::len).sum();
    Dice(u64::try_from(n_bytes).unwrap_or_default()).shuffle(&mut order);
    let mut folds = vec![0; texts.len()];
    for (place, at) in order.into_iter().enumerate() {
        if let Some(fold) = folds.get_mut(at) {
            *fold = place % n_folds;
        }
    }
    folds
}

/// The share of the intents that are taught in each language.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub(crate) struct Taught([f32; 2]);

impl Taught {
    /// Counts the intents of a lesson.
    pub(crate) fn of(lesson: &Lesson) -> Self {
        let share = |lang: Language| {
            let taught = lesson.intents.iter().filter(|i| !i.examples.get(lang).is_empty()).count();
            let small = |count: usize| f32::from(u16::try_from(count).unwrap_or(u16::MAX));
            small(taught) * scale::recip(lesson.intents.len())
        };
        Self([share(Language::Fr), share(Language::En)])
    }

    /// Gives the share in a language; all of them where the language is not known.
    pub(crate) const fn share(self, lang: Option<Language>) -> f32 {
        let Self([fr, en]) = self;
        match lang {
            Some(Language::Fr) => fr,
            Some(Language::En) => en,
            None => 1.0,
        }
    }
}
