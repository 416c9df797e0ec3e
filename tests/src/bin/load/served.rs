//! A counter of our own, in one process or in several, on a fresh store that waits for the disk.
//!
//! Never here: what is said to it.

use anyhow::{Context, ensure};
use bot_store_sql::cluster::{Cluster, Database, Disk};
use clap::ValueEnum;
use std::time::Duration;
use tempfile::TempDir;
use tests::{Counter, Role, Setup, city};

use crate::calls;

/// The line of the demo city that sets how long a web message waits for the next one.
const WEB_BURST: &str = "web: {burst: 80ms,";

/// A kind of store.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Engine {
    Sqlite,
    Postgres,
}

/// What is to be started.
#[derive(Debug, Clone)]
pub(crate) struct Plan {
    pub(crate) engine: Engine,
    /// How long a web message waits for the next one, where not as the city says.
    pub(crate) burst_ms: Option<u32>,
    /// Processes of each role; none for one process that does both.
    pub(crate) fleet: Option<(usize, usize)>,
    /// Whether it takes calls by telephone.
    pub(crate) takes_calls: bool,
    /// The encoders, where not those of the settings.
    pub(crate) encoders: Option<String>,
}

/// A counter that runs.
pub(crate) struct Served {
    /// The doors' addresses.
    pub(crate) urls: Vec<String>,
    /// From the first process's start until it is ready, on a store that is there and with an
    /// understanding that was learnt before.
    pub(crate) start: Duration,
    processes: Vec<Counter>,
    _database: Option<Database>,
    _folder: TempDir,
}

impl Served {
    pub(crate) async fn start(plan: Plan) -> anyhow::Result<Self> {
        let folder = tempfile::tempdir()?;
        let (database, mut setup) = match plan.engine {
            Engine::Sqlite => (None, Setup::sqlite(folder.path())?),
            Engine::Postgres => {
                let database = Cluster::start(Disk::Awaited)?.database().await?;
                let url = database.url();
                (Some(database), Setup::new(folder.path(), &url)?)
            }
        };
        if let Some(burst_ms) = plan.burst_ms {
            let by = format!("web: {{burst: {burst_ms}ms,");
            setup = setup.in_city(&city::changed(folder.path(), "city.yml", WEB_BURST, &by)?);
        }
        if plan.takes_calls {
            setup = calls::answering(setup);
        }
        if let Some(encoders) = &plan.encoders {
            setup = setup.with("NLU__ENCODERS", encoders);
        }
        let (counter, _) = Counter::open(&setup).await?;
        counter.stop().await?;
        let door = match plan.fleet {
            None => setup.clone(),
            Some(_) => setup.clone().in_role(Role::Web),
        };
        let (n_webs, n_workers) = plan.fleet.unwrap_or((1, 0));
        let (mut urls, mut processes, mut start) = (Vec::new(), Vec::new(), Duration::ZERO);
        for n in 0..n_webs {
            let mut counter = Counter::spawn(&door)?;
            urls.push(counter.wait_until_open().await?);
            if n == 0 {
                start = counter.age();
            }
            processes.push(counter);
        }
        for _ in 0..n_workers {
            processes.push(Counter::hire(&setup).await?);
        }
        Ok(Self { urls, start, processes, _database: database, _folder: folder })
    }

    /// Tells how much memory all its processes have, in megabytes.
    pub(crate) async fn memory_mb(&self) -> anyhow::Result<u64> {
        let mut bytes = 0;
        for process in &self.processes {
            bytes += process.memory().await?;
        }
        Ok(bytes.div_ceil(1_000_000))
    }

    pub(crate) async fn stop(self) -> anyhow::Result<()> {
        for process in self.processes {
            let (status, _) = process.stop().await.context("a process did not stop")?;
            ensure!(status.success(), "a process did not stop well: {status}");
        }
        Ok(())
    }
}
