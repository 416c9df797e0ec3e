//! The answers on offer for the open question, and what each means.

use bot_core::understanding::Stance;
use bot_core::{Bilingual, Value};
use flows::City;
use flows::model::action::{RecordSpec, Type};
use flows::model::flow::StepKind;
use flows::model::slot::Slot;
use flows::model::text::Wording;
use flows::render::{self, Voice};

use bot_core::slot::SlotKind;

use crate::scope::{is_optional, slot_of};
use crate::session::{Frame, Pending, Session};
use crate::words::{both, label_of, named};
use crate::work::flow_of;

/// Items of a list that are offered.
const MAX_LIST: usize = 8;

/// What picking an item means.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Meaning {
    /// An option of the slot asked.
    Option(String),
    /// Yes, no, skip, I don't know.
    Stance(Stance),
    /// A value of the slot asked.
    Value(Value),
    /// An intent.
    Intent(String),
    /// This slot is to be changed.
    Change(String),
    /// Something is to be changed.
    ChangeSomething,
    /// None of these.
    Other,
}

/// An answer on offer.
#[derive(Debug, Clone)]
pub(crate) struct Item {
    pub(crate) id: String,
    pub(crate) label: Bilingual<String>,
    pub(crate) also: Bilingual<Vec<String>>,
    pub(crate) meaning: Meaning,
}

impl Item {
    /// Tells whether people answer it without being shown how: yes, no, skip.
    pub(crate) const fn is_plain_answer(&self) -> bool {
        matches!(self.meaning, Meaning::Stance(_))
    }
}

/// Lists the answers on offer for the open question.
pub(crate) fn of(city: &City, session: &Session) -> Vec<Item> {
    let Some(pending) = &session.pending else {
        return Vec::new();
    };
    let builder = Builder { city, session };
    match pending {
        Pending::Slot { slot, .. } => builder.slot(slot),
        Pending::ReadBack { .. } | Pending::Prefill { .. } | Pending::Resume => builder.yes_no(),
        Pending::Places { slot, places, .. } => {
            let of_place = |(n, place): (usize, &bot_core::Place)| {
                let label = Bilingual::from_fn(|lang| render::place(place, lang));
                let value = Value::Address(Box::new(place.clone()));
                item(format!("{slot}=place{}", n + 1), label, Meaning::Value(value))
            };
            places.iter().enumerate().map(of_place).collect()
        }
        Pending::Topics { slot, keys, .. } => builder.topics(slot, keys),
        Pending::Confirm => {
            let mut items = builder.yes_no();
            items.insert(1, builder.global("change", Meaning::ChangeSomething));
            items
        }
        Pending::ChangeWhat => builder.changes(),
        Pending::DidYouMean { intents, .. } => {
            let mut items = builder.intents(intents.iter());
            items.push(builder.global("other", Meaning::Other));
            items
        }
    }
}

/// Lists what a resident who needs an idea may do.
pub(crate) fn starters(city: &City, session: &Session) -> Vec<Item> {
    let names = city.info.starters.iter().map(|(intent, _)| intent);
    Builder { city, session }.intents(names)
}

/// Lists the starters if they stand under the last words and nothing else is going on: they may
/// be answered by their number.
pub(crate) fn shown_starters(city: &City, session: &Session) -> Vec<Item> {
    let idle = session.pending.is_none() && session.stack.is_empty();
    let starters = if idle { starters(city, session) } else { Vec::new() };
    let last = session.last.last().map(|out| out.choices.iter().map(|choice| &choice.id));
    let shown = last.is_some_and(|ids| ids.eq(starters.iter().map(|item| &item.id)));
    if shown { starters } else { Vec::new() }
}

fn item(id: String, label: Bilingual<String>, meaning: Meaning) -> Item {
    Item { id, label, also: Bilingual::default(), meaning }
}

struct Builder<'a> {
    city: &'a City,
    session: &'a Session,
}

