//! What a message held besides the answer: values for slots that have not been asked yet.

use bot_core::slot::SlotKind;
use bot_core::understanding::{Entity, Extent, Heard, OptionHit};
use bot_core::value::Answer;
use bot_core::{Contact, Value};
use flows::model::slot::Slot;
use serde::{Deserialize, Serialize};

/// Below this, a value that no one asked for is left alone.
const TAKE_FROM: f32 = 0.6;
/// Below this, an option that no one asked for is left alone.
const TAKE_OPTION_FROM: f32 = 0.75;

/// Values heard and not used yet. They stay with the session until the next message, since an
/// action may have to give its result first.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Spare {
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    entities: Vec<Entity>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    options: Vec<OptionHit>,
}

impl Spare {
    /// Tells whether nothing is left.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.entities.is_empty() && self.options.is_empty()
    }

    pub(crate) fn new(entities: &[Entity], options: &[OptionHit]) -> Self {
        Self { entities: entities.to_vec(), options: options.to_vec() }
    }

    /// Forgets the entity that was used, so that it is not used twice.
    pub(crate) fn used(&mut self, words: &str) {
        self.entities.retain(|entity| entity.words != words);
    }

    pub(crate) fn clear(&mut self) {
        self.entities.clear();
        self.options.clear();
    }

    /// Takes a value for a slot, if the message held one.
    pub(crate) fn take(&mut self, slot: &Slot) -> Option<(Answer, f32)> {
        let option = self.options.iter().position(|hit| {
            hit.slot.as_deref() == Some(&slot.name)
                && hit.p >= TAKE_OPTION_FROM
                && slot.option(&hit.key).is_some()
        });
        if let Some(place) = option {
            let hit = self.options.remove(place);
            return Some((Answer::Known(Value::Choice(hit.key)), hit.p));
        }
        let place = self.entities.iter().position(|entity| {
            entity.p >= TAKE_FROM
                && matches!(entity.heard, Heard::Value(_))
                && volunteers(slot.kind, entity)
        })?;
        let entity = self.entities.remove(place);
        let Heard::Value(value) = entity.heard else {
            return None;
        };
        Some((Answer::Known(fit(value, slot.kind)), entity.p))
    }

    /// Takes a value that a slot's type refuses, if the message held one.
    pub(crate) fn take_refused(&mut self, slot: &Slot) -> Option<Entity> {
        let place = self.entities.iter().position(|entity| {
            entity.p >= TAKE_FROM
                && matches!(entity.heard, Heard::Refused { .. })
                && volunteers(slot.kind, entity)
        })?;
        Some(self.entities.remove(place))
    }
}

/// Tells whether an entity of a message may fill a slot that was not asked.
fn volunteers(kind: SlotKind, entity: &Entity) -> bool {
    match kind {
        SlotKind::Address
        | SlotKind::Contact
        | SlotKind::Phone
        | SlotKind::Email
        | SlotKind::PostalCode
        | SlotKind::RequestNumber
        | SlotKind::Date
        | SlotKind::Time => kind.takes(entity.kind),
        // A bare number could count anything.
        SlotKind::Number => entity.kind == kind && entity.extent == Extent::Whole,
        SlotKind::AffirmDeny
        | SlotKind::Choice
        | SlotKind::Text
        | SlotKind::Image
        | SlotKind::Service
        | SlotKind::Faq => false,
    }
}

/// Makes a value one of a slot's type: a phone number is a contact where one is asked.
pub(crate) fn fit(value: Value, kind: SlotKind) -> Value {
    match (value, kind) {
        (Value::Phone(phone), SlotKind::Contact) => Value::Contact(Contact::Phone(phone)),
        (Value::Email(email), SlotKind::Contact) => Value::Contact(Contact::Email(email)),
        (value, _) => value,
    }
}
