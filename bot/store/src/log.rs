//! The log of a conversation: every event and what came of it. Folding it gives the session.

use async_trait::async_trait;
use bot_core::id::ConversationId;
use bot_core::time::UnixMs;

use crate::error::Result;

/// One turn, as it was folded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The event, as JSON.
    pub event: String,
    /// The effects, as JSON.
    pub effects: String,
    /// The engine's notes, as JSON.
    pub notes: String,
    /// The session's revision after it.
    pub revision: i64,
    /// The last message that the event took in; `None` where it is about no message.
    pub seq: Option<i64>,
    /// When.
    pub at: UnixMs,
}

/// An entry with its place in the conversation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogRow {
    /// Its place: 1, 2, 3 … without a gap.
    pub n: i64,
    /// What it says.
    pub entry: Entry,
}

/// The log of events and effects; it only grows.
#[async_trait]
pub trait Log: Send {
    /// Adds an entry and gives its place.
    async fn append(&mut self, conversation: ConversationId, entry: &Entry) -> Result<i64>;

    /// Lists a conversation's entries after a place, oldest first.
    async fn list(
        &mut self,
        conversation: ConversationId,
        after: i64,
        limit: u32,
    ) -> Result<Vec<LogRow>>;

    /// Lists a conversation's latest entries that took in a message, the last first.
    async fn latest_said(
        &mut self,
        conversation: ConversationId,
        limit: u32,
    ) -> Result<Vec<LogRow>>;
}
