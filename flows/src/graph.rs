//! Draws a flow so that a clerk can read it: as Mermaid text and as an SVG picture.

mod layout;
mod mermaid;
mod svg;

use bot_core::text::shorten;
use bot_core::{Channel, Language};
use std::collections::BTreeMap;

use crate::lint::{To, edges};
use crate::model::city::City;
use crate::model::flow::{Flow, Item, StepKind};
use crate::model::text::{Piece, Template, Text};

/// Characters of a text shown in a box.
const MAX_BOX_CHARS: usize = 90;

/// What a box stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Sort {
    Start,
    Ask,
    Call,
    Run,
    Branch,
    Say,
    Recap,
    Person,
    End,
}

/// One box of the picture.
#[derive(Debug, Clone)]
struct Place {
    sort: Sort,
    title: String,
    text: String,
}

/// One arrow.
#[derive(Debug, Clone)]
struct Arrow {
    from: usize,
    to: usize,
    label: String,
}

/// A flow as boxes and arrows.
#[derive(Debug, Clone, Default)]
struct Graph {
    places: Vec<Place>,
    arrows: Vec<Arrow>,
}

/// Draws a flow as Mermaid text.
#[must_use]
pub fn mermaid(city: &City, flow: &Flow, lang: Language) -> String {
    mermaid::write(&graph(city, flow, lang))
}

/// Draws a flow as an SVG picture.
#[must_use]
pub fn svg(city: &City, flow: &Flow, lang: Language) -> String {
    let title = format!("{} ({} {})", flow.title.get(lang), flow.name, flow.version);
    svg::write(&graph(city, flow, lang), &title)
}

fn graph(city: &City, flow: &Flow, lang: Language) -> Graph {
    let mut graph = Graph::default();
    let start = match lang {
        Language::Fr => "Début",
        Language::En => "Start",
    };
    graph.places.push(Place { sort: Sort::Start, title: start.to_owned(), text: starts(flow) });
    for step in &flow.steps {
        let (sort, text) = describe(flow, &step.kind, lang);
        let title = if step.named { step.id.clone() } else { String::new() };
        graph.places.push(Place { sort, title, text });
    }
    if !flow.steps.is_empty() {
        graph.arrows.push(Arrow { from: 0, to: 1, label: String::new() });
    }
    let mut ends: BTreeMap<String, usize> = BTreeMap::new();
    for (place, out) in edges(city, flow).iter().enumerate() {
        for edge in out {
            let to = match &edge.to {
                To::Step(step) => step + 1,
                To::End(outcome) => *ends.entry(outcome.clone()).or_insert_with(|| {
                    let text = String::new();
                    graph.places.push(Place { sort: Sort::End, title: outcome.clone(), text });
                    graph.places.len() - 1
                }),
                To::Nowhere => continue,
            };
            let label = arrow_label(flow, place, &edge.label, lang);
            graph.arrows.push(Arrow { from: place + 1, to, label });
        }
    }
    join_alike(&mut graph.arrows);
    graph
}

/// Arrows between the same two boxes become one with both labels.
fn join_alike(arrows: &mut Vec<Arrow>) {
    let mut joined: Vec<Arrow> = Vec::new();
    for arrow in arrows.drain(..) {
        match joined.iter_mut().find(|other| (other.from, other.to) == (arrow.from, arrow.to)) {
            Some(other) if !arrow.label.is_empty() => {
                other.label = [other.label.as_str(), &arrow.label].join(", ");
            }
            Some(_) => {}
            None => joined.push(arrow),
        }
    }
    *arrows = joined;
}

fn starts(flow: &Flow) -> String {
    let mut names: Vec<&str> = flow.start.intents.iter().map(|(name, _)| name.as_str()).collect();
    names.extend(flow.start.services.then_some("services"));
    names.extend(flow.start.faq.then_some("faq"));
    names.join(", ")
}

fn words(template: &Template) -> String {
    let text: String = template
        .pieces
        .iter()
        .map(|piece| match piece {
            Piece::Words(words) => words.clone(),
            Piece::Hole { path, .. } => format!("‹{path}›"),
        })
        .collect();
    shorten(&text.replace('\n', " "), MAX_BOX_CHARS)
}

fn text_words(text: &Text, lang: Language) -> String {
    words(text.wording.template(lang, Channel::Web))
}

fn describe(flow: &Flow, kind: &StepKind, lang: Language) -> (Sort, String) {
    match kind {
        StepKind::Collect { slot, .. } => {
            let ask = flow.slots.get(slot).and_then(|slot| slot.ask.as_ref());
            (Sort::Ask, ask.map(|ask| text_words(ask, lang)).unwrap_or_default())
        }
        StepKind::Questions => (Sort::Ask, "service.questions".to_owned()),
        StepKind::Call(call) => (Sort::Call, call.action.clone()),
        StepKind::Run(run) => (Sort::Run, run.flow.clone()),
        StepKind::Branch { .. } => (Sort::Branch, String::new()),
        StepKind::Do(small) => {
            let mut parts: Vec<String> =
                small.say.iter().map(|say| text_words(say, lang)).collect();
            parts.extend(small.set.iter().map(|(name, ..)| format!("{name} = …")));
            parts.extend(small.forget.iter().map(|(name, _)| format!("{name} = ∅")));
            (Sort::Say, parts.join(" "))
        }
        StepKind::Confirm(confirm) => (Sort::Recap, names(&confirm.items)),
        StepKind::Handoff(handoff) => (Sort::Person, handoff.queue.clone()),
    }
}

fn names(items: &[Item]) -> String {
    let name = |item: &Item| match item {
        Item::Slot(name, _) => name.clone(),
        Item::Questions(_) => "service.questions".to_owned(),
    };
    items.iter().map(name).collect::<Vec<_>>().join(", ")
}

/// Gives what a reader sees on an arrow: an option's label, a condition as written.
fn arrow_label(flow: &Flow, place: usize, label: &str, lang: Language) -> String {
    match &flow.steps[place].kind {
        StepKind::Collect { slot, .. } => {
            let option = flow.slots.get(slot).and_then(|slot| slot.option(label));
            option.map_or_else(|| plain(label, lang), |option| option.item.label.get(lang).clone())
        }
        StepKind::Branch { arms, .. } => label
            .strip_prefix("when ")
            .and_then(|n| arms.get(n.parse::<usize>().ok()?))
            .map_or_else(|| plain(label, lang), |(condition, ..)| condition.to_string()),
        StepKind::Questions
        | StepKind::Call(_)
        | StepKind::Run(_)
        | StepKind::Do(_)
        | StepKind::Confirm(_)
        | StepKind::Handoff(_) => plain(label, lang),
    }
}

fn plain(label: &str, lang: Language) -> String {
    let word = match (label, lang) {
        ("affirm", Language::Fr) => "oui",
        ("affirm", Language::En) => "yes",
        ("deny", Language::Fr) => "non",
        ("deny", Language::En) => "no",
        ("otherwise", Language::Fr) => "sinon",
        ("give_up", Language::Fr) => "abandon",
        ("give_up", Language::En) => "gives up",
        ("unknown", Language::Fr) => "ne sait pas",
        ("known", Language::Fr) => "donné",
        ("known", Language::En) => "given",
        ("declined", Language::Fr) => "passé",
        (other, _) => other,
    };
    word.to_owned()
}
