//! Addresses that asked for no more messages, as by STOP or ARRET.
//!
//! They are no part of a conversation, and stay when its private texts are hidden: a wish to hear
//! nothing more is only kept by whoever remembers the address.

use async_trait::async_trait;
use bot_core::channel::Channel;
use bot_core::time::UnixMs;

use crate::error::Result;
use crate::store::{Novelty, Swap};

/// The addresses that asked for no more messages.
#[async_trait]
pub trait Silences: Send {
    /// Takes note of an address, of at most [`crate::receive::MAX_ADDRESS_BYTES`].
    async fn add(&mut self, channel: Channel, address: &str, at: UnixMs) -> Result<Novelty>;

    /// Lets messages through again; [`Swap::Stale`] where they were.
    async fn lift(&mut self, channel: Channel, address: &str) -> Result<Swap>;

    /// Tells whether an address asked for no more messages.
    async fn is_silent(&mut self, channel: Channel, address: &str) -> Result<bool>;
}
