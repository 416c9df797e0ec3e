//! Sentences kept for whoever looks after the intents.

use bot_core::id::{ConversationId, SuggestionId};
use bot_core::lang::Language;
use std::sync::Arc;

use super::lab::{Lab, after};
use super::{Outcome, check, same};
use crate::page::Page;
use crate::store::{Novelty, Swap};
use crate::suggestions::{
    Decision, Filter, Guess, NewSuggestion, Reason, State, Suggestion, Taught, Verdict,
};

const MANY: u32 = 100;
const ALL: Filter = Filter { state: None, reason: None, lang: None };

fn kept(lab: &Lab, conversation: ConversationId, seq: i64) -> NewSuggestion {
    let at = after(u64::try_from(seq).unwrap_or(0));
    NewSuggestion {
        id: SuggestionId::new(at, &lab.chance),
        conversation,
        seq,
        reason: Reason::Refused,
        lang: Some(Language::Fr),
        text: format!("l'été \"chaud\" au [address], {seq}"),
        guess: Some(Guess { intent: "report_pothole".to_owned(), p: 0.1 }),
        chosen: None,
        at,
    }
}

fn accepted(intent: &str, taught: Option<Taught>) -> Decision {
    let verdict = Verdict::Accepted { intent: intent.to_owned(), taught };
    Decision { verdict, by: "marie".to_owned(), at: after(500) }
}

fn dismissed() -> Decision {
    Decision { verdict: Verdict::Dismissed, by: "marie".to_owned(), at: after(500) }
}

pub(super) async fn suggestions_read_back_as_written(lab: Arc<Lab>) -> Outcome {
    let talk = lab.open("a").await?.id;
    let plain = kept(&lab, talk, 1);
    let bare = NewSuggestion { lang: None, guess: None, ..kept(&lab, talk, 2) };
    let chosen = NewSuggestion {
        reason: Reason::Corrected,
        lang: Some(Language::En),
        chosen: Some("report_sign".to_owned()),
        ..kept(&lab, talk, 3)
    };
    let mut tx = lab.begin().await?;
    for new in [&plain, &bare, &chosen] {
        same!(tx.suggestions().keep(new, MANY).await?, Novelty::Fresh);
    }
    tx.commit().await?;
    let mut tx = lab.read().await?;
    let rows = [&chosen, &bare, &plain].map(|new| Suggestion { new: new.clone(), decision: None });
    same!(tx.suggestions().list(ALL, Page::first(10)).await?, rows);
    same!(tx.suggestions().list(ALL, Page::new(1, 1)).await?, [rows[1].clone()]);
    same!(tx.suggestions().get(plain.id).await?, Some(rows[2].clone()));
    let unknown = SuggestionId::new(after(9), &lab.chance);
    same!(tx.suggestions().get(unknown).await?, None);
    Ok(())
}

pub(super) async fn a_message_is_kept_once_for_each_reason(lab: Arc<Lab>) -> Outcome {
    let (talk, other) = (lab.open("a").await?.id, lab.open("b").await?.id);
    let mut tx = lab.begin().await?;
    same!(tx.suggestions().keep(&kept(&lab, talk, 1), MANY).await?, Novelty::Fresh);
    same!(tx.suggestions().keep(&kept(&lab, talk, 1), MANY).await?, Novelty::Repeat);
    let handed = NewSuggestion { reason: Reason::HandedOver, ..kept(&lab, talk, 1) };
    for new in [handed, kept(&lab, talk, 2), kept(&lab, other, 1)] {
        same!(tx.suggestions().keep(&new, MANY).await?, Novelty::Fresh);
    }
    same!(tx.suggestions().count(ALL).await?, 4);
    Ok(())
}

pub(super) async fn the_oldest_open_ones_fall_out(lab: Arc<Lab>) -> Outcome {
    let talk = lab.open("a").await?.id;
    let mut tx = lab.begin().await?;
    let decided = kept(&lab, talk, 1);
    same!(tx.suggestions().keep(&decided, 3).await?, Novelty::Fresh);
    same!(tx.suggestions().decide(decided.id, &dismissed()).await?, Swap::Done);
    for seq in 2..=6 {
        same!(tx.suggestions().keep(&kept(&lab, talk, seq), 3).await?, Novelty::Fresh);
    }
    let rows = tx.suggestions().list(ALL, Page::first(10)).await?;
    let places: Vec<_> = rows.iter().map(|row| row.new.seq).collect();
    same!(places, [6, 5, 4, 1]);
    Ok(())
}

