//! Sessions, the log and timers.

use bot_core::event::Timer;
use bot_core::id::ConversationId;
use std::sync::Arc;

use super::lab::{Lab, NOON, after};
use super::{Outcome, check, same};
use crate::log::{Entry, LogRow};
use crate::sessions::Session;
use crate::store::Swap;
use crate::timers::TimerRow;

pub(super) async fn an_old_revision_is_refused(lab: Arc<Lab>) -> Outcome {
    let id = lab.open("a").await?.id;
    let mut tx = lab.begin().await?;
    check!(tx.sessions().find(id).await?.is_none());
    same!(tx.sessions().save(id, 1, "x", NOON).await?, Swap::Stale);
    same!(tx.sessions().save(id, 0, "{\"a\":1}", NOON).await?, Swap::Done);
    same!(tx.sessions().save(id, 0, "x", NOON).await?, Swap::Stale);
    same!(tx.sessions().save(id, 1, "{\"a\":2}", after(1)).await?, Swap::Done);
    same!(tx.sessions().save(id, 1, "x", NOON).await?, Swap::Stale);
    tx.commit().await?;
    let saved =
        Session { conversation: id, revision: 2, body: "{\"a\":2}".to_owned(), updated: after(1) };
    same!(lab.read().await?.sessions().find(id).await?, Some(saved));
    Ok(())
}

pub(super) async fn saves_at_once_one_wins(lab: Arc<Lab>) -> Outcome {
    let id = lab.open("a").await?.id;
    for revision in 0..3 {
        let swaps = lab
            .crowd(8, |n, lab| async move {
                let mut tx = lab.begin().await?;
                let body = n.to_string();
                let swap = tx.sessions().save(id, revision, &body, NOON).await?;
                tx.commit().await?;
                Ok(swap)
            })
            .await?;
        same!(swaps.iter().filter(|swap| swap.is_done()).count(), 1);
    }
    let session = lab.read().await?.sessions().find(id).await?;
    same!(session.map(|session| session.revision), Some(3));
    Ok(())
}

pub(super) async fn the_log_only_grows(lab: Arc<Lab>) -> Outcome {
    let (id, other) = (lab.open("a").await?.id, lab.open("b").await?.id);
    let entry = |revision: i64| Entry {
        event: format!("{{\"n\":{revision}}}"),
        effects: "[\"é\"]".to_owned(),
        notes: "[]".to_owned(),
        revision,
        // The second one is about no message.
        seq: (revision != 2).then_some(revision * 10),
        at: NOON,
    };
    let mut tx = lab.begin().await?;
    for n in 1..=3 {
        same!(tx.log().append(id, &entry(n)).await?, n);
    }
    same!(tx.log().append(other, &entry(7)).await?, 1);
    tx.commit().await?;
    let mut tx = lab.read().await?;
    let rows = tx.log().list(id, 1, 10).await?;
    let expected = [2, 3].map(|n| LogRow { n, entry: entry(n) });
    same!(rows, expected);
    same!(tx.log().list(id, 0, 1).await?.len(), 1);
    let said = [3, 1].map(|n| LogRow { n, entry: entry(n) });
    same!(tx.log().latest_said(id, 10).await?, said);
    same!(tx.log().latest_said(id, 1).await?, [said[0].clone()]);
    Ok(())
}

fn timer(conversation: ConversationId, token: u32, ms: u64) -> TimerRow {
    TimerRow { conversation, timer: Timer::Park, token, at: after(ms) }
}

pub(super) async fn one_timer_each(lab: Arc<Lab>) -> Outcome {
    let (a, b) = (lab.open("a").await?.id, lab.open("b").await?.id);
    let mut tx = lab.begin().await?;
    tx.timers().set(&timer(a, 1, 50)).await?;
    tx.timers().set(&timer(b, 1, 20)).await?;
    let replaced = TimerRow { timer: Timer::Handoff, ..timer(a, u32::MAX, 10) };
    tx.timers().set(&replaced).await?;
    same!(tx.timers().find(a).await?, Some(replaced.clone()));
    same!(tx.timers().take_due(after(9), 10).await?.len(), 0);
    same!(tx.timers().take_due(after(30), 1).await?, [replaced]);
    same!(tx.timers().find(a).await?, None);
    tx.timers().clear(b).await?;
    tx.timers().clear(b).await?;
    same!(tx.timers().take_due(after(99), 10).await?.len(), 0);
    tx.timers().set(&timer(a, 2, 20)).await?;
    tx.timers().set(&timer(b, 2, 10)).await?;
    let due = tx.timers().take_due(after(20), 10).await?;
    same!(due, [timer(b, 2, 10), timer(a, 2, 20)]);
    tx.commit().await?;
    Ok(())
}

pub(super) async fn timers_at_once_are_taken_once(lab: Arc<Lab>) -> Outcome {
    const N_TIMERS: u64 = 40;
    for n in 0..N_TIMERS {
        let id = lab.open(&n.to_string()).await?.id;
        let mut tx = lab.begin().await?;
        tx.timers().set(&timer(id, 1, n)).await?;
        tx.commit().await?;
    }
    let taken = lab
        .crowd(4, |_, lab| async move {
            let mut taken = Vec::new();
            loop {
                let mut tx = lab.begin().await?;
                let due = tx.timers().take_due(after(N_TIMERS), 3).await?;
                tx.commit().await?;
                if due.is_empty() {
                    return Ok(taken);
                }
                taken.extend(due.into_iter().map(|row| row.conversation));
            }
        })
        .await?;
    let mut taken: Vec<_> = taken.into_iter().flatten().collect();
    same!(taken.len() as u64, N_TIMERS);
    taken.sort_unstable();
    taken.dedup();
    same!(taken.len() as u64, N_TIMERS);
    Ok(())
}
