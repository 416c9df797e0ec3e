//! Conversation tests: what a resident says, and what must come of it.

use bot_core::event::HandoffNews;
use bot_core::place::Point;
use bot_core::value::Record;
use bot_core::{Bilingual, Channel, Language};
use std::collections::{BTreeMap, BTreeSet};

use crate::fault::Spot;

/// What an action answers in a test instead of running.
#[derive(Debug, Clone, PartialEq)]
pub struct Stub {
    /// The result.
    pub result: String,
    /// The outputs.
    pub outputs: Record,
}

/// What happens at a turn.
#[derive(Debug, Clone, PartialEq)]
pub enum Act {
    /// The resident says this.
    Says(Bilingual<String>),
    /// The resident says several things at once.
    Burst(Vec<Bilingual<String>>),
    /// The resident taps a choice.
    Picks(String),
    /// The resident shares a position.
    Pins(Point),
    /// The resident sends a picture.
    SendsPhoto,
    /// The resident is silent for so long.
    IsSilentMs(u64),
    /// Something becomes of the handoff.
    Agent(HandoffNews),
}

/// What must hold after a turn.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Checks {
    /// The slot or step that is asked.
    pub asked: Option<String>,
    /// Words that the counter says.
    pub said: Vec<Bilingual<String>>,
    /// Words that it does not say.
    pub not_said: Vec<Bilingual<String>>,
    /// Slots, or fields of them, and what they hold.
    pub slots: BTreeMap<String, String>,
    /// Actions and how often they have run so far.
    pub calls: BTreeMap<String, u32>,
    /// Choices on offer, among others.
    pub offered: Vec<String>,
    /// The flow in progress.
    pub flow: Option<String>,
    /// The language spoken now.
    pub lang: Option<Language>,
    /// The outcome with which the flow has ended.
    pub ended: Option<String>,
    /// The queue that has the conversation.
    pub queue: Option<String>,
}

/// One turn of a test.
#[derive(Debug, Clone, PartialEq)]
pub struct TalkTurn {
    /// Where it is written.
    pub at: Spot,
    /// What happens.
    pub act: Act,
    /// What must hold.
    pub checks: Checks,
    /// Channels on which the turn is left out.
    pub skip_on: BTreeSet<Channel>,
    /// The slot or step until which the same words are said again.
    pub repeat_until: Option<String>,
}

/// A conversation that must keep working.
#[derive(Debug, Clone, PartialEq)]
pub struct Talk {
    /// What it shows.
    pub name: String,
    /// Where it is written.
    pub at: Spot,
    /// The languages it runs in.
    pub langs: Vec<Language>,
    /// The channels it runs on.
    pub channels: Vec<Channel>,
    /// The time it starts at, in the city's zone.
    pub now: jiff::civil::DateTime,
    /// What actions answer; one answer for each call, the last one repeated.
    pub stubs: BTreeMap<String, Vec<Stub>>,
    /// Its turns.
    pub turns: Vec<TalkTurn>,
}
