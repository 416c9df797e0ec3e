//! The engine's session of each conversation.

use async_trait::async_trait;
use bot_core::id::ConversationId;
use bot_core::time::UnixMs;
use bot_store::Result;
use bot_store::sessions::{Session, Sessions};
use bot_store::store::Swap;

use crate::dialect::Dialect;
use crate::row::{Columns, Read};
use crate::statement::{args, statements};
use crate::tx::SqlTx;

statements! {
    FIND = "
        SELECT conversation, revision, body, updated_ms
        FROM session
        WHERE conversation = $1
    ";
    INSERT = "
        INSERT INTO session (conversation, revision, body, updated_ms)
        VALUES ($1, 1, $2, $3)
        ON CONFLICT (conversation) DO NOTHING
    ";
    UPDATE = "
        UPDATE session
        SET revision = revision + 1,
            body = $3,
            updated_ms = $4
        WHERE conversation = $1
        AND revision = $2
    ";
}

#[async_trait]
impl<D: Dialect> Sessions for SqlTx<D> {
    async fn find(&mut self, conversation: ConversationId) -> Result<Option<Session>> {
        self.find("session", FIND, args![conversation.0], read).await
    }

    async fn save(
        &mut self,
        conversation: ConversationId,
        seen_revision: i64,
        body: &str,
        at: UnixMs,
    ) -> Result<Swap> {
        let n_rows = if seen_revision == 0 {
            self.write(INSERT, args![conversation.0, body, at]).await?
        } else {
            let args = args![conversation.0, seen_revision, body, at];
            self.write(UPDATE, args).await?
        };
        Ok(Swap::from_rows(n_rows))
    }
}

fn read(row: &impl Columns) -> Read<Session> {
    Ok(Session {
        conversation: ConversationId(row.id("conversation")?),
        revision: row.int("revision")?,
        body: row.text("body")?,
        updated: UnixMs(row.int("updated_ms")?),
    })
}
