//! Types: what is read exists, conditions make sense, inputs match the manifest, texts can be
//! written.

use bot_core::slot::SlotKind;

use crate::fault::{Faults, Rule, Spot, suggest};
use crate::model::action::{ActionSpec, Rest, Type};
use crate::model::city::City;
use crate::model::expression::{Comparison, Condition, Expression, Path, State};
use crate::model::flow::{CallStep, Flow, Input, Item, RunStep, StepKind};
use crate::model::text::{Text, Wording};
use crate::types::{Env, fits, prints};

/// Checks a flow.
pub(super) fn check(city: &City, flow: &Flow, faults: &mut Faults) {
    let env = Env::of(city, flow);
    let mut checker = Checker { city, flow, env: &env, faults };
    checker.start();
    checker.slots();
    for step in &flow.steps {
        checker.step(&step.kind, &step.at);
    }
}

struct Checker<'a> {
    city: &'a City,
    flow: &'a Flow,
    env: &'a Env<'a>,
    faults: &'a mut Faults,
}

impl Checker<'_> {
    fn start(&mut self) {
        let flow = self.flow;
        if let Some((guard, at)) = &flow.start.guard {
            self.condition(guard, at);
        }
        flow.start.closed.iter().for_each(|text| self.text(text, &[]));
        for (slot, (kind, at)) in &flow.start.fill {
            let (Some(slot), Some(kind)) = (flow.slots.get(slot), SlotKind::from_name(kind)) else {
                continue;
            };
            if slot.kind != kind {
                let what =
                    format!("the slot \"{}\" is of type {}, not {kind}", slot.name, slot.kind);
                self.faults.add(at, Rule::Type, what, format!("write: {}", slot.kind));
            }
        }
        for over in flow.commands.values() {
            if let crate::model::flow::Override::Say(text) = over {
                self.text(text, &[]);
            }
        }
    }

    fn slots(&mut self) {
        for slot in self.flow.slots.values() {
            slot.ask.iter().chain(&slot.why).for_each(|text| self.text(text, &[]));
            slot.again.values().for_each(|text| self.text(text, &["heard", "limit"]));
            let Some(list) = &slot.options_from else {
                continue;
            };
            match self.env.ty(&Path::of(list)) {
                None => self.unknown(list, &slot.at),
                Some(Type::List(item)) => {
                    let keyed = if let Type::Record(name) = item.as_ref() {
                        let record = self.city.records.get(name);
                        record.is_some_and(|r| r.key.is_some() && r.label.is_some())
                    } else {
                        true
                    };
                    if !keyed {
                        let what = format!("{item} has no key and label to choose by");
                        self.faults.add(
                            &slot.at,
                            Rule::Type,
                            what,
                            "add key and label to the record in actions.yml",
                        );
                    }
                }
                Some(other) => {
                    let what = format!("\"{list}\" is of type {other}, not a list");
                    self.faults.add(&slot.at, Rule::Type, what, "name an output that is a list");
                }
            }
        }
    }

    fn step(&mut self, kind: &StepKind, at: &Spot) {
        match kind {
            StepKind::Collect { .. } => {}
            StepKind::Questions => self.needs_service(at),
            StepKind::Call(call) => self.call(call, at),
            StepKind::Run(run) => self.run(run, at),
            StepKind::Branch { arms, .. } => {
                for (condition, at, _) in arms {
                    self.condition(condition, at);
                }
            }
            StepKind::Do(small) => {
                small.say.iter().for_each(|text| self.text(text, &[]));
                for (name, expression, at) in &small.set {
                    self.set(name, expression, at);
                }
                for (name, at) in &small.forget {
                    if !self.flow.slots.contains_key(name) {
                        self.unknown(name, at);
                    }
                }
            }
            StepKind::Confirm(confirm) => {
                self.text(&confirm.text, &["summary"]);
                self.items(&confirm.items);
            }
            StepKind::Handoff(handoff) => self.items(&handoff.brief),
        }
    }

    fn items(&mut self, items: &[Item]) {
        for item in items {
            if let Item::Questions(at) = item {
                self.needs_service(at);
            }
        }
    }

    fn needs_service(&mut self, at: &Spot) {
        let is_service = self.env.ty(&Path::of("service")) == Some(Type::Kind(SlotKind::Service));
        if !is_service {
            let hint = "add a slot named service, of type service, and collect it first";
            self.faults.add(at, Rule::Type, "no category is chosen here", hint);
        }
    }

    fn unknown(&mut self, name: &str, at: &Spot) {
        let hint = suggest(name, self.env.names());
        self.faults.add(at, Rule::Unknown, format!("\"{name}\" is not a value of this flow"), hint);
    }

    fn path(&mut self, path: &Path, at: &Spot) -> Option<Type> {
        let ty = self.env.ty(path);
        if ty.is_none() {
            let hint = suggest(&path.root, self.env.names());
            self.faults.add(
                at,
                Rule::Unknown,
                format!("\"{path}\" is not a value of this flow"),
                hint,
            );
        }
        ty
    }

    fn expression(&mut self, expression: &Expression, at: &Spot) -> Option<Type> {
        match expression {
            Expression::Path(path) => self.path(path, at),
            Expression::Literal(_) => self.env.type_of(expression),
        }
    }

    fn set(&mut self, name: &str, expression: &Expression, at: &Spot) {
        let from = self.expression(expression, at);
        let to = self.env.ty(&Path::of(name));
        if let (Some(from), Some(to)) = (from, to)
            && !fits(self.city, expression, &from, &to)
        {
            let what = format!("\"{name}\" is of type {to}, and this is {from}");
            self.faults.add(at, Rule::Type, what, "set it to a value of its type");
        }
    }

    fn call(&mut self, call: &CallStep, at: &Spot) {
        let Some(spec) = self.city.actions.get(&call.action) else {
            return;
        };
        for (name, field) in &spec.inputs {
            if !field.optional && !call.inputs.contains_key(name) {
                let what = format!("the action {} needs \"{name}\"", call.action);
                self.faults.add(
                    at,
                    Rule::Type,
                    what,
                    format!("add under in: {name}: a {}", field.ty),
                );
            }
        }
        for (name, (input, at)) in &call.inputs {
            self.input(call, spec, name, input, at);
        }
        for (name, (output, at)) in &call.outs {
            let Some((field, _)) = spec.output(output) else {
                let known = spec.results.values().flat_map(|o| o.keys().map(String::as_str));
                let what = format!("the action {} gives no \"{output}\"", call.action);
                self.faults.add(at, Rule::Unknown, what, suggest(output, known));
                continue;
            };
            self.must_match(name, &field.ty, at);
        }
    }

    /// A variable must have one type wherever it is filled.
    fn must_match(&mut self, name: &str, ty: &Type, at: &Spot) {
        let has = self.env.ty(&Path::of(name));
        if has.as_ref().is_some_and(|has| has != ty) {
            let what = format!("\"{name}\" has another type elsewhere in this flow");
            self.faults.add(at, Rule::Type, what, format!("take another name for this {ty}"));
        }
    }

    fn input(&mut self, call: &CallStep, spec: &ActionSpec, name: &str, input: &Input, at: &Spot) {
        let Some(field) = spec.inputs.get(name) else {
            if spec.rest == Rest::Answers && self.is_question(call, name) {
                if let Input::Expression(expression) = input {
                    self.expression(expression, at);
                }
            } else {
                let what = format!("the action {} takes no \"{name}\"", call.action);
                let hint = suggest(name, spec.inputs.keys().map(String::as_str));
                self.faults.add(at, Rule::Unknown, what, hint);
            }
            return;
        };
        match input {
            Input::Questions => {
                self.needs_service(at);
                if field.ty != Type::Answers {
                    let what = format!("\"{name}\" is of type {}, not answers", field.ty);
                    self.faults.add(
                        at,
                        Rule::Type,
                        what,
                        "give the answers to an input of type answers",
                    );
                }
            }
            Input::Expression(expression) => {
                let Some(from) = self.expression(expression, at) else {
                    return;
                };
                if !fits(self.city, expression, &from, &field.ty) {
                    let what = format!("\"{name}\" is of type {}, and this is {from}", field.ty);
                    self.faults.add(at, Rule::Type, what, "give a value of that type");
                }
            }
        }
    }

    /// Tells whether a name is a question of the category that the call is for.
    fn is_question(&self, call: &CallStep, name: &str) -> bool {
        let asks = |code: &String| self.city.question(code, name).is_some();
        match call.inputs.get("service") {
            Some((Input::Expression(Expression::Literal(bot_core::Value::Text(code))), _)) => {
                asks(code)
            }
            _ => self.city.services.keys().any(asks),
        }
    }

    fn run(&mut self, run: &RunStep, _at: &Spot) {
        let Some(inner) = self.city.flows.get(&run.flow) else {
            return;
        };
        let inner_env = Env::of(self.city, inner);
        for (name, (expression, at)) in &run.inputs {
            let Some(to) = inner_env.ty(&Path::of(name)).filter(|_| inner.slots.contains_key(name))
            else {
                let hint = suggest(name, inner.slots.keys().map(String::as_str));
                let what = format!("the flow {} has no slot \"{name}\"", run.flow);
                self.faults.add(at, Rule::Unknown, what, hint);
                continue;
            };
            if let Some(from) = self.expression(expression, at)
                && !fits(self.city, expression, &from, &to)
            {
                let what = format!("\"{name}\" is of type {to}, and this is {from}");
                self.faults.add(at, Rule::Type, what, "give a value of that type");
            }
        }
        for (name, (value, at)) in &run.outs {
            match inner_env.ty(&Path::of(value)) {
                None => {
                    let what = format!("the flow {} gives no \"{value}\"", run.flow);
                    self.faults.add(at, Rule::Unknown, what, suggest(value, inner_env.names()));
                }
                Some(ty) => self.must_match(name, &ty, at),
            }
        }
    }

    fn condition(&mut self, condition: &Condition, at: &Spot) {
        match condition {
            Condition::Is(path, state) => {
                let Some(ty) = self.path(path, at) else {
                    return;
                };
                if let State::Member(member) = state
                    && !members(&ty).iter().any(|known| known == member)
                {
                    let what = format!("\"{path}\" is never \"{member}\"");
                    let known = members(&ty);
                    let known = known.iter().map(String::as_str).chain(["known", "unknown"]);
                    self.faults.add(at, Rule::Type, what, suggest(member, known));
                }
            }
            Condition::Compare(left, sign, right) => self.comparison(left, *sign, right, at),
            Condition::Not(inner) => self.condition(inner, at),
            Condition::And(left, right) | Condition::Or(left, right) => {
                self.condition(left, at);
                self.condition(right, at);
            }
        }
    }

    fn comparison(&mut self, left: &Expression, sign: Comparison, right: &Expression, at: &Spot) {
        let (Some(a), Some(b)) = (self.expression(left, at), self.expression(right, at)) else {
            return;
        };
        let alike = fits(self.city, left, &a, &b) || fits(self.city, right, &b, &a);
        let ordered = matches!(
            a,
            Type::Kind(SlotKind::Number | SlotKind::Date | SlotKind::Time)
                | Type::Instant
                | Type::Span
        );
        if !alike {
            let what = format!("{a} and {b} cannot be compared");
            self.faults.add(at, Rule::Type, what, "compare values of one type");
        } else if !ordered && !matches!(sign, Comparison::Equal | Comparison::NotEqual) {
            let what = format!("values of type {a} are not more or less than one another");
            self.faults.add(at, Rule::Type, what, "use = or !=");
        }
    }

    fn text(&mut self, text: &Text, given: &[&str]) {
        holes(&text.wording, &text.at, given, self.env, self.faults);
    }
}

