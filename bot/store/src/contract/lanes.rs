//! Lanes under load: several workers, jobs added meanwhile, none lost, none out of order.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use super::lab::{LEASE, Lab, NOON};
use super::{Failure, Outcome, check, same};
use crate::jobs::Queue;
use crate::store::Swap;
use crate::wake::Topic;

const N_JOBS: usize = 1_000;
const N_LANES: usize = 20;
const N_WORKERS: usize = 4;
const N_CLAIMED: u32 = 5;
/// How long a worker that hears nothing waits before it looks again.
const SLOW_POLL: Duration = Duration::from_millis(50);

/// What the workers saw.
#[derive(Default)]
struct Track {
    running: BTreeMap<String, String>,
    order: BTreeMap<String, Vec<usize>>,
    faults: Vec<String>,
}

#[derive(Default)]
struct Shift {
    track: Mutex<Track>,
    n_done: AtomicUsize,
}

impl Shift {
    fn track(&self) -> std::sync::MutexGuard<'_, Track> {
        self.track.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn start(&self, lane: &str, kind: &str) {
        let mut track = self.track();
        if let Some(other) = track.running.insert(lane.to_owned(), kind.to_owned()) {
            let fault = format!("{lane}: {kind} runs beside {other}");
            track.faults.push(fault);
        }
        let n = kind.parse().unwrap_or(usize::MAX);
        track.order.entry(lane.to_owned()).or_default().push(n);
    }

    fn end(&self, lane: &str) {
        self.track().running.remove(lane);
    }
}

pub(super) async fn lanes_run_one_by_one_and_in_order(lab: Arc<Lab>) -> Outcome {
    let shift = Arc::new(Shift::default());
    lab.crowd(N_WORKERS + 1, |n, lab| {
        let shift = Arc::clone(&shift);
        async move { if n == 0 { add_all(&lab).await } else { work(&lab, &shift).await } }
    })
    .await?;
    let track = shift.track();
    same!(track.faults, Vec::<String>::new());
    same!(track.order.len(), N_LANES);
    for order in track.order.values() {
        same!(order.len(), N_JOBS / N_LANES);
        check!(order.is_sorted());
    }
    Ok(())
}

async fn add_all(lab: &Lab) -> Result<(), Failure> {
    for first in (0..N_JOBS).step_by(10) {
        let mut tx = lab.begin().await?;
        for n in first..first + 10 {
            let lane = format!("lane-{}", n % N_LANES);
            tx.jobs().add(&lab.job(&lane, &n.to_string(), NOON)).await?;
        }
        tx.commit().await?;
        lab.store.wake().notify(Topic::Jobs);
    }
    Ok(())
}

async fn work(lab: &Lab, shift: &Shift) -> Result<(), Failure> {
    let mut rings = lab.store.wake().subscribe(Topic::Jobs);
    while shift.n_done.load(Ordering::SeqCst) < N_JOBS {
        let jobs = lab.claim(N_CLAIMED, 0).await?;
        if jobs.is_empty() {
            // Whether it rang or not: look again.
            tokio::time::timeout(SLOW_POLL, rings.heard()).await.ok();
            continue;
        }
        for job in jobs {
            shift.start(&job.new.lane, &job.new.kind);
            tokio::task::yield_now().await;
            let mut tx = lab.begin().await?;
            let swap = tx.jobs().finish(job.new.id, job.attempt, NOON).await?;
            same!(swap, Swap::Done);
            shift.end(&job.new.lane);
            tx.commit().await?;
            shift.n_done.fetch_add(1, Ordering::SeqCst);
            lab.store.wake().notify(Topic::Jobs);
        }
    }
    Ok(())
}

pub(super) async fn claims_at_once_give_each_job_once(lab: Arc<Lab>) -> Outcome {
    const N_EACH: usize = 30;
    let mut tx = lab.begin().await?;
    for n in 0..N_EACH {
        tx.jobs().add(&lab.job(&n.to_string(), "x", NOON)).await?;
    }
    tx.commit().await?;
    let claimed = lab
        .crowd(8, |_, lab| async move {
            let mut all = Vec::new();
            loop {
                let mut tx = lab.begin().await?;
                let jobs = tx.jobs().claim(&[Queue::Turn], 4, NOON, LEASE).await?;
                tx.commit().await?;
                if jobs.is_empty() {
                    return Ok(all);
                }
                all.extend(jobs.into_iter().map(|job| (job.seq, job.attempt)));
            }
        })
        .await?;
    let mut claimed: Vec<_> = claimed.into_iter().flatten().collect();
    same!(claimed.len(), N_EACH);
    check!(claimed.iter().all(|(_, attempt)| *attempt == 1));
    claimed.sort_unstable();
    claimed.dedup();
    same!(claimed.len(), N_EACH);
    Ok(())
}
