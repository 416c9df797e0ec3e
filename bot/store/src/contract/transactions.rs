//! All or nothing, one after the other, and a snapshot that stands still.

use bot_core::id::ConversationId;
use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use super::lab::{LEASE, Lab, NOON, sms};
use super::{Outcome, check, same};
use crate::desk::{DeskKind, NewDeskEvent};
use crate::error::Error;
use crate::store::{Novelty, Swap};
use crate::timers::TimerRow;
use crate::wake::Topic;

fn event() -> NewDeskEvent {
    NewDeskEvent { conversation: None, kind: DeskKind::Agent, body: "{}".to_owned(), at: NOON }
}

pub(super) async fn rollback_leaves_nothing(lab: Arc<Lab>) -> Outcome {
    let conversation = lab.open("a").await?;
    let mut tx = lab.begin().await?;
    let case = lab.draft(tx.as_mut(), "nid-de-poule").await?;
    tx.cases().insert(&case, Some("once")).await?;
    tx.jobs().add(&lab.job("lane", "turn", NOON)).await?;
    let saved = tx.sessions().save(conversation.id, 0, "{}", NOON).await?;
    same!(saved, Swap::Done);
    tx.desk().append(&event()).await?;
    tx.private().add(conversation.id, "secret", NOON).await?;
    drop(tx);
    let mut tx = lab.begin().await?;
    check!(tx.cases().get(case.id).await?.is_none());
    check!(tx.cases().find_once("once").await?.is_none());
    check!(tx.sessions().find(conversation.id).await?.is_none());
    same!(tx.desk().list_after(0, 10).await?.len(), 1);
    same!(tx.private().due(NOON, 10).await?.len(), 0);
    same!(tx.upkeep().job_counts().await?.len(), 1);
    Ok(())
}

pub(super) async fn snapshots_cannot_write(lab: Arc<Lab>) -> Outcome {
    let conversation = lab.open("a").await?;
    let id = conversation.id;
    let job = lab.job("lane", "turn", NOON);
    let timer =
        TimerRow { conversation: id, timer: bot_core::event::Timer::Remind, token: 1, at: NOON };
    // One transaction for each: an error spends it.
    macro_rules! refused {
        ($($noun:ident.$write:ident($($arg:expr),*)),+ $(,)?) => {
            [$({
                let mut tx = lab.read().await?;
                tx.$noun().$write($($arg),*).await.err()
            }),+]
        };
    }
    let refused = refused![
        jobs.add(&job),
        timers.set(&timer),
        private.add(id, "x", NOON),
        desk.append(&event()),
        cases.next_number(26),
        conversations.lock(id),
        messages.mark_seen(id, 0),
        secrets.get_or_insert("a", b"b"),
        releases.keep("a", "b", NOON),
        sessions.save(id, 0, "{}", NOON),
        jobs.claim(&[], 1, NOON, LEASE),
        timers.take_due(NOON, 1),
        private.redact(id, "x"),
        upkeep.purge_jobs(NOON, 1),
    ];
    for error in refused {
        check!(matches!(error, Some(Error::Snapshot)));
    }
    same!(lab.begin().await?.desk().list_after(0, 10).await?.len(), 1);
    Ok(())
}

pub(super) async fn snapshots_see_one_state(lab: Arc<Lab>) -> Outcome {
    let before = lab.open("a").await?;
    let mut snapshot = lab.read().await?;
    let seen = snapshot.conversations().get(before.id).await?;
    same!(seen.as_ref(), Some(&before));
    let mut tx = lab.begin().await?;
    let owner = crate::conversation_state::Owner::Queue("général".to_owned());
    let moved = tx.conversations().set_owner(before.id, 1, &owner, NOON);
    same!(moved.await?, Swap::Done);
    tx.desk().append(&event()).await?;
    tx.commit().await?;
    same!(snapshot.conversations().get(before.id).await?, seen);
    same!(snapshot.desk().list_after(0, 10).await?.len(), 1);
    drop(snapshot);
    same!(lab.conversation(before.id).await?.epoch, 2);
    Ok(())
}

pub(super) async fn a_dropped_writer_frees_the_line(lab: Arc<Lab>) -> Outcome {
    for _ in 0..50 {
        let mut tx = lab.begin().await?;
        tx.desk().append(&event()).await?;
    }
    let mut tx = lab.begin().await?;
    tx.desk().append(&event()).await?;
    tx.commit().await?;
    same!(lab.read().await?.desk().list_after(0, 10).await?.len(), 1);
    Ok(())
}

pub(super) async fn writers_at_once_all_succeed(lab: Arc<Lab>) -> Outcome {
    const N_TASKS: usize = 16;
    const N_ROUNDS: usize = 10;
    let kept = lab
        .crowd(N_TASKS, |n, lab| async move {
            for round in 0..N_ROUNDS {
                let mut tx = lab.begin().await?;
                tx.desk().append(&event()).await?;
                let hash = format!("{n}-{round}");
                same!(tx.releases().keep(&hash, "x", NOON).await?, Novelty::Fresh);
                // Every third one leaves nothing.
                if round % 3 != 0 {
                    tx.commit().await?;
                }
            }
            Ok(())
        })
        .await?;
    same!(kept.len(), N_TASKS);
    let n_kept = N_TASKS * (0..N_ROUNDS).filter(|round| round % 3 != 0).count();
    let events = lab.read().await?.desk().list_after(0, 1_000).await?;
    same!(events.len(), n_kept);
    check!(lab.read().await?.releases().get("3-0").await?.is_none());
    check!(lab.read().await?.releases().get("3-1").await?.is_some());
    Ok(())
}

pub(super) async fn a_commit_can_be_heard(lab: Arc<Lab>) -> Outcome {
    let mut everything = lab.store.wake().subscribe(Topic::All);
    let mut desk = lab.store.wake().subscribe(Topic::Desk);
    let received = lab.receive(&sms("+14185551234", "1", "bonjour")).await?;
    let limit = Duration::from_secs(20);
    let mut missing = BTreeSet::from([Topic::Jobs, Topic::Conversation(received.conversation)]);
    while !missing.is_empty() {
        let heard = tokio::time::timeout(limit, everything.heard()).await?;
        check!(heard.is_some());
        missing.retain(|wanted| !heard.is_some_and(|topic| topic.concerns(*wanted)));
    }
    check!(tokio::time::timeout(limit, desk.heard()).await?.is_some());
    let other = Topic::Conversation(ConversationId::new(NOON, &lab.chance));
    check!(!Topic::Conversation(received.conversation).concerns(other));
    Ok(())
}
