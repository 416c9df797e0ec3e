//! Takes out of a sentence what could tell who said it, before it is kept for others to read.
//!
//! Values that the understanding found go by their kind; what it cannot find is looked for in its
//! shape: long numbers, e-mail addresses, names that someone gives. What is left is still a
//! resident's sentence: a person reads it before anything is made of it.

use bot_core::slot::SlotKind;
use bot_core::text::{fold, shorten};
use bot_core::understanding::Entity;
use bot_store::redact::{MASK, Redactor};
use bot_store::suggestions::MAX_SUGGESTION_CHARS;

/// Words that must be left of a sentence for it to teach anything.
const MIN_WORDS: usize = 2;
/// From here on a number may be someone's: a file, a phone, a year of birth.
const MIN_DIGITS: usize = 4;
/// Signs that may stand between two digits of one number.
const MAX_GAP_SIGNS: usize = 3;
/// Words that are taken for a name after its announcement, however they are written.
const N_NAME_WORDS: usize = 2;
/// And as many where they have capitals.
const MAX_NAME_WORDS: usize = 4;
/// Words of the longest announcement.
const MAX_ANNOUNCING_WORDS: usize = 3;
/// Words that announce a name, folded.
const ANNOUNCING: [&str; 7] = [
    "m appelle",
    "mon nom est",
    "mon nom c est",
    "my name is",
    "my name s",
    "name is",
    "je me nomme",
];

/// Stands for a long number.
pub(crate) const NUMBER: &str = "[number]";
/// Stands for a person's name.
pub(crate) const NAME: &str = "[name]";

/// Gives the sentence with marks in place of what is private; `None` where too little is left.
pub(crate) fn redacted(text: &str, entities: &[Entity]) -> Option<String> {
    let mut sentence = one_line(text);
    let mut private: Vec<_> =
        entities.iter().filter_map(|own| Some((own, mark(own.kind)?))).collect();
    // A longer value may hold a shorter one.
    private.sort_by_key(|(entity, _)| std::cmp::Reverse(entity.words.len()));
    for (entity, mark) in private {
        if let Some(hidden) = Redactor::new(&one_line(&entity.words)).words(&sentence) {
            sentence = hidden.replace(MASK, mark);
        }
    }
    let sentence = without_names(&without_numbers(&without_emails(&sentence)));
    let n_words = sentence.split(' ').filter(|word| is_word(word)).count();
    (n_words >= MIN_WORDS).then(|| shorten(&sentence, MAX_SUGGESTION_CHARS))
}

/// Gives the mark of a kind of value that may tell who someone is; `None` for the others.
pub(crate) const fn mark(kind: SlotKind) -> Option<&'static str> {
    match kind {
        SlotKind::Address => Some("[address]"),
        SlotKind::Contact => Some("[contact]"),
        SlotKind::RequestNumber => Some("[request_number]"),
        SlotKind::Phone => Some("[phone]"),
        SlotKind::Email => Some("[email]"),
        SlotKind::PostalCode => Some("[postal_code]"),
        SlotKind::AffirmDeny
        | SlotKind::Choice
        | SlotKind::Text
        | SlotKind::Image
        | SlotKind::Date
        | SlotKind::Time
        | SlotKind::Number
        | SlotKind::Service
        | SlotKind::Faq => None,
    }
}

/// Puts a text on one line.
pub(crate) fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Tells whether a word is the resident's, and no mark.
fn is_word(word: &str) -> bool {
    !word.starts_with('[') && word.contains(char::is_alphabetic)
}

fn without_emails(sentence: &str) -> String {
    let hidden = |word| if str::contains(word, '@') { "[email]" } else { word };
    sentence.split(' ').map(hidden).collect::<Vec<_>>().join(" ")
}

/// Puts a mark in place of every long number, however its digits are grouped.
fn without_numbers(sentence: &str) -> String {
    let mut out = String::with_capacity(sentence.len());
    let mut rest = sentence;
    while let Some(start) = rest.find(|sign: char| sign.is_ascii_digit()) {
        let (before, from) = rest.split_at(start);
        let (number, after) = from.split_at(number_bytes(from));
        let n_digits = number.chars().filter(char::is_ascii_digit).count();
        out.push_str(before);
        out.push_str(if n_digits < MIN_DIGITS { number } else { NUMBER });
        rest = after;
    }
    out.push_str(rest);
    out
}

/// Tells how many bytes a number takes that begins here.
fn number_bytes(text: &str) -> usize {
    let (mut end, mut n_gap_signs) = (0, 0);
    for (at, sign) in text.char_indices() {
        if sign.is_ascii_digit() {
            end = at + sign.len_utf8();
            n_gap_signs = 0;
        } else if matches!(sign, ' ' | '-' | '.' | '/' | '(' | ')') && n_gap_signs < MAX_GAP_SIGNS {
            n_gap_signs += 1;
        } else {
            break;
        }
    }
    end
}

