//! Messages left for people.

use async_trait::async_trait;
use bot_core::id::{CallbackId, ConversationId};
use bot_core::time::UnixMs;
use bot_store::callbacks::{Callback, Callbacks, NewCallback};
use bot_store::redact::Redactor;
use bot_store::store::{Novelty, Swap};
use bot_store::{Page, Result};

use super::redaction::Rows;
use crate::dialect::Dialect;
use crate::row::{Columns, Read};
use crate::statement::{args, statements};
use crate::tx::SqlTx;

statements! {
    ADD = "
        INSERT INTO callback (
            id, conversation, queue, lang, message, contact, once_key, at_ms
        )
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
        ON CONFLICT (once_key) DO NOTHING
    ";
    WAITING = "
        SELECT id, conversation, queue, lang, message, contact, once_key, at_ms, answered_ms
        FROM callback
        WHERE answered_ms IS NULL
        AND (CAST($1 AS TEXT) IS NULL OR queue = $1)
        ORDER BY at_ms, id
        LIMIT $2
        OFFSET $3
    ";
    ANSWER = "
        UPDATE callback
        SET answered_ms = $2
        WHERE id = $1
        AND answered_ms IS NULL
    ";
    OF_CONVERSATION = "
        SELECT id, conversation, queue, lang, message, contact, once_key, at_ms, answered_ms
        FROM callback
        WHERE conversation = $1
        ORDER BY at_ms, id
        LIMIT $2
        OFFSET $3
    ";
    HIDE = "
        UPDATE callback
        SET message = $2,
            contact = $3
        WHERE id = $1
    ";
}

#[async_trait]
impl<D: Dialect> Callbacks for SqlTx<D> {
    async fn add(&mut self, callback: &NewCallback) -> Result<Novelty> {
        let args = args![
            callback.id.0,
            callback.conversation.0,
            &callback.queue,
            callback.lang.code(),
            &callback.message,
            &callback.contact,
            &callback.once,
            callback.at
        ];
        Ok(Novelty::from_rows(self.write(ADD, args).await?))
    }

    async fn waiting(&mut self, queue: Option<&str>, page: Page) -> Result<Vec<Callback>> {
        self.list("callback", WAITING, args![queue, page.limit(), page.offset()], read).await
    }

    async fn answer(&mut self, id: CallbackId, at: UnixMs) -> Result<Swap> {
        Ok(Swap::from_rows(self.write(ANSWER, args![id.0, at]).await?))
    }
}

impl<D: Dialect> SqlTx<D> {
    /// Hides a text in what a conversation left for people; gives the number of rows changed.
    pub(super) async fn hide_callbacks(
        &mut self,
        id: ConversationId,
        redactor: &Redactor,
    ) -> Result<u64> {
        let rows = Rows {
            table: "callback",
            list: OF_CONVERSATION,
            hide: HIDE,
            read,
            redact: |row, redactor| row.new.redact(redactor),
            args: |row| {
                vec![row.new.id.0.into(), (&row.new.message).into(), (&row.new.contact).into()]
            },
        };
        self.hide_rows(id, redactor, &rows).await
    }
}

fn read(row: &impl Columns) -> Read<Callback> {
    let new = NewCallback {
        id: CallbackId(row.id("id")?),
        conversation: ConversationId(row.id("conversation")?),
        queue: row.text("queue")?,
        lang: row.text("lang")?.parse()?,
        message: row.text("message")?,
        contact: row.maybe_text("contact")?,
        once: row.maybe_text("once_key")?,
        at: UnixMs(row.int("at_ms")?),
    };
    Ok(Callback { new, answered: row.maybe_int("answered_ms")?.map(UnixMs) })
}
