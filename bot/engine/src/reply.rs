//! Takes what was read as an answer: keeps it, says it back, refuses it, or gives up asking.

use bot_core::Value;
use bot_core::message::Content;
use bot_core::slot::SlotKind;
use bot_core::understanding::{Extent, Stance, Understanding};
use bot_core::value::Answer;
use flows::model::flow::StepKind;
use flows::model::slot::Slot;

use crate::answer::{self, CERTAIN, Reading};
use crate::ask::prefill_key;
use crate::check;
use crate::menu;
use crate::scope::is_optional;
use crate::session::{Origin, Pending};
use crate::work::Work;

impl Work<'_> {
    /// Reads a message as the answer to the open question, if one is open and it is one.
    pub(crate) fn read_answer(&self, content: &Content, heard: &Understanding) -> Option<Reading> {
        let Some(pending) = self.session.pending.as_ref() else {
            return self.picked_starter(heard);
        };
        let menu = menu::of(self.city, &self.session);
        let slot = match pending {
            Pending::Slot { slot, .. }
            | Pending::ReadBack { slot, .. }
            | Pending::Prefill { slot, .. }
            | Pending::Places { slot, .. }
            | Pending::Topics { slot, .. } => self.slot_here(slot),
            Pending::Confirm
            | Pending::ChangeWhat
            | Pending::DidYouMean { .. }
            | Pending::Resume => None,
        };
        let asks_yes_no = matches!(
            pending,
            Pending::ReadBack { .. } | Pending::Prefill { .. } | Pending::Confirm | Pending::Resume
        );
        let by_slot = slot.and_then(|slot| answer::read(self.city, &slot, &menu, content, heard));
        if asks_yes_no {
            // A new value is more than a "no" before it.
            let value = by_slot.filter(|reading| {
                matches!(reading, Reading::Answer { answer: Answer::Known(_), .. })
            });
            return value
                .or_else(|| answer::yes_no(heard))
                .or_else(|| answer::picked(&menu, heard));
        }
        by_slot.or_else(|| answer::picked(&menu, heard)).or_else(|| match pending {
            Pending::DidYouMean { .. } => answer::yes_no(heard),
            Pending::Slot { .. }
            | Pending::ReadBack { .. }
            | Pending::Prefill { .. }
            | Pending::Places { .. }
            | Pending::Topics { .. }
            | Pending::Confirm
            | Pending::ChangeWhat
            | Pending::Resume => None,
        })
    }

    /// Gives a slot, optional too where only the step that asks for it is.
    fn slot_here(&self, name: &str) -> Option<Slot> {
        let (flow, frame) = self.top()?;
        let slot = self.slot(name)?;
        let optional = is_optional(flow, frame, slot);
        Some(Slot { optional, ..slot.clone() })
    }

    /// Reads what the counter offers to a resident who has nothing going on; words that only touch
    /// on it are better read as what they say.
    fn picked_starter(&self, heard: &Understanding) -> Option<Reading> {
        let hit = heard.options.iter().find(|hit| hit.slot.is_none())?;
        let menu = menu::shown_starters(self.city, &self.session);
        answer::picked(&menu, heard).filter(|_| hit.extent == Extent::Whole)
    }

    /// Does what an answer asks for.
    pub(crate) fn take_reading(&mut self, reading: Reading) {
        if reading.says_nothing_else() {
            self.session.spare.hear(&[], &[]);
        }
        match reading {
            Reading::Answer { answer: Answer::Known(Value::Bool(yes)), .. }
                if self.asks_yes_no() =>
            {
                self.take_stance(if yes { Stance::Yes } else { Stance::No });
            }
            Reading::Answer { answer: Answer::Known(value), p, words, .. } => {
                self.take_value(value, p, &words);
            }
            Reading::Answer { answer: Answer::Unknown, .. } => self.take_stance(Stance::DontKnow),
            Reading::Answer { answer: Answer::Declined, .. } => self.take_stance(Stance::Skip),
            Reading::Refused { entity } => {
                self.session.spare.used(&entity.words);
                if let Some(slot) = self.pending_slot() {
                    self.refuse_entity(&slot, &entity);
                }
            }
            Reading::Picked(meaning) => self.take_meaning(&meaning),
            Reading::Topics(keys) => {
                if let Some(slot) = self.pending_slot() {
                    let changing = self.is_changing();
                    self.session.pending =
                        Some(Pending::Topics { slot: slot.name, keys, changing });
                    self.restate();
                }
            }
        }
    }

    fn asks_yes_no(&self) -> bool {
        matches!(
            self.session.pending,
            Some(
                Pending::ReadBack { .. }
                    | Pending::Prefill { .. }
                    | Pending::Confirm
                    | Pending::Resume
                    | Pending::DidYouMean { .. }
            )
        )
    }

    /// Gives the slot that the open question is about.
    pub(crate) fn pending_slot(&self) -> Option<Slot> {
        match self.session.pending.as_ref()? {
            Pending::Slot { slot, .. }
            | Pending::ReadBack { slot, .. }
            | Pending::Prefill { slot, .. }
            | Pending::Places { slot, .. }
            | Pending::Topics { slot, .. } => self.slot(slot).cloned(),
            Pending::Confirm
            | Pending::ChangeWhat
            | Pending::DidYouMean { .. }
            | Pending::Resume => None,
        }
    }

    /// Takes a value as the answer to the open question.
    pub(crate) fn take_value(&mut self, value: Value, p: f32, words: &str) {
        let Some(slot) = self.pending_slot() else {
            return;
        };
        self.session.spare.used(words);
        let changing = self.is_changing();
        if let Err(refusal) = check::value(self, &slot, &value) {
            let heard = if words.is_empty() { self.print(&value) } else { words.to_owned() };
            self.refuse(&slot, refusal, &heard, Vec::new(), changing);
            return;
        }
        if crate::ask::must_read_back(&slot, p) && p < CERTAIN {
            let slot = slot.name;
            self.session.pending = Some(Pending::ReadBack { slot, value, changing });
            self.restate();
            return;
        }
        self.keep(&slot, Answer::Known(value), changing);
    }

    /// Keeps an answer and goes on.
    fn keep(&mut self, slot: &Slot, answer: Answer, changing: bool) {
        self.session.misses = 0;
        self.note("answered", slot.name.clone());
        if changing {
            self.apply_change(slot, answer);
            return;
        }
        self.session.pending = None;
        self.fill(&slot.name, answer, Origin::Answer);
        self.advance();
    }

    /// Takes yes, no, skip or "I don't know" as the answer to the open question.
    pub(crate) fn take_stance(&mut self, stance: Stance) {
        let Some(pending) = self.session.pending.clone() else {
            return;
        };
        match (pending, stance) {
            (Pending::Slot { slot, changing }, _) => self.stance_on_slot(&slot, changing, stance),
            (Pending::ReadBack { value, slot, changing }, Stance::Yes) => {
                if let Some(slot) = self.slot(&slot).cloned() {
                    self.keep(&slot, Answer::Known(value), changing);
                }
            }
            (Pending::ReadBack { slot, changing, .. }, _) => {
                self.open_slot(&slot, changing);
                self.miss_on_slot(&slot);
            }
            (Pending::Prefill { slot, value }, Stance::Yes) => {
                if let Some(slot) = self.slot(&slot).cloned() {
                    self.keep(&slot, Answer::Known(value), false);
                }
            }
            (Pending::Prefill { slot, .. }, _) => self.no_prefill(&slot),
            (Pending::Confirm, Stance::Yes) => self.confirmed(true),
            (Pending::Confirm, Stance::No) => self.confirmed(false),
            (Pending::Resume, Stance::Yes) => {
                self.session.pending = None;
                self.advance();
            }
            (Pending::Resume, _) => self.drop_interrupted(),
            (Pending::DidYouMean { .. } | Pending::Topics { .. }, Stance::No | Stance::Skip) => {
                self.none_of_these();
            }
            (
                Pending::Confirm
                | Pending::Places { .. }
                | Pending::ChangeWhat
                | Pending::DidYouMean { .. }
                | Pending::Topics { .. },
                _,
            ) => self.miss(),
        }
    }

    fn stance_on_slot(&mut self, name: &str, changing: bool, stance: Stance) {
        let Some(slot) = self.slot_here(name) else {
            return;
        };
        let answer = match stance {
            Stance::Yes | Stance::No if slot.kind == SlotKind::AffirmDeny => {
                Some(Answer::Known(Value::Bool(stance == Stance::Yes)))
            }
            Stance::DontKnow if slot.unknown_ok => Some(Answer::Unknown),
            Stance::DontKnow | Stance::Skip if answer::can_be_skipped(&slot) => {
                Some(Answer::Declined)
            }
            Stance::No if slot.optional => Some(Answer::Declined),
            Stance::Skip | Stance::No if slot.unknown_ok => Some(Answer::Unknown),
            Stance::Yes | Stance::No | Stance::DontKnow | Stance::Skip => None,
        };
        match answer {
            Some(answer) => self.keep(&slot, answer, changing),
            None => self.miss(),
        }
    }

    fn no_prefill(&mut self, name: &str) {
        let Some(slot) = self.slot(name).cloned() else {
            return;
        };
        if let Some(frame) = self.frame() {
            frame.tries.insert(prefill_key(&slot), 1);
        }
        self.session.pending = None;
        self.advance();
    }

    fn confirmed(&mut self, yes: bool) {
        let Some((flow, _, step)) = self.step() else {
            return;
        };
        let StepKind::Confirm(confirm) = &step.kind else {
            return;
        };
        self.note("confirmed", if yes { "affirm" } else { "deny" });
        self.session.misses = 0;
        self.go_to(flow, if yes { &confirm.affirm } else { &confirm.deny });
        self.advance();
    }
}
