//! How many at once: places for each key, given back when they are let go.
//!
//! Never here: what a key is, and what is answered.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Arc, Mutex, PoisonError};

type Taken<K> = Arc<Mutex<HashMap<K, usize>>>;

/// Places for each key. What is held for a key ends with its last place.
#[derive(Debug)]
pub(crate) struct Places<K> {
    n_each: usize,
    taken: Taken<K>,
}

/// A place; letting it go gives it back.
#[derive(Debug)]
pub(crate) struct Place<K: Hash + Eq> {
    key: K,
    taken: Taken<K>,
}

impl<K: Hash + Eq + Copy> Places<K> {
    /// Makes so many places for each key; zero is no bound.
    pub(crate) fn new(n_each: usize) -> Self {
        let n_each = if n_each == 0 { usize::MAX } else { n_each };
        Self { n_each, taken: Taken::default() }
    }

    /// Takes a place, if there is one.
    pub(crate) fn take(&self, key: K) -> Option<Place<K>> {
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        let n_taken = taken.entry(key).or_insert(0);
        if *n_taken >= self.n_each {
            return None;
        }
        *n_taken += 1;
        drop(taken);
        Some(Place { key, taken: Arc::clone(&self.taken) })
    }
}

impl<K: Hash + Eq> Drop for Place<K> {
    fn drop(&mut self) {
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(n_taken) = taken.get_mut(&self.key) {
            *n_taken -= 1;
            if *n_taken == 0 {
                taken.remove(&self.key);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_has_its_places_and_gives_them_back() {
        let places = Places::new(2);
        let (first, second) = (places.take('a'), places.take('a'));
        assert!(first.is_some() && second.is_some());
        assert!(places.take('a').is_none());
        let other = places.take('b');
        assert!(other.is_some());
        drop(first);
        assert!(places.take('a').is_some(), "and was given back at once");
        drop((second, other));
        assert!(places.taken.lock().unwrap().is_empty());
    }

    #[test]
    fn zero_is_no_bound() {
        let places = Places::new(0);
        let all: Vec<_> = (0..10_000).map(|_| places.take(())).collect();
        assert!(all.iter().all(Option::is_some));
    }
}
