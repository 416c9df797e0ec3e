//! Reads `city.yml`.

use bot_core::place::Point;
use bot_core::{Bilingual, Channel, Language};
use std::collections::BTreeMap;

use super::basics::Cx;
use super::slots::DEFAULT_TRIES;
use crate::fault::Rule;
use crate::model::city::{Bounds, ChannelSettings, CityInfo, Emergency, Limits, Queue};
use crate::yaml::Node;

const DEFAULT_LIMITS: Limits =
    Limits { tries: DEFAULT_TRIES, unsure: 3, keep_old_flows_ms: 14 * 86_400_000, examples: 10 };

/// Reads the city's settings.
pub(crate) fn city(cx: &mut Cx<'_>, node: &Node) -> Option<CityInfo> {
    let mut fields = cx.fields(node, "city.yml")?;
    let id = fields.need(cx, "city").and_then(|n| slug(cx, n));
    let name = fields.need(cx, "name").and_then(|n| cx.bilingual(n));
    let jurisdiction =
        fields.need(cx, "jurisdiction").and_then(|n| cx.scalar(n)).map(str::to_owned);
    let languages = fields.need(cx, "languages").map(|n| languages(cx, n));
    let zone = fields.need(cx, "time_zone").and_then(|n| zone(cx, n));
    let bounds = fields.get("bounds").and_then(|n| bounds(cx, n));
    let neighbours = fields
        .get("neighbours")
        .map(|n| cx.list(n).iter().filter_map(|item| cx.words(item)).collect());
    let default_queue = fields.need(cx, "default_queue").and_then(|n| cx.name(n));
    let channels = fields.need(cx, "channels").map(|n| channels(cx, n));
    let queues = fields.need(cx, "queues").map(|n| queues(cx, n));
    let emergencies = fields
        .get("emergencies")
        .map(|n| cx.list(n).iter().filter_map(|item| emergency(cx, item)).collect());
    let starters = fields.get("starters").map(|n| cx.names(n));
    let limits = fields.get("limits").map(|n| limits(cx, n));
    fields.done(cx);
    let (zone_name, zone) = zone?;
    Some(CityInfo {
        id: id?,
        name: name?,
        jurisdiction: jurisdiction?,
        languages: languages?,
        zone,
        zone_name,
        bounds,
        neighbours: neighbours.unwrap_or_default(),
        default_queue: default_queue?,
        channels: channels?,
        queues: queues?,
        emergencies: emergencies.unwrap_or_default(),
        starters: starters.unwrap_or_default(),
        limits: limits.unwrap_or(DEFAULT_LIMITS),
    })
}

fn slug(cx: &mut Cx<'_>, node: &Node) -> Option<String> {
    let text = cx.scalar(node)?;
    let fits =
        text.chars().all(|sign| sign.is_ascii_lowercase() || sign.is_ascii_digit() || sign == '-');
    if !fits {
        cx.fault(
            node,
            Rule::Name,
            format!("\"{text}\" is not a package's name"),
            "write small letters, digits and dashes",
        );
    }
    fits.then(|| text.to_owned())
}

fn languages(cx: &mut Cx<'_>, node: &Node) -> Vec<Language> {
    let list: Vec<Language> = cx.list(node).iter().filter_map(|item| cx.language(item)).collect();
    if list.first() != Some(&Language::Fr) {
        cx.fault(
            node,
            Rule::Shape,
            "French is not the first language",
            "write [fr, en]: the law asks for French first",
        );
    }
    list
}

fn zone(cx: &mut Cx<'_>, node: &Node) -> Option<(String, jiff::tz::TimeZone)> {
    let name = cx.scalar(node)?;
    let zone = jiff::tz::TimeZone::get(name).ok();
    if zone.is_none() {
        let what = format!("\"{name}\" is not a time zone");
        cx.fault(node, Rule::Unknown, what, "write its IANA name: America/Toronto");
    }
    zone.map(|zone| (name.to_owned(), zone))
}

fn bounds(cx: &mut Cx<'_>, node: &Node) -> Option<Bounds> {
    let mut fields = cx.fields(node, "bounds")?;
    let mut degrees = |cx: &mut Cx<'_>, key| fields.need(cx, key).and_then(|n| degrees(cx, n));
    let (south, west) = (degrees(cx, "south"), degrees(cx, "west"));
    let (north, east) = (degrees(cx, "north"), degrees(cx, "east"));
    fields.done(cx);
    let bounds = Bounds { south: south?, west: west?, north: north?, east: east? };
    let on_globe = Point::new(bounds.south, bounds.west).is_some()
        && Point::new(bounds.north, bounds.east).is_some();
    if !on_globe || bounds.south >= bounds.north || bounds.west >= bounds.east {
        cx.fault(
            node,
            Rule::Shape,
            "the bounds hold nothing",
            "south < north and west < east, in degrees",
        );
    }
    Some(bounds)
}

