//! Suggestions, for the city's own people alone.

use async_trait::async_trait;
use axum::body::Body;
use axum::http::{Request, header};
use bot_core::Language;
use bot_core::UnixMs;
use bot_core::id::SuggestionId;
use bot_store::suggestions::{Filter, NewSuggestion, Reason, Suggestion};
use bot_store::{Page, Store};
use bot_web::StaffKey;
use bot_web::clerk::{Accept, Clerk, Refusal, Written};
use serde_json::json;
use std::sync::{Arc, Mutex};

use crate::door::{Answer, Door, NOON, plain, post};

const KEY: &str = "0123456789abcdef0123456789abcdef";
const ID: &str = "019df2dc-0a00-7000-8000-000000000021";

/// A clerk who gives what the store holds, says what was asked, and refuses what a test wants.
struct FakeClerk {
    store: Arc<dyn Store>,
    asked: Mutex<Vec<String>>,
    refusal: Mutex<Option<Refusal>>,
}

impl FakeClerk {
    fn answer(&self, asked: String) -> Result<Written, Refusal> {
        self.asked.lock().unwrap().push(asked);
        match self.refusal.lock().unwrap().clone() {
            Some(refusal) => Err(refusal),
            None => Ok(Written { path: "intents/x.yml".to_owned(), diff: "+x\n".to_owned() }),
        }
    }
}

#[async_trait]
impl Clerk for FakeClerk {
    async fn list(&self, filter: Filter, page: Page) -> Result<Vec<Vec<Suggestion>>, Refusal> {
        let mut tx = self.store.look().await.map_err(|_| Refusal::Busy)?;
        let rows = tx.suggestions().list(filter, page).await.map_err(|_| Refusal::Busy)?;
        Ok(rows.into_iter().map(|row| vec![row]).collect())
    }

    async fn accept(&self, id: SuggestionId, wish: &Accept) -> Result<Written, Refusal> {
        self.answer(format!("accept {id} {wish:?}"))
    }

    async fn dismiss(&self, id: SuggestionId, by: Option<&str>) -> Result<(), Refusal> {
        self.answer(format!("dismiss {id} {by:?}")).map(|_| ())
    }

    async fn undo(&self, id: SuggestionId) -> Result<Written, Refusal> {
        self.answer(format!("undo {id}"))
    }
}

/// A door with a key for the city's people.
fn staffed() -> (Door, Arc<FakeClerk>) {
    let mut door = Door::new();
    let clerk = Arc::new(FakeClerk {
        store: door.store.clone(),
        asked: Mutex::default(),
        refusal: Mutex::default(),
    });
    door.web = door.web.clone().staffed(StaffKey::new(KEY).unwrap(), clerk.clone());
    door.router = bot_web::router(door.web.clone());
    (door, clerk)
}

fn get(query: &str) -> Request<Body> {
    let request = Request::get(format!("/api/suggestions{query}"));
    request.header(header::AUTHORIZATION, format!("Bearer {KEY}")).body(Body::empty()).unwrap()
}

async fn tell(door: &Door, id: &str, what: &str, body: &str) -> Answer {
    let path = format!("/api/suggestions/{id}/{what}");
    door.ask(post(&path, KEY, "application/json", body.to_owned())).await
}

#[tokio::test]
async fn only_the_key_of_the_citys_people_opens_it() {
    let (door, clerk) = staffed();
    let talk = door.open().await;
    let paths = ["accept", "dismiss", "undo"].map(|what| format!("/api/suggestions/{ID}/{what}"));
    for path in paths {
        for token in ["", "0123456789abcdef0123456789abcdee", &talk.token] {
            let answer = door.ask(post(&path, token, "application/json", "{}")).await;
            assert_eq!(answer.problem(), "401 unauthorized", "{path} {token}");
        }
    }
    assert_eq!(door.ask(plain("GET", "/api/suggestions")).await.problem(), "401 unauthorized");
    assert!(clerk.asked.lock().unwrap().is_empty());
    let answer = door.ask(get("?token=x")).await;
    assert_eq!(answer.problem(), "400 bad-request");
}

#[tokio::test]
async fn without_a_key_in_the_settings_nobody_comes_in() {
    let door = Door::new();
    assert_eq!(door.ask(get("")).await.problem(), "403 staff-off");
    assert_eq!(tell(&door, ID, "undo", "").await.problem(), "403 staff-off");
}

