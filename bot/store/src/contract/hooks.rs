//! What was answered to the requests of providers.

use std::sync::Arc;

use super::lab::{Lab, NOON, after};
use super::{Outcome, check, same};
use crate::error::Error;
use crate::hooks::{HookAnswer, MAX_HOOK_BODY_BYTES, MAX_HOOK_KEY_BYTES, MAX_MEDIA_TYPE_BYTES};
use crate::store::Novelty;

fn answer(key: &str, ms: u64) -> HookAnswer {
    HookAnswer {
        key: key.to_owned(),
        status: 200,
        media_type: "text/xml".to_owned(),
        body: format!("<Say>l'été, {ms}</Say>"),
        at: after(ms),
    }
}

pub(super) async fn the_first_answer_stays(lab: Arc<Lab>) -> Outcome {
    let mut tx = lab.begin().await?;
    let first = answer("a", 1);
    let bare = HookAnswer { status: 204, body: String::new(), ..answer("b", 2) };
    for new in [&first, &bare] {
        same!(tx.hooks().keep(new).await?, Novelty::Fresh);
    }
    same!(tx.hooks().keep(&answer("a", 9)).await?, Novelty::Repeat);
    tx.commit().await?;
    let mut tx = lab.read().await?;
    same!(tx.hooks().find("a").await?, Some(first));
    same!(tx.hooks().find("b").await?, Some(bare));
    same!(tx.hooks().find("A").await?, None);
    check!(matches!(tx.hooks().keep(&answer("c", 3)).await, Err(Error::Snapshot)));
    Ok(())
}

pub(super) async fn answers_at_once_are_one(lab: Arc<Lab>) -> Outcome {
    let kept = lab
        .crowd(4, |n, lab| async move {
            let mut tx = lab.begin().await?;
            let novelty = tx.hooks().keep(&answer("a", u64::try_from(n)?)).await?;
            let found = tx.hooks().find("a").await?;
            tx.commit().await?;
            Ok((novelty, found))
        })
        .await?;
    same!(kept.iter().filter(|(novelty, _)| novelty.is_fresh()).count(), 1);
    let kept_one = lab.read().await?.hooks().find("a").await?;
    check!(kept.iter().all(|(_, found)| *found == kept_one));
    Ok(())
}

pub(super) async fn answers_have_bounds(lab: Arc<Lab>) -> Outcome {
    let just = HookAnswer {
        body: "x".repeat(MAX_HOOK_BODY_BYTES),
        media_type: "x".repeat(MAX_MEDIA_TYPE_BYTES),
        ..answer(&"k".repeat(MAX_HOOK_KEY_BYTES), 0)
    };
    let mut tx = lab.begin().await?;
    same!(tx.hooks().keep(&just).await?, Novelty::Fresh);
    tx.commit().await?;
    let large = [
        HookAnswer { body: format!("{}x", just.body), ..answer("a", 0) },
        HookAnswer { media_type: format!("{}x", just.media_type), ..answer("a", 0) },
        answer(&format!("{}k", just.key), 0),
    ];
    for large in large {
        let refused = lab.begin().await?.hooks().keep(&large).await;
        check!(matches!(refused, Err(Error::TooLarge { .. })));
    }
    Ok(())
}

pub(super) async fn old_answers_are_purged(lab: Arc<Lab>) -> Outcome {
    let mut tx = lab.begin().await?;
    for (key, ms) in [("a", 10), ("b", 20), ("c", 30), ("d", 40)] {
        same!(tx.hooks().keep(&answer(key, ms)).await?, Novelty::Fresh);
    }
    same!(tx.upkeep().purge_hooks(NOON, 10).await?, 0);
    same!(tx.upkeep().purge_hooks(after(10), 10).await?, 0);
    same!(tx.upkeep().purge_hooks(after(40), 2).await?, 2);
    same!(tx.upkeep().purge_hooks(after(40), 10).await?, 1);
    same!(tx.hooks().find("a").await?, None);
    same!(tx.hooks().find("d").await?, Some(answer("d", 40)));
    Ok(())
}
