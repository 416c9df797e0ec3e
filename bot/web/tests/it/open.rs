//! Opening a conversation.

use axum::http::{HeaderValue, header};
use serde_json::json;

use crate::door::{Answer, Door, get, post};

async fn open(body: &str, accepted: &str) -> Answer {
    let mut request = post("/api/chat", "", "application/json", body.to_owned());
    if !accepted.is_empty() {
        let value = HeaderValue::from_str(accepted).unwrap();
        request.headers_mut().insert(header::ACCEPT_LANGUAGE, value);
    }
    Door::new().ask(request).await
}

async fn check_lang(body: &str, accepted: &str, wanted: &str) {
    let answer = open(body, accepted).await;
    assert_eq!((answer.status, &answer.json()["lang"]), (201, &json!(wanted)), "{body} {accepted}");
}

#[tokio::test]
async fn the_language_is_the_one_asked_for_or_the_browsers_or_the_citys() {
    check_lang(r#"{"lang":"fr"}"#, "en", "fr").await;
    check_lang(r#"{"lang":"en"}"#, "fr", "en").await;
    check_lang(r#"{"lang":"en-CA"}"#, "", "en").await;
    check_lang(r#"{"lang":null}"#, "en", "en").await;
    check_lang("{}", "", "fr").await;
    check_lang("", "", "fr").await;
    check_lang(" \r\n", "en-US,en;q=0.9", "en").await;
    check_lang("", "es,de;q=0.9,en;q=0.5", "en").await;
    check_lang("", "en;q=0.4, fr-CA;q=0.8", "fr").await;
    check_lang("", "en;q=0, es", "fr").await;
    check_lang("", "*", "fr").await;
    check_lang("", ",;;q=,en;q=x,\"", "fr").await;
}

#[tokio::test]
async fn a_bad_opening_is_refused() {
    let refused = async |body: &str| open(body, "").await.problem();
    assert_eq!(refused(r#"{"lang":"es"}"#).await, "422 invalid");
    assert_eq!(refused(r#"{"lang":""}"#).await, "422 invalid");
    for body in [r#"{"lang":5}"#, r#"{"langue":"fr"}"#, "[]", "fr", "{", "\u{0}", "null"] {
        assert_eq!(refused(body).await, "400 bad-request", "{body}");
    }
    assert_eq!(refused(&" ".repeat(70_000)).await, "413 too-large");
}

#[tokio::test]
async fn a_problem_quotes_only_a_little_of_what_was_sent() {
    let answer = open(&json!({ "lang": "x".repeat(60_000) }).to_string(), "").await;
    assert_eq!(answer.problem(), "422 invalid");
    assert!(answer.body.len() < 1_000, "{}", answer.body.len());
}

#[tokio::test(start_paused = true)]
async fn the_first_words_come_with_the_opening_where_they_are_waited_for() {
    let door = Door::new();
    let opening = post("/api/chat", "", "application/json", r#"{"wait":20}"#);
    let (answer, ()) = tokio::join!(door.ask(opening), async {
        let id = door.newest().await;
        door.answer_with(id, "Bonjour", &[], None).await;
    });
    let body = answer.json();
    assert_eq!((answer.status, &body["messages"][0]["text"]), (201, &json!("Bonjour")));
    // Nobody speaks: the conversation is open all the same.
    let late = open(r#"{"wait":20}"#, "").await;
    assert_eq!((late.status, late.json().get("messages")), (201, None));
    assert_eq!(open(r#"{"wait":-1}"#, "").await.problem(), "400 bad-request");
}

#[tokio::test]
async fn a_conversation_tells_where_it_stands() {
    let door = Door::new();
    let talk = door.open().await;
    let state = async |talk| door.ask(get("/api/chat", talk)).await;
    assert_eq!(state(&talk).await.json()["state"], "bot");
    door.close(&talk).await;
    let answer = state(&talk).await.json();
    assert_eq!((&answer["state"], &answer["lang"]), (&json!("closed"), &json!("fr")));
    assert_eq!(state(&door.talk_of_nowhere()).await.problem(), "404 not-found");
}

#[tokio::test]
async fn each_opening_is_a_conversation_of_its_own_and_asks_the_counter_to_speak() {
    let door = Door::new();
    let (one, two) = (door.open().await, door.open().await);
    assert_ne!((one.id, &one.token), (two.id, &two.token));
    assert!(door.stored(&one).await.is_empty());
    let mut tx = bot_store::Store::read(door.store.as_ref()).await.unwrap();
    let counts = tx.upkeep().job_counts().await.unwrap();
    assert_eq!(counts.iter().map(|count| count.n_jobs).sum::<u64>(), 2);
    let opened = tx.conversations().get(one.id).await.unwrap().unwrap();
    assert_eq!((opened.release.as_str(), opened.last_seq), ("release-1", 0));
}
