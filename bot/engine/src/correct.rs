//! Corrections: a new value in place of an old one, by value or by name, and what depended on it
//! computed again.
//!
//! Every `out` and `set` that was computed from the corrected slot is forgotten, and so is every
//! answer to a question about such a value; the flow goes back to the first step that reads it.
//! Other answers stay.

use bot_core::Value;
use bot_core::slot::SlotKind;
use bot_core::understanding::{Entity, Extent, Heard, Means, Outcome, Understanding};
use bot_core::value::Answer;
use flows::model::flow::StepKind;
use flows::model::slot::Slot;

use crate::answer::Reading;
use crate::check;
use crate::depends::{computed_from, first_reader, forget, rewind, says};
use crate::said::CLEAR_INTENT_FROM;
use crate::scope::{SERVICE, questions_of, slot_of};
use crate::session::{Origin, Pending};
use crate::spare::fit;
use crate::words::named;
use crate::work::Work;

/// Below this, a value is no correction.
const CORRECT_FROM: f32 = 0.55;
/// Below this, an option is no correction.
const CORRECT_OPTION_FROM: f32 = 0.7;

impl Work<'_> {
    /// Takes a message as a correction, if it is one.
    pub(crate) fn is_change(&mut self, heard: &Understanding, reading: Option<&Reading>) -> bool {
        if self.session.stack.is_empty() {
            return false;
        }
        if let Some((slot, found)) = self.corrected(heard, reading) {
            self.note("corrected", slot.name.clone());
            self.correct_with(&slot, found);
            return true;
        }
        let named = heard.named.iter().find(|name| self.can_change(name)).cloned();
        let recap = matches!(self.session.pending, Some(Pending::Confirm | Pending::ChangeWhat));
        match named {
            Some(name) if recap || heard.correction || reading.is_none() => {
                self.change_by_name(&name);
                true
            }
            _ => false,
        }
    }

    fn can_change(&self, name: &str) -> bool {
        let asked = self.slot(name).is_some_and(|slot| slot.is_asked_on(self.session.channel));
        asked && (self.session.top().is_some_and(|f| f.is_answered(name)) || self.recap_names(name))
    }

    fn recap_names(&self, name: &str) -> bool {
        let Some((_, _, step)) = self.step() else {
            return false;
        };
        let StepKind::Confirm(confirm) = &step.kind else {
            return false;
        };
        let Some(frame) = self.session.top() else {
            return false;
        };
        named(self.city, frame, &confirm.items).iter().any(|item| item == name)
    }

    /// Finds a slot that the message corrects, and what it heard for it.
    fn corrected(&self, heard: &Understanding, reading: Option<&Reading>) -> Option<(Slot, Heard)> {
        let open = self.pending_slot().map(|slot| slot.name);
        let recap = matches!(self.session.pending, Some(Pending::Confirm | Pending::ChangeWhat));
        let cue = (recap && !self.asks_for_another(heard)) || heard.correction;
        let option = heard.options.iter().find(|hit| {
            hit.p >= CORRECT_OPTION_FROM
                && cue
                && hit
                    .slot
                    .as_deref()
                    .is_some_and(|n| Some(n) != open.as_deref() && self.can_change(n))
        });
        if let Some(hit) = option {
            let slot = self.slot(hit.slot.as_deref()?)?.clone();
            return Some((slot, Heard::Value(Value::Choice(hit.key.clone()))));
        }
        heard.entities.iter().filter(|entity| entity.p >= CORRECT_FROM).find_map(|entity| {
            let slot = self.slot_for(entity, open.as_deref())?;
            let patched = entity.means == Means::Patched && entity.slot.is_some();
            let answers_the_question = reading.is_some() && !patched && !cue;
            ((cue || patched) && !answers_the_question).then(|| (slot, entity.heard.clone()))
        })
    }

    /// Tells whether a message is clearly about another flow: the place in "which day is the
    /// collection at 12 Cartier?" is that question's, and corrects nothing.
    fn asks_for_another(&self, heard: &Understanding) -> bool {
        let is_bare = heard.entities.iter().any(|entity| entity.extent == Extent::Whole);
        let best = heard.best().filter(|_| heard.outcome == Outcome::Sure && !is_bare);
        best.is_some_and(|best| {
            best.p >= CLEAR_INTENT_FROM
                && self.city.started_by(&best.intent).is_some()
                && !self.is_own_intent(&best.intent)
        })
    }

    /// Finds the one slot with an answer that an entity could replace.
    fn slot_for(&self, entity: &Entity, open: Option<&str>) -> Option<Slot> {
        let (flow, frame) = self.top()?;
        if let Some(name) = &entity.slot {
            let known = Some(name.as_str()) != open && self.can_change(name);
            return if known { self.slot(name).cloned() } else { None };
        }
        let mut fitting = frame.answered.iter().filter_map(|name| {
            let slot = slot_of(self.city, flow, frame, name)?;
            (Some(name.as_str()) != open && slot.kind.takes(entity.kind) && self.can_change(name))
                .then_some(slot)
        });
        let first = fitting.next().cloned();
        // The open question's own type comes first: its answer is no correction.
        let open_takes = open
            .and_then(|name| slot_of(self.city, flow, frame, name))
            .is_some_and(|slot| slot.kind.takes(entity.kind));
        let missing = self.unanswered_in_recap(entity.kind);
        if open_takes { None } else { first.or(missing) }
    }

    /// At the recap, a value may also fill what was left out before.
    fn unanswered_in_recap(&self, kind: SlotKind) -> Option<Slot> {
        let Some(Pending::Confirm) = self.session.pending else {
            return None;
        };
        let (flow, frame) = self.top()?;
        let (_, _, step) = self.step()?;
        let StepKind::Confirm(confirm) = &step.kind else {
            return None;
        };
        named(self.city, frame, &confirm.items)
            .iter()
            .filter_map(|name| slot_of(self.city, flow, frame, name))
            .find(|slot| slot.kind.takes(kind))
            .cloned()
    }

    fn correct_with(&mut self, slot: &Slot, heard: Heard) {
        match heard {
            Heard::Value(value) => {
                let value = fit(value, slot.kind);
                self.correct(&slot.name, value, 1.0);
            }
            Heard::Refused { refusal, candidates } if !candidates.is_empty() => {
                self.refuse(slot, refusal, "", candidates, true);
            }
            Heard::Refused { refusal, .. } => {
                let again = self.again(slot, refusal, "");
                self.keep_old(slot, &again);
            }
        }
    }

    /// Replaces a slot's value, if the new one is good.
    pub(crate) fn correct(&mut self, name: &str, value: Value, p: f32) {
        let Some(slot) = self.slot(name).cloned() else {
            return;
        };
        if let Err(refusal) = check::value(self, &slot, &value) {
            let again = self.again(&slot, refusal, &self.print(&value));
            self.keep_old(&slot, &again);
            return;
        }
        if crate::ask::must_read_back(&slot, p) && p < 1.0 {
            self.session.pending =
                Some(Pending::ReadBack { slot: slot.name, value, changing: true });
            self.restate();
            return;
        }
        self.apply_change(&slot, Answer::Known(value));
    }

    /// Says why the new value is refused, that the old one stays, and asks on.
    fn keep_old(&mut self, slot: &Slot, again: &str) {
        self.say(again.to_owned(), Vec::new());
        self.say_kept_old(slot);
        self.restate();
    }

    /// Asks for a new value of a slot that has one.
    pub(crate) fn change_by_name(&mut self, name: &str) {
        self.note("change by name", name.to_owned());
        if let Some(frame) = self.frame() {
            frame.tries.remove(name);
        }
        self.session.spare.clear();
        self.open_slot(name, true);
        self.restate();
    }

    /// Puts the new answer in place of the old, forgets what was computed from the old one, and
    /// goes back to the first step that reads it.
    pub(crate) fn apply_change(&mut self, slot: &Slot, answer: Answer) {
        let Some((flow, _)) = self.top() else { return };
        self.session.pending = None;
        let mut dropped = computed_from(flow, &slot.name);
        let known = answer.value().is_some();
        self.fill(&slot.name, answer, Origin::Answer);
        if slot.name == SERVICE {
            dropped.extend(self.questions_left_over());
        }
        if known {
            let value =
                self.session.top().map(|frame| self.show(flow, frame, &slot.name, self.voice()));
            let label = self.label(slot);
            self.say_global("changed", &[("label", label), ("value", value.unwrap_or_default())]);
        }
        let is_question = self.session.top().is_some_and(|frame| {
            questions_of(self.city, frame).iter().any(|question| question.name == slot.name)
        });
        if let Some(frame) = self.frame() {
            forget(frame, &dropped);
            if let Some(id) = first_reader(flow, frame, &slot.name, &dropped, is_question) {
                frame.said.retain(|step| !says(flow, step, &slot.name, &dropped));
                rewind(frame, &id);
            }
        }
        self.advance();
    }

    /// Lists answers to questions that the new category does not ask.
    fn questions_left_over(&self) -> Vec<String> {
        let Some((flow, frame)) = self.top() else {
            return Vec::new();
        };
        let asked = questions_of(self.city, frame);
        let is_question = |name: &String| {
            self.city.services.values().any(|s| s.questions.iter().any(|q| q.name == *name))
        };
        frame
            .values
            .keys()
            .filter(|name| !flow.slots.contains_key(*name) && is_question(name))
            .filter(|name| !asked.iter().any(|question| question.name == **name))
            .cloned()
            .collect()
    }
}
