//! Residents, and the addresses they are known by.

use async_trait::async_trait;
use bot_core::channel::Channel;
use bot_core::id::{IdentityId, ResidentId};
use bot_core::lang::Language;
use bot_core::time::UnixMs;

use crate::error::Result;
use crate::store::{Novelty, Swap};

/// A person who talks to the city.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Resident {
    /// The id.
    pub id: ResidentId,
    /// The language last used, if any.
    pub lang: Option<Language>,
    /// When the counter first met them.
    pub created: UnixMs,
}

/// An address of a resident on one channel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    /// The id.
    pub id: IdentityId,
    /// Whose address it is.
    pub resident: ResidentId,
    /// The channel.
    pub channel: Channel,
    /// The address on that channel.
    pub address: String,
    /// When the counter first saw it.
    pub created: UnixMs,
}

/// The residents and their addresses.
#[async_trait]
pub trait Identities: Send {
    /// Finds the identity with this channel and address, or keeps the one given, together with a
    /// resident of its own.
    ///
    /// Two transactions that do this for one address come one after the other.
    async fn upsert(&mut self, identity: &Identity) -> Result<(Identity, Novelty)>;

    /// Finds an identity by its id.
    async fn get(&mut self, id: IdentityId) -> Result<Option<Identity>>;

    /// Finds an identity by its address.
    async fn find(&mut self, channel: Channel, address: &str) -> Result<Option<Identity>>;

    /// Finds a resident.
    async fn resident(&mut self, id: ResidentId) -> Result<Option<Resident>>;

    /// Remembers a resident's language.
    async fn set_lang(&mut self, id: ResidentId, lang: Language) -> Result<Swap>;
}
