//! Conversation tests ask for steps, slots, flows, actions and choices that exist.

use std::collections::BTreeSet;

use crate::fault::{Faults, Rule, Spot, suggest};
use crate::model::city::City;
use crate::model::talk::{Talk, TalkTurn};

/// Checks every test.
pub(super) fn check(city: &City, faults: &mut Faults) {
    let mut asked: BTreeSet<&str> = BTreeSet::new();
    let mut outcomes: BTreeSet<&str> = BTreeSet::new();
    for flow in city.flows.values() {
        asked.extend(flow.slots.keys().map(String::as_str));
        asked.extend(flow.steps.iter().map(|step| step.id.as_str()));
        outcomes.extend(flow.outcomes());
    }
    let questions = city.services.values().flat_map(|service| &service.questions);
    asked.extend(questions.map(|question| question.name.as_str()));
    asked.extend(["resume", "did_you_mean", "nothing"]);
    let mut names: BTreeSet<&str> = BTreeSet::new();
    for talk in &city.talks {
        if !names.insert(&talk.name) {
            let what = format!("two tests are called \"{}\"", talk.name);
            faults.add(&talk.at, Rule::Name, what, "give each its own name");
        }
        for turn in &talk.turns {
            check_turn(city, talk, turn, &asked, &outcomes, faults);
        }
    }
}

fn check_turn(
    city: &City,
    talk: &Talk,
    turn: &TalkTurn,
    asked: &BTreeSet<&str>,
    outcomes: &BTreeSet<&str>,
    faults: &mut Faults,
) {
    let checks = &turn.checks;
    let mut known = |what: &str, name: &str, all: &BTreeSet<&str>, at: &Spot| {
        if !all.contains(name) {
            let hint = suggest(name, all.iter().copied());
            faults.add(at, Rule::Test, format!("there is no {what} \"{name}\""), hint);
        }
    };
    for name in checks.asked.iter().chain(&turn.repeat_until) {
        known("slot or step", name, asked, &turn.at);
    }
    if let Some(outcome) = &checks.ended {
        known("outcome", outcome, outcomes, &turn.at);
    }
    let flows: BTreeSet<&str> = city.flows.keys().map(String::as_str).collect();
    if let Some(flow) = &checks.flow {
        known("flow", flow, &flows, &turn.at);
    }
    let queues: BTreeSet<&str> = city.info.queues.keys().map(String::as_str).collect();
    if let Some(queue) = &checks.queue {
        known("queue", queue, &queues, &turn.at);
    }
    let actions: BTreeSet<&str> = city.actions.keys().map(String::as_str).collect();
    for action in checks.calls.keys() {
        known("action", action, &actions, &turn.at);
    }
    for path in checks.slots.keys() {
        let root = path.split('.').next().unwrap_or_default();
        known("slot", root, asked, &turn.at);
    }
    if let Some(channel) = turn.skip_on.iter().find(|channel| !talk.channels.contains(channel)) {
        let what = format!("the test never runs on {channel}");
        faults.add(&turn.at, Rule::Test, what, "leave it out of skip_on, or add it to the matrix");
    }
}
