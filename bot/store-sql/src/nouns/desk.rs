//! The events that the desk shows.

use async_trait::async_trait;
use bot_core::id::ConversationId;
use bot_core::time::UnixMs;
use bot_store::desk::{Desk, DeskEvent, DeskKind, NewDeskEvent};
use bot_store::page::clamp;
use bot_store::{Error, Result};

use crate::dialect::Dialect;
use crate::row::{Columns, Read, known};
use crate::statement::{args, statements};
use crate::tx::SqlTx;

statements! {
    APPEND = "
        INSERT INTO desk_event (conversation, kind, body, at_ms)
        VALUES ($1, $2, $3, $4)
        RETURNING id
    ";
    LIST = "
        SELECT id, conversation, kind, body, at_ms
        FROM desk_event
        WHERE id > $1
        ORDER BY id
        LIMIT $2
    ";
    LAST = "
        SELECT COALESCE(MAX(id), 0) AS id
        FROM desk_event
    ";
}

#[async_trait]
impl<D: Dialect> Desk for SqlTx<D> {
    async fn append(&mut self, event: &NewDeskEvent) -> Result<i64> {
        let args =
            args![event.conversation.map(|id| id.0), event.kind.name(), &event.body, event.at];
        let id = self.write_one("desk_event", APPEND, args, |row| row.int("id"));
        id.await?.ok_or_else(|| Error::row("desk_event", "a new event has no number"))
    }

    async fn list_after(&mut self, id: i64, limit: u32) -> Result<Vec<DeskEvent>> {
        self.list("desk_event", LIST, args![id, clamp(limit)], read).await
    }

    async fn last_id(&mut self) -> Result<i64> {
        let id = self.find("desk_event", LAST, &[], |row| row.int("id"));
        Ok(id.await?.unwrap_or(0))
    }
}

fn read(row: &impl Columns) -> Read<DeskEvent> {
    let event = NewDeskEvent {
        conversation: row.maybe_id("conversation")?.map(ConversationId),
        kind: known(DeskKind::from_name(&row.text("kind")?), "kind")?,
        body: row.text("body")?,
        at: UnixMs(row.int("at_ms")?),
    };
    Ok(DeskEvent { id: row.int("id")?, event })
}
