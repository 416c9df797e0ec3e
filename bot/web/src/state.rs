//! What every handler needs.

use axum::http::{Extensions, HeaderMap};
use bot_core::{Chance, Channel, Clock, Language, UnixMs};
use bot_store::{Store, Visit};
use std::sync::Arc;
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;

use crate::clerk::Clerk;
use crate::client::{Client, Peer, Proxies};
use crate::house::House;
use crate::limits::{Counts, Limits};
use crate::lines::Lines;
use crate::origin::Embed;
use crate::staff::StaffKey;
use crate::token::TokenKey;

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
    /// The proxies that are believed when they say for whom they ask.
    pub proxies: Proxies,
    /// The origins that may embed the chat.
    pub embed: Embed,
    /// The city's lines: telephone and text messages.
    pub lines: Arc<Lines>,
    /// The key of the city's people, and who does what they ask; `None` where no key is set.
    pub(crate) staff: Option<(StaffKey, Arc<dyn Clerk>)>,
    pub(crate) counts: Arc<Counts>,
    pub(crate) listeners: Arc<Semaphore>,
    pub(crate) transfers: Arc<Semaphore>,
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
        let transfers = Arc::new(Semaphore::new(limits.max_transfers));
        Self {
            store,
            clock,
            chance,
            house,
            key,
            limits,
            proxies: Proxies::default(),
            embed: Embed::default(),
            lines: Arc::default(),
            staff: None,
            counts: Arc::new(Counts::new(&limits)),
            listeners,
            transfers,
            closing: CancellationToken::new(),
        }
    }

    /// Closes the door once a stop is asked for: streams end, and nobody new comes in.
    #[must_use]
    pub fn until(self, closing: CancellationToken) -> Self {
        Self { closing, ..self }
    }

    /// Stands behind these proxies.
    #[must_use]
    pub fn behind(self, proxies: Proxies) -> Self {
        Self { proxies, ..self }
    }

    /// Lets pages of these origins embed the chat.
    #[must_use]
    pub fn embedded_in(self, embed: Embed) -> Self {
        Self { embed, ..self }
    }

    /// Answers the city's lines.
    #[must_use]
    pub fn on(self, lines: Lines) -> Self {
        Self { lines: Arc::new(lines), ..self }
    }

    /// Lets the city's people in, with this key.
    #[must_use]
    pub fn staffed(self, key: StaffKey, clerk: Arc<dyn Clerk>) -> Self {
        Self { staff: Some((key, clerk)), ..self }
    }

    /// Tells who asks.
    pub(crate) fn client(&self, extensions: &Extensions, headers: &HeaderMap) -> Client {
        self.proxies.client(extensions.get::<Peer>().copied(), headers)
    }

    pub(crate) fn now(&self) -> UnixMs {
        self.clock.now()
    }

    /// Gives the language that the city speaks first.
    pub(crate) fn first_language(&self) -> Language {
        self.house.languages().first().copied().unwrap_or_default()
    }

    /// Gives the time, chance and house rules that a message of the web chat meets.
    pub(crate) fn visit<'a>(&'a self, release: &'a str) -> Visit<'a> {
        self.visit_on(Channel::Web, release)
    }

    /// Gives the time, chance and house rules that a message of a channel meets.
    pub(crate) fn visit_on<'a>(&'a self, channel: Channel, release: &'a str) -> Visit<'a> {
        let lang = self.first_language();
        Visit {
            now: self.now(),
            chance: self.chance.as_ref(),
            burst: self.house.burst(channel),
            release,
            lang,
        }
    }
}
