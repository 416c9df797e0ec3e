//! What every job needs: the store, the live city, its actions, time and chance.

use bot_city::Actions;
use bot_core::{Chance, Clock, UnixMs};
use bot_store::Store;
use std::sync::Arc;

use crate::metrics::Metrics;
use crate::outside::Outside;
use crate::suggest::Learning;
use crate::town::{Square, Town};

/// The surroundings of a job.
#[derive(Clone)]
pub struct Shell {
    /// Where everything is kept.
    pub store: Arc<dyn Store>,
    /// The live city.
    pub square: Arc<Square>,
    /// The actions of the city.
    pub actions: Arc<dyn Actions>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Chance.
    pub chance: Arc<dyn Chance>,
    /// What is counted.
    pub metrics: Arc<Metrics>,
    /// What is kept of sentences that were understood badly.
    pub learning: Learning,
    /// What reaches outside the machine.
    pub outside: Arc<Outside>,
}

impl Shell {
    /// Gives the present time.
    #[must_use]
    pub fn now(&self) -> UnixMs {
        self.clock.now()
    }

    /// Gives the live city.
    #[must_use]
    pub fn town(&self) -> Arc<Town> {
        self.square.town()
    }
}
