//! Settings of what is heard.

use schemars::JsonSchema;
use serde::Deserialize;

/// What is heard: voicemails, voice notes.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct VoiceSettings {
    /// The model that transcribes, by its name in `guichet models list`.
    pub model: String,
    /// Seconds of a recording that are transcribed; the rest is kept and only heard.
    pub max_seconds: u32,
}

impl Default for VoiceSettings {
    fn default() -> Self {
        Self { model: "whisper-base-q8".to_owned(), max_seconds: 600 }
    }
}
