//! The cache, sameness, and messages that no one should send.

use super::*;
use crate::error::{NluError, Stale};
use crate::fixture;
use crate::text::MAX_CHARS;
use bot_core::Expectation;
use bot_core::expectation::{Question, SlotSpec};
use bot_core::understanding::{MAX_ENTITIES, Outcome};
use proptest::prelude::*;
use std::sync::LazyLock;

static HEAD: LazyLock<FirstHead> = LazyLock::new(|| FirstHead::train(&fixture::lesson()));

fn understand(head: &FirstHead, text: &str, expectation: &Expectation) -> Understanding {
    head.understand(&Ask { text, expectation, now: UnixMs(1_778_076_000_000) })
}

fn asking(kind: SlotKind) -> Expectation {
    let slot = SlotSpec {
        name: "slot".to_owned(),
        kind,
        options: Vec::new(),
        names: bot_core::Bilingual::default(),
        current: HEAD.gazetteer().find("12 rue Cartier").pop().and_then(|entity| {
            match entity.heard {
                bot_core::understanding::Heard::Value(value) => Some(value),
                bot_core::understanding::Heard::Refused { .. } => None,
            }
        }),
    };
    Expectation {
        question: Some(Question { slot: Some("slot".to_owned()), kind, menu: Vec::new() }),
        slots: vec![slot],
        ..Expectation::default()
    }
}

#[test]
fn the_same_lesson_gives_the_same_bytes_and_answers() {
    let again = FirstHead::train(&fixture::lesson());
    let bytes = HEAD.to_bytes().unwrap();
    assert_eq!(bytes, again.to_bytes().unwrap());
    let read = FirstHead::from_bytes(&bytes, &fixture::lesson(), &Tools::default()).unwrap();
    for text in
        ["un trou au 12 rue Cartier", "the park is dirty", "annuler", "ça sent le gaz", "zzz"]
    {
        let told = understand(&HEAD, text, &Expectation::default());
        assert_eq!(told, understand(&again, text, &Expectation::default()), "{text}");
        assert_eq!(told, understand(&read, text, &Expectation::default()), "{text}");
    }
    assert_eq!(read.rank("un trou"), HEAD.rank("un trou"));
}

#[test]
fn stale_and_damaged_caches_are_refused() {
    let lesson = fixture::lesson();
    let bytes = HEAD.to_bytes().unwrap();
    let error = |bytes: &[u8], lesson: &Lesson| {
        FirstHead::from_bytes(bytes, lesson, &Tools::default()).unwrap_err()
    };
    assert!(matches!(error(b"", &lesson), NluError::Stale(Stale::Magic)));
    assert!(matches!(error(b"something else", &lesson), NluError::Stale(Stale::Magic)));
    let mut other = bytes.clone();
    other[8] ^= 1;
    assert!(matches!(error(&other, &lesson), NluError::Stale(Stale::Format)));
    let mut changed = lesson.clone();
    changed.outside.push("Ailleurs".to_owned());
    assert!(matches!(error(&bytes, &changed), NluError::Stale(Stale::Lesson)));
    for length in [9, 30, 44, 60, bytes.len() / 2, bytes.len() - 1] {
        FirstHead::from_bytes(&bytes[..length], &lesson, &Tools::default()).unwrap_err();
    }
}

#[test]
fn a_plain_request_is_understood_whole() {
    let told =
        understand(&HEAD, "il y a un nid-de-poule au 12 rue Cartier", &Expectation::default());
    assert_eq!(told.best().unwrap().intent, "report_pothole");
    assert_eq!(told.outcome, Outcome::Sure);
    assert_eq!(told.lang.unwrap().lang, bot_core::Language::Fr);
    assert_eq!(told.entities.len(), 1);
    let told = understand(&HEAD, "I need a recipe for sushi", &Expectation::default());
    assert_eq!(told.outcome, Outcome::OutOfScope);
}

#[test]
fn an_untaught_head_answers_too() {
    let head = FirstHead::train(&Lesson::default());
    let told = understand(
        &head,
        "il y a un trou au 12 rue Cartier, 418-555-1234",
        &Expectation::default(),
    );
    assert!(told.intents.is_empty());
    assert_eq!(told.outcome, Outcome::OutOfScope);
    assert_eq!(told.entities.len(), 2);
    let bytes = head.to_bytes().unwrap();
    FirstHead::from_bytes(&bytes, &Lesson::default(), &Tools::default()).unwrap();
}

#[test]
fn odd_messages_are_bounded() {
    let all = SlotKind::ALL.map(asking);
    for text in [
        String::new(),
        " \n\t ".to_owned(),
        "🙂🎉".repeat(500),
        "x".repeat(10_000),
        "12 ".repeat(10_000),
        "rue Cartier et ".repeat(1_000),
        "oui non ".repeat(2_000),
        "418-555-1234 ".repeat(500),
        "a@b.ca ".repeat(500),
        "arobase point ".repeat(500),
        "le 3 mars ".repeat(500),
        "saint ".repeat(3_000),
        "\u{202e}abc\u{200b}\u{0}\u{7f}".repeat(50),
        "مرحبا ".repeat(300),
        "𝕳𝖊𝖑𝖑𝖔 ﬁne ½ ① Ⅻ".to_owned(),
        "<b>12</b> &amp; <script>".repeat(100),
        "a\u{301}\u{302}\u{303}".repeat(1_000),
        "\u{fdfa}".repeat(3_000),
    ] {
        for expectation in &all {
            let told = understand(&HEAD, &text, expectation);
            assert!(told.entities.len() <= MAX_ENTITIES && told.intents.len() <= MAX_RANKED);
            let words = told.entities.iter().map(|entity| entity.words.chars().count());
            assert!(words.max().unwrap_or(0) <= MAX_CHARS);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn any_message_is_understood_somehow(text in ".{0,80}", kind in 0..SlotKind::ALL.len()) {
        understand(&HEAD, &text, &asking(SlotKind::ALL[kind]));
    }

    #[test]
    fn any_words_are_understood_somehow(
        words in prop::collection::vec(
            prop::sample::select(vec![
                "12", "rue", "Cartier", "coin", "et", "pas", "le", "3", "mars", "h", "30", "à", "/", "-", ",", ".",
                "arobase", "point", "@", "ca", "half", "past", "to", "two", "il", "y", "a", "jours", "next", "lundi",
                "G1R", "2B5", "numéro", "Street", "St", "deux", "cent", "mille", "quatre", "vingt", "oui", "non", "no",
                "annuler", "main", "of", "the", "e", "1re", "26-001234-7", "418", "555", "1234", "Montréal", "#", ":", "?",
            ]),
            0..14,
        ),
        glue in prop::sample::select(vec![" ", "", "  ", "\n"]),
        kind in 0..SlotKind::ALL.len(),
    ) {
        let told = understand(&HEAD, &words.join(glue), &asking(SlotKind::ALL[kind]));
        for entity in &told.entities {
            prop_assert!((0.0..=1.0).contains(&entity.p), "{:?}", entity);
        }
        for ranked in &told.intents {
            prop_assert!((0.0..=1.0).contains(&ranked.p), "{:?}", ranked);
        }
    }
}
