//! What a slot's own bounds allow: lengths, numbers, days.

use bot_core::Value;
use bot_core::slot::Refusal;
use flows::model::slot::{Days, Slot};

use crate::work::Work;

/// Checks a value against its slot's bounds.
pub(crate) fn value(work: &Work<'_>, slot: &Slot, value: &Value) -> Result<(), Refusal> {
    match value {
        Value::Text(text) if text.chars().count() > slot.max_chars => Err(Refusal::TooLong),
        Value::Number(number) if slot.min.is_some_and(|min| *number < min) => {
            Err(Refusal::TooSmall)
        }
        Value::Number(number) if slot.max.is_some_and(|max| *number > max) => {
            Err(Refusal::TooLarge)
        }
        Value::Date(day) => {
            let today = work.city.info.zone.to_datetime(work.now().timestamp()).date();
            match slot.allow {
                Days::Past if *day > today => Err(Refusal::TooLate),
                Days::Future if *day < today => Err(Refusal::TooEarly),
                Days::Past | Days::Future | Days::Any => Ok(()),
            }
        }
        Value::Text(_)
        | Value::Number(_)
        | Value::Bool(_)
        | Value::Choice(_)
        | Value::Address(_)
        | Value::Phone(_)
        | Value::Email(_)
        | Value::Contact(_)
        | Value::PostalCode(_)
        | Value::Time(_)
        | Value::Instant(_)
        | Value::SpanMs(_)
        | Value::Images(_)
        | Value::CaseNumber(_)
        | Value::Service(_)
        | Value::Faq(_)
        | Value::Record(_)
        | Value::List(_) => Ok(()),
    }
}

/// Gives the bound that a refusal speaks of, for `{limit}`.
pub(crate) fn limit(slot: &Slot, refusal: Refusal) -> String {
    let number = |bound: Option<i64>| bound.map(|n| n.to_string()).unwrap_or_default();
    match refusal {
        Refusal::TooSmall => number(slot.min),
        Refusal::TooLarge => number(slot.max),
        Refusal::TooLong => slot.max_chars.to_string(),
        Refusal::NotFound
        | Refusal::Outside
        | Refusal::Several
        | Refusal::Malformed
        | Refusal::TooEarly
        | Refusal::TooLate
        | Refusal::WrongKind => String::new(),
    }
}
