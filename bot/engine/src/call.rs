//! Steps that call an action, and what its result leads to.

use bot_core::Value;
use bot_core::effect::{Call, Effect};
use bot_core::slot::SlotKind;
use bot_core::value::{Answer, Record};
use flows::model::action::Type;
use flows::model::flow::{CallStep, Flow, Input, Step, StepKind};

use crate::advance::Go;
use crate::eval;
use crate::scope::questions_of;
use crate::session::{Origin, Waiting};
use crate::work::Work;

impl Work<'_> {
    pub(crate) fn call(&mut self, flow: &Flow, step: &Step, call: &CallStep) -> Go {
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
