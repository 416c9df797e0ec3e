//! The desk's events and the proof that nothing was lost.

use bot_core::channel::Channel;
use std::collections::BTreeSet;
use std::sync::Arc;

use super::lab::{Lab, NOON, after, sms, web};
use super::{Outcome, check, same};
use crate::desk::{DeskEvent, DeskKind, NewDeskEvent};
use crate::desk_cursor::DeskCursor;
use crate::upkeep::Tally;

fn event(n: u64) -> NewDeskEvent {
    NewDeskEvent {
        conversation: None,
        kind: DeskKind::Case,
        body: format!("{{\"n\":{n}}}"),
        at: after(n),
    }
}

pub(super) async fn events_come_in_order(lab: Arc<Lab>) -> Outcome {
    let conversation = lab.open("a").await?.id;
    let mut tx = lab.begin().await?;
    let opened = tx.desk().list_after(0, 10).await?;
    same!(opened.len(), 1);
    same!(opened[0].event.conversation, Some(conversation));
    same!(opened[0].event.kind, DeskKind::Opened);
    let first = tx.desk().append(&event(1)).await?;
    let second = tx.desk().append(&event(2)).await?;
    check!(opened[0].id < first && first < second);
    let rows = tx.desk().list_after(opened[0].id, 10).await?;
    let expected = [(first, 1), (second, 2)].map(|(id, n)| DeskEvent { id, event: event(n) });
    same!(rows, expected);
    same!(tx.desk().list_after(0, 2).await?.len(), 2);
    same!(tx.desk().last_id().await?, second);
    same!(tx.upkeep().purge_desk(after(2), 1).await?, 1);
    same!(tx.upkeep().purge_desk(after(2), 9).await?, 1);
    same!(tx.desk().list_after(0, 9).await?.len(), 1);
    // A number is never given twice.
    same!(tx.upkeep().purge_desk(after(9), 9).await?, 1);
    check!(tx.desk().append(&event(3)).await? > second);
    tx.commit().await?;
    Ok(())
}

pub(super) async fn the_tally_agrees(lab: Arc<Lab>) -> Outcome {
    let conversation = lab.open("a").await?.id;
    for n in 0..3 {
        lab.receive(&web("a", conversation, &n.to_string())).await?;
    }
    lab.receive(&sms("+14185551234", "1", "bonjour")).await?;
    lab.receive(&sms("+14185551234", "1", "bonjour")).await?;
    let mut tx = lab.read().await?;
    let tally = |channel, n| Tally { channel, n_inbox: n, n_messages: n };
    same!(tx.upkeep().tally(NOON).await?, [tally(Channel::Web, 3), tally(Channel::Sms, 1)]);
    same!(tx.upkeep().tally(after(1)).await?.len(), 0);
    Ok(())
}

pub(super) async fn the_cursor_reads_all(lab: Arc<Lab>) -> Outcome {
    const N_WRITERS: u64 = 6;
    const N_EACH: u64 = 40;
    let n_all = usize::try_from(N_WRITERS * N_EACH)?;
    let read = lab
        .crowd(7, |task, lab| async move {
            let mut seen = BTreeSet::new();
            if task > 0 {
                for n in 0..N_EACH {
                    let mut tx = lab.begin().await?;
                    tx.desk().append(&event(n)).await?;
                    tx.commit().await?;
                }
                return Ok(seen);
            }
            let mut cursor = DeskCursor::after(0);
            while seen.len() < n_all {
                let mut tx = lab.read().await?;
                for event in cursor.read(tx.desk(), NOON, 50).await? {
                    check!(seen.insert(event.id));
                }
                tokio::task::yield_now().await;
            }
            Ok(seen)
        })
        .await?;
    check!(read.iter().any(|seen| seen.len() == n_all));
    Ok(())
}
