//! What does not answer: refused values, misses, and leaving a question asked often enough.

use bot_core::effect::HandoffReason;
use bot_core::message::Content;
use bot_core::place::Place;
use bot_core::slot::{Refusal, SlotKind};
use flows::model::flow::StepKind;
use flows::model::slot::Slot;

use crate::check;
use crate::menu;
use crate::rules;
use crate::session::Pending;
use crate::work::Work;

impl Work<'_> {
    /// Says why a value was refused, and asks again or gives up.
    pub(crate) fn refuse(
        &mut self,
        slot: &Slot,
        refusal: Refusal,
        heard: &str,
        candidates: Vec<Place>,
        changing: bool,
    ) {
        self.note("refused", format!("{} {refusal}", slot.name));
        let again = self.again(slot, refusal, heard);
        if self.count_try(&slot.name) >= slot.tries {
            self.say(again, Vec::new());
            self.leave_slot(slot, changing);
            return;
        }
        let slot_name = slot.name.clone();
        if refusal == Refusal::Several && !candidates.is_empty() {
            self.session.pending =
                Some(Pending::Places { slot: slot_name, places: candidates, changing });
            self.say_question(again);
            return;
        }
        self.open_slot(&slot_name, changing);
        // A refusal that asks something is a question by itself.
        if again.trim_end().ends_with('?') {
            self.say_question(again);
        } else {
            self.say_then_restate(&again);
        }
    }

    /// Writes what is said when a slot's type refuses a value.
    pub(crate) fn again(&self, slot: &Slot, refusal: Refusal, heard: &str) -> String {
        let given = [("heard", heard.to_owned()), ("limit", check::limit(slot, refusal))];
        match slot.again.get(&refusal) {
            Some(text) => self.text(text, &given),
            None => self.global(&format!("again_{refusal}"), &given),
        }
    }

    /// Counts one more try in vain.
    pub(crate) fn count_try(&mut self, name: &str) -> u32 {
        let Some(frame) = self.frame() else {
            return u32::MAX;
        };
        let tries = frame.tries.entry(name.to_owned()).or_default();
        *tries = tries.saturating_add(1);
        *tries
    }

    /// Leaves a slot that was asked often enough: the old value stays, or the flow's way out is
    /// taken.
    fn leave_slot(&mut self, slot: &Slot, changing: bool) {
        self.session.pending = None;
        if changing {
            if let Some(frame) = self.frame() {
                frame.tries.remove(&slot.name);
            }
            self.say_kept_old(slot);
            self.advance();
            return;
        }
        let Some((flow, _, step)) = self.step() else {
            return;
        };
        let optional =
            matches!(step.kind, StepKind::Collect { optional: true, .. } | StepKind::Questions);
        self.give_up(flow, slot, optional);
        self.advance();
    }

    pub(crate) fn say_kept_old(&mut self, slot: &Slot) {
        let Some((flow, frame)) = self.top() else {
            return;
        };
        if frame.value(&slot.name).is_none() {
            return;
        }
        let value = self.show(flow, frame, &slot.name, self.voice());
        let label = self.label(slot);
        self.say_global("kept_old", &[("label", label), ("value", value)]);
    }

    /// A message that means nothing here.
    pub(crate) fn not_understood(&mut self, content: &Content) {
        let what = if content.text.is_empty() { "no words" } else { "words" };
        self.note(rules::NOT_UNDERSTOOD, what);
        if self.session.pending.is_some() {
            self.miss();
            return;
        }
        self.session.misses = self.session.misses.saturating_add(1);
        let limit = self.city.info.limits.unsure.max(1);
        if self.session.misses >= limit {
            self.session.misses = 0;
            self.say_global("out_of_scope_again", &[]);
            self.call_a_person(HandoffReason::NotUnderstood);
            return;
        }
        let key = if self.session.misses == 1 { "out_of_scope" } else { "out_of_scope_again" };
        self.say_with_starters(key);
    }

    /// Says a text with what the counter can do.
    pub(crate) fn say_with_starters(&mut self, key: &str) {
        let text = self.global(key, &[]);
        let starters = menu::starters(self.city, &self.session);
        let (text, choices) = self.offer(text, &starters);
        self.say(text, choices);
    }

    /// The open question was not answered.
    pub(crate) fn miss(&mut self) {
        let Some(pending) = self.session.pending.clone() else {
            return;
        };
        match pending {
            Pending::Slot { slot, .. }
            | Pending::ReadBack { slot, .. }
            | Pending::Prefill { slot, .. }
            | Pending::Places { slot, .. }
            | Pending::Topics { slot, .. } => self.miss_on_slot(&slot),
            Pending::Confirm => self.miss_on_recap(),
            Pending::ChangeWhat | Pending::DidYouMean { .. } | Pending::Resume => {
                self.miss_on_menu();
            }
        }
    }

    pub(crate) fn miss_on_slot(&mut self, name: &str) {
        let Some(slot) = self.slot(name).cloned() else {
            return;
        };
        let changing = self.is_changing();
        if self.count_try(name) >= slot.tries {
            let again = self.global("again", &[]);
            self.say(again, Vec::new());
            self.leave_slot(&slot, changing);
            return;
        }
        let key = if slot.kind == SlotKind::Choice { "again_choice" } else { "again" };
        let again = self.global(key, &[]);
        self.say_then_restate(&again);
    }

    fn miss_on_recap(&mut self) {
        let Some((flow, _, step)) = self.step() else {
            return;
        };
        let StepKind::Confirm(confirm) = &step.kind else {
            return;
        };
        let again = self.global("again", &[]);
        if self.count_try(&step.id) >= confirm.tries {
            self.say(again, Vec::new());
            self.go_to(flow, &confirm.give_up);
            self.advance();
            return;
        }
        self.say_then_restate(&again);
    }

    /// A menu of the counter itself: asked once more, then left.
    fn miss_on_menu(&mut self) {
        self.session.misses = self.session.misses.saturating_add(1);
        if self.session.misses < 2 {
            let again = self.global("again_choice", &[]);
            self.say_then_restate(&again);
            return;
        }
        self.session.pending = None;
        if self.session.stack.is_empty() {
            self.say_with_starters("out_of_scope");
        } else {
            self.session.misses = 0;
            self.advance();
        }
    }
}
