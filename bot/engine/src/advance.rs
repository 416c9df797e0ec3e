//! Runs the steps of the innermost flow until it must wait or is over.

use bot_core::effect::{Call, Effect};
use bot_core::value::{Answer, Record};
use bot_core::{UnixMs, Value};
use flows::model::action::Type;
use flows::model::flow::{CallStep, DoStep, Flow, Input, Next, RunStep, Step, StepKind, Target};
use flows::model::slot::{GiveUp, Slot};

use bot_core::slot::SlotKind;

use crate::eval;
use crate::scope::{Scope, questions_of};
use crate::session::{Filled, Frame, MAX_DEPTH, MAX_TRAIL, Origin, Waiting};
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

    fn collect(&mut self, flow: &Flow, place: usize, name: &str, optional: bool) -> Go {
        let Some(slot) = flow.slots.get(name) else {
            self.break_down("a slot is gone");
            return Go::Wait;
        };
        match self.frame().and_then(|frame| frame.values.get(name)).map(|f| f.answer.clone()) {
            Some(answer) => self.answered(flow, place, slot, &answer),
            None if !slot.is_asked_on(self.session.channel) => {
                self.fill(name, Answer::Declined, Origin::Computed);
                Go::On
            }
            None => self.ask_or_take(flow, slot, optional),
        }
    }

    /// Fills a slot from what the message held besides, or asks for it.
    fn ask_or_take(&mut self, flow: &Flow, slot: &Slot, optional: bool) -> Go {
        if self.take_spare(slot) || self.take_loose_photos(slot) || self.take_profile(slot) {
            return Go::On;
        }
        if self.session.pending.is_some() {
            return Go::Wait;
        }
        if self.tries_of(&slot.name) >= slot.tries {
            return self.give_up(flow, slot, optional);
        }
        self.ask_slot(slot);
        Go::Wait
    }

    /// Goes where a slot's answer leads.
    fn answered(&mut self, flow: &Flow, place: usize, slot: &Slot, answer: &Answer) -> Go {
        let StepKind::Collect { answers, .. } = &flow.steps[place].kind else {
            return Go::Wait;
        };
        if answers.is_empty() {
            return self.onward(flow, place);
        }
        let key = match answer {
            Answer::Unknown => "unknown",
            Answer::Declined => "declined",
            Answer::Known(Value::Choice(key)) if slot.options_from.is_none() => key,
            Answer::Known(Value::Bool(true)) => "affirm",
            Answer::Known(Value::Bool(false)) => "deny",
            Answer::Known(_) => "known",
        };
        let Some(target) = answers.get(key) else {
            self.break_down("an answer leads nowhere");
            return Go::Wait;
        };
        self.go_to(flow, target)
    }

    /// Leaves a slot that could not be filled.
    pub(crate) fn give_up(&mut self, flow: &Flow, slot: &Slot, optional: bool) -> Go {
        self.note("gave up", slot.name.clone());
        match &slot.give_up {
            Some(GiveUp::Step(target)) if !optional => self.go_to(flow, target),
            Some(_) | None => {
                self.fill(&slot.name, Answer::Declined, Origin::Computed);
                self.session.pending = None;
                Go::On
            }
        }
    }

    /// Asks the category's questions, one by one.
    fn questions(&mut self, flow: &Flow, place: usize) -> Go {
        let Some(frame) = self.session.top() else {
            return Go::Wait;
        };
        let next = questions_of(self.city, frame)
            .iter()
            .find(|question| !frame.is_answered(&question.name));
        match next {
            None => self.onward(flow, place),
            Some(question) if !question.is_asked_on(self.session.channel) => {
                self.fill(&question.name, Answer::Declined, Origin::Computed);
                Go::On
            }
            Some(question) => self.ask_or_take(flow, question, true),
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

    fn call(&mut self, flow: &Flow, step: &Step, call: &CallStep) -> Go {
        let inputs = self.inputs(flow, call);
        let done = self.session.top().and_then(|frame| frame.done.get(&step.id)).cloned();
        let (action, inputs, update) = match done {
            Some(done) if call.once && done.inputs == inputs => {
                return self.returned(flow, step, &done.result, done.outputs, false);
            }
            Some(done) if call.once => match self.update_of(call, &done.outputs, &inputs) {
                Some((action, inputs)) => (action, inputs, true),
                None => {
                    self.effects.push(Effect::NoteToAgents { text: self.change_note(&inputs) });
                    return self.returned(flow, step, &done.result, done.outputs, false);
                }
            },
            _ => (call.action.clone(), inputs, false),
        };
        self.session.n_calls += 1;
        let number = self.session.n_calls;
        // The shell puts the conversation in front, and the inputs behind: the same conversation,
        // step and inputs happen once, ever.
        let once = (call.once && !update).then(|| format!("{}/{}", flow.name, step.id));
        if let Some(frame) = self.frame() {
            frame.waiting = Some(Waiting::Call { call: number, update });
        }
        let limit_ms = call.limit_ms;
        self.effects.push(Effect::Call(Call { call: number, action, inputs, once, limit_ms }));
        Go::Wait
    }

    /// Gives the action that mends what a `once` call did, and its inputs.
    fn update_of(
        &self,
        call: &CallStep,
        outputs: &Record,
        inputs: &Record,
    ) -> Option<(String, Record)> {
        let update = self.city.actions.get(&call.action)?.update.clone()?;
        let spec = self.city.actions.get(&update)?;
        let mut mended: Record = inputs
            .iter()
            .filter(|(name, _)| {
                spec.inputs.contains_key(*name) || !self.is_input(&call.action, name)
            })
            .map(|(name, value)| (name.clone(), value.clone()))
            .collect();
        let number = outputs.values().find(|value| matches!(value, Value::CaseNumber(_)))?;
        mended.insert("request".to_owned(), number.clone());
        Some((update, mended))
    }

    fn is_input(&self, action: &str, name: &str) -> bool {
        self.city.actions.get(action).is_some_and(|spec| spec.inputs.contains_key(name))
    }

    fn change_note(&self, inputs: &Record) -> String {
        let parts: Vec<String> =
            inputs.iter().map(|(name, value)| format!("{name}: {}", self.print(value))).collect();
        parts.join("; ")
    }

    fn inputs(&self, flow: &Flow, call: &CallStep) -> Record {
        let scope = self.scope(flow);
        let spec = self.city.actions.get(&call.action);
        call.inputs
            .iter()
            .filter_map(|(name, (input, _))| {
                let value = match input {
                    Input::Questions => Some(Value::Record(self.question_answers())),
                    Input::Expression(expression) => eval::expression(&scope, expression),
                }?;
                let ty = spec.and_then(|spec| spec.inputs.get(name)).map(|field| &field.ty);
                Some((name.clone(), coerce(value, ty)))
            })
            .collect()
    }

    fn question_answers(&self) -> Record {
        let Some(frame) = self.session.top() else {
            return Record::new();
        };
        questions_of(self.city, frame)
            .iter()
            .filter_map(|question| {
                Some((question.name.clone(), frame.value(&question.name)?.clone()))
            })
            .collect()
    }

    /// Goes on with an action's result.
    pub(crate) fn returned(
        &mut self,
        flow: &Flow,
        step: &Step,
        result: &str,
        outputs: Record,
        remember: bool,
    ) -> Go {
        let StepKind::Call(call) = &step.kind else {
            return Go::Wait;
        };
        let Some(target) = call.results.get(result) else {
            self.break_down("an action gave a result that leads nowhere");
            return Go::Wait;
        };
        for (name, (output, _)) in &call.outs {
            match outputs.get(output) {
                Some(value) => self.fill(name, Answer::Known(value.clone()), Origin::Computed),
                None => {
                    if let Some(frame) = self.frame() {
                        frame.values.remove(name);
                    }
                }
            }
        }
        if remember && call.once {
            let inputs = self.inputs(flow, call);
            let done = crate::session::DoneCall { inputs, outputs, result: result.to_owned() };
            if let Some(frame) = self.frame() {
                frame.done.insert(step.id.clone(), done);
            }
        }
        self.go_to(flow, target)
    }

    fn run(&mut self, run: &RunStep) -> Go {
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

    /// Counts how often a question was asked in vain.
    pub(crate) fn tries_of(&self, name: &str) -> u32 {
        self.session.top().and_then(|frame| frame.tries.get(name)).copied().unwrap_or(0)
    }

    /// Hands the conversation to a person because the flow is broken.
    pub(crate) fn break_down(&mut self, what: &str) {
        let about =
            self.session.top().map(|f| format!("{}.{}", f.flow, f.step)).unwrap_or_default();
        self.note("fault", format!("{what}: {about}"));
        self.session.pending = None;
        self.hand_to_default_queue(bot_core::effect::HandoffReason::Fault);
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

/// Makes a value written out one of the type that an action asks for.
fn coerce(value: Value, ty: Option<&Type>) -> Value {
    match (value, ty) {
        (Value::Text(code), Some(Type::Kind(SlotKind::Service))) => Value::Service(code),
        (Value::Text(key), Some(Type::Kind(SlotKind::Choice) | Type::OneOf(_))) => {
            Value::Choice(key)
        }
        (value, Some(Type::Kind(kind))) => crate::spare::fit(value, *kind),
        (value, _) => value,
    }
}
