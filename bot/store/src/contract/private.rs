//! Texts that are hidden.

use bot_core::channel::Channel;
use bot_core::lang::Language;
use bot_core::message::{Author, Choice};
use std::sync::Arc;

use super::lab::{Lab, NOON, after, sms};
use super::{Outcome, check, same};
use crate::jobs::NewJob;
use crate::log::Entry;
use crate::messages::{Appended, NewMessage};
use crate::parties::{Party, Role};
use crate::store::{Novelty, Swap};

pub(super) async fn due_texts(lab: Arc<Lab>) -> Outcome {
    let id = lab.open("a").await?.id;
    let mut tx = lab.begin().await?;
    for (text, ms) in [("late", 30), ("first", 10), ("second", 20)] {
        tx.private().add(id, text, after(ms)).await?;
    }
    let due = tx.private().due(after(20), 10).await?;
    let texts: Vec<_> = due.iter().map(|row| row.text.as_str()).collect();
    same!(texts, ["first", "second"]);
    same!(due[0].conversation, id);
    same!(tx.private().due(after(99), 1).await?.len(), 1);
    tx.private().forget(due[0].id).await?;
    same!(tx.private().due(after(20), 10).await?.len(), 1);
    Ok(())
}

const SECRET: &str = "l'été \"chaud\"";

/// Puts the secret everywhere it can be.
async fn spread(lab: &Lab, address: &str) -> Result<bot_core::id::ConversationId, super::Failure> {
    let said = format!("voici: {SECRET}, merci");
    let received = lab.receive(&sms(address, address, &said)).await?;
    let id = received.conversation;
    let json = serde_json::to_string(&serde_json::json!({ "x": said, SECRET: 1 }))?;
    let mut tx = lab.begin().await?;
    let reply = NewMessage {
        choices: vec![Choice { id: "ok".to_owned(), label: SECRET.to_owned() }],
        ..NewMessage::words(id, Author::Bot, &said, Language::Fr, NOON)
    };
    check_fresh(tx.messages().append(&reply).await?)?;
    if tx.sessions().save(id, 0, &json, NOON).await? == Swap::Stale {
        return Err("the session was not saved".into());
    }
    let entry = Entry {
        event: json.clone(),
        effects: json.clone(),
        notes: json.clone(),
        revision: 1,
        seq: Some(received.seq),
        at: NOON,
    };
    tx.log().append(id, &entry).await?;
    let job = NewJob { payload: json, ..lab.job(&id.to_string(), "say", after(99)) };
    tx.jobs().add(&job).await?;
    tx.commit().await?;
    Ok(id)
}

fn check_fresh(appended: Appended) -> Outcome {
    check!(matches!(appended, Appended::Fresh(_)));
    Ok(())
}

pub(super) async fn a_text_is_hidden_everywhere(lab: Arc<Lab>) -> Outcome {
    let id = spread(&lab, "+14185551234").await?;
    let other = spread(&lab, "+14185559999").await?;
    let mut tx = lab.begin().await?;
    // Two messages, a session, a log entry, an inbox row and a job.
    same!(tx.private().redact(id, SECRET).await?, 6);
    same!(tx.private().redact(id, SECRET).await?, 0);
    tx.commit().await?;
    let mut tx = lab.begin().await?;
    let hidden = "voici: •••, merci";
    let json = format!("{{\"{}\":1,\"x\":\"{hidden}\"}}", SECRET.replace('"', "\\\""));
    let rows = tx.messages().list_after(id, 0, 10).await?;
    check!(rows.iter().all(|row| row.new.content.text == hidden));
    same!(rows[1].new.choices[0].label, "•••");
    let session = tx.sessions().find(id).await?;
    same!(session.map(|session| session.body), Some(json.clone()));
    let log = tx.log().list(id, 0, 10).await?;
    let entry = &log[0].entry;
    for document in [&entry.event, &entry.effects, &entry.notes] {
        same!(document, &json);
    }
    let row = tx.inbox().find(Channel::Sms, "+14185551234").await?;
    check!(row.is_some_and(|row| row.body.contains(hidden)));
    let jobs = tx.jobs().claim(&crate::jobs::Queue::ALL, 10, after(9_999), super::lab::LEASE);
    let jobs = jobs.await?;
    check!(!jobs.is_empty());
    let untouched = tx.messages().list_after(other, 0, 10).await?;
    check!(untouched.iter().all(|row| row.new.content.text.contains(SECRET)));
    same!(tx.private().redact(other, "no such text").await?, 0);
    Ok(())
}

pub(super) async fn a_contact_is_taken_away(lab: Arc<Lab>) -> Outcome {
    let (a, b) = (lab.open("a").await?, lab.open("b").await?);
    let case = lab.file("ndp").await?;
    let party = |contact: &str, conversation| Party {
        case: case.id,
        role: Role::Reporter,
        contact: Some(contact.to_owned()),
        channel: Channel::Web,
        lang: Language::Fr,
        identity: None,
        conversation: Some(conversation),
        notify: true,
        at: NOON,
    };
    let mut tx = lab.begin().await?;
    for party in [party("+14185551234", a.id), party("m@x.ca", a.id), party("+14185559999", b.id)] {
        same!(tx.parties().add(&party).await?, Novelty::Fresh);
    }
    same!(tx.private().redact(a.id, "418-555-1234").await?, 1);
    same!(tx.private().redact(a.id, "(418) 555-9999").await?, 0);
    let parties = tx.parties().list(case.id).await?;
    let contacts: Vec<_> = parties.iter().map(|party| party.contact.as_deref()).collect();
    same!(contacts, [None, Some("m@x.ca"), Some("+14185559999")]);
    Ok(())
}
