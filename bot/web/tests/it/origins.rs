//! Whose pages may call: the door's own, those that a city names, and no other.

use axum::body::Body;
use axum::http::{HeaderName, HeaderValue, Request, header};
use bot_store::Store;
use bot_web::{Embed, Limits};
use std::sync::atomic::Ordering;

use crate::door::{Answer, Door, Talk, get, plain, post, send};
use crate::forms::{photo, upload};
use crate::limits::by_peer;

const CITY: &str = "https://www.ville.qc.ca";
const EVIL: &str = "https://evil.example";

fn embedded(limits: Limits, origins: &[&str]) -> Door {
    let mut door = Door::with(limits);
    let origins: Vec<_> = origins.iter().map(|origin| (*origin).to_owned()).collect();
    door.web = door.web.embedded_in(Embed::parse(&origins).unwrap());
    door.router = bot_web::router(door.web.clone());
    door
}

fn city() -> Door {
    embedded(Limits::default(), &["https://autre.example", CITY])
}

fn with(mut request: Request<Body>, headers: &[(&str, &str)]) -> Request<Body> {
    for (name, value) in headers {
        let name: HeaderName = name.parse().unwrap();
        request.headers_mut().append(name, HeaderValue::from_str(value).unwrap());
    }
    request
}

pub(crate) fn from(request: Request<Body>, origin: &str) -> Request<Body> {
    with(request, &[("origin", origin)])
}

fn opening() -> Request<Body> {
    post("/api/chat", "", "application/json", "{}")
}

