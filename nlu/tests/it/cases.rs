//! Small messages and what must be understood of them: text in, text out, one file a subject.
//!
//! A file holds contexts in brackets, messages at the margin, and under each message, indented,
//! what is understood of it. `UPDATE_EXPECT=1` rewrites what is indented; read the difference.

use bot_core::case_number::CaseNumber;
use bot_core::expectation::{MenuItem, Question, SlotSpec};
use bot_core::place::{Place, PlaceKind};
use bot_core::slot::SlotKind;
use bot_core::understanding::{Entity, Extent, Heard, Means};
use bot_core::{Bilingual, Contact, Expectation, Understanding, UnixMs, Value};
use expect_test::expect_file;
use nlu::{Ask, FirstHead, Lesson, Understand};
use std::sync::LazyLock;

static HEAD: LazyLock<FirstHead> = LazyLock::new(|| {
    let lesson: Lesson = serde_json::from_str(include_str!("data/lesson.json")).unwrap();
    FirstHead::train(&lesson)
});

/// Wednesday, 6 May 2026, 10:00 in Québec.
const NOW: UnixMs = UnixMs(1_778_076_000_000);

#[test]
fn addresses_fr() {
    check("addresses.fr", include_str!("data/addresses.fr"));
}

#[test]
fn addresses_en() {
    check("addresses.en", include_str!("data/addresses.en"));
}

#[test]
fn values_fr() {
    check("values.fr", include_str!("data/values.fr"));
}

#[test]
fn values_en() {
    check("values.en", include_str!("data/values.en"));
}

#[test]
fn answers_fr() {
    check("answers.fr", include_str!("data/answers.fr"));
}

#[test]
fn answers_en() {
    check("answers.en", include_str!("data/answers.en"));
}

#[test]
fn confusing() {
    check("confusing", include_str!("data/confusing"));
}

fn check(file: &str, cases: &str) {
    let mut context = Expectation::default();
    let mut read = String::new();
    for line in cases.lines().filter(|line| !line.starts_with("    ")) {
        read.push_str(line);
        read.push('\n');
        if let Some(wanted) = line.strip_prefix('[').and_then(|line| line.strip_suffix(']')) {
            context = expectation(wanted);
        } else if !line.is_empty() && !line.starts_with('#') {
            read.push_str("    ");
            read.push_str(&understood(line, &context));
            read.push('\n');
        }
    }
    let path = format!("{}/tests/it/data/{file}", env!("CARGO_MANIFEST_DIR"));
    expect_file![path].assert_eq(&read);
}

fn understood(text: &str, expectation: &Expectation) -> String {
    let ask = Ask { text, expectation, now: NOW };
    tell(&HEAD.understand(&ask))
}

/// Writes what was understood, without language, intents and outcome.
fn tell(understanding: &Understanding) -> String {
    let mut told: Vec<String> = Vec::new();
    told.extend(understanding.emergency.iter().map(|id| format!("EMERGENCY {id}")));
    if let Some(hit) = understanding.command {
        told.push(format!("{}!{}", hit.command.name(), dots(hit.extent)));
    }
    if let Some(hit) = understanding.stance {
        told.push(format!("{:?}{}", hit.stance, dots(hit.extent)));
    }
    told.extend(understanding.entities.iter().map(entity));
    told.extend(understanding.options.iter().map(|hit| {
        let slot = hit.slot.as_deref().unwrap_or_default();
        format!("{slot}={}{}", hit.key, dots(hit.extent))
    }));
    told.extend(understanding.named.iter().map(|slot| format!("named {slot}")));
    if understanding.correction {
        told.push("correction".to_owned());
    }
    if understanding.question {
        told.push("question".to_owned());
    }
    if told.is_empty() {
        told.push("-".to_owned());
    }
    told.join("; ")
}

const fn dots(extent: Extent) -> &'static str {
    match extent {
        Extent::Whole => "",
        Extent::Part => "…",
    }
}

fn entity(entity: &Entity) -> String {
    let place = |place: &Place| place.label.fr.clone();
    let heard = match &entity.heard {
        Heard::Value(found) => value(found),
        Heard::Refused { refusal, candidates } => {
            let places: Vec<String> = candidates.iter().map(place).collect();
            format!("{refusal} \"{}\" {}", entity.words, places.join(" | "))
        }
    };
    let slot = entity.slot.as_ref().map(|slot| format!(" for {slot}"));
    let patched = if entity.means == Means::Patched { " patched" } else { "" };
    format!(
        "{}: {}{}{patched}{}",
        entity.kind,
        heard.trim_end(),
        slot.unwrap_or_default(),
        dots(entity.extent)
    )
}

