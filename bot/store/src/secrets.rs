//! The keys that the service made for itself: token keys, the hash chain's seed.
//!
//! Never here: what people set; that is in the settings.

use async_trait::async_trait;

use crate::error::Result;

/// The largest secret that is kept.
pub const MAX_SECRET_BYTES: usize = 4_096;

/// The keys that the service made for itself.
#[async_trait]
pub trait Secrets: Send {
    /// Gives the secret of this name; `fresh` is kept where there is none yet.
    async fn get_or_insert(&mut self, name: &str, fresh: &[u8]) -> Result<Vec<u8>>;
}
