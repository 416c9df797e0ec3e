//! Messages on their way to a provider.

use bot_core::channel::Channel;
use bot_core::id::{ConversationId, DeliveryId};
use std::sync::Arc;

use super::lab::{Lab, NOON, after};
use super::{Outcome, check, same};
use crate::deliveries::{Delivery, DeliveryState, NewDelivery};
use crate::error::Error;
use crate::jobs::MAX_ERROR_CHARS;
use crate::page::Page;
use crate::receive::{MAX_ADDRESS_BYTES, MAX_PROVIDER_ID_BYTES};
use crate::redact::MASK;
use crate::store::{Novelty, Swap, Tx};

const MANY: Page = Page::first(10);

fn delivery(lab: &Lab, conversation: ConversationId, seq: i64) -> NewDelivery {
    NewDelivery {
        id: DeliveryId::new(NOON, &lab.chance),
        conversation,
        seq,
        channel: Channel::Sms,
        address: "+14185551234".to_owned(),
        at: NOON,
    }
}

fn waiting(new: &NewDelivery) -> Delivery {
    Delivery {
        new: new.clone(),
        state: DeliveryState::Waiting,
        provider_id: None,
        n_parts: None,
        error: None,
        updated: new.at,
    }
}

/// Adds a delivery that the provider has taken.
async fn sent(
    lab: &Lab,
    conversation: ConversationId,
    provider_id: &str,
    seq: i64,
) -> Result<DeliveryId, super::Failure> {
    let new = delivery(lab, conversation, seq);
    let mut tx = lab.begin().await?;
    same_fresh(tx.deliveries().add(&new).await?)?;
    same_done(tx.deliveries().sent(new.id, provider_id, None, after(1)).await?)?;
    tx.commit().await?;
    Ok(new.id)
}

fn same_fresh(novelty: Novelty) -> Outcome {
    same!(novelty, Novelty::Fresh);
    Ok(())
}

fn same_done(swap: Swap) -> Outcome {
    same!(swap, Swap::Done);
    Ok(())
}

async fn state(tx: &mut dyn Tx, id: DeliveryId) -> Result<DeliveryState, super::Failure> {
    let row = tx.deliveries().get(id).await?;
    Ok(row.ok_or("the delivery is gone")?.state)
}

pub(super) async fn deliveries_read_back_as_written(lab: Arc<Lab>) -> Outcome {
    let talk = lab.open("a").await?.id;
    let new = delivery(&lab, talk, 3);
    let mut tx = lab.begin().await?;
    same!(tx.deliveries().add(&new).await?, Novelty::Fresh);
    same!(tx.deliveries().get(new.id).await?, Some(waiting(&new)));
    same!(tx.deliveries().sent(new.id, "SM1", Some(2), after(5)).await?, Swap::Done);
    tx.commit().await?;
    let mut tx = lab.read().await?;
    let row = Delivery {
        state: DeliveryState::Sent,
        provider_id: Some("SM1".to_owned()),
        n_parts: Some(2),
        updated: after(5),
        ..waiting(&new)
    };
    same!(tx.deliveries().get(new.id).await?, Some(row.clone()));
    same!(tx.deliveries().of_message(talk, 3).await?, Some(row));
    same!(tx.deliveries().of_message(talk, 4).await?, None);
    same!(tx.deliveries().get(DeliveryId::new(NOON, &lab.chance)).await?, None);
    let refused = tx.deliveries().fail(new.id, "x", NOON).await;
    check!(matches!(refused, Err(Error::Snapshot)));
    Ok(())
}

