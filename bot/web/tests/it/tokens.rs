//! Who may come in.

use axum::body::Body;
use axum::http::{Request, header};
use bot_core::UnixMs;
use bot_web::Limits;
use bot_web::token::{N_KEY_BYTES, Pass, TokenKey};
use std::time::Duration;
use uuid::Uuid;

use crate::door::{Answer, Door, Talk, get, plain, post};
use crate::forms::{photo, upload};

/// Tries every path that needs a token.
async fn try_all(door: &Door, token: &str) -> Vec<String> {
    let talk = Talk { token: token.to_owned(), ..door.talk_of_nowhere() };
    let mut problems = vec![
        door.say(&talk, "1", "bonjour").await.problem(),
        door.list(&talk, "").await.problem(),
        door.ask(upload(&talk, &[("file", &photo())])).await.problem(),
        door.ask(get(&format!("/api/chat/attachments/{}", Uuid::nil()), &talk)).await.problem(),
    ];
    let events = door.listen(get("/api/chat/events", &talk)).await;
    problems.push(events.err().map(|answer| answer.problem()).unwrap());
    problems
}

#[tokio::test]
async fn no_token_or_a_forged_one_opens_nothing() {
    let door = Door::new();
    let talk = door.open().await;
    let stranger = TokenKey::new([8; N_KEY_BYTES]);
    let pass = Pass { conversation: talk.id, visitor: Uuid::nil() };
    let forged = stranger.issue(pass, UnixMs(i64::MAX));
    let mut changed = talk.token.clone();
    let last = if changed.pop() == Some('A') { 'B' } else { 'A' };
    changed.push(last);
    let long = "A".repeat(7_000);
    for token in ["", "x", "null", "a b", &forged, &changed, &long] {
        assert_eq!(try_all(&door, token).await, ["401 unauthorized"; 5], "{token}");
    }
    assert!(door.stored(&talk).await.is_empty());
}

#[tokio::test]
async fn a_token_has_its_time() {
    let door = Door::with(Limits { token_life: Duration::from_mins(1), ..Limits::default() });
    let talk = door.open().await;
    door.clock.advance(Duration::from_secs(59));
    assert_eq!(door.list(&talk, "").await.status, 200);
    door.clock.advance(Duration::from_secs(1));
    assert_eq!(try_all(&door, &talk.token).await, ["401 token-expired"; 5]);
}

#[tokio::test]
async fn a_token_opens_its_own_conversation_only() {
    let door = Door::new();
    let (mine, theirs) = (door.open().await, door.open().await);
    door.say(&theirs, "1", "bonjour").await;
    assert_eq!(door.list(&mine, "").await.text(), "[]");
    // Our own key, another visitor: reading tells by the conversation, writing by the address too.
    let pass = Pass { conversation: theirs.id, visitor: Uuid::nil() };
    let token = door.key.issue(pass, UnixMs(i64::MAX));
    let thief = Talk { id: theirs.id, token };
    assert_eq!(door.say(&thief, "2", "bonjour").await.problem(), "404 not-found");
    assert_eq!(door.stored(&theirs).await.len(), 1);
}

#[tokio::test]
async fn a_conversation_that_never_was_is_not_found() {
    let door = Door::new();
    let nowhere = door.talk_of_nowhere();
    assert_eq!(try_all(&door, &nowhere.token).await, ["404 not-found"; 5]);
}

async fn with_header(door: &Door, value: &str) -> Answer {
    let request = Request::get("/api/chat/messages").header(header::AUTHORIZATION, value);
    door.ask(request.body(Body::empty()).unwrap()).await
}

#[tokio::test]
async fn the_token_comes_as_a_bearer() {
    let door = Door::new();
    let token = door.open().await.token;
    assert_eq!(with_header(&door, &format!("bearer {token}")).await.status, 200);
    for value in [token.clone(), format!("Basic {token}"), "Bearer".to_owned(), "é".to_owned()] {
        assert_eq!(with_header(&door, &value).await.problem(), "401 unauthorized", "{value}");
    }
}

#[tokio::test]
async fn only_a_stream_takes_the_token_from_the_query() {
    let door = Door::new();
    let token = door.open().await.token;
    let events = plain("GET", &format!("/api/chat/events?after=0&token={token}"));
    assert!(door.listen(events).await.is_ok());
    let list = door.ask(plain("GET", &format!("/api/chat/messages?token={token}"))).await;
    assert_eq!(list.problem(), "401 unauthorized");
    let path = format!("/api/chat/messages?token={token}");
    let sent = door.ask(post(&path, "", "application/json", r#"{"id":"1","text":"a"}"#)).await;
    assert_eq!(sent.problem(), "401 unauthorized");
}
