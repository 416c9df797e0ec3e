//! The messages of a conversation.

use async_trait::async_trait;
use bot_core::id::ConversationId;
use bot_core::message::Content;
use bot_core::slot::SlotKind;
use bot_core::time::UnixMs;
use bot_store::Result;
use bot_store::messages::{Appended, Message, Messages, NewMessage};
use bot_store::page::clamp;
use bot_store::store::Swap;
use serde_json::to_string as to_json;

use crate::dialect::Dialect;
use crate::row::{Columns, Read, unwritable};
use crate::statement::{args, statements};
use crate::tx::SqlTx;

macro_rules! message_columns {
    () => {
        "conversation, seq, author, agent, lang, content, choices, wants, epoch, once_key,
        provider_id, at_ms"
    };
}
pub(super) use message_columns;

statements! {
    /// Takes the next place, if the author may still speak and has not said this before. Whoever
    /// comes next waits until this transaction ends.
    TAKE_PLACE = "
        UPDATE conversation
        SET last_seq = last_seq + 1,
            updated_ms = $3
        WHERE id = $1
        AND (CAST($2 AS BIGINT) IS NULL OR epoch = $2)
        AND NOT EXISTS (
            SELECT 1
            FROM message
            WHERE conversation = $1
            AND once_key = $4
        )
        RETURNING last_seq
    ";
    INSERT = concat!("INSERT INTO message (", message_columns!(), ")
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
    ");
    FIND_ONCE = "
        SELECT seq
        FROM message
        WHERE conversation = $1
        AND once_key = $2
    ";
    LIST_AFTER = concat!("SELECT ", message_columns!(), "
        FROM message
        WHERE conversation = $1
        AND seq > $2
        ORDER BY seq
        LIMIT $3
    ");
    LAST = concat!("SELECT ", message_columns!(), "
        FROM message
        WHERE conversation = $1
        ORDER BY seq DESC
        LIMIT $2
    ");
    UNSEEN = concat!("SELECT ", message_columns!(), "
        FROM message
        WHERE conversation = $1
        AND seq > (
            SELECT seen_seq
            FROM conversation
            WHERE id = $1
        )
        AND author = 'resident'
        ORDER BY seq
        LIMIT $2
    ");
    MARK_SEEN = "
        UPDATE conversation
        SET seen_seq = $2
        WHERE id = $1
        AND seen_seq <= $2
        AND last_seq >= $2
    ";
    MARK_SENT = "
        UPDATE message
        SET provider_id = $3
        WHERE conversation = $1
        AND seq = $2
    ";
}

#[async_trait]
impl<D: Dialect> Messages for SqlTx<D> {
    async fn append(&mut self, message: &NewMessage) -> Result<Appended> {
        let id = message.conversation.0;
        let key = message.key.as_deref();
        let args = args![id, message.epoch, message.at, key];
        let place = self.write_one("conversation", TAKE_PLACE, args, |row| row.int("last_seq"));
        let Some(seq) = place.await? else {
            let find = args![id, key];
            let first = self.find("message", FIND_ONCE, find, |row| row.int("seq"));
            return Ok(first.await?.map_or(Appended::Stale, Appended::Repeat));
        };
        let content = to_json(&message.content).map_err(unwritable)?;
        let choices = to_json(&message.choices).map_err(unwritable)?;
        let args = args![
            id,
            seq,
            message.author.name(),
            &message.agent,
            message.lang.code(),
            &content,
            &choices,
            message.wants.map(SlotKind::name),
            message.epoch,
            key,
            &message.provider_id,
            message.at
        ];
        self.write(INSERT, args).await?;
        Ok(Appended::Fresh(seq))
    }

    async fn list_after(
        &mut self,
        conversation: ConversationId,
        seq: i64,
        limit: u32,
    ) -> Result<Vec<Message>> {
        let args = args![conversation.0, seq, clamp(limit)];
        self.list("message", LIST_AFTER, args, read).await
    }

    async fn last(&mut self, conversation: ConversationId, limit: u32) -> Result<Vec<Message>> {
        let args = args![conversation.0, clamp(limit)];
        let mut rows = self.list("message", LAST, args, read).await?;
        rows.reverse();
        Ok(rows)
    }

    async fn unseen(&mut self, conversation: ConversationId, limit: u32) -> Result<Vec<Message>> {
        let args = args![conversation.0, clamp(limit)];
        self.list("message", UNSEEN, args, read).await
    }

    async fn mark_seen(&mut self, conversation: ConversationId, seq: i64) -> Result<Swap> {
        let n_rows = self.write(MARK_SEEN, args![conversation.0, seq]).await?;
        Ok(Swap::from_rows(n_rows))
    }

    async fn mark_sent(
        &mut self,
        conversation: ConversationId,
        seq: i64,
        provider_id: &str,
    ) -> Result<Swap> {
        let args = args![conversation.0, seq, provider_id];
        Ok(Swap::from_rows(self.write(MARK_SENT, args).await?))
    }
}

/// Reads a message.
pub(super) fn read(row: &impl Columns) -> Read<Message> {
    let content: Content = serde_json::from_str(&row.text("content")?)?;
    let new = NewMessage {
        conversation: ConversationId(row.id("conversation")?),
        author: row.text("author")?.parse()?,
        agent: row.maybe_text("agent")?,
        lang: row.text("lang")?.parse()?,
        content,
        choices: serde_json::from_str(&row.text("choices")?)?,
        // A sort of answer that this program does not know is no reason to lose a message.
        wants: row.maybe_text("wants")?.as_deref().and_then(SlotKind::from_name),
        epoch: row.maybe_int("epoch")?,
        key: row.maybe_text("once_key")?,
        provider_id: row.maybe_text("provider_id")?,
        at: UnixMs(row.int("at_ms")?),
    };
    Ok(Message { seq: row.int("seq")?, new })
}