fn value(value: &Value) -> String {
    match value {
        Value::Address(place) => place.label.fr.clone(),
        Value::Phone(phone) => phone.as_str().to_owned(),
        Value::Email(email) => email.as_str().to_owned(),
        Value::Contact(Contact::Phone(phone)) => phone.as_str().to_owned(),
        Value::Contact(Contact::Email(email)) => email.as_str().to_owned(),
        Value::Date(date) => date.to_string(),
        Value::Time(time) => time.strftime("%H:%M").to_string(),
        Value::Number(number) => number.to_string(),
        Value::PostalCode(code) => code.clone(),
        Value::CaseNumber(number) => CaseNumber::to_string(number),
        Value::Choice(_)
        | Value::Bool(_)
        | Value::Text(_)
        | Value::Service(_)
        | Value::Faq(_)
        | Value::Instant(_)
        | Value::SpanMs(_)
        | Value::Images(_)
        | Value::Record(_)
        | Value::List(_) => format!("{value:?}"),
    }
}

/// Reads a context: `asks place; at 12 rue Cartier; slots size photo`, `recap`, `menu …`.
fn expectation(wanted: &str) -> Expectation {
    let mut expectation = Expectation::default();
    for part in wanted.split("; ") {
        let (word, rest) = part.split_once(' ').unwrap_or((part, ""));
        match word {
            "nothing" => {}
            "recap" => expectation.question = Some(question(None, SlotKind::AffirmDeny)),
            "asks" => {
                let slot = slot(rest);
                let mut question = question(Some(&slot.name), slot.kind);
                question.menu.clone_from(&slot.options);
                expectation.question = Some(question);
                expectation.slots.push(slot);
            }
            "slots" => expectation.slots.extend(rest.split(' ').map(slot)),
            "at" => {
                let place =
                    expectation.slots.iter_mut().find(|slot| slot.kind == SlotKind::Address);
                place.unwrap().current = Some(Value::Address(Box::new(known_place(rest))));
            }
            "menu" => {
                let mut question = question(None, SlotKind::Choice);
                question.menu = rest.split('|').map(item).collect();
                expectation.question = Some(question);
            }
            other => panic!("no such context: {other}"),
        }
    }
    expectation
}

/// Gives a door, or a whole street where the text has no number.
fn known_place(text: &str) -> Place {
    let whole = !text.starts_with(|sign: char| sign.is_ascii_digit());
    let door = if whole { format!("1 {text}") } else { text.to_owned() };
    let Heard::Value(value) = &HEAD.gazetteer().find(&door)[0].heard else {
        panic!("{text} is no place");
    };
    let mut place = value.as_place().unwrap().clone();
    if whole {
        place.kind = PlaceKind::Street;
        place.number = None;
        place.label = Bilingual::same(text);
    }
    place
}

fn question(slot: Option<&str>, kind: SlotKind) -> Question {
    Question { slot: slot.map(str::to_owned), kind, menu: Vec::new() }
}

/// Reads `key=French/English+other+other`.
fn item(text: &str) -> MenuItem {
    let (key, labels) = text.split_once('=').unwrap();
    let mut parts = labels.split('+');
    let (fr, en) = parts.next().unwrap().split_once('/').unwrap();
    MenuItem {
        key: key.to_owned(),
        label: Bilingual::of(fr, en),
        also: Bilingual { fr: parts.map(str::to_owned).collect(), en: Vec::new() },
    }
}

fn slot(name: &str) -> SlotSpec {
    let spec = |kind, names: Bilingual<&str>, options: &str| SlotSpec {
        name: name.to_owned(),
        kind,
        options: options.split('|').filter(|o| !o.is_empty()).map(item).collect(),
        names: Bilingual { fr: vec![names.fr.to_owned()], en: vec![names.en.to_owned()] },
        current: None,
    };
    let named = |fr, en| Bilingual { fr, en };
    match name {
        "place" => spec(SlotKind::Address, named("endroit", "place"), ""),
        "size" => spec(
            SlotKind::Choice,
            named("taille", "size"),
            "small=Petit (une main)/Small (a hand)+pas gros+tiny+minuscule|large=Grand (un pneu)/Large (a tire)+gros+enorme+big+huge|danger=Dangereux/Dangerous+danger",
        ),
        "stream" => spec(
            SlotKind::Choice,
            named("bac", "bin"),
            "garbage=Bac noir (déchets)/Black bin (garbage)+ordures+poubelle+trash|recycling=Bac bleu (recyclage)/Blue bin (recycling)|organics=Bac brun (matières organiques)/Brown bin (organics)+compost",
        ),
        "photo" => spec(SlotKind::Image, named("photo", "photo"), ""),
        "notes" => spec(SlotKind::Text, named("détail", "detail"), ""),
        "contact" => spec(SlotKind::Contact, named("coordonnées", "contact"), ""),
        "phone" => spec(SlotKind::Phone, named("téléphone", "phone"), ""),
        "email" => spec(SlotKind::Email, named("courriel", "email"), ""),
        "postal" => spec(SlotKind::PostalCode, named("code postal", "postal code"), ""),
        "day" => spec(SlotKind::Date, named("date", "date"), ""),
        "hour" => spec(SlotKind::Time, named("heure", "time"), ""),
        "count" => spec(SlotKind::Number, named("nombre", "number"), ""),
        "case" => spec(SlotKind::RequestNumber, named("numéro de demande", "case number"), ""),
        "join" => spec(SlotKind::AffirmDeny, named("même demande", "same request"), ""),
        other => panic!("no such slot: {other}"),
    }
}
