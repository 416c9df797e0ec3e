//! One owner, one open conversation, and an epoch that tells the late from the timely.

use bot_core::channel::Channel;
use bot_core::id::{ConversationId, IdentityId, ResidentId};
use bot_core::lang::Language;
use std::sync::Arc;

use super::lab::{Lab, NOON, after};
use super::{Failure, Outcome, check, same};
use crate::conversation_state::{CloseReason, ConversationState, Owner};
use crate::conversations::{Amendment, Conversation, ConversationFilter, Move, Order};
use crate::error::Error;
use crate::identities::Identity;
use crate::page::Page;
use crate::store::{Novelty, Swap};

pub(super) async fn an_identity_has_one_open_conversation(lab: Arc<Lab>) -> Outcome {
    let first = lab.open("a").await?;
    let second = Conversation { id: ConversationId::new(NOON, &lab.chance), ..first.clone() };
    let mut tx = lab.begin().await?;
    let refused = tx.conversations().insert(&second).await;
    check!(matches!(refused, Err(Error::Conflict(_))));
    drop(tx);
    let mut tx = lab.begin().await?;
    let close = Move::Close(CloseReason::Ended);
    let closed = tx.conversations().set_state(first.id, 1, close, NOON).await?;
    same!(closed, Swap::Done);
    tx.conversations().insert(&second).await?;
    tx.commit().await?;
    let mut tx = lab.begin().await?;
    let latest = tx.conversations().latest(first.identity).await?;
    same!(latest.as_ref(), Some(&second));
    let open = tx.conversations().lock_open(Channel::Web, "a").await?;
    same!(open.as_ref(), Some(&second));
    check!(tx.conversations().lock_open(Channel::Web, "b").await?.is_none());
    Ok(())
}

pub(super) async fn an_owner_changes_with_the_epoch(lab: Arc<Lab>) -> Outcome {
    let id = lab.open("a").await?.id;
    let queue = Owner::Queue("général".to_owned());
    let agent = Owner::Agent("marie".to_owned());
    let mut tx = lab.begin().await?;
    let moved = tx.conversations().set_owner(id, 1, &queue, after(5)).await?;
    same!(moved, Swap::Done);
    let late = tx.conversations().set_owner(id, 1, &agent, after(6)).await?;
    same!(late, Swap::Stale);
    tx.commit().await?;
    let row = lab.conversation(id).await?;
    same!((row.state, row.epoch), (ConversationState::Queued, 2));
    same!(row.owner, queue);
    same!(row.waiting_since, Some(after(5)));
    let mut tx = lab.begin().await?;
    let moved = tx.conversations().set_owner(id, 2, &agent, after(7)).await?;
    same!(moved, Swap::Done);
    tx.commit().await?;
    let row = lab.conversation(id).await?;
    same!((row.state, row.epoch), (ConversationState::Human, 3));
    same!((row.owner, row.waiting_since), (agent, None));
    same!(row.queue.as_deref(), Some("général"));
    same!(row.updated, after(7));
    Ok(())
}

pub(super) async fn owners_at_once_one_wins(lab: Arc<Lab>) -> Outcome {
    let id = lab.open("a").await?.id;
    let swaps = lab
        .crowd(8, |n, lab| async move {
            let mut tx = lab.begin().await?;
            let agent = Owner::Agent(format!("agent-{n}"));
            let swap = tx.conversations().set_owner(id, 1, &agent, NOON).await?;
            tx.commit().await?;
            Ok(swap)
        })
        .await?;
    same!(swaps.iter().filter(|swap| swap.is_done()).count(), 1);
    same!(lab.conversation(id).await?.epoch, 2);
    Ok(())
}

