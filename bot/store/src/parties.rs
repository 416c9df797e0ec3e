//! Who reported a case, who follows it, and where to tell them.

use async_trait::async_trait;
use bot_core::channel::Channel;
use bot_core::contact::Contact;
use bot_core::id::{CaseId, ConversationId, IdentityId};
use bot_core::lang::Language;
use bot_core::time::UnixMs;

use crate::error::Result;
use crate::store::Novelty;

/// What someone has to do with a case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    /// Reported it.
    Reporter,
    /// Wants to be told of it.
    Follower,
    /// Spoke for someone else.
    Proxy,
}

impl Role {
    /// Every role.
    pub const ALL: [Self; 3] = [Self::Reporter, Self::Follower, Self::Proxy];

    /// Gives the name used in tables and on the wire.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Reporter => "reporter",
            Self::Follower => "follower",
            Self::Proxy => "proxy",
        }
    }

    /// Finds a role by its name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.name() == name)
    }
}

/// Someone who has to do with a case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Party {
    /// The case.
    pub case: CaseId,
    /// In what role.
    pub role: Role,
    /// Where to tell them: see [`contact_key`], or an address of the channel; `None` for someone
    /// who gave none, or whose contact was hidden.
    pub contact: Option<String>,
    /// The channel they came by.
    pub channel: Channel,
    /// Their language.
    pub lang: Language,
    /// The address they came from.
    pub identity: Option<IdentityId>,
    /// The conversation they came by.
    pub conversation: Option<ConversationId>,
    /// Whether they want to be told.
    pub notify: bool,
    /// Since when.
    pub at: UnixMs,
}

/// Gives the one form in which a contact is stored and looked for.
#[must_use]
pub fn contact_key(contact: &Contact) -> &str {
    match contact {
        Contact::Phone(phone) => phone.as_str(),
        Contact::Email(email) => email.as_str(),
    }
}

/// Who has to do with a case.
#[async_trait]
pub trait Parties: Send {
    /// Adds someone; a contact has each role of a case once.
    async fn add(&mut self, party: &Party) -> Result<Novelty>;

    /// Lists everyone who has to do with a case, in the order they came.
    async fn list(&mut self, case: CaseId) -> Result<Vec<Party>>;

    /// Sets whether a contact wants to be told of a case; gives the number of rows changed.
    async fn set_notify(&mut self, case: CaseId, contact: &str, notify: bool) -> Result<u64>;
}
