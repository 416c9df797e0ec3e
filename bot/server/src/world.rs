//! The real clock and the real dice.

use bot_core::{Chance, Clock, UnixMs};
use std::time::{SystemTime, UNIX_EPOCH};

/// The machine's clock.
pub(crate) struct OsClock;

impl Clock for OsClock {
    fn now(&self) -> UnixMs {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        UnixMs(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
    }
}

/// The operating system's source of chance.
pub(crate) struct OsChance;

impl Chance for OsChance {
    fn fill(&self, bytes: &mut [u8]) {
        // Without chance no id is unique and no token safe: better to stop.
        getrandom::fill(bytes).expect("the operating system gives random bytes");
    }
}
