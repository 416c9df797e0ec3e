//! The one entry for every provider's recording: kept, and put to work, at once.
//!
//! Never here: how it is fetched, or what is said in it.

use bot_core::id::{JobId, RecordingId};
use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};
use crate::jobs::{NewJob, Queue};
use crate::receive::Visit;
use crate::recordings::NewRecording;
use crate::store::{Novelty, Tx};

/// The kind of the jobs that fetch a recording, hear it, and settle what becomes of it.
pub const HEAR_KIND: &str = "hear";
/// The kind of the jobs that have the provider delete its copy.
pub const FORGET_KIND: &str = "forget";

/// What such a job is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecordingJob {
    /// The recording.
    pub recording: RecordingId,
}

/// Makes a job about a recording that is due at once.
///
/// # Errors
/// None in practice: an id can always be written.
pub fn recording_job(recording: RecordingId, kind: &str, visit: &Visit<'_>) -> Result<NewJob> {
    let payload = serde_json::to_string(&RecordingJob { recording });
    Ok(NewJob {
        id: JobId::new(visit.now, visit.chance),
        queue: Queue::Transcribe,
        lane: format!("{kind}/{recording}"),
        kind: kind.to_owned(),
        payload: payload.map_err(|why| Error::Fault(std::sync::Arc::new(why)))?,
        run_at: visit.now,
        trace: None,
    })
}

/// Keeps a recording that a provider tells of, and has it fetched and heard; one that was told of
/// before is left as it is. Ring [`crate::Topic::Jobs`] after the commit.
///
/// # Errors
/// As the store's.
pub async fn announce(
    tx: &mut dyn Tx,
    recording: &NewRecording,
    visit: &Visit<'_>,
) -> Result<Novelty> {
    let novelty = tx.recordings().announce(recording).await?;
    if novelty.is_fresh() {
        tx.jobs().add(&recording_job(recording.id, HEAR_KIND, visit)?).await?;
    }
    Ok(novelty)
}
