//! What a provider has sent, and how single parameters are read out of it.

use serde_json::{Map, Value};

use crate::event::{Event, MAX_HEARD_CHARS, MAX_KEYS, Request};
use crate::fields::Fields;

use super::words::clean;
use super::{Body, ReadError};

/// Bytes of an id that a provider gives.
pub const MAX_ID_BYTES: usize = 128;
/// Bytes of a body in JSON.
pub const MAX_JSON_BYTES: usize = 64 * 1024;
/// Stands for a caller who does not show the number.
pub const ANONYMOUS: &str = "anonymous";

/// How carriers and providers write that a number is not shown. The numbers spell ANONYMOUS,
/// RESTRICTED, BLOCKED, UNKNOWN and UNAVAILABLE on a telephone's keys.
const HIDDEN: [&str; 11] = [
    "anonymous",
    "restricted",
    "blocked",
    "unknown",
    "unavailable",
    "private",
    "266696687",
    "7378742833",
    "2562533",
    "8656696",
    "86282452253",
];

/// A request's query and body.
pub(super) struct Given<'a> {
    query: &'a Fields,
    form: Option<&'a Fields>,
    json: Map<String, Value>,
}

impl<'a> Given<'a> {
    /// Reads the body.
    pub(super) fn new(query: &'a Fields, body: Body<'a>) -> Result<Self, ReadError> {
        let (form, json) = match body {
            Body::Empty => (None, Map::new()),
            Body::Form(fields) => (Some(fields), Map::new()),
            Body::Json(bytes) if bytes.len() > MAX_JSON_BYTES => {
                return Err(ReadError::Long(bytes.len()));
            }
            Body::Json(bytes) => {
                (None, serde_json::from_slice(bytes).map_err(|_| ReadError::Json)?)
            }
        };
        Ok(Self { query, form, json })
    }

    /// Gives a value of the body's JSON.
    pub(super) fn json(&self, name: &str) -> Option<&Value> {
        self.json.get(name)
    }

    /// Gives a parameter of the body, else of the query; an empty one is none.
    pub(super) fn text(&self, name: &str) -> Option<String> {
        let posted = self.form.and_then(|form| form.get(name)).map(str::to_owned);
        let told = posted.or_else(|| self.json.get(name).and_then(plain));
        told.or_else(|| self.query.get(name).map(str::to_owned)).filter(|text| !text.is_empty())
    }

    /// Gives an id.
    pub(super) fn id(&self, name: &'static str) -> Result<Option<String>, ReadError> {
        match self.text(name) {
            Some(id) if is_id(&id) => Ok(Some(id)),
            Some(_) => Err(ReadError::Id(name)),
            None => Ok(None),
        }
    }

