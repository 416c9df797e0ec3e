//! What can go wrong with a job, by what happens to it then.

use bot_channels::provider::ProviderError;
use std::time::Duration;

/// Why a job was not done.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The store could not do as asked.
    #[error(transparent)]
    Store(#[from] bot_store::Error),
    /// Someone else was first: the job is theirs now, or is to be begun again.
    #[error("someone else was first")]
    Stale,
    /// An action took longer than its step allows: the turn is to be begun again without it.
    #[error("call {0} took longer than its step allows")]
    SlowCall(u32),
    /// A stored row makes no sense.
    #[error("a stored {what} cannot be read")]
    Unreadable {
        /// What it is.
        what: &'static str,
        /// Why.
        #[source]
        why: serde_json::Error,
    },
    /// A provider has not done what was asked of it.
    #[error(transparent)]
    Provider(#[from] ProviderError),
    /// Nothing is set up to do it with.
    #[error("{0} is not set up")]
    NotSetUp(&'static str),
    /// The job has ended its worker several times over.
    #[error("the job has ended its worker several times over")]
    Fatal,
}

impl Error {
    /// Says that a stored value cannot be read.
    pub(crate) const fn unreadable(what: &'static str, why: serde_json::Error) -> Self {
        Self::Unreadable { what, why }
    }

    /// Tells whether trying again is of no use.
    pub(crate) const fn is_final(&self) -> bool {
        matches!(self, Self::Provider(ProviderError::Refused { .. }))
    }

    /// Gives how long to wait at least before it is tried again, where somebody has said so.
    pub(crate) const fn wait(&self) -> Option<Duration> {
        match self {
            Self::Provider(ProviderError::Busy { after }) => *after,
            Self::Provider(
                ProviderError::Missing
                | ProviderError::Locked { .. }
                | ProviderError::Refused { .. }
                | ProviderError::Away(_),
            )
            | Self::Store(_)
            | Self::Stale
            | Self::SlowCall(_)
            | Self::Unreadable { .. }
            | Self::NotSetUp(_)
            | Self::Fatal => None,
        }
    }
}
