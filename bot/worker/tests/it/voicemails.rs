//! Voicemails, from the provider's first word of one to what becomes of it.

mod provider;
mod worker;

use bot_channels::provider::ProviderError;
use bot_core::channel::Channel;
use bot_core::id::RecordingId;
use bot_core::message::Author;
use bot_core::{Language, UnixMs};
use bot_store::announce::announce;
use bot_store::callbacks::Callback;
use bot_store::conversations::{Conversation, ConversationFilter, Order};
use bot_store::open::find_or_open;
use bot_store::recordings::{NewRecording, Recording, RecordingState};
use bot_store::{Opening, Page, Topic};
use bot_worker::outside::EarError;
use std::sync::Arc;
use std::time::Duration;

use crate::lab::{Lab, TOWN, visit};
use crate::outside::Elsewhere;
use crate::texts::CALLER;

/// Longer than all that a worker does when nothing goes wrong.
const A_WHILE: Duration = Duration::from_secs(10);
/// What a request needs, said surely.
const SURE: &str = "il y a un gros nid-de-poule au 12 rue Cartier";
/// A subject without a place.
const PARTLY: &str = "je veux signaler un nid-de-poule";

/// Has the provider tell of a recording.
async fn leave(lab: &Lab, n: u8, caller: &str) -> RecordingId {
    let visit = visit(&lab.shell);
    let mut tx = lab.shell.store.begin().await.unwrap();
    let opening = Opening { channel: Channel::Phone, address: caller, lang: Some(Language::Fr) };
    let opened = find_or_open(tx.as_mut(), opening, &visit).await.unwrap();
    let new = NewRecording {
        id: RecordingId::from_parts(visit.now, &[n; 10]),
        dialect: "twilio".to_owned(),
        provider_id: format!("RE{n}"),
        call: None,
        conversation: opened.conversation.id,
        caller: caller.to_owned(),
        lang: Language::Fr,
        seconds: Some(9),
        at: visit.now,
    };
    assert!(announce(tx.as_mut(), &new, &visit).await.unwrap().is_fresh());
    tx.commit().await.unwrap();
    lab.shell.store.wake().notify(Topic::Jobs);
    new.id
}

async fn get(lab: &Lab, id: RecordingId) -> Recording {
    let mut tx = lab.shell.store.read().await.unwrap();
    tx.recordings().get(id).await.unwrap().unwrap()
}

async fn callbacks(lab: &Lab) -> Vec<Callback> {
    let mut tx = lab.shell.store.read().await.unwrap();
    tx.callbacks().waiting(None, Page::first(99)).await.unwrap()
}

/// Lists the conversations of a channel, the newest first.
async fn talks(lab: &Lab, channel: Channel) -> Vec<Conversation> {
    let mut tx = lab.shell.store.read().await.unwrap();
    let all = ConversationFilter::default();
    let mut talks =
        tx.conversations().list(&all, Order::NewestFirst, Page::first(99)).await.unwrap();
    talks.retain(|talk| talk.channel == channel);
    talks
}

async fn n_cases(lab: &Lab) -> usize {
    let mut tx = lab.shell.store.read().await.unwrap();
    let events = tx.desk().list_after(0, 999).await.unwrap();
    events.iter().filter(|row| row.event.kind == bot_store::desk::DeskKind::Case).count()
}

async fn n_troubles(lab: &Lab) -> usize {
    let mut tx = lab.shell.store.read().await.unwrap();
    let events = tx.desk().list_after(0, 999).await.unwrap();
    events.iter().filter(|row| row.event.kind == bot_store::desk::DeskKind::Trouble).count()
}

/// Lets one voicemail be left and heard; gives the worker and the voicemail.
async fn after(elsewhere: &Arc<Elsewhere>, caller: &str) -> (Lab, Recording) {
    let lab = Lab::reaching(elsewhere.all()).await;
    let id = leave(&lab, 1, caller).await;
    lab.wait(A_WHILE).await;
    let recording = get(&lab, id).await;
    (lab, recording)
}

