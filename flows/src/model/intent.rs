//! What residents may want, with sentences that show it.

use bot_core::understanding::Command;
use bot_core::{Bilingual, Language};

use crate::fault::Spot;

/// The name of the intent whose sentences nothing here can serve.
pub const OUT_OF_SCOPE: &str = "out_of_scope";

/// A part of a sentence that shows a value: `[gros](size:large)`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Annotation {
    /// The words.
    pub words: String,
    /// The slot.
    pub slot: String,
    /// The option, where one is meant.
    pub value: Option<String>,
}

/// A sentence that shows an intent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Example {
    /// The sentence without annotations.
    pub text: String,
    /// What its parts show.
    pub annotations: Vec<Annotation>,
    /// Where it is written.
    pub at: Spot,
}

/// A sentence that the understanding is tried on, and never learns.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TrialSentence {
    /// The intent that it shows, or [`OUT_OF_SCOPE`].
    pub intent: String,
    /// The sentence.
    pub text: String,
    /// Its language.
    pub lang: Language,
    /// Where it is written.
    pub at: Spot,
}

/// One intent.
#[derive(Debug, Clone, PartialEq)]
pub struct Intent {
    /// Its name.
    pub name: String,
    /// Where it is written.
    pub at: Spot,
    /// What "did you mean" reads aloud.
    pub title: Bilingual<String>,
    /// The global command it means, if it means one.
    pub command: Option<Command>,
    /// Sentences that show it.
    pub examples: Bilingual<Vec<Example>>,
    /// Sentences that look like it and are not.
    pub not: Bilingual<Vec<Example>>,
}
