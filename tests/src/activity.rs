//! What residents are doing and what they met with, for whoever watches.
//!
//! Never here: what is good enough.

use reqwest::StatusCode;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};
use tokio::sync::{Notify, watch};

use crate::client::Failure;

/// What residents are doing.
#[derive(Debug, Default)]
pub struct Activity {
    n_sending: AtomicUsize,
    n_waiting: AtomicUsize,
    has_sent: Notify,
    n_answers: watch::Sender<usize>,
    met: Mutex<Met>,
}

/// What residents met with.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Met {
    /// Requests that got no answer.
    pub n_away: usize,
    /// Requests that were answered 503: try again.
    pub n_unavailable: usize,
    /// Requests that were answered by any other fault of the counter.
    pub n_faults: usize,
    /// Times that a resident waited as long as a request may, and nothing came.
    pub n_silences: usize,
    /// The longest wait between a message that was taken and its answer.
    pub longest: Duration,
}

/// Someone who does something, until dropped.
pub(crate) struct Busy<'a> {
    count: &'a AtomicUsize,
    /// Where a wait is measured: since when, and by whom.
    measured: Option<(Instant, &'a Activity)>,
}

impl Drop for Busy<'_> {
    fn drop(&mut self) {
        self.count.fetch_sub(1, Ordering::SeqCst);
        if let Some((since, activity)) = self.measured {
            activity.note(|met| met.longest = met.longest.max(since.elapsed()));
        }
    }
}

impl Activity {
    /// Waits for the next message to set out.
    pub async fn next_message(&self) {
        self.has_sent.notified().await;
    }

    /// Waits until so many more messages are answered.
    pub async fn more_answers(&self, n: usize) {
        let mut answers = self.n_answers.subscribe();
        let wanted = *answers.borrow() + n;
        // The sender lives as long as this does.
        answers.wait_for(|n| *n >= wanted).await.ok();
    }

    /// Tells how many messages were answered.
    #[must_use]
    pub fn n_answers(&self) -> usize {
        *self.n_answers.borrow()
    }

    /// Tells how many messages are on their way and not yet taken.
    #[must_use]
    pub fn n_sending(&self) -> usize {
        self.n_sending.load(Ordering::SeqCst)
    }

    /// Tells how many messages were taken and are not yet answered.
    #[must_use]
    pub fn n_waiting(&self) -> usize {
        self.n_waiting.load(Ordering::SeqCst)
    }

    /// Tells what residents met with so far.
    #[must_use]
    pub fn met(&self) -> Met {
        *self.met.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn sets_out(&self) -> Busy<'_> {
        self.n_sending.fetch_add(1, Ordering::SeqCst);
        self.has_sent.notify_waiters();
        Busy { count: &self.n_sending, measured: None }
    }

    pub(crate) fn waits(&self) -> Busy<'_> {
        self.n_waiting.fetch_add(1, Ordering::SeqCst);
        Busy { count: &self.n_waiting, measured: Some((Instant::now(), self)) }
    }

    pub(crate) fn was_answered(&self) {
        self.n_answers.send_modify(|n| *n += 1);
    }

    pub(crate) fn heard_nothing(&self) {
        self.note(|met| met.n_silences += 1);
    }

    pub(crate) fn failed(&self, failure: &Failure) {
        self.note(|met| match failure {
            Failure::Away(_) => met.n_away += 1,
            Failure::Refused { status, .. } if *status == StatusCode::SERVICE_UNAVAILABLE => {
                met.n_unavailable += 1;
            }
            Failure::Refused { .. } | Failure::Garbled(_) => met.n_faults += 1,
        });
    }

    fn note(&self, change: impl FnOnce(&mut Met)) {
        change(&mut self.met.lock().unwrap_or_else(PoisonError::into_inner));
    }
}
