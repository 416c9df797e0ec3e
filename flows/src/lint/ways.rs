//! Every step is reached, every step reaches an end, no line falls into a named step, and every
//! loop asks the resident something a bounded number of times.

use std::collections::{BTreeMap, BTreeSet};

use super::graph::{Edge, To, edges};
use crate::fault::{Faults, Rule};
use crate::model::city::City;
use crate::model::flow::{Flow, Next, Override, StepKind};

/// Checks every flow.
pub(super) fn check(city: &City, faults: &mut Faults) {
    for flow in city.flows.values() {
        if flow.steps.is_empty() {
            faults.add(
                &flow.at,
                Rule::NoEnd,
                "the flow has no step",
                "add steps, the last one with end",
            );
            continue;
        }
        let edges = edges(city, flow);
        fall_through(flow, faults);
        reached(flow, &edges, faults);
        reaches_an_end(flow, &edges, faults);
        loops(flow, &edges, faults);
    }
    runs_are_no_circle(city, faults);
}

fn falls(flow: &Flow, place: usize) -> bool {
    let step = &flow.steps[place];
    let decided = match &step.kind {
        StepKind::Collect { answers, .. } => !answers.is_empty(),
        StepKind::Questions | StepKind::Do(_) => false,
        StepKind::Call(_)
        | StepKind::Run(_)
        | StepKind::Branch { .. }
        | StepKind::Confirm(_)
        | StepKind::Handoff(_) => true,
    };
    !decided && step.next == Next::Fall
}

fn fall_through(flow: &Flow, faults: &mut Faults) {
    for (place, step) in flow.steps.iter().enumerate().filter(|(place, _)| falls(flow, *place)) {
        match flow.steps.get(place + 1) {
            None => faults.add(
                &step.at,
                Rule::FallThrough,
                "nothing follows this step",
                "add next: a step, or end: an outcome",
            ),
            Some(after) if after.named => faults.add(
                &step.at,
                Rule::FallThrough,
                format!("this step runs into the named step \"{}\"", after.id),
                format!("add next: {} if that is meant", after.id),
            ),
            Some(_) => {}
        }
    }
}

fn steps_of(edges: &[Edge]) -> impl Iterator<Item = usize> {
    edges.iter().filter_map(|edge| match edge.to {
        To::Step(step) => Some(step),
        To::End(_) | To::Nowhere => None,
    })
}

fn reached(flow: &Flow, edges: &[Vec<Edge>], faults: &mut Faults) {
    let mut open = vec![0];
    open.extend(flow.commands.values().filter_map(|over| match over {
        Override::Go(target) if target.step != usize::MAX => Some(target.step),
        Override::Go(_) | Override::Say(_) => None,
    }));
    let mut seen = vec![false; flow.steps.len()];
    while let Some(place) = open.pop() {
        if !std::mem::replace(&mut seen[place], true) {
            open.extend(steps_of(&edges[place]));
        }
    }
    for (step, _) in flow.steps.iter().zip(&seen).filter(|(_, seen)| !**seen) {
        let hint = if step.named {
            format!("lead to it with next, answers, results or go: {}", step.id)
        } else {
            "the line above goes elsewhere: give this one an id and lead to it, or delete it"
                .to_owned()
        };
        faults.add(&step.at, Rule::Unreachable, format!("no path reaches \"{}\"", step.id), hint);
    }
}

fn reaches_an_end(flow: &Flow, edges: &[Vec<Edge>], faults: &mut Faults) {
    let mut good: Vec<bool> =
        edges.iter().map(|out| out.iter().any(|edge| matches!(edge.to, To::End(_)))).collect();
    loop {
        let more: Vec<usize> = (0..good.len())
            .filter(|place| !good[*place] && steps_of(&edges[*place]).any(|to| good[to]))
            .collect();
        if more.is_empty() {
            break;
        }
        for place in more {
            good[place] = true;
        }
    }
    for (step, _) in flow.steps.iter().zip(&good).filter(|(_, good)| !**good) {
        let what = format!("no path leads from \"{}\" to an end", step.id);
        faults.add(&step.at, Rule::NoEnd, what, "lead it to a step with end: an outcome");
    }
}

