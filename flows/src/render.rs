//! Writes values and texts in a language, for a channel.

use bot_core::place::PlaceKind;
use bot_core::{Channel, Contact, Language, Place, Value};
use jiff::civil::{Date, Time};
use std::fmt::Write;

use crate::model::city::City;
use crate::model::expression::Path;
use crate::model::faq::FaqEntry;
use crate::model::text::{Filter, Piece, Template, Wording};

/// Rows of a table that follow an answer, where they are read.
const MAX_ROWS_READ: usize = 30;
/// Rows of a table that follow an answer, where they are heard or paid for.
const MAX_ROWS_SHORT: usize = 3;

/// What a text calls the city by, as in `{city.name}`.
const CITY: &str = "city";

/// To whom, and how, something is said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Voice {
    /// The language.
    pub lang: Language,
    /// The channel.
    pub channel: Channel,
}

/// Gives the values that a text may name.
pub trait Values {
    /// Gives a value; `None` where there is none.
    fn value(&self, path: &Path) -> Option<Value>;

    /// Gives what the counter shows instead of a bare value (an option's label); `None` for most.
    fn shown(&self, path: &Path, lang: Language) -> Option<String>;
}

/// Writes a text for a voice.
#[must_use]
pub fn wording(city: &City, wording: &Wording, voice: Voice, values: &dyn Values) -> String {
    template(city, wording.template(voice.lang, voice.channel), voice, values)
}

/// Writes a template for a voice; a hole without a value is left empty.
#[must_use]
pub fn template(city: &City, template: &Template, voice: Voice, values: &dyn Values) -> String {
    let mut text = String::new();
    for piece in &template.pieces {
        match piece {
            // A value such as "8:30 a.m." ends the sentence already.
            Piece::Words(words) if text.ends_with('.') && is_end(words) => {
                text.extend(words.strip_prefix('.'));
            }
            Piece::Words(words) => text.push_str(words),
            Piece::Hole { path, filter } => {
                text.push_str(&hole(city, path, *filter, voice, values));
            }
        }
    }
    text
}

/// Tells whether words begin with the end of a sentence, and not with dots left out: "…".
fn is_end(words: &str) -> bool {
    words.starts_with('.') && !words.starts_with("..")
}

fn hole(
    city: &City,
    path: &Path,
    filter: Option<Filter>,
    voice: Voice,
    values: &dyn Values,
) -> String {
    // Every text may name the city, whoever writes it.
    let city_name = (path.root == CITY).then(|| city.info.name.get(voice.lang).clone());
    if let Some(shown) = city_name.or_else(|| values.shown(path, voice.lang)) {
        return if filter == Some(Filter::Lower) { shown.to_lowercase() } else { shown };
    }
    values.value(path).map(|value| print(city, &value, filter, voice)).unwrap_or_default()
}

/// Writes one value.
#[must_use]
pub fn print(city: &City, value: &Value, filter: Option<Filter>, voice: Voice) -> String {
    let lang = voice.lang;
    match (value, filter) {
        (_, Some(Filter::Lower)) => plain(city, value, voice).to_lowercase(),
        (Value::Instant(at), Some(Filter::Date)) => {
            date(city.info.zone.to_datetime(at.timestamp()).date(), lang)
        }
        (Value::Instant(at), Some(Filter::Time)) => {
            time(city.info.zone.to_datetime(at.timestamp()).time(), lang)
        }
        (Value::List(items), Some(Filter::Count)) => items.len().to_string(),
        (Value::Images(items), Some(Filter::Count)) => items.len().to_string(),
        (value, Some(Filter::Digits)) => digits(&plain(city, value, voice)),
        (value, _) => plain(city, value, voice),
    }
}

