//! One file for each noun: its statements beside the code that runs them.

mod attachments;
mod callbacks;
mod calls;
mod case_lists;
mod cases;
mod conversation_lists;
mod conversations;
mod deliveries;
mod desk;
mod hooks;
mod identities;
mod inbox;
mod jobs;
mod keeping;
mod log;
mod messages;
mod parties;
mod private;
mod recordings;
mod redaction;
mod sessions;
mod silences;
mod suggestions;
mod timers;
mod updates;
mod upkeep;

pub(crate) use cases::case_columns;
pub(crate) use conversations::conversation_columns;
pub(crate) use jobs::job_columns;

/// Every statement that both engines share, by file and name.
#[cfg(test)]
pub(crate) const ALL: &[(&str, &[(&str, &str)])] = &[
    ("attachments", attachments::ALL),
    ("callbacks", callbacks::ALL),
    ("calls", calls::ALL),
    ("case_lists", case_lists::ALL),
    ("cases", cases::ALL),
    ("conversation_lists", conversation_lists::ALL),
    ("conversations", conversations::ALL),
    ("deliveries", deliveries::ALL),
    ("desk", desk::ALL),
    ("hooks", hooks::ALL),
    ("identities", identities::ALL),
    ("inbox", inbox::ALL),
    ("jobs", jobs::ALL),
    ("keeping", keeping::ALL),
    ("log", log::ALL),
    ("messages", messages::ALL),
    ("parties", parties::ALL),
    ("private", private::ALL),
    ("recordings", recordings::ALL),
    ("redaction", redaction::ALL),
    ("sessions", sessions::ALL),
    ("silences", silences::ALL),
    ("suggestions", suggestions::ALL),
    ("timers", timers::ALL),
    ("updates", updates::ALL),
    ("upkeep", upkeep::ALL),
];

#[cfg(test)]
mod tests {
    use super::ALL;
    use crate::cluster::{Cluster, Disk};
    use crate::dialect::{POSTGRES, SQLITE};
    use crate::{Settings, migrate};
    use sqlx::{ConnectOptions as _, Executor as _, SqlSafeStr as _};

    /// Every statement with its name; `locking` are the engine's own.
    fn all(
        locking: [(&'static str, &'static str); 5],
    ) -> impl Iterator<Item = (String, &'static str)> {
        let shared = ALL.iter().flat_map(|(file, statements)| {
            let named = move |(name, sql): &(&str, &'static str)| (format!("{file}::{name}"), *sql);
            statements.iter().map(named)
        });
        shared.chain(locking.map(|(name, sql)| (format!("dialect::{name}"), sql)))
    }

    #[tokio::test]
    async fn sqlite_takes_every_statement() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("guichet.db");
        let settings = Settings::new(&format!("sqlite:{}", file.display()));
        migrate(&settings, false).await.unwrap();
        let mut connection = settings.sqlite().unwrap().connect().await.unwrap();
        for (name, sql) in all(SQLITE.all()) {
            let prepared = connection.prepare(sql.into_sql_str()).await;
            assert!(prepared.is_ok(), "{name}: {:?}", prepared.err());
        }
    }

    #[tokio::test]
    async fn postgres_takes_every_statement() {
        let cluster = Cluster::start(Disk::Skipped).unwrap();
        let database = cluster.database().await.unwrap();
        let settings = Settings::new(&database.url());
        migrate(&settings, false).await.unwrap();
        let mut connection = settings.postgres().unwrap().connect().await.unwrap();
        for (name, sql) in all(POSTGRES.all()) {
            let prepared = connection.prepare(sql.into_sql_str()).await;
            assert!(prepared.is_ok(), "{name}: {:?}", prepared.err());
        }
    }
}