pub(super) async fn a_message_is_sent_once(lab: Arc<Lab>) -> Outcome {
    let (talk, other) = (lab.open("a").await?.id, lab.open("b").await?.id);
    let first = delivery(&lab, talk, 1);
    let mut tx = lab.begin().await?;
    same!(tx.deliveries().add(&first).await?, Novelty::Fresh);
    same!(tx.deliveries().add(&delivery(&lab, talk, 1)).await?, Novelty::Repeat);
    same!(tx.deliveries().of_message(talk, 1).await?, Some(waiting(&first)));
    let second = delivery(&lab, other, 1);
    same!(tx.deliveries().add(&second).await?, Novelty::Fresh);
    same!(tx.deliveries().sent(first.id, "SM1", None, after(1)).await?, Swap::Done);
    same!(tx.deliveries().sent(first.id, "SM2", None, after(2)).await?, Swap::Stale);
    let unknown = DeliveryId::new(NOON, &lab.chance);
    same!(tx.deliveries().sent(unknown, "SM3", None, NOON).await?, Swap::Stale);
    tx.commit().await?;
    let taken = lab.begin().await?.deliveries().sent(second.id, "SM1", None, NOON).await;
    check!(matches!(taken, Err(Error::Conflict(_))));
    Ok(())
}

pub(super) async fn the_furthest_news_stays(lab: Arc<Lab>) -> Outcome {
    use DeliveryState::{Delivered, Failed, Sent, Waiting};
    let talk = lab.open("a").await?.id;
    let id = sent(&lab, talk, "SM1", 1).await?;
    let mut tx = lab.begin().await?;
    for state in [Waiting, Sent] {
        same!(tx.deliveries().news("SM1", state, None, after(9)).await?, Swap::Stale);
    }
    same!(tx.deliveries().news("SM9", Delivered, None, after(9)).await?, Swap::Stale);
    same!(tx.deliveries().news("SM1", Delivered, None, after(10)).await?, Swap::Done);
    for state in DeliveryState::ALL {
        same!(tx.deliveries().news("SM1", state, Some("late"), after(11)).await?, Swap::Stale);
    }
    same!(tx.deliveries().fail(id, "late", after(11)).await?, Swap::Stale);
    let row = tx.deliveries().get(id).await?.ok_or("the delivery is gone")?;
    same!((row.state, row.error, row.updated), (Delivered, None, after(10)));
    // What has no provider's id yet hears no news.
    let new = delivery(&lab, talk, 2);
    same!(tx.deliveries().add(&new).await?, Novelty::Fresh);
    same!(tx.deliveries().news("SM2", Failed, None, after(12)).await?, Swap::Stale);
    same!(state(tx.as_mut(), new.id).await?, Waiting);
    Ok(())
}

pub(super) async fn news_at_once_keeps_the_furthest(lab: Arc<Lab>) -> Outcome {
    let talk = lab.open("a").await?.id;
    let id = sent(&lab, talk, "SM1", 1).await?;
    lab.crowd(8, |n, lab| async move {
        let news = [DeliveryState::Failed, DeliveryState::Delivered][n % 2];
        let mut tx = lab.begin().await?;
        let swap = tx.deliveries().news("SM1", news, None, after(9)).await?;
        tx.commit().await?;
        Ok(swap)
    })
    .await?;
    same!(state(lab.read().await?.as_mut(), id).await?, DeliveryState::Delivered);
    Ok(())
}

pub(super) async fn what_failed_may_still_arrive(lab: Arc<Lab>) -> Outcome {
    let talk = lab.open("a").await?.id;
    let id = sent(&lab, talk, "SM1", 1).await?;
    let never = delivery(&lab, talk, 2);
    let long = "é".repeat(MAX_ERROR_CHARS + 50);
    let mut tx = lab.begin().await?;
    same!(tx.deliveries().news("SM1", DeliveryState::Failed, Some(&long), NOON).await?, Swap::Done);
    let row = tx.deliveries().get(id).await?.ok_or("the delivery is gone")?;
    same!(row.state, DeliveryState::Failed);
    same!(row.error.map(|error| error.chars().count()), Some(MAX_ERROR_CHARS));
    same!(tx.deliveries().fail(id, "again", NOON).await?, Swap::Stale);
    let news = tx.deliveries().news("SM1", DeliveryState::Delivered, None, after(3)).await?;
    same!(news, Swap::Done);
    let row = tx.deliveries().get(id).await?.ok_or("the delivery is gone")?;
    same!((row.state, row.error, row.updated), (DeliveryState::Delivered, None, after(3)));
    // One that never left is given up, and cannot leave any more.
    same!(tx.deliveries().add(&never).await?, Novelty::Fresh);
    same!(tx.deliveries().fail(never.id, &long, after(4)).await?, Swap::Done);
    same!(tx.deliveries().sent(never.id, "SM2", None, after(5)).await?, Swap::Stale);
    let row = tx.deliveries().get(never.id).await?.ok_or("the delivery is gone")?;
    same!((row.state, row.provider_id, row.updated), (DeliveryState::Failed, None, after(4)));
    same!(row.error.map(|error| error.chars().count()), Some(MAX_ERROR_CHARS));
    let unknown = DeliveryId::new(NOON, &lab.chance);
    same!(tx.deliveries().fail(unknown, "x", NOON).await?, Swap::Stale);
    Ok(())
}

