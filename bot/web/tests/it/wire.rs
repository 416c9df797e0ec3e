//! The door over a real connection: bodies that stop, clients that go.

use bot_web::Limits;
use std::time::Duration;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;

use crate::served::{Served, read_all, read_until};

const BODY: &str = r#"{"id":"1","text":"bonjour"}"#;

#[tokio::test]
async fn a_whole_message_is_taken() {
    let served = Served::with(Limits::default()).await;
    let mut client = served.post(BODY.len(), BODY).await;
    let answer = read_all(&mut client).await;
    assert!(answer.starts_with("HTTP/1.1 202"), "{answer}");
    assert_eq!(served.door.stored(&served.talk).await.len(), 1);
}

#[tokio::test]
async fn a_body_that_breaks_off_is_no_message() {
    let served = Served::with(Limits::default()).await;
    // What has come is a whole message; more was announced.
    let mut client = served.post(BODY.len() + 10, BODY).await;
    client.shutdown().await.unwrap();
    let answer = read_all(&mut client).await;
    assert!(!answer.contains("HTTP/1.1 2"), "{answer}");
    assert!(served.door.stored(&served.talk).await.is_empty());
}

#[tokio::test]
async fn a_client_that_falls_silent_is_not_waited_for() {
    let limits = Limits { body_pause: Duration::from_millis(50), ..Limits::default() };
    let served = Served::with(limits).await;
    let mut client = served.post(BODY.len(), "{").await;
    let answer = read_all(&mut client).await;
    assert!(answer.starts_with("HTTP/1.1 408"), "{answer}");
    assert!(answer.contains("urn:guichet:problem:too-slow"), "{answer}");
    assert!(served.door.stored(&served.talk).await.is_empty());
}

#[tokio::test]
async fn a_body_that_is_announced_too_large_is_not_waited_for() {
    let served = Served::with(Limits::default()).await;
    let mut client = served.post(1_000_000, &"x".repeat(70_000)).await;
    let answer = read_all(&mut client).await;
    assert!(answer.starts_with("HTTP/1.1 413"), "{answer}");
    assert!(answer.contains("urn:guichet:problem:too-large"), "{answer}");
}

#[tokio::test]
async fn events_flow_while_the_connection_lives() {
    let served = Served::with(Limits::default()).await;
    let mut client = served.begin("GET /api/chat/events", "").await;
    let head = read_until(&mut client, "\r\n\r\n").await;
    assert!(head.starts_with("HTTP/1.1 200") && head.contains("text/event-stream"), "{head}");
    served.door.answer(&served.talk, "Bonjour !", &[]).await;
    let event = read_until(&mut client, "\n\n").await;
    assert!(event.contains("event: message\nid: 1\ndata: {\"seq\":1"), "{event}");
}

#[tokio::test]
async fn a_client_that_is_gone_gives_its_place_back() {
    let limits =
        Limits { max_listeners: 1, keep_alive: Duration::from_millis(20), ..Limits::default() };
    let served = Served::with(limits).await;
    let ask = async || {
        let mut client = served.begin("GET /api/chat/events", "").await;
        let head = read_until(&mut client, "\r\n\r\n").await;
        (head.starts_with("HTTP/1.1 200"), client)
    };
    let (is_in, first) = ask().await;
    assert!(is_in);
    assert!(!ask().await.0);
    drop(first);
    // The server learns of it at the latest when it next says that it is there.
    let back = async { while !ask().await.0 {} };
    tokio::time::timeout(Duration::from_secs(20), back).await.expect("the place is free again");
}

#[tokio::test]
async fn a_head_that_never_ends_is_not_waited_for() {
    let limits = Limits { head_pause: Duration::from_millis(50), ..Limits::default() };
    let served = Served::with(limits).await;
    let mut client = TcpStream::connect(served.address).await.unwrap();
    client.write_all(b"GET /healthz HTTP/1.1\r\nhost: gui").await.unwrap();
    // The connection ends without an answer, or with one that says so.
    let answer = read_all(&mut client).await;
    assert!(!answer.contains("HTTP/1.1 2"), "{answer}");
}

#[tokio::test]
async fn a_door_at_its_bound_takes_the_next_one_when_another_leaves() {
    let limits = Limits { max_connections: 1, ..Limits::default() };
    let served = Served::with(limits).await;
    let mut first = served.begin("GET /healthz", "").await;
    assert!(read_until(&mut first, "ok").await.contains("HTTP/1.1 200"));
    let mut second = served.begin("GET /healthz", "connection: close\r\n").await;
    let early = tokio::time::timeout(Duration::from_millis(50), second.readable()).await;
    assert!(early.is_err(), "the first one has the only place");
    drop(first);
    assert!(read_all(&mut second).await.contains("HTTP/1.1 200"));
}

#[tokio::test]
async fn a_door_that_closes_ends_its_streams() {
    let mut served = Served::with(Limits::default()).await;
    let mut listener = served.begin("GET /api/chat/events", "").await;
    read_until(&mut listener, "\r\n\r\n").await;
    served.closing.cancel();
    read_all(&mut listener).await;
    let closed = tokio::time::timeout(Duration::from_secs(20), &mut served.server).await;
    assert!(closed.is_ok(), "the door is closed");
}
