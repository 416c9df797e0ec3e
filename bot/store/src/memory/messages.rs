//! Messages in memory.

use async_trait::async_trait;
use bot_core::id::ConversationId;
use bot_core::message::Author;

use super::MemoryTx;
use super::state::n_rows;
use crate::error::Result;
use crate::messages::{Appended, Message, Messages, NewMessage};
use crate::store::Swap;

#[async_trait]
impl Messages for MemoryTx {
    async fn append(&mut self, message: &NewMessage) -> Result<Appended> {
        let state = self.write()?;
        let id = message.conversation;
        if message.key.is_some() {
            let mut all = state.messages.range((id, 0)..=(id, i64::MAX));
            if let Some((_, first)) = all.find(|(_, row)| row.new.key == message.key) {
                return Ok(Appended::Repeat(first.seq));
            }
        }
        let Some(conversation) = state.conversations.get_mut(&id) else {
            return Ok(Appended::Stale);
        };
        if message.epoch.is_some_and(|epoch| epoch != conversation.epoch) {
            return Ok(Appended::Stale);
        }
        conversation.last_seq += 1;
        conversation.updated = message.at;
        let seq = conversation.last_seq;
        let row = Message { seq, new: message.clone() };
        state.messages.insert((id, seq), row);
        Ok(Appended::Fresh(seq))
    }

    async fn list_after(
        &mut self,
        conversation: ConversationId,
        seq: i64,
        limit: u32,
    ) -> Result<Vec<Message>> {
        let keys = (conversation, seq.saturating_add(1))..=(conversation, i64::MAX);
        let rows = self.state.messages.range(keys).take(n_rows(limit));
        Ok(rows.map(|(_, row)| row.clone()).collect())
    }

    async fn last(&mut self, conversation: ConversationId, limit: u32) -> Result<Vec<Message>> {
        let keys = (conversation, 0)..=(conversation, i64::MAX);
        let rows = self.state.messages.range(keys).rev().take(n_rows(limit));
        let mut rows: Vec<_> = rows.map(|(_, row)| row.clone()).collect();
        rows.reverse();
        Ok(rows)
    }

    async fn unseen(&mut self, conversation: ConversationId, limit: u32) -> Result<Vec<Message>> {
        let Some(row) = self.state.conversations.get(&conversation) else {
            return Ok(Vec::new());
        };
        let keys = (conversation, row.seen_seq + 1)..=(conversation, i64::MAX);
        let rows = self.state.messages.range(keys);
        let theirs = rows.filter(|(_, row)| row.new.author == Author::Resident);
        Ok(theirs.take(n_rows(limit)).map(|(_, row)| row.clone()).collect())
    }

    async fn mark_seen(&mut self, conversation: ConversationId, seq: i64) -> Result<Swap> {
        let Some(row) = self.write()?.conversations.get_mut(&conversation) else {
            return Ok(Swap::Stale);
        };
        if row.seen_seq > seq || row.last_seq < seq {
            return Ok(Swap::Stale);
        }
        row.seen_seq = seq;
        Ok(Swap::Done)
    }

    async fn mark_sent(
        &mut self,
        conversation: ConversationId,
        seq: i64,
        provider_id: &str,
    ) -> Result<Swap> {
        let Some(row) = self.write()?.messages.get_mut(&(conversation, seq)) else {
            return Ok(Swap::Stale);
        };
        row.new.provider_id = Some(provider_id.to_owned());
        Ok(Swap::Done)
    }
}