#[tokio::test(start_paused = true)]
async fn what_is_sure_is_filed_and_its_number_is_sent_once() {
    let elsewhere = Elsewhere::hearing(SURE);
    let (lab, recording) = after(&elsewhere, CALLER).await;
    assert_eq!(recording.state, RecordingState::Transcribed);
    let number = recording.case_number.expect("it is filed");
    let mut tx = lab.shell.store.read().await.unwrap();
    let case = tx.cases().find(number).await.unwrap().unwrap();
    assert_eq!(
        (case.channel, case.conversation),
        (Channel::Phone, Some(recording.new.conversation))
    );
    assert_eq!(case.place.unwrap().label.fr, "12, rue Cartier");
    assert_eq!(case.description, SURE);
    assert!(case.created >= UnixMs(0) && case.lang == Language::Fr);
    drop(tx);
    lab.wait(Duration::from_hours(2)).await;
    let [sent] = elsewhere.asked("send ").try_into().unwrap();
    assert!(sent.starts_with(&format!("send {CALLER}: ")), "{sent}");
    let link = format!("https://guichet.example/fr/{}", recording.new.id);
    for words in [number.to_string(), "12, rue Cartier".to_owned(), link] {
        assert!(sent.contains(&words), "{words}: {sent}");
    }
    assert!(callbacks(&lab).await.is_empty());
    assert_eq!(n_cases(&lab).await, 1);
    // What was heard is the caller's own message, and nothing else is said in the call.
    let mut tx = lab.shell.store.read().await.unwrap();
    let said = tx.messages().list_after(recording.new.conversation, 0, 99).await.unwrap();
    assert_eq!(said.len(), 1);
    assert_eq!(said[0].new.content.attachments.len(), 1);
}

#[tokio::test(start_paused = true)]
async fn what_lacks_a_place_is_taken_and_the_engine_asks_by_text_message() {
    let elsewhere = Elsewhere::hearing(PARTLY);
    let (lab, recording) = after(&elsewhere, CALLER).await;
    assert_eq!((recording.state, recording.case_number), (RecordingState::Transcribed, None));
    let sent = elsewhere.asked("send ");
    assert!(sent[0].contains("votre message vocal est bien re"), "{sent:#?}");
    assert!(sent.last().unwrap().contains('?'), "{sent:#?}");
    let [talk] = talks(&lab, Channel::Sms).await.try_into().unwrap();
    let mut tx = lab.shell.store.read().await.unwrap();
    let said = tx.messages().list_after(talk.id, 0, 99).await.unwrap();
    let own: Vec<_> = said.iter().filter(|row| row.new.author == Author::Resident).collect();
    assert_eq!(own.len(), 1, "what was said is said there once");
    assert_eq!(own[0].new.content.text, PARTLY);
    assert!(callbacks(&lab).await.is_empty());
    assert_eq!(n_cases(&lab).await, 0);
}

#[tokio::test(start_paused = true)]
async fn what_is_unsure_is_a_task_for_the_people_of_a_queue() {
    let elsewhere = Elsewhere::hearing("mon perroquet bleu chante, rappelez-moi au 418-555-0119");
    let (lab, recording) = after(&elsewhere, CALLER).await;
    assert_eq!(recording.state, RecordingState::Transcribed);
    assert!(elsewhere.asked("send ").is_empty());
    let [callback] = callbacks(&lab).await.try_into().unwrap();
    assert_eq!(callback.new.queue, TOWN.city.info.default_queue);
    assert!(callback.new.message.contains("perroquet"), "{callback:?}");
    assert_eq!(callback.new.contact.as_deref(), Some("+14185550119"), "the number that was said");
    assert_eq!(callback.new.conversation, recording.new.conversation);
}

#[tokio::test(start_paused = true)]
async fn an_emergency_presses_and_the_caller_is_told_what_to_do() {
    let elsewhere = Elsewhere::hearing("il y a le feu chez le voisin au 12 rue Cartier");
    let (lab, recording) = after(&elsewhere, CALLER).await;
    let [sent] = elsewhere.asked("send ").try_into().unwrap();
    assert!(sent.contains("911"), "{sent}");
    let talk = &talks(&lab, Channel::Phone).await[0];
    assert!(talk.priority > 0, "{talk:?}");
    let [callback] = callbacks(&lab).await.try_into().unwrap();
    assert_eq!(callback.new.contact.as_deref(), Some(CALLER));
    assert_eq!((recording.case_number, n_cases(&lab).await), (None, 0));
    let mut tx = lab.shell.store.read().await.unwrap();
    let events = tx.desk().list_after(0, 99).await.unwrap();
    let told =
        |row: &&bot_store::desk::DeskEvent| row.event.body.contains("\"verdict\":\"emergency\"");
    assert_eq!(events.iter().filter(told).count(), 1, "{events:#?}");
}

#[tokio::test(start_paused = true)]
async fn where_nobody_speaks_nothing_else_is_done() {
    let elsewhere = Elsewhere::hearing("");
    let (lab, recording) = after(&elsewhere, CALLER).await;
    assert_eq!(recording.state, RecordingState::Speechless);
    assert!(recording.attachment.is_some());
    assert!(elsewhere.asked("send ").is_empty() && callbacks(&lab).await.is_empty());
    assert_eq!(elsewhere.asked("delete ").len(), 1);
}

