//! Claims jobs and does them, several at a time, until told to stop.

use bot_store::jobs::{Job, Queue};
use bot_store::{Subscription, Topic};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use crate::error::Error;
use crate::patience::{LONGEST_ASKED, Patience};
use crate::shell::Shell;
use crate::{clock, deliver, last_resort, timers, turn, upkeep, voicemail};

/// How the work is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Settings {
    /// Jobs done at the same time.
    pub n_at_once: usize,
    /// Recordings heard at the same time; each takes a processor for a while.
    pub n_heard_at_once: usize,
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
            n_heard_at_once: 1,
            lease: Duration::from_secs(10),
            poll: Duration::from_secs(1),
            timer_tick: Duration::from_millis(500),
            upkeep_tick: Duration::from_mins(1),
            grace: Duration::from_secs(20),
        }
    }
}

/// Messages to residents that are sent at the same time.
const N_DELIVERED_AT_ONCE: usize = 4;
/// How long a message to a resident may take before another worker may send it.
const DELIVER_LEASE: Duration = Duration::from_mins(2);

/// Those who do one kind of work.
#[derive(Debug, Clone, Copy)]
struct Crew {
    queue: Queue,
    n_at_once: usize,
    lease: Duration,
}

impl Settings {
    /// Lists the crews: who does which work, how many at a time.
    const fn crews(&self) -> [Crew; 3] {
        [
            Crew { queue: Queue::Turn, n_at_once: self.n_at_once, lease: self.lease },
            Crew {
                queue: Queue::Transcribe,
                n_at_once: self.n_heard_at_once,
                lease: voicemail::LEASE,
            },
            Crew { queue: Queue::Deliver, n_at_once: N_DELIVERED_AT_ONCE, lease: DELIVER_LEASE },
        ]
    }
}

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
        let [turns, heard, sent] = self.settings.crews();
        let ((), (), (), (), ()) = tokio::join!(
            self.work(turns),
            self.work(heard),
            self.work(sent),
            self.tick_timers(),
            self.tick_upkeep()
        );
    }

    async fn work(&self, crew: Crew) {
        let slots = Arc::new(Semaphore::new(crew.n_at_once));
        let mut rings = self.shell.store.wake().subscribe(Topic::Jobs);
        let mut jobs = JoinSet::new();
        while !self.stop.is_cancelled() {
            let n_free = slots.available_permits();
            let claimed = if n_free == 0 { Vec::new() } else { self.claim(crew, n_free).await };
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
                self.rest(crew, &mut rings, &mut jobs).await;
            }
        }
        let all_done = async { while jobs.join_next().await.is_some() {} };
        if tokio::time::timeout(self.settings.grace, all_done).await.is_err() {
            tracing::warn!(
                "jobs were still in progress at the end of the grace; others will do them"
            );
        }
    }

    async fn claim(&self, crew: Crew, n_free: usize) -> Vec<Job> {
        let claimed = async {
            let mut tx = self.shell.store.begin().await?;
            let limit = u32::try_from(n_free).unwrap_or(u32::MAX);
            let now = self.shell.now();
            let jobs = tx.jobs().claim(&[crew.queue], limit, now, crew.lease).await?;
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
    async fn rest(&self, crew: Crew, rings: &mut Subscription, jobs: &mut JoinSet<()>) {
        let wait = self.next_look(crew.queue).await;
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

    async fn next_look(&self, queue: Queue) -> Duration {
        let due = async {
            let mut tx = self.shell.store.look().await?;
            tx.jobs().next_due(queue).await
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
        let furthest = Patience::of(Queue::Turn).longest_wait;
        while self.pause(self.settings.timer_tick).await {
            if let Err(error) = watch.look(&self.shell, self.settings.lease, furthest).await {
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
    let max_attempts = Patience::of(job.new.queue).max_attempts;
    // A job that killed its worker each time never came back to say so.
    let result = if attempt > max_attempts { Err(Error::Fatal) } else { run(shell, job).await };
    let Err(error) = result else { return };
    tracing::warn!(job.id = %id, attempt, %error, "a job has failed");
    let settled = if attempt >= max_attempts || error.is_final() {
        shell.metrics.dead();
        bury(shell, job, &error).await
    } else {
        shell.metrics.retry();
        put_back(shell, job, &error).await
    };
    if let Err(error) = settled {
        // Its lease will end, and another worker will have it.
        tracing::warn!(job.id = %id, %error, "a failed job could not be settled");
    }
}

async fn run(shell: &Shell, job: &Job) -> Result<(), Error> {
    match job.new.queue {
        Queue::Turn => turn::run(shell, job).await,
        Queue::Transcribe => voicemail::run(shell, job).await,
        Queue::Deliver => deliver::run(shell, job).await,
        // No crew of this version has these.
        Queue::Call | Queue::CaseSync | Queue::Notify => Err(Error::Fatal),
    }
}

async fn bury(shell: &Shell, job: &Job, error: &Error) -> Result<(), Error> {
    match job.new.queue {
        Queue::Transcribe => voicemail::bury(shell, job, error).await,
        Queue::Deliver => deliver::bury(shell, job, error).await,
        Queue::Turn | Queue::Call | Queue::CaseSync | Queue::Notify => {
            last_resort::bury(shell, job, error).await
        }
    }
}

async fn put_back(shell: &Shell, job: &Job, error: &Error) -> Result<(), Error> {
    let patience = Patience::of(job.new.queue);
    let asked = error.wait().unwrap_or_default().min(LONGEST_ASKED);
    let wait = patience.wait(job.attempt).max(asked);
    let mut tx = shell.store.begin().await?;
    let run_at = shell.now().plus(wait);
    let swap = tx.jobs().retry(job.new.id, job.attempt, run_at, &error.to_string()).await?;
    if swap.is_done() {
        tx.commit().await?;
    }
    Ok(())
}
