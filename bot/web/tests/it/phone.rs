//! Calls, request by request, as the provider makes them.

mod doors;
mod people;
mod recordings;
mod twice;
mod waits;

use bot_core::Language;
use bot_core::channel::Source;
use bot_core::slot::SlotKind;
use bot_store::Store;
use bot_store::jobs::Queue;
use bot_store::recordings::RecordingState;
use std::time::Duration;

use crate::counter::{Counter, Turn, conversations, n_jobs, recordings, said};
use crate::door::plain;
use crate::line::{Call, lined};

/// What the counter of most of these tests answers.
fn answers(said: &str) -> Turn {
    match said {
        "" => Turn { words: &["Hello."], ..Turn::default() },
        "a pothole" => {
            Turn { words: &["Where?"], wants: Some(SlotKind::Address), ..Turn::default() }
        }
        "check" => {
            Turn { words: &["Number?"], wants: Some(SlotKind::RequestNumber), ..Turn::default() }
        }
        "0" => Turn { words: &["One person."], queue: Some("roads"), ..Turn::default() },
        _ => Turn { words: &["Noted."], ..Turn::default() },
    }
}

/// The script of a call that begins.
const GREETING: &str = "fr:phone_greeting [dtmf: en:phone_other_language] go";

#[tokio::test(start_paused = true)]
async fn a_call_goes_from_the_greeting_to_a_message_and_thanks() {
    let door = lined();
    let _counter = Counter::at(&door, answers);
    let mut call = Call::begin(&door, 1).await;
    assert_eq!(call.script.told(), GREETING);
    assert!(conversations(&door).await.is_empty(), "nobody has said anything");
    assert_eq!(call.keys("2").await, "[dtmf speech: Hello. en:phone_more] go");
    let gather = |name: &str| crate::line::attribute(&call.script.0, "Gather", name).unwrap();
    assert_eq!(["language", "numDigits", "hints"].map(gather), ["en-CA", "1", "en:pothole"]);
    assert_eq!(call.says("check").await, "[dtmf speech: Number?] go");
    assert_eq!(crate::line::attribute(&call.script.0, "Gather", "numDigits").unwrap(), "9");
    assert_eq!(call.keys("260012347").await, "[dtmf speech: Noted. en:phone_more] go");
    assert_eq!(call.says("a pothole").await, "[dtmf speech: Where?] go");
    for _ in 0..2 {
        assert_eq!(call.silent().await, "[dtmf speech: en:phone_silent Where?] go");
    }
    assert_eq!(call.silent().await, "en:phone_silent [dtmf: en:phone_announce] go");
    assert_eq!(call.silent().await, "record go");
    assert_eq!(call.recorded("RE1").await, "en:phone_thanks hang up");
    let [talk] = conversations(&door).await.try_into().unwrap();
    assert_eq!(talk.lang, Language::En);
    assert_eq!(said(&door).await, ["check", "260012347", "a pothole"]);
    let mut tx = door.store.read().await.unwrap();
    let messages = tx.messages().list_after(talk.id, 0, 99).await.unwrap();
    let sources = messages.iter().filter_map(|row| row.new.content.source);
    let sources: Vec<Source> = sources.collect();
    assert_eq!(sources, [Source::Voice, Source::Keypad, Source::Voice]);
    let [recording] = recordings(&door).await.try_into().unwrap();
    assert_eq!((recording.state, recording.new.seconds), (RecordingState::Announced, Some(9)));
    assert_eq!((recording.new.conversation, recording.new.lang), (talk.id, Language::En));
    assert_eq!(recording.new.caller, call.from);
    assert_eq!(n_jobs(&door, Queue::Transcribe).await, 1);
}

#[tokio::test(start_paused = true)]
async fn whoever_waits_for_the_greeting_to_end_is_answered_in_the_first_language() {
    let door = lined();
    let _counter = Counter::at(&door, answers);
    let mut call = Call::begin(&door, 1).await;
    assert_eq!(call.silent().await, "[dtmf speech: Hello. fr:phone_more] go");
    assert_eq!(conversations(&door).await[0].lang, Language::Fr);
}

#[tokio::test(start_paused = true)]
async fn what_was_hardly_heard_is_not_told() {
    let door = lined();
    let _counter = Counter::at(&door, answers);
    let mut call = Call::begin(&door, 1).await;
    call.silent().await;
    let next = call.script.door("Gather", "action");
    let murmur = [("SpeechResult", "euh"), ("Confidence", "0.05")];
    let answer = call.post(&next, &murmur).await;
    assert_eq!(
        crate::line::told(&answer.text()),
        "[dtmf speech: fr:phone_silent Hello. fr:phone_more] go"
    );
    assert!(said(&door).await.is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_caller_without_a_number_has_a_conversation_for_each_call() {
    let door = lined();
    let _counter = Counter::at(&door, answers);
    for n in 1..=2 {
        let mut call = Call::of(&door, n, "anonymous").await;
        call.silent().await;
        assert_eq!(call.says("a pothole").await, "[dtmf speech: Where?] go");
    }
    assert_eq!(conversations(&door).await.len(), 2);
    assert_eq!(said(&door).await, ["a pothole", "a pothole"]);
}

#[tokio::test(start_paused = true)]
async fn whoever_calls_again_is_taken_up_where_they_were() {
    let door = lined();
    let _counter = Counter::at(&door, answers);
    let mut first = Call::begin(&door, 1).await;
    first.silent().await;
    first.says("a pothole").await;
    door.clock.advance(Duration::from_mins(5));
    let mut second = Call::begin(&door, 2).await;
    assert_eq!(second.silent().await, "[dtmf speech: Where?] go");
    assert_eq!(conversations(&door).await.len(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_call_whose_beginning_was_missed_begins_with_whatever_comes() {
    let door = lined();
    let _counter = Counter::at(&door, answers);
    let mut call = Call::begin(&door, 1).await;
    call.sid = format!("CA{:032x}", 2);
    let next = call.script.door("Gather", "action");
    assert_eq!(call.post(&next, &[("Digits", "2")]).await.status, 200);
    assert_eq!(conversations(&door).await.len(), 1);
}

#[tokio::test]
async fn those_who_wait_hear_music() {
    let answer = lined().ask(plain("GET", "/phone/hold.wav")).await;
    assert_eq!((answer.status, answer.kind().as_str()), (200, "audio/wav"));
    assert!(answer.body.starts_with(b"RIFF") && answer.body.len() > 100_000);
}
