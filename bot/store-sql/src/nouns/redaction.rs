//! Hides a text wherever a conversation left it.
//!
//! Rows are read a page at a time, hidden here, and written back only where something changed.

use bot_core::id::ConversationId;
use bot_store::Result;
use bot_store::page::MAX_PAGE_ROWS;
use bot_store::redact::Redactor;
use serde_json::to_string as to_json;

use super::messages::{message_columns, read as read_message};
use crate::dialect::Dialect;
use crate::row::{Columns, Read, unwritable};
use crate::statement::{Arg, args, statements};
use crate::tx::SqlTx;

statements! {
    MESSAGES = concat!("SELECT ", message_columns!(), "
        FROM message
        WHERE conversation = $1
        AND seq > $2
        ORDER BY seq
        LIMIT $3
    ");
    HIDE_MESSAGE = "
        UPDATE message
        SET content = $3,
            choices = $4
        WHERE conversation = $1
        AND seq = $2
    ";
    SESSION = "
        SELECT body
        FROM session
        WHERE conversation = $1
    ";
    HIDE_SESSION = "
        UPDATE session
        SET body = $2
        WHERE conversation = $1
    ";
    LOG = "
        SELECT n, event, effects, notes
        FROM log
        WHERE conversation = $1
        AND n > $2
        ORDER BY n
        LIMIT $3
    ";
    HIDE_LOG = "
        UPDATE log
        SET event = $3,
            effects = $4,
            notes = $5
        WHERE conversation = $1
        AND n = $2
    ";
    INBOX = "
        SELECT provider_id, body
        FROM inbox
        WHERE conversation = $1
        AND provider_id > $2
        ORDER BY provider_id
        LIMIT $3
    ";
    HIDE_INBOX = "
        UPDATE inbox
        SET body = $3
        WHERE conversation = $1
        AND provider_id = $2
    ";
    JOBS = "
        SELECT seq, payload
        FROM job
        WHERE lane = $1
        AND seq > $2
        ORDER BY seq
        LIMIT $3
    ";
    HIDE_JOB = "
        UPDATE job
        SET payload = $2
        WHERE seq = $1
    ";
    CONTACTS = "
        SELECT DISTINCT contact
        FROM case_party
        WHERE conversation = $1
        AND contact IS NOT NULL
    ";
    HIDE_CONTACT = "
        UPDATE case_party
        SET contact = NULL
        WHERE conversation = $1
        AND contact = $2
    ";
}

impl<D: Dialect> SqlTx<D> {
    /// Hides a text in the rows of a conversation; gives the number of rows changed.
    pub(super) async fn hide(&mut self, id: ConversationId, redactor: &Redactor) -> Result<u64> {
        let mut n_hidden = self.hide_session(id, redactor).await?;
        n_hidden += self.hide_contacts(id, redactor).await?;
        n_hidden += self.hide_callbacks(id, redactor).await?;
        n_hidden += self.hide_suggestions(id, redactor).await?;
        n_hidden += self.hide_calls(id, redactor).await?;
        n_hidden += self.hide_recordings(id, redactor).await?;
        n_hidden += self.hide_deliveries(id, redactor).await?;
        let (mut last, lane) = (Some(0), id.to_string());
        while let Some(after) = last {
            last = self.hide_messages(id, after, redactor, &mut n_hidden).await?;
        }
        last = Some(0);
        while let Some(after) = last {
            last = self.hide_log(id, after, redactor, &mut n_hidden).await?;
        }
        last = Some(0);
        while let Some(after) = last {
            last = self.hide_jobs(&lane, after, redactor, &mut n_hidden).await?;
        }
        let mut last = Some(String::new());
        while let Some(after) = last {
            last = self.hide_inbox(id, &after, redactor, &mut n_hidden).await?;
        }
        Ok(n_hidden)
    }

    /// Hides a text in a conversation's rows of a table; gives the number of rows changed.
    pub(super) async fn hide_rows<T: Send + Sync>(
        &mut self,
        id: ConversationId,
        redactor: &Redactor,
        of: &Rows<D::Row, T>,
    ) -> Result<u64> {
        let (mut n_hidden, mut offset) = (0, Some(0));
        while let Some(start) = offset {
            let page = args![id.0, MAX_PAGE_ROWS, start];
            let mut rows = self.list(of.table, of.list, page, of.read).await?;
            for row in &mut rows {
                if (of.redact)(row, redactor) {
                    n_hidden += self.write(of.hide, &(of.args)(row)).await?;
                }
            }
            offset = next_page(&rows, |_| start + MAX_PAGE_ROWS);
        }
        Ok(n_hidden)
    }

    async fn hide_session(&mut self, id: ConversationId, redactor: &Redactor) -> Result<u64> {
        let find = args![id.0];
        let body = self.find("session", SESSION, find, |row| row.text("body"));
        match body.await?.and_then(|body| redactor.json(&body)) {
            Some(body) => self.write(HIDE_SESSION, args![id.0, &body]).await,
            None => Ok(0),
        }
    }

    async fn hide_contacts(&mut self, id: ConversationId, redactor: &Redactor) -> Result<u64> {
        let find = args![id.0];
        let contacts = self.list("case_party", CONTACTS, find, |row| row.text("contact"));
        let mut n_hidden = 0;
        for contact in contacts.await?.iter().filter(|own| redactor.is(own)) {
            n_hidden += self.write(HIDE_CONTACT, args![id.0, contact]).await?;
        }
        Ok(n_hidden)
    }

    /// Hides a page of messages; gives the last one's place if there may be more.
    async fn hide_messages(
        &mut self,
        id: ConversationId,
        after: i64,
        redactor: &Redactor,
        n_hidden: &mut u64,
    ) -> Result<Option<i64>> {
        let page = args![id.0, after, MAX_PAGE_ROWS];
        let mut rows = self.list("message", MESSAGES, page, read_message).await?;
        for row in &mut rows {
            if row.new.redact(redactor) {
                let content = to_json(&row.new.content).map_err(unwritable)?;
                let choices = to_json(&row.new.choices).map_err(unwritable)?;
                let args = args![id.0, row.seq, &content, &choices];
                *n_hidden += self.write(HIDE_MESSAGE, args).await?;
            }
        }
        Ok(next_page(&rows, |row| row.seq))
    }

    async fn hide_log(
        &mut self,
        id: ConversationId,
        after: i64,
        redactor: &Redactor,
        n_hidden: &mut u64,
    ) -> Result<Option<i64>> {
        let page = args![id.0, after, MAX_PAGE_ROWS];
        let rows = self.list("log", LOG, page, |row| {
            let parts = [row.text("event")?, row.text("effects")?, row.text("notes")?];
            Ok((row.int("n")?, parts))
        });
        let rows = rows.await?;
        for (n, parts) in &rows {
            let hidden = parts.each_ref().map(|part| redactor.json(part));
            if hidden.iter().all(Option::is_none) {
                continue;
            }
            let [event, effects, notes] = [0, 1, 2].map(|part: usize| {
                let hidden = hidden.get(part).and_then(Option::as_ref);
                hidden.unwrap_or(&parts[part])
            });
            let args = args![id.0, *n, event, effects, notes];
            *n_hidden += self.write(HIDE_LOG, args).await?;
        }
        Ok(next_page(&rows, |row| row.0))
    }

    async fn hide_jobs(
        &mut self,
        lane: &str,
        after: i64,
        redactor: &Redactor,
        n_hidden: &mut u64,
    ) -> Result<Option<i64>> {
        let page = args![lane, after, MAX_PAGE_ROWS];
        let rows = self.list("job", JOBS, page, |row| Ok((row.int("seq")?, row.text("payload")?)));
        let rows = rows.await?;
        for (seq, payload) in &rows {
            if let Some(payload) = redactor.json(payload) {
                *n_hidden += self.write(HIDE_JOB, args![*seq, &payload]).await?;
            }
        }
        Ok(next_page(&rows, |row| row.0))
    }

    async fn hide_inbox(
        &mut self,
        id: ConversationId,
        after: &str,
        redactor: &Redactor,
        n_hidden: &mut u64,
    ) -> Result<Option<String>> {
        let page = args![id.0, after, MAX_PAGE_ROWS];
        let rows = self
            .list("inbox", INBOX, page, |row| Ok((row.text("provider_id")?, row.text("body")?)));
        let rows = rows.await?;
        for (provider_id, body) in &rows {
            if let Some(body) = redactor.json(body) {
                let args = args![id.0, provider_id, &body];
                *n_hidden += self.write(HIDE_INBOX, args).await?;
            }
        }
        Ok(next_page(&rows, |row| row.0.clone()))
    }
}

/// Rows of a table that belong to a conversation, and how a text in them is hidden.
pub(super) struct Rows<R, T> {
    pub(super) table: &'static str,
    /// Lists a conversation's rows: `$1` is its id, `$2` the limit, `$3` the offset.
    pub(super) list: &'static str,
    pub(super) hide: &'static str,
    pub(super) read: fn(&R) -> Read<T>,
    /// Hides the text; tells whether it occurred.
    pub(super) redact: fn(&mut T, &Redactor) -> bool,
    /// Gives what is bound to `hide`.
    pub(super) args: for<'a> fn(&'a T) -> Vec<Arg<'a>>,
}

/// Gives the last row's key where the page was full.
fn next_page<T, K>(rows: &[T], key: impl Fn(&T) -> K) -> Option<K> {
    let is_full = rows.len() >= MAX_PAGE_ROWS as usize;
    rows.last().filter(|_| is_full).map(key)
}
