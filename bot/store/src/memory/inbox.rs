//! The inbox in memory.

use async_trait::async_trait;
use bot_core::channel::Channel;

use super::MemoryTx;
use crate::error::Result;
use crate::inbox::{Arrival, Inbox, InboxRow};

#[async_trait]
impl Inbox for MemoryTx {
    async fn insert(&mut self, row: &InboxRow) -> Result<Arrival> {
        let state = self.write()?;
        let key = (row.channel, row.provider_id.clone());
        if let Some(earlier) = state.inbox.get(&key) {
            return Ok(Arrival::Repeat { conversation: earlier.conversation, seq: earlier.seq });
        }
        state.inbox.insert(key, row.clone());
        Ok(Arrival::Fresh)
    }

    async fn find(&mut self, channel: Channel, provider_id: &str) -> Result<Option<InboxRow>> {
        let key = (channel, provider_id.to_owned());
        Ok(self.state.inbox.get(&key).cloned())
    }
}
