//! Messages left for the people of a queue when nobody could answer at once.

use async_trait::async_trait;
use bot_core::id::{CallbackId, ConversationId};
use bot_core::lang::Language;
use bot_core::time::UnixMs;

use crate::error::Result;
use crate::page::Page;
use crate::redact::Redactor;
use crate::store::{Novelty, Swap};

/// A message to leave.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewCallback {
    /// Its id.
    pub id: CallbackId,
    /// The conversation it was left in.
    pub conversation: ConversationId,
    /// Whose it is to answer.
    pub queue: String,
    /// The resident's language.
    pub lang: Language,
    /// What the resident wrote; may be empty.
    pub message: String,
    /// Where to answer: see [`crate::parties::contact_key`]; `None` for the conversation itself.
    pub contact: Option<String>,
    /// The key under which it is left once only.
    pub once: Option<String>,
    /// When it was left.
    pub at: UnixMs,
}

impl NewCallback {
    /// Hides a text; tells whether it occurred.
    pub fn redact(&mut self, redactor: &Redactor) -> bool {
        let hidden = redactor.words(&self.message);
        let is_contact = self.contact.as_deref().is_some_and(|own| redactor.is(own));
        let has_changed = hidden.is_some() || is_contact;
        if let Some(hidden) = hidden {
            self.message = hidden;
        }
        if is_contact {
            self.contact = None;
        }
        has_changed
    }
}

/// A message that was left.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Callback {
    /// What was left.
    pub new: NewCallback,
    /// When someone answered.
    pub answered: Option<UnixMs>,
}

/// The messages left for people.
#[async_trait]
pub trait Callbacks: Send {
    /// Leaves a message, once for each `once` key.
    async fn add(&mut self, callback: &NewCallback) -> Result<Novelty>;

    /// Lists the messages of a queue, or of all, that nobody has answered, the oldest first.
    async fn waiting(&mut self, queue: Option<&str>, page: Page) -> Result<Vec<Callback>>;

    /// Marks a message as answered, unless it is already.
    async fn answer(&mut self, id: CallbackId, at: UnixMs) -> Result<Swap>;
}
