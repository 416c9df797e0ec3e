//! Text messages out: sent once, tried again, given up aloud, and never to whoever wants none.

use bot_channels::provider::ProviderError;
use bot_core::Channel;
use bot_core::id::JobId;
use bot_core::message::{Author, Content, Inbound};
use bot_store::conversations::{ConversationFilter, Order};
use bot_store::deliveries::{Delivery, DeliveryState};
use bot_store::desk::DeskKind;
use bot_store::jobs::{NewJob, Queue};
use bot_store::{Page, receive};
use std::sync::Arc;
use std::time::Duration;

use crate::lab::{Lab, visit};
use crate::outside::Elsewhere;

pub(crate) const CALLER: &str = "+14185551234";
const A_WHILE: Duration = Duration::from_secs(5);
const HOUR: Duration = Duration::from_hours(1);

async fn text(lab: &Lab, id: &str, words: &str, then: Duration) {
    let inbound = Inbound {
        channel: Channel::Sms,
        address: CALLER.to_owned(),
        provider_id: id.to_owned(),
        conversation: None,
        lang: None,
        content: Content::text(words),
    };
    receive(lab.shell.store.as_ref(), &inbound, &visit(&lab.shell)).await.unwrap();
    lab.wait(then).await;
}

/// Lists what went out to the caller, in the order of its messages.
async fn deliveries(lab: &Lab) -> Vec<Delivery> {
    let mut tx = lab.shell.store.read().await.unwrap();
    let all = ConversationFilter::default();
    let talks = tx.conversations().list(&all, Order::NewestFirst, Page::first(9)).await.unwrap();
    let talk = talks.into_iter().find(|talk| talk.channel == Channel::Sms).unwrap();
    tx.deliveries().of_conversation(talk.id, Page::first(99)).await.unwrap()
}

async fn n_troubles(lab: &Lab) -> usize {
    let mut tx = lab.shell.store.read().await.unwrap();
    let events = tx.desk().list_after(0, 999).await.unwrap();
    events.iter().filter(|row| row.event.kind == DeskKind::Trouble).count()
}

async fn is_silent(lab: &Lab) -> bool {
    let mut tx = lab.shell.store.read().await.unwrap();
    tx.silences().is_silent(Channel::Sms, CALLER).await.unwrap()
}

