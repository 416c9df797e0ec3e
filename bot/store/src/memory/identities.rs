//! Residents and their addresses in memory.

use async_trait::async_trait;
use bot_core::channel::Channel;
use bot_core::id::{IdentityId, ResidentId};
use bot_core::lang::Language;

use super::MemoryTx;
use crate::error::Result;
use crate::identities::{Identities, Identity, Resident};
use crate::store::{Novelty, Swap};

#[async_trait]
impl Identities for MemoryTx {
    async fn upsert(&mut self, identity: &Identity) -> Result<(Identity, Novelty)> {
        let state = self.write()?;
        let key = (identity.channel, identity.address.clone());
        let known = state.addresses.get(&key);
        if let Some(known) = known.and_then(|id| state.identities.get(id)) {
            return Ok((known.clone(), Novelty::Repeat));
        }
        let resident = Resident { id: identity.resident, lang: None, created: identity.created };
        state.residents.insert(resident.id, resident);
        state.identities.insert(identity.id, identity.clone());
        state.addresses.insert(key, identity.id);
        Ok((identity.clone(), Novelty::Fresh))
    }

    async fn get(&mut self, id: IdentityId) -> Result<Option<Identity>> {
        Ok(self.state.identities.get(&id).cloned())
    }

    async fn find(&mut self, channel: Channel, address: &str) -> Result<Option<Identity>> {
        let id = self.state.addresses.get(&(channel, address.to_owned()));
        Ok(id.and_then(|id| self.state.identities.get(id)).cloned())
    }

    async fn resident(&mut self, id: ResidentId) -> Result<Option<Resident>> {
        Ok(self.state.residents.get(&id).cloned())
    }

    async fn set_lang(&mut self, id: ResidentId, lang: Language) -> Result<Swap> {
        let Some(resident) = self.write()?.residents.get_mut(&id) else {
            return Ok(Swap::Stale);
        };
        resident.lang = Some(lang);
        Ok(Swap::Done)
    }
}
