//! Numbers of cases, and filing once.

use bot_core::case_number::CaseNumber;
use std::collections::BTreeSet;
use std::sync::Arc;

use super::lab::Lab;
use super::{Outcome, check, same};
use crate::error::Error;
use crate::store::Novelty;

pub(super) async fn numbers_are_valid_and_rise(lab: Arc<Lab>) -> Outcome {
    let mut tx = lab.begin().await?;
    let mut last = 0;
    for _ in 0..40 {
        let number = tx.cases().next_number(26).await?;
        same!(CaseNumber::parse(&number.to_string()), Ok(number));
        check!(number.sequence() > last);
        last = number.sequence();
    }
    // One sequence in eleven has no check digit.
    check!(last > 40);
    same!(tx.cases().next_number(27).await?.year(), 27);
    check!(tx.cases().next_number(27).await?.sequence() < 5);
    check!(tx.cases().next_number(26).await?.sequence() > last);
    Ok(())
}

pub(super) async fn numbers_at_once_differ(lab: Arc<Lab>) -> Outcome {
    let all = lab
        .crowd(8, |_, lab| async move {
            let mut numbers = Vec::new();
            for _ in 0..5 {
                numbers.push(lab.file("nid-de-poule").await?.number);
            }
            Ok(numbers)
        })
        .await?;
    let distinct: BTreeSet<_> = all.iter().flatten().collect();
    same!(distinct.len(), 40);
    Ok(())
}

pub(super) async fn once_is_once(lab: Arc<Lab>) -> Outcome {
    let mut tx = lab.begin().await?;
    let first = lab.draft(tx.as_mut(), "nid-de-poule").await?;
    let second = lab.draft(tx.as_mut(), "nid-de-poule").await?;
    let third = lab.draft(tx.as_mut(), "nid-de-poule").await?;
    let filed = tx.cases().insert(&first, Some("key")).await?;
    same!((filed.case, filed.novelty), (first.clone(), Novelty::Fresh));
    let again = tx.cases().insert(&second, Some("key")).await?;
    same!((again.case, again.novelty), (first.clone(), Novelty::Repeat));
    let other = tx.cases().insert(&third, Some("other key")).await?;
    same!(other.novelty, Novelty::Fresh);
    same!(tx.cases().find_once("key").await?, Some(first.clone()));
    same!(tx.cases().find_once("no key").await?, None);
    same!(tx.cases().get(second.id).await?, None);
    tx.commit().await?;
    let mut tx = lab.begin().await?;
    let mut taken = lab.draft(tx.as_mut(), "nid-de-poule").await?;
    taken.number = first.number;
    let refused = tx.cases().insert(&taken, None).await;
    check!(matches!(refused, Err(Error::Conflict(_))));
    Ok(())
}

pub(super) async fn once_at_once_is_one_case(lab: Arc<Lab>) -> Outcome {
    let filed = lab
        .crowd(8, |_, lab| async move {
            let mut tx = lab.begin().await?;
            let case = lab.draft(tx.as_mut(), "nid-de-poule").await?;
            let filed = tx.cases().insert(&case, Some("key")).await?;
            tx.commit().await?;
            Ok(filed)
        })
        .await?;
    let fresh = filed.iter().filter(|filed| filed.novelty.is_fresh());
    same!(fresh.count(), 1);
    let numbers: BTreeSet<_> = filed.iter().map(|filed| filed.case.number).collect();
    same!(numbers.len(), 1);
    let all = crate::cases::CaseFilter::default();
    let page = crate::page::Page::first(10);
    same!(lab.read().await?.cases().list(&all, page).await?.len(), 1);
    Ok(())
}

pub(super) async fn a_number_of_nothing_is_given_again(lab: Arc<Lab>) -> Outcome {
    let mut tx = lab.begin().await?;
    let first = tx.cases().next_number(26).await?;
    drop(tx);
    let mut tx = lab.begin().await?;
    same!(tx.cases().next_number(26).await?, first);
    Ok(())
}
