//! Telephone calls: where each stands in its script, and how it ended.
//!
//! Never here: what a script says or remembers, and how a provider writes.

use async_trait::async_trait;
use bot_core::id::{CallId, ConversationId};
use bot_core::lang::Language;
use bot_core::time::UnixMs;

use crate::error::{Error, Result};
use crate::page::Page;
use crate::receive::{MAX_ADDRESS_BYTES, MAX_PROVIDER_ID_BYTES};
use crate::redact::Redactor;
use crate::store::{Novelty, Swap};

/// Bytes of a script's memory.
pub const MAX_CALL_STATE_BYTES: usize = 16 * 1_024;
/// Bytes of the word for how a call ended.
pub const MAX_OUTCOME_BYTES: usize = 64;

/// A call that comes in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewCall {
    /// Its id.
    pub id: CallId,
    /// How its provider writes: "twilio", "plivo" and so on.
    pub dialect: String,
    /// The provider's id of it; with the dialect there is one.
    pub provider_id: String,
    /// The caller's number, or "anonymous".
    pub caller: String,
    /// The city's number.
    pub called: String,
    /// The conversation that it belongs to, once there is one.
    pub conversation: Option<ConversationId>,
    /// The caller's language.
    pub lang: Language,
    /// What the script remembers, as JSON: the script's own affair.
    pub state: String,
    /// When it came in.
    pub begun: UnixMs,
}

impl NewCall {
    /// Refuses a call that is larger than the store takes.
    ///
    /// # Errors
    /// [`Error::TooLarge`].
    pub fn check(&self) -> Result<()> {
        Error::check_size(self.provider_id.len(), MAX_PROVIDER_ID_BYTES)?;
        Error::check_size(self.caller.len(), MAX_ADDRESS_BYTES)?;
        Error::check_size(self.called.len(), MAX_ADDRESS_BYTES)?;
        Error::check_size(self.state.len(), MAX_CALL_STATE_BYTES)
    }
}

/// What changes from one request of a call to the next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CallChange {
    /// The conversation that it belongs to, once there is one.
    pub conversation: Option<ConversationId>,
    /// The caller's language.
    pub lang: Language,
    /// What the script remembers, as JSON, at most [`MAX_CALL_STATE_BYTES`].
    pub state: String,
}

/// How a call ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ending {
    /// The provider's word for it: "completed", "busy" and so on.
    pub outcome: String,
    /// How long it took, where the provider says.
    pub seconds: Option<i64>,
    /// When.
    pub at: UnixMs,
}

/// A call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Call {
    /// The call; its conversation, language and state are the present ones.
    pub new: NewCall,
    /// How often it was written: 1 as it came in.
    pub revision: i64,
    /// How it ended; `None` while it goes on.
    pub ending: Option<Ending>,
}

impl Call {
    /// Hides a text in the caller's number and in what the script remembers; tells whether it
    /// occurred.
    pub fn redact(&mut self, redactor: &Redactor) -> bool {
        let is_caller = redactor.mask_whole(&mut self.new.caller);
        redactor.mask_json(&mut self.new.state) || is_caller
    }
}

/// The telephone calls.
#[async_trait]
pub trait Calls: Send {
    /// Keeps a call, once for each dialect and provider's id.
    async fn insert(&mut self, call: &NewCall) -> Result<Novelty>;

    /// Finds a call by its provider's id.
    async fn find(&mut self, dialect: &str, provider_id: &str) -> Result<Option<Call>>;

    /// Gives one.
    async fn get(&mut self, id: CallId) -> Result<Option<Call>>;

    /// Saves what has changed as revision `seen_revision + 1`, if the stored one is still
    /// `seen_revision`. A call that has ended may still be saved: its last requests may come after
    /// the news of its end.
    async fn save(&mut self, id: CallId, seen_revision: i64, change: &CallChange) -> Result<Swap>;

    /// Ends a call, once; its revision stays.
    async fn end(
        &mut self,
        id: CallId,
        outcome: &str,
        seconds: Option<i64>,
        at: UnixMs,
    ) -> Result<Swap>;

    /// Lists the calls that came in at a time or later and have not ended, the oldest first. The
    /// news of an end may get lost, so whoever counts looks no further back than a call can last.
    async fn running(&mut self, since: UnixMs, page: Page) -> Result<Vec<Call>>;

    /// Lists a conversation's calls, the oldest first.
    async fn of_conversation(
        &mut self,
        conversation: ConversationId,
        page: Page,
    ) -> Result<Vec<Call>>;
}
