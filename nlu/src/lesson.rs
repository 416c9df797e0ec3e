//! What a city teaches: sentences, emergencies and places, as plain data.
//!
//! Built by the caller from the city's package. Never here: YAML, CSV, files.

use bot_core::Bilingual;
use bot_core::place::Point;
use bot_core::understanding::Command;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// An intent and the sentences that show it.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct IntentLesson {
    /// Its name.
    pub name: String,
    /// The global command it means, if it means one.
    pub command: Option<Command>,
    /// Sentences that show it, without annotations.
    pub examples: Bilingual<Vec<String>>,
    /// Sentences that look like it and are not.
    pub not: Bilingual<Vec<String>>,
}

/// An emergency and the words that point to it.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct EmergencyLesson {
    /// Its id.
    pub id: String,
    /// Phrases of which one is enough.
    pub words: Bilingual<Vec<String>>,
    /// Phrases that show something else is meant.
    pub unless: Bilingual<Vec<String>>,
}

/// What sort of row of the gazetteer it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PlaceRowKind {
    /// A stretch of a street.
    Street,
    /// A park.
    Park,
    /// A building or spot that people know by name.
    Landmark,
    /// A town that is not the city.
    Outside,
}

/// One row of the gazetteer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PlaceRow {
    /// What sort of row it is.
    pub kind: PlaceRowKind,
    /// The official name, in French as a rule.
    pub name: String,
    /// The name in English, where people use one.
    pub name_en: Option<String>,
    /// First and last door number of a stretch.
    pub numbers: Option<(u32, u32)>,
    /// Where it is, or where the stretch begins.
    pub at: Point,
    /// Where the stretch ends.
    pub to: Option<Point>,
    /// The sector of the city.
    pub sector: Option<String>,
    /// Other names.
    pub aliases: Vec<String>,
}

/// The part of the globe that the city covers, in degrees.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Bounds {
    /// Southern edge.
    pub south: f64,
    /// Western edge.
    pub west: f64,
    /// Northern edge.
    pub north: f64,
    /// Eastern edge.
    pub east: f64,
}

impl Bounds {
    /// Tells whether a position lies in the city.
    #[must_use]
    pub fn holds(&self, at: Point) -> bool {
        (self.south..=self.north).contains(&at.lat) && (self.west..=self.east).contains(&at.lon)
    }
}

/// Everything a city teaches.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Lesson {
    /// Its intents.
    pub intents: Vec<IntentLesson>,
    /// Sentences that nothing here can serve.
    pub out_of_scope: Bilingual<Vec<String>>,
    /// Its emergencies.
    pub emergencies: Vec<EmergencyLesson>,
    /// Its places.
    pub places: Vec<PlaceRow>,
    /// Names of towns that are not the city.
    pub outside: Vec<String>,
    /// Where it lies.
    pub bounds: Option<Bounds>,
    /// Its time zone, in which "yesterday" is read.
    #[serde(with = "jiff::fmt::serde::tz::required")]
    pub zone: TimeZone,
}

impl Default for Lesson {
    fn default() -> Self {
        Self {
            intents: Vec::new(),
            out_of_scope: Bilingual::default(),
            emergencies: Vec::new(),
            places: Vec::new(),
            outside: Vec::new(),
            bounds: None,
            zone: TimeZone::UTC,
        }
    }
}

impl Lesson {
    /// Gives every sentence, counter-examples and out-of-scope ones too.
    pub(crate) fn texts(&self) -> impl Iterator<Item = &String> {
        let shown = self.intents.iter().flat_map(|intent| {
            let both = intent.examples.iter().chain(intent.not.iter());
            both.flat_map(|(_, texts)| texts)
        });
        shown.chain(self.out_of_scope.iter().flat_map(|(_, texts)| texts))
    }

    /// Gives a fingerprint: the same for the same lesson, another for any other.
    #[must_use]
    pub fn fingerprint(&self) -> [u8; 32] {
        let mut hasher = Sha256::new();
        // A time zone without a name cannot be serialised; its debug form tells it apart as well.
        match serde_json::to_vec(self) {
            Ok(bytes) => hasher.update(bytes),
            Err(_) => hasher.update(format!("{self:?}")),
        }
        hasher.finalize().into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fingerprint_follows_every_change() {
        let lesson = Lesson::default();
        let mut other = lesson.clone();
        assert_eq!(lesson.fingerprint(), other.fingerprint());
        other.zone = TimeZone::get("America/Toronto").unwrap();
        assert_ne!(lesson.fingerprint(), other.fingerprint());
        let text = serde_json::to_string(&other).unwrap();
        assert_eq!(serde_json::from_str::<Lesson>(&text).unwrap(), other);
    }
}
