//! What every handler needs.

use bot_core::{Chance, Clock, UnixMs};
use bot_store::{Store, Visit};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;

use crate::house::House;
use crate::token::TokenKey;

/// Bounds of the door.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of a file.
    pub max_file_bytes: usize,
    /// Messages given at once.
    pub max_page: u32,
    /// Listeners at once.
    pub max_listeners: usize,
    /// Connections at once; whoever comes later waits at the door.
    pub max_connections: usize,
    /// How long a client may take for the head of a request.
    pub head_pause: Duration,
    /// How long a client may take between two parts of a body.
    pub body_pause: Duration,
    /// How long an answer may take.
    pub answer: Duration,
    /// How long files may take to come.
    pub upload: Duration,
    /// How long a token is good.
    pub token_life: Duration,
    /// How often a silent stream says that it is there.
    pub keep_alive: Duration,
    /// How often a listener looks when nothing rings.
    pub slow_poll: Duration,
    /// The longest wait for a message that a client may ask for.
    pub max_wait: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            max_file_bytes: 12 * 1024 * 1024,
            max_page: 200,
            max_listeners: 10_000,
            max_connections: 20_000,
            head_pause: Duration::from_secs(30),
            body_pause: Duration::from_secs(10),
            answer: Duration::from_secs(30),
            upload: Duration::from_mins(5),
            token_life: Duration::from_hours(30 * 24),
            keep_alive: Duration::from_secs(15),
            slow_poll: Duration::from_secs(5),
            max_wait: Duration::from_secs(25),
        }
    }
}

/// What every handler needs.
#[derive(Clone)]
pub struct Web {
    /// Where everything is kept.
    pub store: Arc<dyn Store>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Chance.
    pub chance: Arc<dyn Chance>,
    /// The city.
    pub house: Arc<dyn House>,
    /// The key of the tokens.
    pub key: TokenKey,
    /// The bounds.
    pub limits: Limits,
    pub(crate) listeners: Arc<Semaphore>,
    pub(crate) closing: CancellationToken,
}

impl Web {
    /// Puts the parts together.
    #[must_use]
    pub fn new(
        store: Arc<dyn Store>,
        clock: Arc<dyn Clock>,
        chance: Arc<dyn Chance>,
        house: Arc<dyn House>,
        key: TokenKey,
        limits: Limits,
    ) -> Self {
        let listeners = Arc::new(Semaphore::new(limits.max_listeners));
        Self {
            store,
            clock,
            chance,
            house,
            key,
            limits,
            listeners,
            closing: CancellationToken::new(),
        }
    }

    /// Closes the door once a stop is asked for: streams end, and nobody new comes in.
    #[must_use]
    pub fn until(self, closing: CancellationToken) -> Self {
        Self { closing, ..self }
    }

    pub(crate) fn now(&self) -> UnixMs {
        self.clock.now()
    }

    /// Gives the time, chance and house rules that a message meets.
    pub(crate) fn visit<'a>(&'a self, release: &'a str) -> Visit<'a> {
        let lang = self.house.languages().first().copied().unwrap_or_default();
        Visit {
            now: self.now(),
            chance: self.chance.as_ref(),
            burst: self.house.burst(bot_core::Channel::Web),
            release,
            lang,
        }
    }
}
