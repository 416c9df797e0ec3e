//! The log of a conversation.

use async_trait::async_trait;
use bot_core::id::ConversationId;
use bot_core::time::UnixMs;
use bot_store::log::{Entry, Log, LogRow};
use bot_store::page::clamp;
use bot_store::{Error, Result};

use crate::dialect::Dialect;
use crate::row::{Columns, Read};
use crate::statement::{args, statements};
use crate::tx::SqlTx;

statements! {
    APPEND = "
        INSERT INTO log (conversation, n, event, effects, notes, revision, seq, at_ms)
        SELECT $1, COALESCE(MAX(n), 0) + 1, $2, $3, $4,
            CAST($5 AS BIGINT), CAST($6 AS BIGINT), CAST($7 AS BIGINT)
        FROM log
        WHERE conversation = $1
        RETURNING n
    ";
    LIST = "
        SELECT n, event, effects, notes, revision, seq, at_ms
        FROM log
        WHERE conversation = $1
        AND n > $2
        ORDER BY n
        LIMIT $3
    ";
    LATEST_SAID = "
        SELECT n, event, effects, notes, revision, seq, at_ms
        FROM log
        WHERE conversation = $1
        AND seq IS NOT NULL
        ORDER BY n DESC
        LIMIT $2
    ";
}

#[async_trait]
impl<D: Dialect> Log for SqlTx<D> {
    async fn append(&mut self, conversation: ConversationId, entry: &Entry) -> Result<i64> {
        let args = args![
            conversation.0,
            &entry.event,
            &entry.effects,
            &entry.notes,
            entry.revision,
            entry.seq,
            entry.at
        ];
        let n = self.write_one("log", APPEND, args, |row| row.int("n"));
        n.await?.ok_or_else(|| Error::row("log", "a new entry has no number"))
    }

    async fn list(
        &mut self,
        conversation: ConversationId,
        after: i64,
        limit: u32,
    ) -> Result<Vec<LogRow>> {
        let args = args![conversation.0, after, clamp(limit)];
        self.list("log", LIST, args, read).await
    }

    async fn latest_said(
        &mut self,
        conversation: ConversationId,
        limit: u32,
    ) -> Result<Vec<LogRow>> {
        self.list("log", LATEST_SAID, args![conversation.0, clamp(limit)], read).await
    }
}

fn read(row: &impl Columns) -> Read<LogRow> {
    let entry = Entry {
        event: row.text("event")?,
        effects: row.text("effects")?,
        notes: row.text("notes")?,
        revision: row.int("revision")?,
        seq: row.maybe_int("seq")?,
        at: UnixMs(row.int("at_ms")?),
    };
    Ok(LogRow { n: row.int("n")?, entry })
}
