//! Cases: a case exists if, and only if, its number was told to the resident.
//!
//! So [`Cases::insert`] belongs in the transaction of the turn that tells it, and nowhere else.

use async_trait::async_trait;
use bot_core::case::Case;
use bot_core::case_number::CaseNumber;
use bot_core::id::{CaseId, ConversationId};
use bot_core::time::UnixMs;

use crate::case_change::{CaseEdit, CaseMove};
use crate::error::Result;
use crate::near::{Around, Nearby};
use crate::page::Page;
use crate::store::{Novelty, Swap};

/// What became of a case to file.
#[derive(Debug, Clone, PartialEq)]
pub struct Filed {
    /// The case as it is kept.
    pub case: Case,
    /// Whether it was filed now or had been before.
    pub novelty: Novelty,
}

/// Which cases to list; empty and `None` stand for any.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CaseFilter {
    /// Of these categories.
    pub services: Vec<String>,
    /// Open (`true`) or closed (`false`).
    pub open: Option<bool>,
    /// In this queue.
    pub queue: Option<String>,
    /// Filed from this conversation.
    pub conversation: Option<ConversationId>,
    /// Filed at this time or later.
    pub since: Option<UnixMs>,
    /// Filed before this time.
    pub until: Option<UnixMs>,
    /// Changed at this time or later.
    pub updated_since: Option<UnixMs>,
}

/// The cases.
#[async_trait]
pub trait Cases: Send {
    /// Takes the next number of a year (its last two digits). Others who take one wait until this
    /// transaction ends; a number taken by one that leaves nothing behind is given again.
    async fn next_number(&mut self, year: u8) -> Result<CaseNumber>;

    /// Files a case; with a `once` key that was used before, gives the case filed then.
    async fn insert(&mut self, case: &Case, once: Option<&str>) -> Result<Filed>;

    /// Finds the case that was filed with a `once` key.
    async fn find_once(&mut self, once: &str) -> Result<Option<Case>>;

    /// Finds a case by its id.
    async fn get(&mut self, id: CaseId) -> Result<Option<Case>>;

    /// Finds a case by its number.
    async fn find(&mut self, number: CaseNumber) -> Result<Option<Case>>;

    /// Lists cases, the last filed first.
    async fn list(&mut self, filter: &CaseFilter, page: Page) -> Result<Vec<Case>>;

    /// Lists the cases around a point, the nearest first. Nothing wraps at the poles or at the
    /// 180th meridian: no city lies there.
    async fn near(&mut self, around: &Around, limit: u32) -> Result<Vec<Nearby>>;

    /// Lists the cases that this contact reported or follows, the last filed first.
    async fn by_contact(&mut self, contact: &str, limit: u32) -> Result<Vec<Case>>;

    /// Changes a case's fields and keeps what they were before, as an update of kind
    /// [`crate::updates::UpdateKind::Edit`].
    async fn revise(&mut self, edit: &CaseEdit) -> Result<Swap>;

    /// Changes where a case stands and keeps that as an update of kind
    /// [`crate::updates::UpdateKind::State`]. A change whose `source` is known is
    /// [`Swap::Stale`].
    async fn set_state(&mut self, change: &CaseMove) -> Result<Swap>;
}