fn plain(city: &City, value: &Value, voice: Voice) -> String {
    let lang = voice.lang;
    match value {
        Value::Text(text) | Value::PostalCode(text) | Value::Choice(text) => text.clone(),
        Value::Number(number) => number.to_string(),
        Value::Bool(yes) => yes_no(city, *yes, voice),
        Value::Address(found) => place(found, lang),
        Value::Phone(phone) => phone.readable(),
        Value::Email(email) => email.as_str().to_owned(),
        Value::Contact(contact) => Contact::readable(contact),
        Value::Date(day) => date(*day, lang),
        Value::Time(hour) => time(*hour, lang),
        Value::Instant(at) => {
            let local = city.info.zone.to_datetime(at.timestamp());
            match lang {
                Language::Fr => {
                    format!("{} à {}", date(local.date(), lang), time(local.time(), lang))
                }
                Language::En => {
                    format!("{} at {}", date(local.date(), lang), time(local.time(), lang))
                }
            }
        }
        Value::SpanMs(ms) => days(*ms, lang),
        Value::Images(items) => items.len().to_string(),
        Value::CaseNumber(number) => number.to_string(),
        Value::Service(code) => {
            city.services.get(code).map_or_else(String::new, |s| s.name.get(lang).clone())
        }
        Value::Faq(id) => city.faq.get(id).map_or_else(String::new, |f| f.title.get(lang).clone()),
        Value::Record(_) | Value::List(_) => String::new(),
    }
}

fn yes_no(city: &City, yes: bool, voice: Voice) -> String {
    let words = city.texts.get(if yes { "yes" } else { "no" });
    words
        .map(|text| template(city, text.template(voice.lang, voice.channel), voice, &NoValues))
        .unwrap_or_default()
}

