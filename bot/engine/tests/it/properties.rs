//! Any event, any session: the engine returns, within its bounds, and gives the same for the same.

use crate::lab::{CITY, MORNING};
use bot_core::channel::Source;
use bot_core::effect::{Call, Effect};
use bot_core::event::{HandoffNews, Profile, Timer};
use bot_core::message::{Attachment, AttachmentKind, Content};
use bot_core::place::{Place, PlaceKind, Point};
use bot_core::slot::{Refusal, SlotKind};
use bot_core::understanding::{
    Command, CommandHit, Entity, Extent, Heard, LangGuess, Means, OptionHit, Outcome, Ranked,
    Stance, StanceHit, Understanding,
};
use bot_core::value::Record;
use bot_core::{
    Bilingual, CaseNumber, Channel, Contact, Event, EventKind, Language, UnixMs, Value,
};
use bot_engine::session::{MAX_DEPTH, Owner};
use bot_engine::{Session, Turn, expectation, step};
use proptest::prelude::*;

/// Bytes that a stored session may take.
const MAX_SESSION_BYTES: usize = 16_000;

/// Numbers that choose what happens next; the present state says among what.
type Dice = [u32; 6];

/// Gives the call among effects; there is at most one.
fn the_call(effects: &[Effect]) -> Option<Call> {
    effects.iter().find_map(
        |effect| {
            if let Effect::Call(call) = effect { Some(call.clone()) } else { None }
        },
    )
}

fn pick<T>(list: &[T], die: u32) -> Option<&T> {
    list.get(usize::try_from(die).unwrap() % list.len().max(1))
}

fn event(dice: Dice, session: &Session, at: UnixMs) -> Event {
    let kind = match dice[0] % 12 {
        0 => EventKind::Opened(Profile {
            lang: pick(&[None, Some(Language::Fr), Some(Language::En)], dice[1]).copied().flatten(),
            contact: Some(Contact::Phone(bot_core::Phone::parse("418-555-1234").unwrap())),
            is_greeted: dice[2].is_multiple_of(2),
        }),
        1 => EventKind::TimedOut {
            timer: *pick(&[Timer::Remind, Timer::Park, Timer::Handoff], dice[1]).unwrap(),
            token: session.timer_token.wrapping_sub(dice[2] % 2),
        },
        2 => EventKind::Handoff(
            *pick(
                &[
                    HandoffNews::Accepted,
                    HandoffNews::Solved,
                    HandoffNews::BackToBot,
                    HandoffNews::Nobody,
                ],
                dice[1],
            )
            .unwrap(),
        ),
        3 => EventKind::Returned {
            call: dice[1] % 5,
            result: pick(&["ok", "none", "zzz"], dice[2]).unwrap().to_string(),
            outputs: Record::new(),
        },
        _ => said(dice, session),
    };
    Event { at, seed: u64::from(dice[5]), kind }
}

fn said(dice: Dice, session: &Session) -> EventKind {
    let menu = expectation(session, &CITY).question.map(|q| q.menu).unwrap_or_default();
    let keys: Vec<String> = menu.iter().map(|item| item.key.clone()).collect();
    let texts = ["", "oui", "12 rue Cartier", "ceci est un détail", "{x} <b>%s", "🙂🙂"];
    let mut content = Content::text(pick(&texts, dice[1]).unwrap());
    if dice[2].is_multiple_of(4) {
        content.choice = pick(&keys, dice[3]).cloned().or(Some("size=small".to_owned()));
    }
    if dice[2].is_multiple_of(7) {
        content.attachments.push(Attachment {
            id: bot_core::id::AttachmentId::from_parts(MORNING, &[1; 10]),
            kind: *pick(&[AttachmentKind::Image, AttachmentKind::Audio], dice[3]).unwrap(),
            media_type: "image/png".to_owned(),
            n_bytes: 1,
        });
    }
    content.source = Some(Source::Text);
    EventKind::Said { content, understanding: Box::new(heard(dice, session, &keys)) }
}

