//! What the resident wants: starts flows, lets them interrupt one another, asks what was meant.

use bot_core::Value;
use bot_core::effect::{Effect, HandoffReason};
use bot_core::slot::SlotKind;
use bot_core::understanding::{Command, Entity, Understanding};
use bot_core::value::Answer;
use flows::model::city::Started;
use flows::model::flow::{Flow, Resume, StepKind};

use crate::advance::Go;
use crate::eval;
use crate::rules;
use crate::scope::Scope;
use crate::session::{MAX_DEPTH, Origin, Pending};
use crate::spare::{is_of_use, put_before};
use crate::work::Work;

/// Titles offered when several intents may be meant.
const MAX_TITLES: usize = 3;
/// An intent below this is no candidate.
const MIN_TITLE_P: f32 = 0.1;
/// The flow that greets.
pub(crate) const WELCOME: &str = "welcome";

impl Work<'_> {
    /// Does what an intent asks for.
    pub(crate) fn wants(&mut self, intent: &String) {
        self.note(rules::INTENT, intent.clone());
        if let Some(Pending::DidYouMean { entities, .. }) = &self.session.pending {
            self.session.spare.hear_also(entities);
        }
        if let Some(command) = self.city.intents.get(intent).and_then(|intent| intent.command) {
            self.command(command);
            return;
        }
        let Some(started) = self.city.started_by(intent) else {
            self.session.pending = None;
            self.say_with_starters("out_of_scope");
            return;
        };
        self.session.misses = 0;
        self.start(started);
    }

    /// Starts a flow, if it may start here and now.
    fn start(&mut self, started: Started<'_>) {
        let flow = started.flow;
        let other = flow.title.get(self.session.lang).clone();
        if !flow.channels.contains(&self.session.channel) {
            let text = self.global("not_on_this_channel", &[("title", other)]);
            self.say_then_restate(&text);
            return;
        }
        if self.is_closed(started) {
            return;
        }
        if self.session.stack.is_empty() {
            self.session.pending = None;
            if flow.name == WELCOME && self.session.welcomed {
                self.say_with_starters("hello_again");
            } else {
                self.begin(started);
            }
            return;
        }
        if flow.name == WELCOME {
            self.restate();
        } else if (self.may_interrupt(flow) || is_quick(flow))
            && self.session.stack.len() < MAX_DEPTH
        {
            self.note("interrupted", flow.name.clone());
            self.begin(started);
        } else {
            let title = self.title();
            let text = self.global("finish_first", &[("title", title), ("other", other)]);
            self.say_then_restate(&text);
        }
    }

    /// Tells whether a flow's guard refuses, and says why.
    fn is_closed(&mut self, started: Started<'_>) -> bool {
        let Some((guard, _)) = &started.flow.start.guard else {
            return false;
        };
        let mut frame = crate::subflow::new_frame(started.flow, self.now());
        for (name, value) in topics(started) {
            let filled =
                crate::session::Filled { answer: Answer::Known(value), origin: Origin::Answer };
            frame.values.insert(name, filled);
        }
        let scope = Scope {
            city: self.city,
            session: &self.session,
            flow: Some(started.flow),
            frame: Some(&frame),
            now: self.now(),
            given: &[],
        };
        if eval::holds(&scope, guard) {
            return false;
        }
        self.note("guard refused", started.flow.name.clone());
        let text = started.flow.start.closed.as_ref().map(|text| self.text(text, &[]));
        self.say_then_restate(&text.unwrap_or_default());
        true
    }

    fn begin(&mut self, started: Started<'_>) {
        self.session.welcomed |= started.flow.name == WELCOME;
        self.session.spare.forget_left();
        self.push(started.flow);
        for (name, value) in topics(started) {
            self.fill(&name, Answer::Known(value), Origin::Answer);
        }
        self.advance();
    }

    /// Runs a flow by its name, whatever started it.
    pub(crate) fn begin_named(&mut self, name: &str) -> bool {
        let Some(flow) = self.city.flows.get(name) else {
            return false;
        };
        if !flow.channels.contains(&self.session.channel) {
            return false;
        }
        self.begin(Started { flow, service: None, faq: None });
        true
    }

    /// After a flow that interrupted another, or after the only one.
    pub(crate) fn after_digression(&mut self) -> Go {
        let Some((flow, _)) = self.top() else {
            return Go::Wait;
        };
        match flow.interrupt.resume {
            Resume::Ask => {
                self.session.pending = Some(Pending::Resume);
                self.restate();
                Go::Wait
            }
            Resume::Silently => {
                let title = self.title();
                self.say_global("resumed", &[("title", title)]);
                Go::On
            }
            Resume::Never => {
                let dropped = self.session.stack.pop();
                self.effects.extend(dropped.map(|frame| ended_early(frame.flow)));
                self.after_digression()
            }
        }
    }

    /// The resident does not want to go on with the flow that was interrupted.
    pub(crate) fn drop_interrupted(&mut self) {
        let title = self.title();
        self.session.pending = None;
        if let Some(frame) = self.session.stack.pop() {
            self.effects.push(ended_early(frame.flow.clone()));
            self.session.shelf = Some(frame);
        }
        self.say_global("dropped", &[("title", title)]);
        if self.after_digression() == Go::On {
            self.advance();
        }
    }

    /// Asks which of the likeliest intents is meant; false where none is likely.
    pub(crate) fn did_you_mean(&mut self, heard: &Understanding) -> bool {
        // In the middle of a question, only another question is worth a detour.
        if self.session.pending.is_some() && !heard.question {
            return false;
        }
        let mut titles: Vec<&str> = Vec::new();
        let mut intents: Vec<String> = Vec::new();
        for ranked in heard.intents.iter().filter(|ranked| ranked.p >= MIN_TITLE_P) {
            let Some(intent) = self.city.intents.get(&ranked.intent) else {
                continue;
            };
            let useful = intent.command.is_some() || self.city.started_by(&intent.name).is_some();
            let title = intent.title.get(self.session.lang).as_str();
            if useful && !titles.contains(&title) && intents.len() < MAX_TITLES {
                titles.push(title);
                intents.push(intent.name.clone());
            }
        }
        if intents.is_empty() {
            return false;
        }
        self.note(rules::DID_YOU_MEAN, intents.join(" "));
        self.session.pending =
            Some(Pending::DidYouMean { intents, entities: heard.entities.clone() });
        self.restate();
        true
    }

    /// Where it is asked which intent is meant, keeps for it what a message holds, and asks again;
    /// false where nothing is asked or held.
    pub(crate) fn keep_for_intent(&mut self, heard: &Understanding) -> bool {
        let Some(Pending::DidYouMean { entities, .. }) = &mut self.session.pending else {
            return false;
        };
        let values: Vec<Entity> = heard.entities.iter().filter(|e| is_of_use(e)).cloned().collect();
        if values.is_empty() {
            return false;
        }
        put_before(entities, values);
        self.note("kept for the intent", "");
        self.restate();
        true
    }

    /// None of the titles or topics on offer is meant.
    pub(crate) fn none_of_these(&mut self) {
        self.note(rules::NONE_OF_THESE, "");
        match self.session.pending.take() {
            Some(Pending::Topics { slot, changing, .. }) => {
                self.open_slot(&slot, changing);
                self.miss();
            }
            _ if self.session.stack.is_empty() => {
                self.session.misses = self.session.misses.saturating_add(1);
                self.say_with_starters("out_of_scope");
            }
            _ => self.advance(),
        }
    }

    /// Brings a person, through the flow that the city has for it.
    pub(crate) fn call_a_person(&mut self, reason: HandoffReason) {
        let intent = self.city.intents.values().find(|i| i.command == Some(Command::Agent));
        let flow = intent.and_then(|intent| self.city.started_by(&intent.name)).map(|s| s.flow);
        let fits = self.session.stack.len() < MAX_DEPTH;
        self.handoff_reason = reason;
        match flow {
            Some(flow) if fits && flow.channels.contains(&self.session.channel) => {
                self.begin(Started { flow, service: None, faq: None });
            }
            _ => self.hand_to_default_queue(reason),
        }
    }
}

