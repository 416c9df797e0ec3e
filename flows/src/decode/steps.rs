//! Reads the steps of a flow.

use std::collections::{BTreeMap, BTreeSet};

use super::basics::{Cx, Fields};
use super::flow::flag;
use super::slots::SKIP;
use crate::fault::{Rule, Spot};
use crate::model::flow::{
    CallStep, ConfirmStep, DoStep, HandoffStep, Input, Item, Next, RunStep, Step, StepKind, Target,
};
use crate::yaml::Node;

/// What stands for the answers to the category's questions.
pub(crate) const QUESTIONS: &str = "service.questions";
/// How long an action may take, unless its step says otherwise.
const DEFAULT_LIMIT_MS: u64 = 8_000;
/// The keys that say what a step does; a step has exactly one of them, or only small ones.
const KINDS: [&str; 6] = ["collect", "call", "run", "branch", "confirm", "handoff"];
/// Small things that may stand together.
const SMALL: [&str; 4] = ["say", "set", "forget", "end"];

/// Reads the steps.
pub(super) fn steps(cx: &mut Cx<'_>, node: &Node) -> Vec<Step> {
    let mut names = BTreeSet::new();
    let mut steps: Vec<Step> = Vec::new();
    for item in cx.list(node) {
        let Some(step) = step(cx, item) else { continue };
        if step.named && !names.insert(step.id.clone()) {
            let what = format!("two steps are named \"{}\"", step.id);
            cx.fault(item, Rule::Name, what, "give each its own id");
        }
        steps.push(step);
    }
    name_the_unnamed(&mut steps);
    steps
}

/// Gives each unnamed step a name made from what it does, so that a conversation can remember it.
fn name_the_unnamed(steps: &mut [Step]) {
    let mut counts: BTreeMap<String, u32> = BTreeMap::new();
    for step in steps.iter_mut().filter(|step| !step.named) {
        let stem = match &step.kind {
            StepKind::Collect { slot, .. } => format!("collect.{slot}"),
            StepKind::Questions => "collect.questions".to_owned(),
            StepKind::Call(call) => format!("call.{}", call.action),
            StepKind::Run(run) => format!("run.{}", run.flow),
            StepKind::Branch { .. } => "branch".to_owned(),
            StepKind::Do(_) => "do".to_owned(),
            StepKind::Confirm(_) => "confirm".to_owned(),
            StepKind::Handoff(handoff) => format!("handoff.{}", handoff.queue),
        };
        let count = counts.entry(stem.clone()).or_default();
        *count += 1;
        step.id = if *count == 1 { stem } else { format!("{stem}.{count}") };
    }
}

fn step(cx: &mut Cx<'_>, node: &Node) -> Option<Step> {
    let mut fields = cx.fields(node, "a step")?;
    let id = fields.get("id").and_then(|n| cx.name(n));
    if id.as_deref() == Some(SKIP) {
        cx.fault(node, Rule::Name, "\"skip\" is not a step's name", "it means: go on without");
    }
    let kind_key = kind_of(cx, node, &mut fields);
    let kind = match kind_key {
        Some("collect") => collect(cx, &mut fields),
        Some("call") => call(cx, &mut fields),
        Some("run") => run(cx, &mut fields),
        Some("branch") => branch(cx, &mut fields),
        Some("confirm") => confirm(cx, &mut fields),
        Some("handoff") => handoff(cx, &mut fields),
        Some(_) => Some(StepKind::Do(small(cx, &mut fields))),
        None => None,
    };
    let next = next(cx, node, &mut fields, kind.as_ref());
    if kind_key.is_some() {
        fields.done(cx);
    }
    let named = id.is_some();
    Some(Step { id: id.unwrap_or_default(), named, at: node.at.clone(), kind: kind?, next })
}

/// Finds the one key that says what the step does.
fn kind_of(cx: &mut Cx<'_>, node: &Node, fields: &mut Fields<'_>) -> Option<&'static str> {
    let found: Vec<&'static str> =
        KINDS.into_iter().filter(|key| node.get(key).is_some()).collect();
    let small = SMALL.into_iter().any(|key| node.get(key).is_some());
    match found.as_slice() {
        [] if small => Some("small"),
        [one] => Some(*one),
        [] => {
            cx.fault(
                node,
                Rule::Shape,
                "the step does nothing",
                "add one of: collect, call, run, branch, say, set, forget, confirm, handoff, end",
            );
            None
        }
        [first, second, ..] => {
            fields.has("id");
            let what = format!("the step has both \"{first}\" and \"{second}\"");
            cx.fault(node, Rule::Shape, what, "make two steps of it");
            None
        }
    }
}

