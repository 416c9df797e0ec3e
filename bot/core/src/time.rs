//! Time as the house counts it: milliseconds since 1970, UTC, handed in from outside.

use serde::{Deserialize, Serialize};
use std::time::Duration;

/// Milliseconds since 1970-01-01T00:00:00Z.
#[derive(
    Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct UnixMs(pub i64);

impl UnixMs {
    /// Gives the count as an unsigned number; times before 1970 count as 0.
    #[must_use]
    pub fn millis(self) -> u64 {
        u64::try_from(self.0).unwrap_or(0)
    }

    /// Adds a span, stopping at the largest time there is.
    #[must_use]
    pub fn plus(self, span: Duration) -> Self {
        Self(self.0.saturating_add(span_ms(span)))
    }

    /// Subtracts a span, stopping at the smallest time there is.
    #[must_use]
    pub fn minus(self, span: Duration) -> Self {
        Self(self.0.saturating_sub(span_ms(span)))
    }

    /// Gives the span from `earlier` to here, zero if `earlier` is later.
    #[must_use]
    pub fn since(self, earlier: Self) -> Duration {
        Duration::from_millis(u64::try_from(self.0.saturating_sub(earlier.0)).unwrap_or(0))
    }

    /// Gives the same instant as a jiff timestamp; out-of-range times stop at the nearest end.
    #[must_use]
    pub fn timestamp(self) -> jiff::Timestamp {
        jiff::Timestamp::from_millisecond(self.0).unwrap_or(if self.0 < 0 {
            jiff::Timestamp::MIN
        } else {
            jiff::Timestamp::MAX
        })
    }
}

impl From<jiff::Timestamp> for UnixMs {
    fn from(at: jiff::Timestamp) -> Self {
        Self(at.as_millisecond())
    }
}

fn span_ms(span: Duration) -> i64 {
    i64::try_from(span.as_millis()).unwrap_or(i64::MAX)
}

/// Tells what time it is; the shell has the real one, tests a made-up one.
pub trait Clock: Send + Sync {
    /// Gives the present time.
    fn now(&self) -> UnixMs;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums_stop_at_the_ends() {
        let hour = Duration::from_hours(1);
        assert_eq!(UnixMs(0).plus(hour), UnixMs(3_600_000));
        assert_eq!(UnixMs(i64::MAX).plus(hour), UnixMs(i64::MAX));
        assert_eq!(UnixMs(5).since(UnixMs(9)), Duration::ZERO);
    }
}
