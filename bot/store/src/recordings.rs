//! What callers have recorded: from the provider's first word of it to what a person made of it.
//!
//! Never here: the sound itself (that is an attachment), and what a transcript looks like.

mod state;

use async_trait::async_trait;
use bot_core::case_number::CaseNumber;
use bot_core::id::{AttachmentId, CallId, ConversationId, RecordingId};
use bot_core::lang::Language;
use bot_core::time::UnixMs;

pub use state::RecordingState;

use crate::error::{Error, Result};
use crate::page::Page;
use crate::receive::{MAX_ADDRESS_BYTES, MAX_PROVIDER_ID_BYTES};
use crate::redact::Redactor;
use crate::store::{Novelty, Swap};

/// Bytes of a transcript.
pub const MAX_TRANSCRIPT_BYTES: usize = 256 * 1_024;
/// Bytes of what was understood.
pub const MAX_UNDERSTOOD_BYTES: usize = 64 * 1_024;

/// A recording that a provider has told of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewRecording {
    /// Its id.
    pub id: RecordingId,
    /// How its provider writes: "twilio", "plivo" and so on.
    pub dialect: String,
    /// The provider's id of it; with the dialect there is one.
    pub provider_id: String,
    /// The call that it was made in, where that is known.
    pub call: Option<CallId>,
    /// The conversation that it belongs to.
    pub conversation: ConversationId,
    /// The caller's number, or "anonymous".
    pub caller: String,
    /// The caller's language; once it is transcribed, the language that was heard.
    pub lang: Language,
    /// How long it is, where the provider says.
    pub seconds: Option<i64>,
    /// When it was told of.
    pub at: UnixMs,
}

impl NewRecording {
    /// Refuses a recording that is larger than the store takes.
    ///
    /// # Errors
    /// [`Error::TooLarge`].
    pub fn check(&self) -> Result<()> {
        Error::check_size(self.provider_id.len(), MAX_PROVIDER_ID_BYTES)?;
        Error::check_size(self.caller.len(), MAX_ADDRESS_BYTES)
    }
}

/// What was heard in a recording.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Transcribed {
    /// [`RecordingState::Transcribed`] or [`RecordingState::Speechless`].
    pub state: RecordingState,
    /// What was heard, as JSON, at most [`MAX_TRANSCRIPT_BYTES`].
    pub transcript: Option<String>,
    /// What was understood of it and how surely, as JSON, at most [`MAX_UNDERSTOOD_BYTES`].
    pub understood: Option<String>,
    /// The language that was heard.
    pub lang: Language,
}

impl Transcribed {
    /// Refuses what is larger than the store takes.
    ///
    /// # Errors
    /// [`Error::TooLarge`].
    pub fn check(&self) -> Result<()> {
        let n_bytes = |document: &Option<String>| document.as_ref().map_or(0, String::len);
        Error::check_size(n_bytes(&self.transcript), MAX_TRANSCRIPT_BYTES)?;
        Error::check_size(n_bytes(&self.understood), MAX_UNDERSTOOD_BYTES)
    }
}

/// Who has dealt with a recording.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Review {
    /// The agent.
    pub by: String,
    /// When.
    pub at: UnixMs,
}

/// A recording, and what became of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recording {
    /// What was told of it.
    pub new: NewRecording,
    /// Where it stands.
    pub state: RecordingState,
    /// Why it is lost, at most [`crate::jobs::MAX_ERROR_CHARS`].
    pub reason: Option<String>,
    /// Its file, once that is in the store.
    pub attachment: Option<AttachmentId>,
    /// What was heard, as JSON.
    pub transcript: Option<String>,
    /// What was understood of it and how surely, as JSON.
    pub understood: Option<String>,
    /// The case that came of it.
    pub case_number: Option<CaseNumber>,
    /// When the provider was told to delete its copy.
    pub deleted: Option<UnixMs>,
    /// Who has dealt with it, once someone has.
    pub review: Option<Review>,
}

impl Recording {
    /// Makes one that was only told of.
    #[must_use]
    pub const fn announced(new: NewRecording) -> Self {
        Self {
            new,
            state: RecordingState::Announced,
            reason: None,
            attachment: None,
            transcript: None,
            understood: None,
            case_number: None,
            deleted: None,
            review: None,
        }
    }

    /// Hides a text in all that the caller said, in the caller's number and in the reason; tells
    /// whether it occurred.
    pub fn redact(&mut self, redactor: &Redactor) -> bool {
        let is_caller = redactor.mask_whole(&mut self.new.caller);
        let was_said = self.transcript.as_mut().is_some_and(|said| redactor.mask_spoken(said));
        let was_understood = self.understood.as_mut().is_some_and(|part| redactor.mask_json(part));
        let was_told = self.reason.as_mut().is_some_and(|reason| redactor.mask_words(reason));
        is_caller || was_said || was_understood || was_told
    }
}

/// Which recordings are asked for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct RecordingFilter {
    /// Only those that nobody has dealt with.
    pub unreviewed_only: bool,
}

/// What callers have recorded.
#[async_trait]
pub trait Recordings: Send {
    /// Keeps a recording that a provider tells of, once for each dialect and provider's id.
    async fn announce(&mut self, recording: &NewRecording) -> Result<Novelty>;

    /// Finds a recording by its provider's id.
    async fn find(&mut self, dialect: &str, provider_id: &str) -> Result<Option<Recording>>;

    /// Gives one.
    async fn get(&mut self, id: RecordingId) -> Result<Option<Recording>>;

    /// Takes note that its file is in the store. Bind the file to the conversation, or upkeep takes
    /// it away as one that nobody has claimed.
    async fn keep(&mut self, id: RecordingId, attachment: AttachmentId) -> Result<Swap>;

    /// Keeps what was heard in it; a state other than transcribed or speechless is
    /// [`Swap::Stale`].
    async fn transcribed(&mut self, id: RecordingId, heard: &Transcribed) -> Result<Swap>;

    /// Gives it up: its file never came, or cannot be read.
    async fn lose(&mut self, id: RecordingId, reason: &str) -> Result<Swap>;

    /// Names the case that came of it, once.
    async fn file(&mut self, id: RecordingId, case_number: CaseNumber) -> Result<Swap>;

    /// Takes note, once, that the provider was told to delete its copy.
    async fn mark_deleted(&mut self, id: RecordingId, at: UnixMs) -> Result<Swap>;

    /// Takes note, once, that an agent has dealt with it.
    async fn review(&mut self, id: RecordingId, by: &str, at: UnixMs) -> Result<Swap>;

    /// Lists them, the newest first.
    async fn list(&mut self, filter: RecordingFilter, page: Page) -> Result<Vec<Recording>>;

    /// Lists a conversation's recordings, the oldest first.
    async fn of_conversation(
        &mut self,
        conversation: ConversationId,
        page: Page,
    ) -> Result<Vec<Recording>>;
}
