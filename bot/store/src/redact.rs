//! Hides a text in words and in JSON.
//!
//! JSON stays as it was but for the inside of its string values: keys, numbers and ids are never
//! touched, so that what is stored can still be read. Never here: where such texts are stored.

mod spoken;

use bot_core::contact::{Email, Phone};
use std::ops::Range;
use uuid::Uuid;

/// What is left in place of a hidden text.
pub const MASK: &str = bot_core::contact::HIDDEN;
/// Signs that may stand between two digits of a telephone number, as in ") " or " - ".
const MAX_GAP_SIGNS: usize = 3;

/// Words of the counter's own: a JSON value that is one of them says what sort of thing stands
/// there, and hiding it would make the document unreadable. Kept in order.
#[rustfmt::skip]
const VOCABULARY: [&str; 96] = [
    "accepted", "address", "affirm_deny", "agent", "asked", "audio", "back", "back_to_bot", "bot",
    "cancel", "cancelled", "choice", "clear_timer", "close", "closed", "contact", "date",
    "declined", "discord", "document", "dont_know", "duplicate", "email", "emergency", "en",
    "english", "faq", "fault", "flow", "fr", "french", "handoff", "help", "image", "in_progress",
    "intersection", "keypad", "landmark", "link", "malformed", "map_pin", "new", "no", "no_action",
    "nobody", "not_found", "not_responsible", "not_understood", "number", "out_of_scope",
    "outside", "park", "part", "patched", "phone", "point", "postal_code", "profile", "read",
    "referred", "remind", "reopened", "repeat", "request_number", "resident", "resolved", "resume",
    "scheduled", "service", "several", "skip", "sms", "solved", "start_over", "street", "sure",
    "system", "take_back", "telegram", "text", "time", "too_early", "too_large", "too_late",
    "too_long", "too_small", "triaged", "unknown", "unsure", "voice", "waiting_resident", "web",
    "whole", "why", "wrong_kind", "yes",
];

/// Tells how many bytes a form of the text takes, if it begins here.
type Finder<'a> = Box<dyn Fn(&str) -> Option<usize> + 'a>;

/// Hides one text, in each of the forms in which it may have been stored.
#[derive(Debug, Clone)]
pub struct Redactor {
    /// As they stand.
    forms: Vec<String>,
    /// The digits of a telephone number, which people group as they like.
    digits: Option<String>,
    /// An e-mail address, in which capitals do not count.
    email: Option<String>,
}

impl Redactor {
    /// Makes a redactor. A phone number or an e-mail address is hidden however it is written.
    #[must_use]
    pub fn new(text: &str) -> Self {
        let text = text.trim();
        let mut forms = vec![text.to_owned()];
        let phone = Phone::parse(text).ok();
        forms.extend(phone.iter().map(|phone| phone.as_str().to_owned()));
        let digits = phone.map(|phone| {
            let all = phone.as_str().trim_start_matches('+');
            all.strip_prefix('1').unwrap_or(all).to_owned()
        });
        let email = Email::parse(text).ok().map(|email| email.as_str().to_owned());
        forms.retain(|form| !form.is_empty());
        forms.sort_by_key(|form| std::cmp::Reverse(form.len()));
        forms.dedup();
        Self { forms, digits, email }
    }

    /// Tells whether a value as a whole is the text.
    #[must_use]
    pub fn is(&self, value: &str) -> bool {
        let is_email = self.email.as_ref().is_some_and(|own| own.eq_ignore_ascii_case(value));
        let is_phone = || self.digits.is_some() && self.words(value).as_deref() == Some(MASK);
        is_email || self.forms.iter().any(|form| form == value) || is_phone()
    }

    /// Hides the text in words; `None` where it does not occur.
    ///
    /// Only whole words count: hiding "Roy" leaves "Royale" alone.
    #[must_use]
    pub fn words(&self, words: &str) -> Option<String> {
        let mut hidden = words.to_owned();
        for find in self.finders() {
            hidden = replace_whole(&hidden, find);
        }
        (hidden != words).then_some(hidden)
    }

    /// Tells where the text stands in words.
    fn places(&self, words: &str) -> Vec<Range<usize>> {
        self.finders().into_iter().flat_map(|find| find_whole(words, find)).collect()
    }

