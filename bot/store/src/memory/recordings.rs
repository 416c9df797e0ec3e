//! Recordings in memory.

use async_trait::async_trait;
use bot_core::case_number::CaseNumber;
use bot_core::id::{AttachmentId, ConversationId, RecordingId};
use bot_core::time::UnixMs;

use super::MemoryTx;
use super::state::part;
use crate::error::Result;
use crate::jobs::clip;
use crate::page::Page;
use crate::recordings::{
    NewRecording, Recording, RecordingFilter, RecordingState, Recordings, Review, Transcribed,
};
use crate::store::{Novelty, Swap};

fn is_named(row: &Recording, dialect: &str, provider_id: &str) -> bool {
    row.new.dialect == dialect && row.new.provider_id == provider_id
}

impl MemoryTx {
    /// Changes a recording that fits.
    fn change_recording(
        &mut self,
        id: RecordingId,
        fits: impl Fn(&Recording) -> bool,
        change: impl FnOnce(&mut Recording),
    ) -> Result<Swap> {
        let row = self.write()?.recordings.get_mut(&id).filter(|row| fits(row));
        let Some(row) = row else { return Ok(Swap::Stale) };
        change(row);
        Ok(Swap::Done)
    }

    /// Changes a recording that may come to stand elsewhere.
    fn move_recording(
        &mut self,
        id: RecordingId,
        state: RecordingState,
        change: impl FnOnce(&mut Recording),
    ) -> Result<Swap> {
        let fits = |row: &Recording| row.state.may_become(state);
        self.change_recording(id, fits, |row| {
            row.state = state;
            change(row);
        })
    }

    /// Lists the recordings that fit, the oldest first.
    fn recordings_where(&self, fits: impl Fn(&Recording) -> bool) -> Vec<Recording> {
        let rows = self.state.recordings.values().filter(|row| fits(row));
        let mut rows: Vec<_> = rows.cloned().collect();
        rows.sort_by_key(|row| (row.new.at, row.new.id));
        rows
    }
}

#[async_trait]
impl Recordings for MemoryTx {
    async fn announce(&mut self, recording: &NewRecording) -> Result<Novelty> {
        let recordings = &mut self.write()?.recordings;
        recording.check()?;
        let (dialect, provider_id) = (&recording.dialect, &recording.provider_id);
        if recordings.values().any(|row| is_named(row, dialect, provider_id)) {
            return Ok(Novelty::Repeat);
        }
        recordings.insert(recording.id, Recording::announced(recording.clone()));
        Ok(Novelty::Fresh)
    }

    async fn find(&mut self, dialect: &str, provider_id: &str) -> Result<Option<Recording>> {
        let mut rows = self.state.recordings.values();
        Ok(rows.find(|row| is_named(row, dialect, provider_id)).cloned())
    }

    async fn get(&mut self, id: RecordingId) -> Result<Option<Recording>> {
        Ok(self.state.recordings.get(&id).cloned())
    }

    async fn keep(&mut self, id: RecordingId, attachment: AttachmentId) -> Result<Swap> {
        self.move_recording(id, RecordingState::Kept, |row| row.attachment = Some(attachment))
    }

    async fn transcribed(&mut self, id: RecordingId, heard: &Transcribed) -> Result<Swap> {
        self.write()?;
        heard.check()?;
        if !heard.state.is_heard() {
            return Ok(Swap::Stale);
        }
        self.move_recording(id, heard.state, |row| {
            row.transcript.clone_from(&heard.transcript);
            row.understood.clone_from(&heard.understood);
            row.new.lang = heard.lang;
        })
    }

    async fn lose(&mut self, id: RecordingId, reason: &str) -> Result<Swap> {
        self.move_recording(id, RecordingState::Lost, |row| row.reason = Some(clip(reason)))
    }

    async fn file(&mut self, id: RecordingId, case_number: CaseNumber) -> Result<Swap> {
        let fits = |row: &Recording| row.case_number.is_none();
        self.change_recording(id, fits, |row| row.case_number = Some(case_number))
    }

    async fn mark_deleted(&mut self, id: RecordingId, at: UnixMs) -> Result<Swap> {
        let fits = |row: &Recording| row.deleted.is_none();
        self.change_recording(id, fits, |row| row.deleted = Some(at))
    }

    async fn review(&mut self, id: RecordingId, by: &str, at: UnixMs) -> Result<Swap> {
        let fits = |row: &Recording| row.review.is_none();
        self.change_recording(id, fits, |row| row.review = Some(Review { by: by.to_owned(), at }))
    }

    async fn list(&mut self, filter: RecordingFilter, page: Page) -> Result<Vec<Recording>> {
        let fits = |row: &Recording| !filter.unreviewed_only || row.review.is_none();
        let mut rows = self.recordings_where(fits);
        rows.reverse();
        Ok(part(rows, page))
    }

    async fn of_conversation(
        &mut self,
        conversation: ConversationId,
        page: Page,
    ) -> Result<Vec<Recording>> {
        let rows = self.recordings_where(|row| row.new.conversation == conversation);
        Ok(part(rows, page))
    }
}
