//! The way to the counter: which door is taken, and how often a request is tried again.
//!
//! A stubborn resident tries again under the same id until the counter has taken it, wherever the
//! counter is by then. Never here: what is said.

use serde_json::Value;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::watch;

use crate::activity::Activity;
use crate::client::{Client, Events, Failure, Opened, Posted, Taken};

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

/// Which door the next request takes, where there are several.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Habit {
    /// The same, until it does not answer.
    Stays,
    /// Another one each time.
    Hops,
}

/// The way to the counter, shared by those who take it.
#[derive(Debug, Clone)]
pub struct Way {
    /// What speaks HTTP.
    pub client: Client,
    /// Where the counter's doors are now: one at least.
    pub doors: watch::Receiver<Vec<String>>,
    /// How it is taken when the counter does not answer.
    pub patience: Patience,
    /// What those on the way are doing.
    pub activity: Arc<Activity>,
    n_door: usize,
    habit: Habit,
}

impl Way {
    /// Makes the way to a counter that stays where it is and does not fail.
    #[must_use]
    pub fn to(url: &str) -> Self {
        let doors = watch::Sender::new(vec![url.to_owned()]);
        Self::following(doors.subscribe(), Patience::NONE)
    }

    /// Makes the way to a counter whose doors move.
    #[must_use]
    pub fn following(doors: watch::Receiver<Vec<String>>, patience: Patience) -> Self {
        let (client, activity) = (Client::default(), Arc::default());
        Self { client, doors, patience, activity, n_door: 0, habit: Habit::Stays }
    }

    /// Begins at the nth door, or the next one that there is.
    #[must_use]
    pub const fn at_door(mut self, n: usize) -> Self {
        self.n_door = n;
        self
    }

    /// Takes another door each time.
    #[must_use]
    pub const fn hopping(mut self) -> Self {
        self.habit = Habit::Hops;
        self
    }

    fn url(&mut self) -> String {
        let url = {
            let doors = self.doors.borrow_and_update();
            let n_doors = doors.len().max(1);
            doors.get(self.n_door % n_doors).cloned().unwrap_or_default()
        };
        if self.habit == Habit::Hops {
            self.n_door += 1;
        }
        url
    }

    pub(crate) async fn open(&mut self, lang: &str) -> anyhow::Result<Opened> {
        let began = Instant::now();
        loop {
            let url = self.url();
            match self.client.open(&url, lang).await {
                Ok(opened) => return Ok(opened),
                Err(failure) => self.cope(failure, began).await?,
            }
        }
    }

    pub(crate) async fn post(&mut self, token: &str, message: &Value) -> anyhow::Result<Taken> {
        let began = Instant::now();
        loop {
            let url = self.url();
            match self.client.post(&url, token, message).await {
                Ok(answer) => return Ok(answer),
                Err(failure) => self.cope(failure, began).await?,
            }
        }
    }

    pub(crate) async fn read(
        &mut self,
        token: &str,
        seq: i64,
        wait: Duration,
    ) -> anyhow::Result<Vec<Posted>> {
        let began = Instant::now();
        loop {
            let url = self.url();
            match self.client.messages(&url, token, seq, wait).await {
                Ok(messages) => return Ok(messages),
                Err(failure) => self.cope(failure, began).await?,
            }
        }
    }

    pub(crate) async fn listen(&mut self, token: &str, seq: i64) -> anyhow::Result<Events> {
        let began = Instant::now();
        loop {
            let url = self.url();
            match self.client.listen(&url, token, seq).await {
                Ok(events) => return Ok(events),
                Err(failure) => self.cope(failure, began).await?,
            }
        }
    }

    /// Waits before the next try at the next door, or gives up.
    async fn cope(&mut self, failure: Failure, began: Instant) -> anyhow::Result<()> {
        self.activity.failed(&failure);
        if !failure.is_passing() || began.elapsed() >= self.patience.retry_for {
            return Err(failure.into());
        }
        self.n_door += 1;
        // Whether the counter has moved or not, it is asked again.
        tokio::time::timeout(RETRY_PAUSE, self.doors.changed()).await.ok();
        Ok(())
    }
}
