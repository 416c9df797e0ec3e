//! Sentences of residents that the counter understood badly, kept for whoever looks after the
//! intents: without addresses, contacts and numbers, and for a bounded time.

mod shown;

use async_trait::async_trait;
use bot_core::id::{ConversationId, SuggestionId};
use bot_core::lang::Language;
use bot_core::time::UnixMs;
use serde::Serialize;

pub use shown::Shown;

use crate::error::Result;
use crate::page::Page;
use crate::redact::Redactor;
use crate::store::{Novelty, Swap};

/// Open suggestions of a city; beyond that the oldest fall out.
pub const MAX_OPEN_SUGGESTIONS: u32 = 5_000;
/// Characters of a sentence; what is longer is cut.
pub const MAX_SUGGESTION_CHARS: usize = 500;

/// Why a sentence was kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// Nothing was understood of it.
    Refused,
    /// The resident said, or picked, what was meant.
    Corrected,
    /// A person had to take over after it.
    HandedOver,
}

impl Reason {
    /// Every reason.
    pub const ALL: [Self; 3] = [Self::Refused, Self::Corrected, Self::HandedOver];

    /// Gives the name used in tables and on the wire.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Refused => "refused",
            Self::Corrected => "corrected",
            Self::HandedOver => "handed_over",
        }
    }

    /// Finds a reason by its name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|reason| reason.name() == name)
    }
}

/// Where a suggestion stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// Nobody has decided.
    Open,
    /// Its sentence shows an intent now.
    Accepted,
    /// It teaches nothing.
    Dismissed,
}

impl State {
    /// Every state.
    pub const ALL: [Self; 3] = [Self::Open, Self::Accepted, Self::Dismissed];

    /// Gives the name used in tables and on the wire.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Accepted => "accepted",
            Self::Dismissed => "dismissed",
        }
    }

    /// Finds a state by its name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.name() == name)
    }
}

/// What the counter took a sentence for.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Guess {
    /// The intent.
    pub intent: String,
    /// How likely it was.
    pub p: f32,
}

/// A sentence to keep.
#[derive(Debug, Clone, PartialEq)]
pub struct NewSuggestion {
    /// Its id.
    pub id: SuggestionId,
    /// The conversation it was said in.
    pub conversation: ConversationId,
    /// The message it ended with there.
    pub seq: i64,
    /// Why it is kept; a message is kept once for each reason.
    pub reason: Reason,
    /// Its language, where the words show one.
    pub lang: Option<Language>,
    /// The sentence, at most [`MAX_SUGGESTION_CHARS`], with marks in place of what is private.
    pub text: String,
    /// What it was taken for, if anything.
    pub guess: Option<Guess>,
    /// The intent that the resident chose then.
    pub chosen: Option<String>,
    /// When it was said.
    pub at: UnixMs,
}

impl NewSuggestion {
    /// Hides a text; tells whether it occurred.
    pub fn redact(&mut self, redactor: &Redactor) -> bool {
        let hidden = redactor.words(&self.text);
        let has_changed = hidden.is_some();
        if let Some(hidden) = hidden {
            self.text = hidden;
        }
        has_changed
    }
}

/// A sentence as it was written into an intents file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Taught {
    /// The language it stands under.
    pub lang: Language,
    /// The sentence.
    pub sentence: String,
}

/// What a person made of a suggestion.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// It shows an intent.
    Accepted {
        /// The intent.
        intent: String,
        /// What was written into its file; `None` where the file held it already.
        taught: Option<Taught>,
    },
    /// It teaches nothing.
    Dismissed,
}

/// A decision about a suggestion.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision {
    /// What.
    pub verdict: Verdict,
    /// Who.
    pub by: String,
    /// When.
    pub at: UnixMs,
}

/// A sentence that was kept, and what became of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Suggestion {
    /// The sentence.
    pub new: NewSuggestion,
    /// What was decided; `None` while it is open.
    pub decision: Option<Decision>,
}

impl Suggestion {
    /// Tells where it stands.
    #[must_use]
    pub const fn state(&self) -> State {
        match &self.decision {
            None => State::Open,
            Some(Decision { verdict: Verdict::Accepted { .. }, .. }) => State::Accepted,
            Some(Decision { verdict: Verdict::Dismissed, .. }) => State::Dismissed,
        }
    }
}

/// Which suggestions are asked for; `None` is all.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Filter {
    /// Where they stand.
    pub state: Option<State>,
    /// Why they were kept.
    pub reason: Option<Reason>,
    /// Their language.
    pub lang: Option<Language>,
}

/// The sentences kept for whoever looks after the intents.
#[async_trait]
pub trait Suggestions: Send {
    /// Keeps a sentence, once for each message and reason; where more than `max_open` are open
    /// then, the oldest of them fall out.
    async fn keep(&mut self, suggestion: &NewSuggestion, max_open: u32) -> Result<Novelty>;

    /// Gives one.
    async fn get(&mut self, id: SuggestionId) -> Result<Option<Suggestion>>;

    /// Lists them, the last said first.
    async fn list(&mut self, filter: Filter, page: Page) -> Result<Vec<Suggestion>>;

    /// Counts them.
    async fn count(&mut self, filter: Filter) -> Result<u64>;

    /// Decides about one that is open.
    async fn decide(&mut self, id: SuggestionId, decision: &Decision) -> Result<Swap>;

    /// Opens one again that was decided.
    async fn reopen(&mut self, id: SuggestionId) -> Result<Swap>;

    /// Removes those said before a time, decided or not; gives how many.
    async fn forget(&mut self, before: UnixMs, limit: u32) -> Result<u64>;
}
