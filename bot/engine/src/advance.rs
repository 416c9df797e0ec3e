//! Runs the steps of the innermost flow until it must wait or is over.

use bot_core::Value;
use bot_core::effect::Effect;
use bot_core::value::Answer;
use flows::model::flow::{DoStep, Flow, Next, Step, StepKind, Target};

use crate::eval;
use crate::rules;
use crate::scope::Scope;
use crate::session::{Filled, MAX_TRAIL, Origin};
use crate::work::{MAX_HOPS, Work};

/// Whether the flow goes on at once or waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Go {
    /// The next step can be run.
    On,
    /// Something must happen first, or nothing is left to do.
    Wait,
}

impl Work<'_> {
    /// Runs steps until the flow waits, is over, or has taken more steps than it may.
    pub(crate) fn advance(&mut self) {
        loop {
            let Some((flow, place, step)) = self.step() else {
                if self.session.stack.is_empty() {
                    return;
                }
                self.break_down("a flow stands at a step that is gone");
                return;
            };
            self.hops += 1;
            if self.hops > MAX_HOPS {
                self.break_down("a flow runs in circles");
                return;
            }
            self.pass(&step.id);
            let go = match &step.kind {
                StepKind::Collect { slot, optional, .. } => {
                    self.collect(flow, place, slot, *optional)
                }
                StepKind::Questions => self.questions(flow, place),
                StepKind::Call(call) => self.call(flow, step, call),
                StepKind::Run(run) => self.run(run),
                StepKind::Branch { arms, otherwise } => {
                    let target = self.branch(flow, arms).unwrap_or(otherwise);
                    self.go_to(flow, target)
                }
                StepKind::Do(small) => self.small(flow, place, step, small),
                StepKind::Confirm(_) => self.ask_confirm(flow, step),
                StepKind::Handoff(handoff) => self.hand_off(flow, handoff),
            };
            if go == Go::Wait {
                return;
            }
        }
    }

    /// Remembers that the flow has passed a step.
    fn pass(&mut self, id: &str) {
        let flow = self.session.top().map(|frame| frame.flow.clone()).unwrap_or_default();
        self.note(rules::STEP, format!("{flow}.{id}"));
        if let Some(frame) = self.frame()
            && !frame.trail.iter().any(|step| step == id)
            && frame.trail.len() < MAX_TRAIL
        {
            frame.trail.push(id.to_owned());
        }
    }

    /// Moves the innermost flow to a step.
    pub(crate) fn go_to(&mut self, flow: &Flow, target: &Target) -> Go {
        self.go_to_place(flow, target.step)
    }

    fn go_to_place(&mut self, flow: &Flow, place: usize) -> Go {
        let Some(step) = flow.steps.get(place) else {
            self.break_down("a step leads nowhere");
            return Go::Wait;
        };
        if let Some(frame) = self.frame() {
            frame.step.clone_from(&step.id);
            frame.waiting = None;
        }
        self.session.pending = None;
        Go::On
    }

    /// Goes where a step leads when nothing else decides.
    pub(crate) fn onward(&mut self, flow: &Flow, place: usize) -> Go {
        match &flow.steps[place].next {
            Next::Go(target) => self.go_to(flow, target),
            Next::End(outcome) => self.end(outcome),
            Next::Fall => self.go_to_place(flow, place + 1),
        }
    }

    fn branch<'f>(
        &self,
        flow: &Flow,
        arms: &'f [(flows::model::expression::Condition, flows::Spot, Target)],
    ) -> Option<&'f Target> {
        let scope = self.scope(flow);
        arms.iter().find(|(when, _, _)| eval::holds(&scope, when)).map(|(_, _, target)| target)
    }

    /// Gives the names of the innermost flow.
    pub(crate) fn scope<'s>(&'s self, flow: &'s Flow) -> Scope<'s> {
        Scope {
            city: self.city,
            session: &self.session,
            flow: Some(flow),
            frame: self.session.stack.last(),
            now: self.now(),
            given: &[],
        }
    }

    fn small(&mut self, flow: &Flow, place: usize, step: &Step, small: &DoStep) -> Go {
        if let Some(text) = &small.say {
            let already = self.session.top().is_some_and(|frame| frame.said.contains(&step.id));
            if !already {
                let words = self.text(text, &[]);
                self.say(words, Vec::new());
                if let Some(frame) = self.frame() {
                    frame.said.push(step.id.clone());
                }
            }
        }
        for (name, expression, _) in &small.set {
            let value = eval::expression(&self.scope(flow), expression);
            match value {
                Some(value) if name == "lang" => self.set_language(&value),
                Some(value) => self.fill(name, Answer::Known(value), Origin::Computed),
                None => {}
            }
        }
        for (name, _) in &small.forget {
            if let Some(frame) = self.frame() {
                frame.values.remove(name);
                frame.answered.retain(|slot| slot != name);
                frame.said.retain(|said| *said != step.id);
                *frame.tries.entry(name.clone()).or_default() += 1;
            }
        }
        self.onward(flow, place)
    }

    fn set_language(&mut self, value: &Value) {
        if let Value::Choice(code) = value
            && let Ok(lang) = code.parse()
        {
            self.session.lang = lang;
        }
    }

    /// Keeps an answer.
    pub(crate) fn fill(&mut self, name: &str, answer: Answer, origin: Origin) {
        let private = self.private_text(name, &answer);
        let Some(frame) = self.frame() else { return };
        frame.values.insert(name.to_owned(), Filled { answer, origin });
        frame.answered.retain(|slot| slot != name);
        if origin == Origin::Answer {
            frame.answered.push(name.to_owned());
        }
        self.effects.extend(private);
    }

    /// Asks the store to hide a private answer in time.
    fn private_text(&self, name: &str, answer: &Answer) -> Option<Effect> {
        let (flow, frame) = self.top()?;
        let private = crate::scope::slot_of(self.city, flow, frame, name)?.private?;
        let text = self.print(answer.value()?);
        let (slot, keep_days) = (name.to_owned(), private.keep_days);
        (!text.is_empty()).then_some(Effect::Private { slot, text, keep_days })
    }

    /// Hands the conversation to a person because the flow is broken.
    pub(crate) fn break_down(&mut self, what: &str) {
        let about =
            self.session.top().map(|f| format!("{}.{}", f.flow, f.step)).unwrap_or_default();
        self.note(rules::FAULT, format!("{what}: {about}"));
        self.session.pending = None;
        self.hand_to_default_queue(bot_core::effect::HandoffReason::Fault);
    }
}
