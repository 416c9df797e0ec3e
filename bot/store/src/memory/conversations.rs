//! Conversations in memory.

use async_trait::async_trait;
use bot_core::channel::Channel;
use bot_core::id::{ConversationId, IdentityId};
use bot_core::time::UnixMs;
use std::collections::BTreeMap;

use super::MemoryTx;
use super::state::State;
use crate::conversation_state::{ConversationState, Owner};
use crate::conversations::{
    Amendment, Conversation, ConversationFilter, Conversations, Move, OpenCount, Order,
};
use crate::error::{Error, Result};
use crate::page::Page;
use crate::store::Swap;

#[async_trait]
impl Conversations for MemoryTx {
    async fn get(&mut self, id: ConversationId) -> Result<Option<Conversation>> {
        Ok(self.state.conversations.get(&id).cloned())
    }

    async fn lock(&mut self, id: ConversationId) -> Result<Option<Conversation>> {
        Ok(self.write()?.conversations.get(&id).cloned())
    }

    async fn lock_open(&mut self, channel: Channel, address: &str) -> Result<Option<Conversation>> {
        let state = self.write()?;
        let identity = state.addresses.get(&(channel, address.to_owned()));
        let identity = identity.copied();
        Ok(identity.and_then(|identity| open_of(state, identity)).cloned())
    }

    async fn latest(&mut self, identity: IdentityId) -> Result<Option<Conversation>> {
        let all = self.state.conversations.values();
        let theirs = all.filter(|conversation| conversation.identity == identity);
        let latest = theirs.max_by_key(|row| (row.is_open(), row.created, row.id));
        Ok(latest.cloned())
    }

    async fn insert(&mut self, conversation: &Conversation) -> Result<()> {
        let state = self.write()?;
        let is_second = conversation.is_open() && open_of(state, conversation.identity).is_some();
        if is_second || state.conversations.contains(&conversation.id) {
            return Err(Error::Conflict("a second open conversation".to_owned()));
        }
        state.conversations.insert(conversation.id, conversation.clone());
        Ok(())
    }

    async fn set_owner(
        &mut self,
        id: ConversationId,
        seen_epoch: i64,
        owner: &Owner,
        at: UnixMs,
    ) -> Result<Swap> {
        let Some(row) = seen(self.write()?, id, seen_epoch) else {
            return Ok(Swap::Stale);
        };
        row.owner = owner.clone();
        row.state = owner.state();
        row.epoch += 1;
        row.updated = at;
        row.waiting_since = None;
        if let Owner::Queue(queue) = owner {
            row.queue = Some(queue.clone());
            row.waiting_since = Some(at);
        }
        Ok(Swap::Done)
    }

    async fn set_state(
        &mut self,
        id: ConversationId,
        seen_epoch: i64,
        change: Move,
        at: UnixMs,
    ) -> Result<Swap> {
        let Some(row) = seen(self.write()?, id, seen_epoch) else {
            return Ok(Swap::Stale);
        };
        row.updated = at;
        match change {
            Move::Park => row.state = ConversationState::Parked,
            Move::Resume => row.state = row.owner.state(),
            Move::Close(reason) => {
                row.state = ConversationState::Closed;
                row.owner = Owner::Nobody;
                row.epoch += 1;
                row.waiting_since = None;
                row.closed = Some(at);
                row.close_reason = Some(reason);
            }
        }
        Ok(Swap::Done)
    }

    async fn amend(
        &mut self,
        id: ConversationId,
        amendment: &Amendment,
        at: UnixMs,
    ) -> Result<Swap> {
        let Some(row) = self.write()?.conversations.get_mut(&id) else {
            return Ok(Swap::Stale);
        };
        row.lang = amendment.lang.unwrap_or(row.lang);
        row.priority = amendment.priority.unwrap_or(row.priority);
        if let Some(release) = &amendment.release {
            row.release.clone_from(release);
        }
        row.updated = at;
        Ok(Swap::Done)
    }

    async fn list(
        &mut self,
        filter: &ConversationFilter,
        order: Order,
        page: Page,
    ) -> Result<Vec<Conversation>> {
        let all = self.state.conversations.values();
        let mut rows: Vec<_> = all.filter(|row| fits(row, filter)).cloned().collect();
        match order {
            Order::WaitingFirst => {
                rows.retain(Conversation::is_open);
                rows.sort_by_key(|row| {
                    (-row.priority, row.waiting_since.unwrap_or(row.created), row.id)
                });
            }
            Order::NewestFirst => {
                rows.sort_by_key(|row| std::cmp::Reverse((row.created, row.id)));
            }
        }
        let part = rows.into_iter().skip(page.offset() as usize);
        Ok(part.take(page.limit() as usize).collect())
    }

    async fn count_open(&mut self) -> Result<Vec<OpenCount>> {
        let mut counts = BTreeMap::new();
        for row in self.state.conversations.values().filter(|row| row.is_open()) {
            *counts.entry((row.state, row.queue.clone())).or_insert(0) += 1;
        }
        let count = |((state, queue), n_conversations)| OpenCount { state, queue, n_conversations };
        Ok(counts.into_iter().map(count).collect())
    }
}

fn open_of(state: &State, identity: IdentityId) -> Option<&Conversation> {
    let mut all = state.conversations.values();
    all.find(|row| row.identity == identity && row.is_open())
}

/// Finds a conversation that is open and has the epoch that was seen.
fn seen(state: &mut State, id: ConversationId, epoch: i64) -> Option<&mut Conversation> {
    let row = state.conversations.get(&id)?;
    if row.epoch == epoch && row.is_open() { state.conversations.get_mut(&id) } else { None }
}

fn fits(row: &Conversation, filter: &ConversationFilter) -> bool {
    let agent = match &row.owner {
        Owner::Agent(name) => Some(name),
        Owner::Bot | Owner::Queue(_) | Owner::Nobody => None,
    };
    filter.state.is_none_or(|state| row.state == state)
        && (filter.queue.is_none() || row.queue == filter.queue)
        && (filter.agent.is_none() || agent == filter.agent.as_ref())
        && filter.resident.is_none_or(|id| row.resident == id)
}
