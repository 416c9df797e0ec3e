//! The page of a voicemail, for whoever has its link: words, sound, and a form to add what is missing.

use axum::body::Body;
use axum::http::{Request, header};
use bot_core::id::RecordingId;
use bot_core::{Clock as _, Language};
use bot_store::updates::UpdateKind;
use bot_store::{Page, Store};
use std::time::Duration;

use crate::door::{Answer, Door, plain};
use crate::line::{encoded, lined};
use crate::voicemail_left::{Stand, sound, voicemail};

fn link(door: &Door, id: RecordingId) -> String {
    door.key.voicemail(id.0, door.clock.now().plus(Duration::from_hours(1)))
}

async fn look(door: &Door, path: &str) -> Answer {
    let answer = door.ask(plain("GET", path)).await;
    assert_eq!(answer.kind(), "text/html", "{path}");
    assert!(answer.header("content-security-policy").contains("form-action 'self'"));
    // A form says where it comes from only where the page lets it, and a link is told to nobody.
    assert_eq!(answer.header("referrer-policy"), "same-origin");
    assert!(answer.text().contains("<meta name=\"referrer\" content=\"same-origin\">"));
    answer
}

fn has(html: &str, wanted: &[&str]) {
    for words in wanted {
        assert!(html.contains(words), "{words} is not in:\n{html}");
    }
}

#[tokio::test]
async fn the_page_shows_every_word_with_its_place_in_the_sound() {
    let door = lined();
    let id = voicemail(&door, 1, Stand::Filed).await;
    let link = link(&door, id);
    let html = look(&door, &format!("/message-vocal/{link}")).await.text();
    let audio = format!("/voicemail/{link}/audio");
    has(
        &html,
        &[
            "<html lang=\"fr\">",
            "Sainte-Aurore &#60;&#34;&#38;&#62;",
            &format!("<audio controls preload=\"auto\" src=\"{audio}\""),
            &format!(
                "<a href=\"{audio}#t=0.000\" data-start=\"0\" data-end=\"400\" class=\"\">Un</a>"
            ),
            &format!(
                "href=\"{audio}#t=1.250\" data-start=\"1250\" data-end=\"1650\" class=\"doubtful\""
            ),
            "&#60;b&#62;nid&#60;/b&#62;",
            &format!("href=\"{audio}#t=61.004\""),
            "class=\" mended\" title=\"quartier &#34;x&#34;\">Cartier</a>",
            "fr:voicemail_doubt",
            "fr:voicemail_mended",
            "418-555-1234",
            "26-00000",
            "fr:pothole (93 %)",
            "12, rue &#60;Cartier&#62; (80 %)",
            "418-555-0119",
            &format!("<form method=\"post\" action=\"/message-vocal/{link}\">"),
            &format!("href=\"/voicemail/{link}\" lang=\"en\""),
        ],
    );
    assert!(!html.contains("<b>nid"), "{html}");
    let html = look(&door, &format!("/voicemail/{link}")).await.text();
    has(
        &html,
        &["<html lang=\"en\">", "en:pothole (93 %)", "12 Cartier St (80 %)", "lang=\"fr\">"],
    );
    has(&html, &["<p class=\"words\" lang=\"fr\">", "en:voicemail_title"]);
}

#[tokio::test]
async fn the_page_says_where_a_voicemail_stands() {
    let door = lined();
    for (n, stand, note, has_sound) in [
        (1, Stand::Announced, "fr:voicemail_waiting", false),
        (2, Stand::Kept, "fr:voicemail_waiting", true),
        (3, Stand::Speechless, "fr:voicemail_speechless", true),
        (4, Stand::Lost, "fr:voicemail_lost", false),
    ] {
        let id = voicemail(&door, n, stand).await;
        let link = link(&door, id);
        let html = look(&door, &format!("/message-vocal/{link}")).await.text();
        has(&html, &[note]);
        assert_eq!(html.contains("<audio"), has_sound, "{stand:?}");
        assert!(!html.contains("class=\"words\""), "{stand:?}");
        let sound = door.ask(plain("GET", &format!("/voicemail/{link}/audio"))).await;
        assert_eq!(sound.status, if has_sound { 200 } else { 404 }, "{stand:?}");
    }
}

#[tokio::test]
async fn a_link_that_leads_nowhere_gets_a_page_that_says_so() {
    let door = lined();
    let id = voicemail(&door, 1, Stand::Heard).await;
    let good = link(&door, id);
    let now = door.clock.now();
    let unknown = RecordingId::from_parts(now, &[9; 10]);
    let cut: String = good.chars().skip(1).collect();
    // What is signed for another purpose opens nothing here.
    let step = door.key.step(id.0, now.0 + 3_600_000);
    let expired = door.key.voicemail(id.0, now);
    for bad in [cut, step, expired, link(&door, unknown), "x".repeat(500), "%FF".to_owned()] {
        for (path, lang) in [("message-vocal", "fr"), ("voicemail", "en")] {
            let page = look(&door, &format!("/{path}/{bad}")).await;
            assert_eq!(page.status, 404, "{bad}");
            has(&page.text(), &[&format!("{lang}:voicemail_gone"), "case_counter"]);
            assert!(!page.text().contains("<form") && !page.text().contains("Cartier"));
        }
        let sound = door.ask(plain("GET", &format!("/voicemail/{bad}/audio"))).await;
        assert_eq!(sound.problem(), "404 not-found", "{bad}");
        let added = door.ask(written(&format!("/voicemail/{bad}"), "x")).await;
        assert_eq!(added.status, 404, "{bad}");
    }
    door.clock.advance(Duration::from_hours(1));
    assert_eq!(look(&door, &format!("/voicemail/{good}")).await.status, 404);
}

