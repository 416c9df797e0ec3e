//! A recording's file: fetched, kept with its conversation, and then deleted at the provider.

use bot_channels::provider::{Fetched, ProviderError, Recordings};
use bot_core::id::{AttachmentId, RecordingId};
use bot_core::message::{AttachmentKind, Content};
use bot_store::Topic;
use bot_store::announce::{FORGET_KIND, recording_job};
use bot_store::attachments::NewAttachment;
use bot_store::jobs::Job;
use bot_store::messages::{NewMessage, append_aside};
use bot_store::recordings::Recording;
use std::sync::Arc;

use crate::error::Error;
use crate::shell::Shell;
use crate::turn::finish_only;

/// Tries after which a recording that the provider does not have will never come: an hour.
const MAX_MISSING: i64 = 11;

/// Fetches a recording and keeps it: with its conversation, as the caller's own message.
pub(super) async fn keep(shell: &Shell, job: &Job, recording: &Recording) -> Result<(), Error> {
    let provider = provider(shell, recording)?;
    let id = recording.new.provider_id.clone();
    let fetched = tokio::task::spawn_blocking(move || provider.fetch(&id)).await;
    let fetched = match fetched.map_err(|_| Error::Stale)? {
        Err(ProviderError::Missing) if job.attempt >= MAX_MISSING && was_missing(job) => {
            return Err(ProviderError::Refused { status: 404, code: 0 }.into());
        }
        fetched => fetched?,
    };
    store(shell, recording, fetched).await?;
    for topic in [Topic::Jobs, Topic::Conversation(recording.new.conversation), Topic::Desk] {
        shell.store.wake().notify(topic);
    }
    Ok(())
}

/// Tells whether it was missing the last time too: a provider that was away for long may take a
/// moment more.
fn was_missing(job: &Job) -> bool {
    job.last_error.as_ref().is_some_and(|error| *error == ProviderError::Missing.to_string())
}

fn provider(shell: &Shell, recording: &Recording) -> Result<Arc<dyn Recordings>, Error> {
    let provider = shell.outside.recordings.get(&recording.new.dialect);
    provider.cloned().ok_or(Error::NotSetUp("the provider of this recording"))
}

async fn store(shell: &Shell, recording: &Recording, fetched: Fetched) -> Result<(), Error> {
    let (now, id) = (shell.now(), recording.new.id);
    let conversation = recording.new.conversation;
    let file = NewAttachment {
        id: AttachmentId::new(now, shell.chance.as_ref()),
        conversation: Some(conversation),
        kind: AttachmentKind::Audio,
        media_type: media_type(&fetched.bytes).to_owned(),
        bytes: fetched.bytes,
        at: now,
    };
    let mut tx = shell.store.begin().await?;
    let kept = tx.attachments().insert(&file).await?;
    if !tx.recordings().keep(id, kept.id).await?.is_done() {
        // Another worker has kept it; what this one brought goes with its transaction.
        return Ok(());
    }
    let content = Content { attachments: vec![kept.attachment()], ..Content::default() };
    let lang = recording.new.lang;
    let mut message = NewMessage::from_resident(conversation, &content, lang, now);
    message.key = Some(format!("recording/{id}"));
    let _seq = append_aside(tx.as_mut(), &message).await?;
    if !fetched.is_cut {
        let release = shell.town().city.hash.clone();
        let forget = recording_job(id, FORGET_KIND, &super::visit(shell, &release))?;
        tx.jobs().add(&forget).await?;
    }
    Ok(tx.commit().await?)
}

/// Tells a file's kind by its first bytes; what is none that is known is only kept.
fn media_type(bytes: &[u8]) -> &'static str {
    match bytes {
        [b'R', b'I', b'F', b'F', ..] => "audio/wav",
        [b'I', b'D', b'3', ..] | [0xff, 0xe0..=0xff, ..] => "audio/mpeg",
        [b'O', b'g', b'g', b'S', ..] => "audio/ogg",
        _ => "application/octet-stream",
    }
}

/// Has the provider delete what we keep ourselves now.
pub(super) async fn forget(shell: &Shell, job: &Job, id: RecordingId) -> Result<(), Error> {
    let found = super::find(shell, id).await?;
    if let Some(recording) = found.filter(|recording| recording.deleted.is_none()) {
        let provider = provider(shell, &recording)?;
        let name = recording.new.provider_id.clone();
        let deleted = tokio::task::spawn_blocking(move || provider.delete(&name)).await;
        deleted.map_err(|_| Error::Stale)??;
        let mut tx = shell.store.begin().await?;
        let _again = tx.recordings().mark_deleted(id, shell.now()).await?;
        tx.commit().await?;
    }
    finish_only(shell, job, shell.now()).await
}
