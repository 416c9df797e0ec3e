//! Asks: slots, recaps, "is that right?", and the open question once more.

use bot_core::slot::SlotKind;
use bot_core::understanding::{Entity, Heard};
use bot_core::value::Answer;
use bot_core::{Contact, Value};
use flows::model::flow::{Flow, Step, StepKind};
use flows::model::slot::{Prefill, ReadBack, Slot};

use crate::advance::Go;
use crate::menu;
use crate::scope::slot_of;
use crate::session::{Origin, Pending};
use crate::words::can_be_misheard;
use crate::work::Work;

/// Below this, a value heard is said back where the slot asks for it.
pub(crate) const UNSURE_BELOW: f32 = 0.75;

impl Work<'_> {
    /// Opens the question of a slot and asks it.
    pub(crate) fn ask_slot(&mut self, slot: &Slot) {
        self.open_slot(&slot.name, false);
        if let Some(entity) = self.session.spare.take_refused(slot) {
            self.refuse_entity(slot, &entity);
            return;
        }
        self.restate();
    }

    pub(crate) fn open_slot(&mut self, name: &str, changing: bool) {
        self.session.pending = Some(Pending::Slot { slot: name.to_owned(), changing });
    }

    /// Asks the open question, or asks it again.
    pub(crate) fn restate(&mut self) {
        let text = self.question();
        self.say_question(text);
    }

    /// Says words with the open question's choices.
    pub(crate) fn say_question(&mut self, text: String) {
        let menu = menu::of(self.city, &self.session);
        let (text, choices) = self.offer(text, &menu);
        self.say_wanting(text, choices, self.wanted());
    }

    /// Tells what sort of answer the open question asks for, where it asks for a slot.
    fn wanted(&self) -> Option<SlotKind> {
        match &self.session.pending {
            Some(Pending::Slot { slot, .. }) => self.slot(slot).map(|slot| slot.kind),
            Some(
                Pending::ReadBack { .. }
                | Pending::Prefill { .. }
                | Pending::Places { .. }
                | Pending::Topics { .. }
                | Pending::DidYouMean { .. }
                | Pending::Confirm
                | Pending::ChangeWhat
                | Pending::Resume,
            )
            | None => None,
        }
    }

    /// Says why something did not go through, then the open question, in one message.
    pub(crate) fn say_then_restate(&mut self, before: &str) {
        let question = self.question();
        let text = match (before.is_empty(), question.is_empty()) {
            (true, _) => question,
            (false, true) => before.to_owned(),
            (false, false) => format!("{before} {question}"),
        };
        self.say_question(text);
    }

    /// Writes the open question.
    pub(crate) fn question(&self) -> String {
        match &self.session.pending {
            None => String::new(),
            Some(Pending::Slot { slot, .. }) => self.slot_question(slot),
            Some(Pending::ReadBack { value, .. }) => {
                self.global("read_back", &[("heard", self.print(value))])
            }
            Some(Pending::Prefill { value, .. }) => {
                self.global("prefill_offer", &[("heard", self.print(value))])
            }
            Some(Pending::Places { slot, .. }) => self.which_place(slot),
            Some(Pending::Topics { .. } | Pending::DidYouMean { .. }) => {
                self.global("did_you_mean", &[])
            }
            Some(Pending::Confirm) => self.recap(),
            Some(Pending::ChangeWhat) => self.global("change_what", &[]),
            Some(Pending::Resume) => {
                let title = self.title();
                self.global("resume_ask", &[("title", title)])
            }
        }
    }

    fn slot_question(&self, name: &str) -> String {
        let slot = self.slot(name);
        slot.and_then(|slot| slot.ask.as_ref()).map(|ask| self.text(ask, &[])).unwrap_or_default()
    }

    fn which_place(&self, name: &str) -> String {
        let slot = self.slot(name);
        let text = slot.and_then(|slot| slot.again.get(&bot_core::slot::Refusal::Several));
        text.map(|text| self.text(text, &[("heard", String::new())])).unwrap_or_default()
    }

    /// Finds a slot of the innermost flow, or a question of its category.
    pub(crate) fn slot(&self, name: &str) -> Option<&Slot> {
        let (flow, frame) = self.top()?;
        slot_of(self.city, flow, frame, name)
    }

    /// Gives the innermost flow's title.
    pub(crate) fn title(&self) -> String {
        let lang = self.session.lang;
        self.top().map(|(flow, _)| flow.title.get(lang).clone()).unwrap_or_default()
    }

    fn recap(&self) -> String {
        let Some((flow, _, step)) = self.step() else {
            return String::new();
        };
        let StepKind::Confirm(confirm) = &step.kind else {
            return String::new();
        };
        let Some(frame) = self.session.top() else {
            return String::new();
        };
        let summary = self.summary(flow, frame, &confirm.items);
        self.text(&confirm.text, &[("summary", summary)])
    }

    /// Opens the recap and reads it.
    pub(crate) fn ask_confirm(&mut self, flow: &Flow, step: &Step) -> Go {
        let StepKind::Confirm(confirm) = &step.kind else {
            return Go::Wait;
        };
        if self.tries_of(&step.id) >= confirm.tries {
            return self.go_to(flow, &confirm.give_up);
        }
        self.session.pending = Some(Pending::Confirm);
        self.restate();
        Go::Wait
    }

    /// Fills a slot from what the message held besides the answer.
    pub(crate) fn take_spare(&mut self, slot: &Slot) -> bool {
        let Some((answer, p)) = self.session.spare.take(slot) else {
            return false;
        };
        let Answer::Known(value) = &answer else {
            return false;
        };
        if let Err(refusal) = crate::check::value(self, slot, value) {
            self.note("volunteered value refused", format!("{} {refusal}", slot.name));
            return false;
        }
        if must_read_back(slot, p) {
            let (slot, value) = (slot.name.clone(), value.clone());
            self.session.pending = Some(Pending::ReadBack { slot, value, changing: false });
            self.restate();
            return false;
        }
        self.note("volunteered", slot.name.clone());
        self.fill(&slot.name, answer, Origin::Answer);
        true
    }

    /// Fills a picture slot with pictures that came before.
    pub(crate) fn take_loose_photos(&mut self, slot: &Slot) -> bool {
        if slot.kind != SlotKind::Image || self.session.loose_photos.is_empty() {
            return false;
        }
        let photos = std::mem::take(&mut self.session.loose_photos);
        self.fill(&slot.name, Answer::Known(Value::Images(photos)), Origin::Answer);
        true
    }

    /// Takes, or offers, a value that the profile holds. Offering opens a question.
    pub(crate) fn take_profile(&mut self, slot: &Slot) -> bool {
        let asked_before = self.tries_of(&prefill_key(slot)) > 0;
        let Some(value) = self.profile_value(slot).filter(|_| !asked_before) else {
            return false;
        };
        match slot.prefill {
            Prefill::Ignore => false,
            Prefill::Use => {
                self.fill(&slot.name, Answer::Known(value), Origin::Answer);
                true
            }
            Prefill::Offer => {
                self.session.pending = Some(Pending::Prefill { slot: slot.name.clone(), value });
                self.restate();
                false
            }
        }
    }

    fn profile_value(&self, slot: &Slot) -> Option<Value> {
        let contact = self.session.profile.contact.clone().filter(|own| !own.is_hidden())?;
        match (slot.kind, contact) {
            (SlotKind::Contact, contact) => Some(Value::Contact(contact)),
            (SlotKind::Phone, Contact::Phone(phone)) => Some(Value::Phone(phone)),
            (SlotKind::Email, Contact::Email(email)) => Some(Value::Email(email)),
            _ => None,
        }
    }

    /// Says why an entity was refused, and asks again.
    pub(crate) fn refuse_entity(&mut self, slot: &Slot, entity: &Entity) {
        if let Heard::Refused { refusal, candidates } = &entity.heard {
            let changing = self.is_changing();
            self.refuse(slot, *refusal, &entity.words, candidates.clone(), changing);
        }
    }

    /// Tells whether the open question replaces a value that is known.
    pub(crate) fn is_changing(&self) -> bool {
        matches!(
            self.session.pending,
            Some(
                Pending::Slot { changing: true, .. }
                    | Pending::Places { changing: true, .. }
                    | Pending::ReadBack { changing: true, .. }
                    | Pending::Topics { changing: true, .. }
            )
        )
    }
}

/// The name under which a profile's value is remembered as offered.
pub(crate) fn prefill_key(slot: &Slot) -> String {
    format!("prefill.{}", slot.name)
}

/// Tells whether a value must be said back before it is kept.
pub(crate) fn must_read_back(slot: &Slot, p: f32) -> bool {
    match slot.read_back {
        ReadBack::Never => false,
        ReadBack::WhenUnsure => can_be_misheard(slot.kind) && p < UNSURE_BELOW,
        ReadBack::Always => true,
    }
}
