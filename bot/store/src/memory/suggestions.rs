//! Suggestions in memory.

use async_trait::async_trait;
use bot_core::id::SuggestionId;
use bot_core::time::UnixMs;

use super::MemoryTx;
use super::state::n_rows;
use crate::error::Result;
use crate::page::Page;
use crate::store::{Novelty, Swap};
use crate::suggestions::{Decision, Filter, NewSuggestion, State, Suggestion, Suggestions};

fn fits(filter: Filter, row: &Suggestion) -> bool {
    filter.state.is_none_or(|state| state == row.state())
        && filter.reason.is_none_or(|reason| reason == row.new.reason)
        && filter.lang.is_none_or(|lang| Some(lang) == row.new.lang)
}

/// Sorts rows, the last said first.
fn sort(rows: &mut [Suggestion]) {
    rows.sort_by_key(|row| std::cmp::Reverse((row.new.at, row.new.id)));
}

#[async_trait]
impl Suggestions for MemoryTx {
    async fn keep(&mut self, suggestion: &NewSuggestion, max_open: u32) -> Result<Novelty> {
        let rows = &mut self.write()?.suggestions;
        let key = |new: &NewSuggestion| (new.conversation, new.seq, new.reason);
        if rows.values().any(|row| key(&row.new) == key(suggestion)) {
            return Ok(Novelty::Repeat);
        }
        rows.insert(suggestion.id, Suggestion { new: suggestion.clone(), decision: None });
        let is_open = |row: &&Suggestion| row.state() == State::Open;
        let mut open: Vec<_> = rows.values().filter(is_open).cloned().collect();
        sort(&mut open);
        for row in open.iter().skip(max_open as usize) {
            rows.remove(&row.new.id);
        }
        Ok(Novelty::Fresh)
    }

    async fn get(&mut self, id: SuggestionId) -> Result<Option<Suggestion>> {
        Ok(self.state.suggestions.get(&id).cloned())
    }

    async fn list(&mut self, filter: Filter, page: Page) -> Result<Vec<Suggestion>> {
        let rows = self.state.suggestions.values().filter(|row| fits(filter, row));
        let mut rows: Vec<_> = rows.cloned().collect();
        sort(&mut rows);
        Ok(rows.into_iter().skip(page.offset() as usize).take(page.limit() as usize).collect())
    }

    async fn count(&mut self, filter: Filter) -> Result<u64> {
        Ok(self.state.suggestions.values().filter(|row| fits(filter, row)).count() as u64)
    }

    async fn decide(&mut self, id: SuggestionId, decision: &Decision) -> Result<Swap> {
        let row = self.write()?.suggestions.get_mut(&id);
        let Some(row) = row.filter(|row| row.decision.is_none()) else { return Ok(Swap::Stale) };
        row.decision = Some(decision.clone());
        Ok(Swap::Done)
    }

    async fn reopen(&mut self, id: SuggestionId) -> Result<Swap> {
        let row = self.write()?.suggestions.get_mut(&id);
        let taken = row.and_then(|row| row.decision.take());
        Ok(if taken.is_some() { Swap::Done } else { Swap::Stale })
    }

    async fn forget(&mut self, before: UnixMs, limit: u32) -> Result<u64> {
        let rows = &mut self.write()?.suggestions;
        let mut old = rows.keys_where(|row| row.new.at < before);
        old.truncate(n_rows(limit));
        for id in &old {
            rows.remove(id);
        }
        Ok(old.len() as u64)
    }
}
