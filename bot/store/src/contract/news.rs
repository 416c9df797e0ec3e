//! Who follows a case, and what there is to tell them.

use bot_core::case::Case;
use bot_core::channel::Channel;
use bot_core::lang::{Bilingual, Language};
use std::sync::Arc;

use super::lab::{Lab, NOON, after};
use super::{Outcome, check, same};
use crate::page::Page;
use crate::parties::{Party, Role};
use crate::store::Novelty;
use crate::updates::{NewUpdate, Noted, UpdateKind};

pub(super) async fn parties_have_each_role_once(lab: Arc<Lab>) -> Outcome {
    let conversation = lab.open("a").await?;
    let (case, other) = (lab.file("ndp").await?, lab.file("ndp").await?);
    let party = |contact: Option<&str>, role| Party {
        case: case.id,
        role,
        contact: contact.map(str::to_owned),
        channel: Channel::Sms,
        lang: Language::En,
        identity: Some(conversation.identity),
        conversation: Some(conversation.id),
        notify: true,
        at: NOON,
    };
    let phone = Some("+14185551234");
    let mut tx = lab.begin().await?;
    for (contact, role, novelty) in [
        (phone, Role::Reporter, Novelty::Fresh),
        (phone, Role::Reporter, Novelty::Repeat),
        (phone, Role::Follower, Novelty::Fresh),
        (None, Role::Reporter, Novelty::Fresh),
        (None, Role::Reporter, Novelty::Fresh),
    ] {
        same!(tx.parties().add(&party(contact, role)).await?, novelty);
    }
    same!(tx.parties().set_notify(case.id, "+14185551234", false).await?, 2);
    same!(tx.parties().set_notify(other.id, "+14185551234", false).await?, 0);
    tx.commit().await?;
    let mut tx = lab.read().await?;
    let parties = tx.parties().list(case.id).await?;
    same!(parties.len(), 4);
    let silent = Party { notify: false, ..party(phone, Role::Reporter) };
    same!(parties[0], silent);
    same!(parties[3], party(None, Role::Reporter));
    let cases = tx.cases().by_contact("+14185551234", 10).await?;
    same!(cases, [case]);
    same!(tx.cases().by_contact("+1418", 10).await?.len(), 0);
    Ok(())
}

pub(super) async fn updates_are_listed(lab: Arc<Lab>) -> Outcome {
    let (case, other) = (lab.file("ndp").await?, lab.file("ndp").await?);
    let update = |case: &Case, kind, source: Option<&str>, ms| NewUpdate {
        case: case.id,
        kind,
        author: "marie".to_owned(),
        from: None,
        to: None,
        text: Some(Bilingual::same("mot")),
        source: source.map(str::to_owned),
        at: after(ms),
    };
    let mut tx = lab.begin().await?;
    let note = update(&case, UpdateKind::Note, None, 20);
    let Noted::Fresh(first) = tx.updates().add(&note).await? else {
        return Err("a note without a source is never a repeat".into());
    };
    check!(matches!(tx.updates().add(&note).await?, Noted::Fresh(second) if second > first));
    let public = update(&case, UpdateKind::Public, Some("s"), 10);
    check!(matches!(tx.updates().add(&public).await?, Noted::Fresh(_)));
    same!(tx.updates().add(&public).await?, Noted::Repeat);
    let elsewhere = update(&other, UpdateKind::Public, None, 30);
    check!(matches!(tx.updates().add(&elsewhere).await?, Noted::Fresh(_)));
    tx.commit().await?;
    let mut tx = lab.read().await?;
    let theirs = tx.updates().list(case.id, first, 10).await?;
    let new: Vec<_> = theirs.into_iter().map(|row| row.new).collect();
    same!(new, [note.clone(), public.clone()]);
    let all = tx.updates().between(after(10), after(30), Page::first(10)).await?;
    let new: Vec<_> = all.into_iter().map(|row| row.new).collect();
    same!(new, [public, note.clone(), note]);
    let page = tx.updates().between(after(0), after(99), Page::new(3, 10)).await?;
    same!(page.into_iter().map(|row| row.new).collect::<Vec<_>>(), [elsewhere]);
    // What everyone may read counts as a change of the case; a note does not.
    let rows = (tx.cases().get(case.id).await?, tx.cases().get(other.id).await?);
    same!(rows.0.map(|case| case.updated), Some(after(10)));
    same!(rows.1.map(|case| case.updated), Some(after(30)));
    Ok(())
}
