//! A resident: opens a conversation, says something, and reads what the counter answers.
//!
//! A stubborn one tries again under the same id until the counter has taken it, wherever the
//! counter is by then. Never here: whether the answer is right.

use anyhow::{Context, bail};
use serde_json::{Value, json};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};
use tokio::sync::{Notify, watch};

use crate::client::{Client, Failure, Opened, Posted, Taken};

/// How long one request waits for an answer.
const WAIT: Duration = Duration::from_secs(20);
/// How long a stubborn resident waits for the counter to move before trying again where it was.
const RETRY_PAUSE: Duration = Duration::from_millis(20);

/// How a resident takes it when the counter does not answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Patience {
    /// How long a request that may well succeed later is tried again.
    pub retry_for: Duration,
    /// How long an answer may take.
    pub answer_within: Duration,
}

impl Patience {
    /// One try, as for a counter that is expected to run.
    pub const NONE: Self =
        Self { retry_for: Duration::ZERO, answer_within: Duration::from_secs(30) };
    /// As for a counter that is killed again and again.
    pub const STUBBORN: Self =
        Self { retry_for: Duration::from_mins(2), answer_within: Duration::from_mins(2) };
}

/// What residents are doing, for whoever watches.
#[derive(Debug, Default)]
pub struct Activity {
    n_sending: AtomicUsize,
    n_waiting: AtomicUsize,
    has_sent: Notify,
}

impl Activity {
    /// Waits for the next message to set out.
    pub async fn next_message(&self) {
        self.has_sent.notified().await;
    }

    /// Tells how many messages are on their way and not yet taken.
    #[must_use]
    pub fn n_sending(&self) -> usize {
        self.n_sending.load(Ordering::SeqCst)
    }

    /// Tells how many messages were taken and are not yet answered.
    #[must_use]
    pub fn n_waiting(&self) -> usize {
        self.n_waiting.load(Ordering::SeqCst)
    }
}

/// Counts one more while it lives.
struct Busy<'a>(&'a AtomicUsize);

impl<'a> Busy<'a> {
    fn new(count: &'a AtomicUsize) -> Self {
        count.fetch_add(1, Ordering::SeqCst);
        Self(count)
    }
}

impl Drop for Busy<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}

/// The way to the counter, shared by those who take it.
#[derive(Debug, Clone)]
pub struct Way {
    /// What speaks HTTP.
    pub client: Client,
    /// Where the counter is now.
    pub door: watch::Receiver<String>,
    /// How it is taken when the counter does not answer.
    pub patience: Patience,
    /// What those on the way are doing.
    pub activity: Arc<Activity>,
}

impl Way {
    /// Makes the way to a counter that stays where it is and does not fail.
    #[must_use]
    pub fn to(url: &str) -> Self {
        Self::following(watch::Sender::new(url.to_owned()).subscribe(), Patience::NONE)
    }

    /// Makes the way to a counter that moves.
    #[must_use]
    pub fn following(door: watch::Receiver<String>, patience: Patience) -> Self {
        Self { client: Client::default(), door, patience, activity: Arc::default() }
    }

    fn url(&mut self) -> String {
        self.door.borrow_and_update().clone()
    }

    async fn open(&mut self, lang: &str) -> anyhow::Result<Opened> {
        let began = Instant::now();
        loop {
            let url = self.url();
            match self.client.open(&url, lang).await {
                Ok(opened) => return Ok(opened),
                Err(failure) => self.cope(failure, began).await?,
            }
        }
    }

    async fn post(&mut self, token: &str, message: &Value) -> anyhow::Result<Taken> {
        let began = Instant::now();
        loop {
            let url = self.url();
            match self.client.post(&url, token, message).await {
                Ok(answer) => return Ok(answer),
                Err(failure) => self.cope(failure, began).await?,
            }
        }
    }

    async fn read(&mut self, token: &str, seq: i64, wait: Duration) -> anyhow::Result<Vec<Posted>> {
        let began = Instant::now();
        loop {
            let url = self.url();
            match self.client.messages(&url, token, seq, wait).await {
                Ok(messages) => return Ok(messages),
                Err(failure) => self.cope(failure, began).await?,
            }
        }
    }

    /// Waits before the next try, or gives up.
    async fn cope(&mut self, failure: Failure, began: Instant) -> anyhow::Result<()> {
        if !failure.is_passing() || began.elapsed() >= self.patience.retry_for {
            return Err(failure.into());
        }
        // Whether the counter has moved or not, it is asked again.
        tokio::time::timeout(RETRY_PAUSE, self.door.changed()).await.ok();
        Ok(())
    }
}

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
        let sending = Busy::new(&activity.n_sending);
        activity.has_sent.notify_waiters();
        let taken = self.way.post(&self.opened.token, &message).await?;
        drop(sending);
        let _waiting = Busy::new(&activity.n_waiting);
        self.hear(taken.seq).await?;
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

    /// Gives the conversation's id.
    #[must_use]
    pub fn conversation(&self) -> &str {
        &self.opened.conversation
    }
}
