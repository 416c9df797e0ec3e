//! Slots: what a flow asks, how it is asked, refused, and given up.

use bot_core::channel::Source;
use bot_core::expectation::MenuItem;
use bot_core::slot::{Refusal, SlotKind};
use bot_core::{Bilingual, Channel};
use std::collections::{BTreeMap, BTreeSet};

use super::flow::Target;
use super::text::Text;
use crate::fault::Spot;

/// When the value heard is said back.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum ReadBack {
    /// Never.
    Never,
    /// When the counter is not sure of it.
    #[default]
    WhenUnsure,
    /// Always.
    Always,
}

/// What is done with a value that the resident's profile holds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Prefill {
    /// It is taken without a word.
    Use,
    /// It is offered.
    Offer,
    /// It is left alone.
    #[default]
    Ignore,
}

/// Which days a date slot takes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Days {
    /// Today and before.
    Past,
    /// Today and after.
    Future,
    /// Any.
    #[default]
    Any,
}

/// One option of a choice.
#[derive(Debug, Clone, PartialEq)]
pub struct OptionDef {
    /// Its key, label and other names.
    pub item: MenuItem,
    /// Whether it makes the case urgent.
    pub urgent: bool,
    /// Where it is written.
    pub at: Spot,
}

/// Where a conversation goes when a slot cannot be filled.
#[derive(Debug, Clone, PartialEq)]
pub enum GiveUp {
    /// On, without the value.
    Skip,
    /// To a step.
    Step(Target),
}

/// How a private value is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Private {
    /// Whether it is masked on screens and in logs.
    pub mask: bool,
    /// Days it is kept after the conversation.
    pub keep_days: u32,
}

/// One slot.
#[derive(Debug, Clone, PartialEq)]
pub struct Slot {
    /// Its name.
    pub name: String,
    /// Where it is written.
    pub at: Spot,
    /// Its type.
    pub kind: SlotKind,
    /// Where its value may come from.
    pub from: BTreeSet<Source>,
    /// The question.
    pub ask: Option<Text>,
    /// What is said for each refusal.
    pub again: BTreeMap<Refusal, Text>,
    /// Why it is asked.
    pub why: Option<Text>,
    /// What the recap calls it.
    pub label: Option<Bilingual<String>>,
    /// What residents call it besides.
    pub names: Bilingual<Vec<String>>,
    /// The options of a choice.
    pub options: Vec<OptionDef>,
    /// The variable whose list gives the options.
    pub options_from: Option<String>,
    /// How often it is asked.
    pub tries: u32,
    /// Where the conversation goes after that.
    pub give_up: Option<GiveUp>,
    /// Whether the resident may leave it out.
    pub optional: bool,
    /// Whether "I don't know" is an answer.
    pub unknown_ok: bool,
    /// The channels it is asked on; `None` for all.
    pub only_on: Option<BTreeSet<Channel>>,
    /// When the value is said back.
    pub read_back: ReadBack,
    /// How a private value is kept.
    pub private: Option<Private>,
    /// What is done with a value that the profile holds.
    pub prefill: Prefill,
    /// The longest text.
    pub max_chars: usize,
    /// The smallest number.
    pub min: Option<i64>,
    /// The largest number.
    pub max: Option<i64>,
    /// Which days.
    pub allow: Days,
    /// The yes/no answer that makes the case urgent.
    pub urgent_if: Option<bool>,
}

impl Slot {
    /// Tells whether the slot is asked on a channel.
    #[must_use]
    pub fn is_asked_on(&self, channel: Channel) -> bool {
        self.only_on.as_ref().is_none_or(|channels| channels.contains(&channel))
    }

    /// Tells whether the value may come from a source.
    #[must_use]
    pub fn takes(&self, source: Source) -> bool {
        self.from.contains(&source)
    }

    /// Finds an option by its key.
    #[must_use]
    pub fn option(&self, key: &str) -> Option<&OptionDef> {
        self.options.iter().find(|option| option.item.key == key)
    }
}
