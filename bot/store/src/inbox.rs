//! Every message as its provider handed it in, once.

use async_trait::async_trait;
use bot_core::channel::Channel;
use bot_core::id::ConversationId;
use bot_core::time::UnixMs;

use crate::error::Result;

/// A provider's message and the place it got in a conversation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InboxRow {
    /// The channel it came by.
    pub channel: Channel,
    /// The provider's own id, the only one of its kind on the channel.
    pub provider_id: String,
    /// The conversation it went to.
    pub conversation: ConversationId,
    /// The message it became there.
    pub seq: i64,
    /// The whole [`bot_core::Inbound`], as JSON.
    pub body: String,
    /// When it came.
    pub at: UnixMs,
}

/// Whether a provider's message is new.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Arrival {
    /// Never seen before.
    Fresh,
    /// Seen before; this is what became of it then.
    Repeat {
        /// The conversation it went to.
        conversation: ConversationId,
        /// The message it became there.
        seq: i64,
    },
}

/// The messages as the providers handed them in.
#[async_trait]
pub trait Inbox: Send {
    /// Keeps a message, unless one with the same channel and provider id is kept already.
    async fn insert(&mut self, row: &InboxRow) -> Result<Arrival>;

    /// Finds a message by the provider's id.
    async fn find(&mut self, channel: Channel, provider_id: &str) -> Result<Option<InboxRow>>;
}
