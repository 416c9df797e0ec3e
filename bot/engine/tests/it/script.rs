//! Reads "words | signs" into a message with what is understood of it.

use bot_core::case_number::CaseNumber;
use bot_core::contact::Phone;
use bot_core::message::{Attachment, AttachmentKind, Content};
use bot_core::place::{Place, PlaceKind, Point};
use bot_core::slot::{Refusal, SlotKind};
use bot_core::understanding::{
    Command, CommandHit, Entity, Extent, Heard, LangGuess, Means, OptionHit, Outcome, Ranked,
    Stance, StanceHit, Understanding,
};
use bot_core::{Bilingual, EventKind, Language, Value};
use bot_engine::Session;
use flows::City;

/// Makes the event of a line.
pub(crate) fn said(line: &str, session: &Session, city: &City) -> EventKind {
    let (words, signs) = line.split_once('|').unwrap_or((line, ""));
    let mut content = Content::text(words.trim());
    let mut heard = Understanding::default();
    for sign in signs.split_whitespace() {
        read(sign, &mut content, &mut heard);
    }
    let _context = bot_engine::expectation(session, city);
    EventKind::Said { content, understanding: Box::new(heard) }
}

fn read(sign: &str, content: &mut Content, heard: &mut Understanding) {
    let (key, value) = sign.split_once('=').unwrap_or((sign, ""));
    match key {
        "i" => intents(heard, value, Outcome::Sure, 0.95),
        "u" => intents(heard, value, Outcome::Unsure, 0.4),
        "yes" => heard.stance = Some(stance(Stance::Yes)),
        "no" => heard.stance = Some(stance(Stance::No)),
        "skip" => heard.stance = Some(stance(Stance::Skip)),
        "dk" => heard.stance = Some(stance(Stance::DontKnow)),
        "cmd" => {
            let command = Command::from_name(value).unwrap();
            heard.command = Some(CommandHit { command, p: 0.95, extent: Extent::Whole });
        }
        "at" => heard.entities.push(address(value, Means::Read)),
        "patch" => heard.entities.push(address(value, Means::Patched)),
        "opt" => {
            let (slot, key) = value.split_once('.').unwrap();
            heard.options.push(option(Some(slot.to_owned()), key));
        }
        "pick" => heard.options.push(option(None, value)),
        "number" => {
            let number = CaseNumber::parse(value).unwrap();
            heard
                .entities
                .push(entity(SlotKind::RequestNumber, Heard::Value(Value::CaseNumber(number))));
        }
        "phone" => {
            let phone = Phone::parse(value).unwrap();
            heard.entities.push(entity(SlotKind::Phone, Heard::Value(Value::Phone(phone))));
        }
        // What was heard last is only a part of the message.
        "part" => {
            if let Some(entity) = heard.entities.last_mut() {
                entity.extent = Extent::Part;
            }
        }
        "fix" => heard.correction = true,
        "q" => heard.question = true,
        "name" => heard.named.push(value.to_owned()),
        "fr" => heard.lang = Some(LangGuess { lang: Language::Fr, p: 0.97 }),
        "en" => heard.lang = Some(LangGuess { lang: Language::En, p: 0.97 }),
        "emergency" => heard.emergency = Some(value.to_owned()),
        "key" => content.source = Some(bot_core::channel::Source::Keypad),
        "tap" => content.choice = Some(value.to_owned()),
        "photo" => content.attachments.push(Attachment {
            id: bot_core::id::AttachmentId::from_parts(crate::lab::MORNING, &[7; 10]),
            kind: AttachmentKind::Image,
            media_type: "image/jpeg".to_owned(),
            n_bytes: 10,
        }),
        _ => panic!("unknown sign {sign}"),
    }
}

fn intents(heard: &mut Understanding, names: &str, outcome: Outcome, p: f32) {
    heard.outcome = outcome;
    heard.intents = names.split(',').map(|name| Ranked { intent: name.to_owned(), p }).collect();
}

fn stance(stance: Stance) -> StanceHit {
    StanceHit { stance, p: 0.95, extent: Extent::Whole }
}

fn option(slot: Option<String>, key: &str) -> OptionHit {
    OptionHit { slot, key: key.to_owned(), p: 0.95, extent: Extent::Whole }
}

fn entity(kind: SlotKind, heard: Heard) -> Entity {
    let (p, means, extent) = (0.95, Means::Read, Extent::Whole);
    Entity { kind, heard, words: "x".to_owned(), p, means, extent, slot: None }
}

/// `12-Cartier`, `~12-Cartier` (not sure), or `!not_found`, `!outside`, `!several`.
fn address(value: &str, means: Means) -> Entity {
    if let Some(name) = value.strip_prefix('!') {
        let refusal = Refusal::from_name(name).unwrap();
        let candidates = if refusal == Refusal::Several {
            vec![place("10-Cartier"), place("10-Royale")]
        } else {
            Vec::new()
        };
        let mut entity = entity(SlotKind::Address, Heard::Refused { refusal, candidates });
        entity.words = "1 rue X".to_owned();
        return entity;
    }
    let (value, p) = value.strip_prefix('~').map_or((value, 0.95), |value| (value, 0.65));
    let mut entity =
        entity(SlotKind::Address, Heard::Value(Value::Address(Box::new(place(value)))));
    entity.words = value.to_owned();
    entity.means = means;
    entity.p = p;
    entity.slot = (means == Means::Patched).then(|| "place".to_owned());
    entity
}

fn place(value: &str) -> Place {
    let (number, street) = value.split_once('-').unwrap();
    Place {
        kind: PlaceKind::Address,
        label: Bilingual::of(&format!("{number}, rue {street}"), &format!("{number} Rue {street}")),
        number: number.parse().ok(),
        street: Some(street.to_lowercase()),
        cross: None,
        sector: Some("A".to_owned()),
        at: Point::new(46.75, -71.53).unwrap(),
    }
}
