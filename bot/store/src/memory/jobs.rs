//! Durable work in memory, as durable as the process.

use async_trait::async_trait;
use bot_core::id::JobId;
use bot_core::time::UnixMs;
use std::collections::BTreeMap;
use std::time::Duration;

use super::MemoryTx;
use super::state::{State, StoredJob, n_rows};
use crate::error::{Error, Result};
use crate::jobs::{Job, JobState, Jobs, NewJob, Queue, clip};
use crate::store::{Novelty, Swap};

#[async_trait]
impl Jobs for MemoryTx {
    async fn add(&mut self, job: &NewJob) -> Result<()> {
        let state = self.write()?;
        if state.job_ids.contains(&job.id) {
            return Err(Error::Conflict("a second job with one id".to_owned()));
        }
        state.last_job += 1;
        let seq = state.last_job;
        let stored = StoredJob {
            job: Job {
                seq,
                new: job.clone(),
                state: JobState::Ready,
                attempt: 0,
                lease_until: None,
                last_error: None,
            },
            first_run_at: job.run_at,
            finished: None,
        };
        state.jobs.insert(seq, stored);
        state.job_ids.insert(job.id, seq);
        Ok(())
    }

    async fn add_unless_ready(&mut self, job: &NewJob, burst: Duration) -> Result<Novelty> {
        let state = self.write()?;
        let mut ready = state.jobs.values().filter(|stored| {
            let (waiting, new) = (&stored.job, &stored.job.new);
            waiting.state == JobState::Ready
                && (new.queue, &new.lane, &new.kind) == (job.queue, &job.lane, &job.kind)
        });
        let Some(seq) = ready.next().map(|stored| stored.job.seq) else {
            drop(ready);
            self.add(job).await?;
            return Ok(Novelty::Fresh);
        };
        drop(ready);
        if let Some(stored) = state.jobs.get_mut(&seq) {
            let latest = stored.first_run_at.plus(burst);
            let run_at = &mut stored.job.new.run_at;
            *run_at = (*run_at).max(job.run_at.min(latest));
        }
        Ok(Novelty::Repeat)
    }

    async fn claim(
        &mut self,
        queues: &[Queue],
        limit: u32,
        now: UnixMs,
        lease: Duration,
    ) -> Result<Vec<Job>> {
        let state = self.write()?;
        let mut due: Vec<_> = heads(state)
            .filter(|job| queues.contains(&job.new.queue))
            .map(|job| (job.lease_until.unwrap_or(job.new.run_at), job.seq))
            .filter(|(due, _)| *due <= now)
            .collect();
        due.sort_unstable();
        let mut claimed = Vec::new();
        for (_, seq) in due.into_iter().take(n_rows(limit)) {
            let Some(stored) = state.jobs.get_mut(&seq) else {
                continue;
            };
            stored.job.state = JobState::Running;
            stored.job.attempt += 1;
            stored.job.lease_until = Some(now.plus(lease));
            claimed.push(stored.job.clone());
        }
        Ok(claimed)
    }

    async fn finish(&mut self, id: JobId, attempt: i64, at: UnixMs) -> Result<Swap> {
        Ok(settle(self.write()?, id, attempt, |stored| {
            stored.job.state = JobState::Done;
            stored.finished = Some(at);
        }))
    }

    async fn retry(
        &mut self,
        id: JobId,
        attempt: i64,
        run_at: UnixMs,
        error: &str,
    ) -> Result<Swap> {
        Ok(settle(self.write()?, id, attempt, |stored| {
            stored.job.state = JobState::Ready;
            stored.job.new.run_at = run_at;
            stored.job.last_error = Some(clip(error));
        }))
    }

    async fn bury(&mut self, id: JobId, attempt: i64, error: &str, at: UnixMs) -> Result<Swap> {
        Ok(settle(self.write()?, id, attempt, |stored| {
            stored.job.state = JobState::Dead;
            stored.finished = Some(at);
            stored.job.last_error = Some(clip(error));
        }))
    }

    async fn extend(&mut self, id: JobId, attempt: i64, lease_until: UnixMs) -> Result<Swap> {
        Ok(settle(self.write()?, id, attempt, |stored| {
            stored.job.lease_until = Some(lease_until);
        }))
    }

    async fn bring_forward(&mut self, queue: Queue, latest: UnixMs, now: UnixMs) -> Result<u64> {
        let state = self.write()?;
        let is_far = |stored: &&StoredJob| {
            let job = &stored.job;
            let is_unfinished = matches!(job.state, JobState::Ready | JobState::Running);
            let due = job.lease_until.unwrap_or(job.new.run_at);
            job.new.queue == queue && is_unfinished && due > latest
        };
        let far: Vec<i64> =
            state.jobs.values().filter(is_far).map(|stored| stored.job.seq).collect();
        let n_far = far.len() as u64;
        for seq in far {
            let Some(stored) = state.jobs.get_mut(&seq) else {
                continue;
            };
            match &mut stored.job.lease_until {
                Some(lease_until) => *lease_until = now,
                None => (stored.job.new.run_at, stored.first_run_at) = (now, now),
            }
        }
        Ok(n_far)
    }

    async fn next_due(&mut self, queue: Queue) -> Result<Option<UnixMs>> {
        let heads = heads(&self.state).filter(|job| job.new.queue == queue);
        Ok(heads.map(|job| job.lease_until.unwrap_or(job.new.run_at)).min())
    }

    async fn get(&mut self, id: JobId) -> Result<Option<Job>> {
        let seq = self.state.job_ids.get(&id);
        let stored = seq.and_then(|seq| self.state.jobs.get(seq));
        Ok(stored.map(|stored| stored.job.clone()))
    }
}

/// Gives the job of each lane that may be claimed once its time has come: the one that runs, else
/// the oldest that is ready.
fn heads(state: &State) -> impl Iterator<Item = &Job> {
    let mut heads = BTreeMap::<(Queue, &str), &Job>::new();
    for stored in state.jobs.values() {
        let job = &stored.job;
        let key = (job.new.queue, job.new.lane.as_str());
        match job.state {
            JobState::Running => {
                heads.insert(key, job);
            }
            JobState::Ready => {
                heads.entry(key).or_insert(job);
            }
            JobState::Done | JobState::Dead => {}
        }
    }
    heads.into_values()
}

/// Changes a job that still runs in the attempt given.
fn settle(state: &mut State, id: JobId, attempt: i64, change: impl FnOnce(&mut StoredJob)) -> Swap {
    let Some(seq) = state.job_ids.get(&id).copied() else {
        return Swap::Stale;
    };
    let Some(stored) = state.jobs.get_mut(&seq) else {
        return Swap::Stale;
    };
    if stored.job.state != JobState::Running || stored.job.attempt != attempt {
        return Swap::Stale;
    }
    change(stored);
    if stored.job.state != JobState::Running {
        stored.job.lease_until = None;
    }
    Swap::Done
}
