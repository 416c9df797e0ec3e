//! What a person decides about suggestions: a sentence is written into its intent's file, or taken
//! out again. The command and the API both come through here.
//!
//! Never here: which bytes of a file change (`flows::intents_file`), and how sentences are grouped.

mod change;
mod groups;
mod stand_ins;

use bot_core::id::SuggestionId;
use bot_core::{Language, UnixMs};
use bot_store::suggestions::{Decision, Filter, State, Suggestion, Taught, Verdict};
use bot_store::{Page, Store};
use flows::City;
use flows::intents_file::{self, IntentsFileError};
use nlu::Understand;
use std::path::Path;
use std::sync::Arc;

use crate::package::PackageError;
pub use change::put_back;
use change::{Folder, Planned};
use stand_ins::with_stand_ins;

/// Characters of the name of whoever decides.
pub const MAX_NAME_CHARS: usize = 60;

/// Why a decision was not taken; files and store are as they were.
#[derive(Debug, thiserror::Error)]
pub enum ClerkError {
    /// There is no such suggestion.
    #[error("there is no suggestion {0}: it may be too old and gone")]
    Unknown(SuggestionId),
    /// It is decided already.
    #[error("the suggestion is {} already: undo that first", .0.name())]
    Decided(State),
    /// Nothing was decided that could be undone.
    #[error("nothing was decided about this suggestion: there is nothing to undo")]
    Open,
    /// Nobody knows under which language the sentence belongs.
    #[error("the sentence shows no language: name one, fr or en")]
    NoLanguage,
    /// There is no such intent.
    #[error("the city has no intent \"{name}\": {nearest}")]
    NoIntent {
        /// The name that was given.
        name: String,
        /// What may have been meant.
        nearest: String,
    },
    /// The sentence cannot stand in the file.
    #[error(transparent)]
    Sentence(#[from] IntentsFileError),
    /// The package has a fault, before the change or because of it.
    #[error("the city's package has a fault, mend it first (guichet flows check): {0}")]
    Fault(String),
    /// Someone else is writing.
    #[error("someone else is changing the city's files: try again in a moment")]
    Busy,
    /// The package cannot be read or written.
    #[error(transparent)]
    Package(#[from] PackageError),
    /// The store cannot be asked.
    #[error(transparent)]
    Store(#[from] bot_store::Error),
}

/// What an accepted sentence is to show.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lesson {
    /// The intent.
    pub intent: String,
    /// The language, where it is not the suggestion's own.
    pub lang: Option<Language>,
    /// The sentence, where a person has written it better.
    pub sentence: Option<String>,
}

/// Whether anything is changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// Only told.
    Dry,
    /// Done.
    Real,
}

/// What was, or would be, written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written {
    /// The file inside the package; empty where none has changed.
    pub path: String,
    /// The change as a unified diff; empty where the file says so already.
    pub diff: String,
}

/// Someone who decides.
#[derive(Clone, Copy)]
pub struct Clerk<'a> {
    /// Where suggestions are kept.
    pub store: &'a dyn Store,
    /// The folder of the city's package.
    pub folder: &'a Path,
    /// Their name.
    pub by: &'a str,
    /// The time.
    pub now: UnixMs,
}

