//! Messages in: what is taken is stored, once and as plain words; the rest is refused.

use bot_core::text::MAX_MESSAGE_CHARS;
use bot_web::Limits;
use serde_json::{Value, json};

use crate::door::{Door, post, send};

/// Sends one message to a fresh conversation; gives the words and the cut mark as stored.
async fn stored(message: &Value) -> (String, bool) {
    let door = Door::new();
    let talk = door.open().await;
    let answer = door.send(&talk, message).await;
    assert_eq!(answer.json(), json!({ "seq": 1, "repeat": false }), "{message}");
    let content = door.stored(&talk).await.remove(0).new.content;
    let listed = door.list(&talk, "").await.json();
    assert_eq!(listed[0]["text"], content.text);
    (content.text, content.truncated)
}

async fn words(text: &str) -> String {
    stored(&json!({ "id": "1", "text": text })).await.0
}

/// Sends any body to a fresh conversation; gives the problem, and checks that nothing was stored.
async fn refused(body: &str) -> String {
    let door = Door::new();
    let talk = door.open().await;
    let answer = door.ask(send(&talk, body)).await;
    assert!(door.stored(&talk).await.is_empty(), "{body}");
    answer.problem()
}

#[tokio::test]
async fn a_message_is_stored_once_however_often_it_comes() {
    let door = Door::new();
    let talk = door.open().await;
    let first = door.say(&talk, "a", "bonjour").await;
    assert_eq!((first.status, first.json()), (202, json!({ "seq": 1, "repeat": false })));
    let again = door.say(&talk, "a", "bonjour").await;
    assert_eq!((again.status, again.json()), (202, json!({ "seq": 1, "repeat": true })));
    let other_words = door.say(&talk, "a", "autre chose").await;
    assert_eq!(other_words.json(), json!({ "seq": 1, "repeat": true }));
    assert_eq!(door.say(&talk, "b", "bonjour").await.json(), json!({ "seq": 2, "repeat": false }));
    let stored = door.stored(&talk).await;
    let texts: Vec<_> = stored.iter().map(|row| row.new.content.text.as_str()).collect();
    assert_eq!(texts, ["bonjour", "bonjour"]);
}

#[tokio::test]
async fn an_id_counts_within_its_conversation() {
    let door = Door::new();
    let (one, two) = (door.open().await, door.open().await);
    for talk in [&one, &two] {
        assert_eq!(door.say(talk, "a", "bonjour").await.json()["repeat"], json!(false));
    }
}

#[tokio::test]
async fn words_stay_plain_words() {
    for text in [
        "🕳️ 👍🏽 🇨🇦",
        "حفرة كبيرة في الشارع",
        "<script>alert(1)</script><img src=x onerror=alert(1)>",
        "{{city_fr}} {% for %} ${7*7} {place.number} #{1}",
        "'; DROP TABLE message; --",
        "first\nsecond",
        "data: x\n\nevent: message\nid: 99",
        "a\u{2028}b\u{2029}c",
    ] {
        assert_eq!(words(text).await, text.trim());
    }
}

#[tokio::test]
async fn what_no_one_typed_is_taken_out() {
    assert_eq!(words("a\u{0}b\u{1b}[31mc\u{7f}").await, "ab[31mc");
    assert_eq!(words("abc\u{202e}txt.exe\u{2066}\u{200b}\u{feff}").await, "abctxt.exe");
    assert_eq!(words("e\u{301}").await, "é");
    // Words of which nothing is left were not nothing.
    assert_eq!(words("\u{0}\u{202e}").await, "\u{fffd}");
}

#[tokio::test]
async fn long_words_are_cut_and_the_message_says_so() {
    let n_chars = 10_000;
    let (text, truncated) = stored(&json!({ "id": "1", "text": "é".repeat(n_chars) })).await;
    assert_eq!((text.chars().count(), truncated), (MAX_MESSAGE_CHARS, true));
    let whole = "x".repeat(MAX_MESSAGE_CHARS);
    assert_eq!(stored(&json!({ "id": "1", "text": whole })).await, (whole, false));
    let padded = format!("{}bonjour", " ".repeat(n_chars));
    let (text, truncated) = stored(&json!({ "id": "1", "text": padded })).await;
    assert_eq!((text.as_str(), truncated), ("bonjour", false));
}

#[tokio::test]
async fn a_choice_or_a_place_is_a_message_too() {
    let door = Door::new();
    let talk = door.open().await;
    // Whether a choice is on offer, the engine knows; the door takes any.
    assert_eq!(door.send(&talk, &json!({ "id": "1", "choice": "no-such" })).await.status, 202);
    let here = json!({ "id": "2", "location": { "lat": 46.75, "lon": -71.5 }, "text": null });
    assert_eq!(door.send(&talk, &here).await.status, 202);
    let stored = door.stored(&talk).await;
    assert_eq!(stored[0].new.content.choice.as_deref(), Some("no-such"));
    assert_eq!(stored[1].new.content.location.map(|at| (at.lat, at.lon)), Some((46.75, -71.5)));
}

