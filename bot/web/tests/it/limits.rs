//! How often an address and a conversation may ask, and how many streams they may have.

use axum::body::Body;
use axum::http::{HeaderValue, Request};
use bot_store::Store;
use bot_web::{Limits, Peer};
use std::time::Duration;
use tokio::time::{Instant, advance};
use tower::ServiceExt;

use crate::door::{Answer, Door, Talk, get, plain, post, send};
use crate::forms::{photo, upload};

const STRANGER: &str = "198.51.100.7";
const PROXY: &str = "127.0.0.1";
const EVENTS: &str = "/api/chat/events";

/// Makes a request come from an address.
pub(crate) fn by_peer(mut request: Request<Body>, peer: &str) -> Request<Body> {
    request.extensions_mut().insert(Peer(peer.parse().unwrap()));
    request
}

/// Makes a request come from the proxy, for others.
fn by_proxy(request: Request<Body>, forwarded_for: &str) -> Request<Body> {
    let mut request = by_peer(request, PROXY);
    let list = HeaderValue::from_str(forwarded_for).unwrap();
    request.headers_mut().append("x-forwarded-for", list);
    request
}

fn opening() -> Request<Body> {
    post("/api/chat", "", "application/json", "{}")
}

/// Checks that an answer says too much, and for how long.
fn check_wait(answer: &Answer, seconds: &str) {
    assert_eq!(answer.problem(), "429 too-many");
    assert_eq!(answer.header("retry-after"), seconds);
}

async fn n_events(door: &Door) -> i64 {
    door.store.read().await.unwrap().desk().last_id().await.unwrap()
}

#[tokio::test(start_paused = true)]
async fn requests_of_an_address_are_bounded_and_nobody_else_is() {
    let door = Door::with(Limits { requests_per_minute: 3, ..Limits::default() });
    let ask = async |path: &str, peer: &str| door.ask(by_peer(plain("GET", path), peer)).await;
    for path in ["/", "/api/openapi.json", "/nope"] {
        assert_ne!(ask(path, STRANGER).await.status, 429);
    }
    for path in ["/", "/suivi/26-000001-0", "/api/chat/messages", "/nope"] {
        check_wait(&ask(path, STRANGER).await, "20");
    }
    for n in 0..10 {
        // Others, those who watch the service, and this machine itself.
        assert_eq!(ask("/", &format!("198.51.100.{}", 10 + n)).await.status, 200);
        for path in ["/healthz", "/readyz", "/metrics"] {
            assert_eq!(ask(path, STRANGER).await.status, 200);
        }
        assert_eq!(ask("/", PROXY).await.status, 200);
        assert_eq!(door.ask(plain("GET", "/")).await.status, 200);
    }
    advance(Duration::from_secs(19)).await;
    check_wait(&ask("/", STRANGER).await, "1");
    advance(Duration::from_secs(1)).await;
    assert_eq!(ask("/", STRANGER).await.status, 200);
    check_wait(&ask("/", STRANGER).await, "20");
    let metrics = ask("/metrics", STRANGER).await.text();
    assert!(metrics.contains("\nguichet_refused_total{why=\"requests\"} 6\n"), "{metrics}");
}

#[tokio::test(start_paused = true)]
async fn a_forged_header_makes_nobody_another() {
    let door = Door::with(Limits { requests_per_minute: 2, ..Limits::default() });
    let forged = async |n: u8| {
        let mut request = by_peer(plain("GET", "/"), STRANGER);
        let list = HeaderValue::from_str(&format!("203.0.113.{n}, 127.0.0.1")).unwrap();
        request.headers_mut().append("x-forwarded-for", list);
        door.ask(request).await.status
    };
    assert_eq!([forged(1).await, forged(2).await, forged(3).await], [200, 200, 429]);
    // Through the proxy, which adds whom it asks for, it is the same client still.
    let through = async |list: &str| door.ask(by_proxy(plain("GET", "/"), list)).await.status;
    assert_eq!(through(&format!("203.0.113.4, {STRANGER}")).await, 429);
    assert_eq!(through("203.0.113.5").await, 200, "whom it named is another one");
    let ipv6 = ["2001:db8::1", "2001:db8::2", "[2001:db8::3]:99"];
    assert_eq!(
        [through(ipv6[0]).await, through(ipv6[1]).await, through(ipv6[2]).await],
        [200, 200, 429],
        "a network of IPv6 is one client"
    );
}

