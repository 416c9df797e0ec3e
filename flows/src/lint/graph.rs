//! The graph of a flow: which step may follow which, and what is known then.

use std::collections::BTreeSet;

use crate::model::action::ActionSpec;
use crate::model::city::City;
use crate::model::expression::{Condition, State};
use crate::model::flow::{CallStep, Flow, Next, RunStep, Step, StepKind, Target};
use crate::model::slot::{GiveUp, Slot};

/// Where an edge leads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum To {
    /// To a step.
    Step(usize),
    /// Out of the flow, with an outcome.
    End(String),
    /// Nowhere: the fault is noted elsewhere.
    Nowhere,
}

/// One way from a step to the next.
#[derive(Debug, Clone)]
pub(crate) struct Edge {
    /// Where it leads.
    pub(crate) to: To,
    /// What takes it there: an answer, a result, a condition.
    pub(crate) label: String,
    /// Values known from here on.
    pub(crate) gains: BTreeSet<String>,
    /// Values no longer known.
    pub(crate) loses: BTreeSet<String>,
}

impl Edge {
    fn plain(to: To, label: &str) -> Self {
        let label = label.to_owned();
        Self { to, label, gains: BTreeSet::new(), loses: BTreeSet::new() }
    }

    fn gaining(mut self, name: &str) -> Self {
        self.gains.insert(name.to_owned());
        self
    }
}

/// Gives the edges out of each step of a flow.
pub(crate) fn edges(city: &City, flow: &Flow) -> Vec<Vec<Edge>> {
    (0..flow.steps.len()).map(|place| edges_of(city, flow, place)).collect()
}

fn go(target: &Target) -> To {
    if target.step == usize::MAX { To::Nowhere } else { To::Step(target.step) }
}

/// Where a step leads when nothing else decides.
fn onward(flow: &Flow, place: usize) -> To {
    match &flow.steps[place].next {
        Next::Go(target) => go(target),
        Next::End(outcome) => To::End(outcome.clone()),
        Next::Fall => match flow.steps.get(place + 1) {
            Some(step) if !step.named => To::Step(place + 1),
            _ => To::Nowhere,
        },
    }
}

fn edges_of(city: &City, flow: &Flow, place: usize) -> Vec<Edge> {
    let step = &flow.steps[place];
    match &step.kind {
        StepKind::Collect { slot, optional, answers } => match flow.slots.get(slot) {
            None => Vec::new(),
            Some(slot) if answers.is_empty() => open_collect(flow, place, slot, *optional),
            Some(slot) => closed_collect(slot, step, answers),
        },
        StepKind::Questions => vec![Edge::plain(onward(flow, place), "")],
        StepKind::Call(call) => call_edges(city.actions.get(&call.action), call),
        StepKind::Run(run) => run_edges(run),
        StepKind::Branch { arms, otherwise } => branch_edges(arms, otherwise),
        StepKind::Do(small) => {
            let mut edge = Edge::plain(onward(flow, place), "");
            edge.gains.extend(small.set.iter().map(|(name, _, _)| name.clone()));
            edge.loses.extend(small.forget.iter().map(|(name, _)| name.clone()));
            vec![edge]
        }
        StepKind::Confirm(confirm) => vec![
            Edge::plain(go(&confirm.affirm), "affirm"),
            Edge::plain(go(&confirm.deny), "deny"),
            Edge::plain(go(&confirm.give_up), "give_up"),
        ],
        StepKind::Handoff(handoff) => vec![
            Edge::plain(go(&handoff.solved), "solved"),
            Edge::plain(go(&handoff.back_to_bot), "back_to_bot"),
            Edge::plain(go(&handoff.nobody), "nobody"),
        ],
    }
}

/// Tells whether a slot may be left without a value where it is collected.
pub(crate) fn may_be_left_out(flow: &Flow, slot: &Slot, optional_here: bool) -> bool {
    slot.optional
        || optional_here
        || slot.give_up == Some(GiveUp::Skip)
        || flow.channels.iter().any(|channel| !slot.is_asked_on(*channel))
}

