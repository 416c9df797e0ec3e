//! Messages out: the list.

use bot_web::Limits;
use serde_json::{Value, json};
use std::time::Duration;
use tokio::time::Instant;

use crate::door::{Answer, Door};

fn seqs(answer: &Answer) -> Vec<i64> {
    let rows = answer.json();
    rows.as_array().unwrap().iter().map(|row| row["seq"].as_i64().unwrap()).collect()
}

#[tokio::test]
async fn messages_are_listed_in_order_from_a_place() {
    let door = Door::new();
    let talk = door.open().await;
    door.answer(&talk, "Bonjour !", &[("yes", "Oui"), ("no", "Non")]).await;
    door.say(&talk, "1", "bonjour").await;
    door.answer(&talk, "Où ?", &[]).await;
    let all = door.list(&talk, "").await;
    assert_eq!(seqs(&all), [1, 2, 3]);
    let wanted = json!({
        "seq": 1, "from": "bot", "text": "Bonjour !", "lang": "fr", "at": "2026-05-04T12:00:00Z",
        "choices": [{ "id": "yes", "label": "Oui" }, { "id": "no", "label": "Non" }],
    });
    assert_eq!(all.json()[0], wanted);
    for (query, wanted) in [
        ("?after=0", &[1, 2, 3][..]),
        ("?after=2", &[3]),
        ("?after=3", &[]),
        ("?after=-7", &[1, 2, 3]),
        ("?after=9223372036854775807", &[]),
        ("?after=-9223372036854775808", &[1, 2, 3]),
        ("?after=1&wait=0&unknown=x", &[2, 3]),
    ] {
        assert_eq!(seqs(&door.list(&talk, query).await), wanted, "{query}");
    }
}

#[tokio::test]
async fn a_bad_query_is_refused() {
    let door = Door::new();
    let talk = door.open().await;
    for query in [
        "?after=x",
        "?after=",
        "?after=1.5",
        "?after=9223372036854775808",
        "?wait=-1",
        "?wait=x",
        "?wait=1&wait=2",
        "?after=%FF",
    ] {
        assert_eq!(door.list(&talk, query).await.problem(), "400 bad-request", "{query}");
    }
}

#[tokio::test]
async fn a_list_has_a_bound_and_goes_on_where_it_ended() {
    let door = Door::with(Limits { max_page: 3, ..Limits::default() });
    let talk = door.open().await;
    for n in 0..7 {
        door.answer(&talk, &n.to_string(), &[]).await;
    }
    let mut all = Vec::new();
    loop {
        let after = all.last().copied().unwrap_or(0);
        let page = seqs(&door.list(&talk, &format!("?after={after}")).await);
        assert!(page.len() <= 3);
        if page.is_empty() {
            break;
        }
        all.extend(page);
    }
    assert_eq!(all, [1, 2, 3, 4, 5, 6, 7]);
}

#[tokio::test(start_paused = true)]
async fn a_client_may_wait_for_a_message() {
    let door = Door::new();
    let talk = door.open().await;
    let speak = async {
        tokio::time::sleep(Duration::from_secs(3)).await;
        door.answer(&talk, "Bonjour !", &[]).await;
    };
    let began = Instant::now();
    let (answer, ()) = tokio::join!(door.list(&talk, "?wait=20"), speak);
    assert_eq!((seqs(&answer), began.elapsed().as_secs()), (vec![1], 3));
    // What is there is given at once.
    let began = Instant::now();
    assert_eq!(seqs(&door.list(&talk, "?wait=20").await), [1]);
    assert_eq!(began.elapsed(), Duration::ZERO);
}

#[tokio::test(start_paused = true)]
async fn nobody_waits_longer_than_the_bound() {
    let door = Door::new();
    let talk = door.open().await;
    for (wait, wanted) in [("2", 2), ("25", 25), ("26", 25), ("18446744073709551615", 25)] {
        let began = Instant::now();
        let answer = door.list(&talk, &format!("?wait={wait}")).await;
        assert_eq!((answer.json(), began.elapsed().as_secs()), (Value::Array(vec![]), wanted));
    }
}

#[tokio::test(start_paused = true)]
async fn another_conversation_wakes_nobody_here() {
    let door = Door::new();
    let (mine, theirs) = (door.open().await, door.open().await);
    let speak = async {
        tokio::time::sleep(Duration::from_secs(1)).await;
        door.answer(&theirs, "Bonjour !", &[]).await;
    };
    let began = Instant::now();
    let (answer, ()) = tokio::join!(door.list(&mine, "?wait=5"), speak);
    assert_eq!((answer.text().as_str(), began.elapsed().as_secs()), ("[]", 5));
}

/// A worker that dies between its commit and its ring leaves an answer that nobody is told of.
#[tokio::test(start_paused = true)]
async fn without_a_ring_a_slow_look_finds_the_message_for_who_waits() {
    use bot_core::{Language, UnixMs, message::Author};
    use bot_store::{Store, messages::NewMessage};
    let door = Door::new();
    let talk = door.open().await;
    let speak = async {
        tokio::time::sleep(Duration::from_secs(1)).await;
        let mut tx = door.store.begin().await.unwrap();
        let words = NewMessage::words(talk.id, Author::Bot, "Allô", Language::Fr, UnixMs(1));
        assert_eq!(tx.messages().append(&words).await.unwrap().seq(), Some(1));
        tx.commit().await.unwrap();
    };
    let began = Instant::now();
    let (answer, ()) = tokio::join!(door.list(&talk, "?wait=20"), speak);
    assert_eq!((seqs(&answer), began.elapsed()), (vec![1], Limits::default().slow_poll));
}
