//! What messages held besides the answer: values for slots that have not been asked yet.

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

/// Values and options kept from earlier messages, each.
const MAX_LEFT: usize = 12;

/// Values heard and not used yet: those of the last message, and what is left of the messages
/// before, newest first. What is said again later stands before what was said earlier; another
/// flow or a command forgets what is left.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Spare {
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    entities: Vec<Entity>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    options: Vec<OptionHit>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    left_entities: Vec<Entity>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    left_options: Vec<OptionHit>,
}

impl Spare {
    /// Tells whether nothing is left.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Puts what the last message held with what is left, before another message is read.
    pub(crate) fn lay_aside(&mut self) {
        let (entities, options) =
            (std::mem::take(&mut self.entities), std::mem::take(&mut self.options));
        self.left_entities.retain(|old| !entities.iter().any(|new| new.kind == old.kind));
        self.left_options.retain(|old| !options.iter().any(|new| new.slot == old.slot));
        self.left_entities.splice(0..0, entities.into_iter().filter(is_of_use));
        self.left_options.splice(0..0, options.into_iter().filter(|hit| hit.slot.is_some()));
        self.left_entities.truncate(MAX_LEFT);
        self.left_options.truncate(MAX_LEFT);
    }

    /// Takes what a message held.
    pub(crate) fn hear(&mut self, entities: &[Entity], options: &[OptionHit]) {
        self.entities = entities.to_vec();
        self.options = options.to_vec();
    }

    /// Takes what an earlier message held, where the last one says nothing of its kind.
    pub(crate) fn hear_also(&mut self, entities: &[Entity]) {
        let last = std::mem::replace(&mut self.entities, entities.to_vec());
        put_before(&mut self.entities, last);
    }

    /// Forgets what is left of earlier messages.
    pub(crate) fn forget_left(&mut self) {
        self.left_entities.clear();
        self.left_options.clear();
    }

    /// Forgets the entity that was used, so that it is not used twice.
    pub(crate) fn used(&mut self, words: &str) {
        self.entities.retain(|entity| entity.words != words);
        self.left_entities.retain(|entity| entity.words != words);
    }

    pub(crate) fn clear(&mut self) {
        *self = Self::default();
    }

    /// Takes a value for a slot, if a message held one.
    pub(crate) fn take(&mut self, slot: &Slot) -> Option<(Answer, f32)> {
        let option = option_for(&mut self.options, slot)
            .or_else(|| option_for(&mut self.left_options, slot));
        if let Some(hit) = option {
            return Some((Answer::Known(Value::Choice(hit.key)), hit.p));
        }
        let (value, p) = value_for(&mut self.entities, slot)
            .or_else(|| value_for(&mut self.left_entities, slot))?;
        Some((Answer::Known(fit(value, slot.kind)), p))
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

/// Tells whether an entity may fill a slot that is asked later: free words answer nothing but their
/// own question.
pub(crate) fn is_of_use(entity: &Entity) -> bool {
    matches!(entity.heard, Heard::Value(_)) && entity.kind != SlotKind::Text
}

/// Puts what was said later before what was said earlier, and instead of it.
pub(crate) fn put_before(earlier: &mut Vec<Entity>, later: Vec<Entity>) {
    earlier.retain(|old| !later.iter().any(|new| new.kind == old.kind));
    earlier.splice(0..0, later);
}

/// Takes the one option of a slot that was heard; "big and dangerous" must be asked.
fn option_for(options: &mut Vec<OptionHit>, slot: &Slot) -> Option<OptionHit> {
    let mut fitting = options.iter().filter(|hit| {
        hit.slot.as_deref() == Some(&slot.name)
            && hit.p >= TAKE_OPTION_FROM
            && slot.option(&hit.key).is_some()
    });
    let hit = fitting.next()?.clone();
    let one = fitting.all(|other| other.key == hit.key);
    options.retain(|other| other.slot != hit.slot);
    one.then_some(hit)
}

fn value_for(entities: &mut Vec<Entity>, slot: &Slot) -> Option<(Value, f32)> {
    let place = entities.iter().position(|entity| {
        entity.p >= TAKE_FROM
            && matches!(entity.heard, Heard::Value(_))
            && entity.slot.as_ref().is_none_or(|name| *name == slot.name)
            && volunteers(slot.kind, entity)
    })?;
    let entity = entities.remove(place);
    match entity.heard {
        Heard::Value(value) => Some((value, entity.p)),
        Heard::Refused { .. } => None,
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
