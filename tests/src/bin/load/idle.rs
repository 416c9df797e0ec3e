//! Clients who open a conversation, listen to it and say nothing.

use anyhow::{Context, ensure};
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};
use tests::Client;
use tests::client::Events;
use tokio::task::JoinSet;

/// Clients that arrive at the same time.
const N_AT_ONCE: u32 = 64;
/// Files that this program needs besides a connection for each client.
const FILES_BESIDES: u64 = 200;
/// How long a greeting may take.
const GREETING: Duration = Duration::from_secs(30);

/// Clients who listen; they leave when dropped.
pub(crate) struct Idle {
    /// How long it took until each had heard the greeting.
    pub(crate) took: Duration,
    streams: Vec<Events>,
}

impl Idle {
    /// Lets so many arrive, each at one of the doors, and waits until each has heard the greeting
    /// through its stream.
    pub(crate) async fn arrive(urls: &[String], n_clients: u32) -> anyhow::Result<Self> {
        raise_limit(u64::from(n_clients) + FILES_BESIDES)?;
        let began = Instant::now();
        let (client, next) = (Client::default(), Arc::new(AtomicU32::new(0)));
        let mut arrivals = JoinSet::new();
        for n in 0..N_AT_ONCE {
            let url = urls[n as usize % urls.len()].clone();
            let (client, next) = (client.clone(), Arc::clone(&next));
            arrivals.spawn(async move {
                let mut streams = Vec::new();
                while next.fetch_add(1, Ordering::Relaxed) < n_clients {
                    streams.push(listen(&client, &url).await?);
                }
                Ok::<_, anyhow::Error>(streams)
            });
        }
        let mut streams = Vec::new();
        while let Some(arrived) = arrivals.join_next().await {
            streams.extend(arrived??);
        }
        ensure!(streams.len() == n_clients as usize, "{} clients listen", streams.len());
        Ok(Self { took: began.elapsed(), streams })
    }

    /// Tells how many streams are still open after a while; each is to be silent.
    pub(crate) async fn stay(&mut self, span: Duration) -> usize {
        tokio::time::sleep(span).await;
        let mut n_open = 0;
        for stream in &mut self.streams {
            // A stream that has ended says so at once; one that is open has nothing to say.
            let said = tokio::time::timeout(Duration::ZERO, stream.next()).await;
            n_open += usize::from(said.is_err());
        }
        n_open
    }
}

async fn listen(client: &Client, url: &str) -> anyhow::Result<Events> {
    let opened = client.open(url, "fr").await?;
    let mut events = client.listen(url, &opened.token, 0).await?;
    let greeting = tokio::time::timeout(GREETING, events.next()).await;
    greeting.context("a client was not greeted")??.context("a stream has ended")?;
    Ok(events)
}

/// Raises the soft limit of open files to what is needed.
fn raise_limit(n_files: u64) -> anyhow::Result<()> {
    let limit = getrlimit(Resource::Nofile);
    if limit.current.is_none_or(|most| most >= n_files) {
        return Ok(());
    }
    let is_allowed = limit.maximum.is_none_or(|most| most >= n_files);
    ensure!(is_allowed, "{n_files} files are needed, and {:?} are allowed", limit.maximum);
    setrlimit(Resource::Nofile, Rlimit { current: Some(n_files), ..limit })
        .context("the limit of open files cannot be raised")
}
