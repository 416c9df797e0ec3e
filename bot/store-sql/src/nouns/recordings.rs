//! What callers have recorded.

use async_trait::async_trait;
use bot_core::case_number::CaseNumber;
use bot_core::id::{AttachmentId, CallId, ConversationId, RecordingId};
use bot_core::time::UnixMs;
use bot_store::jobs::clip;
use bot_store::recordings::{
    NewRecording, Recording, RecordingFilter, RecordingState, Recordings, Review, Transcribed,
};
use bot_store::redact::Redactor;
use bot_store::store::{Novelty, Swap};
use bot_store::{Page, Result};

use super::redaction::Rows;
use crate::dialect::Dialect;
use crate::row::{Columns, Read, known};
use crate::statement::{args, statements};
use crate::tx::SqlTx;

macro_rules! recording_columns {
    () => {
        "id, dialect, provider_id, call_id, conversation, caller, lang, seconds, at_ms, state, \
         reason, attachment, transcript, understood, case_number, deleted_ms, reviewed_ms, \
         reviewed_by"
    };
}

statements! {
    ANNOUNCE = "
        INSERT INTO recording (
            id, dialect, provider_id, call_id, conversation, caller, lang, seconds, at_ms, state
        )
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 'announced')
        ON CONFLICT (dialect, provider_id) DO NOTHING
    ";
    FIND = concat!("SELECT ", recording_columns!(), "
        FROM recording
        WHERE dialect = $1
        AND provider_id = $2
    ");
    GET = concat!("SELECT ", recording_columns!(), "
        FROM recording
        WHERE id = $1
    ");
    STATE = "
        SELECT state
        FROM recording
        WHERE id = $1
    ";
    KEEP = "
        UPDATE recording
        SET state = $3,
            attachment = $4
        WHERE id = $1
        AND state = $2
    ";
    TRANSCRIBED = "
        UPDATE recording
        SET state = $3,
            transcript = $4,
            understood = $5,
            lang = $6
        WHERE id = $1
        AND state = $2
    ";
    LOSE = "
        UPDATE recording
        SET state = $3,
            reason = $4
        WHERE id = $1
        AND state = $2
    ";
    FILE = "
        UPDATE recording
        SET case_number = $2
        WHERE id = $1
        AND case_number IS NULL
    ";
    MARK_DELETED = "
        UPDATE recording
        SET deleted_ms = $2
        WHERE id = $1
        AND deleted_ms IS NULL
    ";
    REVIEW = "
        UPDATE recording
        SET reviewed_by = $2,
            reviewed_ms = $3
        WHERE id = $1
        AND reviewed_ms IS NULL
    ";
    LIST = concat!("SELECT ", recording_columns!(), "
        FROM recording
        ORDER BY at_ms DESC, id DESC
        LIMIT $1
        OFFSET $2
    ");
    LIST_UNREVIEWED = concat!("SELECT ", recording_columns!(), "
        FROM recording
        WHERE reviewed_ms IS NULL
        ORDER BY at_ms DESC, id DESC
        LIMIT $1
        OFFSET $2
    ");
    OF_CONVERSATION = concat!("SELECT ", recording_columns!(), "
        FROM recording
        WHERE conversation = $1
        ORDER BY at_ms, id
        LIMIT $2
        OFFSET $3
    ");
    /// Changes nothing: whoever changes these rows waits until they are hidden.
    LOCK = "
        UPDATE recording
        SET state = state
        WHERE conversation = $1
    ";
    HIDE = "
        UPDATE recording
        SET caller = $2,
            reason = $3,
            transcript = $4,
            understood = $5
        WHERE id = $1
    ";
}

#[async_trait]
impl<D: Dialect> Recordings for SqlTx<D> {
    async fn announce(&mut self, recording: &NewRecording) -> Result<Novelty> {
        self.check_writable()?;
        recording.check()?;
        let args = args![
            recording.id.0,
            &recording.dialect,
            &recording.provider_id,
            recording.call.map(|id| id.0),
            recording.conversation.0,
            &recording.caller,
            recording.lang.code(),
            recording.seconds,
            recording.at
        ];
        Ok(Novelty::from_rows(self.write(ANNOUNCE, args).await?))
    }

    async fn find(&mut self, dialect: &str, provider_id: &str) -> Result<Option<Recording>> {
        self.find("recording", FIND, args![dialect, provider_id], read).await
    }

    async fn get(&mut self, id: RecordingId) -> Result<Option<Recording>> {
        self.find("recording", GET, args![id.0], read).await
    }

    async fn keep(&mut self, id: RecordingId, attachment: AttachmentId) -> Result<Swap> {
        let next = RecordingState::Kept;
        let Some(seen) = self.seen_before(id, next).await? else { return Ok(Swap::Stale) };
        let args = args![id.0, seen.name(), next.name(), attachment.0];
        Ok(Swap::from_rows(self.write(KEEP, args).await?))
    }

    async fn transcribed(&mut self, id: RecordingId, heard: &Transcribed) -> Result<Swap> {
        self.check_writable()?;
        heard.check()?;
        if !heard.state.is_heard() {
            return Ok(Swap::Stale);
        }
        let Some(seen) = self.seen_before(id, heard.state).await? else { return Ok(Swap::Stale) };
        let args = args![
            id.0,
            seen.name(),
            heard.state.name(),
            &heard.transcript,
            &heard.understood,
            heard.lang.code()
        ];
        Ok(Swap::from_rows(self.write(TRANSCRIBED, args).await?))
    }

    async fn lose(&mut self, id: RecordingId, reason: &str) -> Result<Swap> {
        let next = RecordingState::Lost;
        let Some(seen) = self.seen_before(id, next).await? else { return Ok(Swap::Stale) };
        let reason = clip(reason);
        let args = args![id.0, seen.name(), next.name(), &reason];
        Ok(Swap::from_rows(self.write(LOSE, args).await?))
    }

    async fn file(&mut self, id: RecordingId, case_number: CaseNumber) -> Result<Swap> {
        let number = case_number.to_string();
        Ok(Swap::from_rows(self.write(FILE, args![id.0, &number]).await?))
    }

    async fn mark_deleted(&mut self, id: RecordingId, at: UnixMs) -> Result<Swap> {
        Ok(Swap::from_rows(self.write(MARK_DELETED, args![id.0, at]).await?))
    }

    async fn review(&mut self, id: RecordingId, by: &str, at: UnixMs) -> Result<Swap> {
        Ok(Swap::from_rows(self.write(REVIEW, args![id.0, by, at]).await?))
    }

    async fn list(&mut self, filter: RecordingFilter, page: Page) -> Result<Vec<Recording>> {
        let sql = if filter.unreviewed_only { LIST_UNREVIEWED } else { LIST };
        self.list("recording", sql, args![page.limit(), page.offset()], read).await
    }

    async fn of_conversation(
        &mut self,
        conversation: ConversationId,
        page: Page,
    ) -> Result<Vec<Recording>> {
        let args = args![conversation.0, page.limit(), page.offset()];
        self.list("recording", OF_CONVERSATION, args, read).await
    }
}

impl<D: Dialect> SqlTx<D> {
    /// Gives where a recording stands, if it may come to stand there; whoever writes asks for the
    /// same again.
    async fn seen_before(
        &mut self,
        id: RecordingId,
        next: RecordingState,
    ) -> Result<Option<RecordingState>> {
        self.check_writable()?;
        let found = self.find("recording", STATE, args![id.0], read_state).await?;
        Ok(found.filter(|seen| seen.may_become(next)))
    }

    /// Hides a text in a conversation's recordings; gives the number of rows changed.
    pub(super) async fn hide_recordings(
        &mut self,
        id: ConversationId,
        redactor: &Redactor,
    ) -> Result<u64> {
        self.write(LOCK, args![id.0]).await?;
        let rows = Rows {
            table: "recording",
            list: OF_CONVERSATION,
            hide: HIDE,
            read,
            redact: Recording::redact,
            args: |row| {
                vec![
                    row.new.id.0.into(),
                    (&row.new.caller).into(),
                    (&row.reason).into(),
                    (&row.transcript).into(),
                    (&row.understood).into(),
                ]
            },
        };
        self.hide_rows(id, redactor, &rows).await
    }
}

fn read_state(row: &impl Columns) -> Read<RecordingState> {
    known(RecordingState::from_name(&row.text("state")?), "state")
}

fn read(row: &impl Columns) -> Read<Recording> {
    let new = NewRecording {
        id: RecordingId(row.id("id")?),
        dialect: row.text("dialect")?,
        provider_id: row.text("provider_id")?,
        call: row.maybe_id("call_id")?.map(CallId),
        conversation: ConversationId(row.id("conversation")?),
        caller: row.text("caller")?,
        lang: row.text("lang")?.parse()?,
        seconds: row.maybe_int("seconds")?,
        at: UnixMs(row.int("at_ms")?),
    };
    let case_number = row.maybe_text("case_number")?;
    let reviewed = row.maybe_text("reviewed_by")?.zip(row.maybe_int("reviewed_ms")?);
    Ok(Recording {
        new,
        state: read_state(row)?,
        reason: row.maybe_text("reason")?,
        attachment: row.maybe_id("attachment")?.map(AttachmentId),
        transcript: row.maybe_text("transcript")?,
        understood: row.maybe_text("understood")?,
        case_number: case_number.map(|number| CaseNumber::parse(&number)).transpose()?,
        deleted: row.maybe_int("deleted_ms")?.map(UnixMs),
        review: reviewed.map(|(by, at)| Review { by, at: UnixMs(at) }),
    })
}
