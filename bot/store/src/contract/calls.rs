//! Telephone calls.

use bot_core::id::{CallId, ConversationId};
use bot_core::lang::Language;
use std::sync::Arc;

use super::lab::{Lab, NOON, after};
use super::{Outcome, check, same};
use crate::calls::{Call, CallChange, Ending, MAX_CALL_STATE_BYTES, MAX_OUTCOME_BYTES, NewCall};
use crate::error::Error;
use crate::page::Page;
use crate::receive::{MAX_ADDRESS_BYTES, MAX_PROVIDER_ID_BYTES};
use crate::redact::MASK;
use crate::store::{Novelty, Swap};

const MANY: Page = Page::first(10);

impl Lab {
    /// Makes a call that comes in some milliseconds after noon.
    pub(super) fn call(&self, provider_id: &str, ms: u64) -> NewCall {
        NewCall {
            id: CallId::new(after(ms), &self.chance),
            dialect: "twilio".to_owned(),
            provider_id: provider_id.to_owned(),
            caller: "+14185551234".to_owned(),
            called: "+14185550311".to_owned(),
            conversation: None,
            lang: Language::Fr,
            state: "{\"étape\":\"menu\"}".to_owned(),
            begun: after(ms),
        }
    }
}

fn change(conversation: Option<ConversationId>, state: &str) -> CallChange {
    CallChange { conversation, lang: Language::En, state: state.to_owned() }
}

fn as_it_came(new: &NewCall) -> Call {
    Call { new: new.clone(), revision: 1, ending: None }
}

fn names(rows: &[Call]) -> Vec<&str> {
    rows.iter().map(|row| row.new.provider_id.as_str()).collect()
}

pub(super) async fn calls_read_back_as_written(lab: Arc<Lab>) -> Outcome {
    let talk = lab.open("a").await?.id;
    let bare = lab.call("CA1", 0);
    let known = NewCall {
        conversation: Some(talk),
        caller: "anonymous".to_owned(),
        lang: Language::En,
        ..lab.call("CA2", 1)
    };
    let mut tx = lab.begin().await?;
    for new in [&bare, &known] {
        same!(tx.calls().insert(new).await?, Novelty::Fresh);
    }
    tx.commit().await?;
    let mut tx = lab.read().await?;
    for new in [&bare, &known] {
        same!(tx.calls().get(new.id).await?, Some(as_it_came(new)));
        same!(tx.calls().find("twilio", &new.provider_id).await?, Some(as_it_came(new)));
    }
    same!(tx.calls().find("plivo", "CA1").await?, None);
    same!(tx.calls().find("twilio", "CA3").await?, None);
    same!(tx.calls().get(CallId::new(NOON, &lab.chance)).await?, None);
    check!(matches!(tx.calls().insert(&lab.call("CA3", 2)).await, Err(Error::Snapshot)));
    Ok(())
}

pub(super) async fn a_call_is_kept_once(lab: Arc<Lab>) -> Outcome {
    let first = lab.call("CA1", 0);
    let mut tx = lab.begin().await?;
    same!(tx.calls().insert(&first).await?, Novelty::Fresh);
    same!(tx.calls().insert(&lab.call("CA1", 5)).await?, Novelty::Repeat);
    same!(tx.calls().find("twilio", "CA1").await?, Some(as_it_came(&first)));
    // Another provider's ids are its own.
    let other = NewCall { dialect: "telnyx".to_owned(), ..lab.call("CA1", 5) };
    same!(tx.calls().insert(&other).await?, Novelty::Fresh);
    tx.commit().await?;
    let fresh = lab
        .crowd(4, |_, lab| async move {
            let mut tx = lab.begin().await?;
            let novelty = tx.calls().insert(&lab.call("CA2", 9)).await?;
            tx.commit().await?;
            Ok(novelty)
        })
        .await?;
    same!(fresh.iter().filter(|novelty| novelty.is_fresh()).count(), 1);
    Ok(())
}

pub(super) async fn an_old_revision_of_a_call_is_refused(lab: Arc<Lab>) -> Outcome {
    let talk = lab.open("a").await?.id;
    let new = lab.call("CA1", 0);
    let mut tx = lab.begin().await?;
    same!(tx.calls().insert(&new).await?, Novelty::Fresh);
    same!(tx.calls().save(new.id, 1, &change(Some(talk), "{\"n\":1}")).await?, Swap::Done);
    same!(tx.calls().save(new.id, 1, &change(None, "{}")).await?, Swap::Stale);
    same!(tx.calls().save(new.id, 0, &change(None, "{}")).await?, Swap::Stale);
    let unknown = CallId::new(NOON, &lab.chance);
    same!(tx.calls().save(unknown, 1, &change(None, "{}")).await?, Swap::Stale);
    let saved = Call {
        new: NewCall {
            conversation: Some(talk),
            lang: Language::En,
            state: "{\"n\":1}".to_owned(),
            ..new.clone()
        },
        revision: 2,
        ending: None,
    };
    same!(tx.calls().get(new.id).await?, Some(saved));
    // The last request of a call may come after the news of its end.
    same!(tx.calls().end(new.id, "completed", Some(9), after(9)).await?, Swap::Done);
    same!(tx.calls().save(new.id, 2, &change(None, "{}")).await?, Swap::Done);
    let row = tx.calls().get(new.id).await?.ok_or("the call is gone")?;
    same!((row.revision, row.new.conversation), (3, None));
    Ok(())
}

