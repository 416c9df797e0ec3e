//! Text messages: in, the words of the network, and what became of those that went out.

use bot_core::id::DeliveryId;
use bot_core::{Channel, UnixMs};
use bot_store::Store;
use bot_store::deliveries::{DeliveryState, NewDelivery};
use bot_store::jobs::Queue;

use crate::counter::{conversations, n_jobs, said};
use crate::door::{Answer, Door, NOON};
use crate::line::{CALLER, hook, lined, named, signature, signed};

const IN: &str = "/hooks/sms/twilio";
const STATUS: &str = "/hooks/sms/twilio/status";
const EMPTY: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\"?><Response/>";

fn message<'a>(sid: &'a str, body: &'a str) -> [(&'a str, &'a str); 4] {
    [("MessageSid", sid), ("From", CALLER), ("To", "+14185550311"), ("Body", body)]
}

async fn text(door: &Door, sid: &str, body: &str) -> Answer {
    door.ask(signed(IN, &message(sid, body))).await
}

async fn is_silent(door: &Door) -> bool {
    let mut tx = door.store.read().await.unwrap();
    tx.silences().is_silent(Channel::Sms, CALLER).await.unwrap()
}

#[tokio::test]
async fn a_text_message_is_stored_once_and_answered_by_nothing() {
    for token in ["", "c4"] {
        let door = lined();
        let ask = async || {
            let request = signed(IN, &message("SM1", " Un nid-de-poule, rue Cartier "));
            door.ask(if token.is_empty() { request } else { named(request, token) }).await
        };
        for _ in 0..3 {
            let answer = ask().await;
            let wanted = (200, "application/xml".to_owned(), EMPTY.to_owned());
            assert_eq!((answer.status, answer.kind(), answer.text()), wanted);
        }
        assert_eq!(said(&door).await, ["Un nid-de-poule, rue Cartier"]);
        assert_eq!(n_jobs(&door, Queue::Turn).await, 1);
        // Another delivery of the same message, under another name.
        let other = named(signed(IN, &message("SM1", "Un nid-de-poule")), "d5");
        assert_eq!(door.ask(other).await.status, 200);
        assert_eq!(said(&door).await.len(), 1, "{token:?}");
        assert_eq!(text(&door, "SM2", "au 12").await.status, 200);
        assert_eq!((said(&door).await.len(), conversations(&door).await.len()), (2, 1));
    }
}

#[tokio::test]
async fn a_message_that_is_not_signed_or_makes_no_sense_is_not_stored() {
    let door = lined();
    let good = signature(IN, &message("SM1", "oui"));
    for (fields, signature) in [
        (message("SM1", "oui"), None),
        (message("SM1", "non"), Some(good.as_str())),
        (message("SM2", "oui"), Some(good.as_str())),
    ] {
        let answer = door.ask(hook(IN, &fields, signature)).await;
        assert_eq!(answer.problem(), "403 unsigned", "{fields:?}");
        let answer = door.ask(hook(STATUS, &fields, signature)).await;
        assert_eq!(answer.problem(), "403 unsigned", "{fields:?}");
    }
    for (fields, missing) in [
        (&[("From", CALLER), ("Body", "oui")][..], "MessageSid"),
        (&[("MessageSid", "SM1"), ("From", "CITY"), ("Body", "oui")], "From"),
        (&[("MessageSid", "SM\u{e9}"), ("From", CALLER), ("Body", "oui")], "MessageSid"),
    ] {
        let answer = door.ask(signed(IN, fields)).await;
        assert_eq!(answer.problem(), "400 bad-request");
        assert!(answer.text().contains(missing), "{}", answer.text());
    }
    assert!(conversations(&door).await.is_empty());
}

#[tokio::test]
async fn a_picture_alone_and_any_words_are_stored() {
    let door = lined();
    let picture = [&message("SM1", "")[..], &[("NumMedia", "1")]].concat();
    assert_eq!(door.ask(signed(IN, &picture)).await.text(), EMPTY);
    let long = "é".repeat(1_600);
    for (sid, body) in [("SM2", "<b>&amp;</b>"), ("SM3", "\u{202e}\u{0}x"), ("SM4", long.as_str())]
    {
        assert_eq!(text(&door, sid, body).await.text(), EMPTY, "{body}");
    }
    assert_eq!(said(&door).await.len(), 4);
}

