//! The views that are asked of a message in a language, the cheapest first, and the stages at which
//! they may have said enough.
//!
//! Most encoders know every language of the counter. One that knows a single one is a view of its
//! own chain, fitted on sentences of that language alone; all others go by the chain of those that
//! know every language.

use bot_core::Language;
use nlu_encoder::Encoder;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

use super::meaning::Meaning;
use super::samples::Taught;
use super::stage::{Heard, HeldOut, Stage};

/// One order of views.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Chain {
    /// The language that it is for; none where it is for all.
    lang: Option<Language>,
    /// The encoders, by their places; the view on words comes before them.
    pub(crate) encoders: Vec<usize>,
    /// What the first view makes of a message alone, the first two, and so on.
    pub(crate) stages: Vec<Stage>,
}

impl Chain {
    /// Gives the chain for a language; the first is for all that have none of their own.
    pub(crate) fn for_language(chains: &[Self], lang: Option<Language>) -> Option<&Self> {
        let own = chains.iter().find(|chain| lang.is_some() && chain.lang == lang);
        own.or_else(|| chains.first())
    }

    /// Tells whether the parts fit together, as they do unless the bytes were damaged.
    pub(crate) fn is_whole(&self, n_encoders: usize) -> bool {
        self.stages.len() == self.encoders.len() + 1
            && self.encoders.iter().all(|at| *at < n_encoders)
    }
}

/// Fits a chain for all languages, and one for each that an encoder knows alone.
pub(crate) fn chains(
    held_out: &[HeldOut],
    encoders: &[Arc<dyn Encoder>],
    taught: Taught,
    n_folds: usize,
) -> Vec<Chain> {
    let knowing = |knows: &dyn Fn(&dyn Encoder) -> bool| -> Vec<usize> {
        let known = encoders.iter().enumerate().filter(|(_, encoder)| knows(encoder.as_ref()));
        known.map(|(at, _)| at).collect()
    };
    let knows_all = |encoder: &dyn Encoder| Language::ALL.iter().all(|l| encoder.knows(l.code()));
    let common = knowing(&knows_all);
    let mut chains = vec![fit(None, common.clone(), held_out, n_folds)];
    for lang in Language::ALL.into_iter().filter(|lang| taught.share(Some(*lang)) > 0.0) {
        let own = knowing(&|encoder| encoder.knows(lang.code()));
        if own != common {
            chains.push(fit(Some(lang), own, held_out, n_folds));
        }
    }
    chains
}

fn fit(
    lang: Option<Language>,
    encoders: Vec<usize>,
    held_out: &[HeldOut],
    n_folds: usize,
) -> Chain {
    let of_chain = |one: &HeldOut| {
        let words = one.heard.said.first().into_iter();
        let others = encoders.iter().filter_map(|at| one.heard.said.get(at + 1));
        let said = words.chain(others).cloned().collect();
        HeldOut { heard: Heard { said, ..one.heard }, ..*one }
    };
    let own = held_out.iter().filter(|one| lang.is_none_or(|lang| one.lang == lang));
    let own: Vec<HeldOut> = own.map(of_chain).collect();
    let n_views = encoders.len() + 1;
    let mut stages: Vec<Stage> =
        (1..=n_views).map(|n_views| Stage::fit(&own, n_views, n_folds)).collect();
    if let Some((last, earlier)) = stages.split_last_mut() {
        // Words alone settle nothing: the first encoder costs next to nothing.
        for stage in earlier.iter_mut().skip(1) {
            stage.settle(last, &own);
        }
    }
    Chain { lang, encoders, stages }
}

/// Tells whether views and chains fit together.
pub(crate) fn are_whole(chains: &[Chain], meanings: &[Meaning], n_classes: usize) -> bool {
    !chains.is_empty()
        && meanings.iter().all(|meaning| meaning.is_whole(n_classes))
        && chains.iter().all(|chain| chain.is_whole(meanings.len()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture;
    use crate::{FirstHead, Tools, Trainer, Vectors};
    use nlu_encoder::EncodeError;
    use std::sync::Mutex;

    /// An encoder of letters' counts, and the texts that it was given.
    struct Letters(Option<&'static str>, Mutex<Vec<String>>);

    impl Encoder for Letters {
        fn name(&self) -> &'static str {
            if self.0.is_some() { "of one language" } else { "of all" }
        }

        fn width(&self) -> usize {
            32
        }

        fn knows(&self, language: &str) -> bool {
            self.0.is_none_or(|only| only == language)
        }

        fn fingerprint(&self) -> [u8; 32] {
            [0; 32]
        }

        fn encode(&self, texts: &[&str]) -> Result<Vec<Vec<f32>>, EncodeError> {
            self.1.lock().unwrap().extend(texts.iter().map(ToString::to_string));
            let count = |text: &&str| {
                let mut row = vec![0.01; 32];
                for byte in text.bytes() {
                    row[usize::from(byte % 32)] += 1.0;
                }
                let length = row.iter().map(|cell| cell * cell).sum::<f32>().sqrt();
                row.into_iter().map(|cell| cell / length).collect()
            };
            Ok(texts.iter().map(count).collect())
        }
    }

    fn head(encoders: Vec<Arc<dyn Encoder>>) -> FirstHead {
        let trainer = Trainer::new(Tools { encoders, words: None }, Vectors::default());
        trainer.train(&fixture::lesson(), &|_, _| {}).unwrap()
    }

    #[test]
    fn an_encoder_of_one_language_is_heard_in_that_one_alone() {
        let all: Arc<dyn Encoder> = Arc::new(Letters(None, Mutex::default()));
        let english = Arc::new(Letters(Some("en"), Mutex::default()));
        let without = head(vec![Arc::clone(&all)]);
        let with = head(vec![all, Arc::clone(&english) as Arc<dyn Encoder>]);
        let taught = std::mem::take(&mut *english.1.lock().unwrap());
        assert!(!taught.is_empty());
        let french = ["il y a un trou dans ma rue", "le parc est sale", "annulez ma demande"];
        for text in french {
            assert_eq!(with.judge(text), without.judge(text), "{text}");
            assert!(!taught.iter().any(|taught| taught == text));
        }
        assert!(english.1.lock().unwrap().is_empty());
        // Where the views before it are sure, it is not asked in English either.
        let odd = "could you have someone look at the thing by the old bridge";
        assert_eq!((with.judge(odd).n_views, without.judge(odd).n_views), (3, 2));
        assert_eq!(english.1.lock().unwrap().len(), 1);
    }
}
