//! Nothing is read where it may not be known: definite assignment, edge by edge.

use std::collections::{BTreeMap, BTreeSet};

use super::graph::{Edge, To, edges, known_if};
use crate::fault::{Faults, Rule, Spot};
use crate::model::action::Type;
use crate::model::city::City;
use crate::model::expression::{Condition, Expression, Path, State};
use crate::model::flow::{Flow, Input, StepKind};
use crate::model::text::{Text, Wording};
use crate::types::{Env, optional_fields};

type Known = BTreeSet<String>;
/// What is known at each end of a flow, by outcome.
type Ends = BTreeMap<String, Known>;

/// Checks every flow, subflows first.
pub(super) fn check(city: &City, faults: &mut Faults) {
    let mut ends: BTreeMap<&str, Ends> = BTreeMap::new();
    // Each round settles flows whose subflows are settled; circles are noted elsewhere.
    for _ in 0..=city.flows.len() {
        for flow in city.flows.values() {
            if ends.contains_key(flow.name.as_str()) {
                continue;
            }
            let ready = flow.steps.iter().all(|step| match &step.kind {
                StepKind::Run(run) => {
                    ends.contains_key(run.flow.as_str()) || !city.flows.contains_key(&run.flow)
                }
                StepKind::Collect { .. }
                | StepKind::Questions
                | StepKind::Call(_)
                | StepKind::Branch { .. }
                | StepKind::Do(_)
                | StepKind::Confirm(_)
                | StepKind::Handoff(_) => true,
            });
            if ready {
                let found = Analysis::new(city, flow, &ends).run(faults);
                ends.insert(&flow.name, found);
            }
        }
    }
}

struct Analysis<'a> {
    city: &'a City,
    flow: &'a Flow,
    env: Env<'a>,
    edges: Vec<Vec<Edge>>,
}

impl<'a> Analysis<'a> {
    fn new(city: &'a City, flow: &'a Flow, ends: &BTreeMap<&str, Ends>) -> Self {
        let mut edges = edges(city, flow);
        for (step, out) in flow.steps.iter().zip(&mut edges) {
            let StepKind::Run(run) = &step.kind else {
                continue;
            };
            for edge in out {
                let known = ends.get(run.flow.as_str()).and_then(|e| e.get(&edge.label));
                edge.gains.extend(
                    run.outs
                        .iter()
                        .filter(|(_, (inner, _))| known.is_some_and(|k| k.contains(inner)))
                        .map(|(outer, _)| outer.clone()),
                );
            }
        }
        Self { city, flow, env: Env::of(city, flow), edges }
    }

    /// Notes every read that may find nothing, and gives what is known at each end.
    fn run(&self, faults: &mut Faults) -> Ends {
        let at_entry = self.at_entry();
        let mut ends = Ends::new();
        for (place, known) in at_entry.iter().enumerate() {
            let Some(known) = known else { continue };
            self.reads(place, known, faults);
            for edge in &self.edges[place] {
                if let To::End(outcome) = &edge.to {
                    let after = after(known, edge);
                    ends.entry(outcome.clone())
                        .and_modify(|all| *all = &*all & &after)
                        .or_insert(after);
                }
            }
        }
        ends
    }

    /// Computes what is known on entry to each step; `None` for steps that no path reaches.
    fn at_entry(&self) -> Vec<Option<Known>> {
        let mut entry: Vec<Option<Known>> = vec![None; self.flow.steps.len()];
        let Some(first) = entry.first_mut() else {
            return entry;
        };
        *first = Some(Known::new());
        let mut open = vec![0];
        while let Some(place) = open.pop() {
            let Some(known) = entry[place].clone() else {
                continue;
            };
            for edge in &self.edges[place] {
                let To::Step(to) = edge.to else { continue };
                let mut after = after(&known, edge);
                if let Some(before) = &entry[to] {
                    after = &after & before;
                    if after == *before {
                        continue;
                    }
                }
                entry[to] = Some(after);
                open.push(to);
            }
        }
        entry
    }

