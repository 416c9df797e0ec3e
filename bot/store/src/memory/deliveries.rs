//! Messages on their way, in memory.

use async_trait::async_trait;
use bot_core::id::{ConversationId, DeliveryId};
use bot_core::time::UnixMs;

use super::MemoryTx;
use super::state::part;
use crate::deliveries::{Deliveries, Delivery, DeliveryState, NewDelivery};
use crate::error::{Error, Result};
use crate::jobs::clip;
use crate::page::Page;
use crate::receive::MAX_PROVIDER_ID_BYTES;
use crate::store::{Novelty, Swap};

impl MemoryTx {
    /// Brings a message further.
    fn deliver(
        &mut self,
        id: DeliveryId,
        state: DeliveryState,
        at: UnixMs,
        change: impl FnOnce(&mut Delivery),
    ) -> Result<Swap> {
        let row = self.write()?.deliveries.get_mut(&id);
        let Some(row) = row.filter(|row| row.state.may_become(state)) else {
            return Ok(Swap::Stale);
        };
        row.state = state;
        row.updated = at;
        change(row);
        Ok(Swap::Done)
    }

    fn delivery_named(&self, provider_id: &str) -> Option<&Delivery> {
        let mut rows = self.state.deliveries.values();
        rows.find(|row| row.provider_id.as_deref() == Some(provider_id))
    }
}

#[async_trait]
impl Deliveries for MemoryTx {
    async fn add(&mut self, delivery: &NewDelivery) -> Result<Novelty> {
        let deliveries = &mut self.write()?.deliveries;
        delivery.check()?;
        let key = |new: &NewDelivery| (new.conversation, new.seq);
        if deliveries.values().any(|row| key(&row.new) == key(delivery)) {
            return Ok(Novelty::Repeat);
        }
        let row = Delivery {
            new: delivery.clone(),
            state: DeliveryState::Waiting,
            provider_id: None,
            n_parts: None,
            error: None,
            updated: delivery.at,
        };
        deliveries.insert(delivery.id, row);
        Ok(Novelty::Fresh)
    }

    async fn get(&mut self, id: DeliveryId) -> Result<Option<Delivery>> {
        Ok(self.state.deliveries.get(&id).cloned())
    }

    async fn of_message(
        &mut self,
        conversation: ConversationId,
        seq: i64,
    ) -> Result<Option<Delivery>> {
        let mut rows = self.state.deliveries.values();
        let place = (conversation, seq);
        Ok(rows.find(|row| (row.new.conversation, row.new.seq) == place).cloned())
    }

    async fn sent(
        &mut self,
        id: DeliveryId,
        provider_id: &str,
        n_parts: Option<u32>,
        at: UnixMs,
    ) -> Result<Swap> {
        self.write()?;
        Error::check_size(provider_id.len(), MAX_PROVIDER_ID_BYTES)?;
        let row = self.state.deliveries.get(&id);
        if !row.is_some_and(|row| row.state.may_become(DeliveryState::Sent)) {
            return Ok(Swap::Stale);
        }
        if self.delivery_named(provider_id).is_some() {
            return Err(Error::Conflict("a second message with one provider's id".to_owned()));
        }
        self.deliver(id, DeliveryState::Sent, at, |row| {
            row.provider_id = Some(provider_id.to_owned());
            row.n_parts = n_parts;
        })
    }

    async fn news(
        &mut self,
        provider_id: &str,
        state: DeliveryState,
        error: Option<&str>,
        at: UnixMs,
    ) -> Result<Swap> {
        self.write()?;
        let Some(id) = self.delivery_named(provider_id).map(|row| row.new.id) else {
            return Ok(Swap::Stale);
        };
        self.deliver(id, state, at, |row| row.error = error.map(clip))
    }

    async fn fail(&mut self, id: DeliveryId, error: &str, at: UnixMs) -> Result<Swap> {
        self.deliver(id, DeliveryState::Failed, at, |row| row.error = Some(clip(error)))
    }

    async fn of_conversation(
        &mut self,
        conversation: ConversationId,
        page: Page,
    ) -> Result<Vec<Delivery>> {
        let rows = self.state.deliveries.values();
        let theirs = rows.filter(|row| row.new.conversation == conversation);
        let mut theirs: Vec<_> = theirs.cloned().collect();
        theirs.sort_by_key(|row| row.new.seq);
        Ok(part(theirs, page))
    }
}
