//! Reads `services.yml`.

use std::collections::BTreeMap;

use super::basics::{Cx, Fields};
use super::flow::flag;
use super::slots;
use crate::fault::Rule;
use crate::model::service::{DuplicateRule, MonthDay, PlaceNeed, Season, Service, Sla};
use crate::model::slot::Slot;
use crate::template::is_code;
use crate::yaml::Node;

/// The most questions of a category.
const MAX_QUESTIONS: usize = 12;

/// Reads the catalogue: categories by code, and the codes in order.
pub(crate) fn services(cx: &mut Cx<'_>, node: &Node) -> (BTreeMap<String, Service>, Vec<String>) {
    let mut by_code = BTreeMap::new();
    let mut order = Vec::new();
    let Some(mut fields) = cx.fields(node, "services.yml") else {
        return (by_code, order);
    };
    let list = fields.need(cx, "services");
    fields.done(cx);
    for item in list.map(|n| cx.list(n)).unwrap_or_default() {
        let Some(service) = service(cx, item) else {
            continue;
        };
        if by_code.contains_key(&service.code) {
            let what = format!("the code {} is used twice", service.code);
            cx.fault(item, Rule::Name, what, "a code is never used again: take a new one");
        } else {
            order.push(service.code.clone());
            by_code.insert(service.code.clone(), service);
        }
    }
    (by_code, order)
}

fn service(cx: &mut Cx<'_>, node: &Node) -> Option<Service> {
    let mut fields = cx.fields(node, "a category")?;
    let code = fields.need(cx, "code").and_then(|n| code(cx, n));
    let version = fields.need(cx, "version").and_then(|n| cx.count(n, 1_000_000));
    let name = fields.need(cx, "name").and_then(|n| cx.bilingual(n));
    let group = fields.need(cx, "group").and_then(|n| cx.bilingual(n));
    let needs = PlaceNeed::ALL.map(|need| (need.name(), need));
    let place = fields.need(cx, "place").and_then(|n| cx.one_of(n, &needs));
    let sla = fields.need(cx, "sla").and_then(|n| sla(cx, n));
    let queue = fields.need(cx, "queue").and_then(|n| cx.name(n));
    let service = Service {
        at: node.at.clone(),
        description: fields.get("description").and_then(|n| cx.bilingual(n)),
        keywords: fields.get("keywords").map(|n| cx.word_lists(n, "keywords")).unwrap_or_default(),
        intents: fields.get("intents").map(|n| cx.names(n)).unwrap_or_default(),
        duplicates: fields.get("duplicates").and_then(|n| duplicates(cx, n)),
        photo_welcome: photo(cx, &mut fields),
        season: fields.get("season").and_then(|n| season(cx, n)),
        retired: flag(cx, &mut fields, "retired"),
        questions: fields.get("questions").map(|n| questions(cx, n)).unwrap_or_default(),
        code: code.unwrap_or_default(),
        version: version.unwrap_or_default(),
        name: name.unwrap_or_default(),
        group: group.unwrap_or_default(),
        place: place.unwrap_or(PlaceNeed::None),
        sla: sla.unwrap_or_else(|| Sla { first_answer_ms: 0, done_ms: 0, calendar: String::new() }),
        queue: queue.unwrap_or_default(),
    };
    fields.done(cx);
    (!service.code.is_empty()).then_some(service)
}

fn code(cx: &mut Cx<'_>, node: &Node) -> Option<String> {
    let text = cx.scalar(node)?;
    if !is_code(text) {
        let what = format!("\"{text}\" is not a category's code");
        cx.fault(node, Rule::Name, what, "write capital letters, digits and dashes: NDP");
        return None;
    }
    Some(text.to_owned())
}

fn photo(cx: &mut Cx<'_>, fields: &mut Fields<'_>) -> bool {
    let members = [("welcome", true), ("none", false)];
    fields.get("photo").and_then(|n| cx.one_of(n, &members)).unwrap_or(false)
}

fn duplicates(cx: &mut Cx<'_>, node: &Node) -> Option<DuplicateRule> {
    let mut fields = cx.fields(node, "duplicates")?;
    let metres = fields.need(cx, "metres").and_then(|n| cx.count(n, 5_000));
    let days = fields.need(cx, "days").and_then(|n| cx.count(n, 3_650));
    fields.done(cx);
    Some(DuplicateRule { metres: metres?, days: days? })
}

fn sla(cx: &mut Cx<'_>, node: &Node) -> Option<Sla> {
    let mut fields = cx.fields(node, "sla")?;
    let first = fields.need(cx, "first_answer").and_then(|n| cx.span_ms(n));
    let done = fields.need(cx, "done").and_then(|n| cx.span_ms(n));
    let calendar = fields.need(cx, "calendar").and_then(|n| cx.name(n));
    fields.done(cx);
    Some(Sla { first_answer_ms: first?, done_ms: done?, calendar: calendar? })
}

fn season(cx: &mut Cx<'_>, node: &Node) -> Option<Season> {
    let mut fields = cx.fields(node, "season")?;
    let from = fields.need(cx, "from").and_then(|n| month_day(cx, n));
    let to = fields.need(cx, "to").and_then(|n| month_day(cx, n));
    fields.done(cx);
    Some(Season { from: from?, to: to? })
}

fn month_day(cx: &mut Cx<'_>, node: &Node) -> Option<MonthDay> {
    let text = cx.scalar(node)?;
    // 2024 is a leap year, so that February 29 is a day.
    let day: Option<jiff::civil::Date> = format!("2024-{text}").parse().ok();
    if day.is_none() {
        let what = format!("\"{text}\" is not a day of the year");
        cx.fault(node, Rule::Shape, what, "write month-day: \"11-01\"");
    }
    day.map(|day| MonthDay { month: day.month(), day: day.day() })
}

fn questions(cx: &mut Cx<'_>, node: &Node) -> Vec<Slot> {
    let items = cx.list(node);
    if items.len() > MAX_QUESTIONS {
        cx.fault(node, Rule::Shape, format!("more than {MAX_QUESTIONS} questions"), "ask less");
    }
    let mut questions: Vec<Slot> = Vec::new();
    for item in items {
        let Some(question) = question(cx, item) else {
            continue;
        };
        if questions.iter().any(|other| other.name == question.name) {
            let what = format!("two questions are named \"{}\"", question.name);
            cx.fault(item, Rule::Name, what, "give each its own name");
        }
        questions.push(question);
    }
    questions
}

fn question(cx: &mut Cx<'_>, node: &Node) -> Option<Slot> {
    let mut fields = cx.fields(node, "a question")?;
    let key = fields.need(cx, "slot")?;
    let name = cx.name(key)?;
    let slot = slots::body(cx, name, key, &mut fields);
    fields.done(cx);
    slots::check_own_keys(cx, node, slot.as_ref()?);
    slot
}
