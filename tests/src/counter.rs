//! `guichet serve` as a process: started, waited for, stopped, or killed.
//!
//! Never here: what residents say to it.

use anyhow::{Context, bail, ensure};
use rustix::process::{Pid, Signal, kill_process};
use std::collections::VecDeque;
use std::process::{ExitStatus, Stdio};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use tokio::io::{AsyncBufReadExt, BufReader, Lines};
use tokio::process::{Child, ChildStderr, Command};

use crate::setup::{Role, Setup};

/// How long a start may take, an understanding that is still to be learnt included.
const START_LIMIT: Duration = Duration::from_mins(2);
/// How long a stop may take.
const STOP_LIMIT: Duration = Duration::from_secs(30);
/// How long to wait before asking again whether it is ready.
const READY_PAUSE: Duration = Duration::from_millis(5);
/// Lines of talk that are kept to be shown.
const MAX_LINES_KEPT: usize = 60;
/// How long to wait before asking again whether it stands still.
const STILL_PAUSE: Duration = Duration::from_millis(1);
/// What stands before the address in the line that says that the counter is open.
const OPEN_LINE: &str = "The counter is open: ";
/// What a worker says instead.
const WORK_LINE: &str = "The worker is at work.";

/// A running counter; dropping it kills it.
#[derive(Debug)]
pub struct Counter {
    process: Child,
    /// Its talk, until it is open; then somebody listens to it.
    talk: Option<Lines<BufReader<ChildStderr>>>,
    said: Arc<Mutex<VecDeque<String>>>,
    spawned: Instant,
}

impl Counter {
    /// Starts a counter and waits until it is ready; gives its address.
    ///
    /// # Errors
    /// Says what the counter said.
    pub async fn open(setup: &Setup) -> anyhow::Result<(Self, String)> {
        setup.learn().await?;
        let mut counter = Self::spawn(setup)?;
        let url = counter.wait_until_open().await?;
        Ok((counter, url))
    }

    /// Starts a worker, which has no door, and waits until it is at work.
    ///
    /// # Errors
    /// Says what the worker said.
    pub async fn hire(setup: &Setup) -> anyhow::Result<Self> {
        setup.learn().await?;
        let mut worker = Self::spawn(&setup.clone().in_role(Role::Worker))?;
        let started = tokio::time::timeout(START_LIMIT, worker.listen_until(WORK_LINE)).await;
        started.context("the worker does not start")??;
        Ok(worker)
    }

    /// Starts a counter, and waits for nothing.
    ///
    /// # Errors
    /// Where the process cannot be started.
    pub fn spawn(setup: &Setup) -> anyhow::Result<Self> {
        let mut command = setup.serve();
        let mut process =
            command.stdout(Stdio::null()).spawn().context("guichet cannot be started")?;
        let stderr = process.stderr.take().context("the process has no standard error")?;
        Ok(Self {
            process,
            talk: Some(BufReader::new(stderr).lines()),
            said: Arc::default(),
            spawned: Instant::now(),
        })
    }

    /// Waits until the counter is ready; gives its address.
    ///
    /// # Errors
    /// Says what the counter said before it ended.
    pub async fn wait_until_open(&mut self) -> anyhow::Result<String> {
        let opened = tokio::time::timeout(START_LIMIT, self.listen_until(OPEN_LINE)).await;
        let rest = opened.context("the counter does not open")??;
        let url = rest.split(' ').next().unwrap_or_default().to_owned();
        let ready = tokio::time::timeout(START_LIMIT, wait_until_ready(&url)).await;
        ready.context("the counter does not get ready")??;
        Ok(url)
    }

    /// Listens until a line begins so; gives the rest of it, and has the others listened to.
    async fn listen_until(&mut self, beginning: &str) -> anyhow::Result<String> {
        let mut talk = self.talk.take().context("the counter was waited for already")?;
        while let Some(line) = talk.next_line().await? {
            let rest = line.strip_prefix(beginning).map(str::to_owned);
            keep(&self.said, line);
            if let Some(rest) = rest {
                let said = Arc::clone(&self.said);
                tokio::spawn(async move {
                    while let Ok(Some(line)) = talk.next_line().await {
                        keep(&said, line);
                    }
                });
                return Ok(rest);
            }
        }
        let status = self.process.wait().await?;
        bail!("the counter ended with {status}:\n{}", self.said())
    }

