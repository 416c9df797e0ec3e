//! The city packages that conversations were held with, by their hash.

use async_trait::async_trait;
use bot_core::time::UnixMs;

use crate::error::Result;
use crate::store::Novelty;

/// The largest package that is kept.
pub const MAX_RELEASE_BYTES: usize = 16 * 1_024 * 1_024;

/// The city packages.
#[async_trait]
pub trait Releases: Send {
    /// Keeps a package, unless it is kept already.
    async fn keep(&mut self, hash: &str, body: &str, at: UnixMs) -> Result<Novelty>;

    /// Finds a package.
    async fn get(&mut self, hash: &str) -> Result<Option<String>>;

    /// Lists the hashes that conversations not yet closed were opened with.
    async fn in_use(&mut self) -> Result<Vec<String>>;
}
