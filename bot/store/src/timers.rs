//! The timer of a conversation: at most one.

use async_trait::async_trait;
use bot_core::event::Timer;
use bot_core::id::ConversationId;
use bot_core::time::UnixMs;

use crate::error::Result;

/// A timer that is set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TimerRow {
    /// The conversation to wake.
    pub conversation: ConversationId,
    /// Which timer.
    pub timer: Timer,
    /// The token to come back with.
    pub token: u32,
    /// When it runs out.
    pub at: UnixMs,
}

/// The timers of the conversations.
#[async_trait]
pub trait Timers: Send {
    /// Sets a conversation's timer in place of the one before.
    async fn set(&mut self, row: &TimerRow) -> Result<()>;

    /// Clears a conversation's timer, if it has one.
    async fn clear(&mut self, conversation: ConversationId) -> Result<()>;

    /// Finds a conversation's timer.
    async fn find(&mut self, conversation: ConversationId) -> Result<Option<TimerRow>>;

    /// Removes the timers that have run out, the oldest first, and gives them. What each of them
    /// leads to belongs in the same transaction.
    async fn take_due(&mut self, now: UnixMs, limit: u32) -> Result<Vec<TimerRow>>;
}
