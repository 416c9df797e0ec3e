//! What was heard in a voicemail, and what was made of it.

use serde::{Deserialize, Serialize};

use crate::contact::Phone;
use crate::lang::Language;
use crate::place::Place;

/// A word below it is doubtful.
pub const DOUBTFUL: f32 = 0.5;

/// A word that was heard.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct HeardWord {
    /// It, with the signs that stand at it.
    pub text: String,
    /// Where it begins.
    pub start_ms: u64,
    /// Where it ends.
    pub end_ms: u64,
    /// How likely it was said, from 0 to 1.
    pub probability: f32,
    /// What was heard, where the city's own names have mended it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub was: Option<String>,
}

/// What was heard in a recording.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Heard {
    /// The model that heard it.
    pub model: String,
    /// The language.
    pub lang: Language,
    /// The words in their order; none where nobody speaks.
    pub words: Vec<HeardWord>,
    /// Whether the recording goes on.
    #[serde(default)]
    pub is_cut: bool,
    /// Whether the whole of it is better not believed.
    #[serde(default)]
    pub is_doubtful: bool,
}

impl Heard {
    /// Gives the words as one text.
    #[must_use]
    pub fn text(&self) -> String {
        self.words.iter().map(|word| word.text.as_str()).collect::<Vec<_>>().join(" ")
    }

    /// Gives the share of words that are doubtful; 1 where there are none at all.
    #[must_use]
    pub fn doubtful_share(&self) -> f64 {
        if self.words.is_empty() {
            return 1.0;
        }
        let n_doubtful = self.words.iter().filter(|word| word.probability < DOUBTFUL).count();
        let count = |n: usize| f64::from(u32::try_from(n).unwrap_or(u32::MAX));
        count(n_doubtful) / count(self.words.len())
    }
}

/// What is to become of a voicemail.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// Everything that a request needs was understood surely.
    Sure,
    /// The subject is sure, and something is missing: the caller can be asked.
    Partly,
    /// A person must listen.
    Unsure,
    /// Someone may be in danger: a person must listen now.
    Emergency,
}

/// What was understood of a voicemail, and how surely, from 0 to 1.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Draft {
    /// What is to become of it.
    pub verdict: Verdict,
    /// The category's code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub service: Option<(String, f32)>,
    /// Where.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<(Place, f32)>,
    /// The number to call back: one that was said, or else the caller's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub callback: Option<Phone>,
    /// Options of the category's questions that were named, by question.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub answers: Vec<(String, String)>,
    /// The city's emergency that the words point to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub emergency: Option<String>,
}
