//! What depends on a slot: the values computed from it, and the steps that read it.

use flows::model::expression::{Condition, Expression};
use flows::model::flow::{Flow, Input, StepKind};
use flows::model::slot::Slot;
use flows::model::text::Text;
use std::collections::BTreeSet;

use crate::scope::SERVICE;
use crate::session::Frame;

/// Lists everything that was computed from a slot: outputs, copies, and answers to questions
/// about them.
pub(crate) fn computed_from(flow: &Flow, changed: &str) -> BTreeSet<String> {
    let mut dropped = BTreeSet::new();
    loop {
        let before = dropped.len();
        for step in &flow.steps {
            match &step.kind {
                StepKind::Call(call) => {
                    let reads = call
                        .inputs
                        .values()
                        .any(|(input, _)| reads_input(input, changed, &dropped));
                    if reads {
                        dropped.extend(call.outs.keys().cloned());
                    }
                }
                StepKind::Run(run) => {
                    let reads =
                        run.inputs.values().any(|(e, _)| reads_expression(e, changed, &dropped));
                    if reads {
                        dropped.extend(run.outs.keys().cloned());
                    }
                }
                StepKind::Do(small) => {
                    let copies =
                        small.set.iter().filter(|(_, e, _)| reads_expression(e, changed, &dropped));
                    let names: Vec<String> = copies.map(|(name, _, _)| name.clone()).collect();
                    dropped.extend(names);
                }
                StepKind::Collect { slot, .. } => {
                    if flow.slots.get(slot).is_some_and(|slot| asks_about(slot, &dropped)) {
                        dropped.insert(slot.clone());
                    }
                }
                StepKind::Questions
                | StepKind::Branch { .. }
                | StepKind::Confirm(_)
                | StepKind::Handoff(_) => {}
            }
        }
        dropped.remove(changed);
        if dropped.len() == before {
            return dropped;
        }
    }
}

fn reads_input(input: &Input, changed: &str, dropped: &BTreeSet<String>) -> bool {
    match input {
        Input::Expression(expression) => reads_expression(expression, changed, dropped),
        Input::Questions => false,
    }
}

fn reads_expression(expression: &Expression, changed: &str, dropped: &BTreeSet<String>) -> bool {
    match expression {
        Expression::Path(path) => path.root == changed || dropped.contains(&path.root),
        Expression::Literal(_) => false,
    }
}

fn reads_condition(condition: &Condition, changed: &str, dropped: &BTreeSet<String>) -> bool {
    match condition {
        Condition::Is(path, _) => path.root == changed || dropped.contains(&path.root),
        Condition::Compare(left, _, right) => {
            reads_expression(left, changed, dropped) || reads_expression(right, changed, dropped)
        }
        Condition::Not(inner) => reads_condition(inner, changed, dropped),
        Condition::And(left, right) | Condition::Or(left, right) => {
            reads_condition(left, changed, dropped) || reads_condition(right, changed, dropped)
        }
    }
}

/// Tells whether a slot's question speaks of a value that is dropped.
fn asks_about(slot: &Slot, dropped: &BTreeSet<String>) -> bool {
    let in_list = slot.options_from.as_ref().is_some_and(|list| dropped.contains(list));
    in_list || slot.ask.as_ref().is_some_and(|ask| names_any(ask, "", dropped))
}

fn names_any(text: &Text, changed: &str, dropped: &BTreeSet<String>) -> bool {
    text.wording.variants().any(|(_, pair)| {
        pair.fr.holes().iter().any(|(path, _)| path.root == changed || dropped.contains(&path.root))
    })
}

pub(crate) fn says(flow: &Flow, step: &str, changed: &str, dropped: &BTreeSet<String>) -> bool {
    flow.steps.iter().filter(|other| other.id == step).any(|step| match &step.kind {
        StepKind::Do(small) => small.say.as_ref().is_some_and(|t| names_any(t, changed, dropped)),
        StepKind::Collect { .. }
        | StepKind::Questions
        | StepKind::Call(_)
        | StepKind::Run(_)
        | StepKind::Branch { .. }
        | StepKind::Confirm(_)
        | StepKind::Handoff(_) => false,
    })
}

/// Finds the first step passed that reads a changed value.
pub(crate) fn first_reader(
    flow: &Flow,
    frame: &Frame,
    changed: &str,
    dropped: &BTreeSet<String>,
    is_question: bool,
) -> Option<String> {
    let reads = |id: &&String| {
        let Some(place) = flow.find_step(id) else {
            return false;
        };
        match &flow.steps[place].kind {
            StepKind::Collect { slot, answers, .. } => {
                dropped.contains(slot) || (slot == changed && !answers.is_empty())
            }
            StepKind::Questions => {
                changed == SERVICE || dropped.iter().any(|d| !flow.slots.contains_key(d))
            }
            StepKind::Call(call) => call.inputs.values().any(|(input, _)| {
                reads_input(input, changed, dropped) || (is_question && *input == Input::Questions)
            }),
            StepKind::Run(run) => {
                run.inputs.values().any(|(e, _)| reads_expression(e, changed, dropped))
            }
            StepKind::Branch { arms, .. } => {
                arms.iter().any(|(when, _, _)| reads_condition(when, changed, dropped))
            }
            StepKind::Do(small) => {
                small.set.iter().any(|(_, e, _)| reads_expression(e, changed, dropped))
            }
            StepKind::Confirm(_) | StepKind::Handoff(_) => false,
        }
    };
    frame.trail.iter().find(reads).cloned()
}

/// Drops values, and that they were answered.
pub(crate) fn forget(frame: &mut Frame, dropped: &BTreeSet<String>) {
    frame.values.retain(|name, _| !dropped.contains(name));
    frame.answered.retain(|name| !dropped.contains(name));
    frame.tries.retain(|name, _| !dropped.contains(name));
}

/// Moves a flow back to a step, and forgets the steps passed since.
pub(crate) fn rewind(frame: &mut Frame, id: &str) {
    if let Some(place) = frame.trail.iter().position(|step| step == id) {
        frame.trail.truncate(place);
    }
    id.clone_into(&mut frame.step);
    frame.waiting = None;
}
