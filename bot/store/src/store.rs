//! The store and its transactions: the doors to every noun.
//!
//! Never here: what a noun can do; that is in the noun's own file.

use async_trait::async_trait;

use crate::attachments::Attachments;
use crate::callbacks::Callbacks;
use crate::calls::Calls;
use crate::cases::Cases;
use crate::conversations::Conversations;
use crate::deliveries::Deliveries;
use crate::desk::Desk;
use crate::error::Result;
use crate::hooks::Hooks;
use crate::identities::Identities;
use crate::inbox::Inbox;
use crate::jobs::Jobs;
use crate::log::Log;
use crate::messages::Messages;
use crate::parties::Parties;
use crate::private::Private;
use crate::recordings::Recordings;
use crate::releases::Releases;
use crate::secrets::Secrets;
use crate::sessions::Sessions;
use crate::silences::Silences;
use crate::suggestions::Suggestions;
use crate::timers::Timers;
use crate::updates::Updates;
use crate::upkeep::Upkeep;
use crate::wake::Wake;

/// A place where everything is kept.
#[async_trait]
pub trait Store: Send + Sync {
    /// Begins a transaction that may write.
    ///
    /// On SQLite there is one writer at a time: those who wait are served in order, and for a
    /// bounded time. Keep it short, and never wait for anything else inside it.
    ///
    /// # Errors
    /// [`crate::Error::Busy`] where the wait was too long, and whatever stops the database.
    async fn begin(&self) -> Result<Box<dyn Tx>>;

    /// Begins a read-only transaction that sees one consistent state; writing through it is
    /// [`crate::Error::Snapshot`].
    ///
    /// # Errors
    /// As [`Store::begin`].
    async fn read(&self) -> Result<Box<dyn Tx>>;

    /// Opens a way to read without a snapshot: each question sees what is there when it is asked.
    /// For one question it is as good, and spares the store the bounds of a transaction.
    async fn look(&self) -> Result<Box<dyn Tx>> {
        self.read().await
    }

    /// Gives the bell that tells others of a commit.
    fn wake(&self) -> &dyn Wake;

    /// Closes every connection once it is idle; what comes later is refused.
    async fn close(&self);
}

/// A transaction. Dropping it without a commit leaves nothing behind.
#[async_trait]
pub trait Tx: Send {
    /// Gives the messages as the providers handed them in.
    fn inbox(&mut self) -> &mut dyn Inbox;
    /// Gives the residents and their addresses.
    fn identities(&mut self) -> &mut dyn Identities;
    /// Gives the conversations.
    fn conversations(&mut self) -> &mut dyn Conversations;
    /// Gives the messages of the conversations.
    fn messages(&mut self) -> &mut dyn Messages;
    /// Gives the engine's sessions.
    fn sessions(&mut self) -> &mut dyn Sessions;
    /// Gives the log of events and effects.
    fn log(&mut self) -> &mut dyn Log;
    /// Gives the durable work.
    fn jobs(&mut self) -> &mut dyn Jobs;
    /// Gives the timers of the conversations.
    fn timers(&mut self) -> &mut dyn Timers;
    /// Gives the cases.
    fn cases(&mut self) -> &mut dyn Cases;
    /// Gives who reported or follows a case.
    fn parties(&mut self) -> &mut dyn Parties;
    /// Gives what has happened to a case.
    fn updates(&mut self) -> &mut dyn Updates;
    /// Gives the messages left for people.
    fn callbacks(&mut self) -> &mut dyn Callbacks;
    /// Gives the files.
    fn attachments(&mut self) -> &mut dyn Attachments;
    /// Gives the city packages.
    fn releases(&mut self) -> &mut dyn Releases;
    /// Gives the keys that the service made for itself.
    fn secrets(&mut self) -> &mut dyn Secrets;
    /// Gives the texts to hide.
    fn private(&mut self) -> &mut dyn Private;
    /// Gives the sentences kept for whoever looks after the intents.
    fn suggestions(&mut self) -> &mut dyn Suggestions;
    /// Gives the telephone calls.
    fn calls(&mut self) -> &mut dyn Calls;
    /// Gives what was answered to providers' requests.
    fn hooks(&mut self) -> &mut dyn Hooks;
    /// Gives what callers have recorded.
    fn recordings(&mut self) -> &mut dyn Recordings;
    /// Gives the messages on their way to providers.
    fn deliveries(&mut self) -> &mut dyn Deliveries;
    /// Gives the addresses that asked for no more messages.
    fn silences(&mut self) -> &mut dyn Silences;
    /// Gives the events that the desk shows.
    fn desk(&mut self) -> &mut dyn Desk;
    /// Gives what only upkeep and people ask for.
    fn upkeep(&mut self) -> &mut dyn Upkeep;

    /// Makes everything written through this transaction last.
    ///
    /// # Errors
    /// Nothing was written, except after [`crate::Error::Unavailable`]: then nobody knows.
    async fn commit(self: Box<Self>) -> Result<()>;
}

/// What became of a write that is done only if nobody else was first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use]
pub enum Swap {
    /// It was written.
    Done,
    /// The row is gone or is no longer as the caller saw it; nothing was written.
    Stale,
}

impl Swap {
    /// Tells whether it was written.
    #[must_use]
    pub const fn is_done(self) -> bool {
        matches!(self, Self::Done)
    }

    /// Makes the answer from the number of rows that were written.
    pub const fn from_rows(n_rows: u64) -> Self {
        if n_rows == 0 { Self::Stale } else { Self::Done }
    }
}

/// Whether a row is new or was there before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Novelty {
    /// It was written now.
    Fresh,
    /// It had been written before; nothing was written now.
    Repeat,
}

impl Novelty {
    /// Tells whether it was written now.
    #[must_use]
    pub const fn is_fresh(self) -> bool {
        matches!(self, Self::Fresh)
    }

    /// Makes the answer from the number of rows that were written.
    #[must_use]
    pub const fn from_rows(n_rows: u64) -> Self {
        if n_rows == 0 { Self::Repeat } else { Self::Fresh }
    }
}
