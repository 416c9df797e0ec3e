//! Messages that must be sent: written down with what they belong to, sent later.
//!
//! On some channels a message is delivered by being there (the web chat, the telephone); on the
//! others a provider must be told.

use bot_core::channel::Channel;
use bot_core::id::{DeliveryId, JobId};
use bot_core::{Chance, UnixMs};
use bot_store::Tx;
use bot_store::conversations::Conversation;
use bot_store::deliveries::NewDelivery;
use bot_store::jobs::{NewJob, Queue};
use bot_store::messages::NewMessage;
use serde::{Deserialize, Serialize};

use crate::error::Error;
use crate::fold::to_json;

/// The kind of jobs that send a message.
const DELIVER_KIND: &str = "deliver";

/// What is to be sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Payload {
    pub(crate) delivery: DeliveryId,
}

/// Tells whether a channel's messages must be sent.
const fn is_sent(channel: Channel) -> bool {
    match channel {
        Channel::Sms => true,
        // Telegram, Discord and mail have no way out yet.
        Channel::Web | Channel::Phone | Channel::Telegram | Channel::Discord | Channel::Email => {
            false
        }
    }
}

/// Adds a message of ours to a conversation, and has it sent, once, where being there is not
/// enough; gives its place, or nothing where it was refused.
pub(crate) async fn post(
    tx: &mut dyn Tx,
    conversation: &Conversation,
    message: &NewMessage,
    chance: &dyn Chance,
    now: UnixMs,
) -> Result<Option<i64>, Error> {
    let Some(seq) = tx.messages().append(message).await?.seq() else { return Ok(None) };
    if is_sent(conversation.channel)
        && let Some(identity) = tx.identities().get(conversation.identity).await?
    {
        let delivery = NewDelivery {
            id: DeliveryId::new(now, chance),
            conversation: conversation.id,
            seq,
            channel: conversation.channel,
            address: identity.address,
            at: now,
        };
        send(tx, &delivery, chance, now).await?;
    }
    Ok(Some(seq))
}

/// Has a message sent, once.
async fn send(
    tx: &mut dyn Tx,
    delivery: &NewDelivery,
    chance: &dyn Chance,
    now: UnixMs,
) -> Result<(), Error> {
    if !tx.deliveries().add(delivery).await?.is_fresh() {
        return Ok(());
    }
    let job = NewJob {
        id: JobId::new(now, chance),
        queue: Queue::Deliver,
        lane: delivery.conversation.to_string(),
        kind: DELIVER_KIND.to_owned(),
        payload: to_json("job", &Payload { delivery: delivery.id })?,
        run_at: now,
        trace: None,
    };
    Ok(tx.jobs().add(&job).await?)
}
