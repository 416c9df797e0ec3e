//! Files, city packages and secrets.

use bot_core::id::{AttachmentId, ConversationId};
use bot_core::message::AttachmentKind;
use sha2::{Digest, Sha256};
use std::sync::Arc;

use super::lab::{Lab, NOON, RELEASE, after};
use super::{Outcome, check, same};
use crate::attachments::{MAX_ATTACHMENT_BYTES, NewAttachment};
use crate::conversation_state::CloseReason;
use crate::conversations::Move;
use crate::error::Error;
use crate::store::{Novelty, Swap};

pub(super) fn file(
    lab: &Lab,
    conversation: Option<ConversationId>,
    bytes: Vec<u8>,
) -> NewAttachment {
    NewAttachment {
        id: AttachmentId::new(NOON, &lab.chance),
        conversation,
        kind: AttachmentKind::Image,
        media_type: "image/jpeg".to_owned(),
        bytes,
        at: NOON,
    }
}

pub(super) async fn a_file_reads_back(lab: Arc<Lab>) -> Outcome {
    let id = lab.open("a").await?.id;
    let bytes: Vec<u8> = (0..=255).cycle().take(100_000).collect();
    let new = file(&lab, Some(id), bytes.clone());
    let mut tx = lab.begin().await?;
    let row = tx.attachments().insert(&new).await?;
    tx.commit().await?;
    same!(row.sha256, <[u8; 32]>::from(Sha256::digest(&bytes)));
    same!((row.n_bytes, row.conversation), (100_000, Some(id)));
    let mut tx = lab.read().await?;
    same!(tx.attachments().get(new.id).await?, Some(row.clone()));
    check!(tx.attachments().bytes(new.id).await? == Some(bytes));
    same!(tx.attachments().list(id, 10).await?, [row]);
    let missing = AttachmentId::new(NOON, &lab.chance);
    same!(tx.attachments().get(missing).await?, None);
    check!(tx.attachments().bytes(missing).await?.is_none());
    Ok(())
}

pub(super) async fn a_file_has_a_bound(lab: Arc<Lab>) -> Outcome {
    let mut tx = lab.begin().await?;
    let large = file(&lab, None, vec![0; MAX_ATTACHMENT_BYTES + 1]);
    let refused = tx.attachments().insert(&large).await;
    check!(matches!(refused, Err(Error::TooLarge { .. })));
    let just = file(&lab, None, vec![0; MAX_ATTACHMENT_BYTES]);
    let row = tx.attachments().insert(&just).await?;
    same!(row.n_bytes, MAX_ATTACHMENT_BYTES as u64);
    Ok(())
}

pub(super) async fn a_file_belongs_to_one(lab: Arc<Lab>) -> Outcome {
    let (a, b) = (lab.open("a").await?.id, lab.open("b").await?.id);
    let new = file(&lab, None, vec![1]);
    let mut tx = lab.begin().await?;
    tx.attachments().insert(&new).await?;
    same!(tx.attachments().bind(new.id, a).await?, Swap::Done);
    same!(tx.attachments().bind(new.id, a).await?, Swap::Done);
    same!(tx.attachments().bind(new.id, b).await?, Swap::Stale);
    let missing = AttachmentId::new(NOON, &lab.chance);
    same!(tx.attachments().bind(missing, a).await?, Swap::Stale);
    same!(tx.attachments().list(b, 10).await?.len(), 0);
    let again = tx.attachments().insert(&new).await;
    check!(matches!(again, Err(Error::Conflict(_))));
    Ok(())
}

pub(super) async fn orphans_are_purged(lab: Arc<Lab>) -> Outcome {
    let id = lab.open("a").await?.id;
    let mut tx = lab.begin().await?;
    let mut orphans = Vec::new();
    for _ in 0..3 {
        let new = file(&lab, None, vec![1]);
        tx.attachments().insert(&new).await?;
        orphans.push(new.id);
    }
    let kept = file(&lab, Some(id), vec![1]);
    tx.attachments().insert(&kept).await?;
    same!(tx.upkeep().purge_attachments(NOON, 10).await?, 0);
    same!(tx.upkeep().purge_attachments(after(1), 2).await?, 2);
    same!(tx.upkeep().purge_attachments(after(1), 2).await?, 1);
    check!(tx.attachments().bytes(orphans[0]).await?.is_none());
    check!(tx.attachments().bytes(kept.id).await?.is_some());
    Ok(())
}

pub(super) async fn releases_in_use(lab: Arc<Lab>) -> Outcome {
    let mut tx = lab.begin().await?;
    same!(tx.releases().keep(RELEASE, "flows: é", NOON).await?, Novelty::Fresh);
    same!(tx.releases().keep(RELEASE, "other", NOON).await?, Novelty::Repeat);
    same!(tx.releases().get(RELEASE).await?.as_deref(), Some("flows: é"));
    same!(tx.releases().get("none").await?, None);
    same!(tx.releases().in_use().await?.len(), 0);
    tx.commit().await?;
    let (a, _) = (lab.open("a").await?, lab.open("b").await?);
    let mut tx = lab.begin().await?;
    same!(tx.releases().in_use().await?, [RELEASE]);
    let newer = crate::conversations::Amendment {
        release: Some("release-2".to_owned()),
        ..Default::default()
    };
    same!(tx.conversations().amend(a.id, &newer, NOON).await?, Swap::Done);
    same!(tx.releases().in_use().await?, [RELEASE, "release-2"]);
    let close = Move::Close(CloseReason::Ended);
    same!(tx.conversations().set_state(a.id, 1, close, NOON).await?, Swap::Done);
    same!(tx.releases().in_use().await?, [RELEASE]);
    Ok(())
}

pub(super) async fn secrets_are_kept(lab: Arc<Lab>) -> Outcome {
    let secrets = lab
        .crowd(8, |n, lab| async move {
            let mut tx = lab.begin().await?;
            let fresh = [u8::try_from(n)?; 32];
            let secret = tx.secrets().get_or_insert("token", &fresh).await?;
            tx.commit().await?;
            Ok(secret)
        })
        .await?;
    check!(secrets.windows(2).all(|pair| pair[0] == pair[1]));
    let mut tx = lab.begin().await?;
    same!(tx.secrets().get_or_insert("token", b"x").await?, secrets[0]);
    same!(tx.secrets().get_or_insert("other", b"x").await?, b"x");
    Ok(())
}
