//! Puts harmless values where marks hide a resident's.

use flows::City;
use flows::model::city::PlaceRowKind;

use crate::redaction::{NAME, NUMBER, one_line};

/// What stands in a lesson for what was hidden; nobody's, and of the same shape.
const STAND_INS: [(&str, &str); 7] = [
    ("[contact]", "418-555-0100"),
    ("[phone]", "418-555-0100"),
    ("[email]", "nom@exemple.ca"),
    ("[postal_code]", "G0A 1A0"),
    ("[request_number]", "26-000001-0"),
    (NUMBER, "12345"),
    (NAME, "Dominique"),
];

/// Gives a kept sentence with a harmless value in place of each mark, as it may stand in an intents
/// file: a place of the city, a number that nobody has.
pub(super) fn with_stand_ins(sentence: &str, city: &City) -> String {
    let street = city.places.iter().find(|place| place.kind == PlaceRowKind::Street);
    let place = street.map(|street| {
        let number = street.numbers.map(|(first, _)| format!("{first} ")).unwrap_or_default();
        format!("{number}{}", street.name)
    });
    let mut sentence = sentence.replace("[address]", &place.unwrap_or_default());
    for (mark, value) in STAND_INS {
        sentence = sentence.replace(mark, value);
    }
    // A word in brackets would be taken for an annotation.
    one_line(&sentence.replace(['[', ']'], " "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::redaction::mark;
    use bot_core::slot::SlotKind;

    #[test]
    fn every_mark_has_a_stand_in() {
        for mark in SlotKind::ALL.into_iter().filter_map(mark) {
            let known = mark == "[address]" || STAND_INS.iter().any(|(own, _)| *own == mark);
            assert!(known, "{mark}");
        }
    }
}
