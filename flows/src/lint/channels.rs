//! Slots: each is filled somewhere, its refusals are worded, and every channel can fill it.

use std::collections::BTreeSet;

use bot_core::slot::SlotKind;

use crate::fault::{Faults, Rule, Spot};
use crate::globals;
use crate::model::flow::{Flow, Item, StepKind};
use crate::model::slot::{GiveUp, Slot};
use crate::types::GIVEN;

/// Checks a flow's slots.
pub(super) fn check(flow: &Flow, faults: &mut Faults) {
    let filled = filled(flow);
    for slot in flow.slots.values() {
        if GIVEN.contains(&slot.name.as_str()) {
            let what = format!("\"{}\" is a name that the counter gives", slot.name);
            faults.add(&slot.at, Rule::Name, what, "take another name");
        }
        if !filled.contains(slot.name.as_str()) {
            let what = format!("the slot \"{}\" is never collected", slot.name);
            let hint = format!("add a step: collect: {}, or delete the slot", slot.name);
            faults.add(&slot.at, Rule::UnusedSlot, what, hint);
        }
        refusals(slot, faults);
        fillable(flow, slot, faults);
    }
    named_items(flow, faults);
}

fn filled(flow: &Flow) -> BTreeSet<&str> {
    let mut filled = BTreeSet::new();
    for step in &flow.steps {
        match &step.kind {
            StepKind::Collect { slot, .. } => {
                filled.insert(slot.as_str());
            }
            StepKind::Call(call) => filled.extend(call.outs.keys().map(String::as_str)),
            StepKind::Run(run) => filled.extend(run.outs.keys().map(String::as_str)),
            StepKind::Do(small) => filled.extend(small.set.iter().map(|(name, ..)| name.as_str())),
            StepKind::Questions
            | StepKind::Branch { .. }
            | StepKind::Confirm(_)
            | StepKind::Handoff(_) => {}
        }
    }
    filled
}

/// Each refusal is worded, in the slot or, where a general text can do it, in `texts.yml`.
pub(super) fn refusals(slot: &Slot, faults: &mut Faults) {
    for refusal in slot.kind.refusals().iter().filter(|r| !slot.again.contains_key(r)) {
        let general = globals::find(&format!("again_{refusal}")).is_some();
        if slot.kind.words_its_refusals() || !general {
            let what = format!("the slot \"{}\" has no text for \"{refusal}\"", slot.name);
            let hint = format!("add: again: {{{refusal}: {{fr: \"…\", en: \"…\"}}}}");
            faults.add(&slot.at, Rule::Refusal, what, hint);
        }
    }
}

/// On every channel of the flow, some source can give a slot that must be filled.
fn fillable(flow: &Flow, slot: &Slot, faults: &mut Faults) {
    let must = !slot.optional && slot.give_up != Some(GiveUp::Skip);
    for channel in flow.channels.iter().filter(|channel| slot.is_asked_on(**channel)) {
        let by_source = channel.sources().iter().any(|source| slot.takes(*source));
        let by_kind = slot.kind != SlotKind::Image || channel.takes_images();
        if must && !(by_source && by_kind) {
            let what = format!("the slot \"{}\" cannot be filled on {channel}", slot.name);
            let hint = "widen from, make it optional, or leave the channel out of the flow";
            faults.add(&slot.at, Rule::Channel, what, hint);
        }
    }
    if let Some(channels) = &slot.only_on {
        for channel in channels.iter().filter(|channel| !flow.channels.contains(channel)) {
            let what = format!("only_on names {channel}, which the flow does not serve");
            faults.add(
                &slot.at,
                Rule::Channel,
                what,
                "add the channel to the flow, or delete it here",
            );
        }
    }
}

/// What a recap or a brief names exists.
fn named_items(flow: &Flow, faults: &mut Faults) {
    let mut check = |items: &[Item], at: &Spot| {
        for item in items {
            match item {
                Item::Slot(name, at) if !flow.slots.contains_key(name) => {
                    let known = flow.slots.keys().map(String::as_str);
                    let hint = crate::fault::suggest(name, known);
                    faults.add(at, Rule::Unknown, format!("there is no slot \"{name}\""), hint);
                }
                Item::Slot(..) | Item::Questions(_) => {}
            }
        }
        if items.is_empty() {
            faults.add(at, Rule::Shape, "the list is empty", "name the slots to read out");
        }
    };
    for step in &flow.steps {
        match &step.kind {
            StepKind::Confirm(confirm) => check(&confirm.items, &step.at),
            StepKind::Handoff(handoff) if !handoff.brief.is_empty() => {
                check(&handoff.brief, &step.at);
            }
            StepKind::Handoff(_)
            | StepKind::Collect { .. }
            | StepKind::Questions
            | StepKind::Call(_)
            | StepKind::Run(_)
            | StepKind::Branch { .. }
            | StepKind::Do(_) => {}
        }
    }
}
