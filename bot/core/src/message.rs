//! Messages in and out, and what they carry.

use serde::{Deserialize, Serialize};
use std::str::FromStr;

use crate::channel::{Channel, Source};
use crate::id::{AttachmentId, ConversationId};
use crate::lang::Language;
use crate::place::Point;
use crate::slot::SlotKind;
use crate::time::UnixMs;

/// Who wrote a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Author {
    /// The automated agent.
    Bot,
    /// A person at the desk.
    Agent,
    /// The resident.
    Resident,
    /// The counter itself: someone joined, the conversation was closed.
    System,
}

impl Author {
    /// Every author.
    pub const ALL: [Self; 4] = [Self::Bot, Self::Agent, Self::Resident, Self::System];

    /// Gives the name used in tables and on the wire.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Bot => "bot",
            Self::Agent => "agent",
            Self::Resident => "resident",
            Self::System => "system",
        }
    }
}

/// An author name that the counter does not know.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("unknown author \"{0}\"")]
pub struct UnknownAuthor(pub String);

impl FromStr for Author {
    type Err = UnknownAuthor;

    fn from_str(raw: &str) -> Result<Self, Self::Err> {
        Self::ALL
            .into_iter()
            .find(|author| author.name() == raw)
            .ok_or_else(|| UnknownAuthor(raw.to_owned()))
    }
}

/// What sort of file came with a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AttachmentKind {
    /// A picture.
    Image,
    /// A voice note or a voicemail.
    Audio,
    /// Anything else that the counter keeps for the agent.
    Document,
}

/// A file that came with a message; its bytes are in the store.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attachment {
    /// Its id in the store.
    pub id: AttachmentId,
    /// What sort of file it is, by its first bytes and not by its name.
    pub kind: AttachmentKind,
    /// Its media type, as in `image/jpeg`.
    pub media_type: String,
    /// Its size.
    pub n_bytes: u64,
}

/// What a resident sent.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Content {
    /// The words, cleaned; empty where only a button, place or file came.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub text: String,
    /// The id of the choice that was tapped or keyed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub choice: Option<String>,
    /// The position that was shared.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub location: Option<Point>,
    /// The files.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub attachments: Vec<Attachment>,
    /// Whether the words were typed, spoken or keyed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<Source>,
    /// How sure a recogniser was of spoken words, from 0 to 1, where it says so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub confidence: Option<f32>,
    /// Whether the words were longer than is read, and were cut.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub truncated: bool,
}

impl Content {
    /// Makes a message of words alone.
    #[must_use]
    pub fn text(text: &str) -> Self {
        Self { text: text.to_owned(), ..Self::default() }
    }

    /// Makes a message of one tapped choice.
    #[must_use]
    pub fn choice(id: &str) -> Self {
        Self { choice: Some(id.to_owned()), ..Self::default() }
    }

    /// Tells whether nothing was sent at all.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.text.is_empty()
            && self.choice.is_none()
            && self.location.is_none()
            && self.attachments.is_empty()
    }
}

/// A message as a channel handed it in.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Inbound {
    /// The channel it came by.
    pub channel: Channel,
    /// The resident's address on that channel.
    pub address: String,
    /// The provider's own id of the message; a second one with this id is a repeat.
    pub provider_id: String,
    /// The conversation, where the channel knows it (a web token does).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub conversation: Option<ConversationId>,
    /// The language the resident has set on the channel, if any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lang: Option<Language>,
    /// What was sent.
    pub content: Content,
}

/// One answer that a resident may pick.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Choice {
    /// What comes back when it is picked.
    pub id: String,
    /// What the resident reads or hears.
    pub label: String,
}

/// A message to the resident, ready for any channel.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outbound {
    /// Who is speaking.
    pub from: Author,
    /// The words.
    pub text: String,
    /// The answers offered, if any.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub choices: Vec<Choice>,
    /// What sort of answer the question asks for, where it asks for a slot: a channel may help to
    /// give it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub wants: Option<SlotKind>,
    /// The language of the words.
    pub lang: Language,
}

/// A message as it stands in a conversation, with its place in it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Posted {
    /// Its place: 1, 2, 3 … without a gap.
    pub seq: i64,
    /// Who wrote it.
    pub from: Author,
    /// The words.
    pub text: String,
    /// The answers offered, if any.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub choices: Vec<Choice>,
    /// What sort of answer the question asks for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub wants: Option<SlotKind>,
    /// The files that came with it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub attachments: Vec<Attachment>,
    /// Its language.
    pub lang: Language,
    /// When it was stored.
    pub at: UnixMs,
}