impl Builder<'_> {
    fn global(&self, key: &str, meaning: Meaning) -> Item {
        item(key.to_owned(), both(self.city, key, self.session.channel), meaning)
    }

    fn yes_no(&self) -> Vec<Item> {
        vec![
            self.global("yes", Meaning::Stance(Stance::Yes)),
            self.global("no", Meaning::Stance(Stance::No)),
        ]
    }

    fn intents<'n>(&self, names: impl Iterator<Item = &'n String>) -> Vec<Item> {
        names
            .filter_map(|name| self.city.intents.get(name))
            .map(|intent| {
                let meaning = Meaning::Intent(intent.name.clone());
                item(format!("intent={}", intent.name), intent.title.clone(), meaning)
            })
            .collect()
    }

    fn slot(&self, name: &str) -> Vec<Item> {
        let Some(frame) = self.session.top() else {
            return Vec::new();
        };
        let Some(flow) = flow_of(self.city, frame) else {
            return Vec::new();
        };
        let Some(slot) = slot_of(self.city, flow, frame, name) else {
            return Vec::new();
        };
        let mut items = self.answers(slot, frame);
        if slot.unknown_ok {
            items.push(self.global("dont_know", Meaning::Stance(Stance::DontKnow)));
        }
        if is_optional(flow, frame, slot) && slot.kind != SlotKind::AffirmDeny {
            items.push(self.global("skip", Meaning::Stance(Stance::Skip)));
        }
        items
    }

    fn answers(&self, slot: &Slot, frame: &Frame) -> Vec<Item> {
        match slot.kind {
            SlotKind::AffirmDeny => self.yes_no(),
            SlotKind::Choice => match &slot.options_from {
                Some(list) => self.list(slot, frame, list),
                None => slot
                    .options
                    .iter()
                    .map(|option| Item {
                        id: format!("{}={}", slot.name, option.item.key),
                        label: option.item.label.clone(),
                        also: option.item.also.clone(),
                        meaning: Meaning::Option(option.item.key.clone()),
                    })
                    .collect(),
            },
            SlotKind::Address
            | SlotKind::Text
            | SlotKind::Image
            | SlotKind::Contact
            | SlotKind::RequestNumber
            | SlotKind::Phone
            | SlotKind::Email
            | SlotKind::PostalCode
            | SlotKind::Date
            | SlotKind::Time
            | SlotKind::Number
            | SlotKind::Service
            | SlotKind::Faq => Vec::new(),
        }
    }

    /// Offers the items of a list that an action gave.
    fn list(&self, slot: &Slot, frame: &Frame, list: &str) -> Vec<Item> {
        let Some(Value::List(values)) = frame.value(list) else {
            return Vec::new();
        };
        let spec = self.record_of(frame, list);
        values
            .iter()
            .take(MAX_LIST)
            .enumerate()
            .map(|(n, value)| {
                let (label, value) = self.choice_of(value, spec);
                item(format!("{}=item{}", slot.name, n + 1), label, Meaning::Value(value))
            })
            .collect()
    }

    /// Finds the record that a variable's list holds, by the call that gave it.
    fn record_of(&self, frame: &Frame, list: &str) -> Option<&RecordSpec> {
        let flow = flow_of(self.city, frame)?;
        flow.steps.iter().find_map(|step| {
            let StepKind::Call(call) = &step.kind else {
                return None;
            };
            let (output, _) = call.outs.get(list)?;
            let (field, _) = self.city.actions.get(&call.action)?.output(output)?;
            let Type::List(of) = &field.ty else {
                return None;
            };
            let Type::Record(name) = of.as_ref() else {
                return None;
            };
            self.city.records.get(name)
        })
    }

    /// Gives a list item's label and the value that choosing it gives: a record's key.
    fn choice_of(&self, value: &Value, spec: Option<&RecordSpec>) -> (Bilingual<String>, Value) {
        let Some((key, label)) = spec.and_then(|spec| spec.key.as_ref().zip(spec.label.as_ref()))
        else {
            let label = Bilingual::from_fn(|lang| {
                let voice = Voice { lang, channel: self.session.channel };
                render::print(self.city, value, None, voice)
            });
            return (label, value.clone());
        };
        let chosen = value.field(key).unwrap_or_else(|| value.clone());
        (self.record_label(label, value), chosen)
    }

    fn record_label(&self, label: &Wording, record: &Value) -> Bilingual<String> {
        Bilingual::from_fn(|lang| {
            let voice = Voice { lang, channel: self.session.channel };
            render::wording(self.city, label, voice, &Fields(record))
        })
    }

    fn topics(&self, slot: &str, keys: &[String]) -> Vec<Item> {
        let mut items: Vec<Item> = keys
            .iter()
            .filter_map(|key| {
                let (label, value) = match self.city.services.get(key) {
                    Some(service) => (service.name.clone(), Value::Service(key.clone())),
                    None => (self.city.faq.get(key)?.title.clone(), Value::Faq(key.clone())),
                };
                Some(item(format!("{slot}={key}"), label, Meaning::Value(value)))
            })
            .collect();
        items.push(self.global("other", Meaning::Other));
        items
    }

    /// Offers every slot of the recap.
    fn changes(&self) -> Vec<Item> {
        let Some(frame) = self.session.top() else {
            return Vec::new();
        };
        let Some(flow) = flow_of(self.city, frame) else {
            return Vec::new();
        };
        let Some(place) = flow.find_step(&frame.step) else {
            return Vec::new();
        };
        let StepKind::Confirm(confirm) = &flow.steps[place].kind else {
            return Vec::new();
        };
        named(self.city, frame, &confirm.items)
            .into_iter()
            .filter_map(|name| slot_of(self.city, flow, frame, &name))
            .filter(|slot| slot.is_asked_on(self.session.channel))
            .map(|slot| {
                let channel = self.session.channel;
                let label = Bilingual::from_fn(|lang| label_of(self.city, slot, lang, channel));
                item(format!("change={}", slot.name), label, Meaning::Change(slot.name.clone()))
            })
            .collect()
    }
}

/// The fields of one record, as the values of its label.
struct Fields<'a>(&'a Value);

impl render::Values for Fields<'_> {
    fn value(&self, path: &flows::model::expression::Path) -> Option<Value> {
        let root = self.0.field(&path.root)?;
        path.fields.iter().try_fold(root, |value, field| value.field(field))
    }

    fn shown(&self, _: &flows::model::expression::Path, _: bot_core::Language) -> Option<String> {
        None
    }
}
