//! What can go wrong with a job, by what happens to it then.

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
    /// The job has ended its worker several times over.
    #[error("the job has ended its worker several times over")]
    Fatal,
}

impl Error {
    /// Says that a stored value cannot be read.
    pub(crate) const fn unreadable(what: &'static str, why: serde_json::Error) -> Self {
        Self::Unreadable { what, why }
    }
}
