//! A store in memory that can be told to fail, at the begin or at the very end.

use async_trait::async_trait;
use bot_store::error::{Error, Result, cause};
use bot_store::{MemoryStore, Store, Tx, Wake};
use std::sync::{Mutex, PoisonError};

/// What is wrong with the store.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fault {
    /// The database cannot be reached.
    Down,
    /// The database goes away when something is committed.
    DownAtCommit,
    /// The disk is full: seen when something is committed.
    Full,
    /// The file is read-only: seen when something is to be written.
    ReadOnly,
    /// Others are writing all the time.
    Busy,
    /// Others are always first.
    Crowded,
    /// A fault that nobody knows.
    Broken,
    /// It answers, and everything is gone.
    Emptied,
}

/// A store that can be told to fail.
#[derive(Default)]
pub(crate) struct FaultyStore {
    store: MemoryStore,
    empty: MemoryStore,
    fault: Mutex<Option<Fault>>,
}

/// Words of an error that only the operator may see.
pub(crate) const INNER_WORDS: &str = "10.0.0.7:5432 refuses";

impl FaultyStore {
    /// Breaks the store, or mends it.
    pub(crate) fn set(&self, fault: Option<Fault>) {
        *self.fault.lock().unwrap_or_else(PoisonError::into_inner) = fault;
    }

    fn fault(&self) -> Option<Fault> {
        *self.fault.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl Store for FaultyStore {
    async fn begin(&self) -> Result<Box<dyn Tx>> {
        let why = cause(INNER_WORDS);
        let at_commit = match self.fault() {
            None => None,
            Some(Fault::Down) => return Err(Error::Unavailable(why)),
            Some(Fault::ReadOnly) => return Err(Error::ReadOnly(why)),
            Some(Fault::Busy) => return Err(Error::Busy(why)),
            Some(Fault::Broken) => return Err(Error::Fault(why)),
            Some(Fault::Emptied) => return self.empty.begin().await,
            Some(Fault::DownAtCommit) => Some(Error::Unavailable(why)),
            Some(Fault::Full) => Some(Error::Full(why)),
            Some(Fault::Crowded) => Some(Error::Conflict(INNER_WORDS.to_owned())),
        };
        let tx = self.store.begin().await?;
        Ok(match at_commit {
            None => tx,
            Some(error) => Box::new(FaultyTx { tx, error }),
        })
    }

    async fn read(&self) -> Result<Box<dyn Tx>> {
        match self.fault() {
            Some(Fault::Down) => Err(Error::Unavailable(cause(INNER_WORDS))),
            Some(Fault::Broken) => Err(Error::Fault(cause(INNER_WORDS))),
            Some(Fault::Emptied) => self.empty.read().await,
            None
            | Some(
                Fault::DownAtCommit | Fault::Full | Fault::ReadOnly | Fault::Busy | Fault::Crowded,
            ) => self.store.read().await,
        }
    }

    fn wake(&self) -> &dyn Wake {
        self.store.wake()
    }

    async fn close(&self) {}
}

/// A transaction that cannot be committed.
struct FaultyTx {
    tx: Box<dyn Tx>,
    error: Error,
}

macro_rules! doors {
    ($($noun:ident: $trait:path),+ $(,)?) => {$(
        fn $noun(&mut self) -> &mut dyn $trait {
            self.tx.$noun()
        }
    )+};
}

#[async_trait]
impl Tx for FaultyTx {
    doors! {
        inbox: bot_store::inbox::Inbox,
        identities: bot_store::identities::Identities,
        conversations: bot_store::conversations::Conversations,
        messages: bot_store::messages::Messages,
        sessions: bot_store::sessions::Sessions,
        log: bot_store::log::Log,
        jobs: bot_store::jobs::Jobs,
        timers: bot_store::timers::Timers,
        cases: bot_store::cases::Cases,
        parties: bot_store::parties::Parties,
        updates: bot_store::updates::Updates,
        callbacks: bot_store::callbacks::Callbacks,
        attachments: bot_store::attachments::Attachments,
        releases: bot_store::releases::Releases,
        secrets: bot_store::secrets::Secrets,
        private: bot_store::private::Private,
        suggestions: bot_store::suggestions::Suggestions,
        calls: bot_store::calls::Calls,
        hooks: bot_store::hooks::Hooks,
        recordings: bot_store::recordings::Recordings,
        deliveries: bot_store::deliveries::Deliveries,
        silences: bot_store::silences::Silences,
        desk: bot_store::desk::Desk,
        upkeep: bot_store::upkeep::Upkeep,
    }

    async fn commit(self: Box<Self>) -> Result<()> {
        Err(self.error)
    }
}
