//! What the door must know of the city, from whoever has it.

use bot_core::{Channel, Language, UnixMs};
use std::collections::BTreeMap;
use std::time::Duration;

/// The house rules at this moment.
pub trait House: Send + Sync {
    /// Gives the hash of the city's package.
    fn release(&self) -> String;

    /// Gives the city's name.
    fn city_name(&self, lang: Language) -> String;

    /// Gives the city's languages, the first one spoken first.
    fn languages(&self) -> Vec<Language>;

    /// Gives how long the counter waits for the rest of a thought.
    fn burst(&self, channel: Channel) -> Duration;

    /// Writes one of the texts that every city has, with words for its placeholders.
    fn text(&self, key: &str, holes: &[(&str, String)], lang: Language) -> String;

    /// Writes all of those texts whose keys begin so, by key; their placeholders stay as they are.
    fn texts(&self, prefix: &str, lang: Language) -> BTreeMap<String, String>;

    /// Gives the name of a category; `None` for one that the city does not have.
    fn service_name(&self, code: &str, lang: Language) -> Option<String>;

    /// Gives the queue of those who have whatever belongs to no other.
    fn default_queue(&self) -> String;

    /// Lists what a caller is likely to say, for a provider's recogniser: the names of categories.
    fn hints(&self, lang: Language) -> Vec<String>;

    /// Writes the day of a time, where the city is.
    fn day(&self, at: UnixMs, lang: Language) -> String;

    /// Tells whether everything that answers is there; else what is missing.
    ///
    /// # Errors
    /// What is missing, for an operator.
    fn ready(&self) -> Result<(), String>;

    /// Writes the counters in the text format of Prometheus.
    fn metrics(&self) -> String;
}