fn next(cx: &mut Cx<'_>, node: &Node, fields: &mut Fields<'_>, kind: Option<&StepKind>) -> Next {
    let decides_itself = match kind {
        Some(StepKind::Collect { answers, .. }) => !answers.is_empty(),
        Some(StepKind::Questions | StepKind::Do(_)) | None => false,
        Some(
            StepKind::Call(_)
            | StepKind::Run(_)
            | StepKind::Branch { .. }
            | StepKind::Confirm(_)
            | StepKind::Handoff(_),
        ) => return Next::Fall,
    };
    let go = fields.get("next").and_then(|n| cx.target(n));
    let end = if matches!(kind, Some(StepKind::Do(_)) | None) {
        fields.get("end").and_then(|n| cx.name(n))
    } else {
        None
    };
    match (go, end) {
        (Some(_), Some(_)) => {
            cx.fault(node, Rule::Shape, "the step has both next and end", "keep one of the two");
            Next::Fall
        }
        (Some(target), None) if !decides_itself => Next::Go(target),
        (Some(target), None) => {
            cx.faults.add(
                &target.at,
                Rule::Outcome,
                "\"next\" is never taken: every answer has its own way",
                "delete next",
            );
            Next::Fall
        }
        (None, Some(outcome)) => Next::End(outcome),
        (None, None) => Next::Fall,
    }
}

/// Reads a mapping from outcomes to steps.
fn ways(cx: &mut Cx<'_>, node: Option<&Node>) -> BTreeMap<String, Target> {
    let Some(node) = node else {
        return BTreeMap::new();
    };
    cx.entries(node)
        .iter()
        .filter_map(|(key, value)| Some((cx.name(key)?, cx.target(value)?)))
        .collect()
}

fn collect(cx: &mut Cx<'_>, fields: &mut Fields<'_>) -> Option<StepKind> {
    let slot = fields.get("collect")?;
    if slot.text() == Some(QUESTIONS) {
        return Some(StepKind::Questions);
    }
    let answers = fields.get("answers");
    Some(StepKind::Collect {
        slot: cx.name(slot)?,
        optional: flag(cx, fields, "optional"),
        answers: ways(cx, answers),
    })
}

fn call(cx: &mut Cx<'_>, fields: &mut Fields<'_>) -> Option<StepKind> {
    let action = fields.get("call").and_then(|n| action_name(cx, n));
    let inputs = fields.get("in").map(|n| inputs(cx, n)).unwrap_or_default();
    let outs = fields.get("out").map(|n| outs(cx, n)).unwrap_or_default();
    let results = fields.need(cx, "results");
    let once = flag(cx, fields, "once");
    let limit = fields.get("limit").and_then(|n| cx.span_ms(n));
    Some(StepKind::Call(CallStep {
        action: action?,
        inputs,
        outs,
        results: ways(cx, results),
        once,
        limit_ms: limit.unwrap_or(DEFAULT_LIMIT_MS),
    }))
}

/// Reads an action's name: two names joined by a dot.
pub(super) fn action_name(cx: &mut Cx<'_>, node: &Node) -> Option<String> {
    let text = cx.scalar(node)?;
    let fits = crate::template::parse_path(text).is_some_and(|path| path.fields.len() == 1);
    if !fits {
        let what = format!("\"{text}\" is not an action's name");
        cx.fault(node, Rule::Name, what, "write group.verb, as in requests.create");
    }
    fits.then(|| text.to_owned())
}

fn inputs(cx: &mut Cx<'_>, node: &Node) -> BTreeMap<String, (Input, Spot)> {
    cx.entries(node)
        .iter()
        .filter_map(|(key, value)| {
            let name = cx.name(key)?;
            let input = if value.text() == Some(QUESTIONS) {
                Input::Questions
            } else {
                Input::Expression(cx.expression(value)?)
            };
            Some((name, (input, value.at.clone())))
        })
        .collect()
}

fn outs(cx: &mut Cx<'_>, node: &Node) -> BTreeMap<String, (String, Spot)> {
    cx.entries(node)
        .iter()
        .filter_map(|(key, value)| Some((cx.name(key)?, cx.name_at(value)?)))
        .collect()
}

fn run(cx: &mut Cx<'_>, fields: &mut Fields<'_>) -> Option<StepKind> {
    let flow = fields.get("run").and_then(|n| cx.name(n));
    let inputs = fields.get("in").map(|n| {
        cx.entries(n)
            .iter()
            .filter_map(|(key, value)| {
                Some((cx.name(key)?, (cx.expression(value)?, value.at.clone())))
            })
            .collect()
    });
    let outs = fields.get("out").map(|n| outs(cx, n)).unwrap_or_default();
    let results = fields.need(cx, "results");
    Some(StepKind::Run(RunStep {
        flow: flow?,
        inputs: inputs.unwrap_or_default(),
        outs,
        results: ways(cx, results),
    }))
}

