//! Texts that are hidden after a time.

use async_trait::async_trait;
use bot_core::id::ConversationId;
use bot_core::time::UnixMs;
use bot_store::Result;
use bot_store::page::clamp;
use bot_store::private::{Private, PrivateText};
use bot_store::redact::Redactor;

use crate::dialect::Dialect;
use crate::row::{Columns, Read};
use crate::statement::{args, statements};
use crate::tx::SqlTx;

statements! {
    ADD = "
        INSERT INTO private_text (conversation, words, due_ms)
        VALUES ($1, $2, $3)
    ";
    DUE = "
        SELECT id, conversation, words, due_ms
        FROM private_text
        WHERE due_ms <= $1
        ORDER BY due_ms, id
        LIMIT $2
    ";
    FORGET = "
        DELETE FROM private_text
        WHERE id = $1
    ";
}

#[async_trait]
impl<D: Dialect> Private for SqlTx<D> {
    async fn add(&mut self, conversation: ConversationId, text: &str, due: UnixMs) -> Result<()> {
        self.write(ADD, args![conversation.0, text, due]).await?;
        Ok(())
    }

    async fn due(&mut self, now: UnixMs, limit: u32) -> Result<Vec<PrivateText>> {
        self.list("private_text", DUE, args![now, clamp(limit)], read).await
    }

    async fn redact(&mut self, conversation: ConversationId, text: &str) -> Result<u64> {
        self.check_writable()?;
        // Nobody adds to the conversation meanwhile.
        bot_store::conversations::Conversations::lock(self, conversation).await?;
        self.hide(conversation, &Redactor::new(text)).await
    }

    async fn forget(&mut self, id: i64) -> Result<()> {
        self.write(FORGET, args![id]).await?;
        Ok(())
    }
}

fn read(row: &impl Columns) -> Read<PrivateText> {
    Ok(PrivateText {
        id: row.int("id")?,
        conversation: ConversationId(row.id("conversation")?),
        text: row.text("words")?,
        due: UnixMs(row.int("due_ms")?),
    })
}
