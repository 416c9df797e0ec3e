//! Reads `tests/*.test.yml`: conversations that must keep working.

use bot_core::event::HandoffNews;
use bot_core::place::Point;
use bot_core::value::Record;
use bot_core::{Bilingual, Channel};
use std::collections::BTreeMap;

use super::basics::{Cx, Fields};
use super::steps::action_name;
use crate::fault::{Rule, suggest};
use crate::literal::{Types, value_of};
use crate::model::talk::{Act, Checks, Stub, Talk, TalkTurn};
use crate::template::parse_path;
use crate::yaml::{Body, Node};

/// The time at which a test starts unless it says otherwise: a Tuesday morning, city hall open.
const DEFAULT_NOW: &str = "2026-05-12T10:00:00";
/// The most turns of a test.
const MAX_TURNS: usize = 100;

/// Reads one file: a test, or a list of them.
pub(crate) fn talk(cx: &mut Cx<'_>, node: &Node, types: &Types<'_>) -> Vec<Talk> {
    if let Body::List(items) = &node.body {
        return items.iter().filter_map(|item| one(cx, item, types)).collect();
    }
    one(cx, node, types).into_iter().collect()
}

fn one(cx: &mut Cx<'_>, node: &Node, types: &Types<'_>) -> Option<Talk> {
    let mut fields = cx.fields(node, "a test")?;
    let name = fields.need(cx, "test").and_then(|n| cx.scalar(n)).map(str::to_owned);
    let (langs, channels) = matrix(cx, fields.get("matrix"), types);
    let now = fields.get("now").and_then(|n| now(cx, n));
    let stubs = fields.get("stubs").map(|n| stubs(cx, n, types)).unwrap_or_default();
    let turns = fields.need(cx, "talk").map(|n| turns(cx, n)).unwrap_or_default();
    fields.done(cx);
    Some(Talk {
        name: name?,
        at: node.at.clone(),
        langs,
        channels,
        now: now.or_else(|| DEFAULT_NOW.parse().ok())?,
        stubs,
        turns,
    })
}

fn matrix(
    cx: &mut Cx<'_>,
    node: Option<&Node>,
    types: &Types<'_>,
) -> (Vec<bot_core::Language>, Vec<Channel>) {
    let mut langs = types.languages.to_vec();
    let mut channels = vec![Channel::Web];
    if let Some(mut fields) = node.and_then(|n| cx.fields(n, "matrix")) {
        if let Some(list) = fields.get("lang") {
            langs = cx.list(list).iter().filter_map(|item| cx.language(item)).collect();
        }
        if let Some(list) = fields.get("channel") {
            channels = cx.channels(list);
        }
        fields.done(cx);
    }
    (langs, channels)
}

fn now(cx: &mut Cx<'_>, node: &Node) -> Option<jiff::civil::DateTime> {
    let text = cx.scalar(node)?;
    let now = text.parse().ok();
    if now.is_none() {
        cx.fault(
            node,
            Rule::Shape,
            format!("\"{text}\" is not a time"),
            "write \"2026-05-12T10:00\"",
        );
    }
    now
}

fn stubs(cx: &mut Cx<'_>, node: &Node, types: &Types<'_>) -> BTreeMap<String, Vec<Stub>> {
    cx.entries(node)
        .iter()
        .filter_map(|(key, value)| {
            let action = action_name(cx, key)?;
            let items = if let Body::List(items) = &value.body {
                items.as_slice()
            } else {
                std::slice::from_ref(value)
            };
            let answers =
                items.iter().filter_map(|item| stub(cx, &action, key, item, types)).collect();
            Some((action, answers))
        })
        .collect()
}

/// Reads `found`, or `{found: {nearest: …}}`.
fn stub(cx: &mut Cx<'_>, action: &str, key: &Node, node: &Node, types: &Types<'_>) -> Option<Stub> {
    let Some(spec) = types.actions.get(action) else {
        let hint = suggest(action, types.actions.keys().map(String::as_str));
        cx.fault(key, Rule::Unknown, format!("no action \"{action}\""), &hint);
        return None;
    };
    let (name, outputs) = match &node.body {
        Body::Map(entries) if entries.len() == 1 => (&entries[0].0, Some(&entries[0].1)),
        Body::Map(_) | Body::List(_) | Body::Scalar { .. } => (node, None),
    };
    let result = cx.name(name)?;
    let Some(fields) = spec.results.get(&result) else {
        let hint = suggest(&result, spec.results.keys().map(String::as_str));
        cx.fault(name, Rule::Test, format!("{action} never gives \"{result}\""), &hint);
        return None;
    };
    let mut record = Record::new();
    for (key, value) in outputs.map(|n| cx.entries(n)).unwrap_or_default() {
        let Some(name) = cx.name(key) else { continue };
        match fields.get(&name) {
            Some(field) => record.extend(value_of(cx, value, &field.ty, types).map(|v| (name, v))),
            None => {
                let hint = suggest(&name, fields.keys().map(String::as_str));
                cx.fault(key, Rule::Test, format!("\"{result}\" has no output \"{name}\""), &hint);
            }
        }
    }
    Some(Stub { result, outputs: record })
}

fn turns(cx: &mut Cx<'_>, node: &Node) -> Vec<TalkTurn> {
    let items = cx.list(node);
    if items.len() > MAX_TURNS {
        cx.fault(node, Rule::Test, format!("more than {MAX_TURNS} turns"), "make two tests of it");
    }
    items.iter().take(MAX_TURNS).filter_map(|item| turn(cx, item)).collect()
}

