//! Flows on the stack: begun, run by another, ended.

use bot_core::effect::Effect;
use bot_core::value::Answer;
use bot_core::{UnixMs, Value};
use flows::model::flow::{Flow, RunStep, StepKind};

use crate::advance::Go;
use crate::eval;
use crate::session::{Frame, MAX_DEPTH, Origin, Waiting};
use crate::work::Work;

impl Work<'_> {
    pub(crate) fn run(&mut self, run: &RunStep) -> Go {
        let Some(inner) = self.city.flows.get(&run.flow) else {
            self.break_down("a subflow is gone");
            return Go::Wait;
        };
        if self.session.stack.len() >= MAX_DEPTH {
            self.break_down("too many flows, one inside the other");
            return Go::Wait;
        }
        let given: Vec<(String, Value)> = match self.top() {
            Some((flow, _)) => {
                let scope = self.scope(flow);
                run.inputs
                    .iter()
                    .filter_map(|(name, (e, _))| Some((name.clone(), eval::expression(&scope, e)?)))
                    .collect()
            }
            None => Vec::new(),
        };
        if let Some(frame) = self.frame() {
            frame.waiting = Some(Waiting::Run);
        }
        self.push(inner);
        for (name, value) in given {
            self.fill(&name, Answer::Known(value), Origin::Computed);
        }
        Go::On
    }

    /// Puts a flow on top of the stack, at its first step.
    pub(crate) fn push(&mut self, flow: &Flow) {
        self.session.pending = None;
        self.session.stack.push(new_frame(flow, self.now()));
    }

    /// Ends the innermost flow with an outcome.
    pub(crate) fn end(&mut self, outcome: &str) -> Go {
        let Some(ended) = self.session.stack.pop() else {
            return Go::Wait;
        };
        self.session.pending = None;
        self.effects.push(Effect::Ended { flow: ended.flow.clone(), outcome: outcome.to_owned() });
        self.note("ended", format!("{} {outcome}", ended.flow));
        if self.session.top().is_some_and(|frame| frame.waiting == Some(Waiting::Run)) {
            return self.after_run(&ended, outcome);
        }
        self.after_digression()
    }

    /// Gives a subflow's values to the flow that ran it, and goes where its end leads.
    pub(crate) fn after_run(&mut self, ended: &Frame, outcome: &str) -> Go {
        let Some((flow, _, step)) = self.step() else {
            self.break_down("the flow that ran another is gone");
            return Go::Wait;
        };
        let StepKind::Run(run) = &step.kind else {
            self.break_down("the step that ran a flow is another now");
            return Go::Wait;
        };
        for (name, (inner, _)) in &run.outs {
            if let Some(value) = ended.value(inner) {
                self.fill(name, Answer::Known(value.clone()), Origin::Computed);
            }
        }
        match run.results.get(outcome) {
            Some(target) => self.go_to(flow, target),
            None => {
                self.break_down("a subflow ended in a way that leads nowhere");
                Go::Wait
            }
        }
    }
}

/// Starts a flow at its first step.
pub(crate) fn new_frame(flow: &Flow, since: UnixMs) -> Frame {
    Frame {
        flow: flow.name.clone(),
        version: flow.version,
        hash: flow.structure_hash.clone(),
        since,
        step: flow.steps.first().map(|step| step.id.clone()).unwrap_or_default(),
        values: std::collections::BTreeMap::new(),
        tries: std::collections::BTreeMap::new(),
        answered: Vec::new(),
        trail: Vec::new(),
        said: Vec::new(),
        done: std::collections::BTreeMap::new(),
        waiting: None,
    }
}
