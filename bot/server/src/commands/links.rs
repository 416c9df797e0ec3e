//! Addresses of pages that only whoever gets them may open.

use bot_core::id::RecordingId;
use bot_core::{Language, UnixMs};
use bot_web::token::TokenKey;
use bot_worker::outside::Links;

/// The counter's own pages, as they are seen from outside.
pub(crate) struct OwnLinks {
    pub(crate) public_url: String,
    pub(crate) key: TokenKey,
}

impl Links for OwnLinks {
    fn voicemail(&self, recording: RecordingId, lang: Language, until: UnixMs) -> String {
        let path = bot_web::voicemail_path(lang);
        format!("{}{path}/{}", self.public_url, self.key.voicemail(recording.0, until))
    }
}
