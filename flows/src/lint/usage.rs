//! Nothing is there for nothing: slots that no one reads, queues that no one fills, updates that
//! cannot be used.

use bot_core::slot::SlotKind;
use std::collections::BTreeSet;

use crate::fault::{Faults, Rule, Spot};
use crate::model::action::Type;
use crate::model::city::City;
use crate::model::expression::{Condition, Expression};
use crate::model::flow::{Flow, Input, Item, Step, StepKind};
use crate::model::text::Wording;

/// Checks the whole city.
pub(super) fn check(city: &City, faults: &mut Faults) {
    for flow in city.flows.values() {
        slots(city, flow, faults);
    }
    queues(city, faults);
    updates(city, faults);
}

/// What is asked must be used: read, acted on, said, read out, passed on.
fn slots(city: &City, flow: &Flow, faults: &mut Faults) {
    let mut read: BTreeSet<String> = given_to_others(city, flow);
    flow.steps.iter().for_each(|step| reads_of(step, &mut read));
    for slot in flow.slots.values() {
        let texts = slot.ask.iter().chain(&slot.why).chain(slot.again.values());
        texts.for_each(|text| holes(&text.wording, &mut read));
        read.extend(slot.options_from.clone());
    }
    if let Some((guard, _)) = &flow.start.guard {
        condition(guard, &mut read);
    }
    for slot in flow.slots.values().filter(|slot| !read.contains(&slot.name)) {
        let what = format!("the slot \"{}\" is asked and never used", slot.name);
        faults.add(&slot.at, Rule::UnusedSlot, what, "use its value, or do not ask");
    }
}

/// Lists what other flows take from this one when they run it.
fn given_to_others(city: &City, flow: &Flow) -> BTreeSet<String> {
    let steps = city.flows.values().flat_map(|other| &other.steps);
    steps
        .filter_map(|step| if let StepKind::Run(run) = &step.kind { Some(run) } else { None })
        .filter(|run| run.flow == flow.name)
        .flat_map(|run| run.outs.values().map(|(value, _)| value.clone()))
        .collect()
}

fn reads_of(step: &Step, read: &mut BTreeSet<String>) {
    match &step.kind {
        StepKind::Collect { slot, answers, .. } if !answers.is_empty() => {
            read.insert(slot.clone());
        }
        StepKind::Collect { .. } => {}
        StepKind::Questions => {
            read.insert("service".to_owned());
        }
        StepKind::Call(call) => {
            for (input, _) in call.inputs.values() {
                if let Input::Expression(value) = input {
                    expression(value, read);
                }
            }
        }
        StepKind::Run(run) => run.inputs.values().for_each(|(value, _)| expression(value, read)),
        StepKind::Branch { arms, .. } => arms.iter().for_each(|(when, ..)| condition(when, read)),
        StepKind::Do(small) => {
            small.say.iter().for_each(|text| holes(&text.wording, read));
            small.set.iter().for_each(|(_, value, _)| expression(value, read));
        }
        StepKind::Confirm(confirm) => items(&confirm.items, read),
        StepKind::Handoff(handoff) => items(&handoff.brief, read),
    }
}

fn items(items: &[Item], read: &mut BTreeSet<String>) {
    for item in items {
        if let Item::Slot(name, _) = item {
            read.insert(name.clone());
        }
    }
}

fn holes(wording: &Wording, read: &mut BTreeSet<String>) {
    for (_, pair) in wording.variants() {
        let holes = pair.iter().flat_map(|(_, template)| template.holes());
        read.extend(holes.map(|(path, _)| path.root));
    }
}

fn expression(value: &Expression, read: &mut BTreeSet<String>) {
    if let Expression::Path(path) = value {
        read.insert(path.root.clone());
    }
}

fn condition(when: &Condition, read: &mut BTreeSet<String>) {
    match when {
        Condition::Is(path, _) => {
            read.insert(path.root.clone());
        }
        Condition::Compare(left, _, right) => {
            expression(left, read);
            expression(right, read);
        }
        Condition::Not(inner) => condition(inner, read),
        Condition::And(left, right) | Condition::Or(left, right) => {
            condition(left, read);
            condition(right, read);
        }
    }
}

fn queues(city: &City, faults: &mut Faults) {
    let mut used: BTreeSet<&str> = city.services.values().map(|s| s.queue.as_str()).collect();
    used.insert(&city.info.default_queue);
    for step in city.flows.values().flat_map(|flow| &flow.steps) {
        if let StepKind::Handoff(handoff) = &step.kind {
            used.insert(&handoff.queue);
        }
    }
    for name in city.info.queues.keys().filter(|name| !used.contains(name.as_str())) {
        let at = Spot::start_of("city.yml");
        let what = format!("nothing goes to the queue \"{name}\"");
        faults.add(&at, Rule::Unknown, what, "send a category or a handoff there, or delete it");
    }
}

/// An action that mends another takes the request, and says whether it could.
fn updates(city: &City, faults: &mut Faults) {
    let named = city.actions.values().filter_map(|action| action.update.as_ref());
    for (name, spec) in named.filter_map(|name| Some((name, city.actions.get(name)?))) {
        let takes = spec.inputs.get("request").map(|field| &field.ty);
        if takes != Some(&Type::Kind(SlotKind::RequestNumber)) {
            let what = format!("{name} mends a request, and takes none");
            faults.add(&spec.at, Rule::Type, what, "add under in: request: request_number");
        }
        for result in ["ok", "error"] {
            if !spec.results.contains_key(result) {
                let what = format!("{name} mends a request, and has no result \"{result}\"");
                faults.add(&spec.at, Rule::Outcome, what, format!("add: {result}: {{}}"));
            }
        }
    }
}
