//! A resident's message: what it means where the conversation stands.

use bot_core::message::{AttachmentKind, Content};
use bot_core::understanding::{Command, CommandHit, Extent, Outcome, Understanding};
use flows::model::flow::Flow;

use crate::answer;
use crate::menu::{self, Meaning};
use crate::rules;
use crate::session::{MAX_LOOSE_PHOTOS, Owner, Pending};
use crate::work::Work;

/// From here on, a message's language is followed.
const FOLLOW_LANGUAGE_FROM: f32 = 0.85;
/// A command that is the whole message is obeyed from here on.
const COMMAND_WHOLE_FROM: f32 = 0.6;
/// A command within a longer message is obeyed from here on.
const COMMAND_PART_FROM: f32 = 0.85;
/// An intent must be this sure to stand against an answer.
pub(crate) const CLEAR_INTENT_FROM: f32 = 0.85;
/// And this much surer than the answer.
const CLEARLY_BETTER_BY: f32 = 0.2;

impl Work<'_> {
    /// Folds a message.
    pub(crate) fn said(&mut self, content: &Content, heard: &Understanding) {
        self.session.n_turns = self.session.n_turns.saturating_add(1);
        self.session.reminded = false;
        self.session.spare.lay_aside();
        match self.session.owner {
            Owner::Agent => return,
            Owner::Queue => {
                self.said_while_waiting(content, heard);
                return;
            }
            Owner::Bot => {}
        }
        self.follow_language(heard);
        self.keep_photos(content);
        let back = std::mem::take(&mut self.session.parked) && !self.session.stack.is_empty();
        if back {
            let title = self.title();
            self.say_global("welcome_back", &[("title", title)]);
        }
        if content.truncated {
            let limit = content.text.chars().count().to_string();
            self.say_global("truncated", &[("limit", limit)]);
        }
        if self.is_emergency(heard) {
            return;
        }
        if self.is_waiting_for_call() {
            self.say_global("one_moment", &[]);
            return;
        }
        if let Some(id) = &content.choice {
            self.picked(id, content, heard);
        } else {
            self.session.spare.hear(&heard.entities, &heard.options);
            self.understood(content, heard);
        }
    }

    /// Speaks the language that the resident speaks.
    fn follow_language(&mut self, heard: &Understanding) {
        if let Some(guess) = heard.lang
            && guess.lang != self.session.lang
            && guess.p >= FOLLOW_LANGUAGE_FROM
            && self.city.info.languages.contains(&guess.lang)
        {
            self.session.lang = guess.lang;
            self.note("language followed", guess.lang.code());
        }
    }

    /// Keeps pictures that came before anything asked for them.
    fn keep_photos(&mut self, content: &Content) {
        let asked = matches!(&self.session.pending, Some(Pending::Slot { slot, .. })
            if self.slot(slot).is_some_and(|slot| slot.kind == bot_core::slot::SlotKind::Image));
        if asked {
            return;
        }
        for file in content.attachments.iter().filter(|file| file.kind == AttachmentKind::Image) {
            if self.session.loose_photos.len() < MAX_LOOSE_PHOTOS {
                self.session.loose_photos.push(file.id);
            }
        }
    }

    /// Says what to do in an emergency, before anything is asked.
    fn is_emergency(&mut self, heard: &Understanding) -> bool {
        let Some(emergency) = heard
            .emergency
            .as_ref()
            .and_then(|id| self.city.info.emergencies.iter().find(|e| e.id == *id))
        else {
            return false;
        };
        self.note("emergency", emergency.id.clone());
        let words = self.wording(&emergency.say, &[]);
        self.say(words, Vec::new());
        self.session.misses = 0;
        // An open question for free words has its answer in the very words that gave the alarm.
        let free_words = matches!(&self.session.pending, Some(Pending::Slot { slot, .. })
            if self.slot(slot).is_some_and(|slot| slot.kind == bot_core::slot::SlotKind::Text));
        if free_words {
            return false;
        }
        self.restate();
        true
    }

    fn is_waiting_for_call(&self) -> bool {
        let waiting = self.session.top().and_then(|frame| frame.waiting.as_ref());
        matches!(waiting, Some(crate::session::Waiting::Call { .. }))
    }

    /// A choice was tapped or keyed.
    fn picked(&mut self, id: &str, content: &Content, heard: &Understanding) {
        let item = menu::of(self.city, &self.session).into_iter().find(|item| item.id == id);
        if let Some(item) = item {
            self.note("picked", id.to_owned());
            self.take_meaning(&item.meaning);
            return;
        }
        match id.split_once('=') {
            Some(("intent", intent)) if self.city.intents.contains_key(intent) => {
                self.wants(&intent.to_owned());
            }
            // A button of an earlier question changes the answer that was given then.
            Some((slot, key)) if self.is_option(slot, key) => {
                let value = bot_core::Value::Choice(key.to_owned());
                self.correct(slot, value, answer::CERTAIN);
            }
            _ if !content.text.is_empty() => {
                self.session.spare.hear(&heard.entities, &heard.options);
                self.understood(content, heard);
            }
            _ => {
                let gone = self.global("choice_gone", &[]);
                self.say_then_restate(&gone);
            }
        }
    }

    fn is_option(&self, slot: &str, key: &str) -> bool {
        let answered = self.session.top().is_some_and(|frame| frame.is_answered(slot));
        answered && self.slot(slot).is_some_and(|slot| slot.option(key).is_some())
    }

    /// Decides what a message in words, or a picture, or a place, means.
    fn understood(&mut self, content: &Content, heard: &Understanding) {
        if content.is_empty() {
            let unreadable = self.global("unreadable", &[]);
            self.say_then_restate(&unreadable);
            return;
        }
        if let Some(command) = self.keyed(content) {
            self.note("key", command.name());
            self.command(command);
            return;
        }
        let reading = self.read_answer(content, heard);
        if let Some(hit) = self.command_in(heard, reading.as_ref()) {
            self.note(rules::COMMAND, hit.command.name());
            self.command(hit.command);
            return;
        }
        if self.is_change(heard, reading.as_ref()) {
            return;
        }
        if let Some(reading) = reading {
            if let Some(intent) = self.clearly_other(heard, &reading) {
                self.wants(&intent);
            } else {
                self.take_reading(reading);
            }
            return;
        }
        self.without_answer(content, heard);
    }

    /// The message answers nothing that was asked.
    fn without_answer(&mut self, content: &Content, heard: &Understanding) {
        match heard.outcome {
            Outcome::Sure => {
                if let Some(intent) = heard.best().map(|ranked| ranked.intent.clone())
                    && intent != flows::model::intent::OUT_OF_SCOPE
                {
                    if self.is_own_intent(&intent) {
                        self.own_intent();
                    } else {
                        self.wants(&intent);
                    }
                    return;
                }
                self.not_understood(content);
            }
            Outcome::Unsure | Outcome::OutOfScope => {
                let unsure = heard.outcome == Outcome::Unsure;
                let asked = self.keep_for_intent(heard) || (unsure && self.did_you_mean(heard));
                if !asked {
                    self.not_understood(content);
                }
            }
        }
    }

    /// Finds a command to obey; an answer that was asked for comes before it.
    fn command_in(
        &self,
        heard: &Understanding,
        reading: Option<&answer::Reading>,
    ) -> Option<CommandHit> {
        let hit = heard.command?;
        let least = match hit.extent {
            Extent::Whole => COMMAND_WHOLE_FROM,
            Extent::Part => COMMAND_PART_FROM,
        };
        let free_text = self.asks_free_text();
        let answered =
            reading.is_some_and(|reading| !free_text && reading.is_whole() && reading.p() >= hit.p);
        let lost_in_text = free_text && hit.extent == Extent::Part;
        let says_it_already = match hit.command {
            Command::French | Command::English => hit.extent == Extent::Part && reading.is_some(),
            Command::Cancel
            | Command::Repeat
            | Command::Back
            | Command::Help
            | Command::Why
            | Command::Agent
            | Command::StartOver
            | Command::Resume => false,
        };
        (hit.p >= least && !answered && !lost_in_text && !says_it_already).then_some(hit)
    }

    fn asks_free_text(&self) -> bool {
        matches!(&self.session.pending, Some(Pending::Slot { slot, .. })
            if self.slot(slot).is_some_and(|slot| slot.kind == bot_core::slot::SlotKind::Text))
    }

    /// Gives the intent that is clearly meant, though the message could be an answer.
    fn clearly_other(&self, heard: &Understanding, reading: &answer::Reading) -> Option<String> {
        let best = heard.best().filter(|_| heard.outcome == Outcome::Sure)?;
        let better = best.p >= CLEAR_INTENT_FROM && best.p - reading.p() >= CLEARLY_BETTER_BY;
        let strong_answer = matches!(reading, answer::Reading::Answer { .. }) && reading.is_whole();
        let started = self.city.started_by(&best.intent)?;
        // Free words may sound like anything: only a question, or a wish for another flow that may
        // interrupt, is taken for one.
        let allowed =
            !self.asks_free_text() || (heard.question && self.may_interrupt(started.flow));
        let other = !self.is_own_intent(&best.intent);
        let clear = better && other && allowed && (!strong_answer || self.asks_free_text());
        clear.then(|| best.intent.clone())
    }

    /// Tells whether a flow may interrupt the one in progress.
    pub(crate) fn may_interrupt(&self, flow: &Flow) -> bool {
        self.top()
            .is_none_or(|(top, _)| top.interrupt.allow.iter().any(|(name, _)| *name == flow.name))
    }

    /// Tells whether an intent is the one that started the flow in progress.
    pub(crate) fn is_own_intent(&self, intent: &str) -> bool {
        let (Some((flow, frame)), Some(started)) = (self.top(), self.city.started_by(intent))
        else {
            return false;
        };
        let same_topic = match (started.service, frame.value(crate::scope::SERVICE)) {
            (Some(service), Some(bot_core::Value::Service(code))) => service.code == *code,
            _ => true,
        };
        started.flow.name == flow.name && same_topic
    }

    /// The resident said again what the flow is about: take what else it held, and ask on.
    fn own_intent(&mut self) {
        let pending = self.session.pending.clone();
        let before = self.session.top().map(|frame| frame.answered.len());
        if matches!(pending, Some(Pending::Slot { .. })) {
            self.session.pending = None;
            self.advance();
            let after = self.session.top().map(|frame| frame.answered.len());
            if before != after || self.spoke {
                return;
            }
            self.session.pending = pending;
        }
        self.restate();
    }

    /// Does what picking an item means.
    pub(crate) fn take_meaning(&mut self, meaning: &Meaning) {
        match meaning {
            Meaning::Option(key) => {
                self.take_value(bot_core::Value::Choice(key.clone()), answer::CERTAIN, "");
            }
            Meaning::Value(value) => self.take_value(value.clone(), answer::CERTAIN, ""),
            Meaning::Stance(stance) => self.take_stance(*stance),
            Meaning::Intent(intent) => self.wants(&intent.clone()),
            Meaning::Change(slot) => self.change_by_name(&slot.clone()),
            Meaning::ChangeSomething => {
                self.session.pending = Some(Pending::ChangeWhat);
                self.restate();
            }
            Meaning::Other => self.none_of_these(),
        }
    }
}
