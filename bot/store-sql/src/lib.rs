//! The store in SQLite, for one machine, and in PostgreSQL, for many.
//!
//! Each noun's file in `nouns/` holds its statements, once, and the code that runs them, compiled
//! for either engine; `dialect` alone knows how the two differ. Never here: the engine, a channel,
//! or the clock.

pub mod backup;
#[cfg(feature = "test-cluster")]
pub mod cluster;
mod dialect;
mod examine;
mod fault;
mod hold;
mod migrate;
mod nouns;
mod postgres;
mod row;
mod settings;
mod sqlite;
mod statement;
mod tx;

pub use examine::{Exam, examine};
pub use migrate::{Pending, migrate};
pub use settings::{Engine, Settings, Synchronous};

use bot_store::{Result, Store};
use std::sync::Arc;

/// Opens the store, and brings its tables up to date; an SQLite file that is missing is made, with
/// its folder.
///
/// # Errors
/// Says what to do: see [`bot_store::Error`].
pub async fn open(settings: &Settings) -> Result<Arc<dyn Store>> {
    Ok(match settings.engine()? {
        Engine::Sqlite => {
            // Held before it is opened: nobody puts another file in its place from here on.
            let hold = settings.hold().await?;
            migrate(settings, false).await?;
            Arc::new(sqlite::open(settings, hold).await?)
        }
        Engine::Postgres => {
            migrate(settings, false).await?;
            Arc::new(postgres::open(settings).await?)
        }
    })
}
