//! What has happened to the cases, in memory.

use async_trait::async_trait;
use bot_core::id::CaseId;
use bot_core::time::UnixMs;

use super::MemoryTx;
use super::state::{State, n_rows};
use crate::error::Result;
use crate::page::Page;
use crate::updates::{CaseUpdate, NewUpdate, Noted, Updates};

#[async_trait]
impl Updates for MemoryTx {
    async fn add(&mut self, update: &NewUpdate) -> Result<Noted> {
        let state = self.write()?;
        if knows_source(state, update.source.as_deref()) {
            return Ok(Noted::Repeat);
        }
        if let Some(case) = state.cases.get_mut(&update.case)
            && update.kind.is_public()
        {
            case.updated = case.updated.max(update.at);
        }
        Ok(Noted::Fresh(push(state, update.clone())))
    }

    async fn list(&mut self, case: CaseId, after: i64, limit: u32) -> Result<Vec<CaseUpdate>> {
        let rows = self.state.updates.range(after.saturating_add(1)..);
        let theirs = rows.map(|(_, row)| row).filter(|row| row.new.case == case);
        Ok(theirs.take(n_rows(limit)).cloned().collect())
    }

    async fn between(
        &mut self,
        since: UnixMs,
        until: UnixMs,
        page: Page,
    ) -> Result<Vec<CaseUpdate>> {
        let rows = self.state.updates.values();
        let mut rows: Vec<_> =
            rows.filter(|row| (since..until).contains(&row.new.at)).cloned().collect();
        rows.sort_by_key(|row| (row.new.at, row.seq));
        let part = rows.into_iter().skip(page.offset() as usize);
        Ok(part.take(page.limit() as usize).collect())
    }
}

/// Tells whether an outside system's update is known.
pub(super) fn knows_source(state: &State, source: Option<&str>) -> bool {
    let mut rows = state.updates.values();
    source.is_some() && rows.any(|row| row.new.source.as_deref() == source)
}

/// Adds an update and gives its number.
pub(super) fn push(state: &mut State, new: NewUpdate) -> i64 {
    let seq = state.updates.next_key();
    state.updates.insert(seq, CaseUpdate { seq, new });
    seq
}
