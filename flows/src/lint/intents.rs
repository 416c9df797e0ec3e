//! Intents: enough sentences in each language, none in two intents, each one starts something.

use bot_core::text::fold;
use std::collections::BTreeMap;

use crate::fault::{Faults, Rule, Spot, suggest};
use crate::model::city::City;
use crate::model::flow::Flow;
use crate::model::intent::{Annotation, Intent, OUT_OF_SCOPE};

/// Checks every intent.
pub(super) fn check(city: &City, faults: &mut Faults) {
    let mut seen: BTreeMap<String, (&str, &Spot)> = BTreeMap::new();
    for intent in city.intents.values() {
        enough(intent, city.info.limits.examples, faults);
        for (_, examples) in intent.examples.iter() {
            for example in examples {
                let key = fold(&example.text);
                if key.is_empty() {
                    let hint = "write words";
                    faults.add(&example.at, Rule::Intent, "the sentence has no words", hint);
                } else if let Some((other, at)) = seen.get(&key) {
                    let what = format!("the sentence is also at {at}, in \"{other}\"");
                    faults.add(&example.at, Rule::Intent, what, "keep it in one place");
                } else {
                    seen.insert(key, (&intent.name, &example.at));
                }
                for annotation in &example.annotations {
                    annotated(city, intent, annotation, &example.at, faults);
                }
            }
        }
        starts_something(city, intent, faults);
    }
    one_owner(city, faults);
    trials(city, faults);
}

fn enough(intent: &Intent, least: usize, faults: &mut Faults) {
    for (lang, examples) in intent.examples.iter() {
        if examples.len() < least {
            let what = format!(
                "\"{}\" has {} sentences in \"{lang}\", fewer than {least}",
                intent.name,
                examples.len()
            );
            faults.add(&intent.at, Rule::Intent, what, "write more, as residents say it");
        }
    }
}

fn starts_something(city: &City, intent: &Intent, faults: &mut Faults) {
    let useful = intent.name == OUT_OF_SCOPE
        || intent.command.is_some()
        || city.started_by(&intent.name).is_some();
    if !useful {
        let what = format!("the intent \"{}\" starts nothing", intent.name);
        let hint = "name it under start of a flow, a category or a question, or give it a command";
        faults.add(&intent.at, Rule::Intent, what, hint);
    }
}

fn trials(city: &City, faults: &mut Faults) {
    for trial in &city.trials {
        let name = trial.intent.as_str();
        if name != OUT_OF_SCOPE && !city.intents.contains_key(name) {
            let hint = suggest(name, city.intents.keys().map(String::as_str).chain([OUT_OF_SCOPE]));
            faults.add(&trial.at, Rule::Unknown, format!("there is no intent \"{name}\""), hint);
        }
    }
}

fn one_owner(city: &City, faults: &mut Faults) {
    let mut owners: BTreeMap<&str, &str> = BTreeMap::new();
    for flow in city.flows.values() {
        for (intent, at) in &flow.start.intents {
            if let Some(other) = owners.insert(intent, &flow.name) {
                let what = format!("the intent \"{intent}\" already starts the flow {other}");
                faults.add(at, Rule::Intent, what, "let one flow have it");
            }
        }
    }
    for kind in [|flow: &Flow| flow.start.services, |flow: &Flow| flow.start.faq] {
        for flow in city.flows.values().filter(|flow| kind(flow)).skip(1) {
            let what = "another flow already starts for all categories, or for all questions";
            faults.add(&flow.at, Rule::Intent, what, "let one flow have them");
        }
    }
}

fn annotated(
    city: &City,
    intent: &Intent,
    annotation: &Annotation,
    at: &Spot,
    faults: &mut Faults,
) {
    let Some(started) = city.started_by(&intent.name) else {
        return;
    };
    let questions = started.service.map(|service| service.questions.as_slice()).unwrap_or_default();
    let slots: Vec<_> = started.flow.slots.values().chain(questions).collect();
    let Some(slot) = slots.iter().find(|slot| slot.name == annotation.slot) else {
        // A place may be named where the flow does not ask for one; it teaches nothing wrong.
        if annotation.slot != "place" {
            let hint = suggest(&annotation.slot, slots.iter().map(|slot| slot.name.as_str()));
            let what =
                format!("the flow {} has no slot \"{}\"", started.flow.name, annotation.slot);
            faults.add(at, Rule::Intent, what, hint);
        }
        return;
    };
    if let Some(value) = &annotation.value
        && slot.option(value).is_none()
    {
        let hint = suggest(value, slot.options.iter().map(|option| option.item.key.as_str()));
        faults.add(at, Rule::Intent, format!("\"{}\" has no option \"{value}\"", slot.name), hint);
    }
}
