//! The bell: it says that something has been committed, never what.
//!
//! A ring may get lost, so whoever listens also looks from time to time. Never here: data.

use bot_core::id::ConversationId;
use tokio::sync::broadcast;

/// Rings that a slow listener may fall behind before it is told to look at everything.
pub const MAX_RINGS_BEHIND: usize = 1_024;

/// What a ring is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Topic {
    /// There may be jobs to claim.
    Jobs,
    /// This conversation has changed.
    Conversation(ConversationId),
    /// There are events for the desk.
    Desk,
    /// Rings may have been missed: look at everything.
    All,
}

impl Topic {
    /// Tells whether whoever waits for `wanted` has to look after this ring.
    #[must_use]
    pub fn concerns(self, wanted: Self) -> bool {
        self == wanted || self == Self::All || wanted == Self::All
    }
}

/// Rings and listens.
pub trait Wake: Send + Sync {
    /// Rings, after a commit; costs nothing where nobody listens, and never fails.
    fn notify(&self, topic: Topic);

    /// Starts listening: every ring from now on.
    fn subscribe(&self) -> Subscription;
}

/// Someone who listens.
#[derive(Debug)]
pub struct Subscription {
    rings: broadcast::Receiver<Topic>,
}

impl Subscription {
    /// Waits for the next ring, whatever it is about; `None` once the store is closed.
    pub async fn next(&mut self) -> Option<Topic> {
        match self.rings.recv().await {
            Ok(topic) => Some(topic),
            Err(broadcast::error::RecvError::Lagged(_)) => Some(Topic::All),
            Err(broadcast::error::RecvError::Closed) => None,
        }
    }

    /// Waits for a ring that concerns `wanted`; `None` once the store is closed.
    pub async fn wait_for(&mut self, wanted: Topic) -> Option<Topic> {
        loop {
            let topic = self.next().await?;
            if topic.concerns(wanted) {
                return Some(topic);
            }
        }
    }
}

/// The bell of one process.
#[derive(Debug)]
pub struct LocalWake {
    rings: broadcast::Sender<Topic>,
}

impl LocalWake {
    /// Makes a bell that nobody listens to yet.
    #[must_use]
    pub fn new() -> Self {
        Self { rings: broadcast::channel(MAX_RINGS_BEHIND).0 }
    }
}

impl Default for LocalWake {
    fn default() -> Self {
        Self::new()
    }
}

impl Wake for LocalWake {
    fn notify(&self, topic: Topic) {
        // An error says that nobody listens, which is fine.
        self.rings.send(topic).ok();
    }

    fn subscribe(&self) -> Subscription {
        Subscription { rings: self.rings.subscribe() }
    }
}