#[tokio::test(start_paused = true)]
async fn what_the_counter_says_is_sent_once_in_its_order() {
    let elsewhere = Elsewhere::hearing("");
    let lab = Lab::reaching(elsewhere.all()).await;
    text(&lab, "1", "un nid-de-poule au 12 rue Cartier", A_WHILE).await;
    text(&lab, "2", "non", A_WHILE).await;
    let sent = elsewhere.asked("send ");
    let rows = deliveries(&lab).await;
    assert_eq!(
        (sent.len(), rows.iter().all(|row| row.state == DeliveryState::Sent)),
        (rows.len(), true)
    );
    let mut tx = lab.shell.store.read().await.unwrap();
    let talk = rows[0].new.conversation;
    let said = tx.messages().list_after(talk, 0, 99).await.unwrap();
    let said: Vec<_> = said.iter().filter(|row| row.new.author != Author::Resident).collect();
    assert_eq!(said.len(), sent.len());
    for (message, sent) in said.iter().zip(&sent) {
        assert!(message.new.provider_id.as_deref().unwrap().starts_with("SM"));
        assert!(sent.starts_with(&format!("send {CALLER}: ")), "{sent}");
        assert!(!sent.contains(['’', '«', '\u{a0}', '…']), "{sent}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_job_that_runs_twice_sends_once() {
    let elsewhere = Elsewhere::hearing("");
    let lab = Lab::reaching(elsewhere.all()).await;
    text(&lab, "1", "bonjour", A_WHILE).await;
    let n_sent = elsewhere.asked("send ").len();
    assert!(n_sent > 0);
    for row in deliveries(&lab).await {
        let now = lab.shell.now();
        let job = NewJob {
            id: JobId::new(now, lab.shell.chance.as_ref()),
            queue: Queue::Deliver,
            lane: row.new.conversation.to_string(),
            kind: "deliver".to_owned(),
            payload: serde_json::json!({ "delivery": row.new.id }).to_string(),
            run_at: now,
            trace: None,
        };
        let mut tx = lab.shell.store.begin().await.unwrap();
        tx.jobs().add(&job).await.unwrap();
        tx.commit().await.unwrap();
    }
    lab.wait(HOUR).await;
    assert_eq!(elsewhere.asked("send ").len(), n_sent);
    let mut tx = lab.shell.store.read().await.unwrap();
    assert!(tx.upkeep().job_counts().await.unwrap().is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_number_that_is_refused_is_given_up_aloud_and_the_next_message_is_tried() {
    for (code, is_silent_then) in [(21_211, false), (21_610, true)] {
        let elsewhere = Elsewhere::hearing("");
        let refused = ProviderError::Refused { status: 400, code };
        elsewhere.sends.lock().unwrap().push_back(refused);
        let lab = Lab::reaching(elsewhere.all()).await;
        text(&lab, "1", "bonjour", HOUR).await;
        let rows = deliveries(&lab).await;
        assert_eq!(rows[0].state, DeliveryState::Failed);
        assert!(rows[0].error.as_ref().unwrap().contains(&code.to_string()), "{rows:?}");
        assert_eq!(n_troubles(&lab).await, 1, "{code}");
        assert_eq!(is_silent(&lab).await, is_silent_then, "{code}");
        // Whoever wants no more messages is not asked for again.
        let n_sent = elsewhere.asked("send ").len();
        text(&lab, "2", "allô", HOUR).await;
        let n_later = elsewhere.asked("send ").len() - n_sent;
        assert_eq!(n_later == 0, is_silent_then, "{code}");
        let last = deliveries(&lab).await.pop().unwrap();
        let wanted = if is_silent_then { DeliveryState::Failed } else { DeliveryState::Sent };
        assert_eq!(last.state, wanted, "{code}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_long_message_is_cut_to_what_providers_take() {
    let elsewhere = Elsewhere::hearing("");
    let lab = Lab::reaching(elsewhere.all()).await;
    text(&lab, "1", "bonjour", A_WHILE).await;
    let talk = deliveries(&lab).await[0].new.conversation;
    let now = lab.shell.now();
    let long = "é…".repeat(1_000);
    let message = bot_store::messages::NewMessage::words(
        talk,
        Author::Agent,
        &long,
        bot_core::Language::Fr,
        now,
    );
    let mut tx = lab.shell.store.begin().await.unwrap();
    let seq = tx.messages().append(&message).await.unwrap().seq().unwrap();
    let delivery = bot_store::deliveries::NewDelivery {
        id: bot_core::id::DeliveryId::new(now, lab.shell.chance.as_ref()),
        conversation: talk,
        seq,
        channel: Channel::Sms,
        address: CALLER.to_owned(),
        at: now,
    };
    assert!(tx.deliveries().add(&delivery).await.unwrap().is_fresh());
    let job = NewJob {
        id: JobId::new(now, lab.shell.chance.as_ref()),
        queue: Queue::Deliver,
        lane: talk.to_string(),
        kind: "deliver".to_owned(),
        payload: serde_json::json!({ "delivery": delivery.id }).to_string(),
        run_at: now,
        trace: None,
    };
    tx.jobs().add(&job).await.unwrap();
    tx.commit().await.unwrap();
    lab.wait(Duration::from_mins(2)).await;
    let last = elsewhere.asked("send ").pop().unwrap();
    let body = last.strip_prefix(&format!("send {CALLER}: ")).unwrap();
    assert!(body.starts_with("é...é..."), "{body}");
    assert!((1_590..=1_600).contains(&body.chars().count()), "{}", body.chars().count());
    assert!(!body.contains('…'), "one dear sign makes every part dearer");
}

#[tokio::test(start_paused = true)]
async fn a_provider_that_is_away_for_hours_is_waited_for() {
    let elsewhere = Elsewhere::hearing("");
    *elsewhere.silent_provider.lock().unwrap() = Some(ProviderError::Away("no route".to_owned()));
    let lab = Lab::reaching(elsewhere.all()).await;
    text(&lab, "1", "bonjour", HOUR * 9).await;
    let n_tried = elsewhere.asked("send ").len();
    assert!((15..36).contains(&n_tried), "{n_tried}");
    assert!(deliveries(&lab).await.iter().all(|row| row.state == DeliveryState::Waiting));
    *elsewhere.silent_provider.lock().unwrap() = None;
    lab.wait(HOUR).await;
    assert!(deliveries(&lab).await.iter().all(|row| row.state == DeliveryState::Sent));
    assert_eq!(n_troubles(&lab).await, 0);
}

#[tokio::test(start_paused = true)]
async fn a_provider_that_never_comes_back_is_given_up_within_a_day() {
    let elsewhere = Elsewhere::hearing("");
    *elsewhere.silent_provider.lock().unwrap() = Some(ProviderError::Locked { status: 401 });
    let lab = Lab::reaching(elsewhere.all()).await;
    text(&lab, "1", "bonjour", HOUR * 24).await;
    assert_eq!(deliveries(&lab).await[0].state, DeliveryState::Failed);
    assert!(n_troubles(&lab).await > 0);
    assert!(elsewhere.asked("send ").len() < 100);
}

#[tokio::test(start_paused = true)]
async fn a_wait_that_the_provider_asks_for_is_kept_and_has_a_bound() {
    for (asked, least, most) in [
        (Duration::from_secs(90), Duration::from_secs(90), Duration::from_secs(100)),
        (Duration::from_secs(u64::MAX), Duration::from_mins(10), HOUR * 2),
    ] {
        let elsewhere = Elsewhere::hearing("");
        let busy = ProviderError::Busy { after: Some(asked) };
        elsewhere.sends.lock().unwrap().push_back(busy);
        let lab = Lab::reaching(elsewhere.all()).await;
        text(&lab, "1", "bonjour", HOUR * 3).await;
        let tries: Vec<_> = elsewhere.journal().into_iter().map(|entry| entry.at).collect();
        let gap = tries[1].duration_since(tries[0]);
        assert!(gap >= least && gap <= most, "{gap:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn without_a_way_to_send_messages_wait() {
    let elsewhere = Elsewhere::hearing("");
    let outside = bot_worker::Outside { texts: None, ..elsewhere.all() };
    let mut lab = Lab::reaching(outside).await;
    text(&lab, "1", "bonjour", HOUR).await;
    assert_eq!(deliveries(&lab).await[0].state, DeliveryState::Waiting);
    lab.kill().await;
    lab.shell.outside = Arc::new(elsewhere.all());
    lab.hire();
    lab.wait(HOUR).await;
    assert_eq!(deliveries(&lab).await[0].state, DeliveryState::Sent);
}
