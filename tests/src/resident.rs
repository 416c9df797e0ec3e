//! A resident: opens a conversation, says something, and reads what the counter answers.
//!
//! Never here: how a message gets to the counter, and whether the answer is right.

use anyhow::{Context, bail};
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::client::{Events, Opened, Posted};
use crate::way::Way;

/// How long one request waits for an answer.
const WAIT: Duration = Duration::from_secs(20);

/// A resident in a conversation.
#[derive(Debug)]
pub struct Resident {
    way: Way,
    opened: Opened,
    n_said: u32,
    heard: Vec<Posted>,
}

impl Resident {
    /// Opens a conversation and reads the greeting.
    ///
    /// # Errors
    /// Where the counter does not open one.
    pub async fn arrive(way: &Way, lang: &str) -> anyhow::Result<Self> {
        let mut way = way.clone();
        let opened = way.open(lang).await?;
        let mut resident = Self { way, opened, n_said: 0, heard: Vec::new() };
        resident.hear(0).await?;
        Ok(resident)
    }

    /// Takes another way, to a counter that was started again.
    pub fn take(&mut self, way: &Way) {
        self.way = way.clone();
    }

    /// Says something; gives what the counter answers.
    ///
    /// # Errors
    /// Where the message is not taken or not answered.
    pub async fn say(&mut self, text: &str) -> anyhow::Result<&[Posted]> {
        self.send(json!({ "text": text })).await
    }

    /// Picks the answer on offer that reads so.
    ///
    /// # Errors
    /// Where it is not on offer, or as [`Self::say`].
    pub async fn pick(&mut self, label: &str) -> anyhow::Result<&[Posted]> {
        let mut offers = self.heard.iter().flat_map(|message| &message.choices);
        let offer = offers.rfind(|offer| offer.label == label);
        let id = offer.with_context(|| format!("nobody offers \"{label}\""))?.id.clone();
        self.send(json!({ "choice": id, "text": label })).await
    }

    async fn send(&mut self, mut message: Value) -> anyhow::Result<&[Posted]> {
        self.n_said += 1;
        message["id"] = json!(format!("m{}", self.n_said));
        let activity = Arc::clone(&self.way.activity);
        let sending = activity.sets_out();
        let taken = self.way.post(&self.opened.token, &message).await?;
        drop(sending);
        let waiting = activity.waits();
        self.hear(taken.seq).await?;
        drop(waiting);
        activity.was_answered();
        Ok(&self.heard)
    }

    /// Waits for what comes after a place, and keeps it.
    async fn hear(&mut self, seq: i64) -> anyhow::Result<()> {
        let began = Instant::now();
        let limit = self.way.patience.answer_within;
        while began.elapsed() < limit {
            let heard = self.way.read(&self.opened.token, seq, WAIT).await?;
            if !heard.is_empty() {
                self.heard = heard;
                return Ok(());
            }
            self.way.activity.heard_nothing();
        }
        bail!("message {seq} was not answered within {limit:?}")
    }

    /// Gives the counter's last answer.
    #[must_use]
    pub fn heard(&self) -> &[Posted] {
        &self.heard
    }

    /// Gives the words of the counter's last answer, a line each.
    #[must_use]
    pub fn heard_text(&self) -> String {
        self.heard.iter().map(|message| message.text.as_str()).collect::<Vec<_>>().join("\n")
    }

    /// Gives the whole conversation.
    ///
    /// # Errors
    /// Where it cannot be read.
    pub async fn transcript(&mut self) -> anyhow::Result<Vec<Posted>> {
        self.way.read(&self.opened.token, 0, Duration::ZERO).await
    }

    /// Listens to the whole conversation, at the door where the resident is.
    ///
    /// # Errors
    /// Where the counter does not let the resident listen.
    pub async fn listen(&mut self) -> anyhow::Result<Events> {
        self.way.listen(&self.opened.token, 0).await
    }

    /// Gives the conversation's id.
    #[must_use]
    pub fn conversation(&self) -> &str {
        &self.opened.conversation
    }
}
