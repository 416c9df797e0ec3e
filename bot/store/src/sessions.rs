//! The engine's session of each conversation, saved only by whoever saw the last one.

use async_trait::async_trait;
use bot_core::id::ConversationId;
use bot_core::time::UnixMs;

use crate::error::Result;
use crate::store::Swap;

/// A conversation's session; its body is the engine's own affair.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// The conversation.
    pub conversation: ConversationId,
    /// How often it was saved.
    pub revision: i64,
    /// The session, as JSON.
    pub body: String,
    /// When it was last saved.
    pub updated: UnixMs,
}

/// The engine's sessions.
#[async_trait]
pub trait Sessions: Send {
    /// Finds a conversation's session.
    async fn find(&mut self, conversation: ConversationId) -> Result<Option<Session>>;

    /// Saves a session as revision `seen_revision + 1`, if the stored one is still
    /// `seen_revision`; 0 stands for none at all.
    async fn save(
        &mut self,
        conversation: ConversationId,
        seen_revision: i64,
        body: &str,
        at: UnixMs,
    ) -> Result<Swap>;
}
