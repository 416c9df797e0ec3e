//! What has happened to a case since it was filed; append-only.

use async_trait::async_trait;
use bot_core::id::CaseId;
use bot_core::lang::Bilingual;
use bot_core::time::UnixMs;

use crate::error::Result;
use crate::page::Page;

/// What sort of update it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum UpdateKind {
    /// It stands somewhere else.
    State,
    /// Words for everyone.
    Public,
    /// Words for the agents.
    Note,
    /// Fields were changed; `from` and `to` hold them as JSON.
    Edit,
}

impl UpdateKind {
    /// Every kind.
    pub const ALL: [Self; 4] = [Self::State, Self::Public, Self::Note, Self::Edit];

    /// Gives the name used in tables and on the wire.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::State => "state",
            Self::Public => "public",
            Self::Note => "note",
            Self::Edit => "edit",
        }
    }

    /// Finds a kind by its name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }

    /// Tells whether everyone may read it.
    #[must_use]
    pub const fn is_public(self) -> bool {
        match self {
            Self::State | Self::Public => true,
            Self::Note | Self::Edit => false,
        }
    }
}

/// An update to add.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewUpdate {
    /// The case.
    pub case: CaseId,
    /// What sort of update it is.
    pub kind: UpdateKind,
    /// Who made it: an agent's name, the city's system, the resident.
    pub author: String,
    /// What it was before.
    pub from: Option<String>,
    /// What it is now.
    pub to: Option<String>,
    /// The words.
    pub text: Option<Bilingual<String>>,
    /// The outside system's own id of it; one that is known is not added again.
    pub source: Option<String>,
    /// When.
    pub at: UnixMs,
}

/// An update with its number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CaseUpdate {
    /// Its number; later updates have larger ones.
    pub seq: i64,
    /// What it says.
    pub new: NewUpdate,
}

/// What became of an update to add.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use]
pub enum Noted {
    /// It was added under this number.
    Fresh(i64),
    /// Its source is known already.
    Repeat,
}

/// What has happened to the cases.
#[async_trait]
pub trait Updates: Send {
    /// Adds an update, unless its source is known.
    async fn add(&mut self, update: &NewUpdate) -> Result<Noted>;

    /// Lists a case's updates after a number, oldest first.
    async fn list(&mut self, case: CaseId, after: i64, limit: u32) -> Result<Vec<CaseUpdate>>;

    /// Lists every case's updates in a span of time (the end left out), oldest first.
    async fn between(
        &mut self,
        since: UnixMs,
        until: UnixMs,
        page: Page,
    ) -> Result<Vec<CaseUpdate>>;
}
