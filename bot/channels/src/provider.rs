//! What is asked of a telephone provider: its recordings, and text messages out.
//!
//! Every call waits for the network: ask on a thread that may. Never here: when to try again.

use std::fmt;
use std::time::Duration;

/// Bytes of the longest recording that is fetched; what comes after is left with the provider.
pub const MAX_RECORDING_BYTES: usize = 15 * 1_024 * 1_024;

/// Why a provider has not done what was asked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ProviderError {
    /// It has no such thing, or not yet.
    #[error("the provider has no such thing (404)")]
    Missing,
    /// It does not take our credentials.
    #[error("the provider refuses the credentials ({status}): check the account and its token")]
    Locked {
        /// The status.
        status: u16,
    },
    /// It wants to be asked later.
    #[error("the provider asks to wait")]
    Busy {
        /// How long, where it says so.
        after: Option<Duration>,
    },
    /// It will not, however often it is asked.
    #[error("the provider refuses: status {status}, code {code}")]
    Refused {
        /// The status.
        status: u16,
        /// Its own code, 0 where there is none.
        code: u32,
    },
    /// It cannot be reached, or has a fault of its own.
    #[error("the provider does not answer: {0}")]
    Away(String),
}

/// A recording's file.
#[derive(Clone, PartialEq, Eq)]
pub struct Fetched {
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// Whether it goes on after them.
    pub is_cut: bool,
}

impl fmt::Debug for Fetched {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "Fetched({} bytes)", self.bytes.len())
    }
}

/// The recordings that a provider holds for us.
pub trait Recordings: Send + Sync {
    /// Fetches a recording's file, at most [`MAX_RECORDING_BYTES`] of it.
    ///
    /// # Errors
    /// See [`ProviderError`].
    fn fetch(&self, recording: &str) -> Result<Fetched, ProviderError>;

    /// Has the provider delete its copy; one that is gone is deleted.
    ///
    /// # Errors
    /// See [`ProviderError`].
    fn delete(&self, recording: &str) -> Result<(), ProviderError>;
}

/// A text message that a provider has taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sent {
    /// The provider's id of it.
    pub id: String,
    /// How many parts it costs, where it says so.
    pub n_parts: Option<u32>,
}

/// A way to send text messages.
pub trait Texts: Send + Sync {
    /// Sends a text message to a number in E.164 form.
    ///
    /// # Errors
    /// See [`ProviderError`].
    fn send(&self, to: &str, body: &str) -> Result<Sent, ProviderError>;
}
