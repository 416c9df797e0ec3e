//! What goes wrong between two pages: it is said, nothing is taken, and what was typed stays.

use axum::body::Body;
use axum::http::{Request, header};
use bot_core::Language;
use bot_web::Limits;
use futures_util::stream;
use std::convert::Infallible;
use std::time::Duration;

use super::sheet::{
    Attended, BOUNDARY, Parts, Reply, Sheet, close, conversations, open, refused, request, submit,
    words_said,
};
use crate::door::Door;
use crate::faulty::Fault;
use crate::forms::form;

#[tokio::test(start_paused = true)]
async fn what_cannot_be_taken_is_said_and_what_was_typed_stays() {
    let replies: &[Reply] = &[("Où ?", &[("skip", "Passer")]), ("Merci.", &[])];
    let attended = Attended::new(Language::Fr, replies);
    let door = &attended.door;
    let first = open(door, "/formulaire").await;
    let large = vec![b' '; Limits::default().max_file_bytes + 1];
    let words = ("words", "là <b>".as_bytes());
    let wrong: [(Parts<'_>, u16, &str); 5] = [
        (&[("words", b" \r\n "), ("photo", b"")], 422, "form_empty"),
        (&[words, ("photo", b"MZ")], 415, "form_wrong_type"),
        (&[words, ("photo", &large)], 413, "form_too_large"),
        (&[("photo", &large), words], 413, "form_too_large"),
        (&[words, ("choice", b"\xff")], 400, "form_broken"),
    ];
    for (parts, status, key) in wrong {
        let sheet = refused(door, first.send(parts), status, key).await;
        assert_eq!((sheet.hidden("token"), sheet.hidden("page")), (None, first.hidden("page")));
        assert_eq!(sheet.typed().trim(), if key == "form_empty" { "" } else { "là &#60;b&#62;" });
    }
    assert!(conversations(door).await.is_empty());
    let second = submit(door, first.say("un trou")).await;
    for (parts, status, key) in wrong {
        let sheet = refused(door, second.send(parts), status, key).await;
        assert!(sheet.has("Où ?") && sheet.has("value=\"skip\""), "{}", sheet.html);
        assert!(sheet.hidden("token").is_some());
    }
    // What was refused can be mended and sent.
    assert_eq!(submit(door, second.say("là")).await.status(), 200);
    assert_eq!(words_said(door).await, ["un trou", "là"]);
}

#[tokio::test(start_paused = true)]
async fn a_form_that_is_none_is_said() {
    let door = Door::new();
    let first = open(&door, "/formulaire").await;
    for (kind, body) in [
        ("text/plain", b"words=x".to_vec()),
        ("application/x-www-form-urlencoded", b"words=x".to_vec()),
        (BOUNDARY, form(&[("words", b"sans page")])),
        (BOUNDARY, form(&[("page", b"26"), ("words", b"sans page")])),
        (BOUNDARY, form(&[("page", b"x"), ("words", b"coup")])[..60].to_vec()),
    ] {
        let request = Request::post("/formulaire").header(header::CONTENT_TYPE, kind);
        let request = request.body(body.into()).unwrap();
        refused(&door, request, 400, "form_broken").await;
    }
    let page = first.hidden("page").unwrap();
    let parts: [(&str, &[u8]); 3] =
        [("page", page.as_bytes()), ("words", b"bonjour"), ("extension", b"of a browser")];
    let sheet = submit(&door, request("/formulaire", form(&parts))).await;
    assert_eq!((sheet.status(), words_said(&door).await.len()), (200, 1));
}

#[tokio::test(start_paused = true)]
async fn a_conversation_that_cannot_go_on_is_followed_by_another() {
    let replies: &[Reply] = &[("Où ?", &[]), ("Où donc ?", &[]), ("Et où ?", &[])];
    let attended = Attended::new(Language::Fr, replies);
    let door = &attended.door;
    let begin = async || {
        let first = open(door, "/formulaire").await;
        submit(door, first.say("un trou")).await
    };
    let talk = begin().await;
    close(door).await;
    let closed = refused(door, talk.say("rue Cartier"), 409, "form_closed").await;
    assert!(closed.has("Où ?"), "the conversation can still be read");
    assert_eq!(submit(door, talk.say("un trou")).await.status(), 409);

    let other = submit(door, closed.say("un trou, rue Cartier")).await;
    assert!(other.status() == 200 && other.has("Où donc ?"), "{}", other.html);
    assert_eq!(conversations(door).await.len(), 2);

    let forged = other.html.replace(&other.hidden("token").unwrap(), "AAAA");
    let forged = Sheet { html: forged, answer: begin().await.answer };
    let unknown = refused(door, forged.say("rue Cartier"), 401, "form_expired").await;
    assert!(!unknown.has("Où donc ?"), "a forged token shows nothing");
    door.clock.advance(Limits::default().token_life);
    let expired = refused(door, other.say("rue Cartier"), 401, "form_expired").await;
    assert_eq!((expired.hidden("token"), expired.typed().as_str()), (None, "rue Cartier"));
    assert_ne!(expired.hidden("page"), other.hidden("page"));
}

#[tokio::test(start_paused = true)]
async fn a_conversation_that_is_gone_is_followed_by_another() {
    let door = Door::new();
    let talk = submit(&door, open(&door, "/formulaire").await.say("un trou")).await;
    door.store.set(Some(Fault::Emptied));
    let gone = refused(&door, talk.say("rue Cartier"), 404, "form_expired").await;
    assert_eq!((gone.hidden("token"), gone.typed().as_str()), (None, "rue Cartier"));
    assert_eq!(submit(&door, gone.say("rue Cartier")).await.status(), 200);
}

#[tokio::test(start_paused = true)]
async fn a_store_that_fails_loses_nothing_and_takes_nothing_twice() {
    let attended = Attended::new(Language::Fr, &[("Où ?", &[]), ("Merci.", &[])]);
    let door = &attended.door;
    let mut sheet = open(door, "/formulaire").await;
    for words in ["un trou", "rue Cartier"] {
        for fault in [Fault::Down, Fault::DownAtCommit, Fault::Full, Fault::ReadOnly, Fault::Busy] {
            door.store.set(Some(fault));
            let failed = submit(door, sheet.say(words)).await;
            assert_eq!((failed.status(), failed.typed().as_str()), (503, words), "{fault:?}");
            assert!(
                failed.has("fr:form_unavailable")
                    && !failed.answer.header("retry-after").is_empty()
            );
            assert_eq!(failed.hidden("page"), sheet.hidden("page"), "the same once more");
            assert_eq!(failed.hidden("token").is_some(), sheet.hidden("token").is_some());
        }
        door.store.set(None);
        sheet = submit(door, sheet.say(words)).await;
        assert_eq!(sheet.status(), 200);
    }
    assert_eq!(words_said(door).await, ["un trou", "rue Cartier"]);
    assert_eq!(conversations(door).await.len(), 1);
}

#[tokio::test(start_paused = true)]
async fn too_much_at_once_is_said() {
    let door = Door::with(Limits { messages_per_minute: 1, ..Limits::default() });
    let first = open(&door, "/formulaire").await;
    let second = submit(&door, first.say("un trou")).await;
    let sheet = refused(&door, second.say("rue Cartier"), 429, "form_too_many").await;
    assert_eq!(sheet.typed(), "rue Cartier");
    // The first one was waited for until its answer was late.
    assert_eq!(sheet.answer.header("retry-after"), "52");
}

#[tokio::test]
async fn a_form_of_another_site_is_refused() {
    let door = Door::new();
    let first = open(&door, "/formulaire").await;
    let from = |headers: &[(&'static str, &'static str)]| {
        let mut request = first.say("un trou");
        for (name, value) in headers {
            request.headers_mut().insert(*name, value.parse().unwrap());
        }
        request
    };
    let host = ("host", "guichet.example");
    for headers in [
        &[host, ("origin", "https://elsewhere.example")][..],
        &[host, ("origin", "https://elsewhere.example"), ("sec-fetch-site", "cross-site")],
        &[host, ("origin", "null")],
        &[host, ("origin", "null"), ("sec-fetch-site", "cross-site")],
        &[host, ("origin", "https://sub.guichet.example"), ("sec-fetch-site", "same-site")],
    ] {
        let sheet = refused(&door, from(headers), 403, "form_elsewhere").await;
        assert!(sheet.typed().is_empty(), "what a stranger wrote is not shown");
        assert_ne!(sheet.hidden("page"), first.hidden("page"));
    }
    assert!(conversations(&door).await.is_empty());
    tokio::time::pause();
    for headers in [
        &[host, ("origin", "https://guichet.example")][..],
        &[host, ("origin", "http://guichet.example"), ("sec-fetch-site", "same-origin")],
        &[host, ("origin", "https://behind-a-proxy.example"), ("sec-fetch-site", "same-origin")],
        &[host],
    ] {
        assert_eq!(submit(&door, from(headers)).await.status(), 200, "{headers:?}");
    }
    assert_eq!(words_said(&door).await, ["un trou"]);
}

#[tokio::test(start_paused = true)]
async fn a_form_that_trickles_gets_a_page_too() {
    let door = Door::with(Limits { upload: Duration::from_secs(1), ..Limits::default() });
    let head = form(&[("words", b"un trou")]);
    let drops = stream::unfold(head.into_iter(), |mut head| async move {
        tokio::time::sleep(Duration::from_millis(100)).await;
        Some((Ok::<_, Infallible>(vec![head.next()?]), head))
    });
    let request = request("/formulaire", Body::from_stream(drops));
    refused(&door, request, 408, "form_broken").await;
    assert!(conversations(&door).await.is_empty());
}
