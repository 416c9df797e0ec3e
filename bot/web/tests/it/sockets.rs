//! Connections by the thousand, and clients that do not read: over real sockets, from several of
//! this machine's own addresses. Only 127.0.0.1 is believed as a proxy.

use bot_web::Limits;
use std::time::Duration;
use tokio::io::AsyncReadExt;
use tokio::net::TcpStream;

use crate::door::{get, plain};
use crate::served::{Served, read_all, read_until};

const FLOOD: &str = "127.0.0.2";
const OTHER: &str = "127.0.0.3";
const PROXY: &str = "127.0.0.1";
/// How long to wait for what must come.
const LONG: Duration = Duration::from_secs(20);

/// Asks whether the service lives; gives the connection where it is answered, and stays open.
async fn connected(served: &Served, own: &str) -> Option<TcpStream> {
    let mut client = served.begin_from(own, "GET /healthz", "").await;
    let answer = read_until(&mut client, "ok\n").await;
    if answer.is_empty() {
        return None;
    }
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    Some(client)
}

/// Tells how often something was refused.
async fn n_refused(served: &Served, why: &str) -> u64 {
    let metrics = served.door.ask(plain("GET", "/metrics")).await.text();
    let name = format!("guichet_refused_total{{why=\"{why}\"}} ");
    let found = metrics.lines().find_map(|line| line.strip_prefix(&name));
    found.and_then(|n| n.trim().parse().ok()).expect("it is counted")
}

/// Tries again, while others go on, until something is so.
async fn until(is_so: impl AsyncFn() -> bool) {
    let trying = async {
        while !is_so().await {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(LONG, trying).await.expect("it comes to be so");
}

#[tokio::test]
async fn a_thousand_sockets_from_one_address_do_not_keep_others_out() {
    const N_SOCKETS: usize = 1_000;
    let limits = Limits { connections_per_address: 100, ..Limits::default() };
    let served = Served::with(limits).await;
    let mut held = Vec::new();
    for _ in 0..N_SOCKETS {
        held.extend(connected(&served, FLOOD).await);
    }
    assert_eq!(held.len(), limits.connections_per_address);
    let n_closed = u64::try_from(N_SOCKETS - held.len()).unwrap();
    assert_eq!(n_refused(&served, "connections").await, n_closed);
    assert!(connected(&served, OTHER).await.is_some(), "another address is served");
    // Those that are in are served, and one that leaves makes room.
    let mut first = held.swap_remove(0);
    served.ask(&mut first, "GET /healthz", "").await;
    assert!(read_until(&mut first, "ok\n").await.contains("200"));
    drop(first);
    until(async || connected(&served, FLOOD).await.is_some()).await;
}

#[tokio::test]
async fn sockets_that_say_nothing_count_too() {
    let limits = Limits { connections_per_address: 3, ..Limits::default() };
    let served = Served::with(limits).await;
    let mut silent = Vec::new();
    for _ in 0..3 {
        silent.push(served.connect_from(FLOOD).await);
    }
    let mut last = served.connect_from(FLOOD).await;
    let closed = tokio::time::timeout(LONG, last.read_u8()).await.expect("it is closed at once");
    assert!(closed.is_err());
    assert!(connected(&served, OTHER).await.is_some());
}

#[tokio::test]
async fn a_proxy_has_as_many_connections_as_it_needs() {
    let limits = Limits { connections_per_address: 2, ..Limits::default() };
    let served = Served::with(limits).await;
    let mut held = Vec::new();
    for _ in 0..50 {
        held.extend(connected(&served, PROXY).await);
    }
    assert_eq!(held.len(), 50);
}

#[tokio::test]
async fn the_address_is_that_of_the_socket_unless_a_proxy_says_more() {
    let limits = Limits { requests_per_minute: 2, ..Limits::default() };
    let served = Served::with(limits).await;
    let ask = async |own: &str, forwarded_for: &str| {
        let headers = format!("x-forwarded-for: {forwarded_for}\r\nconnection: close\r\n");
        let mut client = served.begin_from(own, "GET /api/openapi.json", &headers).await;
        read_all(&mut client).await.split(' ').nth(1).unwrap_or_default().to_owned()
    };
    for (own, forwarded_for, status) in [
        (FLOOD, "203.0.113.1", "200"),
        (FLOOD, "203.0.113.2", "200"),
        (FLOOD, "203.0.113.3", "429"),
        (PROXY, FLOOD, "429"),
        (PROXY, "203.0.113.1", "200"),
        (PROXY, "203.0.113.9, 203.0.113.1", "200"),
        (PROXY, "203.0.113.8, 203.0.113.1", "429"),
        (OTHER, "203.0.113.1", "200"),
    ] {
        assert_eq!(ask(own, forwarded_for).await, status, "{own} for {forwarded_for}");
    }
}

/// Says more in a conversation than the buffers of a connection hold.
async fn say_much(served: &Served) {
    let words = "un nid-de-poule ".repeat(500);
    for _ in 0..150 {
        served.door.answer(&served.talk, &words, &[]).await;
    }
}

#[tokio::test]
async fn a_listener_that_never_reads_is_cut_off_and_gives_its_place_back() {
    let write_pause = Duration::from_millis(100);
    let served = Served::with(Limits { write_pause, max_listeners: 1, ..Limits::default() }).await;
    let listens = async || served.door.listen(get("/api/chat/events", &served.talk)).await.is_ok();
    // It reads that it is in, and nothing more.
    let mut deaf = served.begin_from(FLOOD, "GET /api/chat/events", "").await;
    assert!(read_until(&mut deaf, "200 OK").await.contains("200 OK"));
    assert!(!listens().await);
    assert_eq!(n_refused(&served, "unread").await, 0);
    say_much(&served).await;
    until(listens).await;
    assert_eq!(n_refused(&served, "unread").await, 1);
}

#[tokio::test]
async fn a_listener_that_reads_is_not_cut_off() {
    let write_pause = Duration::from_millis(100);
    let keep_alive = Duration::from_millis(30);
    let served = Served::with(Limits { write_pause, keep_alive, ..Limits::default() }).await;
    let mut listener = served.begin_from(OTHER, "GET /api/chat/events", "").await;
    let mut text = String::new();
    // Silent for longer than the pause: what is not written cannot be unread.
    while text.matches(":\n\n").count() < 10 {
        text.push_str(&read_until(&mut listener, ":\n\n").await);
    }
    say_much(&served).await;
    let text = read_until(&mut listener, "id: 150\n").await;
    assert!(text.contains("id: 150\n"));
    assert_eq!(n_refused(&served, "unread").await, 0);
}

#[tokio::test]
async fn an_answer_that_nobody_reads_is_not_kept() {
    let limits =
        Limits { write_pause: Duration::from_millis(100), max_connections: 1, ..Limits::default() };
    let served = Served::with(limits).await;
    say_much(&served).await;
    let _deaf = served.begin_from(FLOOD, "GET /api/chat/messages", "").await;
    // The only place is free when the first one has lost it.
    let mut next = served.begin_from(OTHER, "GET /healthz", "connection: close\r\n").await;
    assert!(read_all(&mut next).await.contains("HTTP/1.1 200"));
    assert_eq!(n_refused(&served, "unread").await, 1);
}
