//! What nobody writes on purpose, read by words alone and with both encoders: nothing is taken for a
//! wish that it is not, and what can be made out still is.

use bot_core::understanding::Outcome;
use bot_core::{Expectation, Understanding, UnixMs};
use nlu::{Ask, Tools, Trainer, Understand, Vectors, Words};
use nlu_encoder::{E5_SMALL, UseM3};
use std::path::Path;
use std::sync::{Arc, LazyLock};

/// A Tuesday morning in May.
const NOW: UnixMs = UnixMs(1_778_594_400_000);

/// One head without encoders, and one with all that `guichet models fetch` brings.
static HEADS: LazyLock<[(&str, Box<dyn Understand>); 2]> = LazyLock::new(|| {
    let lesson = serde_json::from_str(include_str!("data/lesson.json")).unwrap();
    let words = String::from_utf8(model("words-fr-en.tsv")).unwrap();
    let all = Tools {
        encoders: vec![
            Arc::new(UseM3::read(&model("use-m3.safetensors")).unwrap()),
            Arc::new(E5_SMALL.read(&model("e5-small-fr-en.safetensors")).unwrap()),
        ],
        words: Some(Arc::new(Words::read(&words).unwrap())),
    };
    [("words", Tools::default()), ("encoders", all)].map(|(name, tools)| {
        let trainer = Trainer::new(tools, Vectors::default());
        let head = trainer.train(&lesson, &|_, _| {}).unwrap();
        (name, Box::new(head) as Box<dyn Understand>)
    })
});

fn model(name: &str) -> Vec<u8> {
    let file = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../data/models")).join(name);
    std::fs::read(&file)
        .unwrap_or_else(|error| panic!("{}: {error}; run: guichet models fetch", file.display()))
}

/// Reads a message with each head.
fn read(text: &str) -> impl Iterator<Item = (&'static str, Understanding)> {
    HEADS.iter().map(move |(name, head)| {
        let expectation = &Expectation::default();
        (*name, head.understand(&Ask { text, expectation, now: NOW }))
    })
}

fn first(understood: &Understanding) -> Option<&str> {
    understood.intents.first().map(|ranked| ranked.intent.as_str())
}

/// Reads a message with each head, and has it looked at.
fn each(text: &str, look: impl Fn(&str, &Understanding)) {
    for (name, understood) in read(text) {
        look(&format!("{name}, {text:?}: {understood:?}"), &understood);
    }
}

#[test]
fn what_says_nothing_is_no_wish() {
    for text in ["", " \n\t", "\u{200b}", "😀", "👍👍", "…", "12", "418 555 0199"] {
        each(text, |told, understood| {
            assert_eq!(understood.outcome, Outcome::OutOfScope, "{told}");
        });
    }
}

#[test]
fn what_nothing_here_can_serve_is_refused() {
    for text in [
        "asdfgh qwerty zxcv",
        "fjfjfjfjdkdkd",
        "quiero pedir una pizza",
        "SELECT * FROM cases; DROP TABLE cases;--",
        "fn main() { println!(\"hi\"); }",
        "<script>alert(1)</script>",
    ] {
        each(text, |told, understood| {
            assert_eq!(understood.outcome, Outcome::OutOfScope, "{told}");
        });
    }
}

#[test]
fn another_language_is_not_surely_something_else() {
    for text in ["hay un agujero enorme en la calle", "هناك حفرة في الطريق", "路上有一个大坑"]
    {
        each(text, |told, understood| {
            let is_sure = understood.outcome == Outcome::Sure;
            assert!(!is_sure || first(understood) == Some("report_pothole"), "{told}");
        });
    }
}

#[test]
fn an_address_alone_is_found_and_is_no_sure_wish() {
    each("12 rue Cartier", |told, understood| {
        assert_ne!(understood.outcome, Outcome::Sure, "{told}");
        assert_eq!(understood.entities.len(), 1, "{told}");
    });
}

#[test]
fn what_is_written_oddly_is_understood() {
    let mail = "Bonjour,\n\nIl y a un nid-de-poule devant le 12 rue Cartier.\n\nMerci,\nJean\n\n\
                Le lun. 3 mai 2026, la Ville a écrit :\n> Bonjour,\n> Votre demande est fermée.";
    for (text, intent) in [
        ("Bonjour, there is a gros nid-de-poule on my street", "report_pothole"),
        ("IL Y A UN NID-DE-POULE DEVANT CHEZ MOI", "report_pothole"),
        ("THERE IS A HUGE POTHOLE HERE", "report_pothole"),
        ("le lampadaire est brule", "report_street_light"),
        (mail, "report_pothole"),
    ] {
        each(text, |told, understood| {
            assert_eq!(understood.outcome, Outcome::Sure, "{told}");
            assert_eq!(first(understood), Some(intent), "{told}");
        });
    }
    // Words alone are not sure of words that no list has.
    let [_, (_, encoders)] = &*HEADS;
    let expectation = &Expectation::default();
    let text = "il y a un troooou dans la rueeee";
    let understood = encoders.understand(&Ask { text, expectation, now: NOW });
    assert_eq!((understood.outcome, first(&understood)), (Outcome::Sure, Some("report_pothole")));
}

#[test]
fn five_thousand_words_are_as_good_as_the_first_ones() {
    let beginning = "il y a un nid-de-poule devant chez moi ".repeat(10);
    let text = beginning.clone() + &"et patati et patata ".repeat(1_250);
    each(&text, |told, understood| {
        let told = told.chars().rev().take(600).collect::<String>();
        assert_eq!(understood.outcome, Outcome::Sure, "{told}");
        assert_eq!(first(understood), Some("report_pothole"), "{told}");
    });
}

#[test]
fn a_wish_that_is_denied_is_not_sure() {
    for text in [
        "je ne veux PAS signaler un nid-de-poule",
        "je veux pas signaler de nid-de-poule",
        "I do NOT want to report a pothole",
        "I don't want to report a pothole",
    ] {
        each(text, |told, understood| assert_ne!(understood.outcome, Outcome::Sure, "{told}"));
    }
    for text in ["n'annule pas", "don't cancel", "Do not cancel!"] {
        each(text, |told, understood| {
            assert_eq!(understood.command, None, "{told}");
            assert_ne!(understood.outcome, Outcome::Sure, "{told}");
        });
    }
}

#[test]
fn what_does_not_work_is_reported_and_not_denied() {
    for (text, intent) in [
        ("le lampadaire ne marche pas", "report_street_light"),
        ("they did not pick up my garbage", "report_missed_garbage"),
    ] {
        each(text, |told, understood| {
            assert_eq!(understood.outcome, Outcome::Sure, "{told}");
            assert_eq!(first(understood), Some(intent), "{told}");
        });
    }
    each("annule", |told, understood| assert!(understood.command.is_some(), "{told}"));
}
