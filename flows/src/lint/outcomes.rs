//! Every answer and every result leads somewhere, and none leads where it can never come from.

use bot_core::slot::SlotKind;
use std::collections::{BTreeMap, BTreeSet};

use super::graph::may_be_left_out;
use crate::fault::{Faults, Rule, Spot, suggest};
use crate::model::city::City;
use crate::model::flow::{Flow, Next, StepKind, Target};
use crate::model::slot::Slot;

/// The result of a subflow that the resident cancels.
pub(crate) const CANCELLED: &str = "cancelled";

/// Checks a flow's steps.
pub(super) fn check(city: &City, flow: &Flow, faults: &mut Faults) {
    for step in &flow.steps {
        match &step.kind {
            StepKind::Collect { slot, optional, answers } => {
                if let Some(slot) = flow.slots.get(slot) {
                    let left_out = may_be_left_out(flow, slot, *optional);
                    collect(slot, answers, left_out, &step.at, faults);
                }
            }
            StepKind::Call(call) => {
                if let Some(spec) = city.actions.get(&call.action) {
                    let wanted = spec.results.keys().cloned().collect();
                    let what = format!("the action {}", call.action);
                    compare(&what, "results", &wanted, &call.results, &step.at, faults);
                }
            }
            StepKind::Run(run) => {
                if let Some(inner) = city.flows.get(&run.flow) {
                    let wanted = ends(inner);
                    let what = format!("the flow {}", run.flow);
                    compare(&what, "results", &wanted, &run.results, &step.at, faults);
                }
            }
            StepKind::Questions
            | StepKind::Branch { .. }
            | StepKind::Do(_)
            | StepKind::Confirm(_)
            | StepKind::Handoff(_) => {}
        }
    }
}

/// Lists the results of a subflow: its ends, and that it was cancelled.
fn ends(flow: &Flow) -> BTreeSet<String> {
    flow.steps
        .iter()
        .filter_map(|step| match &step.next {
            Next::End(outcome) => Some(outcome.clone()),
            Next::Fall | Next::Go(_) => None,
        })
        .chain([CANCELLED.to_owned()])
        .collect()
}

fn collect(
    slot: &Slot,
    answers: &BTreeMap<String, Target>,
    may_be_left_out: bool,
    at: &Spot,
    faults: &mut Faults,
) {
    if answers.is_empty() {
        if slot.unknown_ok {
            let what =
                format!("\"I don't know\" is an answer to \"{}\", and leads nowhere", slot.name);
            faults.add(at, Rule::Outcome, what, "add: answers: {known: a step, unknown: a step}");
        }
        return;
    }
    let mut wanted: BTreeSet<String> = match slot.kind {
        SlotKind::AffirmDeny => ["affirm", "deny"].map(str::to_owned).into(),
        SlotKind::Choice if slot.options_from.is_none() => {
            slot.options.iter().map(|option| option.item.key.clone()).collect()
        }
        SlotKind::Choice
        | SlotKind::Address
        | SlotKind::Text
        | SlotKind::Image
        | SlotKind::Contact
        | SlotKind::RequestNumber
        | SlotKind::Phone
        | SlotKind::Email
        | SlotKind::PostalCode
        | SlotKind::Date
        | SlotKind::Time
        | SlotKind::Number
        | SlotKind::Service
        | SlotKind::Faq => ["known".to_owned()].into(),
    };
    if slot.unknown_ok {
        wanted.insert("unknown".to_owned());
    }
    if may_be_left_out {
        wanted.insert("declined".to_owned());
    }
    compare(&format!("the slot {}", slot.name), "answers", &wanted, answers, at, faults);
}

fn compare(
    what: &str,
    key: &str,
    wanted: &BTreeSet<String>,
    given: &BTreeMap<String, Target>,
    at: &Spot,
    faults: &mut Faults,
) {
    for missing in wanted.iter().filter(|outcome| !given.contains_key(*outcome)) {
        let fault = format!("{what} may give \"{missing}\", which leads nowhere");
        faults.add(at, Rule::Outcome, fault, format!("add under {key}: {missing}: a step"));
    }
    for (extra, target) in given.iter().filter(|(outcome, _)| !wanted.contains(*outcome)) {
        let fault = format!("{what} never gives \"{extra}\"");
        let hint = suggest(extra, wanted.iter().map(String::as_str));
        faults.add(&target.at, Rule::Outcome, fault, hint);
    }
}
