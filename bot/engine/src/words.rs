//! How things are said: texts of flows and of the counter, recaps, choices for each channel.

use bot_core::channel::Offer;
use bot_core::message::Choice;
use bot_core::slot::SlotKind;
use bot_core::value::Answer;
use bot_core::{Bilingual, Language, Value};
use flows::model::expression::Path;
use flows::model::flow::{Flow, Item};
use flows::model::slot::Slot;
use flows::model::text::{Text, Wording};
use flows::render::{self, Values, Voice};

use crate::menu::Item as MenuEntry;
use crate::scope::{Scope, questions_of, slot_of};
use crate::session::Frame;
use crate::work::Work;

/// Choices beyond this are neither numbered nor read aloud.
const MAX_OFFERED: usize = 9;

impl Work<'_> {
    /// Writes a text of the flow in progress.
    pub(crate) fn text(&self, text: &Text, given: &[(&str, String)]) -> String {
        self.wording(&text.wording, given)
    }

    pub(crate) fn wording(&self, wording: &Wording, given: &[(&str, String)]) -> String {
        let (flow, frame) = self.top().unzip();
        let (city, session, now) = (self.city, &self.session, self.now());
        let scope = Scope { city, session, flow, frame, now, given };
        render::wording(self.city, wording, self.voice(), &scope)
    }

    /// Writes a text of the counter.
    pub(crate) fn global(&self, key: &str, given: &[(&str, String)]) -> String {
        let Some(wording) = self.city.texts.get(key) else {
            return String::new();
        };
        self.wording(wording, given)
    }

    /// Says a text of the counter.
    pub(crate) fn say_global(&mut self, key: &str, given: &[(&str, String)]) {
        let text = self.global(key, given);
        self.say(text, Vec::new());
    }

    /// Writes a value of a flow as the resident would.
    pub(crate) fn show(&self, flow: &Flow, frame: &Frame, name: &str, voice: Voice) -> String {
        let (city, session, now) = (self.city, &self.session, self.now());
        let (flow, frame) = (Some(flow), Some(frame));
        let scope = Scope { city, session, flow, frame, now, given: &[] };
        let path = Path::of(name);
        if let Some(shown) = scope.shown(&path, voice.lang) {
            return shown;
        }
        match scope.value(&path) {
            Some(Value::Images(photos)) => {
                self.global("photos", &[("n", photos.len().to_string())])
            }
            Some(value) => self.print(&value),
            None => String::new(),
        }
    }

    /// Writes a value by itself.
    pub(crate) fn print(&self, value: &Value) -> String {
        let nameless = |place: &bot_core::Place| place.label.get(self.session.lang).is_empty();
        if value.as_place().is_some_and(nameless) {
            return self.global("point", &[]);
        }
        render::print(self.city, value, None, self.voice())
    }

    /// Writes the recap: a line for each item that has an answer.
    pub(crate) fn summary(&self, flow: &Flow, frame: &Frame, items: &[Item]) -> String {
        let mut lines = Vec::new();
        for name in named(self.city, frame, items) {
            let Some(slot) = slot_of(self.city, flow, frame, &name) else {
                continue;
            };
            let value = match frame.values.get(&name).map(|filled| &filled.answer) {
                Some(Answer::Known(_)) => self.show(flow, frame, &name, self.voice()),
                Some(Answer::Unknown) => self.global("summary_unknown", &[]),
                Some(Answer::Declined) | None => continue,
            };
            let label = self.label(slot);
            lines.push(self.global("summary_line", &[("label", label), ("value", value)]));
        }
        lines.join(match self.session.lang {
            Language::Fr => " ; ",
            Language::En => "; ",
        })
    }

    /// Gives what the recap calls a slot.
    pub(crate) fn label(&self, slot: &Slot) -> String {
        label_of(self.city, slot, self.session.lang, self.session.channel)
    }

    /// Adds a question's choices to its text, as the channel shows them.
    pub(crate) fn offer(&self, text: String, menu: &[MenuEntry]) -> (String, Vec<Choice>) {
        let lang = self.session.lang;
        let choices: Vec<Choice> = menu
            .iter()
            .map(|entry| Choice { id: entry.id.clone(), label: entry.label.get(lang).clone() })
            .collect();
        let numbered = match self.session.channel.offer() {
            Offer::Buttons => return (text, choices),
            Offer::Numbers => menu.iter().any(|entry| !entry.is_plain_answer()),
            Offer::Keypad => true,
        };
        if !numbered {
            return (text, choices);
        }
        let spoken = self.session.channel.is_spoken();
        let lines = choices.iter().take(MAX_OFFERED).enumerate().map(|(place, choice)| {
            let given = [("n", (place + 1).to_string()), ("label", choice.label.clone())];
            self.global("offer", &given)
        });
        let glue = if spoken { " " } else { "\n" };
        let text = std::iter::once(text).chain(lines).collect::<Vec<_>>().join(glue);
        (text, choices)
    }
}

/// Gives what a recap calls a slot: its own label, or the counter's name for its type.
pub(crate) fn label_of(
    city: &flows::City,
    slot: &Slot,
    lang: Language,
    channel: bot_core::Channel,
) -> String {
    if let Some(label) = &slot.label {
        return label.get(lang).clone();
    }
    let key = format!("label_{}", slot.kind);
    let voice = Voice { lang, channel };
    city.texts
        .get(&key)
        .map(|wording| render::wording(city, wording, voice, &render::NoValues))
        .unwrap_or_default()
}

/// Gives a text of the counter in both languages.
pub(crate) fn both(city: &flows::City, key: &str, channel: bot_core::Channel) -> Bilingual<String> {
    Bilingual::from_fn(|lang| {
        let voice = Voice { lang, channel };
        city.texts
            .get(key)
            .map(|wording| render::wording(city, wording, voice, &render::NoValues))
            .unwrap_or_default()
    })
}

/// Lists the slots that a recap or a brief names, the category's questions among them.
pub(crate) fn named(city: &flows::City, frame: &Frame, items: &[Item]) -> Vec<String> {
    let mut names = Vec::new();
    for item in items {
        match item {
            Item::Slot(name, _) => names.push(name.clone()),
            Item::Questions(_) => {
                names
                    .extend(questions_of(city, frame).iter().map(|question| question.name.clone()));
            }
        }
    }
    names
}

/// Tells whether a slot's value is said back when the counter is not sure of it.
pub(crate) const fn can_be_misheard(kind: SlotKind) -> bool {
    match kind {
        SlotKind::Address
        | SlotKind::RequestNumber
        | SlotKind::Phone
        | SlotKind::Email
        | SlotKind::Contact
        | SlotKind::PostalCode
        | SlotKind::Date
        | SlotKind::Time
        | SlotKind::Number => true,
        SlotKind::AffirmDeny
        | SlotKind::Choice
        | SlotKind::Text
        | SlotKind::Image
        | SlotKind::Service
        | SlotKind::Faq => false,
    }
}
