//! A clock that is set: nobody waits for an hour because of it.

use bot_city::Register;
use bot_core::id::JobId;
use bot_store::jobs::{NewJob, Queue};
use bot_worker::Settings;
use std::sync::Arc;
use std::time::Duration;

use crate::lab::Lab;

const HOUR_MS: i64 = 3_600_000;
/// Longer than a worker takes to notice, and much shorter than an hour.
const SOON: Duration = Duration::from_secs(3);

async fn lab() -> Lab {
    let lab = Lab::of(Arc::new(Register), Settings::default()).await;
    lab.wait(SOON).await;
    assert_eq!(lab.messages().await.len(), 1, "the greeting");
    lab
}

#[tokio::test(start_paused = true)]
async fn a_message_taken_just_before_the_clock_goes_back_is_answered() {
    for back_ms in [HOUR_MS, 50_000] {
        let mut lab = lab().await;
        lab.say("bonjour", Duration::ZERO).await;
        lab.set_clock_by(-back_ms);
        lab.wait(SOON.max(Settings::default().lease)).await;
        assert_eq!(lab.messages().await.len(), 3, "back by {back_ms} ms");
    }
}

#[tokio::test(start_paused = true)]
async fn a_message_taken_by_a_door_whose_clock_is_fast_is_answered() {
    let mut lab = lab().await;
    lab.set_clock_by(HOUR_MS);
    lab.say("bonjour", Duration::ZERO).await;
    lab.set_clock_by(-HOUR_MS);
    lab.wait(SOON).await;
    assert_eq!(lab.messages().await.len(), 3);
}

#[tokio::test(start_paused = true)]
async fn a_lease_of_a_worker_that_died_before_the_clock_went_back_ends() {
    let lab = lab().await;
    let (now, lease) = (lab.shell.now(), Settings::default().lease);
    let job = NewJob {
        id: JobId::new(now, lab.shell.chance.as_ref()),
        queue: Queue::Turn,
        lane: "elsewhere".to_owned(),
        kind: "turn".to_owned(),
        payload: serde_json::json!({ "conversation": lab.talk }).to_string(),
        run_at: now,
        trace: None,
    };
    let mut tx = lab.shell.store.begin().await.unwrap();
    tx.jobs().add(&job).await.unwrap();
    let claimed = tx.jobs().claim(&[Queue::Turn], 9, now, lease).await.unwrap();
    assert_eq!(claimed.len(), 1);
    tx.commit().await.unwrap();
    lab.set_clock_by(-HOUR_MS);
    lab.wait(2 * lease).await;
    let mut tx = lab.shell.store.read().await.unwrap();
    assert!(tx.upkeep().job_counts().await.unwrap().is_empty(), "it is done");
}
