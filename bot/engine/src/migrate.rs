//! Conversations in progress when a flow changes: they go on by the flow's own map, or on the
//! version they began with, or, past the deadline, from the start with what still fits.

use bot_core::Value;
use bot_core::slot::SlotKind;
use flows::City;
use flows::model::flow::{Flow, Migration};
use flows::model::slot::Slot;
use std::time::Duration;

use crate::session::{Filled, Frame, Origin};
use crate::subflow::new_frame;
use crate::work::Work;

impl Work<'_> {
    /// Puts every flow in progress on a version that exists.
    pub(crate) fn migrate(&mut self) {
        let mut restarted = false;
        for place in 0..self.session.stack.len() {
            let frame = &self.session.stack[place];
            let Some(current) = self.city.flows.get(&frame.flow) else {
                continue;
            };
            if current.structure_hash == frame.hash {
                continue;
            }
            let age = self.now().since(frame.since);
            let frame = frame.clone();
            if let Some(map) = current.migrate.get(&frame.version) {
                self.note("migrated", format!("{} {}", frame.flow, frame.version));
                self.session.stack[place] = mapped(&frame, current, map);
            } else if !is_kept(self.city, &frame, age) {
                self.note("restarted", format!("{} {}", frame.flow, frame.version));
                self.session.stack[place] = restarted_frame(self, &frame, current);
                restarted = true;
            }
        }
        if restarted {
            self.session.pending = None;
            self.say_global("flow_changed", &[]);
        }
    }
}

/// Tells whether the version a conversation began with is still there and may still be used.
fn is_kept(city: &City, frame: &Frame, age: Duration) -> bool {
    let there = city.old_flows.get(&frame.flow).is_some_and(|old| old.contains_key(&frame.hash));
    there && age <= Duration::from_millis(city.info.limits.keep_old_flows_ms)
}

/// Moves a conversation to the new version by the flow's map.
fn mapped(frame: &Frame, current: &Flow, map: &Migration) -> Frame {
    let new_name =
        |name: &String| map.slots.get(name).map_or_else(|| name.clone(), |(new, _)| new.clone());
    let new_step =
        |id: &String| map.steps.get(id).map_or_else(|| id.clone(), |target| target.name.clone());
    let fits = |name: &String, filled: &Filled| match current.slots.get(name) {
        Some(slot) => filled.answer.value().is_none_or(|value| holds(slot, value)),
        None => filled.origin == Origin::Computed,
    };
    let mut moved = new_frame(current, frame.since);
    moved.step = new_step(&frame.step);
    moved.values = frame
        .values
        .iter()
        .map(|(name, filled)| (new_name(name), filled.clone()))
        .filter(|(name, filled)| fits(name, filled))
        .collect();
    moved.answered =
        frame.answered.iter().map(new_name).filter(|n| moved.values.contains_key(n)).collect();
    moved.trail =
        frame.trail.iter().map(new_step).filter(|id| current.find_step(id).is_some()).collect();
    moved.tries = frame.tries.iter().map(|(name, n)| (new_name(name), *n)).collect();
    moved.said = frame.said.iter().map(new_step).collect();
    moved.done = frame.done.iter().map(|(id, done)| (new_step(id), done.clone())).collect();
    moved.waiting.clone_from(&frame.waiting);
    moved
}

/// Begins the new version with the answers that it still asks for.
fn restarted_frame(work: &Work<'_>, frame: &Frame, current: &Flow) -> Frame {
    let mut fresh = new_frame(current, work.now());
    for (name, filled) in &frame.values {
        let slot = current.slots.get(name);
        let fits = slot.zip(filled.answer.value()).is_some_and(|(slot, value)| holds(slot, value));
        if filled.origin == Origin::Answer && fits {
            fresh.values.insert(name.clone(), filled.clone());
            fresh.answered.push(name.clone());
        }
    }
    fresh.done.clone_from(&frame.done);
    fresh
}

/// Tells whether a value is of a slot's type.
fn holds(slot: &Slot, value: &Value) -> bool {
    match (slot.kind, value) {
        (SlotKind::Choice, Value::Choice(key)) => {
            slot.options_from.is_some() || slot.option(key).is_some()
        }
        (SlotKind::Choice, _) => slot.options_from.is_some(),
        (SlotKind::Address, Value::Address(_))
        | (SlotKind::AffirmDeny, Value::Bool(_))
        | (SlotKind::Text, Value::Text(_))
        | (SlotKind::Image, Value::Images(_))
        | (SlotKind::Contact, Value::Contact(_))
        | (SlotKind::RequestNumber, Value::CaseNumber(_))
        | (SlotKind::Phone, Value::Phone(_))
        | (SlotKind::Email, Value::Email(_))
        | (SlotKind::PostalCode, Value::PostalCode(_))
        | (SlotKind::Date, Value::Date(_))
        | (SlotKind::Time, Value::Time(_))
        | (SlotKind::Number, Value::Number(_))
        | (SlotKind::Service, Value::Service(_))
        | (SlotKind::Faq, Value::Faq(_)) => true,
        _ => false,
    }
}
