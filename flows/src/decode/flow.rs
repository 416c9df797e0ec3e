//! Reads a flow file.

use bot_core::channel::Channel;
use bot_core::understanding::Command;
use std::collections::{BTreeMap, BTreeSet};

use super::basics::{Cx, Fields};
use super::slots::slot;
use super::steps::steps;
use crate::fault::Rule;
use crate::model::flow::{Flow, Interrupt, Migration, Override, Resume, Start};
use crate::model::slot::Slot;
use crate::yaml::Node;

/// The most slots or steps of a flow.
const MAX_PARTS: usize = 400;

/// Reads a flow; `None` where even its name cannot be read.
pub(crate) fn flow(cx: &mut Cx<'_>, node: &Node) -> Option<Flow> {
    let mut fields = cx.fields(node, "a flow")?;
    let name = fields.need(cx, "flow").and_then(|n| cx.name(n));
    let version = fields.need(cx, "version").and_then(|n| cx.count(n, 1_000_000));
    let title = fields.need(cx, "title").and_then(|n| cx.bilingual(n));
    let channels = match fields.get("channels") {
        Some(node) => cx.channels(node).into_iter().collect(),
        None => Channel::ALL.into_iter().collect::<BTreeSet<_>>(),
    };
    let start = fields.get("start").map(|n| start(cx, n)).unwrap_or_default();
    let interrupt = fields.get("interrupt").map(|n| interrupt(cx, n)).unwrap_or_default();
    let commands = fields.get("commands").map(|n| commands(cx, n)).unwrap_or_default();
    let slots = fields.get("slots").map(|n| slots(cx, n)).unwrap_or_default();
    let steps = fields.need(cx, "steps").map(|n| steps(cx, n)).unwrap_or_default();
    let migrate = fields.get("migrate").map(|n| migrations(cx, n)).unwrap_or_default();
    fields.done(cx);
    if slots.len() > MAX_PARTS || steps.len() > MAX_PARTS {
        cx.fault(
            node,
            Rule::Shape,
            format!("more than {MAX_PARTS} slots or steps"),
            "split the flow with run",
        );
        return None;
    }
    Some(Flow {
        name: name?,
        at: node.at.clone(),
        version: version.unwrap_or_default(),
        title: title.unwrap_or_default(),
        channels,
        start,
        interrupt,
        commands,
        slots,
        steps,
        migrate,
        structure_hash: String::new(),
        text_hash: String::new(),
    })
}

fn start(cx: &mut Cx<'_>, node: &Node) -> Start {
    let Some(mut fields) = cx.fields(node, "start") else {
        return Start::default();
    };
    let start = Start {
        intents: fields.get("intents").map(|n| cx.names(n)).unwrap_or_default(),
        services: flag(cx, &mut fields, "services"),
        faq: flag(cx, &mut fields, "faq"),
        guard: fields.get("guard").and_then(|n| cx.condition(n)),
        closed: fields.get("closed").and_then(|n| cx.text(n)),
        fill: fields.get("fill").map(|n| fill(cx, n)).unwrap_or_default(),
    };
    if fields.has("guard") && !fields.has("closed") {
        cx.fault(
            node,
            Rule::MissingKey,
            "a guard without \"closed\"",
            "add: closed: \"@…\", what is said when the guard does not hold",
        );
    }
    fields.done(cx);
    start
}

pub(super) fn flag(cx: &mut Cx<'_>, fields: &mut Fields<'_>, key: &'static str) -> bool {
    fields.get(key).and_then(|n| cx.yes_no(n)).unwrap_or(false)
}

fn fill(cx: &mut Cx<'_>, node: &Node) -> BTreeMap<String, (String, crate::fault::Spot)> {
    cx.entries(node)
        .iter()
        .filter_map(|(key, value)| Some((cx.name(key)?, cx.name_at(value)?)))
        .collect()
}

fn interrupt(cx: &mut Cx<'_>, node: &Node) -> Interrupt {
    const RESUMES: [(&str, Resume); 3] =
        [("ask", Resume::Ask), ("silently", Resume::Silently), ("never", Resume::Never)];
    let Some(mut fields) = cx.fields(node, "interrupt") else {
        return Interrupt::default();
    };
    let interrupt = Interrupt {
        allow: fields.get("allow").map(|n| cx.names(n)).unwrap_or_default(),
        resume: fields.get("resume").and_then(|n| cx.one_of(n, &RESUMES)).unwrap_or_default(),
    };
    fields.done(cx);
    interrupt
}

fn commands(cx: &mut Cx<'_>, node: &Node) -> BTreeMap<Command, Override> {
    let members = Command::ALL.map(|command| (command.name(), command));
    cx.entries(node)
        .iter()
        .filter_map(|(key, value)| {
            let command = cx.one_of(key, &members)?;
            let is_step = value.text().is_some_and(|text| !text.starts_with('@'));
            let what = if is_step {
                Override::Go(cx.target(value)?)
            } else {
                Override::Say(cx.text(value)?)
            };
            Some((command, what))
        })
        .collect()
}

fn slots(cx: &mut Cx<'_>, node: &Node) -> BTreeMap<String, Slot> {
    cx.entries(node)
        .iter()
        .filter_map(|(key, value)| {
            let name = cx.name(key)?;
            slot(cx, name, key, value)
        })
        .map(|slot| (slot.name.clone(), slot))
        .collect()
}

fn migrations(cx: &mut Cx<'_>, node: &Node) -> BTreeMap<u32, Migration> {
    cx.entries(node)
        .iter()
        .filter_map(|(key, value)| {
            let version = cx.count(key, 1_000_000)?;
            let mut fields = cx.fields(value, "a migration")?;
            let steps = fields.get("steps").map(|n| {
                cx.entries(n)
                    .iter()
                    .filter_map(|(old, new)| Some((cx.scalar(old)?.to_owned(), cx.target(new)?)))
                    .collect()
            });
            let slots = fields.get("slots").map(|n| fill(cx, n));
            fields.done(cx);
            let migration = Migration {
                steps: steps.unwrap_or_default(),
                slots: slots.unwrap_or_default(),
                at: Some(key.at.clone()),
            };
            Some((version, migration))
        })
        .collect()
}
