//! Messages that are taken: kept once, in their place, with a turn to come.

use bot_core::channel::{Channel, Source};
use bot_core::event::HandoffNews;
use bot_core::id::AttachmentId;
use bot_core::lang::Language;
use bot_core::message::{AttachmentKind, Author, Content, Inbound};
use bot_core::place::Point;
use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use super::lab::{BURST, LEASE, Lab, NOON, after, sms, web};
use super::{Outcome, check, same};
use crate::attachments::NewAttachment;
use crate::conversation_state::{CloseReason, ConversationState};
use crate::conversations::Move;
use crate::jobs::Queue;
use crate::open::{Opening, add_news, open_conversation};
use crate::receive::{HANDOFF_KIND, MAX_BURST_MS, Received, receive};
use crate::store::{Novelty, Swap};

pub(super) async fn a_message_is_kept_with_all_it_carries(lab: Arc<Lab>) -> Outcome {
    let file = NewAttachment {
        id: AttachmentId::new(NOON, &lab.chance),
        conversation: None,
        kind: AttachmentKind::Image,
        media_type: "image/jpeg".to_owned(),
        bytes: vec![1, 2, 3],
        at: NOON,
    };
    let mut tx = lab.begin().await?;
    let file = tx.attachments().insert(&file).await?.attachment();
    tx.commit().await?;
    let inbound = Inbound {
        lang: Some(Language::En),
        content: Content {
            text: "là: l'été ☀".to_owned(),
            choice: Some("yes".to_owned()),
            location: Point::new(46.8, -71.2),
            attachments: vec![file.clone()],
            source: Some(Source::Voice),
            ..Content::default()
        },
        ..sms("+14185551234", "id-1", "")
    };
    let received = lab.receive(&inbound).await?;
    same!((received.seq, received.novelty), (1, Novelty::Fresh));
    let id = received.conversation;
    let mut tx = lab.begin().await?;
    let messages = tx.messages().list_after(id, 0, 10).await?;
    same!(messages.len(), 1);
    same!(messages[0].new.content, inbound.content);
    same!(messages[0].new.author, Author::Resident);
    same!(messages[0].new.lang, Language::En);
    let row = tx.inbox().find(Channel::Sms, "id-1").await?;
    let row = row.ok_or("no inbox row")?;
    same!((row.conversation, row.seq, row.at), (id, 1, NOON));
    same!(serde_json::from_str::<Inbound>(&row.body)?, inbound);
    let bound = tx.attachments().get(file.id).await?;
    same!(bound.and_then(|file| file.conversation), Some(id));
    let conversation = lab.conversation(id).await?;
    same!(conversation.lang, Language::En);
    same!(conversation.state, ConversationState::Bot);
    same!((conversation.last_seq, conversation.seen_seq), (1, 0));
    let identity = tx.identities().find(Channel::Sms, "+14185551234").await?;
    same!(identity.map(|row| row.id), Some(conversation.identity));
    Ok(())
}

pub(super) async fn a_repeat_gets_the_same_answer(lab: Arc<Lab>) -> Outcome {
    let first = lab.receive(&sms("+14185551234", "1", "bonjour")).await?;
    let second = lab.receive(&sms("+14185551234", "2", "encore")).await?;
    let again = lab.receive(&sms("+14185551234", "1", "bonjour")).await?;
    let repeat = Received { novelty: Novelty::Repeat, ..first };
    same!(again, repeat);
    same!((first.seq, second.seq), (1, 2));
    same!(first.conversation, second.conversation);
    same!(lab.conversation(first.conversation).await?.last_seq, 2);
    let mut tx = lab.begin().await?;
    let closed =
        tx.conversations().set_state(first.conversation, 1, Move::Close(CloseReason::Ended), NOON);
    same!(closed.await?, Swap::Done);
    tx.commit().await?;
    let late = lab.receive(&sms("+14185551234", "1", "bonjour")).await?;
    same!(late, repeat);
    // The late repeat opened nothing.
    same!(lab.read().await?.desk().list_after(0, 10).await?.len(), 3);
    Ok(())
}

