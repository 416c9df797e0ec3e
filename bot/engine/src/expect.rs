//! What the counter expects next, for those who read the message.

use bot_core::expectation::{Expectation, MenuItem, Question, SlotSpec};
use bot_core::slot::SlotKind;
use bot_core::{Bilingual, Channel};
use flows::City;
use flows::model::slot::Slot;

use crate::menu;
use crate::scope::{questions_of, slot_of};
use crate::session::{Pending, Session};
use crate::words::label_of;
use crate::work::flow_of;

/// Tells in which context the next message of a conversation is to be read.
#[must_use]
pub fn expectation(session: &Session, city: &City) -> Expectation {
    Expectation {
        lang: session.lang,
        question: question(session, city),
        slots: slots(session, city),
    }
}

fn question(session: &Session, city: &City) -> Option<Question> {
    let pending = session.pending.as_ref()?;
    let menu = menu::of(city, session)
        .into_iter()
        .map(|item| MenuItem { key: item.id, label: item.label, also: item.also })
        .collect();
    let named = match pending {
        Pending::Slot { slot, .. }
        | Pending::Places { slot, .. }
        | Pending::Topics { slot, .. }
        | Pending::ReadBack { slot, .. }
        | Pending::Prefill { slot, .. } => Some(slot.clone()),
        Pending::Confirm | Pending::ChangeWhat | Pending::DidYouMean { .. } | Pending::Resume => {
            None
        }
    };
    let kind = match pending {
        Pending::Slot { slot, .. }
        | Pending::Places { slot, .. }
        | Pending::Topics { slot, .. } => {
            let frame = session.top()?;
            slot_of(city, flow_of(city, frame)?, frame, slot)?.kind
        }
        Pending::ReadBack { .. } | Pending::Prefill { .. } | Pending::Confirm | Pending::Resume => {
            SlotKind::AffirmDeny
        }
        Pending::ChangeWhat | Pending::DidYouMean { .. } => SlotKind::Choice,
    };
    Some(Question { slot: named, kind, menu })
}

fn slots(session: &Session, city: &City) -> Vec<SlotSpec> {
    let Some(frame) = session.top() else {
        return Vec::new();
    };
    let Some(flow) = flow_of(city, frame) else {
        return Vec::new();
    };
    flow.slots
        .values()
        .chain(questions_of(city, frame))
        .filter(|slot| slot.is_asked_on(session.channel))
        .map(|slot| SlotSpec {
            name: slot.name.clone(),
            kind: slot.kind,
            options: slot.options.iter().map(|option| option.item.clone()).collect(),
            names: names(city, slot, session.channel),
            current: frame.value(&slot.name).cloned(),
        })
        .collect()
}

/// Lists what residents may call a slot: its label, and the names its flow gives it.
fn names(city: &City, slot: &Slot, channel: Channel) -> Bilingual<Vec<String>> {
    Bilingual::from_fn(|lang| {
        let mut names = slot.names.get(lang).clone();
        let label = label_of(city, slot, lang, channel);
        if !label.is_empty() {
            names.push(label);
        }
        names
    })
}