fn branch(cx: &mut Cx<'_>, fields: &mut Fields<'_>) -> Option<StepKind> {
    let node = fields.get("branch")?;
    let mut arms = Vec::new();
    let mut otherwise = None;
    for item in cx.list(node) {
        let Some(mut arm) = cx.fields(item, "a branch's arm") else {
            continue;
        };
        if let Some(last) = arm.get("otherwise") {
            otherwise = cx.target(last);
        } else {
            let when = arm.need(cx, "when").and_then(|n| cx.condition(n));
            let go = arm.need(cx, "go").and_then(|n| cx.target(n));
            if let (Some((condition, at)), Some(target)) = (when, go) {
                arms.push((condition, at, target));
            }
        }
        arm.done(cx);
    }
    let last_is_otherwise =
        cx.list(node).last().is_some_and(|item| item.get("otherwise").is_some());
    if !last_is_otherwise {
        cx.fault(
            node,
            Rule::Outcome,
            "the branch does not end with \"otherwise\"",
            "add as its last line: {otherwise: step}",
        );
    }
    Some(StepKind::Branch { arms, otherwise: otherwise? })
}

fn small(cx: &mut Cx<'_>, fields: &mut Fields<'_>) -> DoStep {
    let say = fields.get("say").and_then(|n| cx.text(n));
    let set = fields.get("set").map(|n| {
        cx.entries(n)
            .iter()
            .filter_map(|(key, value)| Some((cx.name(key)?, cx.expression(value)?, key.at.clone())))
            .collect()
    });
    let forget = fields.get("forget").map(|n| cx.names(n)).unwrap_or_default();
    fields.has("end");
    DoStep { say, set: set.unwrap_or_default(), forget }
}

/// Reads a list of slots, `service.questions` among them.
fn items(cx: &mut Cx<'_>, node: &Node) -> Vec<Item> {
    cx.list(node)
        .iter()
        .filter_map(|item| {
            if item.text() == Some(QUESTIONS) {
                return Some(Item::Questions(item.at.clone()));
            }
            cx.name_at(item).map(|(name, at)| Item::Slot(name, at))
        })
        .collect()
}

fn confirm(cx: &mut Cx<'_>, fields: &mut Fields<'_>) -> Option<StepKind> {
    let items = fields.get("confirm").map(|n| items(cx, n)).unwrap_or_default();
    let text = fields.need(cx, "text").and_then(|n| cx.text(n));
    let answers = fields.need(cx, "answers");
    let mut answer_fields = answers.and_then(|n| cx.fields(n, "the answers to a recap"));
    let mut way = |cx: &mut Cx<'_>, key| {
        let node = answer_fields.as_mut()?.get(key);
        if node.is_none() {
            let what = format!("the recap does not say where \"{key}\" leads");
            let hint = format!("add under answers: {key}: a step");
            if let Some(at) = answers {
                cx.fault(at, Rule::Outcome, what, &hint);
            }
        }
        cx.target(node?)
    };
    let (affirm, deny) = (way(cx, "affirm"), way(cx, "deny"));
    if let Some(answers) = answer_fields {
        answers.done(cx);
    }
    let tries = fields.get("tries").and_then(|n| cx.count(n, 10)).unwrap_or(0);
    let give_up = fields.need(cx, "give_up").and_then(|n| cx.target(n));
    Some(StepKind::Confirm(ConfirmStep {
        items,
        text: text?,
        affirm: affirm?,
        deny: deny?,
        tries,
        give_up: give_up?,
    }))
}

fn handoff(cx: &mut Cx<'_>, fields: &mut Fields<'_>) -> Option<StepKind> {
    let queue = fields.get("handoff").and_then(|n| cx.name(n));
    let brief = fields.get("brief").map(|n| items(cx, n)).unwrap_or_default();
    let hours = fields.get("hours").and_then(|n| cx.name(n));
    let results = fields.need(cx, "results")?;
    let mut ways = cx.fields(results, "the results of a handoff")?;
    let mut way = |cx: &mut Cx<'_>, key| {
        let node = ways.get(key);
        if node.is_none() {
            let what = format!("the handoff does not say where \"{key}\" leads");
            cx.fault(results, Rule::Outcome, what, &format!("add under results: {key}: a step"));
        }
        cx.target(node?)
    };
    let (solved, back, nobody) = (way(cx, "solved"), way(cx, "back_to_bot"), way(cx, "nobody"));
    ways.done(cx);
    Some(StepKind::Handoff(HandoffStep {
        queue: queue?,
        brief,
        hours,
        solved: solved?,
        back_to_bot: back?,
        nobody: nobody?,
    }))
}
