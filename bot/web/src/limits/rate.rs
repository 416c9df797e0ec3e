//! How often: so many in a time for each key, by the generic cell rate algorithm.
//!
//! Never here: what a key is, and what is answered. The time is the runtime's own, which only goes
//! forward: were it the wall clock's, an hour's correction would shut everyone out for an hour.

use governor::clock::Clock;
use governor::nanos::Nanos;
use governor::state::StateStore;
use governor::{Quota, RateLimiter};
use std::collections::HashMap;
use std::hash::Hash;
use std::num::NonZeroU32;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Keys that are remembered at once.
const MAX_KEYS: usize = 100_000;
/// How often those who have used no more than a newcomer are forgotten: an address is not kept for
/// longer than it is counted.
const FORGET_EVERY: Duration = Duration::from_hours(1);

/// A bound on how often; none where the number is zero.
#[derive(Debug)]
pub(crate) struct Rate<K: Hash + Eq + Copy>(Option<RateLimiter<K, Remembered<K>, Ticks>>);

impl<K: Hash + Eq + Copy> Rate<K> {
    /// Bounds to a number each minute; all of them may come at once.
    pub(crate) fn per_minute(n: u32) -> Self {
        Self::new(n, Quota::per_minute, MAX_KEYS)
    }

    /// Bounds to a number each hour; all of them may come at once.
    pub(crate) fn per_hour(n: u32) -> Self {
        Self::new(n, Quota::per_hour, MAX_KEYS)
    }

    fn new(n: u32, quota: impl Fn(NonZeroU32) -> Quota, max_keys: usize) -> Self {
        let quota = NonZeroU32::new(n).map(quota);
        let state = || Remembered {
            max_keys,
            known: Mutex::new(Known { ends: HashMap::new(), forgot: Nanos::new(0) }),
        };
        Self(quota.map(|quota| RateLimiter::new(quota, state(), Ticks)))
    }

    /// Counts one more.
    ///
    /// # Errors
    /// Where it is one too many, it is not counted; says after how long there is room for it.
    pub(crate) fn count(&self, key: K) -> Result<(), Duration> {
        let Some(limiter) = &self.0 else { return Ok(()) };
        limiter.check_key(&key).map_err(|until| until.wait_time_from(limiter.clock().now()))
    }
}

/// The runtime's time, which tests make up.
#[derive(Debug)]
struct Ticks;

impl Clock for Ticks {
    type Instant = Instant;

    fn now(&self) -> Instant {
        tokio::time::Instant::now().into_std()
    }
}

/// When each key will have its whole number again.
#[derive(Debug)]
struct Remembered<K> {
    max_keys: usize,
    known: Mutex<Known<K>>,
}

/// Those who are known.
#[derive(Debug)]
struct Known<K> {
    ends: HashMap<K, Nanos>,
    /// A newcomer's end when some were forgotten last.
    forgot: Nanos,
}

impl<K: Hash + Eq + Copy> StateStore for Remembered<K> {
    type Key = K;

    fn measure_and_replace<T, F, E>(&self, key: &K, measure: F) -> Result<T, E>
    where
        F: Fn(Option<Nanos>) -> Result<(T, Nanos), E>,
    {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(own) = known.ends.get_mut(key) {
            let (answer, end) = measure(Some(*own))?;
            *own = end;
            return Ok(answer);
        }
        let (answer, end) = measure(None)?;
        if end > known.forgot + FORGET_EVERY {
            known.ends.retain(|_, other| *other > end);
            known.forgot = end;
        }
        if known.ends.len() >= self.max_keys {
            make_room(&mut known.ends, end);
        }
        known.ends.insert(*key, end);
        Ok(answer)
    }
}

/// Forgets those who have used no more than a newcomer. Where few have, someone owns a great many
/// addresses: then all are forgotten, since a full memory must shut nobody out.
fn make_room<K: Hash + Eq>(ends: &mut HashMap<K, Nanos>, newcomer: Nanos) {
    let n_before = ends.len();
    ends.retain(|_, end| *end > newcomer);
    if ends.len() > n_before / 2 {
        ends.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn pass(seconds: u64) {
        tokio::time::advance(Duration::from_secs(seconds)).await;
    }

    #[tokio::test(start_paused = true)]
    async fn the_wait_that_is_told_is_the_wait() {
        let rate = Rate::per_minute(3);
        for _ in 0..3 {
            assert_eq!(rate.count("a"), Ok(()));
        }
        assert_eq!(rate.count("a"), Err(Duration::from_secs(20)));
        assert_eq!(rate.count("b"), Ok(()), "each has its own");
        pass(19).await;
        assert_eq!(rate.count("a"), Err(Duration::from_secs(1)), "the refused are not counted");
        pass(1).await;
        assert_eq!(rate.count("a"), Ok(()));
        assert!(rate.count("a").is_err());
        pass(3_600).await;
        let n_taken = (0..10).filter(|_| rate.count("a").is_ok()).count();
        assert_eq!(n_taken, 3, "a long silence saves nothing up");
    }

    #[tokio::test(start_paused = true)]
    async fn zero_is_no_bound() {
        let rate = Rate::per_hour(0);
        assert!((0..10_000).all(|_| rate.count(()).is_ok()));
    }

    const MAX: usize = 10;

    fn small() -> Rate<u32> {
        Rate::new(4, Quota::per_minute, MAX)
    }

    fn n_known(rate: Rate<u32>) -> usize {
        rate.0.unwrap().into_state_store().known.into_inner().unwrap().ends.len()
    }

    #[tokio::test(start_paused = true)]
    async fn who_is_remembered_has_a_bound_and_the_busy_stay() {
        let (rate, busy) = (small(), u32::MAX);
        while rate.count(busy).is_ok() {}
        assert!((0..1_000).all(|newcomer| rate.count(newcomer).is_ok()));
        assert!(rate.count(busy).is_err(), "the busy one is still known");
        assert!(n_known(rate) <= MAX);
    }

    #[tokio::test(start_paused = true)]
    async fn who_has_not_come_for_an_hour_is_forgotten() {
        let rate = small();
        for newcomer in 0..5 {
            assert_eq!(rate.count(newcomer), Ok(()));
        }
        pass(3_700).await;
        assert_eq!(rate.count(9), Ok(()));
        assert_eq!(n_known(rate), 1);
    }

    #[tokio::test(start_paused = true)]
    async fn a_full_memory_shuts_nobody_out() {
        let (rate, busy) = (small(), u32::MAX);
        while rate.count(busy).is_ok() {}
        for newcomer in 0..1_000 {
            assert_eq!(rate.count(newcomer), Ok(()));
            while rate.count(newcomer).is_ok() {}
        }
        assert_eq!(rate.count(busy), Ok(()), "it was forgotten with all the others");
        assert!(n_known(rate) <= MAX);
    }
}