pub(super) async fn deliveries_of_a_conversation(lab: Arc<Lab>) -> Outcome {
    let (talk, other) = (lab.open("a").await?.id, lab.open("b").await?.id);
    let mut tx = lab.begin().await?;
    for new in [7, 2, 5].map(|seq| delivery(&lab, talk, seq)) {
        same!(tx.deliveries().add(&new).await?, Novelty::Fresh);
    }
    same!(tx.deliveries().add(&delivery(&lab, other, 3)).await?, Novelty::Fresh);
    let seqs = |rows: &[Delivery]| rows.iter().map(|row| row.new.seq).collect::<Vec<_>>();
    same!(seqs(&tx.deliveries().of_conversation(talk, MANY).await?), [2, 5, 7]);
    same!(seqs(&tx.deliveries().of_conversation(talk, Page::new(1, 1)).await?), [5]);
    Ok(())
}

pub(super) async fn deliveries_have_bounds(lab: Arc<Lab>) -> Outcome {
    let talk = lab.open("a").await?.id;
    let address = "1".repeat(MAX_ADDRESS_BYTES);
    let just = NewDelivery { address: address.clone(), ..delivery(&lab, talk, 1) };
    let mut tx = lab.begin().await?;
    same!(tx.deliveries().add(&just).await?, Novelty::Fresh);
    tx.commit().await?;
    let large = NewDelivery { address: format!("{address}1"), ..delivery(&lab, talk, 2) };
    let refused = lab.begin().await?.deliveries().add(&large).await;
    check!(matches!(refused, Err(Error::TooLarge { .. })));
    let large = "x".repeat(MAX_PROVIDER_ID_BYTES + 1);
    let refused = lab.begin().await?.deliveries().sent(just.id, &large, None, NOON).await;
    check!(matches!(refused, Err(Error::TooLarge { .. })));
    Ok(())
}

pub(super) async fn a_delivery_is_hidden(lab: Arc<Lab>) -> Outcome {
    let (talk, other) = (lab.open("a").await?.id, lab.open("b").await?.id);
    let (own, theirs) = (delivery(&lab, talk, 1), delivery(&lab, other, 1));
    let mut tx = lab.begin().await?;
    for new in [&own, &theirs] {
        same!(tx.deliveries().add(new).await?, Novelty::Fresh);
        let why = "no such number: +14185551234";
        same!(tx.deliveries().fail(new.id, why, NOON).await?, Swap::Done);
    }
    same!(tx.private().redact(talk, "418-555-1234").await?, 1);
    same!(tx.private().redact(talk, "418-555-1234").await?, 0);
    let row = tx.deliveries().get(own.id).await?.ok_or("the delivery is gone")?;
    same!(row.new.address, MASK);
    same!(row.error.as_deref(), Some("no such number: •••"));
    same!(row.state, DeliveryState::Failed);
    let row = tx.deliveries().get(theirs.id).await?.ok_or("the delivery is gone")?;
    same!(row.new.address, theirs.address);
    Ok(())
}
