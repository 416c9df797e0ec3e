//! The types of a flow's values, and which may stand for which.

use bot_core::slot::SlotKind;
use bot_core::{Channel, Language, Value};
use std::collections::BTreeMap;

use crate::model::action::{Field, Type};
use crate::model::city::City;
use crate::model::expression::{Expression, Path};
use crate::model::flow::{Flow, StepKind};
use crate::model::service::PlaceNeed;
use crate::model::slot::Slot;
use crate::model::text::Filter;
use crate::template::is_code;

/// Names that the counter gives and no flow may take.
pub(crate) const GIVEN: [&str; 4] = ["channel", "city", "hours", "lang"];
/// How deep subflows are followed for the types of what they give.
const MAX_RUNS: usize = 8;

/// The values of a flow and their types.
pub(crate) struct Env<'a> {
    city: &'a City,
    variables: BTreeMap<String, Type>,
}

impl<'a> Env<'a> {
    /// Lists a flow's slots and variables with their types.
    pub(crate) fn of(city: &'a City, flow: &'a Flow) -> Self {
        Self::at_depth(city, flow, 0)
    }

    fn at_depth(city: &'a City, flow: &'a Flow, depth: usize) -> Self {
        let mut env = Self { city, variables: BTreeMap::new() };
        for slot in flow.slots.values() {
            if let Some(ty) = fixed_type(slot) {
                env.variables.insert(slot.name.clone(), ty);
            }
        }
        // A value may be made from one that is named further down; each round settles some.
        for _ in 0..=flow.steps.len() {
            let before = env.variables.len();
            env.add_from_steps(flow, depth);
            env.add_choices_from_lists(flow);
            if env.variables.len() == before {
                break;
            }
        }
        env
    }

    fn add_from_steps(&mut self, flow: &'a Flow, depth: usize) {
        for step in &flow.steps {
            match &step.kind {
                StepKind::Call(call) => {
                    let spec = self.city.actions.get(&call.action);
                    for (name, (output, _)) in &call.outs {
                        let field = spec.and_then(|spec| spec.output(output));
                        self.add(name, field.map(|(field, _)| field.ty.clone()));
                    }
                }
                StepKind::Run(run) if depth < MAX_RUNS => {
                    let Some(inner) = self.city.flows.get(&run.flow) else {
                        continue;
                    };
                    let inner = Self::at_depth(self.city, inner, depth + 1);
                    for (name, (value, _)) in &run.outs {
                        self.add(name, inner.ty(&Path::of(value)));
                    }
                }
                StepKind::Do(small) => {
                    for (name, expression, _) in &small.set {
                        let ty = self.type_of(expression);
                        self.add(name, ty);
                    }
                }
                StepKind::Collect { .. }
                | StepKind::Questions
                | StepKind::Run(_)
                | StepKind::Branch { .. }
                | StepKind::Confirm(_)
                | StepKind::Handoff(_) => {}
            }
        }
    }

    fn add(&mut self, name: &str, ty: Option<Type>) {
        if let Some(ty) = ty {
            self.variables.entry(name.to_owned()).or_insert(ty);
        }
    }

    fn add_choices_from_lists(&mut self, flow: &Flow) {
        for slot in flow.slots.values() {
            let Some(list) = &slot.options_from else {
                continue;
            };
            let Some(Type::List(item)) = self.variables.get(list) else {
                continue;
            };
            let ty = if let Type::Record(name) = item.as_ref() {
                self.key_type(name)
            } else {
                Some(item.as_ref().clone())
            };
            self.add(&slot.name, ty);
        }
    }

    fn key_type(&self, record: &str) -> Option<Type> {
        let spec = self.city.records.get(record)?;
        spec.fields.get(spec.key.as_ref()?).map(|field| field.ty.clone())
    }

    /// Lists the names of all values.
    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.variables.keys().map(String::as_str)
    }

    /// Tells whether the counter itself gives a value of this name.
    pub(crate) fn is_given(root: &str) -> bool {
        GIVEN.contains(&root)
    }

    /// Tells whether a path names a category of the catalogue: `service.NDP`.
    pub(crate) fn is_catalogue(path: &Path) -> bool {
        path.root == "service" && path.fields.first().is_some_and(|field| is_code(field))
    }

    /// Gives the type of a path.
    pub(crate) fn ty(&self, path: &Path) -> Option<Type> {
        if Self::is_catalogue(path) {
            let (code, rest) = path.fields.split_first()?;
            self.city.services.get(code)?;
            return self.through(Type::Kind(SlotKind::Service), rest);
        }
        let root = match path.root.as_str() {
            "channel" => Type::OneOf(Channel::ALL.map(|c| c.name().to_owned()).to_vec()),
            "lang" => Type::OneOf(Language::ALL.map(|l| l.code().to_owned()).to_vec()),
            "city" => {
                let known = matches!(path.fields.as_slice(), [only] if only == "name");
                return known.then_some(Type::Kind(SlotKind::Text));
            }
            "hours" => {
                let [calendar] = path.fields.as_slice() else {
                    return None;
                };
                self.city.calendars.get(calendar)?;
                return Some(Type::OneOf(vec!["open".to_owned(), "closed".to_owned()]));
            }
            root => self.variables.get(root)?.clone(),
        };
        self.through(root, &path.fields)
    }

    fn through(&self, root: Type, fields: &[String]) -> Option<Type> {
        fields.iter().try_fold(root, |ty, name| field_of(self.city, &ty, name).map(|field| field.0))
    }

    /// Gives the type of an expression.
    pub(crate) fn type_of(&self, expression: &Expression) -> Option<Type> {
        match expression {
            Expression::Path(path) => self.ty(path),
            Expression::Literal(Value::Number(_)) => Some(Type::Kind(SlotKind::Number)),
            Expression::Literal(Value::Bool(_)) => Some(Type::Kind(SlotKind::AffirmDeny)),
            Expression::Literal(_) => Some(Type::Kind(SlotKind::Text)),
        }
    }
}

