//! A store in memory, for tests and for a talk in the terminal.
//!
//! One writer at a time, served in order; readers see the last committed state. Each table is
//! copied when a transaction first writes to it, so this is not for many rows. Each noun has its
//! file in `memory/`.

mod attachments;
mod callbacks;
mod calls;
mod cases;
mod conversations;
mod deliveries;
mod desk;
mod hooks;
mod identities;
mod inbox;
mod jobs;
mod keeping;
mod log;
mod messages;
mod parties;
mod private;
mod recordings;
mod sessions;
mod silences;
mod state;
mod suggestions;
mod timers;
mod updates;
mod upkeep;

use async_trait::async_trait;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;
use tokio::sync::{Mutex, OwnedMutexGuard};

use crate::error::{Error, Result, cause};
use crate::store::{Store, Tx};
use crate::wake::{LocalWake, Wake};
use state::State;

/// How long a writer waits for its turn.
pub const MAX_WAIT_MS: u64 = 10_000;

/// A store in memory.
#[derive(Debug, Default)]
pub struct MemoryStore {
    shared: Arc<Shared>,
}

#[derive(Debug, Default)]
struct Shared {
    /// The writers' line.
    line: Arc<Mutex<()>>,
    /// What was committed last.
    state: RwLock<State>,
    wake: LocalWake,
}

impl MemoryStore {
    /// Makes an empty store.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    fn snapshot(&self, turn: Option<OwnedMutexGuard<()>>) -> Box<dyn Tx> {
        let state = self.shared.state.read();
        let state = state.unwrap_or_else(PoisonError::into_inner).clone();
        Box::new(MemoryTx { shared: Arc::clone(&self.shared), state, turn })
    }
}

#[async_trait]
impl Store for MemoryStore {
    async fn begin(&self) -> Result<Box<dyn Tx>> {
        let line = Arc::clone(&self.shared.line).lock_owned();
        let turn = tokio::time::timeout(Duration::from_millis(MAX_WAIT_MS), line).await;
        let turn = turn.map_err(|_| Error::Busy(cause("another transaction does not end")))?;
        Ok(self.snapshot(Some(turn)))
    }

    async fn read(&self) -> Result<Box<dyn Tx>> {
        Ok(self.snapshot(None))
    }

    fn wake(&self) -> &dyn Wake {
        &self.shared.wake
    }

    async fn close(&self) {}
}

/// A transaction of the store in memory.
struct MemoryTx {
    shared: Arc<Shared>,
    state: State,
    /// The writer's turn; readers have none.
    turn: Option<OwnedMutexGuard<()>>,
}

impl MemoryTx {
    /// Gives the state to write to; readers get an error.
    fn write(&mut self) -> Result<&mut State> {
        if self.turn.is_some() { Ok(&mut self.state) } else { Err(Error::Snapshot) }
    }
}

macro_rules! doors {
    ($($noun:ident: $trait:path),+ $(,)?) => {$(
        fn $noun(&mut self) -> &mut dyn $trait {
            self
        }
    )+};
}

#[async_trait]
impl Tx for MemoryTx {
    doors! {
        inbox: crate::inbox::Inbox,
        identities: crate::identities::Identities,
        conversations: crate::conversations::Conversations,
        messages: crate::messages::Messages,
        sessions: crate::sessions::Sessions,
        log: crate::log::Log,
        jobs: crate::jobs::Jobs,
        timers: crate::timers::Timers,
        cases: crate::cases::Cases,
        parties: crate::parties::Parties,
        updates: crate::updates::Updates,
        callbacks: crate::callbacks::Callbacks,
        attachments: crate::attachments::Attachments,
        releases: crate::releases::Releases,
        secrets: crate::secrets::Secrets,
        private: crate::private::Private,
        suggestions: crate::suggestions::Suggestions,
        calls: crate::calls::Calls,
        hooks: crate::hooks::Hooks,
        recordings: crate::recordings::Recordings,
        deliveries: crate::deliveries::Deliveries,
        silences: crate::silences::Silences,
        desk: crate::desk::Desk,
        upkeep: crate::upkeep::Upkeep,
    }

    async fn commit(self: Box<Self>) -> Result<()> {
        let Self { shared, state, turn } = *self;
        if turn.is_some() {
            let mut committed = shared.state.write().unwrap_or_else(PoisonError::into_inner);
            *committed = state;
        }
        Ok(())
    }
}
