//! Steps that ask: what to take, what to ask, where an answer leads.

use bot_core::Value;
use bot_core::value::Answer;
use flows::model::flow::{Flow, StepKind};
use flows::model::slot::{GiveUp, Slot};

use crate::advance::Go;
use crate::scope::questions_of;
use crate::session::Origin;
use crate::work::Work;

impl Work<'_> {
    pub(crate) fn collect(&mut self, flow: &Flow, place: usize, name: &str, optional: bool) -> Go {
        let Some(slot) = flow.slots.get(name) else {
            self.break_down("a slot is gone");
            return Go::Wait;
        };
        match self.frame().and_then(|frame| frame.values.get(name)).map(|f| f.answer.clone()) {
            Some(answer) => self.answered(flow, place, slot, &answer),
            None if !slot.is_asked_on(self.session.channel) => {
                self.fill(name, Answer::Declined, Origin::Computed);
                Go::On
            }
            None => self.ask_or_take(flow, slot, optional),
        }
    }

    /// Fills a slot from what the message held besides, or asks for it.
    fn ask_or_take(&mut self, flow: &Flow, slot: &Slot, optional: bool) -> Go {
        if self.take_spare(slot) || self.take_loose_photos(slot) || self.take_profile(slot) {
            return Go::On;
        }
        if self.session.pending.is_some() {
            return Go::Wait;
        }
        if self.tries_of(&slot.name) >= slot.tries {
            return self.give_up(flow, slot, optional);
        }
        self.ask_slot(slot);
        Go::Wait
    }

    /// Goes where a slot's answer leads.
    fn answered(&mut self, flow: &Flow, place: usize, slot: &Slot, answer: &Answer) -> Go {
        let StepKind::Collect { answers, .. } = &flow.steps[place].kind else {
            return Go::Wait;
        };
        if answers.is_empty() {
            return self.onward(flow, place);
        }
        let key = match answer {
            Answer::Unknown => "unknown",
            Answer::Declined => "declined",
            Answer::Known(Value::Choice(key)) if slot.options_from.is_none() => key,
            Answer::Known(Value::Bool(true)) => "affirm",
            Answer::Known(Value::Bool(false)) => "deny",
            Answer::Known(_) => "known",
        };
        let Some(target) = answers.get(key) else {
            self.break_down("an answer leads nowhere");
            return Go::Wait;
        };
        self.go_to(flow, target)
    }

    /// Leaves a slot that could not be filled.
    pub(crate) fn give_up(&mut self, flow: &Flow, slot: &Slot, optional: bool) -> Go {
        self.note("gave up", slot.name.clone());
        match &slot.give_up {
            Some(GiveUp::Step(target)) if !optional => self.go_to(flow, target),
            Some(_) | None => {
                self.fill(&slot.name, Answer::Declined, Origin::Computed);
                self.session.pending = None;
                Go::On
            }
        }
    }

    /// Asks the category's questions, one by one.
    pub(crate) fn questions(&mut self, flow: &Flow, place: usize) -> Go {
        let Some(frame) = self.session.top() else {
            return Go::Wait;
        };
        let next = questions_of(self.city, frame)
            .iter()
            .find(|question| !frame.is_answered(&question.name));
        match next {
            None => self.onward(flow, place),
            Some(question) if !question.is_asked_on(self.session.channel) => {
                self.fill(&question.name, Answer::Declined, Origin::Computed);
                Go::On
            }
            Some(question) => self.ask_or_take(flow, question, true),
        }
    }

    /// Counts how often a question was asked in vain.
    pub(crate) fn tries_of(&self, name: &str) -> u32 {
        self.session.top().and_then(|frame| frame.tries.get(name)).copied().unwrap_or(0)
    }
}