pub(super) async fn a_call_ends_once(lab: Arc<Lab>) -> Outcome {
    let (told, bare) = (lab.call("CA1", 0), lab.call("CA2", 0));
    let mut tx = lab.begin().await?;
    for new in [&told, &bare] {
        same!(tx.calls().insert(new).await?, Novelty::Fresh);
    }
    same!(tx.calls().end(told.id, "completed", Some(42), after(7)).await?, Swap::Done);
    same!(tx.calls().end(told.id, "busy", None, after(8)).await?, Swap::Stale);
    same!(tx.calls().end(bare.id, "no-answer", None, after(9)).await?, Swap::Done);
    let unknown = CallId::new(NOON, &lab.chance);
    same!(tx.calls().end(unknown, "completed", None, NOON).await?, Swap::Stale);
    for (new, outcome, seconds, ms) in
        [(told, "completed", Some(42), 7), (bare, "no-answer", None, 9)]
    {
        let ending = Ending { outcome: outcome.to_owned(), seconds, at: after(ms) };
        let row = tx.calls().get(new.id).await?;
        same!(row, Some(Call { new, revision: 1, ending: Some(ending) }));
    }
    Ok(())
}

pub(super) async fn calls_that_go_on_are_listed(lab: Arc<Lab>) -> Outcome {
    let mut tx = lab.begin().await?;
    for (name, ms) in [("late", 30), ("old", 10), ("ended", 20), ("early", 15)] {
        let new = lab.call(name, ms);
        same!(tx.calls().insert(&new).await?, Novelty::Fresh);
        if name == "ended" {
            same!(tx.calls().end(new.id, "completed", None, after(40)).await?, Swap::Done);
        }
    }
    same!(names(&tx.calls().running(NOON, MANY).await?), ["old", "early", "late"]);
    same!(names(&tx.calls().running(after(15), MANY).await?), ["early", "late"]);
    same!(names(&tx.calls().running(NOON, Page::new(1, 1)).await?), ["early"]);
    same!(tx.calls().running(after(31), MANY).await?.len(), 0);
    Ok(())
}

pub(super) async fn calls_of_a_conversation(lab: Arc<Lab>) -> Outcome {
    let (talk, other) = (lab.open("a").await?.id, lab.open("b").await?.id);
    let mut tx = lab.begin().await?;
    let theirs = [
        ("late", 30, Some(talk)),
        ("early", 10, Some(talk)),
        ("b", 20, Some(other)),
        ("x", 5, None),
    ];
    for (name, ms, conversation) in theirs {
        let new = NewCall { conversation, ..lab.call(name, ms) };
        same!(tx.calls().insert(&new).await?, Novelty::Fresh);
    }
    same!(names(&tx.calls().of_conversation(talk, MANY).await?), ["early", "late"]);
    same!(names(&tx.calls().of_conversation(talk, Page::new(1, 5)).await?), ["late"]);
    let unknown = ConversationId::new(NOON, &lab.chance);
    same!(tx.calls().of_conversation(unknown, MANY).await?.len(), 0);
    Ok(())
}

pub(super) async fn calls_have_bounds(lab: Arc<Lab>) -> Outcome {
    let state = "x".repeat(MAX_CALL_STATE_BYTES);
    let new = NewCall { state: state.clone(), ..lab.call("CA1", 0) };
    let mut tx = lab.begin().await?;
    same!(tx.calls().insert(&new).await?, Novelty::Fresh);
    same!(tx.calls().save(new.id, 1, &change(None, &state)).await?, Swap::Done);
    tx.commit().await?;
    let large = [
        NewCall { state: format!("{state}x"), ..lab.call("CA2", 0) },
        NewCall { caller: "1".repeat(MAX_ADDRESS_BYTES + 1), ..lab.call("CA2", 0) },
        NewCall { called: "1".repeat(MAX_ADDRESS_BYTES + 1), ..lab.call("CA2", 0) },
        lab.call(&"x".repeat(MAX_PROVIDER_ID_BYTES + 1), 0),
    ];
    for large in large {
        let refused = lab.begin().await?.calls().insert(&large).await;
        check!(matches!(refused, Err(Error::TooLarge { .. })));
    }
    let large = change(None, &format!("{state}x"));
    let refused = lab.begin().await?.calls().save(new.id, 2, &large).await;
    check!(matches!(refused, Err(Error::TooLarge { .. })));
    let large = "x".repeat(MAX_OUTCOME_BYTES + 1);
    let refused = lab.begin().await?.calls().end(new.id, &large, None, NOON).await;
    check!(matches!(refused, Err(Error::TooLarge { .. })));
    Ok(())
}

pub(super) async fn a_call_is_hidden(lab: Arc<Lab>) -> Outcome {
    let (talk, other) = (lab.open("a").await?.id, lab.open("b").await?.id);
    let made = |name: &str, conversation| NewCall {
        conversation: Some(conversation),
        state: "{\"n\":4185551234,\"said\":\"au 418 555-1234\"}".to_owned(),
        ..lab.call(name, 0)
    };
    let (own, theirs) = (made("CA1", talk), made("CA2", other));
    let mut tx = lab.begin().await?;
    for new in [&own, &theirs] {
        same!(tx.calls().insert(new).await?, Novelty::Fresh);
    }
    same!(tx.private().redact(talk, "(418) 555-1234").await?, 1);
    same!(tx.private().redact(talk, "(418) 555-1234").await?, 0);
    let row = tx.calls().get(own.id).await?.ok_or("the call is gone")?;
    same!(row.new.caller, MASK);
    same!(row.new.state, "{\"n\":4185551234,\"said\":\"au •••\"}");
    same!((row.new.called, row.revision), (own.called, 1));
    same!(tx.calls().get(theirs.id).await?, Some(as_it_came(&theirs)));
    Ok(())
}
