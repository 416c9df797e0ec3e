//! Answers to providers' requests in memory.

use async_trait::async_trait;

use super::MemoryTx;
use crate::error::Result;
use crate::hooks::{HookAnswer, Hooks};
use crate::store::Novelty;

#[async_trait]
impl Hooks for MemoryTx {
    async fn find(&mut self, key: &str) -> Result<Option<HookAnswer>> {
        Ok(self.state.hooks.get(&key.to_owned()).cloned())
    }

    async fn keep(&mut self, answer: &HookAnswer) -> Result<Novelty> {
        let hooks = &mut self.write()?.hooks;
        answer.check()?;
        if hooks.contains(&answer.key) {
            return Ok(Novelty::Repeat);
        }
        hooks.insert(answer.key.clone(), answer.clone());
        Ok(Novelty::Fresh)
    }
}
