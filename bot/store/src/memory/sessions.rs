//! Sessions in memory.

use async_trait::async_trait;
use bot_core::id::ConversationId;
use bot_core::time::UnixMs;

use super::MemoryTx;
use crate::error::Result;
use crate::sessions::{Session, Sessions};
use crate::store::Swap;

#[async_trait]
impl Sessions for MemoryTx {
    async fn find(&mut self, conversation: ConversationId) -> Result<Option<Session>> {
        Ok(self.state.sessions.get(&conversation).cloned())
    }

    async fn save(
        &mut self,
        conversation: ConversationId,
        seen_revision: i64,
        body: &str,
        at: UnixMs,
    ) -> Result<Swap> {
        let state = self.write()?;
        let stored = state.sessions.get(&conversation);
        if stored.map_or(0, |session| session.revision) != seen_revision {
            return Ok(Swap::Stale);
        }
        let session = Session {
            conversation,
            revision: seen_revision + 1,
            body: body.to_owned(),
            updated: at,
        };
        state.sessions.insert(conversation, session);
        Ok(Swap::Done)
    }
}