#[tokio::test(start_paused = true)]
async fn what_cannot_be_read_is_lost_and_a_person_calls_back() {
    let elsewhere = Elsewhere::with(|_, _| Err(EarError::Unreadable("no RIFF".to_owned())));
    let (lab, recording) = after(&elsewhere, CALLER).await;
    assert_eq!(recording.state, RecordingState::Lost);
    assert!(recording.reason.unwrap().contains("no RIFF"));
    assert!(recording.attachment.is_some(), "a person may still listen to it");
    let [callback] = callbacks(&lab).await.try_into().unwrap();
    let left = (callback.new.message.as_str(), callback.new.contact.as_deref());
    assert_eq!(left, ("", Some(CALLER)));
    assert_eq!(elsewhere.asked("hear ").len(), 1);
}

#[tokio::test(start_paused = true)]
async fn without_a_model_it_is_kept_for_people() {
    let deaf = Elsewhere::with(|_, _| Err(EarError::NoModel("not fetched".to_owned())));
    for (elsewhere, has_ears) in [(deaf, true), (Elsewhere::hearing(SURE), false)] {
        let mut outside = elsewhere.all();
        outside.ears = outside.ears.filter(|_| has_ears);
        let lab = Lab::reaching(outside).await;
        let id = leave(&lab, 1, CALLER).await;
        lab.wait(A_WHILE).await;
        let recording = get(&lab, id).await;
        assert_eq!(recording.state, RecordingState::Kept);
        let [callback] = callbacks(&lab).await.try_into().unwrap();
        assert_eq!(callback.new.message, "");
        assert!(elsewhere.asked("send ").is_empty());
        let mut tx = lab.shell.store.read().await.unwrap();
        assert!(tx.upkeep().job_counts().await.unwrap().is_empty());
    }
}

#[tokio::test(start_paused = true)]
async fn whoever_can_be_told_no_number_is_called_back() {
    let silent = async |lab: &Lab| {
        let mut tx = lab.shell.store.begin().await.unwrap();
        assert!(tx.silences().add(Channel::Sms, CALLER, UnixMs(1)).await.unwrap().is_fresh());
        tx.commit().await.unwrap();
    };
    for words in [SURE, PARTLY] {
        for (caller, asked_for_silence, can_text) in
            [(CALLER, true, true), ("anonymous", false, true), (CALLER, false, false)]
        {
            let elsewhere = Elsewhere::hearing(words);
            let mut outside = elsewhere.all();
            outside.texts = outside.texts.filter(|_| can_text);
            let lab = Lab::reaching(outside).await;
            if asked_for_silence {
                silent(&lab).await;
            }
            let id = leave(&lab, 1, caller).await;
            lab.wait(A_WHILE).await;
            let recording = get(&lab, id).await;
            assert_eq!(recording.state, RecordingState::Transcribed);
            assert!(recording.understood.unwrap().contains("\"unsure\""));
            assert_eq!((recording.case_number, callbacks(&lab).await.len()), (None, 1));
            assert!(elsewhere.asked("send ").is_empty(), "{caller}");
            assert!(talks(&lab, Channel::Sms).await.is_empty(), "{caller}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_caller_who_hung_up_before_has_the_request_filed_all_the_same() {
    use bot_store::conversation_state::CloseReason;
    use bot_store::conversations::Move;
    let elsewhere = Elsewhere::hearing(SURE);
    elsewhere.fetches.lock().unwrap().push_back(ProviderError::Missing);
    let lab = Lab::reaching(elsewhere.all()).await;
    let id = leave(&lab, 1, CALLER).await;
    let talk = &talks(&lab, Channel::Phone).await[0];
    let mut tx = lab.shell.store.begin().await.unwrap();
    let close = Move::Close(CloseReason::HungUp);
    assert!(tx.conversations().set_state(talk.id, 1, close, UnixMs(1)).await.unwrap().is_done());
    tx.commit().await.unwrap();
    lab.wait(A_WHILE).await;
    assert!(get(&lab, id).await.case_number.is_some());
    assert_eq!(elsewhere.asked("send ").len(), 1);
}

#[tokio::test(start_paused = true)]
async fn the_callers_next_call_does_not_wait_for_the_voicemail_to_be_answered() {
    let elsewhere = Elsewhere::hearing(SURE);
    let (lab, recording) = after(&elsewhere, CALLER).await;
    let mut tx = lab.shell.store.read().await.unwrap();
    let unseen = tx.messages().unseen(recording.new.conversation, 9).await.unwrap();
    assert!(unseen.is_empty(), "no turn will ever take it in: {unseen:?}");
}