#[tokio::test(start_paused = true)]
async fn conversations_of_an_address_are_bounded_and_a_refused_one_leaves_nothing() {
    let door = Door::with(Limits { conversations_per_hour: 2, ..Limits::default() });
    for _ in 0..2 {
        assert_eq!(door.ask(by_peer(opening(), STRANGER)).await.status, 201);
    }
    let before = n_events(&door).await;
    for _ in 0..5 {
        check_wait(&door.ask(by_peer(opening(), STRANGER)).await, "1800");
    }
    assert_eq!(n_events(&door).await, before);
    assert_eq!(door.ask(by_proxy(opening(), "203.0.113.9")).await.status, 201);
    for _ in 0..10 {
        assert_eq!(door.ask(by_peer(opening(), PROXY)).await.status, 201, "this machine itself");
    }
    advance(Duration::from_mins(30)).await;
    assert_eq!(door.ask(by_peer(opening(), STRANGER)).await.status, 201);
}

#[tokio::test]
async fn files_that_travel_at_once_are_bounded_and_their_places_come_back() {
    let door = Door::with(Limits { transfers_per_address: 2, ..Limits::default() });
    let talk = door.open().await;
    let sent = door.ask(upload(&talk, &[("file", &photo())])).await.json();
    let id = sent["attachments"][0]["id"].as_str().unwrap();
    let download = || by_peer(get(&format!("/api/chat/attachments/{id}"), &talk), STRANGER);
    // Whoever does not read on keeps the place.
    let mut held: Vec<_> = Vec::new();
    for _ in 0..2 {
        held.push(door.router.clone().oneshot(download()).await.unwrap());
    }
    check_wait(&door.ask(download()).await, "5");
    check_wait(&door.ask(by_peer(upload(&talk, &[("file", &photo())]), STRANGER)).await, "5");
    assert_eq!(door.ask(by_proxy(download(), "203.0.113.9")).await.status, 200);
    held.pop();
    let whole = door.ask(download()).await;
    assert_eq!(whole.header("content-length"), whole.body.len().to_string());
}

#[tokio::test(start_paused = true)]
async fn messages_of_a_conversation_are_bounded_and_a_refused_one_leaves_nothing() {
    let door = Door::with(Limits { messages_per_minute: 3, ..Limits::default() });
    let (talk, other) = (door.open().await, door.open().await);
    assert_eq!(door.say(&talk, "1", "bonjour").await.status, 202);
    // Who holds no token of it takes nothing from its number.
    let forged = Talk { token: "x".to_owned(), ..talk.clone() };
    assert_eq!(door.say(&forged, "9", "bonjour").await.status, 401);
    assert_eq!(door.ask(upload(&talk, &[("file", &photo())])).await.status, 201);
    assert_eq!(door.say(&talk, "2", "bonjour").await.status, 202);
    let before = n_events(&door).await;
    check_wait(&door.say(&talk, "3", "bonjour").await, "20");
    check_wait(&door.ask(upload(&talk, &[("file", &photo()), ("id", b"p")])).await, "20");
    assert_eq!(door.stored(&talk).await.len(), 3);
    assert_eq!(n_events(&door).await, before);
    // Reading is free, and another conversation is another.
    assert_eq!(door.list(&talk, "").await.status, 200);
    assert_eq!(door.say(&other, "1", "bonjour").await.status, 202);
    advance(Duration::from_secs(20)).await;
    let again = door.say(&talk, "3", "bonjour").await.json();
    assert_eq!(again, serde_json::json!({ "seq": 4, "repeat": false }));
}

#[tokio::test(start_paused = true)]
async fn zero_is_no_bound() {
    let limits = Limits {
        requests_per_minute: 0,
        conversations_per_hour: 0,
        messages_per_minute: 0,
        connections_per_address: 0,
        streams_per_conversation: 0,
        ..Limits::default()
    };
    let door = Door::with(limits);
    let talk = door.open().await;
    for n in 0..150 {
        assert_eq!(door.say(&talk, &n.to_string(), "bonjour").await.status, 202);
    }
    let mut streams = Vec::new();
    for _ in 0..2_000 {
        assert_eq!(door.ask(by_peer(opening(), STRANGER)).await.status, 201);
        streams.push(door.listen(by_peer(get(EVENTS, &talk), STRANGER)).await.expect("is in"));
    }
}

