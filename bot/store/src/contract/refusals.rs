//! Messages that are not taken, and leave nothing behind.

use bot_core::channel::Channel;
use bot_core::id::{AttachmentId, ConversationId};
use bot_core::message::{Attachment, AttachmentKind, Content, Inbound};
use bot_core::text::MAX_MESSAGE_CHARS;
use std::sync::Arc;

use super::lab::{Lab, NOON, sms, web};
use super::{Outcome, check, same};
use crate::attachments::NewAttachment;
use crate::conversation_state::CloseReason;
use crate::conversations::Move;
use crate::receive::{
    MAX_ADDRESS_BYTES, MAX_ATTACHMENTS, MAX_PROVIDER_ID_BYTES, MAX_UNSEEN, ReceiveError,
};
use crate::store::{Novelty, Swap};

pub(super) async fn a_named_conversation_must_be_theirs(lab: Arc<Lab>) -> Outcome {
    let theirs = lab.open("theirs").await?;
    lab.open("mine").await?;
    let foreign = lab.receive(&web("mine", theirs.id, "1")).await;
    check!(matches!(foreign, Err(ReceiveError::NotFound)));
    let unknown = ConversationId::new(NOON, &lab.chance);
    let missing = lab.receive(&web("mine", unknown, "1")).await;
    check!(matches!(missing, Err(ReceiveError::NotFound)));
    let by_sms = Inbound { channel: Channel::Sms, ..web("theirs", theirs.id, "1") };
    let other_channel = lab.receive(&by_sms).await;
    check!(matches!(other_channel, Err(ReceiveError::NotFound)));
    same!(lab.conversation(theirs.id).await?.last_seq, 0);
    Ok(())
}

pub(super) async fn a_named_conversation_must_be_open(lab: Arc<Lab>) -> Outcome {
    let conversation = lab.open("a").await?;
    let id = conversation.id;
    let first = lab.receive(&web("a", id, "1")).await?;
    let mut tx = lab.begin().await?;
    let close = Move::Close(CloseReason::Solved);
    let closed = tx.conversations().set_state(id, 1, close, NOON).await?;
    same!(closed, Swap::Done);
    tx.commit().await?;
    let late = lab.receive(&web("a", id, "2")).await;
    check!(matches!(late, Err(ReceiveError::Closed)));
    let repeat = lab.receive(&web("a", id, "1")).await?;
    same!((repeat.seq, repeat.novelty), (first.seq, Novelty::Repeat));
    same!(lab.conversation(id).await?.last_seq, 1);
    Ok(())
}

pub(super) async fn ids_count_within_a_named_conversation(lab: Arc<Lab>) -> Outcome {
    let one = lab.open("a").await?;
    let other = lab.open("b").await?;
    let first = lab.receive(&web("a", one.id, "1")).await?;
    let second = lab.receive(&web("b", other.id, "1")).await?;
    check!(first.novelty.is_fresh() && second.novelty.is_fresh());
    same!(second.conversation, other.id);
    Ok(())
}

pub(super) async fn too_many_unanswered_are_refused(lab: Arc<Lab>) -> Outcome {
    let conversation = lab.open("a").await?;
    let id = conversation.id;
    for n in 0..MAX_UNSEEN {
        lab.receive(&web("a", id, &n.to_string())).await?;
    }
    let refused = lab.receive(&web("a", id, "more")).await;
    check!(matches!(refused, Err(ReceiveError::TooMany)));
    let repeat = lab.receive(&web("a", id, "0")).await?;
    same!(repeat.novelty, Novelty::Repeat);
    let mut tx = lab.begin().await?;
    same!(tx.messages().mark_seen(id, 1).await?, Swap::Done);
    tx.commit().await?;
    let taken = lab.receive(&web("a", id, "more")).await?;
    same!(taken.seq, i64::from(MAX_UNSEEN) + 1);
    Ok(())
}

pub(super) async fn odd_messages_are_refused(lab: Arc<Lab>) -> Outcome {
    let plain = || sms("+14185551234", "1", "bonjour");
    let file = Attachment {
        id: AttachmentId::new(NOON, &lab.chance),
        kind: AttachmentKind::Image,
        media_type: "image/png".to_owned(),
        n_bytes: 1,
    };
    let mut many_files = plain();
    many_files.content.attachments = vec![file.clone(); MAX_ATTACHMENTS + 1];
    let mut unknown_file = plain();
    unknown_file.content.attachments = vec![file];
    let odd = [
        sms("+14185551234", "1", ""),
        sms("", "1", "bonjour"),
        sms("+14185551234", "", "bonjour"),
        sms(&"x".repeat(MAX_ADDRESS_BYTES + 1), "1", "bonjour"),
        sms("x", &"1".repeat(MAX_PROVIDER_ID_BYTES + 1), "bonjour"),
        sms("x\0", "1", "bonjour"),
        sms("x", "1", &"é".repeat(MAX_MESSAGE_CHARS + 1)),
        Inbound { content: Content::choice(&"c".repeat(1_000)), ..plain() },
        many_files,
        unknown_file,
    ];
    for inbound in &odd {
        let refused = lab.receive(inbound).await;
        check!(matches!(refused, Err(ReceiveError::Refused(_))));
    }
    let mut tx = lab.read().await?;
    same!(tx.conversations().count_open().await?.len(), 0);
    check!(tx.identities().find(Channel::Sms, "+14185551234").await?.is_none());
    same!(tx.desk().last_id().await?, 0);
    Ok(())
}

pub(super) async fn files_of_others_are_refused(lab: Arc<Lab>) -> Outcome {
    let theirs = lab.open("theirs").await?;
    let mine = lab.open("mine").await?;
    let file = NewAttachment {
        id: AttachmentId::new(NOON, &lab.chance),
        conversation: Some(theirs.id),
        kind: AttachmentKind::Audio,
        media_type: "audio/ogg".to_owned(),
        bytes: vec![7; 100],
        at: NOON,
    };
    let mut tx = lab.begin().await?;
    let file = tx.attachments().insert(&file).await?.attachment();
    tx.commit().await?;
    let mut inbound = web("mine", mine.id, "1");
    inbound.content.attachments = vec![file.clone()];
    let refused = lab.receive(&inbound).await;
    check!(matches!(refused, Err(ReceiveError::Refused(_))));
    let mut inbound = web("theirs", theirs.id, "1");
    inbound.content.attachments = vec![file];
    check!(lab.receive(&inbound).await?.novelty.is_fresh());
    Ok(())
}
