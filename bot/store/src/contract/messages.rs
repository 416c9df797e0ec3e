//! Messages: append-only, in their place, and refused from whoever is no longer the owner.

use bot_core::channel::Source;
use bot_core::id::{AttachmentId, ConversationId};
use bot_core::lang::Language;
use bot_core::message::{Attachment, AttachmentKind, Author, Choice, Content};
use bot_core::place::Point;
use std::sync::Arc;

use super::lab::{Lab, NOON, after};
use super::{Outcome, check, same};
use crate::conversation_state::Owner;
use crate::messages::{Appended, Message, NewMessage, append_aside};
use crate::store::Swap;

fn said(id: ConversationId, author: Author, text: &str) -> NewMessage {
    NewMessage::words(id, author, text, Language::Fr, NOON)
}

pub(super) async fn messages_read_back_as_written(lab: Arc<Lab>) -> Outcome {
    let id = lab.open("a").await?.id;
    let full = NewMessage {
        agent: Some("marie".to_owned()),
        lang: Language::En,
        choices: vec![Choice { id: "yes".to_owned(), label: "Oui \"là\"".to_owned() }],
        content: Content {
            choice: Some("c".to_owned()),
            location: Point::new(46.812_345_678_9, -71.200_000_000_1),
            source: Some(Source::MapPin),
            attachments: vec![Attachment {
                id: AttachmentId::new(NOON, &lab.chance),
                kind: AttachmentKind::Audio,
                media_type: "audio/ogg".to_owned(),
                n_bytes: 12,
            }],
            truncated: true,
            ..Content::text("là, l'été\n\"☀\" \\ ' 𝄞")
        },
        epoch: Some(1),
        key: Some("key".to_owned()),
        provider_id: Some("provider".to_owned()),
        at: after(3),
        ..said(id, Author::Agent, "")
    };
    let bare = said(id, Author::System, "");
    let mut tx = lab.begin().await?;
    same!(tx.messages().append(&full).await?, Appended::Fresh(1));
    same!(tx.messages().append(&bare).await?, Appended::Fresh(2));
    tx.commit().await?;
    let rows = lab.read().await?.messages().list_after(id, 0, 10).await?;
    let expected = [Message { seq: 1, new: full }, Message { seq: 2, new: bare }];
    same!(rows, expected);
    let posted = rows[0].posted();
    same!((posted.seq, posted.from, posted.choices.len()), (1, Author::Agent, 1));
    Ok(())
}

pub(super) async fn a_key_counts_once(lab: Arc<Lab>) -> Outcome {
    let id = lab.open("a").await?.id;
    let other = lab.open("b").await?.id;
    let keyed = |id, epoch| NewMessage {
        key: Some("turn-1-0".to_owned()),
        epoch: Some(epoch),
        ..said(id, Author::Bot, "bonjour")
    };
    let mut tx = lab.begin().await?;
    same!(tx.messages().append(&keyed(id, 1)).await?, Appended::Fresh(1));
    let plain = said(id, Author::Resident, "oui");
    same!(tx.messages().append(&plain).await?, Appended::Fresh(2));
    same!(tx.messages().append(&keyed(id, 1)).await?, Appended::Repeat(1));
    // What was said was said, whoever owns the conversation now.
    same!(tx.messages().append(&keyed(id, 9)).await?, Appended::Repeat(1));
    same!(tx.messages().append(&keyed(other, 1)).await?, Appended::Fresh(1));
    same!(tx.messages().append(&plain).await?, Appended::Fresh(3));
    tx.commit().await?;
    same!(lab.conversation(id).await?.last_seq, 3);
    Ok(())
}

