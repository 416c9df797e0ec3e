//! The list of voicemails, for the city's own people alone.

use async_trait::async_trait;
use axum::body::Body;
use axum::http::{Request, header};
use bot_core::id::SuggestionId;
use bot_store::Page;
use bot_store::suggestions::{Filter, Suggestion};
use bot_web::StaffKey;
use bot_web::clerk::{Accept, Clerk, Refusal, Written};
use serde_json::json;
use std::sync::Arc;
use std::time::Duration;

use crate::door::{Answer, Door, plain, post};
use crate::line::{HOST, lined};
use crate::voicemail_left::{Stand, voicemail};

const KEY: &str = "0123456789abcdef0123456789abcdef";
const LIST: &str = "/api/voicemails";

/// A clerk who has nothing to do here.
struct Idle;

#[async_trait]
impl Clerk for Idle {
    async fn list(&self, _: Filter, _: Page) -> Result<Vec<Vec<Suggestion>>, Refusal> {
        Err(Refusal::Busy)
    }

    async fn accept(&self, _: SuggestionId, _: &Accept) -> Result<Written, Refusal> {
        Err(Refusal::Busy)
    }

    async fn dismiss(&self, _: SuggestionId, _: Option<&str>) -> Result<(), Refusal> {
        Err(Refusal::Busy)
    }

    async fn undo(&self, _: SuggestionId) -> Result<Written, Refusal> {
        Err(Refusal::Busy)
    }
}

fn staffed() -> Door {
    let mut door = lined();
    door.web = door.web.clone().staffed(StaffKey::new(KEY).unwrap(), Arc::new(Idle));
    door.router = bot_web::router(door.web.clone());
    door
}

async fn list(door: &Door, query: &str) -> Answer {
    let request = Request::get(format!("{LIST}{query}"));
    let request = request.header(header::AUTHORIZATION, format!("Bearer {KEY}"));
    door.ask(request.body(Body::empty()).unwrap()).await
}

async fn review(door: &Door, id: &str, body: &str) -> Answer {
    let path = format!("{LIST}/{id}/review");
    door.ask(post(&path, KEY, "application/json", body.to_owned())).await
}

#[tokio::test]
async fn only_the_key_of_the_citys_people_opens_it() {
    let door = staffed();
    let id = voicemail(&door, 1, Stand::Heard).await;
    let path = format!("{LIST}/{id}/review");
    for token in ["", "0123456789abcdef0123456789abcdee"] {
        let answer = door.ask(post(&path, token, "application/json", r#"{"by":"x"}"#)).await;
        assert_eq!(answer.problem(), "401 unauthorized", "{token}");
    }
    assert_eq!(door.ask(plain("GET", LIST)).await.problem(), "401 unauthorized");
    assert_eq!(list(&lined(), "").await.problem(), "403 staff-off");
    assert_eq!(list(&door, "").await.json()[0]["reviewed_by"], json!(null));
}

#[tokio::test]
async fn voicemails_are_listed_with_what_is_known_and_a_link() {
    let door = staffed();
    let lost = voicemail(&door, 1, Stand::Lost).await;
    door.clock.advance(Duration::from_mins(1));
    let filed = voicemail(&door, 2, Stand::Filed).await;
    let all = list(&door, "").await.json();
    let link = all[0]["link"].as_str().unwrap().to_owned();
    let path = link.strip_prefix(HOST).unwrap();
    assert!(path.starts_with("/message-vocal/"), "{link}");
    assert_eq!(door.ask(plain("GET", path)).await.status, 200, "the link leads there");
    let number = all[0]["case"].as_str().unwrap();
    assert!(number.starts_with("26-"), "{number}");
    assert_eq!(all[0]["understood"]["verdict"], json!("sure"));
    assert_eq!(all[0]["understood"]["service"][0], json!("NDP"));
    let known = ["id", "at", "caller", "lang", "state", "text"].map(|name| all[0][name].clone());
    let wanted = [
        json!(filed),
        json!("2026-05-04T12:01:00Z"),
        json!("+14185551234"),
        json!("fr"),
        json!("transcribed"),
        json!("Un <b>nid</b> Cartier"),
    ];
    assert_eq!(known, wanted);
    let known = ["id", "state", "reason", "text", "case"].map(|name| all[1][name].clone());
    assert_eq!(known, [json!(lost), json!("lost"), json!("no file"), json!(null), json!(null)]);
    assert_eq!(list(&door, "?limit=1").await.json().as_array().unwrap().len(), 1);
    assert_eq!(list(&door, "?offset=1").await.json()[0]["id"], json!(lost));
    for query in ["?state=x", "?limit=x", "?page=2", "?offset=-1"] {
        assert_eq!(list(&door, query).await.problem(), "400 bad-request", "{query}");
    }
    door.clock.advance(Duration::from_hours(12));
    assert_eq!(door.ask(plain("GET", path)).await.status, 404, "a working day later");
}

#[tokio::test]
async fn a_voicemail_is_dealt_with_once() {
    let door = staffed();
    let id = voicemail(&door, 1, Stand::Heard).await.to_string();
    for body in ["", "{", "{}", r#"{"by":5}"#, r#"{"by":"m","more":1}"#] {
        assert_eq!(review(&door, &id, body).await.problem(), "400 bad-request", "{body}");
    }
    assert_eq!(review(&door, &id, r#"{"by":"  "}"#).await.problem(), "422 invalid");
    for unknown in ["x", "019df2dc-0a00-7000-8000-000000000099"] {
        let answer = review(&door, unknown, r#"{"by":"marie"}"#).await;
        assert_eq!(answer.problem(), "404 not-found", "{unknown}");
    }
    assert_eq!(list(&door, "").await.json().as_array().unwrap().len(), 1);
    let first = review(&door, &id, r#"{"by":"marie"}"#).await;
    assert_eq!((first.status, first.json()), (200, json!({})));
    let second = review(&door, &id, r#"{"by":"paul"}"#).await;
    assert_eq!(second.problem(), "409 conflict");
    assert!(second.text().contains("marie"), "{}", second.text());
    assert_eq!(list(&door, "").await.json(), json!([]));
    assert_eq!(list(&door, "?state=open").await.json(), json!([]));
    assert_eq!(list(&door, "?state=all").await.json()[0]["reviewed_by"], json!("marie"));
}
