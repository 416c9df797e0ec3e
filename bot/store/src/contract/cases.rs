//! Cases, their parties and their updates.

use bot_core::case::{Case, CaseState};
use bot_core::case_number::CaseNumber;
use bot_core::id::{AttachmentId, ConversationId};
use bot_core::lang::Bilingual;
use bot_core::place::Point;
use bot_core::value::Value;
use std::sync::Arc;

use super::lab::{Lab, NOON, after, place};
use super::{Failure, Outcome, same};
use crate::case_change::{CaseEdit, CaseMove, Revision};
use crate::cases::CaseFilter;
use crate::near::Around;
use crate::page::Page;
use crate::store::Swap;
use crate::updates::UpdateKind;

pub(super) async fn cases_read_back_as_written(lab: Arc<Lab>) -> Outcome {
    let conversation = lab.open("a").await?.id;
    let mut tx = lab.begin().await?;
    let draft = lab.draft(tx.as_mut(), "nid-de-poule").await?;
    let full = Case {
        answers: [("danger".to_owned(), Value::Bool(true))].into(),
        photos: vec![AttachmentId::new(NOON, &lab.chance)],
        urgent: true,
        conversation: Some(conversation),
        service_version: u32::MAX,
        expected: Some(after(9)),
        ..draft
    };
    let bare = Case { place: None, ..lab.draft(tx.as_mut(), "info").await? };
    tx.cases().insert(&full, None).await?;
    tx.cases().insert(&bare, None).await?;
    tx.commit().await?;
    let mut tx = lab.read().await?;
    same!(tx.cases().get(full.id).await?, Some(full.clone()));
    same!(tx.cases().find(bare.number).await?, Some(bare));
    Ok(())
}

/// Files four cases of several categories, states, queues and times, oldest first.
async fn file_some(lab: &Lab, from: ConversationId) -> Result<Vec<CaseNumber>, Failure> {
    let mut tx = lab.begin().await?;
    let mut filed = Vec::new();
    for (ms, service) in [(0, "ndp"), (1, "gra_fiti"), (2, "ndp"), (3, "graffiti")] {
        let mut case = lab.draft(tx.as_mut(), service).await?;
        case.created = after(ms);
        case.updated = after(10 * ms);
        if ms == 2 {
            case.state = CaseState::Resolved;
            case.conversation = Some(from);
            "parcs".clone_into(&mut case.queue);
        }
        tx.cases().insert(&case, None).await?;
        filed.push(case.number);
    }
    tx.commit().await?;
    Ok(filed)
}

/// Lists the numbers of the cases that fit.
async fn listed(
    lab: &Lab,
    change: impl FnOnce(&mut CaseFilter),
    page: Page,
) -> Result<Vec<CaseNumber>, Failure> {
    let mut filter = CaseFilter::default();
    change(&mut filter);
    let cases = lab.read().await?.cases().list(&filter, page).await?;
    Ok(cases.into_iter().map(|case| case.number).collect())
}

pub(super) async fn cases_are_listed_by_filter(lab: Arc<Lab>) -> Outcome {
    let conversation = lab.open("a").await?.id;
    let filed = file_some(&lab, conversation).await?;
    let of = |places: &[usize]| places.iter().map(|n| filed[*n]).collect::<Vec<_>>();
    let all = Page::first(10);
    same!(listed(&lab, |_| {}, all).await?, of(&[3, 2, 1, 0]));
    same!(listed(&lab, |_| {}, Page::new(1, 2)).await?, of(&[2, 1]));
    let ndp = listed(&lab, |filter| filter.services = vec!["ndp".to_owned()], all);
    same!(ndp.await?, of(&[2, 0]));
    let names = ["gra_fiti", "x"].map(str::to_owned).to_vec();
    let two = listed(&lab, |filter| filter.services = names, all).await?;
    same!(two, of(&[1]));
    let closed = listed(&lab, |filter| filter.open = Some(false), all).await?;
    same!(closed, of(&[2]));
    let open = listed(&lab, |filter| filter.open = Some(true), all).await?;
    same!(open, of(&[3, 1, 0]));
    let queue = listed(&lab, |filter| filter.queue = Some("parcs".to_owned()), all);
    same!(queue.await?, of(&[2]));
    let from = |filter: &mut CaseFilter| filter.conversation = Some(conversation);
    same!(listed(&lab, from, all).await?, of(&[2]));
    let open_from = |filter: &mut CaseFilter| {
        from(filter);
        filter.open = Some(true);
    };
    same!(listed(&lab, open_from, all).await?, of(&[]));
    let span = |filter: &mut CaseFilter| {
        filter.since = Some(after(1));
        filter.until = Some(after(3));
    };
    same!(listed(&lab, span, all).await?, of(&[2, 1]));
    let changed = listed(&lab, |filter| filter.updated_since = Some(after(20)), all);
    same!(changed.await?, of(&[3, 2]));
    Ok(())
}