fn turn(cx: &mut Cx<'_>, node: &Node) -> Option<TalkTurn> {
    let mut fields = cx.fields(node, "a turn")?;
    let act = act(cx, node, &mut fields);
    let checks = checks(cx, &mut fields);
    let skip_on = fields.get("skip_on").map(|n| cx.channels(n).into_iter().collect());
    let repeat_until = fields.get("repeat_until").and_then(|n| cx.scalar(n)).map(str::to_owned);
    fields.done(cx);
    Some(TalkTurn {
        at: node.at.clone(),
        act: act?,
        checks,
        skip_on: skip_on.unwrap_or_default(),
        repeat_until,
    })
}

fn act(cx: &mut Cx<'_>, node: &Node, fields: &mut Fields<'_>) -> Option<Act> {
    const NEWS: [(&str, HandoffNews); 4] = [
        ("accepted", HandoffNews::Accepted),
        ("solved", HandoffNews::Solved),
        ("back_to_bot", HandoffNews::BackToBot),
        ("nobody", HandoffNews::Nobody),
    ];
    let mut found = Vec::new();
    if let Some(words) = fields.get("user") {
        found.push(words_or_burst(cx, words)?);
    }
    if let Some(choice) = fields.get("pick") {
        found.push(Act::Picks(cx.scalar(choice)?.to_owned()));
    }
    if let Some(pin) = fields.get("pin") {
        found.push(Act::Pins(point(cx, pin)?));
    }
    if fields.has("photo") {
        found.push(Act::SendsPhoto);
    }
    if let Some(span) = fields.get("silence") {
        found.push(Act::IsSilentMs(cx.span_ms(span)?));
    }
    if let Some(news) = fields.get("agent") {
        found.push(Act::Agent(cx.one_of(news, &NEWS)?));
    }
    if found.len() != 1 {
        cx.fault(
            node,
            Rule::Test,
            "a turn needs one thing that happens",
            "one of: user, pick, pin, photo, silence, agent",
        );
        return None;
    }
    found.pop()
}

fn words_or_burst(cx: &mut Cx<'_>, node: &Node) -> Option<Act> {
    if let Body::List(items) = &node.body {
        return Some(Act::Burst(items.iter().filter_map(|item| said(cx, item)).collect()));
    }
    said(cx, node).map(Act::Says)
}

/// Reads words in both languages, or the same words for both.
fn said(cx: &mut Cx<'_>, node: &Node) -> Option<Bilingual<String>> {
    match node.text() {
        Some(text) => Some(Bilingual::same(text)),
        None => cx.bilingual(node),
    }
}

fn point(cx: &mut Cx<'_>, node: &Node) -> Option<Point> {
    let mut fields = cx.fields(node, "a pin")?;
    let mut degrees = |cx: &mut Cx<'_>, key| {
        fields.need(cx, key).and_then(|n| cx.scalar(n)).and_then(|text| text.parse::<f64>().ok())
    };
    let (lat, lon) = (degrees(cx, "lat"), degrees(cx, "lon"));
    fields.done(cx);
    let point = lat.zip(lon).and_then(|(lat, lon)| Point::new(lat, lon));
    if point.is_none() {
        cx.fault(node, Rule::Shape, "this is not a position", "write {lat: 46.75, lon: -71.53}");
    }
    point
}

fn checks(cx: &mut Cx<'_>, fields: &mut Fields<'_>) -> Checks {
    let mut word =
        |cx: &mut Cx<'_>, key| fields.get(key).and_then(|n| cx.scalar(n)).map(str::to_owned);
    let (asked, flow, ended, queue) =
        (word(cx, "asked"), word(cx, "flow"), word(cx, "ended"), word(cx, "queue"));
    Checks {
        asked,
        flow,
        ended,
        queue,
        said: fields.get("said").map(|n| phrases(cx, n)).unwrap_or_default(),
        not_said: fields.get("not_said").map(|n| phrases(cx, n)).unwrap_or_default(),
        slots: fields.get("slot").map(|n| slots(cx, n)).unwrap_or_default(),
        calls: fields.get("calls").map(|n| calls(cx, n)).unwrap_or_default(),
        offered: fields
            .get("offered")
            .map(|n| cx.list(n).iter().filter_map(|i| i.text().map(str::to_owned)).collect())
            .unwrap_or_default(),
        lang: fields.get("lang").and_then(|n| cx.language(n)),
    }
}

fn phrases(cx: &mut Cx<'_>, node: &Node) -> Vec<Bilingual<String>> {
    if let Body::List(items) = &node.body {
        return items.iter().filter_map(|item| said(cx, item)).collect();
    }
    said(cx, node).into_iter().collect()
}

fn slots(cx: &mut Cx<'_>, node: &Node) -> BTreeMap<String, String> {
    let mut slots = BTreeMap::new();
    for (key, value) in cx.entries(node) {
        let path = key.text().and_then(parse_path);
        match (path, cx.scalar(value)) {
            (Some(path), Some(text)) => {
                slots.insert(path.to_string(), text.to_owned());
            }
            (None, _) => {
                cx.fault(key, Rule::Test, "this is not a slot", "write slot or slot.field");
            }
            (Some(_), None) => {}
        }
    }
    slots
}

fn calls(cx: &mut Cx<'_>, node: &Node) -> BTreeMap<String, u32> {
    cx.entries(node)
        .iter()
        .filter_map(|(key, value)| Some((action_name(cx, key)?, cx.count(value, 1_000)?)))
        .collect()
}
