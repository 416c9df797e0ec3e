//! What residents say, and the tokens that let them in, are in no log.

use axum::http::HeaderValue;
use serde_json::json;
use std::cell::RefCell;
use std::io::Write;
use std::sync::Once;
use tracing_subscriber::filter::LevelFilter;

use crate::door::{Door, Talk, get, plain, post, send};
use crate::faulty::Fault;
use crate::forms::{photo, upload};

const SECRET: &str = "bonjour-secret";

thread_local! {
    /// What was logged by the test that runs on this thread.
    static LOG: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
}

/// Writes to the log of the test that runs on this thread.
struct OwnLog;

impl Write for OwnLog {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        LOG.with_borrow_mut(|log| log.write(bytes))
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// Turns the log on for the whole binary, before the first line of any door.
///
/// A subscriber for one test alone would miss lines: whether a line is wanted at all is settled by
/// whichever test comes to it first.
pub(crate) fn turn_on() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let subscriber = tracing_subscriber::fmt()
            .with_max_level(LevelFilter::DEBUG)
            .with_ansi(false)
            .with_writer(|| OwnLog)
            .finish();
        tracing::subscriber::set_global_default(subscriber).expect("nobody else turns it on");
    });
}

/// Says the secret in every way there is, and in every way that is refused.
async fn say_it(door: &Door, talk: &Talk) {
    for message in [
        json!({ "id": SECRET, "text": SECRET, "choice": SECRET }),
        json!({ "id": "1", "text": SECRET, SECRET: 1 }),
        json!({ "id": "1", "text": [SECRET] }),
        json!({ "id": "1", "attachments": [SECRET] }),
        json!([SECRET]),
    ] {
        door.ask(send(talk, &message.to_string())).await;
    }
    door.ask(send(talk, SECRET)).await;
    door.ask(post("/api/chat", "", "application/json", json!({ "lang": SECRET }).to_string()))
        .await;
    door.ask(upload(talk, &[("text", SECRET.as_bytes()), ("file", &photo())])).await;
    door.ask(upload(talk, &[("file", SECRET.as_bytes())])).await;
    door.ask(upload(talk, &[(SECRET, b"x")])).await;
    door.list(talk, &format!("?after={SECRET}")).await;
    let path = format!("/api/chat/events?token={}&after={SECRET}", talk.token);
    door.listen(plain("GET", &path)).await.ok();
    let mut events = get("/api/chat/events", talk);
    events.headers_mut().insert("last-event-id", HeaderValue::from_static(SECRET));
    door.listen(events).await.ok();
    door.list(talk, "").await;
}

#[tokio::test]
async fn neither_words_nor_tokens_are_in_the_log() {
    let door = Door::new();
    let talk = door.open().await;
    for fault in [None, Some(Fault::Down), Some(Fault::Full), Some(Fault::Broken)] {
        door.store.set(fault);
        say_it(&door, &talk).await;
    }
    door.store.set(None);
    door.house.panics.store(true, std::sync::atomic::Ordering::SeqCst);
    door.say(&talk, "2", SECRET).await;
    let text = String::from_utf8(LOG.take()).unwrap();
    // The log was on: what an operator must know is there.
    assert!(text.contains("the store could not do as asked"), "{text}");
    assert!(text.contains("a handler has panicked"), "{text}");
    assert!(!text.contains(SECRET), "{text}");
    assert!(!text.contains(&talk.token), "{text}");
}
