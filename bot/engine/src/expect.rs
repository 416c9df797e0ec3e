//! What the counter expects next, for those who read the message.

use bot_core::expectation::{Expectation, MenuItem, Question, SlotSpec};
use bot_core::slot::SlotKind;
use bot_core::understanding::{Outcome, Understanding};
use bot_core::{Bilingual, Channel, Value};
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

/// Tells in which context a message is read once more when it begins a flow or names a category:
/// what else it holds may answer what is asked there.
#[must_use]
pub fn beginning(session: &Session, city: &City, heard: &Understanding) -> Option<Expectation> {
    let best = heard.best().filter(|_| heard.outcome == Outcome::Sure)?;
    let started = city.started_by(&best.intent)?;
    let known = slots(session, city);
    let asked = started.service.map(|service| service.questions.iter());
    let slots: Vec<SlotSpec> = started
        .flow
        .slots
        .values()
        .chain(asked.into_iter().flatten())
        .filter(|slot| slot.is_asked_on(session.channel))
        .filter(|slot| !known.iter().any(|spec| spec.name == slot.name))
        .map(|slot| spec(city, slot, session.channel, None))
        .collect();
    (!slots.is_empty()).then_some(Expectation { lang: session.lang, question: None, slots })
}

fn question(session: &Session, city: &City) -> Option<Question> {
    let Some(pending) = session.pending.as_ref() else {
        let menu = items(menu::shown_starters(city, session));
        return (!menu.is_empty()).then_some(Question { slot: None, kind: SlotKind::Choice, menu });
    };
    let menu = items(menu::of(city, session));
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

fn items(menu: Vec<menu::Item>) -> Vec<MenuItem> {
    let item = |item: menu::Item| MenuItem { key: item.id, label: item.label, also: item.also };
    menu.into_iter().map(item).collect()
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
        .map(|slot| spec(city, slot, session.channel, frame.value(&slot.name).cloned()))
        .collect()
}

fn spec(city: &City, slot: &Slot, channel: Channel, current: Option<Value>) -> SlotSpec {
    SlotSpec {
        name: slot.name.clone(),
        kind: slot.kind,
        options: slot.options.iter().map(|option| option.item.clone()).collect(),
        names: names(city, slot, channel),
        current,
    }
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