    /// Gives an id that must be there, by the first of its names that has one.
    pub(super) fn some_id(&self, names: &[&'static str]) -> Result<String, ReadError> {
        for name in names {
            if let Some(id) = self.id(name)? {
                return Ok(id);
            }
        }
        Err(ReadError::Missing(names.last().copied().unwrap_or_default()))
    }

    /// Gives a word that must be there, in small letters.
    pub(super) fn word(&self, name: &'static str) -> Result<String, ReadError> {
        let word = self.text(name).ok_or(ReadError::Missing(name))?;
        if is_id(&word) { Ok(word.to_ascii_lowercase()) } else { Err(ReadError::Id(name)) }
    }

    /// Gives a count of seconds.
    pub(super) fn seconds(&self, name: &str) -> Option<u32> {
        self.text(name).and_then(|text| seconds(&text))
    }

    /// Makes the request; who is called must be told where the call begins.
    pub(super) fn request(
        &self,
        call: String,
        from: &str,
        to: &'static str,
        event: Event,
    ) -> Result<Request, ReadError> {
        let own_number = self.text(to).map(|to| number(&to)).filter(|to| is_id(to));
        if event == Event::Started && own_number.is_none() {
            return Err(ReadError::Missing(to));
        }
        let caller = caller(&self.text(from).unwrap_or_default());
        Ok(Request { call, caller, called: own_number.unwrap_or_default(), event })
    }
}

/// Gives a string, a number or a truth as text.
fn plain(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(truth) => Some(truth.to_string()),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}

fn is_id(text: &str) -> bool {
    !text.is_empty() && text.len() <= MAX_ID_BYTES && text.bytes().all(|b| b.is_ascii_graphic())
}

/// Reads seconds, whole or not; what is below nothing is not told.
fn seconds(text: &str) -> Option<u32> {
    let whole = text.trim().split('.').next()?;
    whole.parse().ok()
}

/// Gives a caller as we keep it.
fn caller(raw: &str) -> String {
    let number = number(raw.trim());
    let named = number.strip_prefix("sip:").unwrap_or(&number);
    let named = named.split('@').next().unwrap_or_default().trim_start_matches('+');
    let is_hidden = HIDDEN.iter().any(|hidden| named.eq_ignore_ascii_case(hidden));
    if is_hidden || !is_id(&number) { ANONYMOUS.to_owned() } else { number }
}

/// Gives a number in E.164 form where it is one but for its `+`, which a form that was not encoded
/// turns to a space and some providers leave out; anything else stays as it is.
fn number(raw: &str) -> String {
    let trimmed = raw.trim();
    let is_number = trimmed.bytes().all(|byte| byte.is_ascii_digit())
        && (11..=15).contains(&trimmed.len())
        && !trimmed.starts_with('0');
    if is_number { format!("+{trimmed}") } else { trimmed.to_owned() }
}

/// Makes the event of pressed keys, where there are any.
pub(super) fn keys(pressed: Option<&str>) -> Option<Event> {
    let is_key = |c: &char| matches!(c, '0'..='9' | '*' | '#' | 'A'..='D');
    let keys: String = pressed?.chars().filter(is_key).take(MAX_KEYS).collect();
    (!keys.is_empty()).then_some(Event::Keys(keys))
}

/// Makes the event of heard words, where there are any.
pub(super) fn speech(heard: Option<&str>, confidence: Option<f64>) -> Option<Event> {
    let text: String = clean(heard?).chars().take(MAX_HEARD_CHARS).collect();
    let confidence = confidence.filter(|sure| sure.is_finite()).map(surely);
    (!text.is_empty()).then_some(Event::Speech { text, confidence })
}

#[expect(clippy::cast_possible_truncation, reason = "from 0 to 1, and two digits are plenty")]
fn surely(confidence: f64) -> f32 {
    confidence.clamp(0.0, 1.0) as f32
}

/// Gives a number, told as such or as text.
pub(super) fn figure(value: Option<&Value>) -> Option<f64> {
    value.and_then(plain).and_then(|text| text.trim().parse().ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_caller_who_hides_is_anonymous() {
        let hidden = [
            "",
            "+266696687",
            "266696687",
            "+7378742833",
            "Anonymous",
            "anonymous",
            "sip:anonymous@anonymous.invalid",
            "unknown",
            "+1 514",
            "\u{e9}",
        ];
        for raw in hidden {
            assert_eq!(caller(raw), ANONYMOUS, "{raw}");
        }
        assert_eq!(caller(&"1".repeat(MAX_ID_BYTES + 1)), ANONYMOUS);
        assert_eq!(caller("+15145550100"), "+15145550100");
        assert_eq!(caller(" 15145550100"), "+15145550100");
        assert_eq!(caller("5145550100"), "5145550100");
        assert_eq!(caller("sip:jeanne@example.org"), "sip:jeanne@example.org");
    }

    #[test]
    fn seconds_are_whole() {
        assert_eq!(seconds("12"), Some(12));
        assert_eq!(seconds("12.7"), Some(12));
        assert_eq!(seconds("-1"), None);
        assert_eq!(seconds(""), None);
    }

    #[test]
    fn only_keys_are_kept() {
        assert_eq!(keys(Some("12#x*é")), Some(Event::Keys("12#*".to_owned())));
        assert_eq!(keys(Some("")), None);
        assert_eq!(keys(None), None);
        assert_eq!(keys(Some(&"1".repeat(99))), Some(Event::Keys("1".repeat(MAX_KEYS))));
    }
}
