//! What the door says when something behind it fails; and every described answer, reached.

use axum::body::Body;
use axum::http::Request;
use bot_web::Limits;
use futures_util::stream;
use serde_json::json;
use std::collections::BTreeSet;
use std::convert::Infallible;
use std::sync::atomic::Ordering;

use crate::api;
use crate::door::{Answer, Door, Talk, get, plain, post, send};
use crate::faulty::{Fault, INNER_WORDS};
use crate::forms::{form, photo, upload, upload_body};
use crate::limits::by_peer;
use crate::origins::from;

const WRITE_FAULTS: [Fault; 6] =
    [Fault::Down, Fault::DownAtCommit, Fault::Full, Fault::ReadOnly, Fault::Busy, Fault::Crowded];

#[tokio::test]
async fn a_message_that_is_not_stored_is_never_taken() {
    for fault in WRITE_FAULTS {
        let door = Door::new();
        let talk = door.open().await;
        door.store.set(Some(fault));
        let said = door.say(&talk, "1", "bonjour").await;
        let sent = door.ask(upload(&talk, &[("file", &photo())])).await;
        let opened = door.ask(post("/api/chat", "", "application/json", "{}")).await;
        for answer in [said, sent, opened] {
            assert_eq!(answer.problem(), "503 unavailable", "{fault:?}");
            assert!(!answer.text().contains(INNER_WORDS));
        }
        door.store.set(None);
        assert!(door.stored(&talk).await.is_empty());
        // Sent again with the same id, it is taken, and as the first.
        let again = door.say(&talk, "1", "bonjour").await;
        assert_eq!(again.json(), json!({ "seq": 1, "repeat": false }), "{fault:?}");
    }
}

#[tokio::test]
async fn a_fault_that_nobody_knows_tells_nothing() {
    let door = Door::new();
    let talk = door.open().await;
    door.store.set(Some(Fault::Broken));
    let answer = door.say(&talk, "1", "bonjour").await;
    assert_eq!(answer.problem(), "500 internal");
    assert!(!answer.text().contains(INNER_WORDS));
    assert_eq!(door.list(&talk, "").await.problem(), "500 internal");
}

#[tokio::test]
async fn a_handler_that_panics_is_a_problem_and_the_door_stays_open() {
    let door = Door::new();
    let talk = door.open().await;
    door.house.panics.store(true, Ordering::SeqCst);
    assert_eq!(door.say(&talk, "1", "bonjour").await.problem(), "500 internal");
    let answer = door.ask(post("/api/chat", "", "application/json", "")).await;
    assert_eq!(answer.problem(), "500 internal");
    assert!(!answer.text().contains("burns"));
    door.house.panics.store(false, Ordering::SeqCst);
    assert_eq!(door.say(&talk, "1", "bonjour").await.json()["repeat"], json!(false));
}

#[tokio::test(start_paused = true)]
async fn an_answer_that_takes_too_long_is_a_problem() {
    use bot_store::Store;
    // Another writer holds the store for longer than an answer may take.
    let answer = std::time::Duration::from_secs(2);
    let door = Door::with(Limits { answer, ..Limits::default() });
    let talk = door.open().await;
    let held = door.store.begin().await.unwrap();
    assert_eq!(door.say(&talk, "1", "bonjour").await.problem(), "503 unavailable");
    drop(held);
    assert!(door.stored(&talk).await.is_empty());
}

/// Makes a body that begins and then stays silent.
fn silent_after(head: Vec<u8>) -> Body {
    let chunks = stream::unfold(Some(head), |head| async {
        match head {
            Some(head) => Some((Ok::<_, Infallible>(head), None)),
            None => std::future::pending().await,
        }
    });
    Body::from_stream(chunks)
}

