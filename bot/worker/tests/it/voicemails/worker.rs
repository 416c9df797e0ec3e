//! Workers that die in the middle, many recordings at once, and one that takes too long.

use bot_store::recordings::RecordingState;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use super::{A_WHILE, SURE, callbacks, get, leave, n_cases};
use crate::lab::Lab;
use crate::outside::{Elsewhere, spoken};
use crate::texts::CALLER;

const N_AT_ONCE: u8 = 40;

/// Ears of which the first hearing waits until it is let go.
fn held_first() -> (Arc<Elsewhere>, Receiver<()>, Sender<()>) {
    let (began, has_begun) = channel();
    let (let_go, gate) = channel::<()>();
    let (gate, n_heard) = (Mutex::new(gate), AtomicUsize::new(0));
    let began = Mutex::new(began);
    let elsewhere = Elsewhere::with(move |_, _| {
        if n_heard.fetch_add(1, Ordering::SeqCst) == 0 {
            began.lock().unwrap().send(()).unwrap();
            // The test may be over, and its end of the channel gone.
            gate.lock().unwrap().recv().ok();
        }
        Ok(spoken(SURE))
    });
    (elsewhere, has_begun, let_go)
}

/// Waits, without letting made-up time pass, until a hearing has begun.
async fn begun(has_begun: Receiver<()>) {
    tokio::task::spawn_blocking(move || has_begun.recv().unwrap()).await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_worker_that_dies_while_it_hears_leaves_it_to_another() {
    let (elsewhere, has_begun, let_go) = held_first();
    let mut lab = Lab::reaching(elsewhere.all()).await;
    let id = leave(&lab, 1, CALLER).await;
    begun(has_begun).await;
    lab.kill().await;
    assert_eq!(get(&lab, id).await.state, RecordingState::Kept, "what was fetched is kept");
    lab.hire();
    // The dead worker's thread still hears; time is moved by hand meanwhile.
    for _ in 0..80 {
        tokio::time::advance(Duration::from_secs(1)).await;
        tokio::task::yield_now().await;
    }
    let_go.send(()).unwrap();
    lab.wait(A_WHILE).await;
    assert!(get(&lab, id).await.case_number.is_some());
    assert_eq!(elsewhere.asked("hear ").len(), 2);
    lab.wait(Duration::from_hours(1)).await;
    assert_eq!((n_cases(&lab).await, elsewhere.asked("send ").len()), (1, 1));
    assert_eq!(elsewhere.asked("fetch ").len(), 1);
    assert!(callbacks(&lab).await.is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_worker_that_hears_for_long_keeps_its_recording() {
    let (elsewhere, has_begun, let_go) = held_first();
    let lab = Lab::reaching(elsewhere.all()).await;
    let id = leave(&lab, 1, CALLER).await;
    begun(has_begun).await;
    // A second worker looks for work all the while.
    let stop = tokio_util::sync::CancellationToken::new();
    let second = bot_worker::Runner::new(
        lab.shell.clone(),
        bot_worker::Settings { timer_tick: Duration::from_hours(1), ..Default::default() },
        stop.clone(),
    );
    let second = tokio::spawn(second.run());
    for _ in 0..300 {
        tokio::time::advance(Duration::from_secs(1)).await;
        tokio::task::yield_now().await;
    }
    assert_eq!(elsewhere.asked("hear ").len(), 1, "five minutes, and nobody else has it");
    let_go.send(()).unwrap();
    lab.wait(A_WHILE).await;
    assert!(get(&lab, id).await.case_number.is_some());
    assert_eq!((n_cases(&lab).await, elsewhere.asked("hear ").len()), (1, 1));
    stop.cancel();
    second.await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn forty_at_once_are_heard_one_at_a_time_and_none_is_lost() {
    let (n_now, n_most) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let counts = (Arc::clone(&n_now), Arc::clone(&n_most));
    let elsewhere = Elsewhere::with(move |_, _| {
        let now = counts.0.fetch_add(1, Ordering::SeqCst) + 1;
        counts.1.fetch_max(now, Ordering::SeqCst);
        std::thread::yield_now();
        counts.0.fetch_sub(1, Ordering::SeqCst);
        Ok(spoken("mon perroquet bleu chante"))
    });
    let lab = Lab::reaching(elsewhere.all()).await;
    let mut all = Vec::new();
    for n in 1..=N_AT_ONCE {
        all.push(leave(&lab, n, &format!("+1418555{:04}", 1_000 + u32::from(n))).await);
    }
    lab.wait(Duration::from_mins(10)).await;
    for id in all {
        let recording = get(&lab, id).await;
        assert_eq!(recording.state, RecordingState::Transcribed, "{}", recording.new.provider_id);
        assert!(recording.deleted.is_some());
    }
    assert_eq!(callbacks(&lab).await.len(), usize::from(N_AT_ONCE));
    assert_eq!(elsewhere.asked("hear ").len(), usize::from(N_AT_ONCE));
    assert_eq!(n_most.load(Ordering::SeqCst), 1);
}

#[tokio::test(start_paused = true)]
async fn a_recording_may_take_three_times_its_length_and_the_shortest_some_seconds() {
    for (length_s, enough_s) in [(60, 180), (1, 20)] {
        let (ask, asked) = channel::<()>();
        let (tell, told) = channel::<bool>();
        let (asked, tell) = (Mutex::new(asked), Mutex::new(tell));
        let elsewhere = Elsewhere::with(move |_, go_on| {
            while asked.lock().unwrap().recv().is_ok() {
                let may = go_on(Duration::from_secs(length_s));
                tell.lock().unwrap().send(may).ok();
                if !may {
                    break;
                }
            }
            Ok(spoken("mon perroquet"))
        });
        let lab = Lab::reaching(elsewhere.all()).await;
        let id = leave(&lab, 1, CALLER).await;
        let told = Arc::new(Mutex::new(told));
        let may_go_on = async || {
            ask.send(()).unwrap();
            let told = Arc::clone(&told);
            tokio::task::spawn_blocking(move || told.lock().unwrap().recv().unwrap()).await.unwrap()
        };
        assert!(may_go_on().await);
        tokio::time::advance(Duration::from_secs(enough_s - 1)).await;
        assert!(may_go_on().await, "{length_s} s");
        tokio::time::advance(Duration::from_secs(2)).await;
        assert!(!may_go_on().await, "{length_s} s");
        lab.wait(A_WHILE).await;
        assert_eq!(get(&lab, id).await.state, RecordingState::Transcribed);
    }
}
