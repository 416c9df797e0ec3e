//! Who has to do with a case, in memory.

use async_trait::async_trait;
use bot_core::id::CaseId;

use super::MemoryTx;
use crate::error::Result;
use crate::parties::{Parties, Party};
use crate::store::Novelty;

#[async_trait]
impl Parties for MemoryTx {
    async fn add(&mut self, party: &Party) -> Result<Novelty> {
        let parties = &mut self.write()?.parties;
        let key = |row: &Party| (row.case, row.role, row.contact.clone());
        let is_known =
            party.contact.is_some() && parties.values().any(|row| key(row) == key(party));
        if is_known {
            return Ok(Novelty::Repeat);
        }
        parties.insert(parties.next_key(), party.clone());
        Ok(Novelty::Fresh)
    }

    async fn list(&mut self, case: CaseId) -> Result<Vec<Party>> {
        let all = self.state.parties.values();
        Ok(all.filter(|row| row.case == case).cloned().collect())
    }

    async fn set_notify(&mut self, case: CaseId, contact: &str, notify: bool) -> Result<u64> {
        let parties = &mut self.write()?.parties;
        let theirs =
            parties.keys_where(|row| row.case == case && row.contact.as_deref() == Some(contact));
        for key in &theirs {
            if let Some(party) = parties.get_mut(key) {
                party.notify = notify;
            }
        }
        Ok(theirs.len() as u64)
    }
}
