//! The machine's clock may be set while the work goes on: what it had put off is brought forward.
//!
//! A job's time and the end of a lease are read from the clock of whoever sets them. Where such a
//! clock goes back by an hour, or was an hour fast, they lie an hour ahead of everyone else. A
//! turn begun too early costs nothing, and a lease that ends too early costs a turn that is
//! refused at its end: so neither is waited for. Never here: how late a clock is.

use bot_core::UnixMs;
use bot_store::Topic;
use bot_store::jobs::Queue;
use std::time::Duration;
use tokio::time::Instant;

use crate::error::Error;
use crate::shell::Shell;

/// How far two machines' clocks may differ without anything being made of it.
const MAX_SKEW: Duration = Duration::from_secs(30);
/// How far a clock may go back between two looks without anything being made of it.
const MAX_SLIP: Duration = Duration::from_secs(1);

/// Watches the clock against the time that really passes.
#[derive(Debug, Default)]
pub(crate) struct Watch {
    seen: Option<(Instant, UnixMs)>,
    /// Whether it went back, and what that has left is still to be brought forward.
    went_back: bool,
}

impl Watch {
    /// Brings forward what a clock that went back, here or elsewhere, has left far ahead: later
    /// than `furthest` from now. Gives how many jobs that were.
    pub(crate) async fn look(
        &mut self,
        shell: &Shell,
        lease: Duration,
        furthest: Duration,
    ) -> Result<u64, Error> {
        let now = shell.now();
        self.compare(now);
        // No lease that is held rightly ends later than one that begins now.
        let ahead = if self.went_back { lease } else { lease.max(furthest) + MAX_SKEW };
        let mut tx = shell.store.begin().await?;
        let n_jobs = tx.jobs().bring_forward(Queue::Turn, now.plus(ahead), now).await?;
        if n_jobs > 0 {
            tx.commit().await?;
            tracing::warn!(
                n_jobs,
                "jobs lay far ahead, as after a clock was set: they are due now"
            );
            shell.store.wake().notify(Topic::Jobs);
        }
        self.went_back = false;
        Ok(n_jobs)
    }

    fn compare(&mut self, now: UnixMs) {
        let present = Instant::now();
        if let Some((at, clock)) = self.seen {
            let right = clock.plus(present.duration_since(at));
            self.went_back |= right.since(now) > MAX_SLIP;
        }
        self.seen = Some((present, now));
    }
}