/// Gives words by name, and no other value.
pub struct Given<'a>(pub &'a [(&'a str, String)]);

impl Values for Given<'_> {
    fn value(&self, _: &Path) -> Option<Value> {
        None
    }

    fn shown(&self, path: &Path, _: Language) -> Option<String> {
        let known = self.0.iter().find(|(name, _)| path.fields.is_empty() && *name == path.root);
        known.map(|(_, words)| words.clone())
    }
}

/// Gives no value at all.
pub struct NoValues;

impl Values for NoValues {
    fn value(&self, _: &Path) -> Option<Value> {
        None
    }

    fn shown(&self, _: &Path, _: Language) -> Option<String> {
        None
    }
}

/// Writes a place: its label, or its position where it has none.
#[must_use]
pub fn place(place: &Place, lang: Language) -> String {
    let label = place.label.get(lang);
    if label.is_empty() && place.kind == PlaceKind::Point {
        return format!("{:.5}, {:.5}", place.at.lat, place.at.lon);
    }
    label.clone()
}

const MONTHS: [(&str, &str); 12] = [
    ("janvier", "January"),
    ("février", "February"),
    ("mars", "March"),
    ("avril", "April"),
    ("mai", "May"),
    ("juin", "June"),
    ("juillet", "July"),
    ("août", "August"),
    ("septembre", "September"),
    ("octobre", "October"),
    ("novembre", "November"),
    ("décembre", "December"),
];
const WEEKDAYS: [(&str, &str); 7] = [
    ("lundi", "Monday"),
    ("mardi", "Tuesday"),
    ("mercredi", "Wednesday"),
    ("jeudi", "Thursday"),
    ("vendredi", "Friday"),
    ("samedi", "Saturday"),
    ("dimanche", "Sunday"),
];

/// Writes a day with its weekday: "mardi 3 mars", "Tuesday, March 3".
#[must_use]
pub fn date(day: Date, lang: Language) -> String {
    let month = MONTHS[usize::from(day.month().unsigned_abs()).clamp(1, 12) - 1];
    let weekday =
        WEEKDAYS[usize::from(day.weekday().to_monday_zero_offset().unsigned_abs()).min(6)];
    match lang {
        Language::Fr => {
            let of_month = if day.day() == 1 { "1er".to_owned() } else { day.day().to_string() };
            format!("{} {of_month} {}", weekday.0, month.0)
        }
        Language::En => format!("{}, {} {}", weekday.1, month.1, day.day()),
    }
}

/// Writes a time of day: "14 h 30", "2:30 p.m.".
#[must_use]
pub fn time(time: Time, lang: Language) -> String {
    let (hour, minute) = (time.hour(), time.minute());
    match (lang, minute) {
        (Language::Fr, 0) => format!("{hour} h"),
        (Language::Fr, _) => format!("{hour} h {minute:02}"),
        (Language::En, _) => {
            let half = if hour < 12 { "a.m." } else { "p.m." };
            let twelve = if hour % 12 == 0 { 12 } else { hour % 12 };
            if minute == 0 {
                format!("{twelve} {half}")
            } else {
                format!("{twelve}:{minute:02} {half}")
            }
        }
    }
}

/// Writes a span in whole days; less than one is "less than a day".
fn days(ms: i64, lang: Language) -> String {
    match (lang, ms / 86_400_000) {
        (Language::Fr, ..=0) => "moins d'un jour".to_owned(),
        (Language::En, ..=0) => "less than a day".to_owned(),
        (Language::Fr, 1) => "1 jour".to_owned(),
        (Language::En, 1) => "1 day".to_owned(),
        (Language::Fr, n) => format!("{n} jours"),
        (Language::En, n) => format!("{n} days"),
    }
}

/// Writes digits in groups of two or three, for reading aloud: "26 00 12 34 7".
fn digits(text: &str) -> String {
    let groups: Vec<&str> =
        text.split(|sign: char| !sign.is_ascii_digit()).filter(|g| !g.is_empty()).collect();
    let mut spoken = String::new();
    for group in groups {
        let signs: Vec<char> = group.chars().collect();
        let size = if signs.len().is_multiple_of(2) { 2 } else { 3 };
        for chunk in signs.chunks(size) {
            if !spoken.is_empty() {
                spoken.push(' ');
            }
            spoken.extend(chunk);
        }
    }
    spoken
}

/// Writes the answer to a question, with the rows of its table.
#[must_use]
pub fn answer(city: &City, entry: &FaqEntry, voice: Voice) -> String {
    let mut text = wording(city, &entry.answer, voice, &NoValues);
    let Some(table) = entry.table.as_ref().and_then(|(name, _)| city.tables.get(name)) else {
        return text;
    };
    let (most, bullet) = match voice.channel {
        Channel::Web | Channel::Telegram | Channel::Discord | Channel::Email => {
            (MAX_ROWS_READ, "\n• ")
        }
        Channel::Phone => (MAX_ROWS_SHORT, " "),
        // A text message has its own short answer; rows would cost too much.
        Channel::Sms => return text,
    };
    let column = match voice.lang {
        Language::Fr => "line_fr",
        Language::En => "line_en",
    };
    for line in table.rows.iter().filter_map(|row| row.get(column)).take(most) {
        // Writing to a string cannot fail.
        let _ok = write!(text, "{bullet}{line}");
    }
    text
}

/// Writes where an answer comes from.
#[must_use]
pub fn source(entry: &FaqEntry, voice: Voice) -> String {
    let title = entry.source.title.get(voice.lang);
    match voice.channel {
        Channel::Phone | Channel::Sms => title.clone(),
        Channel::Web | Channel::Telegram | Channel::Discord | Channel::Email => {
            format!("{title}, {}", entry.source.url.get(voice.lang))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil;

    #[test]
    fn days_and_hours_are_written_as_people_do() {
        assert_eq!(date(civil::date(2026, 3, 1), Language::Fr), "dimanche 1er mars");
        assert_eq!(date(civil::date(2026, 3, 3), Language::En), "Tuesday, March 3");
        assert_eq!(time(civil::time(14, 30, 0, 0), Language::Fr), "14 h 30");
        assert_eq!(time(civil::time(0, 5, 0, 0), Language::En), "12:05 a.m.");
        assert_eq!(time(civil::time(12, 0, 0, 0), Language::En), "12 p.m.");
        assert_eq!(days(3 * 86_400_000 + 5, Language::Fr), "3 jours");
        assert_eq!(days(5, Language::En), "less than a day");
        assert_eq!(digits("26-001234-7"), "26 00 12 34 7");
        assert_eq!(digits("418-555-1234"), "418 555 12 34");
    }
}
