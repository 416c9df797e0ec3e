//! How long and how often each kind of work is tried.

use bot_store::jobs::Queue;
use std::time::Duration;

/// How a queue's work is tried again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Patience {
    /// Tries before a job is given up.
    pub(crate) max_attempts: i64,
    /// The first wait after a failure; each next one is twice as long.
    first_wait: Duration,
    /// The longest wait.
    pub(crate) longest_wait: Duration,
}

/// Turns: someone waits for the answer.
const TURNS: Patience = Patience {
    max_attempts: 8,
    first_wait: Duration::from_millis(200),
    longest_wait: Duration::from_mins(1),
};
/// What depends on a provider: its bad day must be over, fifteen hours at the most.
const OUTSIDE: Patience = Patience {
    max_attempts: 36,
    first_wait: Duration::from_secs(2),
    longest_wait: Duration::from_mins(30),
};

/// The longest wait that a provider may ask for: what it says is read from a header.
pub(crate) const LONGEST_ASKED: Duration = Duration::from_hours(1);

impl Patience {
    /// Gives the patience of a queue.
    pub(crate) const fn of(queue: Queue) -> Self {
        match queue {
            Queue::Turn => TURNS,
            Queue::Transcribe | Queue::Call | Queue::Deliver | Queue::CaseSync | Queue::Notify => {
                OUTSIDE
            }
        }
    }

    /// Gives how long to wait after so many tries.
    pub(crate) fn wait(self, attempt: i64) -> Duration {
        let doublings = u32::try_from(attempt.clamp(1, 16) - 1).unwrap_or(0);
        self.first_wait.saturating_mul(1 << doublings).min(self.longest_wait)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bad_day_of_a_provider_is_waited_out() {
        let patience = Patience::of(Queue::Deliver);
        let all: Duration = (1..patience.max_attempts).map(|attempt| patience.wait(attempt)).sum();
        assert!(all > Duration::from_hours(12) && all < Duration::from_hours(24), "{all:?}");
        assert_eq!(Patience::of(Queue::Turn).wait(1), Duration::from_millis(200));
        assert_eq!(Patience::of(Queue::Turn).wait(99), Duration::from_mins(1));
    }
}
