//! What was turned away, counted for an operator.
//!
//! Never here: who it was. An address is no more than a key of what is counted right now.

use std::fmt::Write;
use std::sync::atomic::{AtomicU64, Ordering};

/// Why something was turned away.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// Too many requests of an address.
    Requests,
    /// Too many conversations of an address.
    Conversations,
    /// Too many messages of a conversation.
    Messages,
    /// Too many streams: of a conversation, of an address, or in all.
    Streams,
    /// Too many files at once: of an address, or in all.
    Transfers,
    /// Too many connections of an address.
    Connections,
    /// A client that does not read its answer.
    Unread,
    /// A page of another origin, without permission.
    Origin,
}

impl Refusal {
    const ALL: [Self; 8] = [
        Self::Requests,
        Self::Conversations,
        Self::Messages,
        Self::Streams,
        Self::Transfers,
        Self::Connections,
        Self::Unread,
        Self::Origin,
    ];

    const fn name(self) -> &'static str {
        match self {
            Self::Requests => "requests",
            Self::Conversations => "conversations",
            Self::Messages => "messages",
            Self::Streams => "streams",
            Self::Transfers => "transfers",
            Self::Connections => "connections",
            Self::Unread => "unread",
            Self::Origin => "origin",
        }
    }
}

/// How often each was.
#[derive(Debug, Default)]
pub(crate) struct Refusals([AtomicU64; Refusal::ALL.len()]);

impl Refusals {
    /// Counts one.
    pub(crate) fn count(&self, refusal: Refusal) {
        // The order of `ALL` is that of the enum, as a test of this file says.
        if let Some(counter) = self.0.get(refusal as usize) {
            counter.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// Writes the counters in the text format of Prometheus.
    pub(crate) fn text(&self) -> String {
        let mut text = "# TYPE guichet_refused_total counter\n".to_owned();
        for (refusal, counter) in Refusal::ALL.iter().zip(&self.0) {
            let (why, n) = (refusal.name(), counter.load(Ordering::Relaxed));
            // Writing to a text does not fail.
            writeln!(text, "guichet_refused_total{{why=\"{why}\"}} {n}").ok();
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_is_counted_under_its_own_name() {
        for refusal in Refusal::ALL {
            let refusals = Refusals::default();
            refusals.count(refusal);
            let text = refusals.text();
            let counted: Vec<_> = text.lines().filter(|line| line.ends_with(" 1")).collect();
            assert_eq!(counted, [format!("guichet_refused_total{{why=\"{}\"}} 1", refusal.name())]);
        }
    }
}
