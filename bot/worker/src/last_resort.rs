//! When a turn can not be done: the resident is told, and a person takes over.

use bot_core::id::ConversationId;
use bot_core::message::Author;
use bot_core::{Channel, UnixMs};
use bot_store::Tx;
use bot_store::conversation_state::Owner;
use bot_store::conversations::Conversation;
use bot_store::desk::{DeskKind, NewDeskEvent};
use bot_store::jobs::Job;
use bot_store::messages::NewMessage;
use flows::City;
use flows::render::{self, NoValues, Voice};

use crate::error::Error;
use crate::outbox;
use crate::shell::Shell;
use crate::turn::Payload;

/// Messages left to the person at once.
const MAX_LEFT: u32 = 200;

/// Gives a job up aloud: its lane goes on, the desk sees it, the resident is not left waiting.
pub(crate) async fn bury(shell: &Shell, job: &Job, error: &Error) -> Result<(), Error> {
    let now = shell.now();
    let mut tx = shell.store.begin().await?;
    if !tx.jobs().bury(job.new.id, job.attempt, &error.to_string(), now).await?.is_done() {
        return Ok(());
    }
    let payload: Option<Payload> = serde_json::from_str(&job.new.payload).ok();
    let conversation = match &payload {
        Some(payload) => tx.conversations().lock(payload.conversation).await?,
        None => None,
    };
    let about = conversation.as_ref().map(|conversation| conversation.id);
    tell_of(tx.as_mut(), job, about, now).await?;
    if let Some(conversation) = conversation.filter(Conversation::is_open) {
        hand_over(tx.as_mut(), &shell.town().city, &conversation, shell).await?;
    }
    Ok(tx.commit().await?)
}

/// Tells the desk of a job that was given up.
pub(crate) async fn tell_of(
    tx: &mut dyn Tx,
    job: &Job,
    conversation: Option<ConversationId>,
    now: UnixMs,
) -> Result<(), Error> {
    let body = serde_json::json!({ "job": job.new.id, "kind": job.new.kind }).to_string();
    let event = NewDeskEvent { conversation, kind: DeskKind::Trouble, body, at: now };
    tx.desk().append(&event).await?;
    Ok(())
}

async fn hand_over(
    tx: &mut dyn Tx,
    city: &City,
    conversation: &Conversation,
    shell: &Shell,
) -> Result<(), Error> {
    let (id, now) = (conversation.id, shell.now());
    let words = apology(city, conversation.channel, conversation);
    let mut message = NewMessage::words(id, Author::Bot, &words, conversation.lang, now);
    message.epoch = Some(conversation.epoch);
    // A refused apology means that a person has the conversation already.
    let _seq = outbox::post(tx, conversation, &message, shell.chance.as_ref(), now).await?;
    if conversation.owner == Owner::Bot {
        let queue = Owner::Queue(city.info.default_queue.clone());
        let _swap = tx.conversations().set_owner(id, conversation.epoch, &queue, now).await?;
    }
    let left = tx.messages().unseen(id, MAX_LEFT).await?;
    if let Some(last) = left.last() {
        let _swap = tx.messages().mark_seen(id, last.seq).await?;
    }
    Ok(())
}

fn apology(city: &City, channel: Channel, conversation: &Conversation) -> String {
    let voice = Voice { lang: conversation.lang, channel };
    let wording = city.texts.get("fault");
    wording.map(|text| render::wording(city, text, voice, &NoValues)).unwrap_or_default()
}
