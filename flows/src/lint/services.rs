//! The catalogue: its questions, unrolled for every category, and who files it.

use bot_core::slot::SlotKind;
use std::collections::BTreeMap;

use super::channels::refusals;
use crate::fault::{Faults, Rule};
use crate::model::city::City;
use crate::model::flow::StepKind;
use crate::model::service::Service;
use crate::model::slot::{GiveUp, Slot};

/// Types that a category's question may have.
const QUESTION_KINDS: [SlotKind; 8] = [
    SlotKind::Choice,
    SlotKind::AffirmDeny,
    SlotKind::Text,
    SlotKind::Number,
    SlotKind::Date,
    SlotKind::Time,
    SlotKind::Phone,
    SlotKind::PostalCode,
];

/// Checks every category.
pub(super) fn check(city: &City, faults: &mut Faults) {
    let mut owners: BTreeMap<&str, &str> = BTreeMap::new();
    for service in city.services.values() {
        for (intent, at) in &service.intents {
            if let Some(other) = owners.insert(intent, &service.code) {
                let what = format!("the intent \"{intent}\" already means the category {other}");
                faults.add(at, Rule::Intent, what, "give each category its own intent");
            }
        }
        for question in &service.questions {
            check_question(question, faults);
        }
    }
    names_of_questions(city, faults);
    someone_files_them(city, faults);
}

fn check_question(question: &Slot, faults: &mut Faults) {
    if !QUESTION_KINDS.contains(&question.kind) {
        let known = QUESTION_KINDS.map(SlotKind::name).join(", ");
        let what = format!("a question cannot be of type {}", question.kind);
        faults.add(&question.at, Rule::Type, what, format!("one of: {known}"));
    }
    if question.options_from.is_some() {
        let what = "a question's options stand in the question itself";
        faults.add(&question.at, Rule::Shape, what, "write options");
    }
    if matches!(question.give_up, Some(GiveUp::Step(_))) {
        let what = "a question cannot lead to a step: it is asked in several flows";
        faults.add(&question.at, Rule::GiveUp, what, "write give_up: skip");
    }
    refusals(question, faults);
}

/// A flow that asks a category's questions keeps them beside its own slots.
fn names_of_questions(city: &City, faults: &mut Faults) {
    let asking = city
        .flows
        .values()
        .filter(|flow| flow.steps.iter().any(|step| matches!(step.kind, StepKind::Questions)));
    for flow in asking {
        for question in city.services.values().flat_map(|service| &service.questions) {
            if flow.slots.contains_key(&question.name) {
                let what = format!(
                    "the question \"{}\" has the name of a slot of the flow {}",
                    question.name, flow.name
                );
                faults.add(&question.at, Rule::Name, what, "take another name");
            }
        }
    }
}

/// A category that no flow files could never be reported.
fn someone_files_them(city: &City, faults: &mut Faults) {
    let generic = city.flows.values().any(|flow| flow.start.services);
    let own = |service: &Service| {
        service.intents.iter().any(|(intent, _)| {
            city.flows
                .values()
                .any(|flow| flow.start.intents.iter().any(|(name, _)| name == intent))
        })
    };
    for service in city.services.values().filter(|service| !generic && !own(service)) {
        let what = format!("no flow files the category {}", service.code);
        faults.add(&service.at, Rule::Unreachable, what, "start a flow with services: true");
    }
    let generic_faq = city.flows.values().any(|flow| flow.start.faq);
    if let Some(entry) = city.faq.values().next().filter(|_| !generic_faq) {
        let what = "no flow answers the questions of faq.yml";
        faults.add(&entry.at, Rule::Unreachable, what, "start a flow with faq: true");
    }
}
