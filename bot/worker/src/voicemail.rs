//! Voicemails: fetched from the provider, kept, heard, understood, and made a request or a task for
//! a person.
//!
//! Each step is written down before the next begins, so that a worker that dies in the middle of a
//! recording leaves it where another can go on. Never here: how sound is heard, SQL, HTTP.

mod draft;
mod fetch;
mod hear;
mod mend;
mod settle;

use bot_core::Language;
use bot_core::id::RecordingId;
use bot_store::announce::{FORGET_KIND, RecordingJob};
use bot_store::jobs::Job;
use bot_store::recordings::{Recording, RecordingState};
use bot_store::{Topic, Visit};
use std::time::Duration;

use crate::error::Error;
use crate::last_resort;
use crate::shell::Shell;
use crate::turn::finish_only;

/// How long a recording is a worker's without a sign of it; each third of it, it gives one.
pub(crate) const LEASE: Duration = Duration::from_mins(1);
/// Steps of one recording, so that a fault does not go round for ever.
const MAX_STEPS: usize = 4;

/// Does a job: a recording as far as it goes.
pub(crate) async fn run(shell: &Shell, job: &Job) -> Result<(), Error> {
    let id = recording(job)?;
    tokio::select! {
        done = go(shell, job, id) => done,
        error = hold(shell, job) => Err(error),
    }
}

fn recording(job: &Job) -> Result<RecordingId, Error> {
    let read = serde_json::from_str::<RecordingJob>(&job.new.payload);
    read.map(|payload| payload.recording).map_err(|why| Error::unreadable("job", why))
}

/// Keeps the job while it is worked on; ends only when somebody else has it.
async fn hold(shell: &Shell, job: &Job) -> Error {
    loop {
        tokio::time::sleep(LEASE / 3).await;
        let extended = async {
            let mut tx = shell.store.begin().await?;
            let until = shell.now().plus(LEASE);
            let swap = tx.jobs().extend(job.new.id, job.attempt, until).await?;
            tx.commit().await?;
            Ok::<_, bot_store::Error>(swap)
        };
        match extended.await {
            Ok(swap) if !swap.is_done() => return Error::Stale,
            Ok(_) => {}
            // The next sign may reach the store again.
            Err(error) => tracing::warn!(%error, "a sign of work could not be given"),
        }
    }
}

async fn go(shell: &Shell, job: &Job, id: RecordingId) -> Result<(), Error> {
    if job.new.kind == FORGET_KIND {
        return fetch::forget(shell, job, id).await;
    }
    for _ in 0..MAX_STEPS {
        let Some(recording) = find(shell, id).await? else { break };
        match recording.state {
            RecordingState::Announced => fetch::keep(shell, job, &recording).await?,
            RecordingState::Kept => {
                if hear::hear(shell, &recording).await? == hear::Outcome::NobodyCan {
                    break;
                }
            }
            RecordingState::Transcribed => {
                settle::ask(shell, &recording).await?;
                break;
            }
            RecordingState::Speechless | RecordingState::Lost => break,
        }
    }
    finish_only(shell, job, shell.now()).await
}

async fn find(shell: &Shell, id: RecordingId) -> Result<Option<Recording>, Error> {
    let mut tx = shell.store.read().await?;
    Ok(tx.recordings().get(id).await?)
}

/// Gives the time, the chance and the house rules for what is written down of a voicemail.
fn visit<'a>(shell: &'a Shell, release: &'a str) -> Visit<'a> {
    Visit {
        now: shell.now(),
        chance: shell.chance.as_ref(),
        burst: Duration::ZERO,
        release,
        lang: Language::default(),
    }
}

/// Gives a recording up aloud: people see it, it is lost, and a person calls back; one that was
/// kept, and only could not be deleted at the provider, is not.
pub(crate) async fn bury(shell: &Shell, job: &Job, error: &Error) -> Result<(), Error> {
    let now = shell.now();
    let mut tx = shell.store.begin().await?;
    if !tx.jobs().bury(job.new.id, job.attempt, &error.to_string(), now).await?.is_done() {
        return Ok(());
    }
    let found = match recording(job) {
        Ok(id) => tx.recordings().get(id).await?,
        Err(_) => None,
    };
    let about = found.as_ref().map(|recording| recording.new.conversation);
    last_resort::tell_of(tx.as_mut(), job, about, now).await?;
    if let Some(recording) = found.filter(|_| job.new.kind != FORGET_KIND) {
        if !tx.recordings().lose(recording.new.id, &error.to_string()).await?.is_done() {
            tracing::debug!(recording.id = %recording.new.id, "it was heard already");
        }
        settle::leave(tx.as_mut(), shell, &recording, None).await?;
    }
    tx.commit().await?;
    shell.store.wake().notify(Topic::Desk);
    Ok(())
}