pub(super) async fn parking_and_closing(lab: Arc<Lab>) -> Outcome {
    let id = lab.open("a").await?.id;
    let mut tx = lab.begin().await?;
    let queue = Owner::Queue("général".to_owned());
    let moved = tx.conversations().set_owner(id, 1, &queue, NOON).await?;
    same!(moved, Swap::Done);
    for (change, state) in
        [(Move::Park, ConversationState::Parked), (Move::Resume, ConversationState::Queued)]
    {
        same!(tx.conversations().set_state(id, 2, change, NOON).await?, Swap::Done);
        let row = tx.conversations().get(id).await?;
        same!(row.map(|row| (row.state, row.epoch)), Some((state, 2)));
    }
    let close = Move::Close(CloseReason::Solved);
    let late = tx.conversations().set_state(id, 1, close, NOON).await?;
    same!(late, Swap::Stale);
    let closed = tx.conversations().set_state(id, 2, close, after(9)).await?;
    same!(closed, Swap::Done);
    let again = tx.conversations().set_state(id, 3, Move::Resume, NOON).await?;
    same!(again, Swap::Stale);
    let owned = tx.conversations().set_owner(id, 3, &Owner::Bot, NOON).await?;
    same!(owned, Swap::Stale);
    tx.commit().await?;
    let row = lab.conversation(id).await?;
    same!((row.state, row.epoch), (ConversationState::Closed, 3));
    same!((row.owner, row.waiting_since), (Owner::Nobody, None));
    same!((row.closed, row.close_reason), (Some(after(9)), Some(CloseReason::Solved)));
    Ok(())
}

pub(super) async fn idle_ones_are_found(lab: Arc<Lab>) -> Outcome {
    let mut ids = Vec::new();
    for (address, ms) in [("late", 30), ("still", 10), ("parked", 5), ("queued", 6), ("over", 7)] {
        ids.push(lab.open_at(address, after(ms)).await?.id);
    }
    let mut tx = lab.begin().await?;
    same!(tx.conversations().set_state(ids[2], 1, Move::Park, after(20)).await?, Swap::Done);
    let queue = Owner::Queue("roads".to_owned());
    same!(tx.conversations().set_owner(ids[3], 1, &queue, after(6)).await?, Swap::Done);
    let close = Move::Close(CloseReason::Ended);
    same!(tx.conversations().set_state(ids[4], 1, close, after(7)).await?, Swap::Done);
    let idle = tx.upkeep().idle_conversations(after(30), 10).await?;
    same!(idle.iter().map(|row| row.id).collect::<Vec<_>>(), [ids[1], ids[2]]);
    same!(tx.upkeep().idle_conversations(after(31), 1).await?.len(), 1);
    Ok(())
}

pub(super) async fn amendments(lab: Arc<Lab>) -> Outcome {
    let before = lab.open("a").await?;
    let mut tx = lab.begin().await?;
    let some = Amendment {
        lang: Some(Language::En),
        priority: None,
        release: Some("release-2".to_owned()),
    };
    same!(tx.conversations().amend(before.id, &some, after(1)).await?, Swap::Done);
    let rest = Amendment { priority: Some(5), ..Amendment::default() };
    same!(tx.conversations().amend(before.id, &rest, after(2)).await?, Swap::Done);
    let missing = ConversationId::new(NOON, &lab.chance);
    same!(tx.conversations().amend(missing, &rest, NOON).await?, Swap::Stale);
    tx.commit().await?;
    let expected = Conversation {
        lang: Language::En,
        priority: 5,
        release: "release-2".to_owned(),
        updated: after(2),
        ..before
    };
    same!(lab.conversation(expected.id).await?, expected);
    Ok(())
}

/// Opens four conversations that wait in queues.
async fn queue_some(lab: &Lab) -> Result<Vec<ConversationId>, Failure> {
    let mut ids = Vec::new();
    for (n, queue, waits, priority) in
        [(0, "a", 30, 0), (1, "a", 10, 0), (2, "b", 20, 0), (3, "a", 40, 9)]
    {
        let id = lab.open_at(&n.to_string(), after(n)).await?.id;
        let mut tx = lab.begin().await?;
        let owner = Owner::Queue(queue.to_owned());
        let moved = tx.conversations().set_owner(id, 1, &owner, after(waits));
        same!(moved.await?, Swap::Done);
        let press = Amendment { priority: Some(priority), ..Amendment::default() };
        same!(tx.conversations().amend(id, &press, NOON).await?, Swap::Done);
        tx.commit().await?;
        ids.push(id);
    }
    Ok(ids)
}

/// Lists the ids of the conversations that fit.
async fn listed(
    lab: &Lab,
    change: impl FnOnce(&mut ConversationFilter),
    order: Order,
    page: Page,
) -> Result<Vec<ConversationId>, Failure> {
    let mut filter = ConversationFilter::default();
    change(&mut filter);
    let mut tx = lab.read().await?;
    let rows = tx.conversations().list(&filter, order, page).await?;
    Ok(rows.into_iter().map(|row| row.id).collect())
}

