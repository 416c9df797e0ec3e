//! The web chat: JSON in, JSON out.

use bot_core::Language;
use bot_core::channel::Source;
use bot_core::id::AttachmentId;
use bot_core::message::{Attachment, Author, Choice, Content, Posted};
use bot_core::place::Point;
use bot_core::slot::SlotKind;
use bot_core::text::{MAX_MESSAGE_CHARS, clean};
use serde::{Deserialize, Serialize};

use crate::object::Object;

/// Bytes of a client's own id of a message.
pub const MAX_ID_BYTES: usize = 128;
/// Bytes of a choice's id.
pub const MAX_CHOICE_BYTES: usize = 256;
/// Files that one message may name.
pub const MAX_FILES: usize = 10;
/// Bytes of a message's body.
pub const MAX_BODY_BYTES: usize = 64 * 1024;

/// Why a message cannot be taken; the text tells the client what to send instead.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DecodeError {
    /// Not JSON, or not of this shape.
    #[error("the body is not a message: {0}")]
    Shape(String),
    /// The id is missing, too long or not printable.
    #[error("id must be 1 to {MAX_ID_BYTES} printable characters of your own choice")]
    Id,
    /// Nothing was sent.
    #[error("send at least one of text, choice, location, attachments")]
    Empty,
    /// The choice is no id of a choice.
    #[error("choice must be the id of a choice, at most {MAX_CHOICE_BYTES} bytes")]
    Choice,
    /// The position is not on the globe.
    #[error("location must have lat from -90 to 90 and lon from -180 to 180")]
    Location,
    /// Too many files.
    #[error("at most {MAX_FILES} attachments go with one message")]
    Files,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawMessage {
    id: String,
    #[serde(default)]
    text: Option<String>,
    #[serde(default)]
    choice: Option<String>,
    #[serde(default)]
    location: Option<Object<RawPoint>>,
    #[serde(default)]
    attachments: Vec<AttachmentId>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawPoint {
    lat: f64,
    #[serde(alias = "lng", alias = "long")]
    lon: f64,
}

/// A message as a client sent it.
#[derive(Debug, Clone, PartialEq)]
pub struct WebMessage {
    /// The client's own id.
    pub id: String,
    /// What was sent; files are named apart, since only the store knows them.
    pub content: Content,
    /// The files that go with it.
    pub files: Vec<AttachmentId>,
}

/// Reads the body of a message.
///
/// # Errors
/// Says what to send instead.
pub fn decode(body: &[u8]) -> Result<WebMessage, DecodeError> {
    let Object::<RawMessage>(raw) =
        serde_json::from_slice(body).map_err(|why| DecodeError::Shape(why.to_string()))?;
    if !is_id(&raw.id) {
        return Err(DecodeError::Id);
    }
    let choice = raw.choice.filter(|choice| !choice.is_empty());
    if choice
        .as_ref()
        .is_some_and(|id| id.len() > MAX_CHOICE_BYTES || id.chars().any(char::is_control))
    {
        return Err(DecodeError::Choice);
    }
    let location = match raw.location {
        Some(Object(at)) => Some(Point::new(at.lat, at.lon).ok_or(DecodeError::Location)?),
        None => None,
    };
    if raw.attachments.len() > MAX_FILES {
        return Err(DecodeError::Files);
    }
    let sent = raw.text.unwrap_or_default();
    let has_text = !sent.trim().is_empty();
    let content = Content { choice, location, ..words(&sent) };
    if content.choice.is_none() && location.is_none() && raw.attachments.is_empty() && !has_text {
        return Err(DecodeError::Empty);
    }
    Ok(WebMessage { id: raw.id, content, files: raw.attachments })
}

/// Makes the content of typed words: cleaned, and cut where they are too long.
#[must_use]
pub fn words(sent: &str) -> Content {
    // Cleaned first: what cleaning takes out or spells otherwise does not count.
    let whole = clean(sent, usize::MAX);
    let text = clean(&whole, MAX_MESSAGE_CHARS);
    let truncated = whole.chars().count() > MAX_MESSAGE_CHARS;
    // Words of which nothing is left were not nothing: the counter says that it could not read
    // them.
    let text =
        if text.is_empty() && !sent.trim().is_empty() { UNREADABLE.to_owned() } else { text };
    Content { text, source: Some(Source::Text), truncated, ..Content::default() }
}

/// Stands for words of which nothing could be read.
pub const UNREADABLE: &str = "\u{fffd}";

/// Tells whether a text may be a client's own id of a message.
#[must_use]
pub fn is_id(id: &str) -> bool {
    !id.is_empty() && id.len() <= MAX_ID_BYTES && !id.chars().any(char::is_control)
}

/// A message as a client reads it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct WirePosted {
    /// Its place in the conversation: 1, 2, 3 …
    pub seq: i64,
    /// Who wrote it.
    pub from: Author,
    /// The words.
    pub text: String,
    /// The answers on offer.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub choices: Vec<Choice>,
    /// What sort of answer the question asks for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub wants: Option<SlotKind>,
    /// The files that came with it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub attachments: Vec<Attachment>,
    /// Its language.
    pub lang: Language,
    /// When it was stored, in RFC 3339, UTC.
    pub at: String,
}

impl From<Posted> for WirePosted {
    fn from(posted: Posted) -> Self {
        Self {
            seq: posted.seq,
            from: posted.from,
            text: posted.text,
            choices: posted.choices,
            wants: posted.wants,
            attachments: posted.attachments,
            lang: posted.lang,
            at: posted.at.timestamp().to_string(),
        }
    }
}

#[cfg(test)]
mod tests;
