//! To a person and back: hours, waiting, acceptance, and that nobody came.

use bot_core::contact::HIDDEN;
use bot_core::effect::{Effect, Handoff, HandoffReason};
use bot_core::event::{HandoffNews, Timer};
use bot_core::message::{Choice, Content};
use bot_core::understanding::{Command, Understanding};
use bot_core::{Contact, Value};
use flows::model::city::Queue;
use flows::model::flow::{Flow, HandoffStep, StepKind, Target};
use flows::render;
use std::time::Duration;

use crate::advance::Go;
use crate::scope::slot_of;
use crate::session::{Frame, Owner, Waiting};
use crate::words::named;
use crate::work::{Work, flow_of};

impl Work<'_> {
    /// Hands the conversation to the queue that a step names, if anyone is there.
    pub(crate) fn hand_off(&mut self, flow: &Flow, handoff: &HandoffStep) -> Go {
        let Some(queue) = self.city.info.queues.get(&handoff.queue) else {
            self.break_down("a queue is gone");
            return Go::Wait;
        };
        let calendar = handoff.hours.as_ref().unwrap_or(&queue.hours);
        if let Some(opens) = self.opens_later(calendar) {
            let name = queue.name.get(self.session.lang).clone();
            self.say_global("handoff_closed", &[("queue", name), ("opens", opens)]);
            self.note("handoff closed", handoff.queue.clone());
            return self.go_to(flow, &handoff.nobody);
        }
        let brief = self.brief(handoff);
        let reason = std::mem::replace(&mut self.handoff_reason, HandoffReason::Flow);
        if let Some(frame) = self.frame() {
            frame.waiting = Some(Waiting::Agent);
        }
        self.enqueue(&handoff.queue, queue, reason, brief);
        Go::Wait
    }

    /// Gives when a calendar opens next; `None` while it is open.
    fn opens_later(&self, calendar: &str) -> Option<String> {
        let calendar = self.city.calendars.get(calendar)?;
        let zone = &self.city.info.zone;
        if calendar.is_open(self.now(), zone) {
            return None;
        }
        let lang = self.session.lang;
        let opens = calendar.next_opening(self.now(), zone).map(|(day, minute)| {
            let hour = i8::try_from(minute / 60).unwrap_or(0);
            let of_hour = i8::try_from(minute % 60).unwrap_or(0);
            let time = jiff_time(hour, of_hour);
            format!("{}, {}", render::date(day, lang), render::time(time, lang))
        });
        Some(opens.unwrap_or_default())
    }

    fn enqueue(&mut self, name: &str, queue: &Queue, reason: HandoffReason, brief: Vec<Choice>) {
        self.session.pending = None;
        self.session.owner = Owner::Queue;
        let words = queue.name.get(self.session.lang).clone();
        self.say_global("handoff", &[("queue", words)]);
        let (queue_name, lang) = (name.to_owned(), self.session.lang);
        self.effects.push(Effect::Handoff(Handoff { queue: queue_name, reason, lang, brief }));
        self.session.timer_token = self.session.timer_token.wrapping_add(1);
        let (token, at) =
            (self.session.timer_token, self.now().plus(Duration::from_millis(queue.max_wait_ms)));
        self.effects.push(Effect::SetTimer { timer: Timer::Handoff, token, at });
    }

    /// Lists what the agent is told: the step's brief, or every answer so far.
    fn brief(&self, handoff: &HandoffStep) -> Vec<Choice> {
        let mut brief = Vec::new();
        for frame in &self.session.stack {
            let Some(flow) = flow_of(self.city, frame) else {
                continue;
            };
            let is_top = Some(frame) == self.session.top();
            let names = if is_top && !handoff.brief.is_empty() {
                named(self.city, frame, &handoff.brief)
            } else {
                frame.answered.clone()
            };
            brief.extend(names.iter().filter_map(|name| self.told(flow, frame, name)));
        }
        brief
    }

    /// Gives an answer as agents see it: one that its flow masks, with its middle hidden.
    fn told(&self, flow: &Flow, frame: &Frame, name: &str) -> Option<Choice> {
        let slot = slot_of(self.city, flow, frame, name)?;
        let shown = self.show(flow, frame, name, self.voice());
        let is_masked = slot.private.is_some_and(|private| private.mask);
        let label = match frame.value(name) {
            Some(Value::Contact(contact)) if is_masked => contact.masked(),
            Some(Value::Phone(phone)) if is_masked => Contact::Phone(phone.clone()).masked(),
            Some(Value::Email(email)) if is_masked => Contact::Email(email.clone()).masked(),
            Some(_) if is_masked => HIDDEN.to_owned(),
            _ => shown,
        };
        (!label.is_empty()).then(|| Choice { id: self.label(slot), label })
    }

    /// Hands the conversation over when no flow can.
    pub(crate) fn hand_to_default_queue(&mut self, reason: HandoffReason) {
        if reason == HandoffReason::Fault {
            self.say_global("fault", &[]);
        }
        let brief = self.session.stack.last().and_then(|frame| {
            let flow = flow_of(self.city, frame)?;
            let told = frame.answered.iter().filter_map(|name| self.told(flow, frame, name));
            Some(told.collect::<Vec<_>>())
        });
        for frame in std::mem::take(&mut self.session.stack) {
            self.effects.push(crate::wants::ended_early(frame.flow));
        }
        let name = self.city.info.default_queue.clone();
        if let Some(queue) = self.city.info.queues.get(&name) {
            self.enqueue(&name, queue, reason, brief.unwrap_or_default());
        }
    }

    /// Something became of the handoff.
    pub(crate) fn handoff_news(&mut self, news: HandoffNews) {
        if self.session.owner == Owner::Bot {
            self.note("handoff news ignored", "the bot has the conversation");
            return;
        }
        match news {
            HandoffNews::Accepted => {
                self.session.owner = Owner::Agent;
                self.effects.push(Effect::ClearTimer);
                self.say_global("handoff_accepted", &[]);
            }
            HandoffNews::Solved => self.take_back(|step| &step.solved),
            HandoffNews::BackToBot => {
                self.session.owner = Owner::Bot;
                self.say_global("handoff_back", &[]);
                self.take_back(|step| &step.back_to_bot);
            }
            HandoffNews::Nobody => {
                self.say_global("handoff_nobody", &[]);
                self.take_back(|step| &step.nobody);
            }
        }
    }

    /// Takes the conversation back and goes where the handoff's result leads.
    fn take_back(&mut self, way: impl Fn(&HandoffStep) -> &Target) {
        self.session.owner = Owner::Bot;
        self.effects.push(Effect::ClearTimer);
        self.effects.push(Effect::TakeBack);
        if let Some((flow, _, step)) = self.step()
            && let StepKind::Handoff(handoff) = &step.kind
        {
            self.go_to(flow, way(handoff));
            self.advance();
        }
    }

    /// A message while a person is awaited: it is kept for them; "cancel" stops the waiting.
    pub(crate) fn said_while_waiting(&mut self, content: &Content, heard: &Understanding) {
        let cancels = heard.command.is_some_and(|hit| hit.command == Command::Cancel);
        if cancels {
            self.say_global("handoff_left", &[]);
            self.take_back(|step| &step.back_to_bot);
            return;
        }
        if let Some(emergency) = heard
            .emergency
            .as_ref()
            .and_then(|id| self.city.info.emergencies.iter().find(|e| e.id == *id))
        {
            let words = self.wording(&emergency.say, &[]);
            self.say(words, Vec::new());
        }
        if !content.is_empty() {
            self.say_global("handoff_waiting", &[]);
        }
    }
}

fn jiff_time(hour: i8, minute: i8) -> jiff::civil::Time {
    jiff::civil::Time::new(hour, minute, 0, 0).unwrap_or(jiff::civil::Time::midnight())
}