/// Lists what a value of a type can be, for "is".
fn members(ty: &Type) -> Vec<String> {
    let own = |list: &[&str]| list.iter().map(|m| (*m).to_owned()).collect();
    match ty {
        Type::OneOf(members) => members.clone(),
        Type::Kind(SlotKind::AffirmDeny) => own(&["affirm", "deny"]),
        Type::Kind(SlotKind::Service) => own(&["open", "closed"]),
        Type::Kind(_)
        | Type::Instant
        | Type::Span
        | Type::Record(_)
        | Type::List(_)
        | Type::Answers => Vec::new(),
    }
}

/// Checks that every hole of a text names a value that can be written so.
fn holes(wording: &Wording, at: &Spot, given: &[&str], env: &Env<'_>, faults: &mut Faults) {
    for (_, pair) in wording.variants() {
        for (path, filter) in pair.iter().flat_map(|(_, template)| template.holes()) {
            if path.fields.is_empty() && given.contains(&path.root.as_str()) {
                continue;
            }
            match env.ty(&path) {
                None => {
                    let what = format!("{{{path}}} is not a value of this flow");
                    let known = env.names().chain(given.iter().copied());
                    faults.add(at, Rule::Placeholder, what, suggest(&path.root, known));
                }
                Some(ty) if !prints(&ty, filter) => {
                    let name = filter.map_or("no filter", |filter| filter.name());
                    let what = format!("{{{path}}} is of type {ty}, which {name} cannot write");
                    faults.add(at, Rule::Placeholder, what, "use a field of it, or another filter");
                }
                Some(_) => {}
            }
        }
    }
}