#[tokio::test]
async fn what_is_no_message_is_refused() {
    let deep = "[".repeat(20_000);
    let nested = format!(r#"{{"id":"1","text":{deep}"#);
    for body in [
        "",
        " ",
        "{",
        "[]",
        "null",
        "5",
        "\"bonjour\"",
        "bonjour",
        "\u{0}",
        &deep,
        &nested,
        r#"{"text":"bonjour"}"#,
        r#"{"id":1,"text":"bonjour"}"#,
        r#"{"id":"1","text":["bonjour"]}"#,
        r#"{"id":"1","text":"bonjour","from":"agent"}"#,
        r#"{"id":"1","id":"2","text":"bonjour"}"#,
        r#"{"id":"1","text":"\ud800"}"#,
        r#"{"id":"1","location":{"lat":"46","lon":1}}"#,
        r#"["1","bonjour"]"#,
        r#"{"id":"1","location":[46.75,-71.53]}"#,
        r#"{"id":"1","location":{"lat":46}}"#,
        r#"{"id":"1","location":{"lat":1e999,"lon":1}}"#,
        r#"{"id":"1","attachments":["../../etc/passwd"]}"#,
        r#"{"id":"1","text":"bonjour"} {}"#,
    ] {
        assert_eq!(refused(body).await, "400 bad-request", "{body:.80}");
    }
    let long = |n: usize| "x".repeat(n);
    for body in [
        json!({ "id": "1" }),
        json!({ "id": "1", "text": " \n\t" }),
        json!({ "id": "1", "text": "", "choice": "" }),
        json!({ "id": "", "text": "bonjour" }),
        json!({ "id": "a\u{0}b", "text": "bonjour" }),
        json!({ "id": long(129), "text": "bonjour" }),
        json!({ "id": "1", "choice": long(257) }),
        json!({ "id": "1", "choice": "a\u{7}" }),
        json!({ "id": "1", "location": { "lat": 91, "lon": 0 } }),
        json!({ "id": "1", "location": { "lat": 0, "lon": -180.001 } }),
        json!({ "id": "1", "attachments": vec![uuid::Uuid::nil(); 11] }),
        json!({ "id": "1", "attachments": [uuid::Uuid::nil()] }),
    ] {
        assert_eq!(refused(&body.to_string()).await, "422 invalid", "{body:.80}");
    }
}

#[tokio::test]
async fn bytes_that_are_no_text_are_refused() {
    let door = Door::new();
    let talk = door.open().await;
    for body in [vec![0xff; 100], b"{\"id\":\"1\",\"text\":\"\xc3\x28\"}".to_vec(), vec![0; 1_000]]
    {
        let request = post("/api/chat/messages", &talk.token, "application/json", body);
        assert_eq!(door.ask(request).await.problem(), "400 bad-request");
    }
    assert!(door.stored(&talk).await.is_empty());
}

#[tokio::test]
async fn a_body_has_a_bound() {
    let most = json!({ "id": "1", "text": "x".repeat(64 * 1024 - 50) }).to_string();
    assert!(most.len() <= 64 * 1024);
    let (text, _) = stored(&serde_json::from_str(&most).unwrap()).await;
    assert_eq!(text.len(), MAX_MESSAGE_CHARS);
    let over = json!({ "id": "1", "text": "x".repeat(64 * 1024) }).to_string();
    assert_eq!(refused(&over).await, "413 too-large");
    assert_eq!(refused(&"[".repeat(5_000_000)).await, "413 too-large");
}

#[tokio::test]
async fn only_json_is_taken() {
    let door = Door::new();
    let talk = door.open().await;
    let body = r#"{"id":"1","text":"bonjour"}"#;
    for kind in ["", "text/plain", "application/x-www-form-urlencoded", "application/jsonp"] {
        let answer = door.ask(post("/api/chat/messages", &talk.token, kind, body)).await;
        assert_eq!(answer.problem(), "415 unsupported-type", "{kind}");
    }
    for kind in ["application/json; charset=utf-8", "Application/JSON", "application/json"] {
        let answer = door.ask(post("/api/chat/messages", &talk.token, kind, body)).await;
        assert_eq!(answer.status, 202, "{kind}");
    }
    assert_eq!(door.stored(&talk).await.len(), 1);
}

#[tokio::test]
async fn a_closed_conversation_takes_nothing_new_but_knows_what_it_took() {
    let door = Door::new();
    let talk = door.open().await;
    door.say(&talk, "a", "bonjour").await;
    door.close(&talk).await;
    assert_eq!(door.say(&talk, "b", "encore").await.problem(), "409 conversation-closed");
    assert_eq!(door.say(&talk, "a", "bonjour").await.json(), json!({ "seq": 1, "repeat": true }));
    assert_eq!(door.list(&talk, "").await.json().as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn too_many_that_wait_are_told_to_wait() {
    let door = Door::with(Limits { messages_per_minute: 0, ..Limits::default() });
    let talk = door.open().await;
    let mut n_taken = 0;
    let refused = loop {
        let answer = door.say(&talk, &n_taken.to_string(), "bonjour").await;
        if answer.status != 202 {
            break answer;
        }
        n_taken += 1;
        assert!(n_taken <= bot_store::receive::MAX_UNSEEN, "there is no bound");
    };
    assert_eq!(refused.problem(), "429 too-many");
    assert_eq!(n_taken, bot_store::receive::MAX_UNSEEN);
}
