//! Reads a message as the answer to the open question.

use bot_core::Value;
use bot_core::message::{AttachmentKind, Content};
use bot_core::slot::{Refusal, SlotKind};
use bot_core::understanding::{
    Entity, Extent, Heard, Means, Outcome, Stance, StanceHit, Understanding,
};
use bot_core::value::Answer;
use flows::City;
use flows::model::slot::{GiveUp, Slot};

use crate::menu::{Item, Meaning};
use crate::spare::fit;

/// Words taken as free text are an answer, though a weak one.
const FREE_TEXT_P: f32 = 0.55;
/// A tapped or keyed choice, a pin on the map, a picture.
pub(crate) const CERTAIN: f32 = 1.0;
/// Topics offered when several may be meant.
const MAX_TOPICS: usize = 3;
/// An intent below this is no candidate for a topic.
const MIN_TOPIC_P: f32 = 0.1;

/// An answer that was read.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Reading {
    /// A value, or that there is none.
    Answer { answer: Answer, p: f32, extent: Extent, words: String },
    /// A value that the type refuses.
    Refused { entity: Entity },
    /// Something else was picked from the menu.
    Picked(Meaning),
    /// Several categories or questions may be meant.
    Topics(Vec<String>),
}

impl Reading {
    fn known(value: Value, p: f32, extent: Extent, words: &str) -> Self {
        let (answer, words) = (Answer::Known(value), words.to_owned());
        Self::Answer { answer, p, extent, words }
    }

    fn none(answer: Answer, hit: StanceHit) -> Self {
        Self::Answer { answer, p: hit.p, extent: hit.extent, words: String::new() }
    }

    /// Tells how sure the reading is, 0 to 1.
    pub(crate) fn p(&self) -> f32 {
        match self {
            Self::Answer { p, .. } => *p,
            Self::Refused { entity } => entity.p * 0.5,
            Self::Picked(_) => CERTAIN,
            Self::Topics(_) => 0.4,
        }
    }

    /// Tells whether no word of the message is left to mean something else: a "no" is no answer to
    /// another question. Free words and topics may hold more.
    pub(crate) fn says_nothing_else(&self) -> bool {
        let free = matches!(
            self,
            Self::Answer {
                answer: Answer::Known(Value::Text(_) | Value::Service(_) | Value::Faq(_)),
                ..
            }
        );
        self.is_whole() && !free
    }

    /// Tells whether the message says nothing else.
    pub(crate) fn is_whole(&self) -> bool {
        match self {
            Self::Answer { extent, .. } => *extent == Extent::Whole,
            Self::Refused { entity } => entity.extent == Extent::Whole,
            Self::Picked(_) => true,
            Self::Topics(_) => false,
        }
    }
}

/// Reads the answer to a slot's question.
pub(crate) fn read(
    city: &City,
    slot: &Slot,
    menu: &[Item],
    content: &Content,
    heard: &Understanding,
) -> Option<Reading> {
    let by_type = of_type(city, slot, content, heard);
    if let Some(picked) = picked(menu, heard) {
        // "1" is a count where one is asked, and not the first choice, which is to skip.
        let counts = matches!(picked, Reading::Picked(Meaning::Stance(_)))
            && slot.kind != SlotKind::Text
            && matches!(by_type, Some(Reading::Answer { .. }));
        return if counts { by_type } else { Some(picked) };
    }
    match by_type {
        Some(reading @ Reading::Answer { .. }) if slot.kind != SlotKind::Text => Some(reading),
        other => refusal_to_say(slot, heard).or(other),
    }
}

/// Reads the item of the menu that the words name, by label, number or rank.
pub(crate) fn picked(menu: &[Item], heard: &Understanding) -> Option<Reading> {
    let hit = heard.options.iter().find(|hit| hit.slot.is_none() && hit.p >= 0.5)?;
    let item = menu.iter().find(|item| item.id == hit.key)?;
    Some(match &item.meaning {
        Meaning::Option(key) => Reading::known(Value::Choice(key.clone()), hit.p, hit.extent, ""),
        Meaning::Value(value) => Reading::known(value.clone(), hit.p, hit.extent, ""),
        // Yes, no, skip in words are read by the stance, which knows more ways to say them.
        Meaning::Stance(_) if heard.stance.is_some() || hit.extent != Extent::Whole => return None,
        Meaning::Stance(_)
        | Meaning::Intent(_)
        | Meaning::Change(_)
        | Meaning::ChangeSomething
        | Meaning::Other => Reading::Picked(item.meaning.clone()),
    })
}

/// Tells whether the flow goes on without this answer, so that whoever says at once that there is
/// none need not be asked again.
pub(crate) fn can_be_skipped(slot: &Slot) -> bool {
    slot.optional || slot.give_up == Some(GiveUp::Skip)
}

