//! Reads a slot, of a flow or of a category.

use bot_core::channel::Source;
use bot_core::expectation::MenuItem;
use bot_core::slot::{Refusal, SlotKind};
use std::collections::BTreeMap;

use super::basics::{Cx, Fields};
use super::flow::flag;
use crate::fault::Rule;
use crate::model::slot::{Days, GiveUp, OptionDef, Prefill, Private, ReadBack, Slot};
use crate::model::text::Text;
use crate::yaml::Node;

/// The word that stands for "go on without" where a step could be named.
pub(crate) const SKIP: &str = "skip";
/// How often a question is asked, unless the slot or the city says otherwise.
pub(crate) const DEFAULT_TRIES: u32 = 3;
/// The most often that a question may be asked.
const MAX_TRIES: u32 = 10;
/// The longest text slot.
const MAX_SLOT_CHARS: u32 = 4_000;
/// The longest that a private value is kept.
const MAX_KEEP_DAYS: u32 = 3_650;
/// Options of a choice: more cannot be read aloud.
const MAX_OPTIONS: usize = 12;

/// Reads a slot named by its key in the flow.
pub(super) fn slot(cx: &mut Cx<'_>, name: String, key: &Node, node: &Node) -> Option<Slot> {
    let mut fields = cx.fields(node, "a slot")?;
    let mut slot = body(cx, name, key, &mut fields);
    fields.done(cx);
    check_own_keys(cx, node, slot.as_mut()?);
    slot
}

/// Reads a slot's keys from a mapping that may have others.
pub(super) fn body(
    cx: &mut Cx<'_>,
    name: String,
    key: &Node,
    fields: &mut Fields<'_>,
) -> Option<Slot> {
    let kinds = SlotKind::ALL.map(|kind| (kind.name(), kind));
    let kind = fields.need(cx, "type").and_then(|n| cx.one_of(n, &kinds));
    let optional = flag(cx, fields, "optional");
    let give_up = fields.get("give_up").and_then(|n| give_up(cx, n));
    Some(Slot {
        name,
        at: key.at.clone(),
        from: sources(cx, fields),
        ask: fields.get("ask").and_then(|n| cx.text(n)),
        again: fields.get("again").map(|n| again(cx, n, kind)).unwrap_or_default(),
        why: fields.get("why").and_then(|n| cx.text(n)),
        label: fields.get("label").and_then(|n| cx.bilingual(n)),
        names: fields.get("names").map(|n| cx.word_lists(n, "names")).unwrap_or_default(),
        options: fields.get("options").map(|n| options(cx, n)).unwrap_or_default(),
        options_from: fields.get("options_from").and_then(|n| cx.name(n)),
        tries: fields.get("tries").and_then(|n| cx.count(n, MAX_TRIES)).unwrap_or(0),
        give_up: give_up.or(optional.then_some(GiveUp::Skip)),
        optional,
        unknown_ok: flag(cx, fields, "unknown_ok"),
        only_on: fields.get("only_on").map(|n| cx.channels(n).into_iter().collect()),
        read_back: read_back(cx, fields),
        private: fields.get("private").and_then(|n| private(cx, n)),
        prefill: prefill(cx, fields),
        max_chars: max_chars(cx, fields),
        min: fields.get("min").and_then(|n| cx.int(n, -1_000_000..=1_000_000)),
        max: fields.get("max").and_then(|n| cx.int(n, -1_000_000..=1_000_000)),
        allow: allow(cx, fields),
        urgent_if: fields
            .get("urgent_if")
            .and_then(|n| cx.one_of(n, &[("affirm", true), ("deny", false)])),
        kind: kind?,
    })
}

fn sources(cx: &mut Cx<'_>, fields: &mut Fields<'_>) -> std::collections::BTreeSet<Source> {
    let members = Source::ALL.map(|source| (source.name(), source));
    match fields.get("from") {
        Some(node) => cx.list(node).iter().filter_map(|item| cx.one_of(item, &members)).collect(),
        None => Source::ALL.into_iter().collect(),
    }
}

fn again(cx: &mut Cx<'_>, node: &Node, kind: Option<SlotKind>) -> BTreeMap<Refusal, Text> {
    let refusals = kind.map_or(Refusal::ALL.as_slice(), SlotKind::refusals);
    let members: Vec<(&str, Refusal)> = refusals.iter().map(|r| (r.name(), *r)).collect();
    cx.entries(node)
        .iter()
        .filter_map(|(key, value)| Some((cx.one_of(key, &members)?, cx.text(value)?)))
        .collect()
}

fn options(cx: &mut Cx<'_>, node: &Node) -> Vec<OptionDef> {
    let entries = cx.entries(node);
    if entries.len() > MAX_OPTIONS {
        cx.fault(
            node,
            Rule::Shape,
            format!("more than {MAX_OPTIONS} options"),
            "group them, or ask twice",
        );
    }
    entries.iter().filter_map(|(key, value)| option(cx, key, value)).collect()
}

