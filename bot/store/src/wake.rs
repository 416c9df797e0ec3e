//! The bell: it says that something has been committed, never what.
//!
//! A ring may get lost, so whoever listens also looks from time to time. Never here: data.

use bot_core::id::ConversationId;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use tokio::sync::{broadcast, watch};

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

    /// Starts listening: every ring that concerns `wanted` from now on.
    fn subscribe(&self, wanted: Topic) -> Subscription;
}

/// Someone who listens.
#[derive(Debug)]
pub struct Subscription {
    wanted: Topic,
    ears: Ears,
}

#[derive(Debug)]
enum Ears {
    /// Hears everything, and picks out what is wanted.
    Shared(broadcast::Receiver<Topic>),
    /// Hears one conversation: thousands may listen, and one turn wakes one of them.
    Own {
        rings: watch::Receiver<()>,
        // Dropped after the receiver, which it counts.
        _bell: OwnBell,
    },
}

impl Subscription {
    /// Waits for a ring that concerns what is wanted; `None` once the store is closed.
    pub async fn heard(&mut self) -> Option<Topic> {
        match &mut self.ears {
            Ears::Shared(rings) => loop {
                let topic = match rings.recv().await {
                    Ok(topic) => topic,
                    Err(broadcast::error::RecvError::Lagged(_)) => Topic::All,
                    Err(broadcast::error::RecvError::Closed) => return None,
                };
                if topic.concerns(self.wanted) {
                    return Some(topic);
                }
            },
            Ears::Own { rings, .. } => rings.changed().await.ok().map(|()| self.wanted),
        }
    }
}

/// The bells of the conversations that somebody listens to.
type Bells = Mutex<BTreeMap<ConversationId, watch::Sender<()>>>;

fn locked(bells: &Bells) -> MutexGuard<'_, BTreeMap<ConversationId, watch::Sender<()>>> {
    bells.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A conversation's bell; it is taken down with the last who listens to it.
#[derive(Debug)]
struct OwnBell {
    id: ConversationId,
    bells: Weak<Bells>,
}

impl Drop for OwnBell {
    fn drop(&mut self) {
        let Some(bells) = self.bells.upgrade() else { return };
        let mut bells = locked(&bells);
        if bells.get(&self.id).is_some_and(|bell| bell.receiver_count() == 0) {
            bells.remove(&self.id);
        }
    }
}

/// The bell of one process.
#[derive(Debug)]
pub struct LocalWake {
    rings: broadcast::Sender<Topic>,
    bells: Arc<Bells>,
}

impl LocalWake {
    /// Makes a bell that nobody listens to yet.
    #[must_use]
    pub fn new() -> Self {
        Self { rings: broadcast::channel(MAX_RINGS_BEHIND).0, bells: Arc::default() }
    }
}

impl Default for LocalWake {
    fn default() -> Self {
        Self::new()
    }
}

impl Wake for LocalWake {
    fn notify(&self, topic: Topic) {
        match topic {
            Topic::Conversation(id) => {
                if let Some(bell) = locked(&self.bells).get(&id) {
                    bell.send_replace(());
                }
            }
            Topic::All => locked(&self.bells).values().for_each(|bell| {
                bell.send_replace(());
            }),
            Topic::Jobs | Topic::Desk => {}
        }
        // An error says that nobody listens, which is fine.
        self.rings.send(topic).ok();
    }

    fn subscribe(&self, wanted: Topic) -> Subscription {
        let ears = match wanted {
            Topic::Conversation(id) => {
                let mut bells = locked(&self.bells);
                let bell = bells.entry(id).or_insert_with(|| watch::channel(()).0);
                let own = OwnBell { id, bells: Arc::downgrade(&self.bells) };
                Ears::Own { rings: bell.subscribe(), _bell: own }
            }
            Topic::Jobs | Topic::Desk | Topic::All => Ears::Shared(self.rings.subscribe()),
        };
        Subscription { wanted, ears }
    }
}

#[cfg(test)]
mod tests;
