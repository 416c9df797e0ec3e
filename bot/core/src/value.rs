//! The values that slots hold and actions give.

use jiff::civil::{Date, Time};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

use crate::case_number::CaseNumber;
use crate::contact::{Contact, Email, Phone};
use crate::id::AttachmentId;
use crate::place::Place;
use crate::time::UnixMs;

/// A record: named values, in order of name.
pub type Record = BTreeMap<String, Value>;

/// One typed value.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Value {
    /// Free words.
    Text(String),
    /// A whole number.
    Number(i64),
    /// Yes or no.
    Bool(bool),
    /// The key of an option, or of a member of a closed list.
    Choice(String),
    /// A place of the city.
    Address(Box<Place>),
    /// A phone number.
    Phone(Phone),
    /// An e-mail address.
    Email(Email),
    /// Either of the two.
    Contact(Contact),
    /// A postal code, as in `G1R 2B5`.
    PostalCode(String),
    /// A day.
    Date(Date),
    /// A time of day.
    Time(Time),
    /// An instant.
    Instant(UnixMs),
    /// A span of time in milliseconds.
    SpanMs(i64),
    /// Pictures.
    Images(Vec<AttachmentId>),
    /// The public number of a case.
    CaseNumber(CaseNumber),
    /// The code of a category.
    Service(String),
    /// The id of a question that the city answers.
    Faq(String),
    /// Named values.
    Record(Record),
    /// Several values of one sort.
    List(Vec<Value>),
}

impl Value {
    /// Gives a field of a record or a place; `None` where there is none of that name.
    #[must_use]
    pub fn field(&self, name: &str) -> Option<Self> {
        match self {
            Self::Record(fields) => fields.get(name).cloned(),
            Self::Address(place) => place_field(place, name),
            Self::Text(_)
            | Self::Number(_)
            | Self::Bool(_)
            | Self::Choice(_)
            | Self::Phone(_)
            | Self::Email(_)
            | Self::Contact(_)
            | Self::PostalCode(_)
            | Self::Date(_)
            | Self::Time(_)
            | Self::Instant(_)
            | Self::SpanMs(_)
            | Self::Images(_)
            | Self::CaseNumber(_)
            | Self::Service(_)
            | Self::Faq(_)
            | Self::List(_) => None,
        }
    }

    /// Gives a text value's words.
    #[must_use]
    pub fn as_text(&self) -> Option<&str> {
        if let Self::Text(text) = self { Some(text) } else { None }
    }

    /// Gives a category value's code.
    #[must_use]
    pub fn as_service(&self) -> Option<&str> {
        if let Self::Service(code) = self { Some(code) } else { None }
    }

    /// Gives an address value's place.
    #[must_use]
    pub fn as_place(&self) -> Option<&Place> {
        if let Self::Address(place) = self { Some(place) } else { None }
    }
}

/// Fields of a place that conditions and texts may read: `number`, `street`, `sector`.
fn place_field(place: &Place, name: &str) -> Option<Value> {
    match name {
        "number" => place.number.map(|number| Value::Number(i64::from(number))),
        "street" => place.street.clone().map(Value::Text),
        "sector" => place.sector.clone().map(Value::Text),
        _ => None,
    }
}

/// A slot as it stands in a conversation.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Answer {
    /// The resident gave a value.
    Known(Value),
    /// The resident does not know it, and says so.
    Unknown,
    /// The resident would rather not say.
    Declined,
}

impl Answer {
    /// Gives the value, where there is one.
    #[must_use]
    pub const fn value(&self) -> Option<&Value> {
        match self {
            Self::Known(value) => Some(value),
            Self::Unknown | Self::Declined => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lang::Bilingual;
    use crate::place::{PlaceKind, Point};

    #[test]
    fn values_read_back_as_written() {
        let place = Place {
            kind: PlaceKind::Address,
            label: Bilingual::of("12, rue Cartier", "12 Rue Cartier"),
            number: Some(12),
            street: Some("rue-cartier".to_owned()),
            cross: None,
            sector: Some("A".to_owned()),
            at: Point::new(46.8, -71.2).unwrap(),
        };
        let value = Value::Address(Box::new(place));
        let text = serde_json::to_string(&value).unwrap();
        assert_eq!(serde_json::from_str::<Value>(&text).unwrap(), value);
        assert_eq!(value.field("number"), Some(Value::Number(12)));
        assert_eq!(value.field("colour"), None);
    }
}