fn give_up_edge(slot: &Slot) -> Option<Edge> {
    match &slot.give_up {
        Some(GiveUp::Step(target)) => Some(Edge::plain(go(target), "give_up")),
        Some(GiveUp::Skip) | None => None,
    }
}

fn open_collect(flow: &Flow, place: usize, slot: &Slot, optional: bool) -> Vec<Edge> {
    let mut on = Edge::plain(onward(flow, place), "");
    if !may_be_left_out(flow, slot, optional) {
        on = on.gaining(&slot.name);
    }
    std::iter::once(on).chain(give_up_edge(slot)).collect()
}

fn closed_collect(
    slot: &Slot,
    step: &Step,
    answers: &std::collections::BTreeMap<String, Target>,
) -> Vec<Edge> {
    let ways = answers.iter().map(|(key, target)| {
        let edge = Edge::plain(go(target), key);
        if key == "unknown" || key == "declined" { edge } else { edge.gaining(&slot.name) }
    });
    // A way beside the answers is a fault noted elsewhere; it still leads somewhere.
    let next = match &step.next {
        Next::Go(target) => Some(Edge::plain(go(target), "")),
        Next::Fall | Next::End(_) => None,
    };
    ways.chain(next).chain(give_up_edge(slot)).collect()
}

fn call_edges(spec: Option<&ActionSpec>, call: &CallStep) -> Vec<Edge> {
    call.results
        .iter()
        .map(|(result, target)| {
            let mut edge = Edge::plain(go(target), result);
            edge.loses.extend(call.outs.keys().cloned());
            let outputs = spec.and_then(|spec| spec.results.get(result));
            edge.gains.extend(
                call.outs
                    .iter()
                    .filter(|(_, (output, _))| {
                        outputs.and_then(|o| o.get(output)).is_some_and(|field| !field.optional)
                    })
                    .map(|(name, _)| name.clone()),
            );
            edge
        })
        .collect()
}

/// What a subflow gives is added by the assignment analysis, which knows its ends.
fn run_edges(run: &RunStep) -> Vec<Edge> {
    run.results
        .iter()
        .map(|(outcome, target)| {
            let mut edge = Edge::plain(go(target), outcome);
            edge.loses.extend(run.outs.keys().cloned());
            edge
        })
        .collect()
}

fn branch_edges(arms: &[(Condition, crate::fault::Spot, Target)], otherwise: &Target) -> Vec<Edge> {
    let mut so_far = BTreeSet::new();
    let mut edges = Vec::new();
    for (n, (condition, _, target)) in arms.iter().enumerate() {
        let mut edge = Edge::plain(go(target), &format!("when {n}"));
        edge.gains.extend(so_far.iter().cloned());
        edge.gains.extend(known_if(condition, true));
        edges.push(edge);
        so_far.extend(known_if(condition, false));
    }
    let mut last = Edge::plain(go(otherwise), "otherwise");
    last.gains = so_far;
    edges.push(last);
    edges
}

/// Lists the values that are known when a condition holds, or when it does not.
pub(crate) fn known_if(condition: &Condition, holds: bool) -> BTreeSet<String> {
    match condition {
        Condition::Is(path, state) => {
            let known = match state {
                State::Known | State::Member(_) => holds,
                State::Unknown => !holds,
                State::Declined => false,
            };
            known.then(|| path.to_string()).into_iter().collect()
        }
        Condition::Compare(..) => BTreeSet::new(),
        Condition::Not(inner) => known_if(inner, !holds),
        Condition::And(a, b) if holds => &known_if(a, true) | &known_if(b, true),
        Condition::Or(a, b) if !holds => &known_if(a, false) | &known_if(b, false),
        Condition::And(a, b) => &known_if(a, false) & &known_if(b, false),
        Condition::Or(a, b) => &known_if(a, true) & &known_if(b, true),
    }
}