/// Gives a slot's type where it does not hang on a list.
pub(crate) fn fixed_type(slot: &Slot) -> Option<Type> {
    if slot.kind != SlotKind::Choice {
        return Some(Type::Kind(slot.kind));
    }
    let keys = slot.options.iter().map(|option| option.item.key.clone());
    slot.options_from.is_none().then(|| Type::OneOf(keys.collect()))
}

/// Gives a field's type and whether it may be missing.
pub(crate) fn field_of(city: &City, ty: &Type, name: &str) -> Option<(Type, bool)> {
    let text = || Type::Kind(SlotKind::Text);
    match (ty, name) {
        (Type::Record(record), _) => {
            let Field { ty, optional, .. } = city.records.get(record)?.fields.get(name)?;
            Some((ty.clone(), *optional))
        }
        (Type::Kind(SlotKind::Address), "number") => Some((Type::Kind(SlotKind::Number), true)),
        (Type::Kind(SlotKind::Address), "street" | "sector") => Some((text(), true)),
        (Type::Kind(SlotKind::Service), "code" | "name" | "group" | "queue") => {
            Some((text(), false))
        }
        (Type::Kind(SlotKind::Service), "place") => {
            let members = PlaceNeed::ALL.map(|need| need.name().to_owned()).to_vec();
            Some((Type::OneOf(members), false))
        }
        (Type::Kind(SlotKind::Service), "photo") => {
            Some((Type::OneOf(vec!["welcome".to_owned(), "none".to_owned()]), false))
        }
        (Type::Kind(SlotKind::Faq), "title" | "answer" | "source") => Some((text(), false)),
        _ => None,
    }
}

/// Lists the prefixes of a path that end in a field which may be missing.
pub(crate) fn optional_fields(city: &City, env: &Env<'_>, path: &Path) -> Vec<Path> {
    let mut found = Vec::new();
    for n in 1..=path.fields.len() {
        let (owner, name) = (&path.fields[..n - 1], &path.fields[n - 1]);
        let owner = Path { root: path.root.clone(), fields: owner.to_vec() };
        let field = env.ty(&owner).and_then(|ty| field_of(city, &ty, name));
        if matches!(field, Some((_, true))) {
            found.push(Path { root: path.root.clone(), fields: path.fields[..n].to_vec() });
        }
    }
    found
}

/// Tells whether a value of one type may stand where another is needed.
pub(crate) fn fits(city: &City, value: &Expression, from: &Type, to: &Type) -> bool {
    if let (Expression::Literal(Value::Text(text)), Type::Kind(SlotKind::Service)) = (value, to) {
        return city.services.contains_key(text);
    }
    if let (Expression::Literal(Value::Text(text)), Type::OneOf(members)) = (value, to) {
        return members.contains(text);
    }
    match (from, to) {
        (Type::OneOf(some), Type::OneOf(all)) => some.iter().all(|member| all.contains(member)),
        (Type::OneOf(_) | Type::Kind(SlotKind::Text), Type::Kind(SlotKind::Choice))
        | (Type::Kind(SlotKind::Phone | SlotKind::Email), Type::Kind(SlotKind::Contact)) => true,
        _ => from == to,
    }
}

/// Tells whether a value of a type can be written into a text, with a filter or without.
pub(crate) fn prints(ty: &Type, filter: Option<Filter>) -> bool {
    match filter {
        None => !matches!(ty, Type::Record(_) | Type::List(_) | Type::Answers),
        Some(Filter::Date) => matches!(ty, Type::Kind(SlotKind::Date) | Type::Instant),
        Some(Filter::Time) => matches!(ty, Type::Kind(SlotKind::Time) | Type::Instant),
        Some(Filter::Days) => matches!(ty, Type::Span),
        Some(Filter::Digits) => matches!(
            ty,
            Type::Kind(
                SlotKind::RequestNumber | SlotKind::Phone | SlotKind::Number | SlotKind::Contact
            )
        ),
        Some(Filter::Lower) => !matches!(ty, Type::Record(_) | Type::List(_) | Type::Answers),
        Some(Filter::Count) => matches!(ty, Type::List(_) | Type::Kind(SlotKind::Image)),
    }
}
