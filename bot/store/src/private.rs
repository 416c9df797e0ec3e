//! Texts that are hidden after a time, wherever the conversation left them.

use async_trait::async_trait;
use bot_core::id::ConversationId;
use bot_core::time::UnixMs;

use crate::error::Result;

/// A text to hide.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PrivateText {
    /// Its number.
    pub id: i64,
    /// The conversation it was said in.
    pub conversation: ConversationId,
    /// The text.
    pub text: String,
    /// When it is to be hidden.
    pub due: UnixMs,
}

/// The texts to hide.
#[async_trait]
pub trait Private: Send {
    /// Remembers to hide a text.
    async fn add(&mut self, conversation: ConversationId, text: &str, due: UnixMs) -> Result<()>;

    /// Lists the texts whose time has come, the oldest first.
    async fn due(&mut self, now: UnixMs, limit: u32) -> Result<Vec<PrivateText>>;

    /// Hides a text in the conversation's messages, log, session, inbox, jobs, callbacks,
    /// suggestions, calls, recordings and deliveries, and takes away the contact of a case's party
    /// that it is; gives the number of rows changed.
    async fn redact(&mut self, conversation: ConversationId, text: &str) -> Result<u64>;

    /// Forgets a text once it is hidden.
    async fn forget(&mut self, id: i64) -> Result<()>;
}