    fn reads(&self, place: usize, known: &Known, faults: &mut Faults) {
        let step = &self.flow.steps[place];
        let mut reader = Reader { known: known.clone(), env: &self.env, city: self.city, faults };
        match &step.kind {
            StepKind::Collect { slot, .. } => {
                let Some(slot) = self.flow.slots.get(slot) else {
                    return;
                };
                slot.ask.iter().chain(&slot.why).for_each(|text| reader.text(text, &[]));
                slot.again.values().for_each(|text| reader.text(text, &["heard"]));
                if let Some(list) = &slot.options_from {
                    reader.path(&Path::of(list), &slot.at);
                }
            }
            StepKind::Questions => reader.path(&Path::of("service"), &step.at),
            StepKind::Call(call) => {
                let spec = self.city.actions.get(&call.action);
                for (name, (input, at)) in &call.inputs {
                    let needed = spec
                        .and_then(|spec| spec.inputs.get(name))
                        .is_some_and(|field| !field.optional);
                    match input {
                        Input::Expression(Expression::Path(path)) if needed => {
                            reader.path(path, at);
                        }
                        Input::Expression(Expression::Path(path)) => reader.base(path, at),
                        Input::Expression(Expression::Literal(_)) | Input::Questions => {}
                    }
                }
            }
            StepKind::Run(run) => {
                for (expression, at) in run.inputs.values() {
                    reader.expression(expression, at);
                }
            }
            StepKind::Branch { arms, .. } => {
                for (condition, at, _) in arms {
                    reader.condition(condition, at);
                    reader.known.extend(known_if(condition, false));
                }
            }
            StepKind::Do(small) => {
                small.say.iter().for_each(|text| reader.text(text, &[]));
                for (_, expression, at) in &small.set {
                    reader.expression(expression, at);
                }
            }
            StepKind::Confirm(confirm) => reader.text(&confirm.text, &["summary"]),
            StepKind::Handoff(_) => {}
        }
    }
}

fn after(known: &Known, edge: &Edge) -> Known {
    let lost = |name: &String| {
        let root = name.split('.').next().unwrap_or_default();
        edge.loses.contains(root)
    };
    known.iter().filter(|name| !lost(name)).chain(&edge.gains).cloned().collect()
}

struct Reader<'a> {
    known: Known,
    env: &'a Env<'a>,
    city: &'a City,
    faults: &'a mut Faults,
}

impl Reader<'_> {
    fn text(&mut self, text: &Text, given: &[&str]) {
        self.wording(&text.wording, &text.at, given);
    }

    fn wording(&mut self, wording: &Wording, at: &Spot, given: &[&str]) {
        let mut holes: BTreeSet<Path> = BTreeSet::new();
        for (_, pair) in wording.variants() {
            for (_, template) in pair.iter() {
                holes.extend(template.holes().into_iter().map(|(path, _)| path));
            }
        }
        for path in holes.iter().filter(|path| !given.contains(&path.root.as_str())) {
            self.path(path, at);
        }
    }

    fn expression(&mut self, expression: &Expression, at: &Spot) {
        if let Expression::Path(path) = expression {
            self.path(path, at);
        }
    }

    fn condition(&mut self, condition: &Condition, at: &Spot) {
        match condition {
            // Asking whether a value is known is how one finds out; a record's field can only be
            // asked when the record is there.
            Condition::Is(path, State::Known | State::Unknown | State::Declined) => {
                self.base(path, at);
            }
            Condition::Is(path, State::Member(_)) => self.base(path, at),
            Condition::Compare(left, _, right) => {
                self.expression(left, at);
                self.expression(right, at);
            }
            Condition::Not(inner) => self.condition(inner, at),
            Condition::And(left, right) => {
                self.condition(left, at);
                let gained = known_if(left, true);
                let added: Vec<String> = gained.difference(&self.known).cloned().collect();
                self.known.extend(added.iter().cloned());
                self.condition(right, at);
                for name in &added {
                    self.known.remove(name);
                }
            }
            Condition::Or(left, right) => {
                self.condition(left, at);
                self.condition(right, at);
            }
        }
    }

    /// The variable of a path with fields must be known.
    fn base(&mut self, path: &Path, at: &Spot) {
        if !path.fields.is_empty() {
            self.must_know(&Path::of(&path.root), at);
        }
    }

    /// The variable, and every optional field on the way, must be known.
    fn path(&mut self, path: &Path, at: &Spot) {
        self.must_know(&Path::of(&path.root), at);
        if self.known.contains(&path.root) || Env::is_given(&path.root) {
            for prefix in optional_fields(self.city, self.env, path) {
                self.must_know(&prefix, at);
            }
        }
    }

    fn must_know(&mut self, path: &Path, at: &Spot) {
        let is_variable =
            matches!(self.env.ty(&Path::of(&path.root)), Some(ty) if ty != Type::Answers);
        let given = Env::is_given(&path.root) && path.fields.is_empty();
        if is_variable && !given && !self.known.contains(&path.to_string()) {
            let what = format!("\"{path}\" may not be known here");
            let hint =
                format!("collect it on every path to this step, or branch on \"{path} is known\"");
            self.faults.add(at, Rule::Unset, what, hint);
        }
    }
}
