//! Conversations: who owns each, and where it stands.
//!
//! Two rules that may never be broken: an identity has at most one conversation that is not
//! closed, and a conversation has exactly one owner, with an epoch that rises at each change.

use async_trait::async_trait;
use bot_core::channel::Channel;
use bot_core::id::{ConversationId, IdentityId, ResidentId};
use bot_core::lang::Language;
use bot_core::time::UnixMs;

use crate::conversation_state::{CloseReason, ConversationState, Owner};
use crate::error::Result;
use crate::page::Page;
use crate::store::Swap;

/// A conversation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Conversation {
    /// The id.
    pub id: ConversationId,
    /// Who talks.
    pub resident: ResidentId,
    /// From which address.
    pub identity: IdentityId,
    /// On which channel.
    pub channel: Channel,
    /// In which language.
    pub lang: Language,
    /// Where it stands.
    pub state: ConversationState,
    /// Who answers.
    pub owner: Owner,
    /// How often the owner has changed.
    pub epoch: i64,
    /// The queue it is in, or was in last.
    pub queue: Option<String>,
    /// How much it presses; 0 is usual, more comes first.
    pub priority: i64,
    /// Since when it waits for a person.
    pub waiting_since: Option<UnixMs>,
    /// The last message's place.
    pub last_seq: i64,
    /// The last resident's message that the engine has folded.
    pub seen_seq: i64,
    /// The hash of the city package it is held with.
    pub release: String,
    /// When it was opened.
    pub created: UnixMs,
    /// When it last changed.
    pub updated: UnixMs,
    /// When it was closed.
    pub closed: Option<UnixMs>,
    /// Why it was closed.
    pub close_reason: Option<CloseReason>,
    /// The conversation that the same identity had before.
    pub previous: Option<ConversationId>,
}

impl Conversation {
    /// Tells whether it is not closed.
    #[must_use]
    pub const fn is_open(&self) -> bool {
        !matches!(self.state, ConversationState::Closed)
    }
}

/// A change of where a conversation stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Move {
    /// Put it aside.
    Park,
    /// Take it up again: its owner has it as before.
    Resume,
    /// Close it; its owner is nobody from now on, and the epoch rises.
    Close(CloseReason),
}

/// What may change of a conversation at any time; `None` leaves it as it is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Amendment {
    /// Its language.
    pub lang: Option<Language>,
    /// How much it presses.
    pub priority: Option<i64>,
    /// The city package it is held with from now on.
    pub release: Option<String>,
}

/// In which order conversations are listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    /// What presses first, then who has waited longest: how agents work through a queue. What is
    /// closed is left out.
    WaitingFirst,
    /// The last opened first: how people look things up.
    NewestFirst,
}

/// Which conversations to list; `None` stands for any.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ConversationFilter {
    /// In this state.
    pub state: Option<ConversationState>,
    /// In this queue, or last in it.
    pub queue: Option<String>,
    /// Owned by this agent.
    pub agent: Option<String>,
    /// Of this resident.
    pub resident: Option<ResidentId>,
}

/// The conversations.
#[async_trait]
pub trait Conversations: Send {
    /// Finds a conversation.
    async fn get(&mut self, id: ConversationId) -> Result<Option<Conversation>>;

    /// Finds a conversation and keeps others from changing it until this transaction ends.
    async fn lock(&mut self, id: ConversationId) -> Result<Option<Conversation>>;

    /// Finds the conversation of an address that is not closed, and locks it.
    async fn lock_open(&mut self, channel: Channel, address: &str) -> Result<Option<Conversation>>;

    /// Finds an identity's open conversation, or else the one that was closed last.
    async fn latest(&mut self, identity: IdentityId) -> Result<Option<Conversation>>;

    /// Keeps a new conversation.
    ///
    /// # Errors
    /// [`crate::Error::Conflict`] where the identity has one that is not closed.
    async fn insert(&mut self, conversation: &Conversation) -> Result<()>;

    /// Gives a conversation that is not closed another owner, if its epoch is still the one seen;
    /// the epoch rises by one.
    async fn set_owner(
        &mut self,
        id: ConversationId,
        seen_epoch: i64,
        owner: &Owner,
        at: UnixMs,
    ) -> Result<Swap>;

    /// Parks, resumes or closes a conversation that is not closed, if its epoch is still the one
    /// seen.
    async fn set_state(
        &mut self,
        id: ConversationId,
        seen_epoch: i64,
        change: Move,
        at: UnixMs,
    ) -> Result<Swap>;

    /// Changes a conversation's language, priority or package.
    async fn amend(
        &mut self,
        id: ConversationId,
        amendment: &Amendment,
        at: UnixMs,
    ) -> Result<Swap>;

    /// Lists conversations.
    async fn list(
        &mut self,
        filter: &ConversationFilter,
        order: Order,
        page: Page,
    ) -> Result<Vec<Conversation>>;

    /// Counts the conversations that are not closed, by state and queue.
    async fn count_open(&mut self) -> Result<Vec<OpenCount>>;
}

/// How many conversations stand somewhere.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenCount {
    /// The state.
    pub state: ConversationState,
    /// The queue they are in, or were in last.
    pub queue: Option<String>,
    /// How many.
    pub n_conversations: u64,
}
