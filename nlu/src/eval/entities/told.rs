//! Values as the table writes them, and whether two are the same.

use bot_core::text::fold;
use bot_core::understanding::Heard;
use bot_core::{Contact, Value};

/// What stands before the name of a refusal.
const REFUSED: char = '!';
/// What stands between the streets of a corner.
const CORNER: &str = " / ";

/// Writes what was heard as the table does.
pub(super) fn told(heard: &Heard) -> String {
    match heard {
        Heard::Value(value) => value_told(value),
        Heard::Refused { refusal, .. } => format!("{REFUSED}{refusal}"),
    }
}

fn value_told(value: &Value) -> String {
    match value {
        Value::Address(place) => place.label.fr.clone(),
        Value::Phone(phone) | Value::Contact(Contact::Phone(phone)) => phone.as_str().to_owned(),
        Value::Email(email) | Value::Contact(Contact::Email(email)) => email.as_str().to_owned(),
        Value::Date(date) => date.to_string(),
        Value::Time(time) => time.strftime("%H:%M").to_string(),
        Value::Number(number) => number.to_string(),
        Value::PostalCode(text) | Value::Text(text) | Value::Choice(text) => text.clone(),
        Value::CaseNumber(number) => number.to_string(),
        Value::Bool(_)
        | Value::Instant(_)
        | Value::SpanMs(_)
        | Value::Images(_)
        | Value::Service(_)
        | Value::Faq(_)
        | Value::Record(_)
        | Value::List(_) => format!("{value:?}"),
    }
}

/// Tells whether a value is one of those that are right.
pub(super) fn is_right(said: &str, wanted: &[String]) -> bool {
    wanted.iter().any(|wanted| same(said, wanted))
}

fn same(said: &str, wanted: &str) -> bool {
    let refused = |text: &str| text.starts_with(REFUSED);
    if refused(said) || refused(wanted) {
        return said == wanted;
    }
    // A corner is the same from either street; a sign such as + or : makes the others differ.
    let streets = |text: &str| {
        let mut streets: Vec<String> = text.split(CORNER).map(fold).collect();
        streets.sort_unstable();
        streets
    };
    said == wanted || (said.contains(char::is_alphabetic) && streets(said) == streets(wanted))
}
