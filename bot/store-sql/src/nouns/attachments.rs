//! Files that came with messages.

use async_trait::async_trait;
use bot_core::id::{AttachmentId, ConversationId};
use bot_core::time::UnixMs;
use bot_store::Result;
use bot_store::attachments::{
    AttachmentRow, Attachments, NewAttachment, kind_from_name, kind_name,
};
use bot_store::page::clamp;
use bot_store::store::Swap;

use crate::dialect::Dialect;
use crate::row::{Columns, Read, count, known};
use crate::statement::{args, statements};
use crate::tx::SqlTx;

statements! {
    INSERT = "
        INSERT INTO attachment (id, conversation, kind, media_type, sha256, n_bytes, at_ms, bytes)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
    ";
    GET = "
        SELECT id, conversation, kind, media_type, sha256, n_bytes, at_ms
        FROM attachment
        WHERE id = $1
    ";
    BYTES = "
        SELECT bytes
        FROM attachment
        WHERE id = $1
    ";
    BIND = "
        UPDATE attachment
        SET conversation = $2
        WHERE id = $1
        AND (conversation IS NULL OR conversation = $2)
    ";
    LIST = "
        SELECT id, conversation, kind, media_type, sha256, n_bytes, at_ms
        FROM attachment
        WHERE conversation = $1
        ORDER BY at_ms, id
        LIMIT $2
    ";
}

#[async_trait]
impl<D: Dialect> Attachments for SqlTx<D> {
    async fn insert(&mut self, attachment: &NewAttachment) -> Result<AttachmentRow> {
        let row = AttachmentRow::measure(attachment)?;
        let n_bytes = i64::try_from(row.n_bytes).unwrap_or(i64::MAX);
        let args = args![
            row.id.0,
            row.conversation.map(|id| id.0),
            kind_name(row.kind),
            &row.media_type,
            row.sha256.as_slice(),
            n_bytes,
            row.at,
            attachment.bytes.as_slice()
        ];
        self.write(INSERT, args).await?;
        Ok(row)
    }

    async fn get(&mut self, id: AttachmentId) -> Result<Option<AttachmentRow>> {
        self.find("attachment", GET, args![id.0], read).await
    }

    async fn bytes(&mut self, id: AttachmentId) -> Result<Option<Vec<u8>>> {
        let bytes = |row: &D::Row| row.bytes("bytes");
        self.find("attachment", BYTES, args![id.0], bytes).await
    }

    async fn bind(&mut self, id: AttachmentId, conversation: ConversationId) -> Result<Swap> {
        let n_rows = self.write(BIND, args![id.0, conversation.0]).await?;
        Ok(Swap::from_rows(n_rows))
    }

    async fn list(
        &mut self,
        conversation: ConversationId,
        limit: u32,
    ) -> Result<Vec<AttachmentRow>> {
        let args = args![conversation.0, clamp(limit)];
        self.list("attachment", LIST, args, read).await
    }
}

fn read(row: &impl Columns) -> Read<AttachmentRow> {
    let sha256 = row.bytes("sha256")?.try_into();
    Ok(AttachmentRow {
        id: AttachmentId(row.id("id")?),
        conversation: row.maybe_id("conversation")?.map(ConversationId),
        kind: known(kind_from_name(&row.text("kind")?), "kind")?,
        media_type: row.text("media_type")?,
        sha256: known(sha256.ok(), "sha256")?,
        n_bytes: count(row, "n_bytes")?,
        at: UnixMs(row.int("at_ms")?),
    })
}
