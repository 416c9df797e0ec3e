//! Hiding texts in memory.

use async_trait::async_trait;
use bot_core::id::ConversationId;
use bot_core::time::UnixMs;

use super::MemoryTx;
use super::state::{State, Table, n_rows};
use crate::error::Result;
use crate::private::{Private, PrivateText};
use crate::redact::Redactor;

#[async_trait]
impl Private for MemoryTx {
    async fn add(&mut self, conversation: ConversationId, text: &str, due: UnixMs) -> Result<()> {
        let private = &mut self.write()?.private;
        let id = private.next_key();
        let row = PrivateText { id, conversation, text: text.to_owned(), due };
        private.insert(id, row);
        Ok(())
    }

    async fn due(&mut self, now: UnixMs, limit: u32) -> Result<Vec<PrivateText>> {
        let rows = self.state.private.values();
        let mut rows: Vec<_> = rows.filter(|row| row.due <= now).cloned().collect();
        rows.sort_by_key(|row| (row.due, row.id));
        rows.truncate(n_rows(limit));
        Ok(rows)
    }

    async fn redact(&mut self, conversation: ConversationId, text: &str) -> Result<u64> {
        let state = self.write()?;
        let redactor = Redactor::new(text);
        Ok(redact_talk(state, conversation, &redactor)
            + redact_edges(state, conversation, &redactor))
    }

    async fn forget(&mut self, id: i64) -> Result<()> {
        self.write()?.private.remove(&id);
        Ok(())
    }
}

/// Hides the text in messages, log and session.
fn redact_talk(state: &mut State, id: ConversationId, redactor: &Redactor) -> u64 {
    let is_theirs = |owner: ConversationId| owner == id;
    let mut n_rows = change(
        &mut state.messages,
        |row| is_theirs(row.new.conversation),
        |row| row.new.redact(redactor),
    );
    let log = state.log.range((id, 0)..=(id, i64::MAX));
    let places: Vec<_> = log.map(|(key, _)| *key).collect();
    for key in places {
        n_rows += state.log.get_mut(&key).map_or(0, |row| {
            let entry = &mut row.entry;
            let parts = [&mut entry.event, &mut entry.effects, &mut entry.notes];
            u64::from(hide(parts, redactor))
        });
    }
    n_rows
        + change(
            &mut state.sessions,
            |row| is_theirs(row.conversation),
            |row| hide([&mut row.body], redactor),
        )
}

/// Hides the text in what came in, what is to be done, what was left for people and what was kept of
/// it as a suggestion, and in the contacts of cases.
fn redact_edges(state: &mut State, id: ConversationId, redactor: &Redactor) -> u64 {
    let lane = id.to_string();
    change(&mut state.inbox, |row| row.conversation == id, |row| hide([&mut row.body], redactor))
        + change(
            &mut state.jobs,
            |stored| stored.job.new.lane == lane,
            |stored| hide([&mut stored.job.new.payload], redactor),
        )
        + change(
            &mut state.callbacks,
            |row| row.new.conversation == id,
            |row| row.new.redact(redactor),
        )
        + change(
            &mut state.suggestions,
            |row| row.new.conversation == id,
            |row| row.new.redact(redactor),
        )
        + redact_phone(state, id, redactor)
        + change(
            &mut state.parties,
            |party| {
                party.conversation == Some(id)
                    && party.contact.as_deref().is_some_and(|own| redactor.is(own))
            },
            |party| {
                party.contact = None;
                true
            },
        )
}

/// Hides the text in calls, in what was recorded, and in what is sent.
fn redact_phone(state: &mut State, id: ConversationId, redactor: &Redactor) -> u64 {
    change(&mut state.calls, |row| row.new.conversation == Some(id), |row| row.redact(redactor))
        + change(
            &mut state.recordings,
            |row| row.new.conversation == id,
            |row| row.redact(redactor),
        )
        + change(
            &mut state.deliveries,
            |row| row.new.conversation == id,
            |row| row.redact(redactor),
        )
}

/// Changes the rows that fit; gives how many the change says it has touched.
fn change<K: Ord + Clone, V: Clone>(
    table: &mut Table<K, V>,
    fits: impl Fn(&V) -> bool,
    mut touch: impl FnMut(&mut V) -> bool,
) -> u64 {
    let mut n_rows = 0;
    for key in table.keys_where(fits) {
        n_rows += table.get_mut(&key).map_or(0, |row| u64::from(touch(row)));
    }
    n_rows
}

/// Hides the text in JSON documents; tells whether it occurred.
fn hide<const N: usize>(documents: [&mut String; N], redactor: &Redactor) -> bool {
    let mut has_changed = false;
    for document in documents {
        if let Some(hidden) = redactor.json(document) {
            *document = hidden;
            has_changed = true;
        }
    }
    has_changed
}