#[tokio::test]
async fn the_sound_is_given_whole_or_in_part() {
    let door = lined();
    let id = voicemail(&door, 1, Stand::Kept).await;
    let path = format!("/voicemail/{}/audio", link(&door, id));
    for (range, status, span, part) in [
        ("", 200, "", 0..100),
        ("bytes=0-", 206, "bytes 0-99/100", 0..100),
        ("bytes=10-19", 206, "bytes 10-19/100", 10..20),
        ("bytes=-5", 206, "bytes 95-99/100", 95..100),
        ("bytes=90-500", 206, "bytes 90-99/100", 90..100),
        ("bytes=100-", 416, "bytes */100", 0..0),
        ("bytes=0-1,5-6", 200, "", 0..100),
        ("nonsense", 200, "", 0..100),
    ] {
        let mut request = plain("GET", &path);
        if !range.is_empty() {
            request.headers_mut().insert(header::RANGE, range.parse().unwrap());
        }
        let answer = door.ask(request).await;
        assert_eq!((answer.status, answer.header("content-range").as_str()), (status, span));
        assert_eq!(answer.body, &sound()[part], "{range}");
        if status != 416 {
            assert_eq!(
                (answer.kind(), answer.header("accept-ranges")),
                ("audio/wav".to_owned(), "bytes".to_owned())
            );
        }
        assert!(answer.header("cache-control").contains("no-store") || status == 416);
    }
}

fn written(path: &str, words: &str) -> Request<Body> {
    let kind = "application/x-www-form-urlencoded";
    let request = Request::post(path).header(header::CONTENT_TYPE, kind);
    request.body(encoded(&[("words", words)]).into()).unwrap()
}

#[tokio::test]
async fn what_is_added_goes_to_the_request_once() {
    let door = lined();
    let id = voicemail(&door, 1, Stand::Filed).await;
    let path = format!("/message-vocal/{}", link(&door, id));
    for (words, n_notes) in [("C'est au <14>", 1), ("C'est au <14>", 1), ("  ", 1), ("au coin", 2)]
    {
        let page = door.ask(written(&path, words)).await;
        assert_eq!(page.status, 200);
        assert_eq!(page.text().contains("fr:voicemail_kept"), !words.trim().is_empty(), "{words}");
        let mut tx = door.store.read().await.unwrap();
        let recording = tx.recordings().get(id).await.unwrap().unwrap();
        let case = tx.cases().find(recording.case_number.unwrap()).await.unwrap().unwrap();
        let updates = tx.updates().list(case.id, 0, 99).await.unwrap();
        let notes: Vec<_> =
            updates.iter().filter(|update| update.new.kind == UpdateKind::Note).collect();
        assert_eq!(notes.len(), n_notes, "{words}");
        assert_eq!(notes[0].new.text.as_ref().unwrap().fr, "C'est au <14>");
        assert!(tx.callbacks().waiting(None, Page::first(9)).await.unwrap().is_empty());
        let said = tx.messages().list_after(recording.new.conversation, 0, 99).await.unwrap();
        assert_eq!(said.len(), n_notes, "{words}");
    }
}

#[tokio::test]
async fn where_no_request_came_of_it_people_get_what_is_added_once() {
    let door = lined();
    let id = voicemail(&door, 1, Stand::Heard).await;
    let path = format!("/voicemail/{}", link(&door, id));
    for _ in 0..2 {
        has(&door.ask(written(&path, "call me")).await.text(), &["en:voicemail_kept"]);
    }
    let mut tx = door.store.read().await.unwrap();
    let [callback] =
        tx.callbacks().waiting(None, Page::first(9)).await.unwrap().try_into().unwrap();
    assert_eq!(
        (callback.new.queue.as_str(), callback.new.message.as_str()),
        ("front_desk", "call me")
    );
    assert_eq!(callback.new.lang, Language::En);
}

#[tokio::test]
async fn only_a_form_of_the_page_itself_is_taken() {
    let door = lined();
    let id = voicemail(&door, 1, Stand::Heard).await;
    let path = format!("/voicemail/{}", link(&door, id));
    for (origin, is_taken) in
        [("https://evil.example", false), ("null", false), ("http://guichet.example", true)]
    {
        let mut request = written(&path, origin);
        let headers = request.headers_mut();
        headers.insert(header::HOST, "guichet.example".parse().unwrap());
        headers.insert(header::ORIGIN, origin.parse().unwrap());
        let answer = door.ask(request).await;
        assert_eq!(answer.status, if is_taken { 200 } else { 403 }, "{origin}");
        let mut tx = door.store.read().await.unwrap();
        let n_left = tx.callbacks().waiting(None, Page::first(9)).await.unwrap().len();
        assert_eq!(n_left, usize::from(is_taken), "{origin}");
    }
    let long = "x".repeat(70_000);
    assert_eq!(door.ask(written(&path, &long)).await.status, 413);
}
