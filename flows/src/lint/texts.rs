//! Texts: all there, the same placeholders in both languages, fit for the channels they go to.

use bot_core::Channel;
use std::collections::{BTreeMap, BTreeSet};

use crate::fault::{Faults, Rule, Spot, suggest};
use crate::globals::{self, GLOBAL_TEXTS};
use crate::model::city::City;
use crate::model::flow::{Flow, Override, StepKind};
use crate::model::slot::Slot;
use crate::model::text::{Template, Text, Wording};
use crate::sms;

/// The most parts that one text message may cost.
pub(crate) const MAX_SMS_PARTS: usize = 3;
/// What a placeholder is taken to cost in a text message.
const CHARS_PER_HOLE: usize = 14;

/// Checks every text of the city.
pub(super) fn check(city: &City, faults: &mut Faults) {
    let all: BTreeSet<Channel> = city.info.channels.keys().copied().collect();
    globals_are_there(city, faults);
    let mut used: BTreeMap<String, BTreeSet<Channel>> = BTreeMap::new();
    for flow in city.flows.values() {
        for (text, channels) in texts_of(flow) {
            match &text.key {
                Some(key) => used.entry(key.clone()).or_default().extend(channels),
                None => wording(&text.wording, &channels, faults),
            }
        }
    }
    for slot in city.services.values().flat_map(|service| &service.questions) {
        for text in texts_of_slot(slot) {
            match &text.key {
                Some(key) => used.entry(key.clone()).or_default().extend(&all),
                None => wording(&text.wording, &all, faults),
            }
        }
    }
    for (key, text) in &city.texts {
        let global = globals::find(key);
        let only =
            global.and_then(globals::GlobalText::only_on).map(|channel| BTreeSet::from([channel]));
        let of_all = global.map(|_| only.as_ref().unwrap_or(&all));
        match of_all.or_else(|| used.get(key)) {
            Some(channels) => wording(text, channels, faults),
            None => {
                let what = format!("nothing uses the text \"{key}\"");
                faults.add(
                    &text.at,
                    Rule::Unknown,
                    what,
                    format!("use it as \"@{key}\", or delete it"),
                );
            }
        }
        if let Some(global) = global {
            allowed_holes(text, global.holes, faults);
        }
    }
    for emergency in &city.info.emergencies {
        wording(&emergency.say, &all, faults);
        allowed_holes(&emergency.say, &[], faults);
    }
    for entry in city.faq.values() {
        wording(&entry.answer, &all, faults);
        allowed_holes(&entry.answer, &[], faults);
    }
}

fn globals_are_there(city: &City, faults: &mut Faults) {
    let at = Spot::start_of("texts.yml");
    for global in GLOBAL_TEXTS.iter().filter(|global| !city.texts.contains_key(global.key)) {
        let what = format!("there is no text \"{}\", said when {}", global.key, global.when);
        faults.add(
            &at,
            Rule::MissingKey,
            what,
            format!("add: {}: {{fr: \"…\", en: \"…\"}}", global.key),
        );
    }
}

/// Lists a flow's texts and the channels each may go to.
fn texts_of(flow: &Flow) -> Vec<(&Text, BTreeSet<Channel>)> {
    let mut texts: Vec<(&Text, BTreeSet<Channel>)> = Vec::new();
    for slot in flow.slots.values() {
        let channels: BTreeSet<Channel> =
            flow.channels.iter().copied().filter(|channel| slot.is_asked_on(*channel)).collect();
        texts.extend(texts_of_slot(slot).map(|text| (text, channels.clone())));
    }
    let own = flow.steps.iter().filter_map(|step| match &step.kind {
        StepKind::Do(small) => small.say.as_ref(),
        StepKind::Confirm(confirm) => Some(&confirm.text),
        StepKind::Collect { .. }
        | StepKind::Questions
        | StepKind::Call(_)
        | StepKind::Run(_)
        | StepKind::Branch { .. }
        | StepKind::Handoff(_) => None,
    });
    let overrides = flow.commands.values().filter_map(|over| match over {
        Override::Say(text) => Some(text),
        Override::Go(_) => None,
    });
    let rest = own.chain(overrides).chain(&flow.start.closed);
    texts.extend(rest.map(|text| (text, flow.channels.clone())));
    texts
}

fn texts_of_slot(slot: &Slot) -> impl Iterator<Item = &Text> {
    slot.ask.iter().chain(&slot.why).chain(slot.again.values())
}

/// Checks one text for the channels it may go to.
fn wording(wording: &Wording, channels: &BTreeSet<Channel>, faults: &mut Faults) {
    for (channel, pair) in wording.variants() {
        if pair.fr.holes() != pair.en.holes() {
            let names = |template: &Template| {
                let list: Vec<String> =
                    template.holes().iter().map(|(p, _)| format!("{{{p}}}")).collect();
                if list.is_empty() { "none".to_owned() } else { list.join(" ") }
            };
            let what = format!(
                "the placeholders differ{}: {} in French, {} in English",
                channel.map(|c| format!(" on {c}")).unwrap_or_default(),
                names(&pair.fr),
                names(&pair.en)
            );
            faults.add(&wording.at, Rule::Placeholder, what, "use the same in both languages");
        }
    }
    let to = |channel: Channel| {
        channels.contains(&channel).then(|| wording.on.get(&channel).unwrap_or(&wording.base))
    };
    for (lang, template) in to(Channel::Sms).iter().flat_map(|pair| pair.iter()) {
        let length = " ".repeat(template.holes().len() * CHARS_PER_HOLE);
        let parts = sms::parts(&(template.bare_words() + &length));
        if parts > MAX_SMS_PARTS {
            let what = format!(
                "by text message the \"{lang}\" costs {parts} parts, more than {MAX_SMS_PARTS}"
            );
            let hint = "add a shorter one under sms: {fr: \"…\", en: \"…\"} (ç ê ô œ more than double the cost)";
            faults.add(&wording.at, Rule::SmsLength, what, hint);
        }
    }
    for (lang, template) in to(Channel::Phone).iter().flat_map(|pair| pair.iter()) {
        let words = template.bare_words();
        if words.contains("://") || words.contains("www.") || words.chars().any(is_picture) {
            let what = format!("on the telephone the \"{lang}\" has a link or an emoji");
            faults.add(
                &wording.at,
                Rule::PhoneText,
                what,
                "add words to be spoken under phone: {fr: \"…\", en: \"…\"}",
            );
        }
    }
}

fn allowed_holes(wording: &Wording, allowed: &[&str], faults: &mut Faults) {
    for (_, pair) in wording.variants() {
        for (path, _) in pair.iter().flat_map(|(_, template)| template.holes()) {
            let known = path.fields.is_empty() && allowed.contains(&path.root.as_str());
            if !known && path.to_string() != "city.name" {
                let hint = suggest(&path.root, allowed.iter().copied());
                let what = format!("{{{path}}} means nothing in this text");
                faults.add(&wording.at, Rule::Placeholder, what, hint);
            }
        }
    }
}

/// Tells whether a sign is a picture, which no voice can read.
fn is_picture(sign: char) -> bool {
    matches!(sign, '\u{2190}'..='\u{21ff}' | '\u{2600}'..='\u{27bf}' | '\u{1f000}'..='\u{1faff}' | '\u{2b00}'..='\u{2bff}')
}
