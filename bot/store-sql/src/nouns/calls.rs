//! Telephone calls.

use async_trait::async_trait;
use bot_core::id::{CallId, ConversationId};
use bot_core::time::UnixMs;
use bot_store::calls::{
    Call, CallChange, Calls, Ending, MAX_CALL_STATE_BYTES, MAX_OUTCOME_BYTES, NewCall,
};
use bot_store::redact::Redactor;
use bot_store::store::{Novelty, Swap};
use bot_store::{Error, Page, Result};

use super::redaction::Rows;
use crate::dialect::Dialect;
use crate::row::{Columns, Read};
use crate::statement::{args, statements};
use crate::tx::SqlTx;

macro_rules! call_columns {
    () => {
        "id, dialect, provider_id, caller, called, conversation, lang, state, revision, begun_ms, \
         ended_ms, outcome, seconds"
    };
}

statements! {
    INSERT = "
        INSERT INTO call_session (
            id, dialect, provider_id, caller, called, conversation, lang, state, revision, begun_ms
        )
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 1, $9)
        ON CONFLICT (dialect, provider_id) DO NOTHING
    ";
    FIND = concat!("SELECT ", call_columns!(), "
        FROM call_session
        WHERE dialect = $1
        AND provider_id = $2
    ");
    GET = concat!("SELECT ", call_columns!(), "
        FROM call_session
        WHERE id = $1
    ");
    SAVE = "
        UPDATE call_session
        SET revision = revision + 1,
            conversation = $3,
            lang = $4,
            state = $5
        WHERE id = $1
        AND revision = $2
    ";
    END = "
        UPDATE call_session
        SET ended_ms = $2,
            outcome = $3,
            seconds = $4
        WHERE id = $1
        AND ended_ms IS NULL
    ";
    RUNNING = concat!("SELECT ", call_columns!(), "
        FROM call_session
        WHERE ended_ms IS NULL
        AND begun_ms >= $1
        ORDER BY begun_ms, id
        LIMIT $2
        OFFSET $3
    ");
    OF_CONVERSATION = concat!("SELECT ", call_columns!(), "
        FROM call_session
        WHERE conversation = $1
        ORDER BY begun_ms, id
        LIMIT $2
        OFFSET $3
    ");
    /// Changes nothing: whoever changes these rows waits until they are hidden.
    LOCK = "
        UPDATE call_session
        SET revision = revision
        WHERE conversation = $1
    ";
    HIDE = "
        UPDATE call_session
        SET caller = $2,
            state = $3
        WHERE id = $1
    ";
}

#[async_trait]
impl<D: Dialect> Calls for SqlTx<D> {
    async fn insert(&mut self, call: &NewCall) -> Result<Novelty> {
        self.check_writable()?;
        call.check()?;
        let args = args![
            call.id.0,
            &call.dialect,
            &call.provider_id,
            &call.caller,
            &call.called,
            call.conversation.map(|id| id.0),
            call.lang.code(),
            &call.state,
            call.begun
        ];
        Ok(Novelty::from_rows(self.write(INSERT, args).await?))
    }

    async fn find(&mut self, dialect: &str, provider_id: &str) -> Result<Option<Call>> {
        self.find("call_session", FIND, args![dialect, provider_id], read).await
    }

    async fn get(&mut self, id: CallId) -> Result<Option<Call>> {
        self.find("call_session", GET, args![id.0], read).await
    }

    async fn save(&mut self, id: CallId, seen_revision: i64, change: &CallChange) -> Result<Swap> {
        self.check_writable()?;
        Error::check_size(change.state.len(), MAX_CALL_STATE_BYTES)?;
        let conversation = change.conversation.map(|id| id.0);
        let args = args![id.0, seen_revision, conversation, change.lang.code(), &change.state];
        Ok(Swap::from_rows(self.write(SAVE, args).await?))
    }

    async fn end(
        &mut self,
        id: CallId,
        outcome: &str,
        seconds: Option<i64>,
        at: UnixMs,
    ) -> Result<Swap> {
        self.check_writable()?;
        Error::check_size(outcome.len(), MAX_OUTCOME_BYTES)?;
        Ok(Swap::from_rows(self.write(END, args![id.0, at, outcome, seconds]).await?))
    }

    async fn running(&mut self, since: UnixMs, page: Page) -> Result<Vec<Call>> {
        let args = args![since, page.limit(), page.offset()];
        self.list("call_session", RUNNING, args, read).await
    }

    async fn of_conversation(
        &mut self,
        conversation: ConversationId,
        page: Page,
    ) -> Result<Vec<Call>> {
        let args = args![conversation.0, page.limit(), page.offset()];
        self.list("call_session", OF_CONVERSATION, args, read).await
    }
}

impl<D: Dialect> SqlTx<D> {
    /// Hides a text in a conversation's calls; gives the number of rows changed.
    pub(super) async fn hide_calls(
        &mut self,
        id: ConversationId,
        redactor: &Redactor,
    ) -> Result<u64> {
        self.write(LOCK, args![id.0]).await?;
        let rows = Rows {
            table: "call_session",
            list: OF_CONVERSATION,
            hide: HIDE,
            read,
            redact: Call::redact,
            args: |row| {
                vec![row.new.id.0.into(), (&row.new.caller).into(), (&row.new.state).into()]
            },
        };
        self.hide_rows(id, redactor, &rows).await
    }
}

fn read(row: &impl Columns) -> Read<Call> {
    let new = NewCall {
        id: CallId(row.id("id")?),
        dialect: row.text("dialect")?,
        provider_id: row.text("provider_id")?,
        caller: row.text("caller")?,
        called: row.text("called")?,
        conversation: row.maybe_id("conversation")?.map(ConversationId),
        lang: row.text("lang")?.parse()?,
        state: row.text("state")?,
        begun: UnixMs(row.int("begun_ms")?),
    };
    let ended = row.maybe_int("ended_ms")?.map(UnixMs);
    let ending = ended.map(|at| read_ending(row, at)).transpose()?;
    Ok(Call { new, revision: row.int("revision")?, ending })
}

fn read_ending(row: &impl Columns, at: UnixMs) -> Read<Ending> {
    Ok(Ending { outcome: row.text("outcome")?, seconds: row.maybe_int("seconds")?, at })
}