pub(super) async fn queues_are_listed_in_order(lab: Arc<Lab>) -> Outcome {
    let ids = queue_some(&lab).await?;
    let bot = lab.open_at("bot", after(9)).await?;
    let queue_a = |filter: &mut ConversationFilter| {
        filter.state = Some(ConversationState::Queued);
        filter.queue = Some("a".to_owned());
    };
    let page = Page::first(10);
    let found = listed(&lab, queue_a, Order::WaitingFirst, page).await?;
    same!(found, [ids[3], ids[1], ids[0]]);
    let found = listed(&lab, queue_a, Order::WaitingFirst, Page::new(1, 1)).await?;
    same!(found, [ids[1]]);
    let found = listed(&lab, |_| {}, Order::NewestFirst, Page::first(2)).await?;
    same!(found, [bot.id, ids[3]]);
    let theirs = |filter: &mut ConversationFilter| filter.resident = Some(bot.resident);
    same!(listed(&lab, theirs, Order::NewestFirst, page).await?, [bot.id]);
    let nobodys = |filter: &mut ConversationFilter| filter.agent = Some("a".to_owned());
    same!(listed(&lab, nobodys, Order::NewestFirst, page).await?.len(), 0);
    Ok(())
}

pub(super) async fn open_ones_are_counted(lab: Arc<Lab>) -> Outcome {
    queue_some(&lab).await?;
    let bot = lab.open("bot").await?;
    let closed = lab.open("closed").await?;
    let mut tx = lab.begin().await?;
    let close = Move::Close(CloseReason::Idle);
    let swap = tx.conversations().set_state(closed.id, 1, close, NOON);
    same!(swap.await?, Swap::Done);
    let agent = Owner::Agent("marie".to_owned());
    let swap = tx.conversations().set_owner(bot.id, 1, &agent, NOON).await?;
    same!(swap, Swap::Done);
    tx.commit().await?;
    let marie = |filter: &mut ConversationFilter| filter.agent = Some("marie".to_owned());
    let hers = listed(&lab, marie, Order::WaitingFirst, Page::first(9)).await?;
    same!(hers, [bot.id]);
    let open = listed(&lab, |_| {}, Order::WaitingFirst, Page::first(9)).await?;
    same!(open.len(), 5);
    check!(!open.contains(&closed.id));
    let counts = lab.read().await?.conversations().count_open().await?;
    let mut counts: Vec<_> = counts
        .iter()
        .map(|count| (count.state, count.queue.as_deref(), count.n_conversations))
        .collect();
    counts.sort_unstable();
    let expected = [
        (ConversationState::Queued, Some("a"), 3),
        (ConversationState::Queued, Some("b"), 1),
        (ConversationState::Human, None, 1),
    ];
    same!(counts, expected);
    Ok(())
}

pub(super) async fn addresses_and_residents(lab: Arc<Lab>) -> Outcome {
    let identity = |address: &str| Identity {
        id: IdentityId::new(NOON, &lab.chance),
        resident: ResidentId::new(NOON, &lab.chance),
        channel: Channel::Email,
        address: address.to_owned(),
        created: NOON,
    };
    let (first, second) = (identity("m@x.ca"), identity("m@x.ca"));
    let mut tx = lab.begin().await?;
    let kept = tx.identities().upsert(&first).await?;
    same!(kept, (first.clone(), Novelty::Fresh));
    let kept = tx.identities().upsert(&second).await?;
    same!(kept, (first.clone(), Novelty::Repeat));
    same!(tx.identities().get(first.id).await?, Some(first.clone()));
    same!(tx.identities().get(second.id).await?, None);
    let found = tx.identities().find(Channel::Email, "m@x.ca").await?;
    same!(found, Some(first.clone()));
    same!(tx.identities().find(Channel::Sms, "m@x.ca").await?, None);
    let resident = tx.identities().resident(first.resident).await?;
    same!(resident.map(|row| (row.id, row.lang)), Some((first.resident, None)));
    check!(tx.identities().resident(second.resident).await?.is_none());
    same!(tx.identities().set_lang(second.resident, Language::Fr).await?, Swap::Stale);
    same!(tx.identities().set_lang(first.resident, Language::Fr).await?, Swap::Done);
    let resident = tx.identities().resident(first.resident).await?;
    same!(resident.and_then(|row| row.lang), Some(Language::Fr));
    tx.commit().await?;
    Ok(())
}
