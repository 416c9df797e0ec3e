//! Photos and voice notes in and out.

use axum::body::Body;
use bot_store::Store;
use bot_web::Limits;
use futures_util::stream;
use img_parts::{DynImage, ImageEXIF};
use serde_json::{Value, json};
use std::convert::Infallible;
use std::time::Duration;

use crate::door::{Answer, Door, Talk, get, post};
use crate::forms::{TRACE, form, has_scan, photo, png, upload, upload_body, webp};

async fn download(door: &Door, talk: &Talk, id: &Value) -> Answer {
    door.ask(get(&format!("/api/chat/attachments/{}", id.as_str().unwrap()), talk)).await
}

/// Sends a file and gives what the counter kept of it, as its own screen reads it.
async fn kept(file: &[u8]) -> Answer {
    let door = Door::new();
    let talk = door.open().await;
    let answer = door.ask(upload(&talk, &[("file", file)])).await;
    assert_eq!(answer.status, 201, "{answer:?}");
    download(&door, &talk, &answer.json()["attachments"][0]["id"]).await
}

async fn refused(parts: &[(&str, &[u8])]) -> String {
    let door = Door::new();
    let talk = door.open().await;
    let answer = door.ask(upload(&talk, parts)).await;
    assert!(door.stored(&talk).await.is_empty());
    answer.problem()
}

fn has_trace(bytes: &[u8]) -> bool {
    bytes.windows(TRACE.len()).any(|part| part == TRACE)
}

fn way_up(bytes: &[u8]) -> Vec<u8> {
    let image = DynImage::from_bytes(bytes.to_vec().into()).unwrap().unwrap();
    image.exif().unwrap().to_vec()
}

#[tokio::test]
async fn photos_are_kept_without_what_the_camera_wrote_beside_them() {
    for (file, kind) in [(photo(), "image/jpeg"), (png(), "image/png"), (webp(), "image/webp")] {
        assert!(has_trace(&file), "{kind}");
        let kept = kept(&file).await;
        assert_eq!(kept.kind(), kind);
        assert!(!has_trace(&kept.body), "{kind}");
        // One entry: the way up, a quarter turn.
        let exif = way_up(&kept.body);
        assert!(exif.len() <= 32 && exif.contains(&6), "{kind}: {exif:?}");
    }
    assert!(has_scan(&kept(&photo()).await.body));
}

#[tokio::test]
async fn a_picture_that_breaks_off_is_kept_as_it_is() {
    let whole = photo();
    for end in [4, 30, 200, whole.len() - 40] {
        assert_eq!(kept(&whole[..end]).await.kind(), "image/jpeg");
    }
}

#[tokio::test]
async fn a_file_is_a_message_with_its_words() {
    let door = Door::new();
    let talk = door.open().await;
    let ogg = b"OggS voice".as_slice();
    let words = "le trou <b>".as_bytes();
    let parts = [("id", b"f1".as_slice()), ("text", words), ("file", &png()), ("file", ogg)];
    let answer = door.ask(upload(&talk, &parts)).await;
    let body = answer.json();
    assert_eq!((answer.status, &body["seq"], &body["repeat"]), (201, &json!(1), &json!(false)));
    let kinds: Vec<_> = [0, 1].map(|n| body["attachments"][n]["kind"].as_str().unwrap()).into();
    assert_eq!(kinds, ["image", "audio"]);
    let listed = door.list(&talk, "").await.json();
    assert_eq!(listed[0]["text"], "le trou <b>");
    assert_eq!(listed[0]["attachments"], body["attachments"]);
    let voice = download(&door, &talk, &body["attachments"][1]["id"]).await;
    assert_eq!((voice.body.as_slice(), voice.kind().as_str()), (ogg, "audio/ogg"));
    assert!(voice.header("content-security-policy").contains("sandbox"));
    assert!(voice.header("cache-control").contains("private"));
}

#[tokio::test]
async fn files_sent_again_are_a_repeat_and_the_answer_is_the_same() {
    for id in [&[("id", b"f1".as_slice())][..], &[]] {
        let door = Door::new();
        let talk = door.open().await;
        let photo = photo();
        let parts = [id, &[("file", photo.as_slice())]].concat();
        let first = door.ask(upload(&talk, &parts)).await.json();
        let again = door.ask(upload(&talk, &parts)).await.json();
        assert_eq!((&again["repeat"], &again["seq"]), (&json!(true), &json!(1)));
        assert_eq!(again["attachments"], first["attachments"]);
        assert_eq!(door.stored(&talk).await.len(), 1);
        assert_eq!(files_of(&door, &talk).await, 1);
    }
}

#[tokio::test]
async fn the_same_photo_with_other_words_is_another_message() {
    let door = Door::new();
    let talk = door.open().await;
    let photo = photo();
    for (n, words) in ["devant chez moi", "et encore ici"].iter().enumerate() {
        let parts = [("text", words.as_bytes()), ("file", &photo)];
        let answer = door.ask(upload(&talk, &parts)).await.json();
        assert_eq!((&answer["seq"], &answer["repeat"]), (&json!(n + 1), &json!(false)));
    }
}

async fn files_of(door: &Door, talk: &Talk) -> usize {
    let mut tx = door.store.read().await.unwrap();
    tx.attachments().list(talk.id, 100).await.unwrap().len()
}

