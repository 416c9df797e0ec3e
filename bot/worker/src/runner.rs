//! Claims jobs and does them, several at a time, until told to stop.

use bot_store::jobs::{Job, Queue};
use bot_store::{Subscription, Topic};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use crate::error::Error;
use crate::shell::Shell;
use crate::{clock, last_resort, timers, turn, upkeep};

/// How the work is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Settings {
    /// Jobs done at the same time.
    pub n_at_once: usize,
    /// How long a job may take before another worker may have it.
    pub lease: Duration,
    /// How long to wait before looking again when nothing rings.
    pub poll: Duration,
    /// How often timers and the clock are looked at.
    pub timer_tick: Duration,
    /// How often upkeep runs.
    pub upkeep_tick: Duration,
    /// How long jobs in progress may go on after the stop.
    pub grace: Duration,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            n_at_once: 8,
            lease: Duration::from_secs(10),
            poll: Duration::from_secs(1),
            timer_tick: Duration::from_millis(500),
            upkeep_tick: Duration::from_mins(1),
            grace: Duration::from_secs(20),
        }
    }
}

/// Times that a job is tried before it is given up.
pub(crate) const MAX_ATTEMPTS: i64 = 8;
/// The queues that this version works on.
const QUEUES: [Queue; 1] = [Queue::Turn];
/// The first wait after a failure; each next one is twice as long.
const FIRST_WAIT: Duration = Duration::from_millis(200);
const LONGEST_WAIT: Duration = Duration::from_mins(1);

/// A worker.
pub struct Runner {
    shell: Shell,
    settings: Settings,
    stop: CancellationToken,
}

impl Runner {
    /// Makes a worker that goes on until `stop` is cancelled.
    #[must_use]
    pub const fn new(shell: Shell, settings: Settings, stop: CancellationToken) -> Self {
        Self { shell, settings, stop }
    }

    /// Works until told to stop, then lets jobs in progress end.
    pub async fn run(self) {
        let ticks = tokio::join!(self.work(), self.tick_timers(), self.tick_upkeep());
        let ((), (), ()) = ticks;
    }

    async fn work(&self) {
        let slots = Arc::new(Semaphore::new(self.settings.n_at_once));
        let mut rings = self.shell.store.wake().subscribe(Topic::Jobs);
        let mut jobs = JoinSet::new();
        while !self.stop.is_cancelled() {
            let n_free = slots.available_permits();
            let claimed = if n_free == 0 { Vec::new() } else { self.claim(n_free).await };
            let n_claimed = claimed.len();
            for job in claimed {
                let Ok(slot) = Arc::clone(&slots).acquire_owned().await else { return };
                let shell = self.shell.clone();
                jobs.spawn(async move {
                    one(&shell, &job).await;
                    drop(slot);
                });
            }
            while jobs.try_join_next().is_some() {}
            if n_claimed == 0 || slots.available_permits() == 0 {
                self.rest(&mut rings, &mut jobs).await;
            }
        }
        let all_done = async { while jobs.join_next().await.is_some() {} };
        if tokio::time::timeout(self.settings.grace, all_done).await.is_err() {
            tracing::warn!(
                "jobs were still in progress at the end of the grace; others will do them"
            );
        }
    }

    async fn claim(&self, n_free: usize) -> Vec<Job> {
        let claimed = async {
            let mut tx = self.shell.store.begin().await?;
            let limit = u32::try_from(n_free).unwrap_or(u32::MAX);
            let now = self.shell.now();
            let jobs = tx.jobs().claim(&QUEUES, limit, now, self.settings.lease).await?;
            if !jobs.is_empty() {
                tx.commit().await?;
            }
            Ok::<_, bot_store::Error>(jobs)
        };
        claimed.await.unwrap_or_else(|error| {
            tracing::warn!(%error, "no job could be claimed");
            Vec::new()
        })
    }

    /// Waits for a ring, a job's end, the next job's time, or the slow poll.
    async fn rest(&self, rings: &mut Subscription, jobs: &mut JoinSet<()>) {
        let wait = self.next_look().await;
        tokio::select! {
            () = self.stop.cancelled() => {}
            () = tokio::time::sleep(wait) => {}
            ring = rings.heard() => {
                if ring.is_none() {
                    tokio::time::sleep(self.settings.poll).await;
                }
            }
            Some(_) = jobs.join_next() => {}
        }
    }

    async fn next_look(&self) -> Duration {
        let due = async {
            let mut tx = self.shell.store.look().await?;
            tx.jobs().next_due(Queue::Turn).await
        };
        match due.await {
            Ok(Some(at)) => {
                at.since(self.shell.now()).clamp(Duration::from_millis(1), self.settings.poll)
            }
            Ok(None) | Err(_) => self.settings.poll,
        }
    }

    async fn tick_timers(&self) {
        let mut watch = clock::Watch::default();
        while self.pause(self.settings.timer_tick).await {
            if let Err(error) = watch.look(&self.shell, self.settings.lease, LONGEST_WAIT).await {
                tracing::warn!(%error, "the clock could not be looked after");
            }
            if let Err(error) = timers::run(&self.shell).await {
                tracing::warn!(%error, "timers could not be looked at");
            }
        }
    }

    async fn tick_upkeep(&self) {
        while self.pause(self.settings.upkeep_tick).await {
            if let Err(error) = upkeep::run(&self.shell).await {
                tracing::warn!(%error, "upkeep could not run");
            }
        }
    }

    /// Waits; false when it is time to stop.
    async fn pause(&self, span: Duration) -> bool {
        tokio::select! {
            () = self.stop.cancelled() => false,
            () = tokio::time::sleep(span) => true,
        }
    }
}

/// Does one job; whatever goes wrong, it is settled: done, put back, or given up aloud.
pub(crate) async fn one(shell: &Shell, job: &Job) {
    let (id, attempt) = (job.new.id, job.attempt);
    // A job that killed its worker each time never came back to say so.
    let result =
        if attempt > MAX_ATTEMPTS { Err(Error::Fatal) } else { turn::run(shell, job).await };
    let Err(error) = result else { return };
    tracing::warn!(job.id = %id, attempt, %error, "a job has failed");
    let settled = if attempt >= MAX_ATTEMPTS {
        shell.metrics.dead();
        last_resort::bury(shell, job, &error).await
    } else {
        shell.metrics.retry();
        put_back(shell, job, &error).await
    };
    if let Err(error) = settled {
        // Its lease will end, and another worker will have it.
        tracing::warn!(job.id = %id, %error, "a failed job could not be settled");
    }
}

async fn put_back(shell: &Shell, job: &Job, error: &Error) -> Result<(), Error> {
    let doublings = u32::try_from(job.attempt.clamp(1, 16) - 1).unwrap_or(0);
    let wait = FIRST_WAIT.saturating_mul(1 << doublings).min(LONGEST_WAIT);
    let mut tx = shell.store.begin().await?;
    let run_at = shell.now().plus(wait);
    let swap = tx.jobs().retry(job.new.id, job.attempt, run_at, &error.to_string()).await?;
    if swap.is_done() {
        tx.commit().await?;
    }
    Ok(())
}
