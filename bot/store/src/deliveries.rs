//! Messages on their way to a provider, and how far each has come.
//!
//! Never here: how a message is sent, or when it is tried again; that is a job.

use async_trait::async_trait;
use bot_core::channel::Channel;
use bot_core::id::{ConversationId, DeliveryId};
use bot_core::time::UnixMs;

use crate::error::{Error, Result};
use crate::page::Page;
use crate::receive::MAX_ADDRESS_BYTES;
use crate::redact::Redactor;
use crate::store::{Novelty, Swap};

/// How far a message has come, from the nearest to the furthest.
///
/// Providers tell of it out of order, so a state gives way to a further one alone. What has failed
/// stays failed, unless it turns out to have arrived after all; what has arrived has arrived.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DeliveryState {
    /// The provider does not have it yet.
    Waiting,
    /// The provider has taken it.
    Sent,
    /// It will not arrive.
    Failed,
    /// It has arrived.
    Delivered,
}

impl DeliveryState {
    /// Every state, from the nearest to the furthest.
    pub const ALL: [Self; 4] = [Self::Waiting, Self::Sent, Self::Failed, Self::Delivered];

    /// Gives the name used in tables and metrics.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Sent => "sent",
            Self::Failed => "failed",
            Self::Delivered => "delivered",
        }
    }

    /// Finds a state by its name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.name() == name)
    }

    /// Tells whether this state gives way to another.
    #[must_use]
    pub fn may_become(self, next: Self) -> bool {
        next > self
    }
}

/// A message to send.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewDelivery {
    /// The id, and the key under which the provider is asked to send it once.
    pub id: DeliveryId,
    /// The conversation that the message is in.
    pub conversation: ConversationId,
    /// Its place there; it is sent once.
    pub seq: i64,
    /// The channel.
    pub channel: Channel,
    /// Where to.
    pub address: String,
    /// When it was to be sent.
    pub at: UnixMs,
}

impl NewDelivery {
    /// Refuses a delivery that is larger than the store takes.
    ///
    /// # Errors
    /// [`Error::TooLarge`].
    pub const fn check(&self) -> Result<()> {
        Error::check_size(self.address.len(), MAX_ADDRESS_BYTES)
    }
}

/// A message on its way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivery {
    /// What is sent. An address that was hidden is [`crate::redact::MASK`], and nothing can be sent
    /// there any more.
    pub new: NewDelivery,
    /// How far it has come.
    pub state: DeliveryState,
    /// The provider's id of it, once the provider has it.
    pub provider_id: Option<String>,
    /// Parts that it was cut into, where the provider says.
    pub n_parts: Option<u32>,
    /// What went wrong, at most [`crate::jobs::MAX_ERROR_CHARS`].
    pub error: Option<String>,
    /// When its state last changed.
    pub updated: UnixMs,
}

impl Delivery {
    /// Hides a text in the address and in the error; tells whether it occurred.
    pub fn redact(&mut self, redactor: &Redactor) -> bool {
        let is_address = redactor.mask_whole(&mut self.new.address);
        self.error.as_mut().is_some_and(|error| redactor.mask_words(error)) || is_address
    }
}

/// The messages on their way to providers.
#[async_trait]
pub trait Deliveries: Send {
    /// Adds a message to send, once for each place of a conversation.
    async fn add(&mut self, delivery: &NewDelivery) -> Result<Novelty>;

    /// Gives one.
    async fn get(&mut self, id: DeliveryId) -> Result<Option<Delivery>>;

    /// Finds the delivery of a message.
    async fn of_message(
        &mut self,
        conversation: ConversationId,
        seq: i64,
    ) -> Result<Option<Delivery>>;

    /// Takes note that the provider has a message that waited.
    ///
    /// # Errors
    /// [`Error::Conflict`] where another message has this provider's id.
    async fn sent(
        &mut self,
        id: DeliveryId,
        provider_id: &str,
        n_parts: Option<u32>,
        at: UnixMs,
    ) -> Result<Swap>;

    /// Takes in a provider's news of a message; [`Swap::Stale`] where no message has this
    /// provider's id, and where it has come as far or further. News may come before
    /// [`Deliveries::sent`] is committed: then it is unknown here, and worth another try.
    async fn news(
        &mut self,
        provider_id: &str,
        state: DeliveryState,
        error: Option<&str>,
        at: UnixMs,
    ) -> Result<Swap>;

    /// Gives a message up that has not arrived.
    async fn fail(&mut self, id: DeliveryId, error: &str, at: UnixMs) -> Result<Swap>;

    /// Lists a conversation's deliveries in the order of its messages.
    async fn of_conversation(
        &mut self,
        conversation: ConversationId,
        page: Page,
    ) -> Result<Vec<Delivery>>;
}