fn heard(dice: Dice, session: &Session, keys: &[String]) -> Understanding {
    let names: Vec<&String> = CITY.intents.keys().collect();
    let p = |die: u32| f32::from(u8::try_from(die % 101).unwrap()) / 100.0;
    let some = |die: u32, part: u32| die.is_multiple_of(part);
    let mut heard = Understanding::default();
    if some(dice[1], 2) {
        heard.outcome =
            *pick(&[Outcome::Sure, Outcome::Unsure, Outcome::OutOfScope], dice[2]).unwrap();
        heard.intents = (0..3)
            .map(|n| Ranked {
                intent: (*pick(&names, dice[3] + n).unwrap()).clone(),
                p: p(dice[4]),
            })
            .collect();
    }
    if some(dice[2], 3) {
        let stance =
            *pick(&[Stance::Yes, Stance::No, Stance::DontKnow, Stance::Skip], dice[3]).unwrap();
        heard.stance = Some(StanceHit { stance, p: p(dice[4]), extent: extent(dice[5]) });
    }
    if some(dice[3], 5) {
        let command = *pick(&Command::ALL, dice[4]).unwrap();
        heard.command = Some(CommandHit { command, p: p(dice[5]), extent: extent(dice[2]) });
    }
    if some(dice[4], 3) {
        heard.options.extend(pick(keys, dice[5]).map(|key| option(None, key, p(dice[1]))));
    }
    if some(dice[5], 3) {
        let slots = expectation(session, &CITY).slots;
        if let Some(slot) = pick(&slots, dice[1]) {
            let key = pick(&slot.options, dice[2]).map(|o| o.key.clone());
            heard.options.extend(key.map(|key| option(Some(slot.name.clone()), &key, p(dice[3]))));
            heard.named.push(slot.name.clone());
        }
    }
    if some(dice[1] / 2, 2) {
        heard.entities.push(entity(dice));
    }
    heard.correction = some(dice[2], 2);
    heard.question = some(dice[3], 2);
    heard.emergency = some(dice[4], 17).then(|| "gas".to_owned());
    heard.lang = some(dice[5], 4).then(|| LangGuess { lang: Language::En, p: p(dice[1]) });
    heard
}

fn extent(die: u32) -> Extent {
    if die.is_multiple_of(2) { Extent::Whole } else { Extent::Part }
}

fn option(slot: Option<String>, key: &str, p: f32) -> OptionHit {
    OptionHit { slot, key: key.to_owned(), p, extent: Extent::Whole }
}

fn entity(dice: Dice) -> Entity {
    let place = Place {
        kind: PlaceKind::Address,
        label: Bilingual::same("12, rue Cartier"),
        number: Some(12),
        street: Some("rue-cartier".to_owned()),
        cross: None,
        sector: None,
        at: Point::new(46.75, -71.53).unwrap(),
    };
    let number = CaseNumber::parse("26-001234-7").unwrap();
    let phone = bot_core::Phone::parse("418-555-1234").unwrap();
    let values = [
        (SlotKind::Address, Value::Address(Box::new(place.clone()))),
        (SlotKind::RequestNumber, Value::CaseNumber(number)),
        (SlotKind::Phone, Value::Phone(phone)),
        (SlotKind::Number, Value::Number(i64::from(dice[1]))),
        (SlotKind::Date, Value::Date("2026-05-01".parse().unwrap())),
        (SlotKind::Text, Value::Text("x".repeat(5_000))),
    ];
    let (kind, value) = pick(&values, dice[2]).unwrap().clone();
    let heard = if dice[3].is_multiple_of(4) {
        let refusal = *pick(&Refusal::ALL, dice[4]).unwrap();
        Heard::Refused { refusal, candidates: vec![place; usize::try_from(dice[5] % 4).unwrap()] }
    } else {
        Heard::Value(value)
    };
    let patched = dice[5].is_multiple_of(3);
    Entity {
        kind,
        heard,
        words: "mots".to_owned(),
        p: f32::from(u8::try_from(dice[4] % 101).unwrap()) / 100.0,
        means: if patched { Means::Patched } else { Means::Read },
        extent: extent(dice[4]),
        slot: patched.then(|| "place".to_owned()),
    }
}

