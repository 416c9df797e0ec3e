//! Addresses that asked for no more messages, in memory.

use async_trait::async_trait;
use bot_core::channel::Channel;
use bot_core::time::UnixMs;

use super::MemoryTx;
use crate::error::{Error, Result};
use crate::receive::MAX_ADDRESS_BYTES;
use crate::silences::Silences;
use crate::store::{Novelty, Swap};

#[async_trait]
impl Silences for MemoryTx {
    async fn add(&mut self, channel: Channel, address: &str, at: UnixMs) -> Result<Novelty> {
        let silences = &mut self.write()?.silences;
        Error::check_size(address.len(), MAX_ADDRESS_BYTES)?;
        let key = (channel, address.to_owned());
        if silences.contains(&key) {
            return Ok(Novelty::Repeat);
        }
        silences.insert(key, at);
        Ok(Novelty::Fresh)
    }

    async fn lift(&mut self, channel: Channel, address: &str) -> Result<Swap> {
        let silences = &mut self.write()?.silences;
        let key = (channel, address.to_owned());
        let was_silent = silences.contains(&key);
        silences.remove(&key);
        Ok(if was_silent { Swap::Done } else { Swap::Stale })
    }

    async fn is_silent(&mut self, channel: Channel, address: &str) -> Result<bool> {
        Ok(self.state.silences.contains(&(channel, address.to_owned())))
    }
}
