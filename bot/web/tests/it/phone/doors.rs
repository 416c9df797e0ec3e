//! Who may call the hooks: what is not the provider's, or makes no sense, leaves nothing behind.

use axum::body::Body;
use axum::http::{Request, header};
use bot_store::Page;
use bot_store::Store;
use sha2::{Digest, Sha256};

use crate::counter::conversations;
use crate::door::{Door, plain};
use crate::faulty::{Fault, INNER_WORDS};
use crate::line::{Call, hook, lined, signature, signed};

const START: &str = "/hooks/phone/twilio/start";
const FIELDS: &[(&str, &str)] =
    &[("CallSid", "CA1"), ("From", "+14185551234"), ("To", "+14185550311")];

async fn n_calls(door: &Door) -> usize {
    let mut tx = door.store.read().await.unwrap();
    tx.calls().running(bot_core::UnixMs(0), Page::first(99)).await.unwrap().len()
}

#[tokio::test]
async fn only_the_doors_of_providers_in_the_settings_are_there() {
    let door = lined();
    for path in [
        "/hooks/phone/twilio/nope",
        "/hooks/phone/nope/start",
        "/hooks/phone/plivo/start",
        "/hooks/phone/twilio",
        "/hooks/phone/twilio/start/more",
        "/hooks/phone/%00/start",
    ] {
        for request in [signed(path, FIELDS), hook(path, FIELDS, None), plain("GET", path)] {
            assert_eq!(door.ask(request).await.problem(), "404 not-found", "{path}");
        }
    }
    let bare = Door::new();
    for path in [START, "/hooks/sms/twilio", "/hooks/sms/twilio/status"] {
        assert_eq!(bare.ask(signed(path, FIELDS)).await.problem(), "404 not-found", "{path}");
    }
    assert_eq!(door.ask(plain("DELETE", START)).await.problem(), "405 method-not-allowed");
    assert_eq!(n_calls(&door).await, 0);
}

#[tokio::test]
async fn what_is_not_signed_by_the_provider_is_refused_and_leaves_nothing() {
    let door = lined();
    let good = signature(START, FIELDS);
    let other = [FIELDS[0], ("From", "+14185550000"), FIELDS[2]];
    let more = [FIELDS, &[("Digits", "1")]].concat();
    let of_other_path = signature("/hooks/phone/twilio/step", FIELDS);
    for (fields, signature) in [
        (FIELDS, None),
        (FIELDS, Some("")),
        (FIELDS, Some("bm9uZQ==")),
        (FIELDS, Some("not base64 é")),
        (FIELDS, Some(of_other_path.as_str())),
        (&other, Some(good.as_str())),
        (&more, Some(good.as_str())),
        (&FIELDS[..2], Some(good.as_str())),
    ] {
        let request = hook(START, fields, signature.filter(|text| text.is_ascii()));
        assert_eq!(door.ask(request).await.problem(), "403 unsigned", "{signature:?}");
    }
    // The query is signed as well.
    let answer = door.ask(hook(&format!("{START}?t=x"), FIELDS, Some(&good))).await;
    assert_eq!(answer.problem(), "403 unsigned");
    assert_eq!(n_calls(&door).await, 0);
    assert_eq!(door.ask(hook(START, FIELDS, Some(&good))).await.status, 200);
}

#[tokio::test]
async fn a_signed_request_that_makes_no_sense_says_what_is_missing() {
    let door = lined();
    let step = "/hooks/phone/twilio/step";
    let long = "a".repeat(129);
    for (path, fields, missing) in [
        (START, &[("From", "+1"), ("To", "+14185550311")][..], "CallSid"),
        (START, &[("CallSid", "CA1")], "To"),
        (step, &[("Digits", "1")], "CallSid"),
        (step, &[("CallSid", long.as_str())], "CallSid"),
        ("/hooks/phone/twilio/recording", &[("CallSid", "CA1")], "RecordingSid"),
        ("/hooks/phone/twilio/transferred", &[("CallSid", "CA1")], "DialCallStatus"),
        ("/hooks/phone/twilio/status", &[("CallSid", "CA1")], "CallStatus"),
    ] {
        let answer = door.ask(signed(path, fields)).await;
        assert_eq!(answer.problem(), "400 bad-request", "{path}");
        assert!(answer.text().contains(missing), "{}", answer.text());
    }
    assert_eq!(n_calls(&door).await, 0);
}