/// What every turn keeps to.
fn holds(before: &Session, event: &Event, turn: &Turn) {
    assert!(turn.session.stack.len() <= MAX_DEPTH);
    let circles = turn.notes.iter().find(|note| note.about.contains("circles"));
    assert_eq!(circles, None, "the demo city's flows are bounded");
    let stored = serde_json::to_string(&turn.session).unwrap();
    assert!(stored.len() < MAX_SESSION_BYTES, "{} bytes", stored.len());
    assert_eq!(serde_json::from_str::<Session>(&stored).unwrap(), turn.session);
    assert_eq!(step(before, event, &CITY), *turn, "the same for the same");
    let speaks =
        turn.effects.iter().any(|effect| matches!(effect, Effect::Say(_) | Effect::Call(_)));
    if matches!(event.kind, EventKind::Said { .. }) && before.owner == Owner::Bot {
        assert!(speaks, "every message is answered: {event:?}");
    }
    if before.owner == Owner::Agent && matches!(event.kind, EventKind::Said { .. }) {
        assert!(!speaks, "the bot is silent while a person speaks");
    }
    let n_timers = turn.effects.iter().filter(|e| matches!(e, Effect::SetTimer { .. })).count();
    assert!(n_timers <= 1);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn whatever_happens_the_engine_holds(
        dice in prop::collection::vec(prop::array::uniform6(any::<u32>()), 1..40),
        channel in 0_usize..6,
        english in any::<bool>(),
    ) {
        let lang = if english { Language::En } else { Language::Fr };
        let mut session = Session::new(Channel::ALL[channel], lang);
        let mut at = MORNING;
        for dice in dice {
            at = UnixMs(at.0 + i64::from(dice[0] % 90_000_000));
            let event = event(dice, &session, at);
            let turn = step(&session, &event, &CITY);
            holds(&session, &event, &turn);
            session = turn.session;
            // Actions answer at once, in any way their manifest knows, or not at all.
            if let Some(call) = the_call(&turn.effects) {
                let results: Vec<&String> = CITY.actions[&call.action].results.keys().collect();
                let result = (*pick(&results, dice[4]).unwrap()).clone();
                let kind = EventKind::Returned { call: call.call, result, outputs: Record::new() };
                let event = Event { at, seed: 0, kind };
                let turn = step(&session, &event, &CITY);
                holds(&session, &event, &turn);
                session = turn.session;
            }
        }
    }
}

/// The dice reach the corners: without this, the property above could hold for nothing.
#[test]
fn the_dice_reach_every_kind_of_turn() {
    let mut rules = std::collections::BTreeSet::new();
    let mut number: u32 = 7;
    let mut next = || {
        number = number.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        number >> 3
    };
    for _ in 0..400 {
        let mut session = Session::new(Channel::Web, Language::Fr);
        for _ in 0..30 {
            let dice = std::array::from_fn(|_| next());
            let event = event(dice, &session, MORNING);
            let mut turn = step(&session, &event, &CITY);
            while let Some(call) = the_call(&turn.effects) {
                rules.extend(turn.notes.drain(..).map(|note| note.rule));
                let results: Vec<&String> = CITY.actions[&call.action].results.keys().collect();
                let result = (*pick(&results, dice[4]).unwrap()).clone();
                let kind = EventKind::Returned { call: call.call, result, outputs: Record::new() };
                turn = step(&turn.session, &Event { at: MORNING, seed: 0, kind }, &CITY);
            }
            rules.extend(turn.notes.into_iter().map(|note| note.rule));
            session = turn.session;
        }
    }
    for rule in [
        "answered",
        "volunteered",
        "refused",
        "corrected",
        "change by name",
        "confirmed",
        "gave up",
        "command",
        "intent",
        "interrupted",
        "did you mean",
        "emergency",
        "ended",
        "picked",
        "not understood",
        "language followed",
        "guard refused",
        "handoff news ignored",
        "result ignored",
        "timer ignored",
    ] {
        assert!(rules.contains(rule), "{rule} never happened: {rules:?}");
    }
}
