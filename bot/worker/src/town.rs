//! The city that is live: its package, checked, and what was learnt from it; swapped whole.

use flows::City;
use nlu::{FirstHead, Gazetteer, Understand};
use std::sync::{Arc, PoisonError, RwLock};

/// A city and its understanding.
pub struct Town {
    /// The package.
    pub city: City,
    /// What was learnt from it.
    pub reader: Arc<dyn Understand>,
    /// Its places, for pins on the map.
    pub gazetteer: Gazetteer,
}

impl Town {
    /// Puts a city and what was learnt from it together.
    #[must_use]
    pub fn new(city: City, head: Arc<FirstHead>) -> Self {
        let gazetteer = head.gazetteer().clone();
        Self { city, reader: head, gazetteer }
    }
}

/// Where the live city stands; everyone takes it from here for one turn.
pub struct Square {
    town: RwLock<Arc<Town>>,
}

impl Square {
    /// Puts up the first city.
    #[must_use]
    pub fn new(town: Town) -> Self {
        Self { town: RwLock::new(Arc::new(town)) }
    }

    /// Puts up a city that others may have too.
    #[must_use]
    pub fn of(town: Arc<Town>) -> Self {
        Self { town: RwLock::new(town) }
    }

    /// Gives the live city.
    #[must_use]
    pub fn town(&self) -> Arc<Town> {
        Arc::clone(&self.town.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Puts another city in its place; turns in progress end with the one they began with.
    pub fn swap(&self, town: Town) {
        *self.town.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(town);
    }
}
