//! Files that came with messages, bytes and all.

use async_trait::async_trait;
use bot_core::id::{AttachmentId, ConversationId};
use bot_core::message::{Attachment, AttachmentKind};
use bot_core::time::UnixMs;
use sha2::{Digest, Sha256};

use crate::error::{Error, Result};
use crate::store::Swap;

/// The largest file that is kept.
pub const MAX_ATTACHMENT_BYTES: usize = 15 * 1_024 * 1_024;
/// Bytes of a SHA-256.
pub const N_HASH_BYTES: usize = 32;

/// A file to keep.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewAttachment {
    /// The id.
    pub id: AttachmentId,
    /// The conversation, where it is known already.
    pub conversation: Option<ConversationId>,
    /// What sort of file it is.
    pub kind: AttachmentKind,
    /// Its media type.
    pub media_type: String,
    /// The bytes.
    pub bytes: Vec<u8>,
    /// When it came.
    pub at: UnixMs,
}

/// What is known of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AttachmentRow {
    /// The id.
    pub id: AttachmentId,
    /// The conversation it belongs to.
    pub conversation: Option<ConversationId>,
    /// What sort of file it is.
    pub kind: AttachmentKind,
    /// Its media type.
    pub media_type: String,
    /// The SHA-256 of its bytes.
    pub sha256: [u8; N_HASH_BYTES],
    /// Its size.
    pub n_bytes: u64,
    /// When it came.
    pub at: UnixMs,
}

impl AttachmentRow {
    /// Measures a file, and refuses one that is too large.
    ///
    /// # Errors
    /// [`Error::TooLarge`].
    pub fn measure(new: &NewAttachment) -> Result<Self> {
        let n_bytes = new.bytes.len();
        Error::check_size(n_bytes, MAX_ATTACHMENT_BYTES)?;
        Ok(Self {
            id: new.id,
            conversation: new.conversation,
            kind: new.kind,
            media_type: new.media_type.clone(),
            sha256: Sha256::digest(&new.bytes).into(),
            n_bytes: n_bytes as u64,
            at: new.at,
        })
    }

    /// Gives the file as messages name it.
    #[must_use]
    pub fn attachment(&self) -> Attachment {
        Attachment {
            id: self.id,
            kind: self.kind,
            media_type: self.media_type.clone(),
            n_bytes: self.n_bytes,
        }
    }
}

/// Gives the name of a sort of file, used in tables.
#[must_use]
pub const fn kind_name(kind: AttachmentKind) -> &'static str {
    match kind {
        AttachmentKind::Image => "image",
        AttachmentKind::Audio => "audio",
        AttachmentKind::Document => "document",
    }
}

/// Finds a sort of file by its name.
#[must_use]
pub fn kind_from_name(name: &str) -> Option<AttachmentKind> {
    [AttachmentKind::Image, AttachmentKind::Audio, AttachmentKind::Document]
        .into_iter()
        .find(|kind| kind_name(*kind) == name)
}

/// The files.
#[async_trait]
pub trait Attachments: Send {
    /// Keeps a file of at most [`MAX_ATTACHMENT_BYTES`].
    async fn insert(&mut self, attachment: &NewAttachment) -> Result<AttachmentRow>;

    /// Finds what is known of a file.
    async fn get(&mut self, id: AttachmentId) -> Result<Option<AttachmentRow>>;

    /// Finds a file's bytes.
    async fn bytes(&mut self, id: AttachmentId) -> Result<Option<Vec<u8>>>;

    /// Binds a file to a conversation; [`Swap::Stale`] where another has it, or where it is gone.
    async fn bind(&mut self, id: AttachmentId, conversation: ConversationId) -> Result<Swap>;

    /// Lists a conversation's files, oldest first.
    async fn list(
        &mut self,
        conversation: ConversationId,
        limit: u32,
    ) -> Result<Vec<AttachmentRow>>;
}
