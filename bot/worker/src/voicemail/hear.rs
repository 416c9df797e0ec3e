//! A recording heard and understood, within its time.

use bot_core::voicemail::Heard;
use bot_store::recordings::Recording;
use std::time::Duration;
use tokio::time::Instant;

use super::mend::mend;
use super::{draft, settle};
use crate::error::Error;
use crate::outside::EarError;
use crate::shell::Shell;

/// How many times its own length a recording may take to be heard.
const DEADLINE_RATIO: u32 = 3;
/// How long the shortest recording may take.
const MIN_DEADLINE: Duration = Duration::from_secs(20);

/// What became of a recording.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Outcome {
    /// It stands further than before.
    Done,
    /// There is nothing to hear with: people have it as it is.
    NobodyCan,
}

/// Hears a recording that is kept, and settles what it is.
pub(super) async fn hear(shell: &Shell, recording: &Recording) -> Result<Outcome, Error> {
    let heard = match listen(shell, recording).await? {
        Ok(heard) => heard,
        Err(why) => return unheard(shell, recording, &why).await,
    };
    let (town, now) = (shell.town(), shell.now());
    let caller = recording.new.caller.clone();
    let reading = tokio::task::spawn_blocking(move || {
        let heard = mend(heard, &town.gazetteer);
        let draft = draft::draft(&town, &heard, &caller, now);
        (heard, draft)
    });
    let (heard, draft) = reading.await.map_err(|_| Error::Stale)?;
    settle::settle(shell, recording, &heard, draft).await?;
    Ok(Outcome::Done)
}

/// Leaves a recording that was not heard to people.
async fn unheard(shell: &Shell, recording: &Recording, why: &EarError) -> Result<Outcome, Error> {
    let id = recording.new.id;
    let mut tx = shell.store.begin().await?;
    let outcome = match why {
        EarError::Unreadable(why) => {
            let _lost = tx.recordings().lose(id, why).await?;
            Outcome::Done
        }
        EarError::NoModel(why) => {
            tracing::warn!(recording.id = %id, why, "nobody can hear a recording");
            Outcome::NobodyCan
        }
    };
    settle::leave(tx.as_mut(), shell, recording, None).await?;
    tx.commit().await?;
    Ok(outcome)
}

/// Hears it on a thread of its own.
async fn listen(shell: &Shell, recording: &Recording) -> Result<Result<Heard, EarError>, Error> {
    let Some(ears) = shell.outside.ears.clone() else {
        return Ok(Err(EarError::NoModel("voice.model is not there".to_owned())));
    };
    let bytes = match recording.attachment {
        Some(attachment) => shell.store.read().await?.attachments().bytes(attachment).await?,
        None => None,
    };
    let Some(bytes) = bytes else {
        return Ok(Err(EarError::Unreadable("its file is gone".to_owned())));
    };
    let lang = Some(recording.new.lang);
    let hearing = tokio::task::spawn_blocking(move || {
        let began = Instant::now();
        let go_on = |length: Duration| {
            began.elapsed() < length.saturating_mul(DEADLINE_RATIO).max(MIN_DEADLINE)
        };
        ears.hear(&bytes, lang, &go_on)
    });
    let listened = hearing.await.map_err(|_| Error::Stale)?;
    Ok(listened.map(|listened| {
        tracing::info!(
            recording.id = %recording.new.id,
            seconds = listened.length.as_secs(),
            words = listened.heard.words.len(),
            "a recording was heard"
        );
        listened.heard
    }))
}
