//! What the door asks of whoever looks after the intents.

use async_trait::async_trait;
use bot_core::Language;
use bot_core::id::SuggestionId;
use bot_store::Page;
use bot_store::suggestions::{Filter, Suggestion};
use serde::{Deserialize, Serialize};

/// What is to become of a suggestion's sentence.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Accept {
    /// The intent that it shows.
    pub intent: String,
    /// The language it stands under, where it is not the suggestion's own.
    #[serde(default)]
    pub lang: Option<Language>,
    /// A better sentence.
    #[serde(default)]
    pub sentence: Option<String>,
    /// Whether the change is only to be told.
    #[serde(default)]
    pub dry_run: bool,
    /// Who decides.
    #[serde(default)]
    pub by: Option<String>,
}

/// A change of the city's files.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Written {
    /// The file inside the package; empty where none has changed.
    pub path: String,
    /// The change as a unified diff; empty where there is none.
    pub diff: String,
}

/// Why something was not done; the words are for the city's people.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    /// There is no such suggestion.
    Unknown,
    /// It does not stand as it must.
    Conflict(String),
    /// It makes no sense so.
    Invalid(String),
    /// Not now: try again.
    Busy,
    /// A fault, of which the log tells more.
    Failed,
}

/// Whoever looks after the intents.
#[async_trait]
pub trait Clerk: Send + Sync {
    /// Lists a page of suggestions, grouped by meaning, the largest group first.
    async fn list(&self, filter: Filter, page: Page) -> Result<Vec<Vec<Suggestion>>, Refusal>;

    /// Adds a suggestion's sentence to an intent.
    async fn accept(&self, id: SuggestionId, wish: &Accept) -> Result<Written, Refusal>;

    /// Puts a suggestion aside.
    async fn dismiss(&self, id: SuggestionId, by: Option<&str>) -> Result<(), Refusal>;

    /// Opens a suggestion again, and takes back what was written.
    async fn undo(&self, id: SuggestionId) -> Result<Written, Refusal>;
}
