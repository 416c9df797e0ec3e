//! Files in memory.

use async_trait::async_trait;
use bot_core::id::{AttachmentId, ConversationId};

use super::MemoryTx;
use super::state::{StoredFile, n_rows};
use crate::attachments::{AttachmentRow, Attachments, NewAttachment};
use crate::error::{Error, Result};
use crate::store::Swap;

#[async_trait]
impl Attachments for MemoryTx {
    async fn insert(&mut self, attachment: &NewAttachment) -> Result<AttachmentRow> {
        let row = AttachmentRow::measure(attachment)?;
        let state = self.write()?;
        if state.files.contains(&row.id) {
            return Err(Error::Conflict("a second file with one id".to_owned()));
        }
        let file = StoredFile { row: row.clone(), bytes: attachment.bytes.as_slice().into() };
        state.files.insert(row.id, file);
        Ok(row)
    }

    async fn get(&mut self, id: AttachmentId) -> Result<Option<AttachmentRow>> {
        Ok(self.state.files.get(&id).map(|file| file.row.clone()))
    }

    async fn bytes(&mut self, id: AttachmentId) -> Result<Option<Vec<u8>>> {
        Ok(self.state.files.get(&id).map(|file| file.bytes.to_vec()))
    }

    async fn bind(&mut self, id: AttachmentId, conversation: ConversationId) -> Result<Swap> {
        let Some(file) = self.write()?.files.get_mut(&id) else {
            return Ok(Swap::Stale);
        };
        if file.row.conversation.is_some_and(|owner| owner != conversation) {
            return Ok(Swap::Stale);
        }
        file.row.conversation = Some(conversation);
        Ok(Swap::Done)
    }

    async fn list(
        &mut self,
        conversation: ConversationId,
        limit: u32,
    ) -> Result<Vec<AttachmentRow>> {
        let rows = self.state.files.values().map(|file| &file.row);
        let theirs = rows.filter(|row| row.conversation == Some(conversation));
        let mut theirs: Vec<_> = theirs.cloned().collect();
        theirs.sort_by_key(|row| (row.at, row.id));
        theirs.truncate(n_rows(limit));
        Ok(theirs)
    }
}