#[tokio::test]
async fn a_body_has_a_bound_and_its_kind_is_looked_at() {
    let door = lined();
    let long = "x".repeat(66_000);
    let fields = [FIELDS, &[("More", long.as_str())]].concat();
    assert_eq!(door.ask(signed(START, &fields)).await.problem(), "413 too-large");
    let many: Vec<(&str, &str)> = FIELDS.iter().copied().chain([("a", "b"); 200]).collect();
    assert_eq!(door.ask(signed(START, &many)).await.problem(), "400 bad-request");
    // A body in JSON is signed by its hash.
    let json = br#"{"CallSid":"CA1"}"#;
    let hash = bot_core::text::hex(&Sha256::digest(json));
    for (path, body, problem) in [
        (format!("{START}?bodySHA256={hash}"), &json[..], "400 bad-request"),
        (format!("{START}?bodySHA256={hash}"), b"{}", "403 unsigned"),
        (START.to_owned(), json, "403 unsigned"),
        (format!("/hooks/sms/twilio?bodySHA256={hash}"), json, "415 unsupported-type"),
    ] {
        let request = Request::post(&path).header(header::CONTENT_TYPE, "application/json");
        let request = request.header("X-Twilio-Signature", signature(&path, &[]));
        let answer = door.ask(request.body(Body::from(body)).unwrap()).await;
        assert_eq!(answer.problem(), problem, "{path}");
    }
    assert_eq!(n_calls(&door).await, 0);
}

#[tokio::test(start_paused = true)]
async fn a_store_that_fails_is_never_a_good_answer() {
    for fault in [
        Fault::Down,
        Fault::DownAtCommit,
        Fault::Full,
        Fault::ReadOnly,
        Fault::Busy,
        Fault::Crowded,
        Fault::Broken,
    ] {
        let door = lined();
        let call = Call::begin(&door, 1).await;
        let next = call.script.door("Gather", "action");
        door.store.set(Some(fault));
        let recorded = [("RecordingSid", "RE1"), ("RecordingStatus", "completed")];
        for (path, fields) in [
            (next.as_str(), &[("Digits", "2")][..]),
            ("/hooks/phone/twilio/recording", &recorded),
            ("/hooks/phone/twilio/status", &[("CallStatus", "completed")]),
        ] {
            let answer = call.post(path, fields).await;
            assert!(answer.status >= 500, "{fault:?} {path}: {}", answer.status);
            assert!(!answer.text().contains(INNER_WORDS));
        }
        let begun = door.ask(signed(START, FIELDS)).await;
        assert!(begun.status >= 500, "{fault:?}: {}", begun.status);
        let sid = [("MessageSid", "SM1"), ("From", "+14185551234"), ("Body", "allô")];
        let text = door.ask(signed("/hooks/sms/twilio", &sid)).await;
        assert!(text.status >= 500, "{fault:?}: {}", text.status);
        let stop = [("MessageSid", "SM2"), ("From", "+14185551234"), ("Body", "STOP")];
        assert!(door.ask(signed("/hooks/sms/twilio", &stop)).await.status >= 500, "{fault:?}");
        door.store.set(None);
        assert!(conversations(&door).await.is_empty(), "{fault:?}");
        // The provider asks again, and is answered as if nothing had been.
        assert_eq!(call.post(&next, &[("Digits", "2")]).await.status, 200, "{fault:?}");
        assert_eq!(door.ask(signed("/hooks/sms/twilio", &sid)).await.status, 200);
        assert_eq!(conversations(&door).await.len(), 2, "{fault:?}");
    }
}
