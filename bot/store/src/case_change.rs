//! Changes of a case: new values of its fields, another state, and what the audit keeps of both.

use bot_core::case::{Case, CaseState};
use bot_core::id::{AttachmentId, CaseId};
use bot_core::lang::Bilingual;
use bot_core::place::Place;
use bot_core::time::UnixMs;
use bot_core::value::Record;
use serde::Serialize;
use std::sync::Arc;

use crate::error::{Error, Result};
use crate::updates::{NewUpdate, UpdateKind};

/// New values of a case's fields; `None` leaves one as it is.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Revision {
    /// The place.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub place: Option<Place>,
    /// The answers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub answers: Option<Record>,
    /// The description.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// The pictures.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub photos: Option<Vec<AttachmentId>>,
    /// Whether it cannot wait.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub urgent: Option<bool>,
    /// The queue that has it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub queue: Option<String>,
    /// When it should be done.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expected: Option<UnixMs>,
}

impl Revision {
    /// Gives the same fields of a case as they are now: what the audit keeps as "before".
    #[must_use]
    pub fn of_case(&self, case: &Case) -> Self {
        Self {
            place: self.place.as_ref().and(case.place.clone()),
            answers: self.answers.as_ref().map(|_| case.answers.clone()),
            description: self.description.as_ref().map(|_| case.description.clone()),
            photos: self.photos.as_ref().map(|_| case.photos.clone()),
            urgent: self.urgent.map(|_| case.urgent),
            queue: self.queue.as_ref().map(|_| case.queue.clone()),
            expected: self.expected.and(case.expected),
        }
    }

    /// Puts the new values into a case.
    pub fn apply(&self, case: &mut Case) {
        let Self { place, answers, description, photos, urgent, queue, expected } = self.clone();
        case.place = place.or_else(|| case.place.take());
        case.expected = expected.or(case.expected);
        case.urgent = urgent.unwrap_or(case.urgent);
        replace(&mut case.answers, answers);
        replace(&mut case.description, description);
        replace(&mut case.photos, photos);
        replace(&mut case.queue, queue);
    }
}

fn replace<T>(field: &mut T, value: Option<T>) {
    if let Some(value) = value {
        *field = value;
    }
}

/// A change of a case's fields.
#[derive(Debug, Clone, PartialEq)]
pub struct CaseEdit {
    /// The case.
    pub case: CaseId,
    /// When the case had last changed, as the author saw it.
    pub seen_updated: UnixMs,
    /// Who changes it.
    pub author: String,
    /// The new values.
    pub revision: Revision,
    /// When.
    pub at: UnixMs,
}

/// A change of where a case stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CaseMove {
    /// The case.
    pub case: CaseId,
    /// Where it stood, as the author saw it.
    pub from: CaseState,
    /// Where it stands from now on.
    pub to: CaseState,
    /// Who changes it.
    pub author: String,
    /// What those who follow the case are told.
    pub text: Option<Bilingual<String>>,
    /// The outside system's own id of the change; one that is known is not done again.
    pub source: Option<String>,
    /// When.
    pub at: UnixMs,
}

impl CaseEdit {
    /// Changes a case and gives the update that the audit keeps.
    ///
    /// # Errors
    /// None in practice: the fields can always be written as JSON.
    pub fn apply(&self, case: &mut Case) -> Result<NewUpdate> {
        let before = json(&self.revision.of_case(case))?;
        let after = json(&self.revision)?;
        self.revision.apply(case);
        case.updated = later(case.updated, self.at);
        Ok(NewUpdate {
            case: self.case,
            kind: UpdateKind::Edit,
            author: self.author.clone(),
            from: Some(before),
            to: Some(after),
            text: None,
            source: None,
            at: self.at,
        })
    }
}

impl CaseMove {
    /// Changes a case and gives the update that is kept.
    pub fn apply(&self, case: &mut Case) -> NewUpdate {
        case.state = self.to;
        case.updated = later(case.updated, self.at);
        case.closed = if self.to.is_open() { None } else { case.closed.or(Some(self.at)) };
        NewUpdate {
            case: self.case,
            kind: UpdateKind::State,
            author: self.author.clone(),
            from: Some(self.from.name().to_owned()),
            to: Some(self.to.name().to_owned()),
            text: self.text.clone(),
            source: self.source.clone(),
            at: self.at,
        }
    }
}

/// Gives the time of a change: always later than that of the change before, so that whoever saw
/// only that one is found out.
#[must_use]
pub fn later(before: UnixMs, at: UnixMs) -> UnixMs {
    at.max(UnixMs(before.0.saturating_add(1)))
}

fn json(revision: &Revision) -> Result<String> {
    serde_json::to_string(revision).map_err(|why| Error::Fault(Arc::new(why)))
}