/// Reads "no", "skip", "I don't know" where the slot can do without.
fn refusal_to_say(slot: &Slot, heard: &Understanding) -> Option<Reading> {
    let hit =
        heard.stance.filter(|hit| hit.extent == Extent::Whole || slot.kind != SlotKind::Text)?;
    match hit.stance {
        Stance::DontKnow if slot.unknown_ok => Some(Reading::none(Answer::Unknown, hit)),
        Stance::Skip | Stance::DontKnow if can_be_skipped(slot) => {
            Some(Reading::none(Answer::Declined, hit))
        }
        Stance::No if slot.optional && slot.kind != SlotKind::AffirmDeny => {
            Some(Reading::none(Answer::Declined, hit))
        }
        Stance::No | Stance::Skip if slot.unknown_ok => Some(Reading::none(Answer::Unknown, hit)),
        Stance::Yes | Stance::No | Stance::DontKnow | Stance::Skip => None,
    }
}

fn of_type(city: &City, slot: &Slot, content: &Content, heard: &Understanding) -> Option<Reading> {
    match slot.kind {
        SlotKind::AffirmDeny => yes_no(heard),
        SlotKind::Choice => option(slot, heard),
        SlotKind::Text => {
            let text = Value::Text(content.text.clone());
            (!content.text.is_empty()).then(|| Reading::known(text, FREE_TEXT_P, Extent::Whole, ""))
        }
        SlotKind::Image => image(content),
        SlotKind::Service => topics(
            heard,
            |intent| city.started_by(intent)?.service.map(|service| service.code.clone()),
            Value::Service,
        ),
        SlotKind::Faq => {
            topics(heard, |intent| city.started_by(intent)?.faq.map(|f| f.id.clone()), Value::Faq)
        }
        SlotKind::Address
        | SlotKind::Contact
        | SlotKind::RequestNumber
        | SlotKind::Phone
        | SlotKind::Email
        | SlotKind::PostalCode
        | SlotKind::Date
        | SlotKind::Time
        | SlotKind::Number => entity(slot, heard),
    }
}

pub(crate) fn yes_no(heard: &Understanding) -> Option<Reading> {
    let hit = heard.stance?;
    let yes = match hit.stance {
        Stance::Yes => true,
        Stance::No => false,
        Stance::DontKnow | Stance::Skip => return None,
    };
    Some(Reading::known(Value::Bool(yes), hit.p, hit.extent, ""))
}

fn option(slot: &Slot, heard: &Understanding) -> Option<Reading> {
    let of_slot = |hit: &&bot_core::understanding::OptionHit| {
        hit.slot.as_deref() == Some(&slot.name) && slot.option(&hit.key).is_some()
    };
    let hit = heard.options.iter().find(of_slot)?;
    Some(Reading::known(Value::Choice(hit.key.clone()), hit.p, hit.extent, ""))
}

fn image(content: &Content) -> Option<Reading> {
    if content.attachments.is_empty() {
        return None;
    }
    let photos: Vec<_> = content
        .attachments
        .iter()
        .filter(|file| file.kind == AttachmentKind::Image)
        .map(|file| file.id)
        .collect();
    if photos.is_empty() {
        let heard = Heard::Refused { refusal: Refusal::WrongKind, candidates: Vec::new() };
        return Some(Reading::Refused { entity: certain_entity(SlotKind::Image, heard) });
    }
    Some(Reading::known(Value::Images(photos), CERTAIN, Extent::Whole, ""))
}

fn certain_entity(kind: SlotKind, heard: Heard) -> Entity {
    Entity {
        kind,
        heard,
        words: String::new(),
        p: CERTAIN,
        means: Means::Read,
        extent: Extent::Whole,
        slot: None,
    }
}

/// Reads a typed value; a good one is preferred to one that is refused.
fn entity(slot: &Slot, heard: &Understanding) -> Option<Reading> {
    let fits = |entity: &&Entity| {
        slot.kind.takes(entity.kind) && entity.slot.as_ref().is_none_or(|name| *name == slot.name)
    };
    let good = heard.entities.iter().filter(fits).find(|e| matches!(e.heard, Heard::Value(_)));
    let found = good.or_else(|| heard.entities.iter().find(fits))?;
    Some(match &found.heard {
        Heard::Value(value) => {
            Reading::known(fit(value.clone(), slot.kind), found.p, found.extent, &found.words)
        }
        Heard::Refused { .. } => Reading::Refused { entity: found.clone() },
    })
}

/// Reads a category or a question from the intents.
fn topics(
    heard: &Understanding,
    topic_of: impl Fn(&str) -> Option<String>,
    make: impl Fn(String) -> Value,
) -> Option<Reading> {
    let best = heard.best()?;
    if heard.outcome == Outcome::Sure {
        let topic = topic_of(&best.intent)?;
        return Some(Reading::known(make(topic), best.p, Extent::Whole, ""));
    }
    let mut keys: Vec<String> = Vec::new();
    for ranked in heard.intents.iter().filter(|ranked| ranked.p >= MIN_TOPIC_P) {
        if let Some(topic) = topic_of(&ranked.intent)
            && !keys.contains(&topic)
        {
            keys.push(topic);
        }
    }
    keys.truncate(MAX_TOPICS);
    (heard.outcome == Outcome::Unsure && !keys.is_empty()).then_some(Reading::Topics(keys))
}
