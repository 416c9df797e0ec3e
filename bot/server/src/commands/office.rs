//! Whoever looks after the intents, as the door sees them: one decision at a time.

use async_trait::async_trait;
use bot_core::id::SuggestionId;
use bot_store::Page;
use bot_store::suggestions::{Filter, Suggestion};
use bot_web::clerk::{Accept, Clerk as Office, Refusal, Written};
use bot_worker::Shell;
use bot_worker::clerk::{self, Clerk, ClerkError, Lesson, Mode};
use std::path::PathBuf;
use std::sync::Arc;
use tokio::runtime::Handle;
use tokio::sync::Mutex;

use crate::out;

/// The name under which decisions stand that name nobody.
const NOBODY: &str = "api";

/// The office of a city.
pub(crate) struct CityOffice {
    shell: Shell,
    folder: PathBuf,
    /// Two decisions at once would change one file twice.
    line: Arc<Mutex<()>>,
}

impl CityOffice {
    pub(crate) fn new(shell: Shell, folder: PathBuf) -> Self {
        Self { shell, folder, line: Arc::default() }
    }

    /// Decides on a thread of its own: a package is read and checked meanwhile.
    async fn decide<T, F>(&self, by: Option<&str>, decision: F) -> Result<T, Refusal>
    where
        T: Send + 'static,
        F: AsyncFnOnce(Clerk<'_>) -> Result<T, ClerkError> + Send + 'static,
    {
        let turn = Arc::clone(&self.line).lock_owned().await;
        let (shell, folder) = (self.shell.clone(), self.folder.clone());
        let by = by.unwrap_or(NOBODY).to_owned();
        let work = move || {
            let clerk =
                Clerk { store: shell.store.as_ref(), folder: &folder, by: &by, now: shell.now() };
            let decided = Handle::current().block_on(decision(clerk));
            drop(turn);
            decided
        };
        let decided = tokio::task::spawn_blocking(work).await;
        decided.map_err(|_| Refusal::Failed)?.map_err(|error| refusal(&error))
    }
}

#[async_trait]
impl Office for CityOffice {
    async fn list(&self, filter: Filter, page: Page) -> Result<Vec<Vec<Suggestion>>, Refusal> {
        let reader = Arc::clone(&self.shell.town().reader);
        let now = self.shell.now();
        let listed = clerk::list(self.shell.store.as_ref(), reader, filter, page, now).await;
        listed.map_err(|error| refusal(&error.into()))
    }

    async fn accept(&self, id: SuggestionId, wish: &Accept) -> Result<Written, Refusal> {
        let lesson = Lesson {
            intent: wish.intent.clone(),
            lang: wish.lang,
            sentence: wish.sentence.clone(),
        };
        let mode = if wish.dry_run { Mode::Dry } else { Mode::Real };
        let accept = async move |clerk: Clerk<'_>| clerk.accept(id, &lesson, mode).await;
        self.decide(wish.by.as_deref(), accept).await.map(written)
    }

    async fn dismiss(&self, id: SuggestionId, by: Option<&str>) -> Result<(), Refusal> {
        self.decide(by, async move |clerk: Clerk<'_>| clerk.dismiss(id).await).await
    }

    async fn undo(&self, id: SuggestionId) -> Result<Written, Refusal> {
        let undo = async move |clerk: Clerk<'_>| clerk.undo(id, Mode::Real).await;
        self.decide(None, undo).await.map(written)
    }
}

fn written(written: clerk::Written) -> Written {
    Written { path: written.path, diff: written.diff }
}

/// Says why something was not done; what is the machine's fault goes to the log.
fn refusal(error: &ClerkError) -> Refusal {
    match error {
        ClerkError::Unknown(_) => Refusal::Unknown,
        ClerkError::Decided(_) | ClerkError::Open => Refusal::Conflict(error.to_string()),
        ClerkError::NoLanguage | ClerkError::NoIntent { .. } | ClerkError::Sentence(_) => {
            Refusal::Invalid(error.to_string())
        }
        ClerkError::Fault(_) => Refusal::Conflict(error.to_string()),
        ClerkError::Busy => Refusal::Busy,
        ClerkError::Store(store) if store.is_passing() => Refusal::Busy,
        ClerkError::Package(_) | ClerkError::Store(_) => {
            tracing::error!(error = out::with_causes(error), "a suggestion could not be decided");
            Refusal::Failed
        }
    }
}
