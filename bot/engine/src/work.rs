//! One event being folded: the session so far, and what came of it.

use bot_core::effect::{Effect, HandoffReason};
use bot_core::message::{Author, Choice, Outbound};
use bot_core::slot::SlotKind;
use bot_core::{Event, UnixMs};
use flows::City;
use flows::model::flow::{Flow, Step};
use flows::render::Voice;

use crate::session::{Frame, MAX_LAST, Session};

/// Steps that one event may pass.
pub const MAX_HOPS: u32 = 64;

/// Why something was done, for those who look after the flows; never a resident's word.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Note {
    /// The rule that decided.
    pub rule: String,
    /// What it decided about: names of flows, steps, slots, intents.
    pub about: String,
}

/// What came of an event.
#[derive(Debug, Clone, PartialEq)]
pub struct Turn {
    /// The session after it.
    pub session: Session,
    /// What is to be done, in order.
    pub effects: Vec<Effect>,
    /// Why.
    pub notes: Vec<Note>,
}

/// The event being folded.
pub(crate) struct Work<'a> {
    pub(crate) city: &'a City,
    pub(crate) event: &'a Event,
    pub(crate) session: Session,
    pub(crate) effects: Vec<Effect>,
    pub(crate) notes: Vec<Note>,
    pub(crate) hops: u32,
    /// Whether something was said in this turn.
    pub(crate) spoke: bool,
    /// Why the next handoff happens.
    pub(crate) handoff_reason: HandoffReason,
}

impl<'a> Work<'a> {
    pub(crate) fn new(session: &Session, event: &'a Event, city: &'a City) -> Self {
        Self {
            city,
            event,
            session: session.clone(),
            effects: Vec::new(),
            notes: Vec::new(),
            hops: 0,
            spoke: false,
            handoff_reason: HandoffReason::Flow,
        }
    }

    pub(crate) fn done(self) -> Turn {
        Turn { session: self.session, effects: self.effects, notes: self.notes }
    }

    pub(crate) const fn now(&self) -> UnixMs {
        self.event.at
    }

    pub(crate) const fn voice(&self) -> Voice {
        Voice { lang: self.session.lang, channel: self.session.channel }
    }

    pub(crate) fn note(&mut self, rule: &str, about: impl Into<String>) {
        self.notes.push(Note { rule: rule.to_owned(), about: about.into() });
    }

    /// Gives the innermost flow in progress and what it remembers.
    pub(crate) fn top(&self) -> Option<(&'a Flow, &Frame)> {
        let frame = self.session.stack.last()?;
        Some((flow_of(self.city, frame)?, frame))
    }

    /// Gives what the innermost flow remembers, to change it.
    pub(crate) fn frame(&mut self) -> Option<&mut Frame> {
        self.session.stack.last_mut()
    }

    /// Gives the step that the innermost flow stands at.
    pub(crate) fn step(&self) -> Option<(&'a Flow, usize, &'a Step)> {
        let (flow, frame) = self.top()?;
        let place = flow.find_step(&frame.step)?;
        Some((flow, place, &flow.steps[place]))
    }

    /// Says something to the resident.
    pub(crate) fn say(&mut self, text: String, choices: Vec<Choice>) {
        self.say_wanting(text, choices, None);
    }

    /// Says something that asks for such an answer.
    pub(crate) fn say_wanting(
        &mut self,
        text: String,
        choices: Vec<Choice>,
        wants: Option<SlotKind>,
    ) {
        if text.is_empty() && choices.is_empty() {
            return;
        }
        let lang = self.session.lang;
        let out = Outbound { from: Author::Bot, text, choices, wants, lang };
        // An action's result goes on with what the message began.
        let goes_on = matches!(self.event.kind, bot_core::EventKind::Returned { .. });
        if !self.spoke && !goes_on {
            self.session.last.clear();
        }
        self.spoke = true;
        if self.session.last.len() < MAX_LAST {
            self.session.last.push(out.clone());
        }
        self.effects.push(Effect::Say(out));
    }
}

/// Finds the flow that a frame stands on: the current one, or the version it began with.
pub(crate) fn flow_of<'a>(city: &'a City, frame: &Frame) -> Option<&'a Flow> {
    city.flows
        .get(&frame.flow)
        .filter(|flow| flow.structure_hash == frame.hash)
        .or_else(|| city.old_flows.get(&frame.flow)?.get(&frame.hash))
}