    /// Gives what finds each of its forms.
    fn finders(&self) -> Vec<Finder<'_>> {
        let mut finders = Vec::<Finder<'_>>::new();
        for form in &self.forms {
            finders.push(Box::new(move |rest| rest.starts_with(form).then_some(form.len())));
        }
        if let Some(digits) = &self.digits {
            finders.push(Box::new(move |rest| phone_bytes(rest, digits)));
        }
        if let Some(email) = &self.email {
            let same = move |part: &&str| part.eq_ignore_ascii_case(email);
            finders.push(Box::new(move |rest| rest.get(..email.len()).filter(same).map(str::len)));
        }
        finders
    }

    /// Hides the text in the string values of a JSON document; `None` where it does not occur.
    #[must_use]
    pub fn json(&self, json: &str) -> Option<String> {
        let mut hidden = String::with_capacity(json.len());
        let mut rest = json;
        let mut has_changed = false;
        while let Some((before, literal, after)) = next_literal(rest) {
            hidden.push_str(before);
            let is_key = after.trim_start().starts_with(':');
            match self.literal(literal).filter(|_| !is_key) {
                Some(masked) => {
                    has_changed = true;
                    hidden.push_str(&masked);
                }
                None => hidden.push_str(literal),
            }
            rest = after;
        }
        hidden.push_str(rest);
        has_changed.then_some(hidden)
    }

    /// Hides a value that as a whole is the text; tells whether it is.
    pub(crate) fn mask_whole(&self, value: &mut String) -> bool {
        let is_text = self.is(value);
        if is_text {
            MASK.clone_into(value);
        }
        is_text
    }

    /// Hides the text in words; tells whether it occurred.
    pub(crate) fn mask_words(&self, words: &mut String) -> bool {
        put(words, self.words(words))
    }

    /// Hides the text in a transcript; tells whether it occurred.
    pub(crate) fn mask_spoken(&self, json: &mut String) -> bool {
        put(json, self.spoken_json(json))
    }

    /// Hides the text in the string values of a JSON document; tells whether it occurred.
    pub(crate) fn mask_json(&self, json: &mut String) -> bool {
        put(json, self.json(json))
    }

    /// Hides the text in a JSON string with its quotes; `None` where it does not occur.
    fn literal(&self, literal: &str) -> Option<String> {
        let value: String = serde_json::from_str(literal).ok()?;
        let is_id = Uuid::try_parse(&value).is_ok();
        if is_id || VOCABULARY.binary_search(&value.as_str()).is_ok() {
            return None;
        }
        serde_json::to_string(&self.words(&value)?).ok()
    }
}

/// Puts what was hidden in place of what was there, if there is any.
fn put(place: &mut String, hidden: Option<String>) -> bool {
    let has_changed = hidden.is_some();
    if let Some(hidden) = hidden {
        *place = hidden;
    }
    has_changed
}

/// Splits JSON around its next string: what comes before, the string with its quotes, the rest.
fn next_literal(json: &str) -> Option<(&str, &str, &str)> {
    let start = json.find('"')?;
    let body = json.get(start + 1..)?;
    let mut is_escaped = false;
    let end = body.bytes().position(|byte| {
        let closes = byte == b'"' && !is_escaped;
        is_escaped = byte == b'\\' && !is_escaped;
        closes
    })?;
    let end = start + 1 + end + 1;
    Some((json.get(..start)?, json.get(start..end)?, json.get(end..)?))
}

/// Replaces what is found wherever it stands as whole words.
fn replace_whole(words: &str, find: impl Fn(&str) -> Option<usize>) -> String {
    let mut hidden = String::with_capacity(words.len());
    let mut done = 0;
    for place in find_whole(words, find) {
        hidden.push_str(words.get(done..place.start).unwrap_or_default());
        hidden.push_str(MASK);
        done = place.end;
    }
    hidden.push_str(words.get(done..).unwrap_or_default());
    hidden
}

/// Tells where something stands as whole words; `find` tells how many bytes it takes from here.
fn find_whole(words: &str, find: impl Fn(&str) -> Option<usize>) -> Vec<Range<usize>> {
    let mut places = Vec::new();
    let mut done = 0;
    for (start, _) in words.char_indices() {
        let found = words.get(start..).filter(|_| start >= done).and_then(&find);
        let Some(end) = found.map(|n_bytes| start + n_bytes) else { continue };
        if stands_alone(words, start, end) {
            places.push(start..end);
            done = end;
        }
    }
    places
}

fn stands_alone(words: &str, start: usize, end: usize) -> bool {
    let is_inner = |sign: Option<char>| sign.is_some_and(char::is_alphanumeric);
    let before = words.get(..start).and_then(|part| part.chars().next_back());
    let after = words.get(end..).and_then(|part| part.chars().next());
    let own = words.get(start..end).unwrap_or_default();
    !(is_inner(before) && is_inner(own.chars().next())
        || is_inner(after) && is_inner(own.chars().next_back()))
}