/// Makes one good request of each operation, for a conversation with a file.
fn requests(talk: &Talk, file: &str) -> Vec<Request<Body>> {
    vec![
        post("/api/chat", "", "application/json", "{}"),
        get("/api/chat", talk),
        send(talk, r#"{"id":"1","text":"bonjour"}"#),
        get("/api/chat/messages", talk),
        upload(talk, &[("file", &photo())]),
        get(file, talk),
    ]
}

/// Asks everything of a door; gives the answers that were seen.
async fn ask_all(door: &Door, talk: &Talk, file: &str) -> BTreeSet<api::Described> {
    ask_as(door, talk, file, |request| request).await
}

/// The same as someone else.
async fn ask_as(
    door: &Door,
    talk: &Talk,
    file: &str,
    someone: impl Fn(Request<Body>) -> Request<Body>,
) -> BTreeSet<api::Described> {
    for request in requests(talk, file) {
        door.ask(someone(request)).await;
    }
    // A stream has no end to wait for.
    door.listen(someone(get("/api/chat/events", talk))).await.ok();
    door.seen()
}

async fn with_file(door: &Door) -> (Talk, String) {
    let talk = door.open().await;
    let answer: Answer = door.ask(upload(&talk, &[("file", &photo()), ("id", b"first")])).await;
    let id = answer.json()["attachments"][0]["id"].as_str().unwrap().to_owned();
    (talk, format!("/api/chat/attachments/{id}"))
}

/// Sends the bad bodies of every kind; gives the answers that were seen.
async fn ask_badly() -> BTreeSet<api::Described> {
    let door = Door::with(Limits { messages_per_minute: 0, ..Limits::default() });
    let talk = door.open().await;
    let json = "application/json";
    let over = vec![b' '; 50 * 1024 * 1024];
    for request in [
        post("/api/chat", "", json, "{"),
        post("/api/chat", "", json, r#"{"lang":"es"}"#),
        post("/api/chat", "", json, over[..70_000].to_vec()),
        post("/api/chat", "", json, silent_after(b"{".to_vec())),
        send(&talk, "{"),
        send(&talk, r#"{"id":"1"}"#),
        post("/api/chat/messages", &talk.token, json, over[..70_000].to_vec()),
        post("/api/chat/messages", &talk.token, json, silent_after(b"{".to_vec())),
        post("/api/chat/messages", &talk.token, "text/plain", "{}"),
        get("/api/chat/messages?after=x", &talk),
        get("/api/chat/events?after=x", &talk),
        upload_body(&talk, b"--the-edge".to_vec()),
        upload_body(&talk, silent_after(form(&[("file", &photo())])[..90].to_vec())),
        upload(&talk, &[("file", b"MZ")]),
        upload(&talk, &[("file", &[b"OggS", over.as_slice()].concat())]),
        upload(&talk, &[]),
    ] {
        door.ask(request).await;
    }
    door.close(&talk).await;
    let mut seen = ask_all(&door, &talk, "/api/chat/attachments/x").await;
    let talk = door.open().await;
    for n in 0..=bot_store::receive::MAX_UNSEEN {
        door.say(&talk, &n.to_string(), "bonjour").await;
    }
    door.ask(upload(&talk, &[("file", &photo())])).await;
    seen.extend(door.seen());
    seen
}

#[tokio::test(start_paused = true)]
async fn every_described_answer_is_reached_and_no_other() {
    let mut seen = ask_badly().await;
    for fault in [None, Some(Fault::Down), Some(Fault::Broken)] {
        let door = Door::new();
        let (talk, file) = with_file(&door).await;
        door.store.set(fault);
        seen.extend(ask_all(&door, &talk, &file).await);
    }
    let door = Door::with(Limits { requests_per_minute: 1, ..Limits::default() });
    let (talk, file) = with_file(&door).await;
    seen.extend(ask_as(&door, &talk, &file, |request| from(request, "null")).await);
    let often = |request| by_peer(request, "192.0.2.1");
    door.ask(often(plain("GET", "/"))).await;
    seen.extend(ask_as(&door, &talk, &file, often).await);
    let door = Door::with(Limits { max_listeners: 0, ..Limits::default() });
    let (talk, file) = with_file(&door).await;
    seen.extend(ask_all(&door, &talk, &file).await);
    let nowhere = door.talk_of_nowhere();
    seen.extend(ask_all(&door, &nowhere, &file).await);
    let none = Talk { token: String::new(), ..nowhere };
    seen.extend(ask_all(&door, &none, &file).await);
    let door = Door::new();
    seen.extend(ask_all(&door, &door.talk_of_nowhere(), &file).await);
    let described = api::described();
    let missed: Vec<_> = described.difference(&seen).collect();
    assert!(missed.is_empty(), "described, and never seen: {missed:?}");
    assert_eq!(seen, described);
}

#[tokio::test]
async fn no_other_method_and_no_other_path() {
    let door = Door::new();
    for (method, path) in [
        ("PUT", "/api/chat"),
        ("PUT", "/api/chat/messages"),
        ("DELETE", "/api/chat/messages"),
        ("OPTIONS", "/api/chat/messages"),
        ("POST", "/api/chat/events"),
        ("GET", "/api/chat/attachments"),
        ("POST", "/healthz"),
        ("TRACE", "/"),
    ] {
        let answer = door.ask(plain(method, path)).await;
        assert_eq!(answer.problem(), "405 method-not-allowed", "{method} {path}");
    }
    for path in
        ["/api", "/api/chat/", "/api/chat/messages/1", "/nope", "/../etc/passwd", "//", "/%00"]
    {
        for method in ["GET", "POST"] {
            let answer = door.ask(plain(method, path)).await;
            assert_eq!(answer.problem(), "404 not-found", "{method} {path}");
        }
    }
}
