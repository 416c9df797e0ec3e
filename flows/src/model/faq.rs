//! Questions that the city answers without opening a case, and the tables behind them.

use bot_core::Bilingual;
use std::collections::BTreeMap;

use super::text::Wording;
use crate::fault::Spot;

/// Where an answer comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourcePage {
    /// The page's title.
    pub title: Bilingual<String>,
    /// Its address.
    pub url: Bilingual<String>,
    /// The day a person last compared the answer with it.
    pub checked: jiff::civil::Date,
}

/// One question and its answer.
#[derive(Debug, Clone, PartialEq)]
pub struct FaqEntry {
    /// Its id.
    pub id: String,
    /// Where it is written.
    pub at: Spot,
    /// What it is about.
    pub title: Bilingual<String>,
    /// The intents that ask it.
    pub intents: Vec<(String, Spot)>,
    /// The answer.
    pub answer: Wording,
    /// The table whose rows follow the answer.
    pub table: Option<(String, Spot)>,
    /// Where the answer comes from.
    pub source: SourcePage,
}

/// A table of the city.
#[derive(Debug, Clone, PartialEq)]
pub struct Table {
    /// Where it is declared.
    pub at: Spot,
    /// What it holds.
    pub title: Bilingual<String>,
    /// Where its rows come from.
    pub source: SourcePage,
    /// Its rows, each by column name.
    pub rows: Vec<BTreeMap<String, String>>,
}
