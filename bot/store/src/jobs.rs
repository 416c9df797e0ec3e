//! Durable work: rows that workers claim for a time and settle.
//!
//! A lease, not a held lock, so that long work holds no transaction. Claiming raises the attempt
//! and settling asks for the same attempt, so that a worker that was given up cannot settle what
//! another now does. In a lane only the oldest unfinished job runs, one at a time.

use async_trait::async_trait;
use bot_core::id::JobId;
use bot_core::time::UnixMs;
use std::time::Duration;

use crate::error::Result;
use crate::store::{Novelty, Swap};

/// Characters kept of an error.
pub const MAX_ERROR_CHARS: usize = 500;

/// A kind of worker.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Queue {
    /// Turns of conversations.
    Turn,
    /// Speech to text.
    Transcribe,
    /// Actions that leave the machine.
    Call,
    /// Messages to residents.
    Deliver,
    /// Cases to and from the city's own systems.
    CaseSync,
    /// News of cases to those who follow them.
    Notify,
}

impl Queue {
    /// Every queue.
    pub const ALL: [Self; 6] =
        [Self::Turn, Self::Transcribe, Self::Call, Self::Deliver, Self::CaseSync, Self::Notify];

    /// Gives the name used in tables and metrics.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Turn => "turn",
            Self::Transcribe => "transcribe",
            Self::Call => "call",
            Self::Deliver => "deliver",
            Self::CaseSync => "case_sync",
            Self::Notify => "notify",
        }
    }

    /// Finds a queue by its name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|queue| queue.name() == name)
    }
}

/// Where a job stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum JobState {
    /// It waits for its time and a worker.
    Ready,
    /// A worker has it, until its lease ends.
    Running,
    /// Done.
    Done,
    /// Given up; a person may revive it.
    Dead,
}

impl JobState {
    /// Every state.
    pub const ALL: [Self; 4] = [Self::Ready, Self::Running, Self::Done, Self::Dead];

    /// Gives the name used in tables and metrics.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Ready => "ready",
            Self::Running => "running",
            Self::Done => "done",
            Self::Dead => "dead",
        }
    }

    /// Finds a state by its name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.name() == name)
    }
}

/// A job to add.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewJob {
    /// The id.
    pub id: JobId,
    /// Who is to do it.
    pub queue: Queue,
    /// The lane in that queue, usually a conversation's id; one job of a lane runs at a time. A
    /// lane with thousands of jobs makes every claim slower: have many lanes.
    pub lane: String,
    /// What sort of job it is, to tell those that may wait together.
    pub kind: String,
    /// What to do, as JSON.
    pub payload: String,
    /// When it may run at the earliest.
    pub run_at: UnixMs,
    /// The trace it belongs to.
    pub trace: Option<String>,
}

/// A job.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Job {
    /// Its place: the order within its lane.
    pub seq: i64,
    /// What was asked for; `run_at` is the present one.
    pub new: NewJob,
    /// Where it stands.
    pub state: JobState,
    /// How often it was claimed.
    pub attempt: i64,
    /// Until when its worker has it.
    pub lease_until: Option<UnixMs>,
    /// What went wrong last.
    pub last_error: Option<String>,
}

/// Keeps the beginning of an error's text.
#[must_use]
pub fn clip(error: &str) -> String {
    bot_core::text::shorten(error, MAX_ERROR_CHARS)
}

/// The durable work.
#[async_trait]
pub trait Jobs: Send {
    /// Adds a job.
    async fn add(&mut self, job: &NewJob) -> Result<()>;

    /// Adds a job, unless one of the same queue, lane and kind is ready: then that one's time moves
    /// on to the new one's, at most `burst` after the time it was first to run, and never back.
    async fn add_unless_ready(&mut self, job: &NewJob, burst: Duration) -> Result<Novelty>;

    /// Claims jobs whose time has come, for a time. Only the oldest unfinished job of a lane is
    /// given, and a job whose lease has ended is given again.
    ///
    /// # Errors
    /// [`crate::Error::Conflict`], rarely: another claimed in the same lane at the same time. Claim
    /// again.
    async fn claim(
        &mut self,
        queues: &[Queue],
        limit: u32,
        now: UnixMs,
        lease: Duration,
    ) -> Result<Vec<Job>>;

    /// Marks a job as done.
    async fn finish(&mut self, id: JobId, attempt: i64, at: UnixMs) -> Result<Swap>;

    /// Gives a job back, to be claimed again later.
    async fn retry(&mut self, id: JobId, attempt: i64, run_at: UnixMs, error: &str)
    -> Result<Swap>;

    /// Gives a job up; its lane goes on without it.
    async fn bury(&mut self, id: JobId, attempt: i64, error: &str, at: UnixMs) -> Result<Swap>;

    /// Asks for more time.
    async fn extend(&mut self, id: JobId, attempt: i64, lease_until: UnixMs) -> Result<Swap>;

    /// Makes due at once what is due after `latest`, ready jobs and leases alike; gives how many.
    /// No clock that goes right has set such times: one did that has been set back since.
    async fn bring_forward(&mut self, queue: Queue, latest: UnixMs, now: UnixMs) -> Result<u64>;

    /// Tells when a queue next has something to claim, as far as times go: a ready job's time or
    /// the end of a lease. A job behind another in its lane does not count.
    async fn next_due(&mut self, queue: Queue) -> Result<Option<UnixMs>>;

    /// Finds a job.
    async fn get(&mut self, id: JobId) -> Result<Option<Job>>;
}
