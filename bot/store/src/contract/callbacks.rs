//! Messages left for people.

use bot_core::id::{CallbackId, ConversationId};
use bot_core::lang::Language;
use std::sync::Arc;

use super::lab::{Lab, NOON, after};
use super::{Outcome, check, same};
use crate::callbacks::{Callback, NewCallback};
use crate::page::Page;
use crate::store::{Novelty, Swap};

fn left(lab: &Lab, conversation: ConversationId, queue: &str, ms: u64) -> NewCallback {
    NewCallback {
        id: CallbackId::new(after(ms), &lab.chance),
        conversation,
        queue: queue.to_owned(),
        lang: Language::Fr,
        message: format!("rappelez-moi, {ms}"),
        contact: Some("+14185551234".to_owned()),
        once: None,
        at: after(ms),
    }
}

pub(super) async fn callbacks_read_back_and_are_answered_once(lab: Arc<Lab>) -> Outcome {
    let talk = lab.open("a").await?.id;
    let late = left(&lab, talk, "roads", 20);
    let early = NewCallback { contact: None, lang: Language::En, ..left(&lab, talk, "waste", 10) };
    let mut tx = lab.begin().await?;
    for new in [&late, &early] {
        same!(tx.callbacks().add(new).await?, Novelty::Fresh);
    }
    let rows = [&early, &late].map(|new| Callback { new: new.clone(), answered: None });
    same!(tx.callbacks().waiting(None, Page::first(10)).await?, rows);
    same!(tx.callbacks().waiting(None, Page::new(1, 10)).await?, [rows[1].clone()]);
    same!(tx.callbacks().waiting(Some("waste"), Page::first(10)).await?, [rows[0].clone()]);
    same!(tx.callbacks().answer(early.id, after(30)).await?, Swap::Done);
    same!(tx.callbacks().answer(early.id, after(40)).await?, Swap::Stale);
    same!(tx.callbacks().waiting(None, Page::first(10)).await?, [rows[1].clone()]);
    Ok(())
}

pub(super) async fn a_callback_is_left_once(lab: Arc<Lab>) -> Outcome {
    let talk = lab.open("a").await?.id;
    let once = Some("talk/step/inputs".to_owned());
    let first = NewCallback { once: once.clone(), ..left(&lab, talk, "roads", 0) };
    let again = NewCallback { once, ..left(&lab, talk, "roads", 5) };
    let mut tx = lab.begin().await?;
    same!(tx.callbacks().add(&first).await?, Novelty::Fresh);
    same!(tx.callbacks().add(&again).await?, Novelty::Repeat);
    // Those without a key never count as the same.
    for ms in [6, 7] {
        same!(tx.callbacks().add(&left(&lab, talk, "roads", ms)).await?, Novelty::Fresh);
    }
    same!(tx.callbacks().waiting(Some("roads"), Page::first(10)).await?.len(), 3);
    Ok(())
}

pub(super) async fn a_callback_is_hidden(lab: Arc<Lab>) -> Outcome {
    let (talk, other) = (lab.open("a").await?.id, lab.open("b").await?.id);
    let said = "au 418-555-1234, merci".to_owned();
    let theirs = NewCallback { message: said, ..left(&lab, talk, "roads", 0) };
    let mut tx = lab.begin().await?;
    for new in [&theirs, &left(&lab, other, "roads", 1)] {
        same!(tx.callbacks().add(new).await?, Novelty::Fresh);
    }
    same!(tx.private().redact(talk, "418-555-1234").await?, 1);
    same!(tx.private().redact(talk, "418-555-1234").await?, 0);
    let rows = tx.callbacks().waiting(None, Page::first(10)).await?;
    same!(rows[0].new.contact, None);
    same!(rows[0].new.message, "au •••, merci");
    check!(rows[0].new.at == NOON && rows[1].new.contact.is_some());
    Ok(())
}
