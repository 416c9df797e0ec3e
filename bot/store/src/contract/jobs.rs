//! Jobs: leases, attempts, lanes, and what becomes of the dead.

use std::sync::Arc;
use std::time::Duration;

use super::lab::{LEASE, Lab, NOON, after};
use super::{Failure, Outcome, check, same};
use crate::jobs::{Job, JobState, MAX_ERROR_CHARS, NewJob, Queue};
use crate::page::Page;
use crate::store::{Novelty, Swap};

const TURN: &[Queue] = &[Queue::Turn];

impl Lab {
    /// Claims turns in a transaction of its own.
    pub(super) async fn claim(&self, limit: u32, ms: u64) -> Result<Vec<Job>, Failure> {
        let mut tx = self.begin().await?;
        let jobs = tx.jobs().claim(TURN, limit, after(ms), LEASE).await?;
        tx.commit().await?;
        Ok(jobs)
    }
}

fn kinds(jobs: &[Job]) -> Vec<&str> {
    jobs.iter().map(|job| job.new.kind.as_str()).collect()
}

pub(super) async fn jobs_read_back_as_written(lab: Arc<Lab>) -> Outcome {
    let new = NewJob {
        queue: Queue::Deliver,
        payload: "{\"mot\":\"été\"}".to_owned(),
        trace: Some("00-abc".to_owned()),
        ..lab.job("lane", "say", after(7))
    };
    let mut tx = lab.begin().await?;
    tx.jobs().add(&new).await?;
    tx.commit().await?;
    let mut tx = lab.begin().await?;
    let job = tx.jobs().get(new.id).await?.ok_or("the job is gone")?;
    same!(job.new, new);
    same!((job.state, job.attempt, job.lease_until), (JobState::Ready, 0, None));
    same!(tx.jobs().claim(TURN, 9, after(7), LEASE).await?.len(), 0);
    same!(tx.jobs().claim(&Queue::ALL, 9, after(6), LEASE).await?.len(), 0);
    let claimed = tx.jobs().claim(&Queue::ALL, 9, after(7), LEASE).await?;
    same!(claimed.len(), 1);
    let expected = Job {
        state: JobState::Running,
        attempt: 1,
        lease_until: Some(after(7).plus(LEASE)),
        ..job
    };
    same!(claimed[0], expected);
    same!(tx.jobs().finish(new.id, 1, after(8)).await?, Swap::Done);
    let done = tx.jobs().get(new.id).await?.ok_or("the job is gone")?;
    same!((done.state, done.lease_until), (JobState::Done, None));
    same!(tx.jobs().claim(&Queue::ALL, 9, after(99_999), LEASE).await?.len(), 0);
    Ok(())
}

pub(super) async fn a_lease_ends_and_the_old_worker_is_refused(lab: Arc<Lab>) -> Outcome {
    let job = lab.add_job("lane", "a").await?;
    let lease_ms = u64::try_from(LEASE.as_millis())?;
    same!(lab.claim(9, 0).await?.len(), 1);
    same!(lab.claim(9, lease_ms - 1).await?.len(), 0);
    let again = lab.claim(9, lease_ms).await?;
    same!(again.len(), 1);
    same!(again[0].attempt, 2);
    let mut tx = lab.begin().await?;
    same!(tx.jobs().finish(job.id, 1, NOON).await?, Swap::Stale);
    same!(tx.jobs().retry(job.id, 1, NOON, "x").await?, Swap::Stale);
    same!(tx.jobs().bury(job.id, 1, "x", NOON).await?, Swap::Stale);
    same!(tx.jobs().extend(job.id, 1, after(9)).await?, Swap::Stale);
    same!(tx.jobs().finish(job.id, 2, NOON).await?, Swap::Done);
    same!(tx.jobs().finish(job.id, 2, NOON).await?, Swap::Stale);
    tx.commit().await?;
    same!(lab.claim(9, 10 * lease_ms).await?.len(), 0);
    Ok(())
}

pub(super) async fn a_retry_holds_its_lane(lab: Arc<Lab>) -> Outcome {
    let first = lab.add_job("lane", "first").await?;
    lab.add_job("lane", "second").await?;
    lab.add_job("other", "third").await?;
    same!(kinds(&lab.claim(9, 0).await?), ["first", "third"]);
    let mut tx = lab.begin().await?;
    let long = "é".repeat(MAX_ERROR_CHARS + 50);
    same!(tx.jobs().retry(first.id, 1, after(500), &long).await?, Swap::Done);
    tx.commit().await?;
    same!(lab.claim(9, 499).await?.len(), 0);
    let again = lab.claim(9, 500).await?;
    same!(kinds(&again), ["first"]);
    same!(again[0].attempt, 2);
    let n_chars = again[0].last_error.as_ref().map(|error| error.chars().count());
    same!(n_chars, Some(MAX_ERROR_CHARS));
    let mut tx = lab.begin().await?;
    same!(tx.jobs().finish(first.id, 2, NOON).await?, Swap::Done);
    tx.commit().await?;
    same!(kinds(&lab.claim(9, 500).await?), ["second"]);
    Ok(())
}