pub(super) async fn repeats_at_once_are_one(lab: Arc<Lab>) -> Outcome {
    let all =
        lab.crowd(8, |_, lab| async move {
            Ok(lab.receive(&sms("+14185551234", "same", "allô")).await?)
        })
        .await?;
    let fresh = all.iter().filter(|received| received.novelty.is_fresh());
    same!(fresh.count(), 1);
    check!(all.iter().all(|received| received.seq == 1));
    let places: BTreeSet<_> = all.iter().map(|received| received.conversation).collect();
    same!(places.len(), 1);
    same!(lab.conversation(all[0].conversation).await?.last_seq, 1);
    Ok(())
}

pub(super) async fn places_have_no_gap_under_writers_at_once(lab: Arc<Lab>) -> Outcome {
    const N_WRITERS: usize = 8;
    const N_EACH: usize = 20;
    let conversation = lab.open("a").await?;
    let id = conversation.id;
    let taken = lab
        .crowd(N_WRITERS, |writer, lab| async move {
            let mut places = Vec::new();
            for n in 0..N_EACH {
                let inbound = web("a", id, &format!("{writer}-{n}"));
                places.push(lab.receive(&inbound).await?.seq);
            }
            Ok(places)
        })
        .await?;
    check!(taken.iter().all(|places| places.is_sorted()));
    let mut places: Vec<_> = taken.into_iter().flatten().collect();
    places.sort_unstable();
    let n_all = i64::try_from(N_WRITERS * N_EACH)?;
    same!(places, (1..=n_all).collect::<Vec<_>>());
    let messages = lab.read().await?.messages().list_after(id, 0, 1_000).await?;
    let stored: Vec<_> = messages.iter().map(|message| message.seq).collect();
    same!(stored, places);
    Ok(())
}

pub(super) async fn first_messages_at_once_open_one_conversation(lab: Arc<Lab>) -> Outcome {
    let all = lab
        .crowd(8, |n, lab| async move {
            let inbound = sms("+14185559999", &n.to_string(), "allô");
            Ok(lab.receive(&inbound).await?)
        })
        .await?;
    let places: BTreeSet<_> = all.iter().map(|received| received.conversation).collect();
    same!(places.len(), 1);
    let seqs: BTreeSet<_> = all.iter().map(|received| received.seq).collect();
    same!(seqs, (1..=8).collect::<BTreeSet<_>>());
    check!(all.iter().all(|received| received.novelty.is_fresh()));
    let counts = lab.read().await?.conversations().count_open().await?;
    same!(counts.iter().map(|count| count.n_conversations).sum::<u64>(), 1);
    Ok(())
}

pub(super) async fn a_closed_conversation_is_followed_by_a_new(lab: Arc<Lab>) -> Outcome {
    let first = lab.receive(&sms("+14185551234", "1", "bonjour")).await?;
    let mut tx = lab.begin().await?;
    let resident = lab.conversation(first.conversation).await?.resident;
    same!(tx.identities().set_lang(resident, Language::En).await?, Swap::Done);
    let close = Move::Close(CloseReason::Idle);
    let closed = tx.conversations().set_state(first.conversation, 1, close, NOON);
    same!(closed.await?, Swap::Done);
    tx.commit().await?;
    let second = lab.receive(&sms("+14185551234", "2", "rebonjour")).await?;
    check!(second.conversation != first.conversation);
    same!(second.seq, 1);
    let conversation = lab.conversation(second.conversation).await?;
    same!(conversation.previous, Some(first.conversation));
    same!(conversation.resident, resident);
    same!(conversation.lang, Language::En);
    same!(conversation.release, super::lab::RELEASE);
    Ok(())
}

pub(super) async fn a_parked_conversation_is_taken_up_again(lab: Arc<Lab>) -> Outcome {
    let first = lab.receive(&sms("+14185551234", "1", "bonjour")).await?;
    let id = first.conversation;
    let mut tx = lab.begin().await?;
    let parked = tx.conversations().set_state(id, 1, Move::Park, NOON).await?;
    same!(parked, Swap::Done);
    tx.commit().await?;
    same!(lab.conversation(id).await?.state, ConversationState::Parked);
    let second = lab.receive(&sms("+14185551234", "2", "me revoici")).await?;
    same!((second.conversation, second.seq), (id, 2));
    same!(lab.conversation(id).await?.state, ConversationState::Bot);
    Ok(())
}

