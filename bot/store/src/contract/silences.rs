//! Addresses that asked for no more messages.

use bot_core::channel::Channel;
use std::sync::Arc;

use super::lab::{Lab, NOON, after};
use super::{Outcome, check, same};
use crate::error::Error;
use crate::receive::MAX_ADDRESS_BYTES;
use crate::store::{Novelty, Swap};

const NUMBER: &str = "+14185551234";

pub(super) async fn an_address_is_silent_until_it_is_lifted(lab: Arc<Lab>) -> Outcome {
    let mut tx = lab.begin().await?;
    check!(!tx.silences().is_silent(Channel::Sms, NUMBER).await?);
    same!(tx.silences().lift(Channel::Sms, NUMBER).await?, Swap::Stale);
    same!(tx.silences().add(Channel::Sms, NUMBER, NOON).await?, Novelty::Fresh);
    same!(tx.silences().add(Channel::Sms, NUMBER, after(9)).await?, Novelty::Repeat);
    tx.commit().await?;
    let mut tx = lab.begin().await?;
    check!(tx.silences().is_silent(Channel::Sms, NUMBER).await?);
    check!(!tx.silences().is_silent(Channel::Phone, NUMBER).await?);
    check!(!tx.silences().is_silent(Channel::Sms, "+14185559999").await?);
    same!(tx.silences().lift(Channel::Sms, NUMBER).await?, Swap::Done);
    same!(tx.silences().lift(Channel::Sms, NUMBER).await?, Swap::Stale);
    check!(!tx.silences().is_silent(Channel::Sms, NUMBER).await?);
    same!(tx.silences().add(Channel::Sms, NUMBER, after(9)).await?, Novelty::Fresh);
    let just = "1".repeat(MAX_ADDRESS_BYTES);
    same!(tx.silences().add(Channel::Email, &just, NOON).await?, Novelty::Fresh);
    let refused = tx.silences().add(Channel::Email, &format!("{just}1"), NOON).await;
    check!(matches!(refused, Err(Error::TooLarge { .. })));
    Ok(())
}