fn option(cx: &mut Cx<'_>, key: &Node, value: &Node) -> Option<OptionDef> {
    let name = cx.name(key)?;
    let mut fields = cx.fields(value, "an option")?;
    let also = fields.get("also").map(|n| cx.word_lists(n, "also")).unwrap_or_default();
    let urgent = flag(cx, &mut fields, "urgent");
    let mut side = |cx: &mut Cx<'_>, lang: &'static str| match fields.get(lang) {
        Some(node) => cx.words(node),
        None => {
            let what = format!("the option has no \"{lang}\"");
            cx.fault(value, Rule::MissingTranslation, what, "write {fr: \"…\", en: \"…\"}");
            None
        }
    };
    let (fr, en) = (side(cx, "fr"), side(cx, "en"));
    fields.done(cx);
    let label = bot_core::Bilingual { fr: fr?, en: en? };
    Some(OptionDef { item: MenuItem { key: name, label, also }, urgent, at: key.at.clone() })
}

fn give_up(cx: &mut Cx<'_>, node: &Node) -> Option<GiveUp> {
    let target = cx.target(node)?;
    Some(if target.name == SKIP { GiveUp::Skip } else { GiveUp::Step(target) })
}

fn read_back(cx: &mut Cx<'_>, fields: &mut Fields<'_>) -> ReadBack {
    const MEMBERS: [(&str, ReadBack); 3] = [
        ("never", ReadBack::Never),
        ("when_unsure", ReadBack::WhenUnsure),
        ("always", ReadBack::Always),
    ];
    fields.get("read_back").and_then(|n| cx.one_of(n, &MEMBERS)).unwrap_or_default()
}

fn prefill(cx: &mut Cx<'_>, fields: &mut Fields<'_>) -> Prefill {
    const MEMBERS: [(&str, Prefill); 3] =
        [("use", Prefill::Use), ("offer", Prefill::Offer), ("ignore", Prefill::Ignore)];
    fields.get("prefill").and_then(|n| cx.one_of(n, &MEMBERS)).unwrap_or_default()
}

fn allow(cx: &mut Cx<'_>, fields: &mut Fields<'_>) -> Days {
    const MEMBERS: [(&str, Days); 3] =
        [("past", Days::Past), ("future", Days::Future), ("any", Days::Any)];
    fields.get("allow").and_then(|n| cx.one_of(n, &MEMBERS)).unwrap_or_default()
}

fn max_chars(cx: &mut Cx<'_>, fields: &mut Fields<'_>) -> usize {
    let asked = fields.get("max_chars").and_then(|n| cx.count(n, MAX_SLOT_CHARS));
    usize::try_from(asked.unwrap_or(MAX_SLOT_CHARS)).unwrap_or(usize::MAX).max(1)
}

fn private(cx: &mut Cx<'_>, node: &Node) -> Option<Private> {
    let mut fields = cx.fields(node, "private")?;
    let mask = flag(cx, &mut fields, "mask");
    let keep_days = fields.need(cx, "keep_days").and_then(|n| cx.count(n, MAX_KEEP_DAYS));
    fields.done(cx);
    Some(Private { mask, keep_days: keep_days? })
}

/// Notes keys that mean nothing for the slot's type.
pub(super) fn check_own_keys(cx: &mut Cx<'_>, node: &Node, slot: &Slot) {
    let only: [(&str, &[SlotKind]); 7] = [
        ("options", &[SlotKind::Choice]),
        ("options_from", &[SlotKind::Choice]),
        ("max_chars", &[SlotKind::Text]),
        ("min", &[SlotKind::Number]),
        ("max", &[SlotKind::Number]),
        ("allow", &[SlotKind::Date]),
        ("urgent_if", &[SlotKind::AffirmDeny]),
    ];
    for (key, kinds) in only {
        if let Some((at, _)) = node.entry(key)
            && !kinds.contains(&slot.kind)
        {
            let what = format!("\"{key}\" means nothing for a slot of type {}", slot.kind);
            cx.fault(at, Rule::UnknownKey, what, "delete it, or change the type");
        }
    }
    let n_sources =
        usize::from(!slot.options.is_empty()) + usize::from(slot.options_from.is_some());
    if slot.kind == SlotKind::Choice
        && n_sources != 1
        && node.entry("options").is_none_or(|_| n_sources == 2)
    {
        cx.fault(
            node,
            Rule::MissingKey,
            "a choice needs options, from one place",
            "add: options: {key: {fr: \"…\", en: \"…\"}} or options_from: a list",
        );
    }
    if slot.ask.is_none() && node.entry("ask").is_none() {
        cx.fault(
            node,
            Rule::MissingKey,
            format!("the slot \"{}\" has no question", slot.name),
            "add: ask: {fr: \"…\", en: \"…\"}",
        );
    }
    if slot.give_up.is_none() && node.entry("give_up").is_none() {
        cx.fault(
            node,
            Rule::GiveUp,
            format!("the slot \"{}\" has no way out", slot.name),
            "add: give_up: a step (or skip), or optional: true",
        );
    }
}