pub(super) async fn a_burst_is_one_turn(lab: Arc<Lab>) -> Outcome {
    let mut conversation = None;
    for (n, ms) in [0_u64, 300, 600].into_iter().enumerate() {
        let inbound = sms("+14185551234", &n.to_string(), "mot");
        let received = receive(lab.store.as_ref(), &inbound, &lab.visit(after(ms))).await?;
        conversation = Some(received.conversation);
    }
    let due = after(600).plus(BURST);
    let mut tx = lab.begin().await?;
    same!(tx.jobs().next_due(Queue::Turn).await?, Some(due));
    let early = tx.jobs().claim(&[Queue::Turn], 10, after(1_399), LEASE);
    same!(early.await?.len(), 0);
    let jobs = tx.jobs().claim(&[Queue::Turn], 10, due, LEASE).await?;
    same!(jobs.len(), 1);
    same!(Some(jobs[0].new.lane.clone()), conversation.map(|id| id.to_string()));
    tx.commit().await?;
    // A message that comes during the turn is another turn, behind this one.
    let inbound = sms("+14185551234", "late", "et aussi");
    receive(lab.store.as_ref(), &inbound, &lab.visit(due)).await?;
    let mut tx = lab.begin().await?;
    let later = due.plus(BURST);
    let blocked = tx.jobs().claim(&[Queue::Turn], 10, later, LEASE).await?;
    same!(blocked.len(), 0);
    let done = tx.jobs().finish(jobs[0].new.id, 1, later).await?;
    same!(done, Swap::Done);
    let next = tx.jobs().claim(&[Queue::Turn], 10, later, LEASE).await?;
    same!(next.len(), 1);
    Ok(())
}

pub(super) async fn a_burst_has_a_bound(lab: Arc<Lab>) -> Outcome {
    let bound = Duration::from_millis(MAX_BURST_MS);
    for n in 0..30_u64 {
        let inbound = sms("+14185551234", &n.to_string(), "mot");
        receive(lab.store.as_ref(), &inbound, &lab.visit(after(n * 500))).await?;
    }
    let due = lab.read().await?.jobs().next_due(Queue::Turn).await?;
    same!(due, Some(NOON.plus(BURST).plus(bound)));
    Ok(())
}

pub(super) async fn opening_twice_gives_the_same(lab: Arc<Lab>) -> Outcome {
    let opening =
        Opening { channel: Channel::Phone, address: "+14185551234", lang: Some(Language::En) };
    let visit = lab.visit(NOON);
    let first = open_conversation(lab.store.as_ref(), opening, &visit).await?;
    let second = open_conversation(lab.store.as_ref(), opening, &visit).await?;
    check!(first.is_new && !second.is_new);
    same!(first.conversation, second.conversation);
    same!(first.conversation.lang, Language::En);
    let mut tx = lab.begin().await?;
    let jobs = tx.jobs().claim(&[Queue::Turn], 10, NOON, LEASE).await?;
    same!(jobs.len(), 1);
    Ok(())
}

pub(super) async fn news_of_a_handoff_is_a_turn(lab: Arc<Lab>) -> Outcome {
    let id = lab.open("a").await?.id;
    let mut tx = lab.begin().await?;
    let opened = tx.jobs().claim(&[Queue::Turn], 10, NOON, LEASE).await?;
    add_news(tx.as_mut(), id, HandoffNews::BackToBot, &lab.visit(after(1))).await?;
    // It waits for what its lane has begun.
    same!(tx.jobs().claim(&[Queue::Turn], 10, after(1), LEASE).await?.len(), 0);
    same!(tx.jobs().finish(opened[0].new.id, 1, after(1)).await?, Swap::Done);
    let jobs = tx.jobs().claim(&[Queue::Turn], 10, after(1), LEASE).await?;
    same!(jobs.len(), 1);
    let new = &jobs[0].new;
    same!((new.kind.as_str(), new.lane.as_str()), (HANDOFF_KIND, id.to_string().as_str()));
    let payload: serde_json::Value = serde_json::from_str(&new.payload)?;
    same!(payload, serde_json::json!({ "conversation": id, "news": "back_to_bot" }));
    Ok(())
}