fn degrees(cx: &mut Cx<'_>, node: &Node) -> Option<f64> {
    let text = cx.scalar(node)?;
    let number = text.parse().ok().filter(|number: &f64| number.is_finite());
    if number.is_none() {
        cx.fault(
            node,
            Rule::Shape,
            format!("\"{text}\" is not a number of degrees"),
            "write 46.75",
        );
    }
    number
}

fn channels(cx: &mut Cx<'_>, node: &Node) -> BTreeMap<Channel, ChannelSettings> {
    let members = Channel::ALL.map(|channel| (channel.name(), channel));
    cx.entries(node)
        .iter()
        .filter_map(|(key, value)| {
            let channel = cx.one_of(key, &members)?;
            let mut fields = cx.fields(value, "a channel's settings")?;
            let burst = fields.need(cx, "burst").and_then(|n| cx.span_ms(n));
            let remind = fields.need(cx, "remind").and_then(|n| cx.span_ms(n));
            let park = fields.need(cx, "park").and_then(|n| cx.span_ms(n));
            let chars = fields.need(cx, "max_chars").and_then(|n| cx.count(n, 100_000));
            fields.done(cx);
            let settings = ChannelSettings {
                burst_ms: burst?,
                remind_ms: remind?,
                park_ms: park?,
                max_chars: usize::try_from(chars?).unwrap_or(usize::MAX),
            };
            Some((channel, settings))
        })
        .collect()
}

fn queues(cx: &mut Cx<'_>, node: &Node) -> BTreeMap<String, Queue> {
    cx.entries(node)
        .iter()
        .filter_map(|(key, value)| {
            let id = cx.name(key)?;
            let mut fields = cx.fields(value, "a queue")?;
            let name = fields.need(cx, "name").and_then(|n| cx.bilingual(n));
            let hours = fields.need(cx, "hours").and_then(|n| cx.name(n));
            let wait = fields.need(cx, "max_wait").and_then(|n| cx.span_ms(n));
            fields.done(cx);
            Some((id, Queue { name: name?, hours: hours?, max_wait_ms: wait? }))
        })
        .collect()
}

fn emergency(cx: &mut Cx<'_>, node: &Node) -> Option<Emergency> {
    let mut fields = cx.fields(node, "an emergency")?;
    let id = fields.need(cx, "id").and_then(|n| cx.name(n));
    let words = fields.need(cx, "words").map(|n| cx.word_lists(n, "words"));
    let unless = fields.get("unless").map(|n| cx.word_lists(n, "unless"));
    let say = fields.need(cx, "say").and_then(|n| cx.wording(n));
    fields.done(cx);
    let words: Bilingual<Vec<String>> = words?;
    for (lang, list) in words.iter() {
        if list.is_empty() {
            let what = format!("the emergency has no words in \"{lang}\"");
            cx.fault(
                node,
                Rule::MissingTranslation,
                what,
                &format!("add under words: {lang}: [\"…\"]"),
            );
        }
    }
    Some(Emergency {
        id: id?,
        at: node.at.clone(),
        words,
        unless: unless.unwrap_or_default(),
        say: say?,
    })
}

fn limits(cx: &mut Cx<'_>, node: &Node) -> Limits {
    let Some(mut fields) = cx.fields(node, "limits") else {
        return DEFAULT_LIMITS;
    };
    let limits = Limits {
        tries: fields.get("tries").and_then(|n| cx.count(n, 10)).unwrap_or(DEFAULT_LIMITS.tries),
        unsure: fields.get("unsure").and_then(|n| cx.count(n, 10)).unwrap_or(DEFAULT_LIMITS.unsure),
        keep_old_flows_ms: fields
            .get("keep_old_flows")
            .and_then(|n| cx.span_ms(n))
            .unwrap_or(DEFAULT_LIMITS.keep_old_flows_ms),
        examples: fields
            .get("examples")
            .and_then(|n| cx.count(n, 1_000))
            .and_then(|n| usize::try_from(n).ok())
            .unwrap_or(DEFAULT_LIMITS.examples),
    };
    fields.done(cx);
    limits
}
