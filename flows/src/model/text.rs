//! Texts: words with holes, in both languages, with variants by channel.

use bot_core::{Bilingual, Channel, Language};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::expression::Path;
use crate::fault::Spot;

/// How a value is written into a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Filter {
    /// A day: "3 mars".
    Date,
    /// A time of day: "14 h 30".
    Time,
    /// A span in days: "3 jours".
    Days,
    /// Digits in groups, for reading aloud.
    Digits,
    /// All letters small.
    Lower,
    /// The number of items of a list.
    Count,
}

impl Filter {
    /// Every filter.
    pub const ALL: [Self; 6] =
        [Self::Date, Self::Time, Self::Days, Self::Digits, Self::Lower, Self::Count];

    /// Gives the name used in texts.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Date => "date",
            Self::Time => "time",
            Self::Days => "days",
            Self::Digits => "digits",
            Self::Lower => "lower",
            Self::Count => "count",
        }
    }
}

/// A part of a template.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Piece {
    /// Words as they are.
    Words(String),
    /// A hole for a value.
    Hole {
        /// The value's name.
        path: Path,
        /// How it is written.
        filter: Option<Filter>,
    },
}

/// Words with holes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Template {
    /// The parts in order.
    pub pieces: Vec<Piece>,
}

impl Template {
    /// Lists the holes, each once.
    #[must_use]
    pub fn holes(&self) -> BTreeSet<(Path, Option<Filter>)> {
        self.pieces
            .iter()
            .filter_map(|piece| match piece {
                Piece::Words(_) => None,
                Piece::Hole { path, filter } => Some((path.clone(), *filter)),
            })
            .collect()
    }

    /// Gives the words without what fills the holes.
    #[must_use]
    pub fn bare_words(&self) -> String {
        self.pieces
            .iter()
            .map(|piece| if let Piece::Words(words) = piece { words.as_str() } else { "" })
            .collect()
    }
}

/// A text in both languages, with variants for channels that need their own.
#[derive(Debug, Clone, PartialEq)]
pub struct Wording {
    /// Where it is written.
    pub at: Spot,
    /// What is said unless the channel has its own.
    pub base: Bilingual<Template>,
    /// What some channels say instead.
    pub on: BTreeMap<Channel, Bilingual<Template>>,
}

impl Wording {
    /// Gives the template for a language and a channel.
    #[must_use]
    pub fn template(&self, lang: Language, channel: Channel) -> &Template {
        self.on.get(&channel).unwrap_or(&self.base).get(lang)
    }

    /// Gives every pair of templates: the base, then the channels' own.
    pub fn variants(&self) -> impl Iterator<Item = (Option<Channel>, &Bilingual<Template>)> {
        std::iter::once((None, &self.base))
            .chain(self.on.iter().map(|(channel, pair)| (Some(*channel), pair)))
    }
}

/// A text in use: its own words or a shared one's.
#[derive(Debug, Clone, PartialEq)]
pub struct Text {
    /// Where it is used.
    pub at: Spot,
    /// The shared text's key, where it is one.
    pub key: Option<String>,
    /// The words.
    pub wording: Arc<Wording>,
}
