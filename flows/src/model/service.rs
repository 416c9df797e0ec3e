//! The request catalogue: every category a resident can report.

use bot_core::Bilingual;

use super::slot::Slot;
use crate::fault::Spot;

/// Whether a category needs a place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PlaceNeed {
    /// It must have one.
    Required,
    /// It may have one.
    Optional,
    /// It has none.
    None,
}

impl PlaceNeed {
    /// Every need.
    pub const ALL: [Self; 3] = [Self::Required, Self::Optional, Self::None];

    /// Gives the name used in `services.yml` and in conditions.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Required => "required",
            Self::Optional => "optional",
            Self::None => "none",
        }
    }
}

/// When two reports are likely the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DuplicateRule {
    /// How near, in metres.
    pub metres: u32,
    /// How recent, in days.
    pub days: u32,
}

/// What the city promises.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sla {
    /// Time to a first answer.
    pub first_answer_ms: u64,
    /// Time to the end.
    pub done_ms: u64,
    /// The calendar whose open hours count.
    pub calendar: String,
}

/// A day of the year, for seasons.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct MonthDay {
    /// 1 to 12.
    pub month: i8,
    /// 1 to 31.
    pub day: i8,
}

/// The part of the year in which a category is open; it may run over New Year.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Season {
    /// The first day.
    pub from: MonthDay,
    /// The last day.
    pub to: MonthDay,
}

impl Season {
    /// Tells whether a day of the year lies in the season.
    #[must_use]
    pub fn holds(self, day: MonthDay) -> bool {
        if self.from <= self.to {
            (self.from..=self.to).contains(&day)
        } else {
            day >= self.from || day <= self.to
        }
    }
}

/// One category.
#[derive(Debug, Clone, PartialEq)]
pub struct Service {
    /// Its code, never used again for another.
    pub code: String,
    /// Where it is written.
    pub at: Spot,
    /// Its version; a change of questions raises it.
    pub version: u32,
    /// Its name.
    pub name: Bilingual<String>,
    /// The group it is listed under.
    pub group: Bilingual<String>,
    /// One sentence about it.
    pub description: Option<Bilingual<String>>,
    /// Words to find it by.
    pub keywords: Bilingual<Vec<String>>,
    /// The intents that mean it.
    pub intents: Vec<(String, Spot)>,
    /// Whether it needs a place.
    pub place: PlaceNeed,
    /// When two reports are likely the same.
    pub duplicates: Option<DuplicateRule>,
    /// What the city promises.
    pub sla: Sla,
    /// The queue that gets it.
    pub queue: String,
    /// Whether a picture helps.
    pub photo_welcome: bool,
    /// When it is open; `None` for the whole year.
    pub season: Option<Season>,
    /// Whether it is no longer offered.
    pub retired: bool,
    /// Its questions, in the order asked.
    pub questions: Vec<Slot>,
}
