//! A person who is rung, what they hear first, and the end of a call.

use axum::body::Body;
use axum::http::Request;
use bot_store::Store;
use bot_store::conversation_state::{CloseReason, ConversationState};
use bot_store::jobs::Queue;
use std::time::Duration;

use super::answers;
use crate::counter::{Counter, conversations, n_jobs};
use crate::door::Door;
use crate::line::{CALLER, Call, HOST, lined, named, signature, signed, told};

/// Brings a call to where a person is rung.
async fn ringing(door: &Door) -> Call<'_> {
    let mut call = Call::begin(door, 1).await;
    call.silent().await;
    assert_eq!(call.keys("0").await, "One person. fr:phone_ringing ring +14185550190");
    call
}

#[tokio::test(start_paused = true)]
async fn a_person_is_rung_twice_with_music_between_and_then_the_counter_is_told() {
    let door = lined();
    let _counter = Counter::at(&door, answers);
    let mut call = ringing(&door).await;
    let held = "[dtmf: fr:phone_position n=1 fr:phone_hold music] go";
    let before = n_jobs(&door, Queue::Turn).await;
    assert_eq!(call.passed("no-answer").await, held);
    assert_eq!(n_jobs(&door, Queue::Turn).await, before);
    assert_eq!(call.silent().await, "fr:phone_ringing ring +14185550190");
    // The engine is late: the caller waits on, is told nothing wrong, and nobody is rung again.
    assert_eq!(call.passed("busy").await, held);
    assert_eq!(n_jobs(&door, Queue::Turn).await, before + 1);
    assert_eq!(call.silent().await, held);
    assert_eq!(call.keys("1").await, held, "a message instead: told to the engine as well");
    assert_eq!(n_jobs(&door, Queue::Turn).await, before + 2);
}

#[tokio::test(start_paused = true)]
async fn a_person_who_talked_to_the_caller_ends_the_call() {
    let door = lined();
    let _counter = Counter::at(&door, answers);
    let mut call = ringing(&door).await;
    let before = n_jobs(&door, Queue::Turn).await;
    assert_eq!(call.passed("completed").await, "fr:phone_goodbye hang up");
    assert_eq!(n_jobs(&door, Queue::Turn).await, before + 1);
}

/// The telephone that is rung is on a call of its own.
fn child(call: &Call<'_>) -> Vec<(&'static str, String)> {
    vec![
        ("CallSid", format!("CA{:032x}", 77)),
        ("ParentCallSid", call.sid.clone()),
        ("From", CALLER.to_owned()),
        ("To", "+14185550190".to_owned()),
    ]
}

fn whispered(path: &str, child: &[(&'static str, String)], more: &[(&str, &str)]) -> Request<Body> {
    let own: Vec<(&str, &str)> =
        child.iter().map(|(name, value)| (*name, value.as_str())).collect();
    signed(path, &[&own, more].concat())
}

#[tokio::test(start_paused = true)]
async fn the_person_hears_whose_call_it_is_and_takes_it_by_a_key() {
    let door = lined();
    let _counter = Counter::at(&door, answers);
    let call = ringing(&door).await;
    let (path, child) = (call.script.door("Number", "url"), child(&call));
    let asked = door.ask(whispered(&path, &child, &[])).await.text();
    let text = "[dtmf: fr:phone_whisper caller=4 1 8, 5 5 5, 1 2 3 4 summary=] go";
    assert_eq!(told(&asked), text);
    let next = crate::line::attribute(&asked, "Gather", "action").unwrap();
    let next = next.strip_prefix(HOST).unwrap();
    let taken = door.ask(whispered(next, &child, &[("Digits", "5")])).await;
    assert_eq!((taken.status, told(&taken.text()).as_str()), (200, ""), "the two are joined");
}

#[tokio::test(start_paused = true)]
async fn a_telephone_that_nobody_answers_for_is_hung_up() {
    for token in ["", "b1"] {
        let door = lined();
        let _counter = Counter::at(&door, answers);
        let call = ringing(&door).await;
        let (path, child) = (call.script.door("Number", "url"), child(&call));
        let ask = async |path: &str, n: u32| {
            let request = whispered(path, &child, &[]);
            let name = format!("{token}-{n}");
            door.ask(if token.is_empty() { request } else { named(request, &name) }).await.text()
        };
        let asked = ask(&path, 1).await;
        assert_eq!(ask(&path, 1).await, asked, "a repeat gets the same");
        let next = crate::line::Script(asked).silence();
        assert_eq!(told(&ask(&next, 2).await), "hang up", "{token:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_whisper_may_be_asked_for_by_get_and_tells_nothing_without_its_step() {
    let door = lined();
    let _counter = Counter::at(&door, answers);
    let call = ringing(&door).await;
    let path = call.script.door("Number", "url");
    let get = |path: &str, signature: &str| {
        let request = Request::get(path).header("X-Twilio-Signature", signature);
        request.body(Body::empty()).unwrap()
    };
    let full = format!("{path}&CallSid=CA77&ParentCallSid={}&From=%2B14185551234", call.sid);
    let answer = door.ask(get(&full, &signature(&full, &[]))).await;
    assert_eq!(answer.status, 200);
    assert!(told(&answer.text()).starts_with("[dtmf: fr:phone_whisper"), "{}", answer.text());
    assert_eq!(door.ask(get(&full, &signature(&path, &[]))).await.problem(), "403 unsigned");
    for step in ["", "?t=", "?t=forged", "?t=AAAA"] {
        let bare = format!("/hooks/phone/twilio/whisper{step}");
        let answer = door.ask(signed(&bare, &[("CallSid", "CA78")])).await;
        assert_eq!(told(&answer.text()), "hang up", "{step}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_call_that_ends_closes_the_bots_conversation_and_no_other() {
    let door = lined();
    let _counter = Counter::at(&door, answers);
    let status = "/hooks/phone/twilio/status";
    let end = [("CallStatus", "completed"), ("CallDuration", "61")];
    let mut call = Call::begin(&door, 1).await;
    call.silent().await;
    call.says("a pothole").await;
    for going in ["queued", "ringing", "in-progress"] {
        assert_eq!(call.post(status, &[("CallStatus", going)]).await.status, 204);
    }
    assert_eq!(conversations(&door).await[0].state, ConversationState::Bot);
    for _ in 0..2 {
        let answer = call.post(status, &end).await;
        assert_eq!((answer.status, answer.body.len()), (204, 0));
    }
    let closed = &conversations(&door).await[0];
    assert_eq!(closed.close_reason, Some(CloseReason::HungUp));
    let mut tx = door.store.read().await.unwrap();
    let stored = tx.calls().find("twilio", &call.sid).await.unwrap().unwrap();
    let ending = stored.ending.unwrap();
    assert_eq!((ending.outcome.as_str(), ending.seconds), ("completed", Some(61)));
    let events = tx.desk().list_after(0, 99).await.unwrap();
    let ended = events.iter().filter(|row| row.event.body.contains("\"call\":\"ended\"")).count();
    assert_eq!(ended, 1, "{events:?}");
    door.clock.advance(Duration::from_mins(5));
    let mut call = Call::begin(&door, 2).await;
    call.silent().await;
    call.keys("0").await;
    assert_eq!(call.post(status, &end).await.status, 204);
    let open = &conversations(&door).await[0];
    assert_eq!(open.state, ConversationState::Queued);
    assert_ne!(open.id, closed.id);
    // The end of a call that nobody knows is no fault of the provider's.
    call.sid = "CA9".to_owned();
    assert_eq!(call.post(status, &end).await.status, 204);
}