#[tokio::test(start_paused = true)]
async fn a_class_behind_one_address_is_served() {
    const N_PUPILS: usize = 35;
    let door = Door::new();
    let ask = async |request| door.ask(by_proxy(request, STRANGER)).await;
    let mut streams = Vec::new();
    for _ in 0..N_PUPILS {
        for path in ["/", "/widget.js", "/suivi/26-000001-0", "/api/openapi.json"] {
            assert_ne!(ask(plain("GET", path)).await.status, 429);
        }
        let opened = ask(opening()).await.json();
        let id = opened["conversation"].as_str().unwrap().parse().unwrap();
        let talk = Talk { id, token: opened["token"].as_str().unwrap().to_owned() };
        streams.push(door.listen(by_proxy(get(EVENTS, &talk), STRANGER)).await.expect("is in"));
        for n in 0..20 {
            let said = ask(send(&talk, &format!(r#"{{"id":"{n}","text":"bonjour"}}"#))).await;
            assert_eq!(said.status, 202);
        }
    }
}

#[tokio::test(start_paused = true)]
async fn streams_of_a_conversation_are_bounded_and_give_their_place_back() {
    let door = Door::with(Limits { streams_per_conversation: 2, ..Limits::default() });
    let (talk, other) = (door.open().await, door.open().await);
    let listen = async |talk: &Talk| door.listen(get(EVENTS, talk)).await;
    let first = listen(&talk).await.expect("is in");
    let _second = listen(&talk).await.expect("is in");
    check_wait(&listen(&talk).await.expect_err("is one too many"), "5");
    let _another = listen(&other).await.expect("is in");
    drop(first);
    let _third = listen(&talk).await.expect("is in");
    assert!(listen(&talk).await.is_err());
}

#[tokio::test(start_paused = true)]
async fn streams_of_an_address_are_bounded_whatever_their_conversation() {
    let door = Door::with(Limits { connections_per_address: 2, ..Limits::default() });
    let mut streams = Vec::new();
    for _ in 0..2 {
        let talk = door.open().await;
        streams.push(door.listen(by_proxy(get(EVENTS, &talk), STRANGER)).await.expect("is in"));
    }
    let talk = door.open().await;
    let refused = door.listen(by_proxy(get(EVENTS, &talk), STRANGER)).await;
    check_wait(&refused.expect_err("is one too many"), "5");
    // The refused one keeps no place, and others have their own.
    for own in [by_proxy(get(EVENTS, &talk), "203.0.113.9"), by_peer(get(EVENTS, &talk), PROXY)] {
        streams.push(door.listen(own).await.expect("is in"));
    }
    streams.remove(0);
    streams.push(door.listen(by_proxy(get(EVENTS, &talk), STRANGER)).await.expect("is in"));
}

#[tokio::test(start_paused = true)]
async fn a_stream_has_an_end_and_goes_on_where_it_was() {
    let stream_life = Duration::from_mins(40);
    let door = Door::with(Limits { stream_life, ..Limits::default() });
    let talk = door.open().await;
    door.answer(&talk, "un", &[]).await;
    let began = Instant::now();
    let mut stream = door.listen(get(EVENTS, &talk)).await.expect("is in");
    assert_eq!(stream.take(1).await[0].id, 1);
    assert!(stream.ends().await);
    let lasted = began.elapsed();
    assert!(lasted >= stream_life * 3 / 4 && lasted <= stream_life, "{lasted:?}");
    door.answer(&talk, "deux", &[]).await;
    let mut again = door.listen(get(&format!("{EVENTS}?after=1"), &talk)).await.expect("is in");
    assert_eq!(again.take(1).await[0].id, 2);
}

#[tokio::test(start_paused = true)]
async fn a_long_conversation_comes_without_a_pause() {
    const N_MESSAGES: usize = 100;
    let door = Door::new();
    let talk = door.open().await;
    for n in 0..N_MESSAGES {
        door.answer(&talk, &n.to_string(), &[]).await;
    }
    let began = Instant::now();
    let mut stream = door.listen(get(EVENTS, &talk)).await.expect("is in");
    let last = stream.take(N_MESSAGES).await.pop().expect("they came");
    assert_eq!(last.id, i64::try_from(N_MESSAGES).unwrap());
    assert_eq!(began.elapsed(), Duration::ZERO);
}
