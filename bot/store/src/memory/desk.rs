//! The desk's events in memory.

use async_trait::async_trait;

use super::MemoryTx;
use super::state::n_rows;
use crate::desk::{Desk, DeskEvent, NewDeskEvent};
use crate::error::Result;

#[async_trait]
impl Desk for MemoryTx {
    async fn append(&mut self, event: &NewDeskEvent) -> Result<i64> {
        let state = self.write()?;
        state.last_desk += 1;
        let id = state.last_desk;
        let event = event.clone();
        state.desk.insert(id, DeskEvent { id, event });
        Ok(id)
    }

    async fn list_after(&mut self, id: i64, limit: u32) -> Result<Vec<DeskEvent>> {
        let rows = self.state.desk.range(id.saturating_add(1)..);
        Ok(rows.take(n_rows(limit)).map(|(_, row)| row.clone()).collect())
    }

    async fn last_id(&mut self) -> Result<i64> {
        Ok(self.state.last_desk)
    }
}
