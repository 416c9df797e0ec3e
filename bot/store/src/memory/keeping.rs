//! City packages and secrets in memory.

use async_trait::async_trait;
use bot_core::time::UnixMs;
use std::collections::BTreeSet;

use super::MemoryTx;
use crate::error::{Error, Result};
use crate::releases::{MAX_RELEASE_BYTES, Releases};
use crate::secrets::{MAX_SECRET_BYTES, Secrets};
use crate::store::Novelty;

#[async_trait]
impl Releases for MemoryTx {
    async fn keep(&mut self, hash: &str, body: &str, _at: UnixMs) -> Result<Novelty> {
        let state = self.write()?;
        Error::check_size(body.len(), MAX_RELEASE_BYTES)?;
        if state.releases.contains(&hash.to_owned()) {
            return Ok(Novelty::Repeat);
        }
        state.releases.insert(hash.to_owned(), body.to_owned());
        Ok(Novelty::Fresh)
    }

    async fn get(&mut self, hash: &str) -> Result<Option<String>> {
        Ok(self.state.releases.get(&hash.to_owned()).cloned())
    }

    async fn in_use(&mut self) -> Result<Vec<String>> {
        let open = self.state.conversations.values().filter(|row| row.is_open());
        let hashes: BTreeSet<_> = open.map(|row| row.release.clone()).collect();
        Ok(hashes.into_iter().collect())
    }
}

#[async_trait]
impl Secrets for MemoryTx {
    async fn get_or_insert(&mut self, name: &str, fresh: &[u8]) -> Result<Vec<u8>> {
        let state = self.write()?;
        Error::check_size(fresh.len(), MAX_SECRET_BYTES)?;
        let name = name.to_owned();
        if let Some(secret) = state.secrets.get(&name) {
            return Ok(secret.clone());
        }
        state.secrets.insert(name, fresh.to_vec());
        Ok(fresh.to_vec())
    }
}
