//! What reaches outside the machine, or takes it for long: providers, and whoever listens to
//! recordings. The server sets it up; a counter may have none of it.

use bot_channels::provider::{Recordings, Texts};
use bot_core::Language;
use bot_core::id::RecordingId;
use bot_core::time::UnixMs;
use bot_core::voicemail::Heard;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

/// Days that recordings are kept where nobody has said otherwise.
const KEEP_DAYS: u32 = 90;

/// Why a recording was not heard.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EarError {
    /// The file is no recording that can be read.
    #[error("the recording cannot be read: {0}")]
    Unreadable(String),
    /// There is no model to hear with.
    #[error("there is no model to hear with: {0}")]
    NoModel(String),
}

/// What was made of a recording.
#[derive(Debug, Clone, PartialEq)]
pub struct Listened {
    /// What was heard; no words where nobody speaks.
    pub heard: Heard,
    /// How long the recording is.
    pub length: Duration,
}

/// Whoever listens to recordings. It takes long: ask on a thread that may.
pub trait Ears: Send + Sync {
    /// Hears a recording, in the caller's language where it is known. It gives up what is left once
    /// `go_on` says no, given how long the recording is.
    ///
    /// # Errors
    /// See [`EarError`].
    fn hear(
        &self,
        bytes: &[u8],
        lang: Option<Language>,
        go_on: &dyn Fn(Duration) -> bool,
    ) -> Result<Listened, EarError>;
}

/// Makes the addresses of pages that only whoever gets them may open.
pub trait Links: Send + Sync {
    /// Gives the address of a voicemail's page for its caller, good until then.
    fn voicemail(&self, recording: RecordingId, lang: Language, until: UnixMs) -> String;
}

/// What reaches outside.
#[derive(Clone)]
pub struct Outside {
    /// Whoever holds recordings, by dialect.
    pub recordings: BTreeMap<String, Arc<dyn Recordings>>,
    /// Whoever sends text messages.
    pub texts: Option<Arc<dyn Texts>>,
    /// Whoever listens.
    pub ears: Option<Arc<dyn Ears>>,
    /// Whoever makes addresses.
    pub links: Option<Arc<dyn Links>>,
    /// Days that recordings are kept; callers were told.
    pub keep_days: u32,
}

impl Default for Outside {
    fn default() -> Self {
        Self {
            recordings: BTreeMap::new(),
            texts: None,
            ears: None,
            links: None,
            keep_days: KEEP_DAYS,
        }
    }
}
