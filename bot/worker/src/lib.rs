//! The shell around the engine: it waits, retries and measures, so that the engine need not.
//!
//! Lives here: turns of conversations, voicemails, messages out, timers, upkeep, the city that is live, and rehearsals of
//! the city's conversation tests. Never here: SQL, HTTP, what to say.

pub mod clerk;
mod clock;
mod deliver;
pub mod error;
mod fold;
mod last_resort;
pub mod lesson;
mod metrics;
mod outbox;
pub mod outside;
pub mod package;
mod patience;
mod redaction;
pub mod rehearsal;
pub mod retraining;
mod runner;
mod shell;
mod suggest;
mod timers;
mod town;
mod turn;
mod upkeep;
mod voicemail;

pub use error::Error;
pub use metrics::{Metrics, Numbers, metrics_text};
pub use outside::Outside;
pub use runner::{Runner, Settings};
pub use shell::Shell;
pub use suggest::Learning;
pub use town::{Square, Town};
