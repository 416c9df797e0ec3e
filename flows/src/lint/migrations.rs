//! Migrations: everyone who waits in the old version finds a place in the new one.

use bot_core::slot::SlotKind;

use crate::fault::{Faults, Rule, Spot, suggest};
use crate::model::city::City;
use crate::model::flow::{Flow, Migration, Step, StepKind};

/// Checks a flow's migrations.
pub(super) fn check(city: &City, flow: &Flow, faults: &mut Faults) {
    for (version, migration) in &flow.migrate {
        let at = migration.at.as_ref().unwrap_or(&flow.at);
        if *version >= flow.version {
            let what = format!("version {version} is not older than {}", flow.version);
            faults.add(at, Rule::Migration, what, "name an older version, or raise the flow's");
            continue;
        }
        let old = city
            .old_flows
            .get(&flow.name)
            .and_then(|versions| versions.values().find(|old| old.version == *version));
        match old {
            None => {
                let what = format!("version {version} is not in old/, so its map cannot be proved");
                let hint = format!("put the old file into old/{}.v{version}.flow.yml", flow.name);
                faults.add(at, Rule::Migration, what, hint);
            }
            Some(old) => total(old, flow, migration, at, faults),
        }
    }
}

/// Proves the map total over every step at which someone can be waiting.
fn total(old: &Flow, new: &Flow, map: &Migration, at: &Spot, faults: &mut Faults) {
    for step in old.steps.iter().filter(|step| waits(step)) {
        let place = match map.steps.get(&step.id) {
            Some(target) if target.step == usize::MAX => continue,
            Some(target) => Some(target.step),
            None => new.find_step(&step.id),
        };
        match place.map(|place| &new.steps[place]) {
            None => {
                let what = format!("who waits at \"{}\" has nowhere to go", step.id);
                let hint = format!("add under steps: {}: a step of this version", step.id);
                faults.add(at, Rule::Migration, what, hint);
            }
            Some(found) if !map.steps.contains_key(&step.id) && !alike(step, found) => {
                let what = format!("\"{}\" is now another kind of step", step.id);
                let hint = format!("add under steps: {}: where its waiters go", step.id);
                faults.add(at, Rule::Migration, what, hint);
            }
            Some(_) => {}
        }
    }
    for (from, (to, at)) in &map.slots {
        slot(old, new, from, to, at, faults);
    }
    for step in map.steps.keys().filter(|id| old.find_step(id).is_none()) {
        let what = format!("the old version has no step \"{step}\"");
        let hint = suggest(step, old.steps.iter().map(|step| step.id.as_str()));
        faults.add(at, Rule::Migration, what, hint);
    }
}

fn slot(old: &Flow, new: &Flow, from: &str, to: &str, at: &Spot, faults: &mut Faults) {
    let kind = |flow: &Flow, name: &str| flow.slots.get(name).map(|slot| slot.kind);
    let (before, after): (Option<SlotKind>, Option<SlotKind>) = (kind(old, from), kind(new, to));
    if before.is_none() || after.is_none() {
        let what = format!("\"{from}\" or \"{to}\" is not a slot of its version");
        faults.add(at, Rule::Migration, what, "write old slot: new slot");
    } else if before != after {
        let what = format!("\"{from}\" and \"{to}\" are of different types");
        faults.add(at, Rule::Migration, what, "leave it out: the resident is asked again");
    }
}

fn waits(step: &Step) -> bool {
    match &step.kind {
        StepKind::Collect { .. }
        | StepKind::Questions
        | StepKind::Run(_)
        | StepKind::Call(_)
        | StepKind::Confirm(_)
        | StepKind::Handoff(_) => true,
        StepKind::Branch { .. } | StepKind::Do(_) => false,
    }
}

fn alike(old: &Step, new: &Step) -> bool {
    match (&old.kind, &new.kind) {
        (StepKind::Collect { slot: a, .. }, StepKind::Collect { slot: b, .. }) => a == b,
        (StepKind::Call(a), StepKind::Call(b)) => a.action == b.action,
        (StepKind::Run(a), StepKind::Run(b)) => a.flow == b.flow,
        (a, b) => std::mem::discriminant(a) == std::mem::discriminant(b),
    }
}
