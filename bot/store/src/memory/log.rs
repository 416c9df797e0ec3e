//! The log in memory.

use async_trait::async_trait;
use bot_core::id::ConversationId;

use super::MemoryTx;
use super::state::n_rows;
use crate::error::Result;
use crate::log::{Entry, Log, LogRow};

#[async_trait]
impl Log for MemoryTx {
    async fn append(&mut self, conversation: ConversationId, entry: &Entry) -> Result<i64> {
        let state = self.write()?;
        let mut all = state.log.range((conversation, 0)..=(conversation, i64::MAX));
        let n = all.next_back().map_or(1, |((_, last), _)| last + 1);
        drop(all);
        let entry = entry.clone();
        state.log.insert((conversation, n), LogRow { n, entry });
        Ok(n)
    }

    async fn list(
        &mut self,
        conversation: ConversationId,
        after: i64,
        limit: u32,
    ) -> Result<Vec<LogRow>> {
        let keys = (conversation, after.saturating_add(1))..=(conversation, i64::MAX);
        let rows = self.state.log.range(keys).take(n_rows(limit));
        Ok(rows.map(|(_, row)| row.clone()).collect())
    }

    async fn latest_said(
        &mut self,
        conversation: ConversationId,
        limit: u32,
    ) -> Result<Vec<LogRow>> {
        let keys = (conversation, 0)..=(conversation, i64::MAX);
        let said = self.state.log.range(keys).filter(|(_, row)| row.entry.seq.is_some());
        Ok(said.rev().take(n_rows(limit)).map(|(_, row)| row.clone()).collect())
    }
}