#[tokio::test]
async fn suggestions_are_listed_by_state_reason_and_language() {
    let (door, _) = staffed();
    let talk = door.open().await;
    let new = NewSuggestion {
        id: ID.parse().unwrap(),
        conversation: talk.id,
        seq: 1,
        reason: Reason::Refused,
        lang: Some(Language::Fr),
        text: "mon perroquet chante".to_owned(),
        guess: None,
        chosen: None,
        at: UnixMs(NOON),
    };
    let mut tx = door.store.begin().await.unwrap();
    assert!(tx.suggestions().keep(&new, 10).await.unwrap().is_fresh());
    tx.commit().await.unwrap();
    for query in ["", "?state=all&reason=refused", "?lang=fr&limit=1"] {
        let answer = door.ask(get(query)).await;
        let wanted = json!({ "total": 1, "groups": [[{
            "id": ID, "conversation": talk.id, "seq": 1, "reason": "refused", "state": "open",
            "lang": "fr", "text": "mon perroquet chante", "guess": null, "chosen": null,
            "at": "2026-05-04T12:00:00Z", "decided": null,
        }]] });
        assert_eq!((answer.status, answer.json()), (200, wanted), "{query}");
    }
    for query in ["?state=accepted", "?reason=handed_over", "?lang=en"] {
        let answer = door.ask(get(query)).await;
        assert_eq!(answer.json(), json!({ "total": 0, "groups": [] }), "{query}");
    }
    for query in ["?state=x", "?reason=x", "?lang=es", "?limit=x", "?page=2"] {
        assert_eq!(door.ask(get(query)).await.problem(), "400 bad-request", "{query}");
    }
}

#[tokio::test]
async fn decisions_go_to_the_clerk_as_they_were_asked() {
    let (door, clerk) = staffed();
    let written = json!({ "path": "intents/x.yml", "diff": "+x\n" });
    let wish = r#"{"intent":"x","lang":"fr","sentence":"a b","dry_run":true,"by":"marie"}"#;
    assert_eq!(tell(&door, ID, "accept", wish).await.json(), written);
    assert_eq!(tell(&door, ID, "accept", r#"{"intent":"x"}"#).await.json(), written);
    let nothing = json!({ "path": "", "diff": "" });
    assert_eq!(tell(&door, ID, "dismiss", r#"{"by":"marie"}"#).await.json(), nothing);
    assert_eq!(tell(&door, ID, "dismiss", "").await.json(), nothing);
    assert_eq!(tell(&door, ID, "undo", "").await.json(), written);
    let asked = clerk.asked.lock().unwrap().join("\n");
    let accept = "Accept { intent: \"x\", lang:";
    assert_eq!(
        asked,
        format!(
            "accept {ID} {accept} Some(Fr), sentence: Some(\"a b\"), dry_run: true, by: Some(\"marie\") }}\n\
             accept {ID} {accept} None, sentence: None, dry_run: false, by: None }}\n\
             dismiss {ID} Some(\"marie\")\ndismiss {ID} None\nundo {ID}"
        )
    );
}

#[tokio::test]
async fn what_the_clerk_refuses_is_a_problem_with_the_reason() {
    let (door, clerk) = staffed();
    for (refusal, problem) in [
        (Refusal::Unknown, "404 not-found"),
        (Refusal::Conflict("it is accepted already".to_owned()), "409 conflict"),
        (Refusal::Invalid("no such intent".to_owned()), "422 invalid"),
        (Refusal::Busy, "503 unavailable"),
        (Refusal::Failed, "500 internal"),
    ] {
        *clerk.refusal.lock().unwrap() = Some(refusal);
        for (what, body) in [("accept", r#"{"intent":"x"}"#), ("dismiss", ""), ("undo", "")] {
            assert_eq!(tell(&door, ID, what, body).await.problem(), problem, "{what}");
        }
    }
    let n_asked = clerk.asked.lock().unwrap().len();
    for body in ["", "{", "[]", r#"{"intent":5}"#, r#"{"intent":"x","more":1}"#, "{}"] {
        assert_eq!(tell(&door, ID, "accept", body).await.problem(), "400 bad-request", "{body}");
    }
    assert_eq!(tell(&door, "26-1", "undo", "").await.problem(), "404 not-found");
    let long = " ".repeat(70_000);
    assert_eq!(tell(&door, ID, "accept", &long).await.problem(), "413 too-large");
    assert_eq!(clerk.asked.lock().unwrap().len(), n_asked);
}