pub(super) async fn a_buried_job_leaves_its_lane(lab: Arc<Lab>) -> Outcome {
    let first = lab.add_job("lane", "first").await?;
    lab.add_job("lane", "second").await?;
    same!(kinds(&lab.claim(1, 0).await?), ["first"]);
    let mut tx = lab.begin().await?;
    same!(tx.jobs().bury(first.id, 1, "no such number", after(3)).await?, Swap::Done);
    let dead = tx.upkeep().dead_jobs(Page::first(10)).await?;
    same!(kinds(&dead), ["first"]);
    same!(dead[0].last_error.as_deref(), Some("no such number"));
    same!(tx.upkeep().dead_jobs(Page::new(1, 10)).await?.len(), 0);
    tx.commit().await?;
    same!(kinds(&lab.claim(9, 4).await?), ["second"]);
    Ok(())
}

/// Revives an old job while a younger one of its lane runs, and lets that one's lease end.
pub(super) async fn a_revived_job_is_never_second(lab: Arc<Lab>) -> Outcome {
    let first = lab.add_job("lane", "first").await?;
    let second = lab.add_job("lane", "second").await?;
    lab.claim(1, 0).await?;
    let mut tx = lab.begin().await?;
    same!(tx.jobs().bury(first.id, 1, "x", NOON).await?, Swap::Done);
    tx.commit().await?;
    same!(kinds(&lab.claim(9, 0).await?), ["second"]);
    let mut tx = lab.begin().await?;
    same!(tx.upkeep().revive_job(second.id, NOON).await?, Swap::Stale);
    same!(tx.upkeep().revive_job(first.id, NOON).await?, Swap::Done);
    tx.commit().await?;
    same!(lab.claim(9, 1).await?.len(), 0);
    let lease_ms = u64::try_from(LEASE.as_millis())?;
    let again = lab.claim(9, lease_ms).await?;
    same!(kinds(&again), ["second"]);
    let mut tx = lab.begin().await?;
    same!(tx.jobs().finish(second.id, 2, NOON).await?, Swap::Done);
    tx.commit().await?;
    let last = lab.claim(9, lease_ms).await?;
    same!(kinds(&last), ["first"]);
    same!(last[0].attempt, 2);
    Ok(())
}

pub(super) async fn claims_have_bounds(lab: Arc<Lab>) -> Outcome {
    for n in (0..6_u64).rev() {
        let job = lab.job(&format!("lane-{n}"), &n.to_string(), after(n));
        let mut tx = lab.begin().await?;
        tx.jobs().add(&job).await?;
        tx.commit().await?;
    }
    same!(lab.claim(0, 99).await?.len(), 0);
    same!(kinds(&lab.claim(2, 99).await?), ["0", "1"]);
    same!(kinds(&lab.claim(9, 4).await?), ["2", "3", "4"]);
    Ok(())
}

pub(super) async fn a_lease_can_be_extended(lab: Arc<Lab>) -> Outcome {
    let job = lab.add_job("lane", "a").await?;
    lab.claim(9, 0).await?;
    let lease_ms = u64::try_from(LEASE.as_millis())?;
    let mut tx = lab.begin().await?;
    let longer = after(2 * lease_ms);
    same!(tx.jobs().extend(job.id, 1, longer).await?, Swap::Done);
    same!(tx.jobs().next_due(Queue::Turn).await?, Some(longer));
    tx.commit().await?;
    same!(lab.claim(9, lease_ms + 1).await?.len(), 0);
    same!(lab.claim(9, 2 * lease_ms).await?.len(), 1);
    Ok(())
}

pub(super) async fn what_a_clock_set_back_has_left_is_brought_forward(lab: Arc<Lab>) -> Outcome {
    let lease_ms = u64::try_from(LEASE.as_millis())?;
    let mut tx = lab.begin().await?;
    for (lane, ms) in [("held", 0), ("far", 90_000), ("near", 40)] {
        tx.jobs().add(&lab.job(lane, lane, after(ms))).await?;
    }
    let elsewhere = NewJob { queue: Queue::Deliver, ..lab.job("far", "x", after(90_000)) };
    tx.jobs().add(&elsewhere).await?;
    tx.commit().await?;
    same!(kinds(&lab.claim(9, 0).await?), ["held"]);
    let mut tx = lab.begin().await?;
    let latest = after(lease_ms);
    same!(tx.jobs().bring_forward(Queue::Turn, latest, after(1)).await?, 1);
    same!(tx.jobs().bring_forward(Queue::Turn, latest, after(1)).await?, 0);
    tx.commit().await?;
    same!(kinds(&lab.claim(9, 1).await?), ["far"]);
    let mut tx = lab.begin().await?;
    same!(tx.jobs().bring_forward(Queue::Turn, after(50), after(2)).await?, 2);
    tx.commit().await?;
    let again = lab.claim(9, 2).await?;
    same!(again.iter().map(|job| job.attempt).collect::<Vec<_>>(), [2, 2]);
    same!(kinds(&lab.claim(9, 40).await?), ["near"]);
    // Whoever writes on meanwhile waits no longer than a burst from now.
    let burst = Duration::from_millis(100);
    let far = lab.job("lane", "a", after(90_000));
    let mut tx = lab.begin().await?;
    same!(tx.jobs().add_unless_ready(&far, burst).await?, Novelty::Fresh);
    same!(tx.jobs().bring_forward(Queue::Turn, after(80_000), after(50)).await?, 1);
    for ms in [140, 180] {
        let next = lab.job("lane", "a", after(ms));
        same!(tx.jobs().add_unless_ready(&next, burst).await?, Novelty::Repeat);
    }
    let waiting = tx.jobs().get(far.id).await?.ok_or("the job is gone")?;
    same!(waiting.new.run_at, after(150));
    Ok(())
}

