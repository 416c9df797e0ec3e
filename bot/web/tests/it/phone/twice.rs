//! What comes twice, late, or at once with another: done once, and answered in the same words.

use axum::body::Body;
use axum::http::Request;
use bot_core::event::HandoffNews;
use bot_store::Store;
use bot_store::jobs::Queue;

use super::answers;
use crate::counter::{Counter, n_jobs, recordings, said};
use crate::door::Door;
use crate::line::{Call, Script, lined, named, told};

/// Makes the same request, with the same name or without one.
fn again(call: &Call<'_>, path: &str, fields: &[(&str, &str)], token: &str) -> Request<Body> {
    let request = call.request(path, fields);
    if token.is_empty() { request } else { named(request, token) }
}

#[tokio::test(start_paused = true)]
async fn a_delivery_that_is_repeated_gets_the_same_bytes_and_does_nothing() {
    for token in ["", "a7f3"] {
        let door = lined();
        let _counter = Counter::at(&door, answers);
        let mut call = Call::begin(&door, 1).await;
        call.silent().await;
        let next = call.script.door("Gather", "action");
        let fields = [("SpeechResult", "a pothole"), ("Confidence", "0.9")];
        let first = door.ask(again(&call, &next, &fields, token)).await;
        for _ in 0..3 {
            let repeat = door.ask(again(&call, &next, &fields, token)).await;
            assert_eq!((repeat.status, &repeat.body), (200, &first.body), "{token:?}");
            assert_eq!(repeat.header("content-type"), first.header("content-type"));
        }
        assert_eq!(said(&door).await, ["a pothole"]);
        // The call goes on from the answer that was given.
        call.script = Script::of(&first);
        assert_eq!(call.keys("1").await, "[dtmf speech: Noted. fr:phone_more] go");
        assert_eq!(said(&door).await, ["a pothole", "1"]);
    }
}

#[tokio::test(start_paused = true)]
async fn a_recording_that_is_told_of_twice_is_one() {
    for token in ["", "a7f3"] {
        let door = lined();
        let (call, recorded) = at_the_beep(&door).await;
        let fields = [("RecordingSid", "RE1"), ("RecordingDuration", "9")];
        let first = door.ask(again(&call, &recorded, &fields, token)).await;
        let repeat = door.ask(again(&call, &recorded, &fields, token)).await;
        assert_eq!(first.body, repeat.body);
        assert_eq!((recordings(&door).await.len(), n_jobs(&door, Queue::Transcribe).await), (1, 1));
    }
}

/// Brings a call to where its caller is recorded; gives where it goes on then.
async fn at_the_beep(door: &Door) -> (Call<'_>, String) {
    let _counter = Counter::at(door, answers);
    let mut call = Call::begin(door, 1).await;
    for _ in 0..5 {
        call.silent().await;
    }
    let recorded = call.script.door("Record", "action");
    (call, recorded)
}

#[tokio::test(start_paused = true)]
async fn a_step_that_comes_late_is_not_heard_and_changes_nothing() {
    let door = lined();
    let _counter = Counter::at(&door, answers);
    let mut call = Call::begin(&door, 1).await;
    call.silent().await;
    let old = call.script.door("Gather", "action");
    call.says("a pothole").await;
    let late = call.post(&old, &[("Digits", "7")]).await;
    assert_eq!(told(&late.text()), "[dtmf speech: Where?] go", "it is told where the call stands");
    assert_eq!(said(&door).await, ["a pothole"]);
    // Whichever of the two answers the caller hears, the next words are heard.
    for (script, words) in [(None, "1"), (Some(Script::of(&late)), "2")] {
        if let Some(script) = script {
            call.script = script;
        }
        let before = said(&door).await.len();
        call.says(words).await;
        assert_eq!(said(&door).await.len(), before + usize::from(words == "1"), "{words}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_recording_is_kept_however_late_its_step_comes() {
    let door = lined();
    let (mut call, recorded) = at_the_beep(&door).await;
    call.silent().await;
    let answer = call.post(&recorded, &[("RecordingSid", "RE1")]).await;
    assert_eq!(answer.status, 200);
    assert_eq!((recordings(&door).await.len(), n_jobs(&door, Queue::Transcribe).await), (1, 1));
}

#[tokio::test(start_paused = true)]
async fn the_same_request_twice_at_once_is_heard_once_and_the_call_goes_on() {
    for token in ["", "a7f3"] {
        let door = lined();
        let _counter = Counter::at(&door, answers);
        let mut call = Call::begin(&door, 1).await;
        call.silent().await;
        let next = call.script.door("Gather", "action");
        let fields = [("SpeechResult", "a pothole"), ("Confidence", "0.9")];
        let (one, two) = tokio::join!(
            door.ask(again(&call, &next, &fields, token)),
            door.ask(again(&call, &next, &fields, token))
        );
        assert_eq!(one.body, two.body, "both get the first answer");
        assert_eq!(said(&door).await, ["a pothole"]);
        call.script = Script::of(&two);
        call.keys("1").await;
        assert_eq!(said(&door).await, ["a pothole", "1"], "{token:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn of_two_requests_of_one_step_one_counts_and_either_goes_on() {
    for goes_on in 0..2 {
        let door = lined();
        let _counter = Counter::at(&door, answers);
        let mut call = Call::begin(&door, 1).await;
        call.silent().await;
        let (then, silence) = (call.script.door("Gather", "action"), call.script.silence());
        let keys = [("Digits", "7")];
        let (one, two) = tokio::join!(call.post(&then, &keys), call.post(&silence, &[]));
        call.script = Script::of([one, two].get(goes_on).unwrap());
        if !call.script.0.contains("<Gather") {
            call.silent().await;
        }
        // What a late answer has told may be told once more.
        let heard = call.says("a pothole").await;
        assert!(heard.ends_with("Where?] go"), "{heard}");
        assert_eq!(said(&door).await, ["7", "a pothole"], "{goes_on}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_call_begins_once_however_often_it_is_told_of_at_once() {
    let door = lined();
    let call = Call::begin(&door, 1).await;
    let start = "/hooks/phone/twilio/start";
    let (one, two) = tokio::join!(call.post(start, &[]), call.post(start, &[]));
    assert_eq!(one.body, two.body);
    let mut tx = door.store.read().await.unwrap();
    let page = bot_store::Page::first(9);
    assert_eq!(tx.calls().running(bot_core::UnixMs(0), page).await.unwrap().len(), 1);
}

/// Counts the turns that tell the engine what became of a handoff.
async fn n_turns(door: &Door) -> u64 {
    n_jobs(door, Queue::Turn).await
}

#[tokio::test(start_paused = true)]
async fn the_news_of_a_handoff_is_told_once_though_its_request_comes_twice_at_once() {
    let door = lined();
    let _counter = Counter::at(&door, answers);
    let mut call = Call::begin(&door, 1).await;
    call.silent().await;
    call.keys("0").await;
    let then = call.script.door("Dial", "action");
    let before = n_turns(&door).await;
    let fields = [("DialCallStatus", "completed")];
    let (one, two) = tokio::join!(call.post(&then, &fields), call.post(&then, &fields));
    assert_eq!(one.body, two.body);
    assert_eq!(n_turns(&door).await, before + 1, "{:?}", HandoffNews::Solved);
}
