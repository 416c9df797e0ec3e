//! The city: its settings, and everything its package holds.

use bot_core::place::Point;
use bot_core::{Bilingual, Channel, Language};
use std::collections::BTreeMap;

use super::action::{ActionSpec, RecordSpec};
use super::calendar::Calendar;
use super::faq::{FaqEntry, Table};
use super::flow::Flow;
use super::intent::{Intent, TrialSentence};
use super::service::Service;
use super::slot::Slot;
use super::talk::Talk;
use super::text::Wording;
use crate::fault::Spot;

/// How a channel behaves in this city.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ChannelSettings {
    /// How long the counter waits for the rest of a thought.
    pub burst_ms: u64,
    /// Silence before a reminder.
    pub remind_ms: u64,
    /// Silence after the reminder before the conversation is put aside.
    pub park_ms: u64,
    /// The longest text said at once.
    pub max_chars: usize,
}

/// A queue of agents.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Queue {
    /// Its name.
    pub name: Bilingual<String>,
    /// The calendar of its hours.
    pub hours: String,
    /// How long a resident waits before the counter says that no one is there.
    pub max_wait_ms: u64,
}

/// Words that must never wait for a question.
#[derive(Debug, Clone, PartialEq)]
pub struct Emergency {
    /// Its id.
    pub id: String,
    /// Where it is written.
    pub at: Spot,
    /// The words.
    pub words: Bilingual<Vec<String>>,
    /// Words that show something else is meant.
    pub unless: Bilingual<Vec<String>>,
    /// What is said.
    pub say: Wording,
}

/// The part of the globe that the city covers, in degrees.
#[derive(Debug, Clone, Copy, PartialEq)]
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

/// Bounds that the city sets on a conversation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// How often a question is asked, unless its slot says otherwise.
    pub tries: u32,
    /// How many messages may go without being understood.
    pub unsure: u32,
    /// How long a conversation may go on with an old version of its flow.
    pub keep_old_flows_ms: u64,
    /// Sentences that an intent needs in each language.
    pub examples: usize,
}

/// What `city.yml` says.
#[derive(Debug, Clone, PartialEq)]
pub struct CityInfo {
    /// The package's name.
    pub id: String,
    /// The city's name.
    pub name: Bilingual<String>,
    /// Its Open311 jurisdiction.
    pub jurisdiction: String,
    /// Its languages, the first one spoken first.
    pub languages: Vec<Language>,
    /// Its time zone.
    pub zone: jiff::tz::TimeZone,
    /// The time zone's name.
    pub zone_name: String,
    /// Where it lies.
    pub bounds: Option<Bounds>,
    /// Towns that are not the city.
    pub neighbours: Vec<String>,
    /// The queue of conversations that no flow sends elsewhere.
    pub default_queue: String,
    /// Its channels.
    pub channels: BTreeMap<Channel, ChannelSettings>,
    /// Its queues.
    pub queues: BTreeMap<String, Queue>,
    /// Its emergencies.
    pub emergencies: Vec<Emergency>,
    /// Intents offered as choices where the resident may need an idea.
    pub starters: Vec<(String, Spot)>,
    /// Its bounds.
    pub limits: Limits,
}

/// What sort of row of `places/*.csv` it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum PlaceRowKind {
    /// A stretch of a street.
    Street,
    /// A park.
    Park,
    /// A landmark.
    Landmark,
}

/// A row of `places/*.csv`.
#[derive(Debug, Clone, PartialEq)]
pub struct PlaceRow {
    /// What sort of row it is.
    pub kind: PlaceRowKind,
    /// The official name.
    pub name: String,
    /// The name in English, where people use one.
    pub name_en: Option<String>,
    /// First and last door number of a stretch.
    pub numbers: Option<(u32, u32)>,
    /// Where it is, or where the stretch begins.
    pub at: Point,
    /// Where the stretch ends.
    pub to: Option<Point>,
    /// The sector.
    pub sector: Option<String>,
    /// Other names.
    pub aliases: Vec<String>,
}

/// A whole package, checked.
#[derive(Debug, Clone, PartialEq)]
pub struct City {
    /// What `city.yml` says.
    pub info: CityInfo,
    /// Opening hours by name.
    pub calendars: BTreeMap<String, Calendar>,
    /// Categories by code.
    pub services: BTreeMap<String, Service>,
    /// Codes in the order written.
    pub service_order: Vec<String>,
    /// Records of the manifest.
    pub records: BTreeMap<String, RecordSpec>,
    /// Actions of the manifest.
    pub actions: BTreeMap<String, ActionSpec>,
    /// Flows by name.
    pub flows: BTreeMap<String, Flow>,
    /// Shared texts by key.
    pub texts: BTreeMap<String, std::sync::Arc<Wording>>,
    /// Questions that the city answers, by id.
    pub faq: BTreeMap<String, FaqEntry>,
    /// Tables by name.
    pub tables: BTreeMap<String, Table>,
    /// Intents by name.
    pub intents: BTreeMap<String, Intent>,
    /// Sentences that the understanding is tried on, and never learns.
    pub trials: Vec<TrialSentence>,
    /// Places.
    pub places: Vec<PlaceRow>,
    /// Conversation tests.
    pub talks: Vec<Talk>,
    /// Old versions of flows that conversations may still be on: by name, then structure hash.
    pub old_flows: BTreeMap<String, BTreeMap<String, Flow>>,
    /// Hash of the whole package.
    pub hash: String,
}

impl City {
    /// Finds the flow that an intent starts, and the category or question it means.
    #[must_use]
    pub fn started_by(&self, intent: &str) -> Option<Started<'_>> {
        let direct = self
            .flows
            .values()
            .find(|flow| flow.start.intents.iter().any(|(name, _)| name == intent));
        let service = self
            .services
            .values()
            .find(|service| service.intents.iter().any(|(name, _)| name == intent));
        let faq = self.faq.values().find(|entry| entry.intents.iter().any(|(n, _)| n == intent));
        let flow = direct
            .or_else(|| self.flows.values().find(|flow| service.is_some() && flow.start.services))
            .or_else(|| self.flows.values().find(|flow| faq.is_some() && flow.start.faq))?;
        Some(Started { flow, service, faq })
    }

    /// Finds a question's slot of a category.
    #[must_use]
    pub fn question(&self, service: &str, slot: &str) -> Option<&Slot> {
        self.services.get(service)?.questions.iter().find(|question| question.name == slot)
    }

    /// Gives a channel's settings; a channel that the city does not list gets the web's.
    #[must_use]
    pub fn channel(&self, channel: Channel) -> ChannelSettings {
        self.info.channels.get(&channel).copied().unwrap_or(ChannelSettings {
            burst_ms: 0,
            remind_ms: 20 * 60 * 1000,
            park_ms: 2 * 60 * 60 * 1000,
            max_chars: 4_000,
        })
    }
}

/// What an intent starts.
#[derive(Debug, Clone, Copy)]
pub struct Started<'a> {
    /// The flow.
    pub flow: &'a Flow,
    /// The category it means, if it means one.
    pub service: Option<&'a Service>,
    /// The question it asks, if it asks one.
    pub faq: Option<&'a FaqEntry>,
}