/// Puts a mark in place of every name that is announced as one.
fn without_names(sentence: &str) -> String {
    let words: Vec<&str> = sentence.split(' ').collect();
    let (mut out, mut at) = (Vec::new(), 0);
    while let Some(word) = words.get(at) {
        let rest = words.get(at..).unwrap_or_default();
        let n_announcing = announcing(rest);
        out.extend(rest.iter().take(n_announcing.max(1)).copied());
        at += n_announcing.max(1);
        let ends = words.get(at - 1).unwrap_or(word).ends_with(|sign| ",.;!?".contains(sign));
        if n_announcing > 0 && !ends {
            let n_name = name_words(words.get(at..).unwrap_or_default());
            out.extend((n_name > 0).then_some(NAME));
            at += n_name;
        }
    }
    out.join(" ")
}

/// Counts the words at the beginning that announce a name.
fn announcing(words: &[&str]) -> usize {
    let counts = 1..=MAX_ANNOUNCING_WORDS.min(words.len());
    let announces = |n_words: &usize| {
        let folded = fold(&words.iter().take(*n_words).copied().collect::<Vec<_>>().join(" "));
        ANNOUNCING.contains(&folded.as_str())
    };
    counts.rev().find(announces).unwrap_or(0)
}

/// Counts the words at the beginning that are taken for a name.
fn name_words(words: &[&str]) -> usize {
    let mut n_words = 0;
    for word in words.iter().take(MAX_NAME_WORDS) {
        let has_capital = word.starts_with(char::is_uppercase);
        if n_words >= N_NAME_WORDS && !has_capital {
            break;
        }
        n_words += 1;
        if word.ends_with(|sign| ",.;!?".contains(sign)) {
            break;
        }
    }
    n_words
}

#[cfg(test)]
mod tests {
    use super::*;
    use bot_core::slot::Refusal;
    use bot_core::understanding::{Extent, Heard, Means};

    fn entity(kind: SlotKind, words: &str) -> Entity {
        Entity {
            kind,
            heard: Heard::Refused { refusal: Refusal::Malformed, candidates: Vec::new() },
            words: words.to_owned(),
            p: 0.9,
            means: Means::Read,
            extent: Extent::Part,
            slot: None,
        }
    }

    fn check(text: &str, entities: &[Entity], expected: Option<&str>) {
        assert_eq!(redacted(text, entities).as_deref(), expected, "{text}");
    }

    #[test]
    fn values_that_were_found_go_by_their_kind() {
        let address = entity(SlotKind::Address, "12, rue  Cartier");
        let phone = entity(SlotKind::Phone, "418 555-1234");
        let date = entity(SlotKind::Date, "lundi");
        let text = "l'asphalte fend au 12, rue Cartier\nlundi, le 12, rue Cartier: (418) 555-1234";
        let hidden = "l'asphalte fend au [address] lundi, le [address]: [phone]";
        check(text, &[date, phone, address], Some(hidden));
    }

    #[test]
    fn a_value_within_another_goes_with_it() {
        let found = [entity(SlotKind::Number, "12"), entity(SlotKind::Address, "12 Cartier")];
        check("un gros trou au 12 Cartier", &found, Some("un gros trou au [address]"));
    }

    #[test]
    fn what_was_not_found_goes_by_its_shape() {
        for (text, hidden) in [
            ("mon dossier 123 456 789 est perdu", "mon dossier [number] est perdu"),
            ("né le 3-05-1960, ramp", "né le [number], ramp"),
            ("ya 3 trous pis 12 fentes", "ya 3 trous pis 12 fentes"),
            ("écrivez à marie@exemple.ca svp", "écrivez à [email] svp"),
            ("Je m'appelle Jo Roy, j'ai un trou", "Je m'appelle [name] j'ai un trou"),
            ("mon nom est jo roy et ça pue", "mon nom est [name] et ça pue"),
            ("my name is Ann Mary De Roy it smells", "my name is [name] it smells"),
            ("bon, mon nom est. Un trou", "bon, mon nom est. Un trou"),
            ("how do I change my name", "how do I change my name"),
        ] {
            check(text, &[], Some(hidden));
        }
    }

    #[test]
    fn too_little_is_nothing() {
        for text in ["", "bof", "418-555-1234 bof", "?? !!", "12 34"] {
            check(text, &[], None);
        }
        check("12 rue Cartier", &[entity(SlotKind::Address, "12 rue Cartier")], None);
    }

    #[test]
    fn a_long_sentence_is_cut() {
        let long = redacted(&"trop long ".repeat(200), &[]).unwrap();
        assert_eq!(long.chars().count(), MAX_SUGGESTION_CHARS);
    }
}
