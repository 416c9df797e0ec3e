//! A case: a service request as the city keeps it.

use serde::{Deserialize, Serialize};
use std::str::FromStr;

use crate::case_number::CaseNumber;
use crate::channel::Channel;
use crate::id::{AttachmentId, CaseId, ConversationId};
use crate::lang::Language;
use crate::place::Place;
use crate::time::UnixMs;
use crate::value::Record;

/// Characters of a case's description, the limit of Open311.
pub const MAX_DESCRIPTION_CHARS: usize = 4_000;

/// Where a case stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CaseState {
    /// Filed; its number has been told.
    New,
    /// Read and sent to the right team.
    Triaged,
    /// Being worked on.
    InProgress,
    /// Planned for a day.
    Scheduled,
    /// The city waits for the resident.
    WaitingResident,
    /// Given to another body.
    Referred,
    /// Done; the resident may object.
    Resolved,
    /// Done for good.
    Closed,
    /// The same as another case.
    Duplicate,
    /// Not the city's to mend.
    NotResponsible,
    /// Looked at; nothing will be done.
    NoAction,
    /// Withdrawn.
    Cancelled,
    /// Opened again after it was done.
    Reopened,
}

impl CaseState {
    /// Every state.
    pub const ALL: [Self; 13] = [
        Self::New,
        Self::Triaged,
        Self::InProgress,
        Self::Scheduled,
        Self::WaitingResident,
        Self::Referred,
        Self::Resolved,
        Self::Closed,
        Self::Duplicate,
        Self::NotResponsible,
        Self::NoAction,
        Self::Cancelled,
        Self::Reopened,
    ];

    /// Gives the name used in tables and files.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Triaged => "triaged",
            Self::InProgress => "in_progress",
            Self::Scheduled => "scheduled",
            Self::WaitingResident => "waiting_resident",
            Self::Referred => "referred",
            Self::Resolved => "resolved",
            Self::Closed => "closed",
            Self::Duplicate => "duplicate",
            Self::NotResponsible => "not_responsible",
            Self::NoAction => "no_action",
            Self::Cancelled => "cancelled",
            Self::Reopened => "reopened",
        }
    }

    /// Tells whether the city still has something to do: Open311's `open`.
    #[must_use]
    pub const fn is_open(self) -> bool {
        match self {
            Self::New
            | Self::Triaged
            | Self::InProgress
            | Self::Scheduled
            | Self::WaitingResident
            | Self::Referred
            | Self::Reopened => true,
            Self::Resolved
            | Self::Closed
            | Self::Duplicate
            | Self::NotResponsible
            | Self::NoAction
            | Self::Cancelled => false,
        }
    }
}

/// A state name that the counter does not know.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("unknown case state \"{0}\"")]
pub struct UnknownCaseState(pub String);

impl FromStr for CaseState {
    type Err = UnknownCaseState;

    fn from_str(raw: &str) -> Result<Self, Self::Err> {
        Self::ALL
            .into_iter()
            .find(|state| state.name() == raw)
            .ok_or_else(|| UnknownCaseState(raw.to_owned()))
    }
}

/// A service request.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Case {
    /// Its id.
    pub id: CaseId,
    /// The number that the resident knows.
    pub number: CaseNumber,
    /// The category's code.
    pub service: String,
    /// The version of the category it was filed under.
    pub service_version: u32,
    /// Where it stands.
    pub state: CaseState,
    /// The place, where the category has one.
    pub place: Option<Place>,
    /// The answers to the category's questions.
    pub answers: Record,
    /// The resident's own words.
    pub description: String,
    /// The pictures.
    pub photos: Vec<AttachmentId>,
    /// Whether it cannot wait.
    pub urgent: bool,
    /// The queue that has it.
    pub queue: String,
    /// The channel it came by.
    pub channel: Channel,
    /// The language it was filed in.
    pub lang: Language,
    /// The conversation it was filed from.
    pub conversation: Option<ConversationId>,
    /// When it was filed.
    pub created: UnixMs,
    /// When it last changed.
    pub updated: UnixMs,
    /// When it should be done.
    pub expected: Option<UnixMs>,
    /// When it was done.
    pub closed: Option<UnixMs>,
}
