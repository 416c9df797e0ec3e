//! Sends one message, and notes what the provider made of it.
//!
//! The provider has no key by which it would know a repeat: if we die between its answer and our
//! note of it, the resident gets the message twice rather than never.

use bot_channels::provider::ProviderError;
use bot_channels::sms::outgoing;
use bot_core::text::shorten;
use bot_store::deliveries::{Delivery, DeliveryState};
use bot_store::jobs::Job;
use bot_store::{Topic, Tx};

use crate::error::Error;
use crate::last_resort;
use crate::outbox::Payload;
use crate::shell::Shell;

/// Characters of the longest text message that providers take.
const MAX_TEXT_CHARS: usize = 1_600;
/// The provider's number for "this resident asked it for no more messages".
const STOPPED_CODE: u32 = 21_610;

/// Does a job: sends a message.
pub(crate) async fn run(shell: &Shell, job: &Job) -> Result<(), Error> {
    let payload = read(job)?;
    let mut tx = shell.store.read().await?;
    let Some(delivery) = tx.deliveries().get(payload.delivery).await? else {
        return finish(shell, job, None).await;
    };
    if delivery.state != DeliveryState::Waiting {
        return finish(shell, job, None).await;
    }
    let is_silent = tx.silences().is_silent(delivery.new.channel, &delivery.new.address).await?;
    let text = text(tx.as_mut(), &delivery).await?;
    drop(tx);
    if is_silent {
        return finish(shell, job, Some((&delivery, "the resident asked for no messages"))).await;
    }
    let texts = shell.outside.texts.clone().ok_or(Error::NotSetUp("sending text messages"))?;
    let to = delivery.new.address.clone();
    let sent = tokio::task::spawn_blocking(move || texts.send(&to, &text)).await;
    let sent = sent.map_err(|_| Error::Stale)??;
    let now = shell.now();
    let mut tx = shell.store.begin().await?;
    let _late = tx.deliveries().sent(delivery.new.id, &sent.id, sent.n_parts, now).await?;
    let of_message = (delivery.new.conversation, delivery.new.seq);
    let _gone = tx.messages().mark_sent(of_message.0, of_message.1, &sent.id).await?;
    let _theirs = tx.jobs().finish(job.new.id, job.attempt, now).await?;
    Ok(tx.commit().await?)
}

fn read(job: &Job) -> Result<Payload, Error> {
    serde_json::from_str(&job.new.payload).map_err(|why| Error::unreadable("job", why))
}

/// Gives what a message says, as it goes out.
async fn text(tx: &mut dyn Tx, delivery: &Delivery) -> Result<String, Error> {
    let (conversation, seq) = (delivery.new.conversation, delivery.new.seq);
    let found = tx.messages().list_after(conversation, seq.saturating_sub(1), 1).await?;
    let said = found.first().map(|message| message.new.content.text.as_str()).unwrap_or_default();
    let whole = outgoing(said);
    if whole.chars().count() <= MAX_TEXT_CHARS {
        return Ok(whole);
    }
    // The sign that something is missing is a dear one, and takes two more when it is plain.
    Ok(outgoing(&shorten(&whole, MAX_TEXT_CHARS - 2)))
}

/// Ends a job whose message will not be sent, or was already.
async fn finish(shell: &Shell, job: &Job, failed: Option<(&Delivery, &str)>) -> Result<(), Error> {
    let now = shell.now();
    let mut tx = shell.store.begin().await?;
    if let Some((delivery, why)) = failed {
        let _late = tx.deliveries().fail(delivery.new.id, why, now).await?;
    }
    let _theirs = tx.jobs().finish(job.new.id, job.attempt, now).await?;
    Ok(tx.commit().await?)
}

/// Gives a message up aloud: people see that it never left.
pub(crate) async fn bury(shell: &Shell, job: &Job, error: &Error) -> Result<(), Error> {
    let now = shell.now();
    let mut tx = shell.store.begin().await?;
    if !tx.jobs().bury(job.new.id, job.attempt, &error.to_string(), now).await?.is_done() {
        return Ok(());
    }
    let delivery = match read(job) {
        Ok(payload) => tx.deliveries().get(payload.delivery).await?,
        Err(_) => None,
    };
    if let Some(delivery) = &delivery {
        let _late = tx.deliveries().fail(delivery.new.id, &error.to_string(), now).await?;
        let stopped = ProviderError::Refused { status: 400, code: STOPPED_CODE };
        if matches!(error, Error::Provider(why) if *why == stopped) {
            tx.silences().add(delivery.new.channel, &delivery.new.address, now).await?;
        }
    }
    let about = delivery.map(|delivery| delivery.new.conversation);
    last_resort::tell_of(tx.as_mut(), job, about, now).await?;
    tx.commit().await?;
    shell.store.wake().notify(Topic::Desk);
    Ok(())
}
