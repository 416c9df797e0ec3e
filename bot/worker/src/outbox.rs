//! Messages that must be sent: written down with what they belong to, sent later.
//!
//! On some channels a message is delivered by being there (the web chat, the telephone); on the
//! others a provider must be told.

use bot_core::channel::Channel;
use bot_core::id::{ConversationId, DeliveryId, JobId};
use bot_core::{Chance, UnixMs};
use bot_store::Tx;
use bot_store::deliveries::NewDelivery;
use bot_store::jobs::{NewJob, Queue};
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
pub(crate) const fn is_sent(channel: Channel) -> bool {
    match channel {
        Channel::Sms => true,
        // Telegram, Discord and mail have no way out yet.
        Channel::Web | Channel::Phone | Channel::Telegram | Channel::Discord | Channel::Email => {
            false
        }
    }
}

/// Has a message sent, once.
pub(crate) async fn add(
    tx: &mut dyn Tx,
    (conversation, seq): (ConversationId, i64),
    (channel, address): (Channel, &str),
    chance: &dyn Chance,
    now: UnixMs,
) -> Result<(), Error> {
    let delivery = NewDelivery {
        id: DeliveryId::new(now, chance),
        conversation,
        seq,
        channel,
        address: address.to_owned(),
        at: now,
    };
    if !tx.deliveries().add(&delivery).await?.is_fresh() {
        return Ok(());
    }
    let job = NewJob {
        id: JobId::new(now, chance),
        queue: Queue::Deliver,
        lane: conversation.to_string(),
        kind: DELIVER_KIND.to_owned(),
        payload: to_json("job", &Payload { delivery: delivery.id })?,
        run_at: now,
        trace: None,
    };
    Ok(tx.jobs().add(&job).await?)
}