pub(crate) fn ended_early(flow: String) -> Effect {
    Effect::Ended { flow, outcome: "cancelled".to_owned() }
}

/// Lists the slots that an intent's topic fills: the category or the question it means.
fn topics(started: Started<'_>) -> Vec<(String, Value)> {
    let slot_of = |kind: SlotKind| {
        let named = started.flow.start.fill.iter().find(|(_, (name, _))| name == kind.name());
        let first = started.flow.slots.values().find(|slot| slot.kind == kind);
        named.map(|(slot, _)| slot.clone()).or_else(|| first.map(|slot| slot.name.clone()))
    };
    let service = started.service.zip(slot_of(SlotKind::Service));
    let faq = started.faq.zip(slot_of(SlotKind::Faq));
    let service = service.map(|(service, slot)| (slot, Value::Service(service.code.clone())));
    let faq = faq.map(|(entry, slot)| (slot, Value::Faq(entry.id.clone())));
    service.into_iter().chain(faq).collect()
}

/// Tells whether a flow only says something.
fn is_quick(flow: &Flow) -> bool {
    flow.steps.iter().all(|step| match &step.kind {
        StepKind::Do(_) | StepKind::Branch { .. } => true,
        StepKind::Collect { .. }
        | StepKind::Questions
        | StepKind::Call(_)
        | StepKind::Run(_)
        | StepKind::Confirm(_)
        | StepKind::Handoff(_) => false,
    })
}