/// A loop is sound if each round waits at a recap or for an agent, or asks again for a slot that
/// it has forgotten; forgetting counts as a try, and tries are bounded.
fn loops(flow: &Flow, edges: &[Vec<Edge>], faults: &mut Faults) {
    let waits = |place: usize| {
        matches!(flow.steps[place].kind, StepKind::Confirm(_) | StepKind::Handoff(_))
    };
    let forgotten: BTreeSet<&str> = flow
        .steps
        .iter()
        .filter_map(|step| if let StepKind::Do(small) = &step.kind { Some(small) } else { None })
        .flat_map(|small| small.forget.iter().map(|(name, _)| name.as_str()))
        .collect();
    let asks_again = |place: usize| matches!(&flow.steps[place].kind, StepKind::Collect { slot, .. } if forgotten.contains(slot.as_str()));
    let forgets = |place: usize| matches!(&flow.steps[place].kind, StepKind::Do(small) if !small.forget.is_empty());
    let without_asking = circle(edges, |place| waits(place) || asks_again(place));
    let without_forgetting = circle(edges, |place| waits(place) || forgets(place));
    let first = |circle: Vec<usize>| circle.into_iter().min().map(|place| &flow.steps[place]);
    if let Some(step) = first(without_asking) {
        let what = format!("a loop through \"{}\" never asks the resident anything", step.id);
        faults.add(
            &step.at,
            Rule::Loop,
            what,
            "break the loop, or forget a slot in it and collect it again",
        );
    } else if let Some(step) = first(without_forgetting) {
        let what = format!("a loop through \"{}\" finds its slots filled and never stops", step.id);
        faults.add(&step.at, Rule::Loop, what, "forget the slot before it is collected again");
    }
}

/// Finds the steps of a circle that avoids some steps; empty where there is none.
fn circle(edges: &[Vec<Edge>], avoid: impl Fn(usize) -> bool) -> Vec<usize> {
    let mut left: BTreeSet<usize> = (0..edges.len()).filter(|place| !avoid(*place)).collect();
    loop {
        let kept: BTreeSet<usize> = left
            .iter()
            .copied()
            .filter(|place| steps_of(&edges[*place]).any(|to| left.contains(&to)))
            .collect();
        if kept.len() == left.len() {
            break;
        }
        left = kept;
    }
    // What is left can go on for ever; keep only what also comes back.
    left.iter().copied().filter(|place| comes_back(edges, &left, *place)).collect()
}

fn comes_back(edges: &[Vec<Edge>], within: &BTreeSet<usize>, start: usize) -> bool {
    let mut seen = BTreeSet::new();
    let mut open: Vec<usize> = steps_of(&edges[start]).filter(|to| within.contains(to)).collect();
    while let Some(place) = open.pop() {
        if place == start {
            return true;
        }
        if seen.insert(place) {
            open.extend(steps_of(&edges[place]).filter(|to| within.contains(to)));
        }
    }
    false
}

/// A flow that runs itself, by whatever way, would never stop.
fn runs_are_no_circle(city: &City, faults: &mut Faults) {
    let runs: BTreeMap<&str, Vec<&str>> = city
        .flows
        .values()
        .map(|flow| {
            let list = flow.steps.iter().filter_map(|step| {
                if let StepKind::Run(run) = &step.kind { Some(run.flow.as_str()) } else { None }
            });
            (flow.name.as_str(), list.collect())
        })
        .collect();
    for flow in city.flows.values() {
        let mut seen = BTreeSet::new();
        let mut open: Vec<&str> = runs[flow.name.as_str()].clone();
        while let Some(name) = open.pop() {
            if name == flow.name {
                let what = format!("the flow \"{name}\" runs itself");
                faults.add(&flow.at, Rule::Loop, what, "break the circle of run steps");
                break;
            }
            if seen.insert(name) {
                open.extend(runs.get(name).into_iter().flatten());
            }
        }
    }
}
