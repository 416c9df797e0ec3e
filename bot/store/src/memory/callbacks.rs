//! Messages left for people, in memory.

use async_trait::async_trait;
use bot_core::id::CallbackId;
use bot_core::time::UnixMs;

use super::MemoryTx;
use super::state::n_rows;
use crate::callbacks::{Callback, Callbacks, NewCallback};
use crate::error::Result;
use crate::page::Page;
use crate::store::{Novelty, Swap};

#[async_trait]
impl Callbacks for MemoryTx {
    async fn add(&mut self, callback: &NewCallback) -> Result<Novelty> {
        let callbacks = &mut self.write()?.callbacks;
        let is_known = |row: &Callback| row.new.once == callback.once;
        if callback.once.is_some() && callbacks.values().any(is_known) {
            return Ok(Novelty::Repeat);
        }
        callbacks.insert(callback.id, Callback { new: callback.clone(), answered: None });
        Ok(Novelty::Fresh)
    }

    async fn waiting(&mut self, queue: Option<&str>, page: Page) -> Result<Vec<Callback>> {
        let is_wanted = |row: &&Callback| {
            row.answered.is_none() && queue.is_none_or(|queue| row.new.queue == queue)
        };
        let mut rows: Vec<_> = self.state.callbacks.values().filter(is_wanted).cloned().collect();
        rows.sort_by_key(|row| (row.new.at, row.new.id));
        Ok(rows.into_iter().skip(page.offset() as usize).take(n_rows(page.limit())).collect())
    }

    async fn answer(&mut self, id: CallbackId, at: UnixMs) -> Result<Swap> {
        let row = self.write()?.callbacks.get_mut(&id);
        let Some(row) = row.filter(|row| row.answered.is_none()) else { return Ok(Swap::Stale) };
        row.answered = Some(at);
        Ok(Swap::Done)
    }
}
