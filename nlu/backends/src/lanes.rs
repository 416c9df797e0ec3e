//! What may be used by one thread at a time, several of it side by side.

use std::num::NonZero;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Lanes at most: each may cost the memory of a model.
const MAX_LANES: usize = 4;

/// Several of one thing, each behind a lock.
pub(crate) struct Lanes<T>(Vec<Mutex<T>>);

impl<T> Lanes<T> {
    /// Makes one for each processor.
    pub(crate) fn make<E>(mut make: impl FnMut() -> Result<T, E>) -> Result<Self, E> {
        let n = std::thread::available_parallelism().map_or(1, NonZero::get).min(MAX_LANES);
        Ok(Self((0..n).map(|_| Ok(Mutex::new(make()?))).collect::<Result<_, E>>()?))
    }

    /// Uses a free one, or waits for the first; nothing where there are none.
    pub(crate) fn with<R>(&self, work: impl FnOnce(&mut T) -> R) -> Option<R> {
        let free = self.0.iter().find_map(|lane| lane.try_lock().ok());
        let wait = || -> Option<MutexGuard<'_, T>> {
            Some(self.0.first()?.lock().unwrap_or_else(PoisonError::into_inner))
        };
        Some(work(&mut *free.or_else(wait)?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lane_that_is_taken_is_passed_by() {
        let lanes = Lanes(vec![Mutex::new(1), Mutex::new(2)]);
        let inner = lanes.with(|outer| (*outer, lanes.with(|inner| *inner)));
        assert_eq!(inner, Some((1, Some(2))));
        assert_eq!(Lanes::<u8>(Vec::new()).with(|lane| *lane), None);
    }
}
