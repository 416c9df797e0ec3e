//! Timers in memory.

use async_trait::async_trait;
use bot_core::id::ConversationId;
use bot_core::time::UnixMs;

use super::MemoryTx;
use super::state::n_rows;
use crate::error::Result;
use crate::timers::{TimerRow, Timers};

#[async_trait]
impl Timers for MemoryTx {
    async fn set(&mut self, row: &TimerRow) -> Result<()> {
        self.write()?.timers.insert(row.conversation, row.clone());
        Ok(())
    }

    async fn clear(&mut self, conversation: ConversationId) -> Result<()> {
        self.write()?.timers.remove(&conversation);
        Ok(())
    }

    async fn find(&mut self, conversation: ConversationId) -> Result<Option<TimerRow>> {
        Ok(self.state.timers.get(&conversation).cloned())
    }

    async fn take_due(&mut self, now: UnixMs, limit: u32) -> Result<Vec<TimerRow>> {
        let state = self.write()?;
        let due = state.timers.values().filter(|row| row.at <= now);
        let mut due: Vec<_> = due.cloned().collect();
        due.sort_by_key(|row| (row.at, row.conversation));
        due.truncate(n_rows(limit));
        for row in &due {
            state.timers.remove(&row.conversation);
        }
        Ok(due)
    }
}
