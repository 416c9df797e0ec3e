//! Values written out in a test, read by the type that the manifest gives them.

use bot_core::case_number::CaseNumber;
use bot_core::contact::{Contact, Email, Phone};
use bot_core::place::{Place, PlaceKind, Point};
use bot_core::slot::SlotKind;
use bot_core::value::Record;
use bot_core::{Bilingual, Language, UnixMs, Value};
use std::collections::BTreeMap;

use crate::decode::Cx;
use crate::fault::{Rule, suggest};
use crate::model::action::{ActionSpec, RecordSpec, Type};
use crate::yaml::Node;

/// What is needed to read typed values.
pub(crate) struct Types<'a> {
    pub(crate) records: &'a BTreeMap<String, RecordSpec>,
    pub(crate) actions: &'a BTreeMap<String, ActionSpec>,
    pub(crate) languages: &'a [Language],
    pub(crate) zone: &'a jiff::tz::TimeZone,
}

/// Reads a value of a type.
pub(crate) fn value_of(
    cx: &mut Cx<'_>,
    node: &Node,
    ty: &Type,
    types: &Types<'_>,
) -> Option<Value> {
    match ty {
        Type::Record(name) => record(cx, node, types.records.get(name)?, types).map(Value::Record),
        Type::List(item) => {
            let items = cx.list(node).iter().filter_map(|n| value_of(cx, n, item, types));
            Some(Value::List(items.collect()))
        }
        Type::Kind(_) | Type::OneOf(_) | Type::Instant | Type::Span | Type::Answers => {
            let text = cx.scalar(node)?;
            let value = single(cx, node, text, ty, types);
            if value.is_none() {
                let what = format!("\"{text}\" is not of type {ty}");
                cx.fault(node, Rule::Type, what, "write a value of that type");
            }
            value
        }
    }
}

fn record(cx: &mut Cx<'_>, node: &Node, spec: &RecordSpec, types: &Types<'_>) -> Option<Record> {
    let mut fields = Record::new();
    for (key, value) in cx.entries(node) {
        let name = cx.name(key)?;
        match spec.fields.get(&name) {
            Some(field) => fields.extend(value_of(cx, value, &field.ty, types).map(|v| (name, v))),
            None => {
                let hint = suggest(&name, spec.fields.keys().map(String::as_str));
                cx.fault(key, Rule::Test, format!("the record has no field \"{name}\""), &hint);
            }
        }
    }
    Some(fields)
}

fn single(cx: &mut Cx<'_>, node: &Node, text: &str, ty: &Type, types: &Types<'_>) -> Option<Value> {
    match ty {
        Type::OneOf(members) => {
            members.iter().any(|m| m == text).then(|| Value::Choice(text.to_owned()))
        }
        Type::Instant => {
            let local: jiff::civil::DateTime = text.parse().ok()?;
            types.zone.to_timestamp(local).ok().map(|at| Value::Instant(UnixMs::from(at)))
        }
        Type::Span => cx.span_ms(node).and_then(|ms| i64::try_from(ms).ok()).map(Value::SpanMs),
        Type::Kind(kind) => of_kind(text, *kind),
        Type::Record(_) | Type::List(_) | Type::Answers => None,
    }
}

/// Makes a place that has a name, and stands nowhere.
fn called(name: &str) -> Place {
    Place {
        kind: PlaceKind::Landmark,
        label: Bilingual::same(name),
        number: None,
        street: None,
        cross: None,
        sector: None,
        at: Point { lat: 0.0, lon: 0.0 },
    }
}

fn of_kind(text: &str, kind: SlotKind) -> Option<Value> {
    match kind {
        SlotKind::Text => Some(Value::Text(text.to_owned())),
        SlotKind::Choice => Some(Value::Choice(text.to_owned())),
        SlotKind::AffirmDeny => text.parse().ok().map(Value::Bool),
        SlotKind::RequestNumber => CaseNumber::parse(text).ok().map(Value::CaseNumber),
        SlotKind::Phone => Phone::parse(text).ok().map(Value::Phone),
        SlotKind::Email => Email::parse(text).ok().map(Value::Email),
        SlotKind::Contact => Phone::parse(text)
            .map(Contact::Phone)
            .or_else(|_| Email::parse(text).map(Contact::Email))
            .ok()
            .map(Value::Contact),
        SlotKind::PostalCode => Some(Value::PostalCode(text.to_owned())),
        SlotKind::Date => text.parse().ok().map(Value::Date),
        SlotKind::Time => text.parse().ok().map(Value::Time),
        SlotKind::Number => text.parse().ok().map(Value::Number),
        SlotKind::Service => Some(Value::Service(text.to_owned())),
        SlotKind::Faq => Some(Value::Faq(text.to_owned())),
        SlotKind::Address => Some(Value::Address(Box::new(called(text)))),
        SlotKind::Image => None,
    }
}