pub(super) async fn near_is_near(lab: Arc<Lab>) -> Outcome {
    let centre = Point { lat: 46.8139, lon: -71.2080 };
    let mut tx = lab.begin().await?;
    for (service, north, east, ms) in [
        ("ndp", 0.000_10, 0.0, 5),
        ("ndp", 0.0, 0.000_05, 5),
        ("gra", 0.0, 0.0, 5),
        ("ndp", 0.0, 0.0, 0),
        ("ndp", 0.000_20, 0.000_20, 5),
        ("ndp", 0.000_30, 0.0, 5),
    ] {
        let mut case = lab.draft(tx.as_mut(), service).await?;
        case.place = Some(place(centre.lat + north, centre.lon + east));
        case.created = after(ms);
        tx.cases().insert(&case, None).await?;
    }
    let mut nowhere = lab.draft(tx.as_mut(), "ndp").await?;
    nowhere.place = None;
    tx.cases().insert(&nowhere, None).await?;
    tx.commit().await?;
    let around = Around {
        services: vec!["ndp".to_owned(), "pav".to_owned()],
        at: centre,
        metres: 25.0,
        since: after(1),
    };
    let mut tx = lab.read().await?;
    let found = tx.cases().near(&around, 10).await?;
    let metres: Vec<_> = found.iter().map(|near| near.metres.round()).collect();
    // 3.8 m to the east, 11.1 m to the north; 26.9 m is in the box but not in the circle.
    same!(metres, [4.0, 11.0]);
    same!(tx.cases().near(&around, 1).await?.len(), 1);
    let any = Around { services: Vec::new(), metres: 1.0, ..around };
    let found = tx.cases().near(&any, 10).await?;
    same!(found.iter().map(|near| near.case.service.as_str()).collect::<Vec<_>>(), ["gra"]);
    Ok(())
}

pub(super) async fn an_edit_keeps_what_was(lab: Arc<Lab>) -> Outcome {
    let case = lab.file("ndp").await?;
    let edit = CaseEdit {
        case: case.id,
        seen_updated: case.updated,
        author: "marie".to_owned(),
        revision: Revision {
            description: Some("deux trous".to_owned()),
            urgent: Some(true),
            ..Revision::default()
        },
        at: NOON,
    };
    let mut tx = lab.begin().await?;
    same!(tx.cases().revise(&edit).await?, Swap::Done);
    // The time has not moved, and still the second author is found out.
    same!(tx.cases().revise(&edit).await?, Swap::Stale);
    tx.commit().await?;
    let mut tx = lab.read().await?;
    let expected = Case {
        description: "deux trous".to_owned(),
        urgent: true,
        updated: after(1),
        ..case.clone()
    };
    same!(tx.cases().get(case.id).await?, Some(expected));
    let updates = tx.updates().list(case.id, 0, 10).await?;
    same!(updates.len(), 1);
    let update = &updates[0].new;
    same!((update.kind, update.author.as_str()), (UpdateKind::Edit, "marie"));
    let before = Some(r#"{"description":"un trou","urgent":false}"#);
    same!(update.from.as_deref(), before);
    same!(update.to.as_deref(), Some(r#"{"description":"deux trous","urgent":true}"#));
    Ok(())
}

pub(super) async fn a_state_changes_once(lab: Arc<Lab>) -> Outcome {
    let case = lab.file("ndp").await?;
    let change = |from, to, source: &str, ms| CaseMove {
        case: case.id,
        from,
        to,
        author: "city".to_owned(),
        text: Some(Bilingual::of("réparé", "fixed")),
        source: Some(source.to_owned()),
        at: after(ms),
    };
    let close = change(CaseState::New, CaseState::Resolved, "src-1", 5);
    let mut tx = lab.begin().await?;
    same!(tx.cases().set_state(&close).await?, Swap::Done);
    same!(tx.cases().set_state(&close).await?, Swap::Stale);
    let closed = tx.cases().get(case.id).await?;
    same!(
        closed.map(|case| (case.state, case.closed)),
        Some((CaseState::Resolved, Some(after(5))))
    );
    let known = change(CaseState::Resolved, CaseState::New, "src-1", 6);
    same!(tx.cases().set_state(&known).await?, Swap::Stale);
    let reopen = change(CaseState::Resolved, CaseState::Reopened, "src-2", 6);
    same!(tx.cases().set_state(&reopen).await?, Swap::Done);
    tx.commit().await?;
    let mut tx = lab.read().await?;
    let row = tx.cases().get(case.id).await?.ok_or("the case is gone")?;
    same!((row.state, row.closed, row.updated), (CaseState::Reopened, None, after(6)));
    let updates = tx.updates().list(case.id, 0, 10).await?;
    same!(updates.len(), 2);
    same!(updates[0].new.text, Some(Bilingual::of("réparé", "fixed")));
    let states = (updates[1].new.from.as_deref(), updates[1].new.to.as_deref());
    same!(states, (Some("resolved"), Some("reopened")));
    Ok(())
}