pub(super) async fn suggestions_are_listed_by_filter(lab: Arc<Lab>) -> Outcome {
    let talk = lab.open("a").await?.id;
    let english = NewSuggestion { lang: Some(Language::En), ..kept(&lab, talk, 2) };
    let handed = NewSuggestion { reason: Reason::HandedOver, ..kept(&lab, talk, 3) };
    let unknown = NewSuggestion { lang: None, ..kept(&lab, talk, 4) };
    let mut tx = lab.begin().await?;
    for new in [&kept(&lab, talk, 1), &english, &handed, &unknown] {
        same!(tx.suggestions().keep(new, MANY).await?, Novelty::Fresh);
    }
    same!(tx.suggestions().decide(handed.id, &dismissed()).await?, Swap::Done);
    for (filter, places) in [
        (ALL, &[4, 3, 2, 1][..]),
        (Filter { state: Some(State::Open), ..ALL }, &[4, 2, 1]),
        (Filter { state: Some(State::Dismissed), ..ALL }, &[3]),
        (Filter { reason: Some(Reason::HandedOver), ..ALL }, &[3]),
        (Filter { lang: Some(Language::En), ..ALL }, &[2]),
        (Filter { state: Some(State::Open), lang: Some(Language::Fr), ..ALL }, &[1]),
        (Filter { reason: Some(Reason::Corrected), ..ALL }, &[]),
    ] {
        let rows = tx.suggestions().list(filter, Page::first(10)).await?;
        let found: Vec<_> = rows.iter().map(|row| row.new.seq).collect();
        same!(found, places);
        same!(tx.suggestions().count(filter).await?, places.len() as u64);
    }
    Ok(())
}

pub(super) async fn a_suggestion_is_decided_once_and_opened_again(lab: Arc<Lab>) -> Outcome {
    let talk = lab.open("a").await?.id;
    let new = kept(&lab, talk, 1);
    let taught = Taught { lang: Language::Fr, sentence: "un trou d'été".to_owned() };
    let mut tx = lab.begin().await?;
    same!(tx.suggestions().keep(&new, MANY).await?, Novelty::Fresh);
    same!(tx.suggestions().reopen(new.id).await?, Swap::Stale);
    let decisions = [accepted("x", Some(taught)), accepted("y", None), dismissed()];
    let states = [State::Accepted, State::Accepted, State::Dismissed];
    for (decision, state) in decisions.into_iter().zip(states) {
        same!(tx.suggestions().decide(new.id, &decision).await?, Swap::Done);
        same!(tx.suggestions().decide(new.id, &dismissed()).await?, Swap::Stale);
        let row = tx.suggestions().get(new.id).await?.ok_or("it is gone")?;
        same!(row.state(), state);
        same!(row.decision, Some(decision));
        same!(tx.suggestions().reopen(new.id).await?, Swap::Done);
    }
    let row = tx.suggestions().get(new.id).await?;
    same!(row, Some(Suggestion { new, decision: None }));
    let unknown = SuggestionId::new(after(9), &lab.chance);
    same!(tx.suggestions().decide(unknown, &dismissed()).await?, Swap::Stale);
    Ok(())
}

pub(super) async fn old_suggestions_are_forgotten(lab: Arc<Lab>) -> Outcome {
    let talk = lab.open("a").await?.id;
    let mut tx = lab.begin().await?;
    for seq in 1..=4 {
        let new = kept(&lab, talk, seq);
        same!(tx.suggestions().keep(&new, MANY).await?, Novelty::Fresh);
        if seq == 2 {
            same!(tx.suggestions().decide(new.id, &dismissed()).await?, Swap::Done);
        }
    }
    same!(tx.suggestions().forget(after(1), 10).await?, 0);
    same!(tx.suggestions().forget(after(4), 2).await?, 2);
    same!(tx.suggestions().forget(after(4), 10).await?, 1);
    let rows = tx.suggestions().list(ALL, Page::first(10)).await?;
    check!(rows.len() == 1 && rows[0].new.seq == 4);
    Ok(())
}

pub(super) async fn a_suggestion_is_hidden(lab: Arc<Lab>) -> Outcome {
    let (talk, other) = (lab.open("a").await?.id, lab.open("b").await?.id);
    let said = |id| NewSuggestion { text: "Roy ici, merci".to_owned(), ..kept(&lab, id, 1) };
    let (own, theirs) = (said(talk), said(other));
    let mut tx = lab.begin().await?;
    for new in [&own, &theirs] {
        same!(tx.suggestions().keep(new, MANY).await?, Novelty::Fresh);
    }
    same!(tx.private().redact(talk, "Roy").await?, 1);
    same!(tx.private().redact(talk, "Roy").await?, 0);
    let text = async |tx: &mut dyn crate::Tx, id| {
        let row = tx.suggestions().get(id).await;
        row.map(|row| row.map(|row| row.new.text))
    };
    same!(text(tx.as_mut(), own.id).await?.as_deref(), Some("••• ici, merci"));
    same!(text(tx.as_mut(), theirs.id).await?.as_deref(), Some("Roy ici, merci"));
    Ok(())
}
