//! The engine is late, or is not there: the caller waits a little, and then leaves a message.

use bot_store::{Store, Topic};
use std::time::Duration;
use tokio::time::Instant;

use super::answers;
use crate::counter::{Counter, conversations, said};
use crate::line::{Call, lined};

/// Longer than any answer may take: providers give up then.
const TOO_LONG: Duration = Duration::from_secs(10);

#[tokio::test(start_paused = true)]
async fn an_engine_that_never_answers_is_waited_for_eight_times_and_then_a_message_is_taken() {
    for opens_by in ["silence", "key", "words"] {
        let door = lined();
        let mut call = Call::begin(&door, 1).await;
        let began = Instant::now();
        let (first, lang) = match opens_by {
            "silence" => (call.silent().await, "fr"),
            "key" => (call.keys("2").await, "en"),
            _ => {
                let next = call.script.door("Gather", "action");
                let answer = call.post(&next, &[("Digits", "5")]).await;
                call.script = crate::line::Script::of(&answer);
                (call.script.told(), "fr")
            }
        };
        assert_eq!(first, format!("{lang}:phone_wait pause go"), "{opens_by}");
        assert!(began.elapsed() < TOO_LONG, "{:?}", began.elapsed());
        for n in 2..=8 {
            assert_eq!(call.silent().await, "pause go", "{opens_by} {n}");
        }
        assert_eq!(call.silent().await, format!("[dtmf: {lang}:phone_announce] go"), "{opens_by}");
        assert_eq!(call.silent().await, "record go");
        assert_eq!(call.recorded("RE1").await, format!("{lang}:phone_thanks hang up"));
    }
}

#[tokio::test(start_paused = true)]
async fn an_engine_that_is_late_is_heard_as_soon_as_it_answers() {
    let door = lined();
    let mut call = Call::begin(&door, 1).await;
    assert_eq!(call.silent().await, "fr:phone_wait pause go");
    for _ in 0..5 {
        call.silent().await;
    }
    let id = conversations(&door).await[0].id;
    door.answer_with(id, "Bonjour.", &[], None).await;
    assert_eq!(call.silent().await, "[dtmf speech: Bonjour. fr:phone_more] go");
    // The line had asked to wait: the caller was not silent.
    assert_eq!(call.silent().await, "[dtmf speech: fr:phone_silent Bonjour. fr:phone_more] go");
    assert_eq!(call.silent().await, "[dtmf speech: fr:phone_silent Bonjour. fr:phone_more] go");
    assert_eq!(call.silent().await, "fr:phone_silent [dtmf: fr:phone_announce] go");
}

#[tokio::test(start_paused = true)]
async fn what_was_said_while_the_engine_was_late_is_kept() {
    let door = lined();
    let mut call = Call::begin(&door, 1).await;
    call.keys("0").await;
    assert_eq!(said(&door).await, ["0"]);
    for _ in 0..8 {
        call.silent().await;
    }
    assert_eq!(call.keys("0").await, "fr:phone_wait pause go", "a person is wished for again");
    let _counter = Counter::at(&door, answers);
    let id = conversations(&door).await[0].id;
    door.store.wake().notify(Topic::Conversation(id));
    tokio::time::sleep(Duration::from_millis(1)).await;
    assert_eq!(call.silent().await, "One person. fr:phone_ringing ring +14185550190");
}
