//! Reads `actions.yml`: records, and actions with typed inputs and results.

use bot_core::slot::SlotKind;
use std::collections::BTreeMap;

use super::basics::Cx;
use super::steps::action_name;
use crate::fault::{Rule, suggest};
use crate::model::action::{ActionSpec, Field, RecordSpec, Rest, Type};
use crate::template::is_name;
use crate::yaml::{Body, Node};

/// Records and actions by name.
pub(crate) type Manifest = (BTreeMap<String, RecordSpec>, BTreeMap<String, ActionSpec>);

/// Reads the manifest.
pub(crate) fn actions(cx: &mut Cx<'_>, node: &Node) -> Manifest {
    let Some(mut fields) = cx.fields(node, "actions.yml") else {
        return Manifest::default();
    };
    let records_node = fields.get("records");
    let actions_node = fields.need(cx, "actions");
    fields.done(cx);
    let names: Vec<String> = records_node
        .map(|n| cx.entries(n).iter().filter_map(|(key, _)| cx.name(key)).collect())
        .unwrap_or_default();
    let records = records_node.map(|n| records(cx, n, &names)).unwrap_or_default();
    let actions = actions_node.map(|n| {
        cx.entries(n)
            .iter()
            .filter_map(|(key, value)| {
                Some((action_name(cx, key)?, action(cx, key, value, &names)?))
            })
            .collect()
    });
    (records, actions.unwrap_or_default())
}

fn records(cx: &mut Cx<'_>, node: &Node, names: &[String]) -> BTreeMap<String, RecordSpec> {
    cx.entries(node)
        .iter()
        .filter_map(|(key, value)| {
            let name = cx.name(key)?;
            let mut parts = cx.fields(value, "a record")?;
            let fields = parts.need(cx, "fields").map(|n| field_map(cx, n, names));
            let record = RecordSpec {
                at: key.at.clone(),
                fields: fields.unwrap_or_default(),
                key: parts.get("key").and_then(|n| cx.name(n)),
                label: parts.get("label").and_then(|n| cx.wording(n)),
            };
            parts.done(cx);
            if let Some(field) = &record.key
                && !record.fields.contains_key(field)
            {
                let hint = suggest(field, record.fields.keys().map(String::as_str));
                cx.fault(key, Rule::Unknown, format!("the key \"{field}\" is no field"), &hint);
            }
            Some((name, record))
        })
        .collect()
}

fn action(cx: &mut Cx<'_>, key: &Node, node: &Node, names: &[String]) -> Option<ActionSpec> {
    let mut fields = cx.fields(node, "an action")?;
    let inputs = fields.get("in").map(|n| field_map(cx, n, names)).unwrap_or_default();
    let rest = fields.get("rest").and_then(|n| cx.one_of(n, &[("answers", Rest::Answers)]));
    let results = fields.need(cx, "results").map(|n| {
        cx.entries(n)
            .iter()
            .filter_map(|(key, value)| Some((cx.name(key)?, field_map(cx, value, names))))
            .collect()
    });
    let update = fields.get("update").and_then(|n| action_name(cx, n));
    let tables = fields.get("tables").map(|n| cx.names(n)).unwrap_or_default();
    fields.done(cx);
    let spec = ActionSpec {
        at: key.at.clone(),
        inputs,
        rest: rest.unwrap_or_default(),
        results: results.unwrap_or_default(),
        tables,
        update,
    };
    check_outputs_agree(cx, key, &spec);
    Some(spec)
}

/// An output that two results produce must have one type.
fn check_outputs_agree(cx: &mut Cx<'_>, key: &Node, spec: &ActionSpec) {
    let mut seen: BTreeMap<&str, &Type> = BTreeMap::new();
    for (name, field) in spec.results.values().flatten() {
        if *seen.entry(name).or_insert(&field.ty) != &field.ty {
            let what = format!("the output \"{name}\" has two types");
            cx.fault(key, Rule::Type, what, "give it one type in all results");
        }
    }
}

fn field_map(cx: &mut Cx<'_>, node: &Node, names: &[String]) -> BTreeMap<String, Field> {
    cx.entries(node)
        .iter()
        .filter_map(|(key, value)| Some((cx.name(key)?, field(cx, value, names)?)))
        .collect()
}

/// Reads a type: `address`, `number?`, `request[]`, `{one_of: [open, closed]}`.
fn field(cx: &mut Cx<'_>, node: &Node, names: &[String]) -> Option<Field> {
    if let Body::Map(_) = node.body {
        let mut fields = cx.fields(node, "a closed list")?;
        let members = fields.need(cx, "one_of").map(|n| cx.names(n)).unwrap_or_default();
        let optional = fields.get("optional").and_then(|n| cx.yes_no(n)).unwrap_or(false);
        fields.done(cx);
        let members = members.into_iter().map(|(name, _)| name).collect();
        return Some(Field { ty: Type::OneOf(members), optional, at: node.at.clone() });
    }
    let raw = cx.scalar(node)?;
    let (raw, optional) = match raw.strip_suffix('?') {
        Some(rest) => (rest, true),
        None => (raw, false),
    };
    let (name, is_list) = match raw.strip_suffix("[]") {
        Some(rest) => (rest, true),
        None => (raw, false),
    };
    let Some(ty) = plain_type(name, names) else {
        let known = SlotKind::ALL
            .map(SlotKind::name)
            .into_iter()
            .chain(["instant", "span", "answers"])
            .chain(names.iter().map(String::as_str));
        let hint = suggest(name, known);
        cx.fault(node, Rule::Unknown, format!("\"{name}\" is not a type"), &hint);
        return None;
    };
    let ty = if is_list { Type::List(Box::new(ty)) } else { ty };
    Some(Field { ty, optional, at: node.at.clone() })
}

fn plain_type(name: &str, records: &[String]) -> Option<Type> {
    match name {
        "instant" => Some(Type::Instant),
        "span" => Some(Type::Span),
        "answers" => Some(Type::Answers),
        _ if records.iter().any(|record| record == name) => Some(Type::Record(name.to_owned())),
        _ => SlotKind::from_name(name).filter(|_| is_name(name)).map(Type::Kind),
    }
}
