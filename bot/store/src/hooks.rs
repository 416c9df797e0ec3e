//! What was answered to the requests of providers, so that a request that comes twice gets the same
//! bytes twice. Kept for a day or so: see [`crate::upkeep::Upkeep::purge_hooks`].
//!
//! Never here: how a request is told from another; whoever answers makes the key.

use async_trait::async_trait;
use bot_core::time::UnixMs;

use crate::error::{Error, Result};
use crate::store::Novelty;

/// Bytes of a key.
pub const MAX_HOOK_KEY_BYTES: usize = 512;
/// Bytes of a media type.
pub const MAX_MEDIA_TYPE_BYTES: usize = 255;
/// Bytes of an answer.
pub const MAX_HOOK_BODY_BYTES: usize = 64 * 1_024;

/// An answer to a provider's request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HookAnswer {
    /// What tells the request from all others, at most [`MAX_HOOK_KEY_BYTES`].
    pub key: String,
    /// The status code.
    pub status: u16,
    /// The media type of the body.
    pub media_type: String,
    /// The body, at most [`MAX_HOOK_BODY_BYTES`].
    pub body: String,
    /// When it was given.
    pub at: UnixMs,
}

impl HookAnswer {
    /// Refuses an answer that is larger than the store takes.
    ///
    /// # Errors
    /// [`Error::TooLarge`].
    pub fn check(&self) -> Result<()> {
        Error::check_size(self.key.len(), MAX_HOOK_KEY_BYTES)?;
        Error::check_size(self.media_type.len(), MAX_MEDIA_TYPE_BYTES)?;
        Error::check_size(self.body.len(), MAX_HOOK_BODY_BYTES)
    }
}

/// The answers to providers' requests.
#[async_trait]
pub trait Hooks: Send {
    /// Finds the answer that was given under a key.
    async fn find(&mut self, key: &str) -> Result<Option<HookAnswer>>;

    /// Keeps an answer; where the key has one already, that one stays.
    async fn keep(&mut self, answer: &HookAnswer) -> Result<Novelty>;
}
