//! Every message as its provider handed it in, once.

use async_trait::async_trait;
use bot_core::channel::Channel;
use bot_core::id::ConversationId;
use bot_core::time::UnixMs;
use bot_store::Result;
use bot_store::inbox::{Arrival, Inbox, InboxRow};

use crate::dialect::Dialect;
use crate::row::{Columns, Read};
use crate::statement::{args, statements};
use crate::tx::SqlTx;

statements! {
    INSERT = "
        INSERT INTO inbox (channel, provider_id, conversation, seq, body, at_ms)
        VALUES ($1, $2, $3, $4, $5, $6)
        ON CONFLICT (channel, provider_id) DO NOTHING
    ";
    FIND = "
        SELECT channel, provider_id, conversation, seq, body, at_ms
        FROM inbox
        WHERE channel = $1
        AND provider_id = $2
    ";
}

#[async_trait]
impl<D: Dialect> Inbox for SqlTx<D> {
    async fn insert(&mut self, row: &InboxRow) -> Result<Arrival> {
        let args = args![
            row.channel.name(),
            &row.provider_id,
            row.conversation.0,
            row.seq,
            &row.body,
            row.at
        ];
        if self.write(INSERT, args).await? > 0 {
            return Ok(Arrival::Fresh);
        }
        let earlier = Inbox::find(self, row.channel, &row.provider_id).await?;
        Ok(earlier.map_or(Arrival::Fresh, |earlier| Arrival::Repeat {
            conversation: earlier.conversation,
            seq: earlier.seq,
        }))
    }

    async fn find(&mut self, channel: Channel, provider_id: &str) -> Result<Option<InboxRow>> {
        let args = args![channel.name(), provider_id];
        self.find("inbox", FIND, args, read).await
    }
}

fn read(row: &impl Columns) -> Read<InboxRow> {
    Ok(InboxRow {
        channel: row.text("channel")?.parse()?,
        provider_id: row.text("provider_id")?,
        conversation: ConversationId(row.id("conversation")?),
        seq: row.int("seq")?,
        body: row.text("body")?,
        at: UnixMs(row.int("at_ms")?),
    })
}
