//! What is counted of the work, for `/metrics`; never a resident's word.

use std::fmt::Write;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// Upper bounds of the buckets for how long a turn takes, in milliseconds.
pub(crate) const TURN_BUCKETS_MS: [u64; 9] = [1, 2, 5, 10, 25, 50, 100, 250, 1_000];

/// Counters of one process.
#[derive(Debug, Default)]
pub struct Metrics {
    turns: AtomicU64,
    messages_out: AtomicU64,
    handoffs: AtomicU64,
    faults: AtomicU64,
    stale_turns: AtomicU64,
    retries: AtomicU64,
    dead_jobs: AtomicU64,
    turn_ms: AtomicU64,
    turn_buckets: [AtomicU64; TURN_BUCKETS_MS.len()],
}

/// The counters at one moment.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Numbers {
    /// Turns folded.
    pub turns: u64,
    /// Messages to residents.
    pub messages_out: u64,
    /// Conversations handed to people.
    pub handoffs: u64,
    /// Turns in which a flow was broken.
    pub faults: u64,
    /// Turns begun again because someone else was first.
    pub stale_turns: u64,
    /// Jobs put back for later.
    pub retries: u64,
    /// Jobs given up.
    pub dead_jobs: u64,
    /// Milliseconds that all turns took together.
    pub turn_ms: u64,
    /// Turns that took at most so long, for each bucket.
    pub turn_buckets: [u64; TURN_BUCKETS_MS.len()],
}

fn add(counter: &AtomicU64, n: u64) {
    counter.fetch_add(n, Ordering::Relaxed);
}

impl Metrics {
    /// Counts a turn.
    pub fn turn(&self, took: Duration, n_messages: usize, n_handoffs: usize, n_faults: usize) {
        let count = |n: usize| u64::try_from(n).unwrap_or(u64::MAX);
        add(&self.turns, 1);
        add(&self.messages_out, count(n_messages));
        add(&self.handoffs, count(n_handoffs));
        add(&self.faults, count(n_faults));
        let ms = u64::try_from(took.as_millis()).unwrap_or(u64::MAX);
        add(&self.turn_ms, ms);
        for (bucket, bound) in self.turn_buckets.iter().zip(TURN_BUCKETS_MS) {
            if ms <= bound {
                add(bucket, 1);
            }
        }
    }

    /// Counts a turn begun again.
    pub fn stale(&self) {
        add(&self.stale_turns, 1);
    }

    /// Counts a job put back.
    pub fn retry(&self) {
        add(&self.retries, 1);
    }

    /// Counts a job given up.
    pub fn dead(&self) {
        add(&self.dead_jobs, 1);
    }

    /// Reads the counters.
    #[must_use]
    pub fn numbers(&self) -> Numbers {
        let get = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        Numbers {
            turns: get(&self.turns),
            messages_out: get(&self.messages_out),
            handoffs: get(&self.handoffs),
            faults: get(&self.faults),
            stale_turns: get(&self.stale_turns),
            retries: get(&self.retries),
            dead_jobs: get(&self.dead_jobs),
            turn_ms: get(&self.turn_ms),
            turn_buckets: std::array::from_fn(|place| get(&self.turn_buckets[place])),
        }
    }
}

/// Writes the counters in the Prometheus text format, version 0.0.4.
#[must_use]
pub fn metrics_text(numbers: &Numbers) -> String {
    let counters = [
        ("guichet_turns_total", "Turns folded.", numbers.turns),
        ("guichet_messages_out_total", "Messages to residents.", numbers.messages_out),
        ("guichet_handoffs_total", "Conversations handed to people.", numbers.handoffs),
        ("guichet_flow_faults_total", "Turns in which a flow was broken.", numbers.faults),
        ("guichet_stale_turns_total", "Turns begun again.", numbers.stale_turns),
        ("guichet_job_retries_total", "Jobs put back for later.", numbers.retries),
        ("guichet_dead_jobs_total", "Jobs given up.", numbers.dead_jobs),
    ];
    let mut text = String::new();
    for (name, help, count) in counters {
        // Writing to a string does not fail.
        let _written =
            writeln!(text, "# HELP {name} {help}\n# TYPE {name} counter\n{name} {count}");
    }
    turn_histogram(&mut text, numbers);
    text
}

fn turn_histogram(text: &mut String, numbers: &Numbers) {
    let name = "guichet_turn_duration_seconds";
    let _written = writeln!(text, "# HELP {name} How long a turn takes.\n# TYPE {name} histogram");
    for (bound_ms, count) in TURN_BUCKETS_MS.iter().zip(numbers.turn_buckets) {
        let bound = seconds(*bound_ms);
        let _written = writeln!(text, "{name}_bucket{{le=\"{bound}\"}} {count}");
    }
    let (turns, sum) = (numbers.turns, seconds(numbers.turn_ms));
    let _written = writeln!(
        text,
        "{name}_bucket{{le=\"+Inf\"}} {turns}\n{name}_sum {sum}\n{name}_count {turns}"
    );
}

fn seconds(ms: u64) -> f64 {
    Duration::from_millis(ms).as_secs_f64()
}