pub(super) async fn counts_and_next_due(lab: Arc<Lab>) -> Outcome {
    let mut tx = lab.begin().await?;
    same!(tx.jobs().next_due(Queue::Turn).await?, None);
    for (lane, ms) in [("a", 30), ("b", 20), ("c", 90)] {
        tx.jobs().add(&lab.job(lane, "x", after(ms))).await?;
    }
    same!(tx.jobs().next_due(Queue::Turn).await?, Some(after(20)));
    same!(tx.jobs().next_due(Queue::Deliver).await?, None);
    same!(tx.jobs().claim(TURN, 1, after(25), LEASE).await?.len(), 1);
    same!(tx.jobs().next_due(Queue::Turn).await?, Some(after(30)));
    let counts = tx.upkeep().job_counts().await?;
    let counts: Vec<_> =
        counts.iter().map(|count| (count.queue, count.state, count.n_jobs, count.oldest)).collect();
    let expected = [
        (Queue::Turn, JobState::Ready, 2, after(30)),
        (Queue::Turn, JobState::Running, 1, after(20)),
    ];
    same!(counts, expected);
    Ok(())
}

pub(super) async fn only_old_done_jobs_are_purged(lab: Arc<Lab>) -> Outcome {
    let mut jobs = Vec::new();
    for lane in ["a", "b", "c", "d", "e"] {
        jobs.push(lab.add_job(lane, "x").await?.id);
    }
    lab.claim(4, 0).await?;
    let mut tx = lab.begin().await?;
    for (n, id) in jobs.iter().take(3).enumerate() {
        let at = after(10 * n as u64);
        same!(tx.jobs().finish(*id, 1, at).await?, Swap::Done);
    }
    same!(tx.jobs().bury(jobs[3], 1, "x", NOON).await?, Swap::Done);
    same!(tx.upkeep().purge_jobs(after(20), 1).await?, 1);
    same!(tx.upkeep().purge_jobs(after(20), 9).await?, 1);
    same!(tx.upkeep().purge_jobs(after(20), 9).await?, 0);
    check!(tx.jobs().get(jobs[0]).await?.is_none());
    for id in jobs.iter().skip(2) {
        check!(tx.jobs().get(*id).await?.is_some());
    }
    Ok(())
}

pub(super) async fn unless_ready_joins_only_its_like(lab: Arc<Lab>) -> Outcome {
    let burst = Duration::from_millis(100);
    let mut tx = lab.begin().await?;
    let mut add = async |lane: &str, kind: &str, queue, ms| {
        let job = NewJob { queue, ..lab.job(lane, kind, after(ms)) };
        let novelty = tx.jobs().add_unless_ready(&job, burst).await?;
        Ok::<_, Failure>((job, novelty))
    };
    let (first, novelty) = add("lane", "a", Queue::Turn, 10).await?;
    same!(novelty, Novelty::Fresh);
    same!(add("lane", "b", Queue::Turn, 10).await?.1, Novelty::Fresh);
    same!(add("other", "a", Queue::Turn, 10).await?.1, Novelty::Fresh);
    same!(add("lane", "a", Queue::Call, 10).await?.1, Novelty::Fresh);
    same!(add("lane", "a", Queue::Turn, 60).await?.1, Novelty::Repeat);
    same!(add("lane", "a", Queue::Turn, 40).await?.1, Novelty::Repeat);
    let run_at = |job: Option<Job>| job.map(|job| job.new.run_at);
    same!(run_at(tx.jobs().get(first.id).await?), Some(after(60)));
    let far = NewJob {
        id: bot_core::id::JobId::new(NOON, &lab.chance),
        run_at: after(900),
        ..first.clone()
    };
    same!(tx.jobs().add_unless_ready(&far, burst).await?, Novelty::Repeat);
    same!(run_at(tx.jobs().get(first.id).await?), Some(after(110)));
    check!(tx.jobs().get(far.id).await?.is_none());
    // A retry may be put off further than the bound; joining does not bring it forward.
    same!(tx.jobs().claim(TURN, 9, after(110), LEASE).await?.len(), 2);
    same!(tx.jobs().retry(first.id, 1, after(800), "x").await?, Swap::Done);
    same!(tx.jobs().add_unless_ready(&far, burst).await?, Novelty::Repeat);
    same!(run_at(tx.jobs().get(first.id).await?), Some(after(800)));
    Ok(())
}
