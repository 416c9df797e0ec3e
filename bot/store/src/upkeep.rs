//! What only upkeep, metrics and people ask for: counts, the dead, and taking away what is done.
//!
//! Everything that takes away has a bound, so that no transaction gets long.

use async_trait::async_trait;
use bot_core::channel::Channel;
use bot_core::id::JobId;
use bot_core::time::UnixMs;

use crate::conversations::Conversation;
use crate::error::Result;
use crate::jobs::{Job, JobState, Queue};
use crate::page::Page;
use crate::store::Swap;

/// How many jobs of a queue stand somewhere.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JobCount {
    /// The queue.
    pub queue: Queue,
    /// The state.
    pub state: JobState,
    /// How many.
    pub n_jobs: u64,
    /// When the first of them was to run.
    pub oldest: UnixMs,
}

/// A channel's proof that nothing was lost: both numbers are the same.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tally {
    /// The channel.
    pub channel: Channel,
    /// Messages that providers handed in.
    pub n_inbox: u64,
    /// Messages of residents in conversations.
    pub n_messages: u64,
}

/// What only upkeep and people ask for.
#[async_trait]
pub trait Upkeep: Send {
    /// Counts the jobs that are not done, by queue and state.
    async fn job_counts(&mut self) -> Result<Vec<JobCount>>;

    /// Lists the jobs that were given up, the last first.
    async fn dead_jobs(&mut self, page: Page) -> Result<Vec<Job>>;

    /// Makes a job that was given up ready again, at the end of its lane's order as before.
    async fn revive_job(&mut self, id: JobId, run_at: UnixMs) -> Result<Swap>;

    /// Removes jobs that were done before a time; gives how many.
    async fn purge_jobs(&mut self, before: UnixMs, limit: u32) -> Result<u64>;

    /// Removes events of the desk that are older than a time; gives how many.
    async fn purge_desk(&mut self, before: UnixMs, limit: u32) -> Result<u64>;

    /// Removes files that no conversation has claimed since a time; gives how many.
    async fn purge_attachments(&mut self, before: UnixMs, limit: u32) -> Result<u64>;

    /// Removes what was answered to providers' requests before a time; gives how many.
    async fn purge_hooks(&mut self, before: UnixMs, limit: u32) -> Result<u64>;

    /// Takes away the sound of recordings that are older than a time; what was heard of them stays.
    /// Gives how many.
    async fn purge_sounds(&mut self, before: UnixMs, limit: u32) -> Result<u64>;

    /// Lists the bot's conversations that are not closed and in which nothing has happened since a
    /// time, the stillest first.
    async fn idle_conversations(&mut self, before: UnixMs, limit: u32)
    -> Result<Vec<Conversation>>;

    /// Counts, for each channel that has any, what came in and what was kept since a time.
    async fn tally(&mut self, since: UnixMs) -> Result<Vec<Tally>>;
}
