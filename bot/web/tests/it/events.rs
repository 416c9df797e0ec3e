//! Messages out: the stream. Nothing is missed, nothing comes twice.

use axum::body::Body;
use axum::http::{HeaderValue, Request};
use bot_web::Limits;
use std::time::Duration;
use tokio::time::Instant;

use crate::door::{Door, Sent, Stream, Talk, get};
use crate::faulty::Fault;

const PATH: &str = "/api/chat/events";

fn from_id(talk: &Talk, query: &str, id: &str) -> Request<Body> {
    let mut request = get(&format!("{PATH}{query}"), talk);
    request.headers_mut().insert("last-event-id", HeaderValue::from_str(id).unwrap());
    request
}

async fn listen(door: &Door, request: Request<Body>) -> Stream {
    door.listen(request).await.expect("the stream is there")
}

fn ids(events: &[Sent]) -> Vec<i64> {
    events.iter().map(|event| event.id).collect()
}

async fn talk_of(door: &Door, n_messages: usize) -> Talk {
    let talk = door.open().await;
    for n in 0..n_messages {
        door.answer(&talk, &format!("message {n}\n\ndata: x"), &[]).await;
    }
    talk
}

#[tokio::test(start_paused = true)]
async fn a_stream_gives_what_was_said_and_then_what_is_said() {
    let door = Door::new();
    let talk = talk_of(&door, 2).await;
    let mut stream = listen(&door, get(PATH, &talk)).await;
    assert_eq!(ids(&stream.take(2).await), [1, 2]);
    door.say(&talk, "1", "bonjour\r\nid: 77").await;
    door.answer(&talk, "Où ?", &[("a", "Ici")]).await;
    let next = stream.take(2).await;
    assert_eq!(ids(&next), [3, 4]);
    assert_eq!(
        (&next[0].posted["from"], &next[1].posted["text"]),
        (&"resident".into(), &"Où ?".into())
    );
    assert!(stream.is_silent().await);
}

#[tokio::test(start_paused = true)]
async fn a_client_that_comes_back_goes_on_where_it_was() {
    let door = Door::new();
    let talk = talk_of(&door, 4).await;
    for (request, wanted) in [
        (from_id(&talk, "", "2"), &[3, 4][..]),
        (get(&format!("{PATH}?after=3"), &talk), &[4]),
        // The browser's own mark is the later one.
        (from_id(&talk, "?after=1", "3"), &[4]),
        (from_id(&talk, "?after=3", "nonsense"), &[4]),
        (from_id(&talk, "", "-5"), &[1, 2, 3, 4]),
        (get(&format!("{PATH}?after=-9"), &talk), &[1, 2, 3, 4]),
        (from_id(&talk, "", "9223372036854775807"), &[]),
        (from_id(&talk, "?after=4", "99999999999999999999"), &[]),
    ] {
        let mut stream = listen(&door, request).await;
        assert_eq!(ids(&stream.take(wanted.len()).await), wanted);
        assert!(stream.is_silent().await);
    }
    let refused = door.listen(get(&format!("{PATH}?after=x"), &talk)).await.err();
    assert_eq!(refused.map(|answer| answer.problem()).as_deref(), Some("400 bad-request"));
}

#[tokio::test(start_paused = true)]
async fn clients_that_come_and_go_miss_nothing_and_see_nothing_twice() {
    const N_MESSAGES: usize = 60;
    // Pages that are smaller than what is waiting.
    let door = Door::with(Limits { max_page: 4, ..Limits::default() });
    let talk = door.open().await;
    let speak = async {
        for n in 0..N_MESSAGES {
            door.answer(&talk, &n.to_string(), &[]).await;
            if n % 7 == 0 {
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        }
    };
    let follow = async {
        let mut seen = Vec::new();
        let mut n_at_once = 1;
        while seen.len() < N_MESSAGES {
            let last = seen.last().copied().unwrap_or(0).to_string();
            let mut stream = listen(&door, from_id(&talk, "", &last)).await;
            let n_left = N_MESSAGES - seen.len();
            seen.extend(ids(&stream.take(n_at_once.min(n_left)).await));
            n_at_once = n_at_once % 9 + 1;
        }
        seen
    };
    let stay = async {
        let mut stream = listen(&door, get(PATH, &talk)).await;
        ids(&stream.take(N_MESSAGES).await)
    };
    let ((), seen, stayed) = tokio::join!(speak, follow, stay);
    let all: Vec<i64> = (1..=i64::try_from(N_MESSAGES).unwrap()).collect();
    assert_eq!(seen, all);
    assert_eq!(stayed, all);
}

#[tokio::test(start_paused = true)]
async fn without_a_ring_a_slow_look_finds_the_message() {
    use bot_core::{Language, message::Author};
    use bot_store::{Store, messages::NewMessage};
    let door = Door::new();
    let talk = talk_of(&door, 0).await;
    let mut stream = listen(&door, get(PATH, &talk)).await;
    let mut tx = door.store.begin().await.unwrap();
    let words =
        NewMessage::words(talk.id, Author::Agent, "Allô", Language::Fr, bot_core::UnixMs(1));
    assert_eq!(tx.messages().append(&words).await.unwrap().seq(), Some(1));
    tx.commit().await.unwrap();
    let began = Instant::now();
    assert_eq!(ids(&stream.take(1).await), [1]);
    assert!(began.elapsed() <= Limits::default().slow_poll);
}

#[tokio::test(start_paused = true)]
async fn a_stream_outlives_a_store_that_is_away_and_ends_with_its_conversation() {
    let door = Door::new();
    let talk = talk_of(&door, 1).await;
    let mut stream = listen(&door, get(PATH, &talk)).await;
    assert_eq!(ids(&stream.take(1).await), [1]);
    door.store.set(Some(Fault::Down));
    assert!(stream.is_silent().await);
    door.store.set(None);
    door.answer(&talk, "de retour", &[]).await;
    assert_eq!(ids(&stream.take(1).await), [2]);
    door.store.set(Some(Fault::Emptied));
    assert!(stream.ends().await);
    let refused = door.listen(get(PATH, &talk)).await.err();
    assert_eq!(refused.map(|answer| answer.problem()).as_deref(), Some("404 not-found"));
}

#[tokio::test(start_paused = true)]
async fn listeners_have_a_bound_and_give_their_place_back() {
    let door = Door::with(Limits { max_listeners: 2, ..Limits::default() });
    let talk = talk_of(&door, 0).await;
    let first = listen(&door, get(PATH, &talk)).await;
    let _second = listen(&door, get(PATH, &talk)).await;
    let third = door.listen(get(PATH, &talk)).await.err();
    assert_eq!(third.map(|answer| answer.problem()).as_deref(), Some("429 too-many"));
    drop(first);
    let _third = listen(&door, get(PATH, &talk)).await;
    // A refused listener takes no place.
    assert!(door.listen(get(PATH, &door.talk_of_nowhere())).await.is_err());
    assert!(door.listen(get(PATH, &talk)).await.is_err());
}

#[tokio::test(start_paused = true)]
async fn a_closed_conversation_can_still_be_read() {
    let door = Door::new();
    let talk = talk_of(&door, 1).await;
    door.close(&talk).await;
    let mut stream = listen(&door, get(PATH, &talk)).await;
    assert_eq!(ids(&stream.take(1).await), [1]);
}
