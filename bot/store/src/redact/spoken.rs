//! Hides a text in a transcript, which keeps each word by itself: a name of two words, or a number in
//! groups, stands in no single string there.

use std::ops::Range;
use uuid::Uuid;

use super::{MASK, Redactor, next_literal};

/// A string value of a document: where it lies in it, and where in the words put together.
struct Literal {
    place: Range<usize>,
    words: Range<usize>,
}

impl Redactor {
    /// Hides the text in the string values of a JSON document, also where it runs over several of
    /// them in a row; `None` where it does not occur.
    #[must_use]
    pub fn spoken_json(&self, json: &str) -> Option<String> {
        let within = self.json(json);
        let across = self.across(within.as_deref().unwrap_or(json));
        across.or(within)
    }

    /// Hides the text where it runs over several string values.
    fn across(&self, json: &str) -> Option<String> {
        let (literals, words) = put_together(json);
        let found: Vec<_> = self
            .places(&words)
            .into_iter()
            .map(|place| literals.iter().filter(move |literal| meet(&literal.words, &place)))
            .filter(|hit| hit.clone().count() > 1)
            .flatten()
            .map(|literal| literal.place.clone())
            .collect();
        if found.is_empty() {
            return None;
        }
        let mut hidden = String::with_capacity(json.len());
        let mut done = 0;
        for Literal { place, .. } in literals.iter().filter(|own| found.contains(&own.place)) {
            hidden.push_str(json.get(done..place.start).unwrap_or_default());
            hidden.push('"');
            hidden.push_str(MASK);
            hidden.push('"');
            done = place.end;
        }
        hidden.push_str(json.get(done..).unwrap_or_default());
        Some(hidden)
    }
}

/// Puts the string values of a document together, one space between them. Keys and ids are none.
fn put_together(json: &str) -> (Vec<Literal>, String) {
    let (mut literals, mut words) = (Vec::new(), String::new());
    let mut rest = json;
    while let Some((before, literal, after)) = next_literal(rest) {
        let start = json.len() - rest.len() + before.len();
        let is_key = after.trim_start().starts_with(':');
        let value = serde_json::from_str::<String>(literal).ok().filter(|_| !is_key);
        if let Some(value) = value.filter(|value| Uuid::try_parse(value).is_err()) {
            if !words.is_empty() {
                words.push(' ');
            }
            let from = words.len();
            words.push_str(value.trim());
            let place = start..start + literal.len();
            literals.push(Literal { place, words: from..words.len() });
        }
        rest = after;
    }
    (literals, words)
}

fn meet(one: &Range<usize>, other: &Range<usize>) -> bool {
    one.start < other.end && other.start < one.end
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(secret: &str, json: &str, expected: Option<&str>) {
        let hidden = Redactor::new(secret).spoken_json(json);
        assert_eq!(hidden.as_deref(), expected, "{secret}");
    }

    #[test]
    fn a_text_is_hidden_over_several_words() {
        let json = r#"{"lang":"fr","words":[{"text":"Marie","at":1},{"text":"Roy,","at":2},{"text":"ici","at":3}]}"#;
        let hidden = r#"{"lang":"fr","words":[{"text":"•••","at":1},{"text":"•••","at":2},{"text":"ici","at":3}]}"#;
        check("Marie Roy", json, Some(hidden));
        check("Marie", json, Some(&json.replace("Marie", MASK)));
        check("Marie Ro", json, None);
        check("Jean Roy", json, None);
    }

    #[test]
    fn a_number_is_hidden_however_it_was_grouped() {
        let json = r#"["au","418","555","12 34.","merci"]"#;
        check("(418) 555-1234", json, Some(r#"["au","•••","•••","•••","merci"]"#));
        check("418-555-1235", json, None);
    }

    #[test]
    fn each_time_it_was_said_is_hidden() {
        let json = r#"["rue","du", "Parc", "Parc", "rue", "du Parc"]"#;
        let hidden = r#"["•••","•••", "•••", "Parc", "•••", "•••"]"#;
        check("rue du Parc", json, Some(hidden));
    }

    #[test]
    fn keys_and_ids_stand_between_no_words() {
        let id = "01890000-0000-7000-8000-00000000000a";
        let json = format!(r#"{{"text":"Marie","Roy":"x","id":"{id}","say":"Roy"}}"#);
        check("Marie Roy", &json, None);
        check(
            "Marie x",
            &json,
            Some(&json.replace("\"Marie\"", "\"•••\"").replace("\"x\"", "\"•••\"")),
        );
        check(
            "x Roy",
            &json,
            Some(&json.replace("\"x\"", "\"•••\"").replace(":\"Roy\"", ":\"•••\"")),
        );
    }
}
