//! Reads `hours.yml`.

use jiff::civil::Date;
use std::collections::{BTreeMap, BTreeSet};

use super::basics::Cx;
use crate::fault::Rule;
use crate::model::calendar::{Calendar, Holidays, Hours};
use crate::yaml::Node;

const DAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

/// Reads the calendars by name.
pub(crate) fn hours(cx: &mut Cx<'_>, node: &Node) -> BTreeMap<String, Calendar> {
    let Some(mut fields) = cx.fields(node, "hours.yml") else {
        return BTreeMap::new();
    };
    let calendars = fields.need(cx, "calendars");
    fields.done(cx);
    let Some(calendars) = calendars else {
        return BTreeMap::new();
    };
    cx.entries(calendars)
        .iter()
        .filter_map(|(key, value)| Some((cx.name(key)?, calendar(cx, key, value)?)))
        .collect()
}

fn calendar(cx: &mut Cx<'_>, key: &Node, node: &Node) -> Option<Calendar> {
    const HOLIDAYS: [(&str, Holidays); 2] =
        [("quebec", Holidays::Quebec), ("none", Holidays::None)];
    let mut fields = cx.fields(node, "a calendar")?;
    let name = fields.need(cx, "name").and_then(|n| cx.bilingual(n));
    let week = fields.need(cx, "week").and_then(|n| week(cx, n));
    let holidays = fields.get("holidays").and_then(|n| cx.one_of(n, &HOLIDAYS));
    let closed: BTreeSet<Date> = match fields.get("closed") {
        Some(list) => cx.list(list).iter().filter_map(|item| cx.day(item)).collect(),
        None => BTreeSet::new(),
    };
    let special = match fields.get("special") {
        Some(days) => cx
            .entries(days)
            .iter()
            .filter_map(|(day, spans)| Some((cx.day(day)?, spans_of(cx, spans))))
            .collect(),
        None => BTreeMap::new(),
    };
    fields.done(cx);
    Some(Calendar {
        at: key.at.clone(),
        name: name?,
        week: week?,
        holidays: holidays.unwrap_or_default(),
        closed,
        special,
    })
}

fn week(cx: &mut Cx<'_>, node: &Node) -> Option<[Vec<Hours>; 7]> {
    let mut fields = cx.fields(node, "a week")?;
    let week = DAYS.map(|day| match fields.need(cx, day) {
        Some(spans) => spans_of(cx, spans),
        None => Vec::new(),
    });
    fields.done(cx);
    Some(week)
}

fn spans_of(cx: &mut Cx<'_>, node: &Node) -> Vec<Hours> {
    let spans: Vec<Hours> = cx.list(node).iter().filter_map(|item| span(cx, item)).collect();
    if spans.windows(2).any(|pair| pair[0].to_minute > pair[1].from_minute) {
        cx.fault(
            node,
            Rule::Shape,
            "two spans of the day overlap",
            "write them in order, one after the other",
        );
    }
    spans
}

fn span(cx: &mut Cx<'_>, node: &Node) -> Option<Hours> {
    let text = cx.scalar(node)?;
    let read = text.split_once('-').and_then(|(from, to)| {
        let (from_minute, to_minute) = (minute(from)?, minute(to)?);
        (from_minute < to_minute).then_some(Hours { from_minute, to_minute })
    });
    if read.is_none() {
        cx.fault(
            node,
            Rule::Shape,
            format!("\"{text}\" is not a span of a day"),
            "write from-to: \"08:30-12:00\"",
        );
    }
    read
}

fn minute(raw: &str) -> Option<u16> {
    let (hour, minute) = raw.trim().split_once(':')?;
    let (hour, minute): (u16, u16) = (hour.parse().ok()?, minute.parse().ok()?);
    (minute < 60 && hour * 60 + minute <= 24 * 60).then_some(hour * 60 + minute)
}
