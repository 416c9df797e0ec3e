//! Telephone calls in memory.

use async_trait::async_trait;
use bot_core::id::{CallId, ConversationId};
use bot_core::time::UnixMs;

use super::MemoryTx;
use super::state::part;
use crate::calls::{
    Call, CallChange, Calls, Ending, MAX_CALL_STATE_BYTES, MAX_OUTCOME_BYTES, NewCall,
};
use crate::error::{Error, Result};
use crate::page::Page;
use crate::store::{Novelty, Swap};

fn is_named(row: &Call, dialect: &str, provider_id: &str) -> bool {
    row.new.dialect == dialect && row.new.provider_id == provider_id
}

impl MemoryTx {
    /// Lists the calls that fit, the oldest first.
    fn calls_where(&self, page: Page, fits: impl Fn(&Call) -> bool) -> Vec<Call> {
        let rows = self.state.calls.values().filter(|row| fits(row));
        let mut rows: Vec<_> = rows.cloned().collect();
        rows.sort_by_key(|row| (row.new.begun, row.new.id));
        part(rows, page)
    }
}

#[async_trait]
impl Calls for MemoryTx {
    async fn insert(&mut self, call: &NewCall) -> Result<Novelty> {
        let calls = &mut self.write()?.calls;
        call.check()?;
        if calls.values().any(|row| is_named(row, &call.dialect, &call.provider_id)) {
            return Ok(Novelty::Repeat);
        }
        calls.insert(call.id, Call { new: call.clone(), revision: 1, ending: None });
        Ok(Novelty::Fresh)
    }

    async fn find(&mut self, dialect: &str, provider_id: &str) -> Result<Option<Call>> {
        let mut rows = self.state.calls.values();
        Ok(rows.find(|row| is_named(row, dialect, provider_id)).cloned())
    }

    async fn get(&mut self, id: CallId) -> Result<Option<Call>> {
        Ok(self.state.calls.get(&id).cloned())
    }

    async fn save(&mut self, id: CallId, seen_revision: i64, change: &CallChange) -> Result<Swap> {
        let state = self.write()?;
        Error::check_size(change.state.len(), MAX_CALL_STATE_BYTES)?;
        let row = state.calls.get_mut(&id).filter(|row| row.revision == seen_revision);
        let Some(row) = row else { return Ok(Swap::Stale) };
        row.revision += 1;
        row.new.conversation = change.conversation;
        row.new.lang = change.lang;
        row.new.state.clone_from(&change.state);
        Ok(Swap::Done)
    }

    async fn end(
        &mut self,
        id: CallId,
        outcome: &str,
        seconds: Option<i64>,
        at: UnixMs,
    ) -> Result<Swap> {
        let state = self.write()?;
        Error::check_size(outcome.len(), MAX_OUTCOME_BYTES)?;
        let row = state.calls.get_mut(&id).filter(|row| row.ending.is_none());
        let Some(row) = row else { return Ok(Swap::Stale) };
        row.ending = Some(Ending { outcome: outcome.to_owned(), seconds, at });
        Ok(Swap::Done)
    }

    async fn running(&mut self, since: UnixMs, page: Page) -> Result<Vec<Call>> {
        Ok(self.calls_where(page, |row| row.ending.is_none() && row.new.begun >= since))
    }

    async fn of_conversation(
        &mut self,
        conversation: ConversationId,
        page: Page,
    ) -> Result<Vec<Call>> {
        Ok(self.calls_where(page, |row| row.new.conversation == Some(conversation)))
    }
}