pub(super) async fn an_old_epoch_is_refused(lab: Arc<Lab>) -> Outcome {
    let id = lab.open("a").await?.id;
    let late = NewMessage {
        epoch: Some(1),
        key: Some("late".to_owned()),
        ..said(id, Author::Bot, "trop tard")
    };
    let mut tx = lab.begin().await?;
    let agent = Owner::Agent("marie".to_owned());
    let moved = tx.conversations().set_owner(id, 1, &agent, NOON).await?;
    same!(moved, Swap::Done);
    same!(tx.messages().append(&late).await?, Appended::Stale);
    let timely = NewMessage { epoch: Some(2), ..said(id, Author::Agent, "me voici") };
    same!(tx.messages().append(&timely).await?, Appended::Fresh(1));
    let nowhere = ConversationId::new(NOON, &lab.chance);
    let lost = said(nowhere, Author::System, "?");
    same!(tx.messages().append(&lost).await?, Appended::Stale);
    tx.commit().await?;
    same!(lab.conversation(id).await?.last_seq, 1);
    Ok(())
}

pub(super) async fn what_no_turn_takes_in_waits_for_nobody(lab: Arc<Lab>) -> Outcome {
    let id = lab.open("a").await?.id;
    let mut tx = lab.begin().await?;
    let aside =
        |key: &str| NewMessage { key: Some(key.to_owned()), ..said(id, Author::Resident, key) };
    for (message, seq) in [("1", 1), ("2", 2), ("2", 2)] {
        let appended = append_aside(tx.as_mut(), &aside(message)).await?;
        same!(appended.seq(), Some(seq));
        same!(tx.messages().unseen(id, 10).await?.len(), 0);
    }
    // Others before it wait for the engine, and go on waiting.
    same!(tx.messages().append(&said(id, Author::Resident, "")).await?, Appended::Fresh(3));
    same!(append_aside(tx.as_mut(), &aside("4")).await?, Appended::Fresh(4));
    same!(tx.messages().unseen(id, 10).await?.len(), 2);
    Ok(())
}

pub(super) async fn seen_marks_only_rise(lab: Arc<Lab>) -> Outcome {
    let id = lab.open("a").await?.id;
    let mut tx = lab.begin().await?;
    for author in [Author::Bot, Author::Resident, Author::Agent, Author::Resident, Author::Resident]
    {
        let appended = tx.messages().append(&said(id, author, "mot")).await?;
        check!(matches!(appended, Appended::Fresh(_)));
    }
    let unseen = |rows: Vec<Message>| rows.iter().map(|row| row.seq).collect::<Vec<_>>();
    same!(unseen(tx.messages().unseen(id, 10).await?), [2, 4, 5]);
    same!(unseen(tx.messages().unseen(id, 2).await?), [2, 4]);
    same!(tx.messages().mark_seen(id, 4).await?, Swap::Done);
    same!(unseen(tx.messages().unseen(id, 10).await?), [5]);
    same!(tx.messages().mark_seen(id, 2).await?, Swap::Stale);
    same!(tx.messages().mark_seen(id, 6).await?, Swap::Stale);
    same!(tx.messages().mark_seen(id, 4).await?, Swap::Done);
    same!(tx.messages().mark_seen(id, 5).await?, Swap::Done);
    same!(tx.messages().unseen(id, 10).await?.len(), 0);
    tx.commit().await?;
    same!(lab.conversation(id).await?.seen_seq, 5);
    Ok(())
}

pub(super) async fn pages_of_messages(lab: Arc<Lab>) -> Outcome {
    let id = lab.open("a").await?.id;
    let mut tx = lab.begin().await?;
    for n in 1..=5 {
        let message = said(id, Author::Bot, &n.to_string());
        same!(tx.messages().append(&message).await?, Appended::Fresh(n));
    }
    let seqs = |rows: Vec<Message>| rows.iter().map(|row| row.seq).collect::<Vec<_>>();
    same!(seqs(tx.messages().list_after(id, 2, 2).await?), [3, 4]);
    same!(seqs(tx.messages().list_after(id, 5, 2).await?), [0; 0]);
    same!(seqs(tx.messages().last(id, 2).await?), [4, 5]);
    same!(seqs(tx.messages().last(id, 50).await?), [1, 2, 3, 4, 5]);
    same!(tx.messages().mark_sent(id, 3, "sm-3").await?, Swap::Done);
    same!(tx.messages().mark_sent(id, 9, "sm-9").await?, Swap::Stale);
    let rows = tx.messages().list_after(id, 2, 1).await?;
    same!(rows[0].new.provider_id.as_deref(), Some("sm-3"));
    Ok(())
}