/// Makes one request of each operation, good ones all but the file's.
fn all(talk: &Talk) -> Vec<Request<Body>> {
    vec![
        opening(),
        get("/api/chat", talk),
        send(talk, r#"{"id":"1","text":"bonjour"}"#),
        get("/api/chat/messages", talk),
        upload(talk, &[("file", &photo())]),
        get("/api/chat/attachments/00000000-0000-0000-0000-000000000000", talk),
    ]
}

/// Checks that a browser gives an answer to a page of this origin.
fn check_readable(answer: &Answer, origin: &str) {
    assert_eq!(answer.header("access-control-allow-origin"), origin, "{answer:?}");
    assert_eq!(answer.header("access-control-expose-headers"), "retry-after");
    assert!(!answer.headers.contains_key(header::ACCESS_CONTROL_ALLOW_CREDENTIALS));
    assert!(varies(answer), "{answer:?}");
}

/// Tells whether what a browser keeps for one page is for another to have.
fn varies(answer: &Answer) -> bool {
    answer.headers.get_all(header::VARY).iter().any(|vary| vary == "origin")
}

/// Checks that a browser gives nothing to a page.
fn check_unreadable(answer: &Answer) {
    let cors = |name: &HeaderName| name.as_str().starts_with("access-control-");
    assert!(!answer.headers.keys().any(cors), "{answer:?}");
}

#[tokio::test(start_paused = true)]
async fn a_page_without_permission_gets_nothing_and_leaves_nothing() {
    for door in [Door::new(), city()] {
        let talk = door.open().await;
        let before = door.store.read().await.unwrap().desk().last_id().await.unwrap();
        for origin in [EVIL, "null", "", "https://www.ville.qc.ca.evil.example", "é"] {
            for request in all(&talk) {
                let answer = door.ask(from(request, origin)).await;
                assert_eq!(answer.problem(), "403 forbidden-origin", "{origin}");
                check_unreadable(&answer);
            }
            let stream = door.listen(from(get("/api/chat/events", &talk), origin)).await;
            let answer = stream.err().unwrap();
            assert_eq!(answer.problem(), "403 forbidden-origin", "{origin}");
            check_unreadable(&answer);
        }
        assert!(door.stored(&talk).await.is_empty());
        let after = door.store.read().await.unwrap().desk().last_id().await.unwrap();
        assert_eq!(after, before);
        let metrics = door.ask(plain("GET", "/metrics")).await.text();
        assert!(metrics.contains("guichet_refused_total{why=\"origin\"} 35\n"), "{metrics}");
    }
}

#[tokio::test]
async fn only_the_very_origin_is_let_in() {
    let door = city();
    for origin in [
        "http://www.ville.qc.ca",
        "https://ville.qc.ca",
        "https://www.ville.qc.ca:8443",
        "https://www.ville.qc.ca/",
        "https://www.ville.qc.ca, https://evil.example",
        "www.ville.qc.ca",
        "*",
    ] {
        let answer = door.ask(from(opening(), origin)).await;
        assert_eq!(answer.problem(), "403 forbidden-origin", "{origin}");
    }
    let two = with(opening(), &[("origin", CITY), ("origin", EVIL)]);
    assert_eq!(door.ask(two).await.problem(), "403 forbidden-origin");
    assert_eq!(door.ask(from(opening(), CITY)).await.status, 201);
}

#[tokio::test]
async fn the_doors_own_pages_and_clients_without_a_page_need_no_leave() {
    let door = Door::new();
    for headers in [
        &[][..],
        &[("origin", "https://311.ville.qc.ca"), ("sec-fetch-site", "same-origin")],
        &[("origin", "https://311.ville.qc.ca"), ("host", "311.ville.qc.ca")],
        &[("origin", "http://127.0.0.1:8311"), ("host", "127.0.0.1:8311")],
        &[("origin", "https://311.ville.qc.ca"), ("host", "311.Ville.QC.ca")],
    ] {
        let answer = door.ask(with(opening(), headers)).await;
        assert_eq!(answer.status, 201, "{headers:?}");
        check_unreadable(&answer);
    }
    for headers in [
        [("origin", EVIL), ("sec-fetch-site", "cross-site")],
        [("origin", EVIL), ("sec-fetch-site", "same-site")],
        [("origin", EVIL), ("host", "311.ville.qc.ca")],
        [("origin", "http://127.0.0.1:8312"), ("host", "127.0.0.1:8311")],
    ] {
        let answer = door.ask(with(opening(), &headers)).await;
        assert_eq!(answer.problem(), "403 forbidden-origin", "{headers:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_page_with_permission_reads_every_answer() {
    let door = city();
    let opened = door.ask(from(opening(), CITY)).await;
    check_readable(&opened, CITY);
    let talk = Talk {
        id: opened.json()["conversation"].as_str().unwrap().parse().unwrap(),
        token: opened.json()["token"].as_str().unwrap().to_owned(),
    };
    let nobody = Talk { token: String::new(), ..talk.clone() };
    let requests = all(&talk).into_iter().chain(all(&nobody));
    let odd = [
        send(&talk, "{"),
        plain("PUT", "/api/chat"),
        plain("OPTIONS", "/api/chat"),
        plain("GET", "/api/chat/nowhere"),
    ];
    let mut statuses = Vec::new();
    for request in requests.chain(odd) {
        let answer = door.ask(from(request, CITY)).await;
        check_readable(&answer, CITY);
        statuses.push(answer.status);
    }
    assert_eq!(
        statuses,
        [201, 200, 202, 200, 201, 404, 201, 401, 401, 401, 401, 401, 400, 405, 405, 404]
    );
    assert!(door.listen(from(get("/api/chat/events", &talk), CITY)).await.is_ok());
    assert!(varies(&door.ask(get("/api/chat/messages", &talk)).await));
}

#[tokio::test]
async fn what_goes_wrong_can_be_read_too() {
    let limits = Limits { requests_per_minute: 1, ..Limits::default() };
    let door = embedded(limits, &[CITY]);
    door.house.panics.store(true, Ordering::SeqCst);
    let panicked = door.ask(from(opening(), CITY)).await;
    assert_eq!(panicked.problem(), "500 internal");
    check_readable(&panicked, CITY);
    let ask =
        async || door.ask(by_peer(from(plain("GET", "/api/chat/x"), CITY), "192.0.2.1")).await;
    assert_eq!(ask().await.status, 404);
    let refused = ask().await;
    assert_eq!(refused.problem(), "429 too-many");
    check_readable(&refused, CITY);
}

#[tokio::test]
async fn a_browser_that_asks_first_is_told() {
    let door = city();
    let ask = async |origin: &str| {
        let asked = [
            ("origin", origin),
            ("access-control-request-method", "POST"),
            ("access-control-request-headers", "authorization,content-type"),
        ];
        door.ask(with(plain("OPTIONS", "/api/chat/messages"), &asked)).await
    };
    let leave = ask(CITY).await;
    assert_eq!((leave.status, leave.body.len()), (204, 0));
    check_readable(&leave, CITY);
    assert_eq!(leave.header("access-control-allow-methods"), "GET, POST");
    assert_eq!(
        leave.header("access-control-allow-headers"),
        "authorization, content-type, last-event-id"
    );
    assert_eq!(leave.header("access-control-max-age"), "86400");
    let refused = ask(EVIL).await;
    assert_eq!(refused.problem(), "403 forbidden-origin");
    check_unreadable(&refused);
}

#[tokio::test]
async fn a_star_lets_every_page_in() {
    let door = embedded(Limits::default(), &["*"]);
    for origin in [EVIL, CITY, "null"] {
        let answer = door.ask(from(opening(), origin)).await;
        assert_eq!(answer.status, 201);
        check_readable(&answer, origin);
    }
}

#[tokio::test]
async fn what_is_not_the_chat_asks_for_no_leave() {
    let door = city();
    for path in ["/", "/api/openapi.json", "/healthz", "/api/chatter"] {
        let answer = door.ask(from(plain("GET", path), EVIL)).await;
        assert_ne!(answer.status, 403, "{path}");
        check_unreadable(&answer);
    }
}