impl Clerk<'_> {
    /// Gives one suggestion.
    ///
    /// # Errors
    /// See [`ClerkError`].
    pub async fn get(&self, id: SuggestionId) -> Result<Suggestion, ClerkError> {
        let found = self.store.look().await?.suggestions().get(id).await?;
        found.ok_or(ClerkError::Unknown(id))
    }

    /// Accepts a suggestion: its sentence shows an intent from now on.
    ///
    /// # Errors
    /// See [`ClerkError`].
    pub async fn accept(
        &self,
        id: SuggestionId,
        lesson: &Lesson,
        mode: Mode,
    ) -> Result<Written, ClerkError> {
        let suggestion = self.open(id).await?;
        let folder = Folder::lock(self.folder)?;
        let city = folder.city()?;
        let taught = taught(&suggestion, lesson, &city)?;
        let planned = match folder.plan(|package| {
            intents_file::add_to_package(package, &lesson.intent, taught.lang, &taught.sentence)
        }) {
            Ok(planned) => Some(planned),
            Err(ClerkError::Sentence(IntentsFileError::There { intent, .. }))
                if intent == lesson.intent =>
            {
                None
            }
            Err(error) => return Err(error),
        };
        let taught = planned.is_some().then_some(taught);
        let verdict = Verdict::Accepted { intent: lesson.intent.clone(), taught };
        if mode == Mode::Real {
            self.decide(id, verdict, &folder, planned.as_ref()).await?;
        }
        Ok(written(planned))
    }

    /// Dismisses a suggestion: it teaches nothing.
    ///
    /// # Errors
    /// See [`ClerkError`].
    pub async fn dismiss(&self, id: SuggestionId) -> Result<(), ClerkError> {
        self.open(id).await?;
        let mut tx = self.store.begin().await?;
        let swap = tx.suggestions().decide(id, &self.decision(Verdict::Dismissed)).await?;
        if !swap.is_done() {
            return Err(self.overtaken(id).await);
        }
        Ok(tx.commit().await?)
    }

    /// Opens a suggestion again; what accepting it wrote is taken out.
    ///
    /// # Errors
    /// See [`ClerkError`].
    pub async fn undo(&self, id: SuggestionId, mode: Mode) -> Result<Written, ClerkError> {
        let verdict = self.get(id).await?.decision.ok_or(ClerkError::Open)?.verdict;
        let folder = Folder::lock(self.folder)?;
        let planned = match &verdict {
            Verdict::Accepted { intent, taught: Some(taught) } => {
                match folder.plan(|package| {
                    let Taught { lang, sentence } = taught;
                    intents_file::remove_from_package(package, intent, *lang, sentence)
                }) {
                    Ok(planned) => Some(planned),
                    // Someone took it out by hand.
                    Err(ClerkError::Sentence(
                        IntentsFileError::Missing { .. } | IntentsFileError::NoIntent(_),
                    )) => None,
                    Err(error) => return Err(error),
                }
            }
            Verdict::Accepted { taught: None, .. } | Verdict::Dismissed => None,
        };
        if mode == Mode::Real {
            let mut tx = self.store.begin().await?;
            if !tx.suggestions().reopen(id).await?.is_done() {
                return Err(ClerkError::Open);
            }
            folder.write(planned.as_ref(), async { Ok(tx.commit().await?) }).await?;
        }
        Ok(written(planned))
    }

    async fn open(&self, id: SuggestionId) -> Result<Suggestion, ClerkError> {
        let suggestion = self.get(id).await?;
        match suggestion.state() {
            State::Open => Ok(suggestion),
            state @ (State::Accepted | State::Dismissed) => Err(ClerkError::Decided(state)),
        }
    }

    async fn decide(
        &self,
        id: SuggestionId,
        verdict: Verdict,
        folder: &Folder<'_>,
        planned: Option<&Planned>,
    ) -> Result<(), ClerkError> {
        let mut tx = self.store.begin().await?;
        let swap = tx.suggestions().decide(id, &self.decision(verdict)).await?;
        if !swap.is_done() {
            return Err(self.overtaken(id).await);
        }
        folder.write(planned, async { Ok(tx.commit().await?) }).await
    }

    /// Says what another has decided meanwhile.
    async fn overtaken(&self, id: SuggestionId) -> ClerkError {
        self.open(id).await.err().unwrap_or(ClerkError::Busy)
    }

    fn decision(&self, verdict: Verdict) -> Decision {
        let by = self.by.chars().filter(|sign| !sign.is_control()).take(MAX_NAME_CHARS).collect();
        Decision { verdict, by, at: self.now }
    }
}

/// Lists a page of suggestions, grouped by meaning: the largest group first.
///
/// # Errors
/// Whatever stops the store.
pub async fn list(
    store: &dyn Store,
    reader: Arc<dyn Understand>,
    filter: Filter,
    page: Page,
    now: UnixMs,
) -> bot_store::Result<Vec<Vec<Suggestion>>> {
    let rows = store.look().await?.suggestions().list(filter, page).await?;
    Ok(groups::by_meaning(reader, rows, now).await)
}

/// Tells what is to be written: the clerk's own words, or the resident's with harmless values in
/// place of the marks.
fn taught(suggestion: &Suggestion, lesson: &Lesson, city: &City) -> Result<Taught, ClerkError> {
    let name = &lesson.intent;
    if !city.intents.contains_key(name) {
        let nearest = flows::fault::suggest(name, city.intents.keys().map(String::as_str));
        return Err(ClerkError::NoIntent { name: name.clone(), nearest });
    }
    let lang = lesson.lang.or(suggestion.new.lang).ok_or(ClerkError::NoLanguage)?;
    let sentence = match &lesson.sentence {
        Some(sentence) => sentence.trim().to_owned(),
        None => with_stand_ins(&suggestion.new.text, city),
    };
    Ok(Taught { lang, sentence })
}

fn written(planned: Option<Planned>) -> Written {
    planned.map_or_else(
        || Written { path: String::new(), diff: String::new() },
        |planned| Written { path: planned.change.path, diff: planned.diff },
    )
}
