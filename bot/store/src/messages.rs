//! The messages of a conversation: append-only, numbered without a gap.

use async_trait::async_trait;
use bot_core::id::ConversationId;
use bot_core::lang::Language;
use bot_core::message::{Author, Choice, Content, Posted};
use bot_core::slot::SlotKind;
use bot_core::time::UnixMs;

use crate::error::Result;
use crate::redact::Redactor;
use crate::store::{Swap, Tx};

/// A message to add.
#[derive(Debug, Clone, PartialEq)]
pub struct NewMessage {
    /// The conversation it goes to.
    pub conversation: ConversationId,
    /// Who wrote it.
    pub author: Author,
    /// The agent's name, where an agent wrote it.
    pub agent: Option<String>,
    /// Its language.
    pub lang: Language,
    /// The words, and whatever came with them.
    pub content: Content,
    /// The answers offered, if any.
    pub choices: Vec<Choice>,
    /// What sort of answer it asks for, if any.
    pub wants: Option<SlotKind>,
    /// The epoch its author saw; where it is not the present one, the message is refused. `None`
    /// for whoever needs no leave: the resident, the counter itself.
    pub epoch: Option<i64>,
    /// The key under which it is added only once.
    pub key: Option<String>,
    /// The provider's own id of it.
    pub provider_id: Option<String>,
    /// When it was written.
    pub at: UnixMs,
}

impl NewMessage {
    /// Makes a resident's message.
    #[must_use]
    pub fn from_resident(
        conversation: ConversationId,
        content: &Content,
        lang: Language,
        at: UnixMs,
    ) -> Self {
        Self {
            content: content.clone(),
            ..Self::words(conversation, Author::Resident, "", lang, at)
        }
    }

    /// Makes a message of words alone.
    #[must_use]
    pub fn words(
        conversation: ConversationId,
        author: Author,
        text: &str,
        lang: Language,
        at: UnixMs,
    ) -> Self {
        Self {
            conversation,
            author,
            agent: None,
            lang,
            content: Content::text(text),
            choices: Vec::new(),
            wants: None,
            epoch: None,
            key: None,
            provider_id: None,
            at,
        }
    }
}

impl NewMessage {
    /// Hides a text in everything that someone may have said; tells whether it occurred.
    pub fn redact(&mut self, redactor: &Redactor) -> bool {
        let choices = self.choices.iter_mut().map(|choice| &mut choice.label);
        let mut has_changed = false;
        let content = &mut self.content;
        for words in choices.chain([&mut content.text]).chain(&mut content.choice) {
            if let Some(hidden) = redactor.words(words) {
                *words = hidden;
                has_changed = true;
            }
        }
        has_changed
    }
}

/// A message with its place.
#[derive(Debug, Clone, PartialEq)]
pub struct Message {
    /// Its place: 1, 2, 3 … without a gap.
    pub seq: i64,
    /// What it says.
    pub new: NewMessage,
}

impl Message {
    /// Gives the message as the resident's screen shows it.
    #[must_use]
    pub fn posted(&self) -> Posted {
        Posted {
            seq: self.seq,
            from: self.new.author,
            text: self.new.content.text.clone(),
            choices: self.new.choices.clone(),
            wants: self.new.wants,
            attachments: self.new.content.attachments.clone(),
            lang: self.new.lang,
            at: self.new.at,
        }
    }
}

/// What became of a message to add.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use]
pub enum Appended {
    /// It was added at this place.
    Fresh(i64),
    /// It had been added before, at this place.
    Repeat(i64),
    /// The conversation is gone, or has another owner than its author thought.
    Stale,
}

impl Appended {
    /// Gives the message's place.
    #[must_use]
    pub const fn seq(self) -> Option<i64> {
        match self {
            Self::Fresh(seq) | Self::Repeat(seq) => Some(seq),
            Self::Stale => None,
        }
    }
}

/// Adds a resident's message that no turn takes in, as a recording or a note to a page: it does not
/// wait for the engine, unless others before it do.
///
/// # Errors
/// As the store's.
pub async fn append_aside(tx: &mut dyn Tx, message: &NewMessage) -> Result<Appended> {
    let appended = tx.messages().append(message).await?;
    let waiting = tx.messages().unseen(message.conversation, 2).await?;
    if let ([own], Appended::Fresh(seq)) = (waiting.as_slice(), appended)
        && own.seq == seq
    {
        let _swap = tx.messages().mark_seen(message.conversation, seq).await?;
    }
    Ok(appended)
}

/// The messages of the conversations.
#[async_trait]
pub trait Messages: Send {
    /// Adds a message at the end of its conversation.
    async fn append(&mut self, message: &NewMessage) -> Result<Appended>;

    /// Lists the messages after a place, oldest first.
    async fn list_after(
        &mut self,
        conversation: ConversationId,
        seq: i64,
        limit: u32,
    ) -> Result<Vec<Message>>;

    /// Lists the last messages, oldest first.
    async fn last(&mut self, conversation: ConversationId, limit: u32) -> Result<Vec<Message>>;

    /// Lists the resident's messages that the engine has not folded, oldest first.
    async fn unseen(&mut self, conversation: ConversationId, limit: u32) -> Result<Vec<Message>>;

    /// Marks everything up to a place as folded; never goes back.
    async fn mark_seen(&mut self, conversation: ConversationId, seq: i64) -> Result<Swap>;

    /// Remembers the provider's id of a message that was delivered.
    async fn mark_sent(
        &mut self,
        conversation: ConversationId,
        seq: i64,
        provider_id: &str,
    ) -> Result<Swap>;
}