    /// Gives the last lines of its talk.
    #[must_use]
    pub fn said(&self) -> String {
        let said = self.said.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        said.iter().map(String::as_str).collect::<Vec<_>>().join("\n")
    }

    /// Tells how long ago it was started.
    #[must_use]
    pub fn age(&self) -> Duration {
        self.spawned.elapsed()
    }

    /// Kills it as a power failure would: it gets no say.
    ///
    /// # Errors
    /// Where it had ended by itself before.
    pub async fn kill(mut self) -> anyhow::Result<()> {
        if let Some(status) = self.process.try_wait()? {
            bail!("the counter ended by itself with {status}:\n{}", self.said());
        }
        self.process.kill().await.context("the counter cannot be killed")
    }

    /// Stops it as Ctrl-C does; tells how it ended and how long that took.
    ///
    /// # Errors
    /// Where it does not stop.
    pub async fn stop(mut self) -> anyhow::Result<(ExitStatus, Duration)> {
        let began = Instant::now();
        kill_process(self.pid()?, Signal::INT).context("the counter cannot be told to stop")?;
        let ended = tokio::time::timeout(STOP_LIMIT, self.process.wait()).await;
        let status =
            ended.with_context(|| format!("the counter does not stop:\n{}", self.said()))?;
        Ok((status?, began.elapsed()))
    }

    /// Makes it stand still in the middle of what it does, and waits until it does.
    ///
    /// # Errors
    /// Where it has ended.
    pub async fn halt(&self) -> anyhow::Result<()> {
        kill_process(self.pid()?, Signal::STOP).context("the counter cannot be halted")?;
        while !self.ps("state=").await?.starts_with('T') {
            tokio::time::sleep(STILL_PAUSE).await;
        }
        Ok(())
    }

    /// Lets it go on.
    ///
    /// # Errors
    /// Where it has ended.
    pub fn go_on(&self) -> anyhow::Result<()> {
        kill_process(self.pid()?, Signal::CONT).context("the counter cannot be let go on")
    }

    /// Has it read the city again.
    ///
    /// # Errors
    /// Where it has ended.
    pub fn read_again(&self) -> anyhow::Result<()> {
        kill_process(self.pid()?, Signal::HUP).context("the counter cannot be told to read")
    }

    /// Has it retrain.
    ///
    /// # Errors
    /// Where it has ended.
    pub fn retrain(&self) -> anyhow::Result<()> {
        kill_process(self.pid()?, Signal::USR1).context("the counter cannot be told to retrain")
    }

    /// Tells how much memory it has, in bytes.
    ///
    /// # Errors
    /// Where `ps` does not know it.
    pub async fn memory(&self) -> anyhow::Result<u64> {
        let kib = self.ps("rss=").await?.parse::<u64>();
        Ok(kib.context("ps gives no number")? * 1024)
    }

    async fn ps(&self, column: &str) -> anyhow::Result<String> {
        let pid = self.pid()?.as_raw_nonzero().to_string();
        let output = Command::new("ps").args(["-o", column, "-p", &pid]).output().await?;
        ensure!(output.status.success(), "ps does not know the counter:\n{}", self.said());
        Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
    }

    fn pid(&self) -> anyhow::Result<Pid> {
        let id = self.process.id().context("the counter has ended")?;
        Pid::from_raw(i32::try_from(id)?).context("the counter has no number")
    }
}

async fn wait_until_ready(url: &str) -> anyhow::Result<()> {
    let http = reqwest::Client::new();
    loop {
        let answer = http.get(format!("{url}/readyz")).send().await?;
        if answer.status().is_success() {
            return Ok(());
        }
        ensure!(answer.status().is_server_error(), "/readyz says {}", answer.status());
        tokio::time::sleep(READY_PAUSE).await;
    }
}

fn keep(said: &Mutex<VecDeque<String>>, line: String) {
    let mut said = said.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    if said.len() == MAX_LINES_KEPT {
        said.pop_front();
    }
    said.push_back(line);
}