/// Tells how many bytes a telephone number takes, if it begins here, however it is grouped.
fn phone_bytes(rest: &str, digits: &str) -> Option<usize> {
    let mut left = digits.chars();
    let mut wanted = left.next()?;
    let mut n_gap_signs = 0;
    for (at, sign) in rest.char_indices() {
        if sign == wanted {
            n_gap_signs = 0;
            match left.next() {
                Some(next) => wanted = next,
                None => return Some(at + sign.len_utf8()),
            }
        } else if sign == '(' || at > 0 && matches!(sign, ')' | '-' | '.' | ' ' | '\u{a0}') {
            n_gap_signs += 1;
            if n_gap_signs > MAX_GAP_SIGNS {
                return None;
            }
        } else {
            return None;
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_hidden_whole() {
        let redactor = Redactor::new("Roy");
        assert_eq!(
            redactor.words("Marie Roy, place Royale (Roy)").as_deref(),
            Some("Marie •••, place Royale (•••)")
        );
        assert_eq!(redactor.words("Royale"), None);
        assert_eq!(Redactor::new("  ").words("a b"), None);
    }

    #[test]
    fn a_phone_number_is_hidden_in_every_form() {
        let redactor = Redactor::new("(418) 555 1234");
        for form in ["(418) 555 1234", "+14185551234", "418-555-1234"] {
            assert_eq!(redactor.words(form).as_deref(), Some(MASK), "{form}");
            assert!(redactor.is(form));
        }
    }

    #[test]
    fn a_contact_is_hidden_as_the_resident_wrote_it() {
        // The engine names a value as the counter writes it, not as it came in.
        let phone = Redactor::new("418-555-1234");
        for (words, hidden) in [
            ("appelez le (418) 555 1234 svp", "appelez le ••• svp"),
            ("418.555.1234", "•••"),
            ("4185551234, merci", "•••, merci"),
            ("1-418-555-1234", "1-•••"),
            ("au 12, 418 555-1234", "au 12, •••"),
        ] {
            assert_eq!(phone.words(words).as_deref(), Some(hidden), "{words}");
        }
        for other in ["4185551235", "41855512345", "14185551234567", "418 555", "x4185551234"] {
            assert_eq!(phone.words(other), None, "{other}");
        }
        let email = Redactor::new("marie@exemple.ca");
        assert_eq!(email.words("c'est Marie@Exemple.CA.").as_deref(), Some("c'est •••."));
        assert_eq!(email.words("annemarie@exemple.ca"), None);
    }

    #[test]
    fn a_value_that_was_hidden_can_still_be_read() {
        use bot_core::{Contact, Value};
        for contact in ["418-555-1234", "marie@exemple.ca"] {
            let phone = bot_core::Phone::parse(contact).map(Contact::Phone);
            let email = bot_core::Email::parse(contact).map(Contact::Email);
            let value = Value::Contact(phone.or(email.map_err(|_| ())).unwrap());
            let json = serde_json::to_string(&value).unwrap();
            let hidden = Redactor::new(contact).json(&json).unwrap();
            assert!(!hidden.contains("555") && !hidden.contains("marie"), "{hidden}");
            let Value::Contact(contact) = serde_json::from_str(&hidden).unwrap() else {
                unreachable!("it is still a contact")
            };
            assert!(contact.is_hidden());
        }
    }

    #[test]
    fn json_keeps_its_keys_numbers_and_ids() {
        let id = "01890000-0000-7000-8000-00000000000a";
        let json = format!(
            r#"{{"7000": "7000", "n": 7000, "x": 0.10000000149, "id": "{id}", "say": "au 7000 \"x\""}}"#
        );
        let hidden = Redactor::new("7000").json(&json).unwrap();
        assert_eq!(
            hidden,
            format!(
                r#"{{"7000": "•••", "n": 7000, "x": 0.10000000149, "id": "{id}", "say": "au ••• \"x\""}}"#
            )
        );
    }

    #[test]
    fn the_counters_own_words_stay_in_json() {
        assert!(VOCABULARY.is_sorted());
        let redactor = Redactor::new("voice");
        let json = r#"{"source":"voice","text":"ma voice","event":{"at":"voice"}}"#;
        let hidden = r#"{"source":"voice","text":"ma •••","event":{"at":"voice"}}"#;
        assert_eq!(redactor.json(json).as_deref(), Some(hidden));
    }

    #[test]
    fn every_value_of_the_counter_can_be_read_after_hiding() {
        use bot_core::understanding::{Command, Outcome, Stance};
        let values = [
            serde_json::to_string(&bot_core::channel::Source::ALL).unwrap(),
            serde_json::to_string(&bot_core::Channel::ALL).unwrap(),
            serde_json::to_string(&bot_core::message::Author::ALL).unwrap(),
            serde_json::to_string(&bot_core::Language::ALL).unwrap(),
            serde_json::to_string(&bot_core::CaseState::ALL).unwrap(),
            serde_json::to_string(&bot_core::slot::SlotKind::ALL).unwrap(),
            serde_json::to_string(&bot_core::slot::Refusal::ALL).unwrap(),
            serde_json::to_string(&Command::ALL).unwrap(),
            serde_json::to_string(&[Outcome::Sure, Outcome::Unsure, Outcome::OutOfScope]).unwrap(),
            serde_json::to_string(&[Stance::Yes, Stance::No, Stance::DontKnow]).unwrap(),
        ];
        for json in values {
            let words: Vec<String> = serde_json::from_str(&json).unwrap();
            for word in words {
                assert_eq!(Redactor::new(&word).json(&json), None, "{word}");
            }
        }
    }

    #[test]
    fn escapes_of_json_are_seen_through() {
        let redactor = Redactor::new("l'\u{e9}t\u{e9} \"chaud\"\nici");
        let json = r#"["l'\u00e9té \"chaud\"\nici", "\\", "autre"]"#;
        assert_eq!(redactor.json(json).as_deref(), Some(r#"["•••", "\\", "autre"]"#));
        assert_eq!(redactor.json(r#"["autre"]"#), None);
        assert_eq!(redactor.json("not \"json"), None);
    }
}