#[tokio::test]
async fn the_words_of_the_network_are_obeyed_and_answered_in_their_language() {
    for (word, opted, answer, is_silent_then) in [
        ("STOP", "", "fr:sms_stopped", true),
        ("Arrêt", "", "fr:sms_stopped", true),
        ("unsubscribe", "", "en:sms_stopped", true),
        ("stop.", "STOP", "fr:sms_stopped", true),
        ("plus rien svp", "STOP", "fr:sms_stopped", true),
        ("start", "", "fr:sms_started", false),
        ("Reprendre", "", "fr:sms_started", false),
        ("AIDE", "", "fr:sms_help", true),
        ("help", "", "en:sms_help", true),
        ("info", "", "fr:sms_help", true),
    ] {
        let door = lined();
        text(&door, "SM0", "STOP").await;
        let mut fields = message("SM1", word).to_vec();
        if !opted.is_empty() {
            fields.push(("OptOutType", opted));
        }
        let mut first = None;
        for _ in 0..2 {
            let told = door.ask(signed(IN, &fields)).await;
            let wanted = format!("<Response><Message>{answer}</Message></Response>");
            assert!(told.text().ends_with(&wanted), "{word}: {}", told.text());
            assert_eq!(first.get_or_insert(told.body.clone()), &told.body);
            assert_eq!(is_silent(&door).await, is_silent_then, "{word}");
        }
        assert!(conversations(&door).await.is_empty(), "{word} is no message");
    }
}

#[tokio::test]
async fn a_word_of_the_network_is_answered_in_the_language_of_the_conversation() {
    let door = lined();
    text(&door, "SM1", "bonjour").await;
    let told = text(&door, "SM2", "help").await.text();
    assert!(told.contains("fr:sms_help"), "{told}");
    for (sid, words) in [("SM3", "stop sign is down"), ("SM4", "l'arrêt d'autobus est brisé")] {
        assert_eq!(text(&door, sid, words).await.text(), EMPTY);
    }
    assert!(!is_silent(&door).await);
    assert_eq!(said(&door).await.len(), 3);
}

/// Keeps a message that went out under a provider's id.
async fn sent(door: &Door) -> DeliveryId {
    text(door, "SM1", "bonjour").await;
    let id = conversations(door).await[0].id;
    let delivery = NewDelivery {
        id: DeliveryId::from_parts(UnixMs(NOON), &[3; 10]),
        conversation: id,
        seq: 1,
        channel: Channel::Sms,
        address: CALLER.to_owned(),
        at: UnixMs(NOON),
    };
    let mut tx = door.store.begin().await.unwrap();
    assert!(tx.deliveries().add(&delivery).await.unwrap().is_fresh());
    let swap = tx.deliveries().sent(delivery.id, "SMout", Some(1), UnixMs(NOON)).await;
    assert!(swap.unwrap().is_done());
    tx.commit().await.unwrap();
    delivery.id
}

#[tokio::test]
async fn the_furthest_news_of_a_message_stays() {
    for (news, state, error) in [
        (&["queued", "sending", "sent"][..], DeliveryState::Sent, None),
        (&["sent", "delivered"], DeliveryState::Delivered, None),
        (&["delivered", "sent", "queued"], DeliveryState::Delivered, None),
        (&["delivered", "failed"], DeliveryState::Delivered, None),
        (&["undelivered", "sent"], DeliveryState::Failed, Some("30006")),
        (&["failed", "delivered"], DeliveryState::Delivered, None),
        (&["accepted", "new-word"], DeliveryState::Sent, None),
    ] {
        let door = lined();
        let id = sent(&door).await;
        for status in news {
            let mut fields = vec![("MessageSid", "SMout"), ("MessageStatus", *status)];
            if matches!(*status, "failed" | "undelivered") {
                fields.push(("ErrorCode", "30006"));
            }
            let answer = door.ask(signed(STATUS, &fields)).await;
            assert_eq!((answer.status, answer.body.len()), (204, 0), "{status}");
        }
        let mut tx = door.store.read().await.unwrap();
        let row = tx.deliveries().get(id).await.unwrap().unwrap();
        assert_eq!((row.state, row.error.as_deref()), (state, error), "{news:?}");
    }
}

#[tokio::test]
async fn news_of_a_message_that_nobody_sent_changes_nothing() {
    let door = lined();
    let id = sent(&door).await;
    let unknown = [("MessageSid", "SMelse"), ("MessageStatus", "delivered")];
    assert_eq!(door.ask(signed(STATUS, &unknown)).await.status, 204);
    for fields in [&[("MessageSid", "SMout")][..], &[("MessageStatus", "sent")]] {
        assert_eq!(door.ask(signed(STATUS, fields)).await.problem(), "400 bad-request");
    }
    let mut tx = door.store.read().await.unwrap();
    let row = tx.deliveries().get(id).await.unwrap().unwrap();
    assert_eq!(row.state, DeliveryState::Sent);
}
