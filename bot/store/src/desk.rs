//! The events that the agents' desk and the widgets show as they happen.
//!
//! Rows, not rings: who was away asks for what came after the last one seen.

use async_trait::async_trait;
use bot_core::id::ConversationId;
use bot_core::time::UnixMs;

use crate::error::Result;

/// What an event is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DeskKind {
    /// A conversation was opened.
    Opened,
    /// A message was added.
    Message,
    /// A conversation has another owner, state, queue or priority.
    Conversation,
    /// A case was filed or has changed.
    Case,
    /// Something could not be delivered, or a job has died.
    Trouble,
    /// An agent came or went.
    Agent,
}

impl DeskKind {
    /// Every kind.
    pub const ALL: [Self; 6] =
        [Self::Opened, Self::Message, Self::Conversation, Self::Case, Self::Trouble, Self::Agent];

    /// Gives the name used in tables and on the wire.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Opened => "opened",
            Self::Message => "message",
            Self::Conversation => "conversation",
            Self::Case => "case",
            Self::Trouble => "trouble",
            Self::Agent => "agent",
        }
    }

    /// Finds a kind by its name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }
}

/// An event to show.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewDeskEvent {
    /// The conversation, where it is about one.
    pub conversation: Option<ConversationId>,
    /// What it is about.
    pub kind: DeskKind,
    /// The rest, as JSON.
    pub body: String,
    /// When.
    pub at: UnixMs,
}

/// An event with its number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeskEvent {
    /// Its number; later events have larger ones.
    pub id: i64,
    /// What it says.
    pub event: NewDeskEvent,
}

/// The events that the desk shows.
#[async_trait]
pub trait Desk: Send {
    /// Adds an event and gives its number.
    async fn append(&mut self, event: &NewDeskEvent) -> Result<i64>;

    /// Lists the events after a number, oldest first.
    ///
    /// On PostgreSQL a smaller number may be committed after a larger one: read with
    /// [`crate::desk_cursor::DeskCursor`], which waits for those.
    async fn list_after(&mut self, id: i64, limit: u32) -> Result<Vec<DeskEvent>>;

    /// Gives the largest number there is, or 0.
    async fn last_id(&mut self) -> Result<i64>;
}