#[tokio::test]
async fn a_file_that_no_message_took_stays_loose_for_upkeep() {
    let door = Door::new();
    let talk = door.open().await;
    door.close(&talk).await;
    let answer = door.ask(upload(&talk, &[("file", &photo())])).await;
    assert_eq!(answer.problem(), "409 conversation-closed");
    assert_eq!(files_of(&door, &talk).await, 0);
    let mut tx = door.store.begin().await.unwrap();
    let later = bot_core::UnixMs(i64::MAX);
    assert_eq!(tx.upkeep().purge_attachments(later, 10).await.unwrap(), 1);
}

#[tokio::test]
async fn a_message_may_name_files_of_its_own_conversation_only() {
    let door = Door::new();
    let (mine, theirs) = (door.open().await, door.open().await);
    let answer = door.ask(upload(&mine, &[("file", &photo())])).await.json();
    let id = &answer["attachments"][0]["id"];
    let message = json!({ "id": "1", "attachments": [id] });
    assert_eq!(door.send(&mine, &message).await.status, 202);
    assert_eq!(door.send(&theirs, &message).await.problem(), "422 invalid");
    assert_eq!(download(&door, &mine, id).await.status, 200);
    assert_eq!(download(&door, &theirs, id).await.problem(), "404 not-found");
    for path in ["no-id", "%FF", "%00", "..%2f..%2fetc%2fpasswd", "00000000"] {
        let path = format!("/api/chat/attachments/{path}");
        assert_eq!(door.ask(get(&path, &mine)).await.problem(), "404 not-found", "{path}");
    }
}

#[tokio::test]
async fn what_is_no_photo_voice_note_or_pdf_is_refused() {
    for file in
        [b"MZ\x90".as_slice(), b"<svg onload=alert(1)>", b"<html>", b"PK\x03\x04", b"", b"\0"]
    {
        assert_eq!(refused(&[("file", file)]).await, "415 unsupported-type");
    }
    // One bad file among good ones: none is taken.
    assert_eq!(refused(&[("file", &photo()), ("file", b"MZ")]).await, "415 unsupported-type");
}

#[tokio::test]
async fn a_form_must_be_the_right_one() {
    assert_eq!(refused(&[]).await, "422 invalid");
    assert_eq!(refused(&[("text", b"bonjour")]).await, "422 invalid");
    assert_eq!(refused(&[("file", &photo()), ("other", b"x")]).await, "422 invalid");
    assert_eq!(refused(&[("id", b"a\x07"), ("file", &photo())]).await, "422 invalid");
    assert_eq!(refused(&[("id", b""), ("file", &photo())]).await, "422 invalid");
    assert_eq!(refused(&[("text", b"\xff"), ("file", &photo())]).await, "400 bad-request");
    let door = Door::new();
    let talk = door.open().await;
    for kind in ["", "application/json", "multipart/form-data", "text/plain; boundary=the-edge"] {
        let request = post("/api/chat/attachments", &talk.token, kind, form(&[("file", &photo())]));
        assert_eq!(door.ask(request).await.problem(), "415 unsupported-type", "{kind}");
    }
    let whole = form(&[("file", &photo())]);
    for end in [0, 10, 60, whole.len() / 2, whole.len() - 10] {
        let request = upload_body(&talk, whole[..end].to_vec());
        assert_eq!(door.ask(request).await.problem(), "400 bad-request", "{end}");
    }
    assert!(door.stored(&talk).await.is_empty());
}

#[tokio::test]
async fn files_have_bounds() {
    let limits = Limits { max_file_bytes: 10_000, ..Limits::default() };
    let door = Door::with(limits);
    let talk = door.open().await;
    let file = |n_bytes: usize| [b"%PDF-".as_slice(), &vec![b' '; n_bytes - 5]].concat();
    let answer = door.ask(upload(&talk, &[("file", &file(10_000))])).await;
    assert_eq!(answer.status, 201);
    let answer = door.ask(upload(&talk, &[("file", &file(10_001))])).await;
    assert_eq!(answer.problem(), "413 too-large");
    // Together they are more than a form may be.
    let nine = vec![file(9_999); 9];
    let parts: Vec<_> = [vec![b' '; 30_000]].iter().map(|words| ("text", words.clone())).collect();
    let files = nine.iter().map(|file| ("file", file.as_slice()));
    let words = parts.iter().map(|(name, words)| (*name, words.as_slice()));
    let answer = door.ask(upload(&talk, &words.chain(files).collect::<Vec<_>>())).await;
    assert_eq!(answer.problem(), "413 too-large");
    let small = file(10);
    let eleven = vec![("file", small.as_slice()); 11];
    assert_eq!(door.ask(upload(&talk, &eleven)).await.problem(), "422 invalid");
    assert_eq!(door.ask(upload(&talk, &eleven[1..])).await.status, 201);
    assert_eq!(door.stored(&talk).await.len(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_form_that_trickles_without_end_is_cut_off() {
    let door = Door::new();
    let talk = door.open().await;
    let head = form(&[("file", b"OggS")]);
    let drops = stream::unfold(head.into_iter(), |mut head| async move {
        tokio::time::sleep(Duration::from_secs(9)).await;
        Some((Ok::<_, Infallible>(vec![head.next().unwrap_or(b' ')]), head))
    });
    let answer = door.ask(upload_body(&talk, Body::from_stream(drops))).await;
    assert_eq!(answer.problem(), "408 too-slow");
    assert!(door.stored(&talk).await.is_empty());
}
