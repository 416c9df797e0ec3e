//! The load generator: residents who report potholes, or who only listen, and what the counter
//! needs for them.
//!
//! Never here: what is good enough.

mod calls;
mod idle;
mod served;
mod talk;

use anyhow::Context;
use clap::Parser;
use serde_json::{Value, json};
use std::io::Write;
use std::time::{Duration, Instant};

use idle::Idle;
use served::{Engine, Plan, Served};
use talk::{Load, Run};

/// How long idle clients stay before the counter's memory is read: beyond the longest slow poll
/// and the comment that a silent stream gets.
const IDLE: Duration = Duration::from_secs(20);
const MINUTE: Duration = Duration::from_mins(1);

/// Measures how fast a counter answers, and what memory it has.
#[derive(Parser)]
#[command(after_help = "Examples:
  load --url http://127.0.0.1:8311 --residents 64 --seconds 20
  load --serve sqlite --residents 64 --rate 100 --seconds 20 --json
  load --serve postgres --burst-ms 0
  load --serve postgres --webs 3 --workers 3
  load --serve sqlite --idle-streams 5000
  load --serve sqlite --rate 250 --flat-minutes 30
  load --serve sqlite --callers 50 --seconds 20

With --serve it starts the guichet beside it on a fresh store that waits for the disk, and tells
how long a start takes and how much memory it has, all processes together. Without --rate every
resident sends the next message as soon as the last one is answered.")]
struct Args {
    /// A counter that runs.
    #[arg(long, required_unless_present = "serve", conflicts_with = "serve")]
    url: Option<String>,
    /// Start a counter on such a store.
    #[arg(long, value_enum)]
    serve: Option<Engine>,
    /// How long a web message waits for the next one, in place of the demo city's 80.
    #[arg(long, requires = "serve", value_name = "MS")]
    burst_ms: Option<u32>,
    /// Start so many doors in place of one process that does everything.
    #[arg(long, requires_all = ["serve", "workers"], value_parser = clap::value_parser!(u16).range(1..))]
    webs: Option<u16>,
    /// Start so many workers beside the doors.
    #[arg(long, requires = "webs", value_parser = clap::value_parser!(u16).range(1..))]
    workers: Option<u16>,
    /// Residents at the same time.
    #[arg(long, default_value_t = 64)]
    residents: u32,
    /// Turns a second, whatever the counter does.
    #[arg(long)]
    rate: Option<u32>,
    /// Seconds that are counted.
    #[arg(long, default_value_t = 20)]
    seconds: u64,
    /// Talk for so many minutes, and tell the counter's memory after each.
    #[arg(long, requires = "serve", value_name = "MINUTES")]
    flat_minutes: Option<u64>,
    /// Only listen, so many clients, and tell the counter's memory.
    #[arg(long, requires = "serve", value_name = "CLIENTS")]
    idle_streams: Option<u32>,
    /// Call by telephone, so many at the same time, and tell how long webhooks take.
    #[arg(long, requires = "serve", value_name = "CALLERS")]
    callers: Option<u32>,
    /// Use encoders as `nlu.encoders` does: none, light, all.
    #[arg(long, requires = "serve", value_name = "ENCODERS")]
    encoders: Option<String>,
    /// One JSON object in place of a line.
    #[arg(long)]
    json: bool,
}

impl Args {
    fn plan(&self) -> anyhow::Result<Option<Plan>> {
        let Some(engine) = self.serve else { return Ok(None) };
        let fleet =
            self.webs.zip(self.workers).map(|(webs, workers)| (webs.into(), workers.into()));
        let is_possible = fleet.is_none() || engine == Engine::Postgres;
        anyhow::ensure!(is_possible, "several processes need --serve postgres");
        let (burst_ms, encoders) = (self.burst_ms, self.encoders.clone());
        Ok(Some(Plan { engine, burst_ms, fleet, takes_calls: self.callers.is_some(), encoders }))
    }

    fn load(&self) -> Load {
        let counted = match self.flat_minutes {
            Some(minutes) => MINUTE * u32::try_from(minutes).unwrap_or(u32::MAX),
            None => Duration::from_secs(self.seconds.max(1)),
        };
        Load { n_residents: self.residents, rate: self.rate, counted }
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> anyhow::Result<()> {
    let args = Args::parse();
    let served = match args.plan()? {
        Some(plan) => Some(Served::start(plan).await?),
        None => None,
    };
    let urls = match &served {
        Some(served) => served.urls.clone(),
        None => vec![args.url.clone().context("no counter to talk to")?],
    };
    let mut result = match (args.idle_streams, args.callers, &served) {
        (Some(n_clients), _, Some(served)) => listen(served, n_clients).await?,
        (None, Some(n_callers), Some(served)) => {
            call(served, n_callers, Duration::from_secs(args.seconds.max(1))).await?
        }
        _ => {
            talk(&urls, args.load(), served.as_ref().filter(|_| args.flat_minutes.is_some()))
                .await?
        }
    };
    if let Some(served) = served {
        if result.get("memory_mb").is_none() {
            result["memory_mb"] = served.memory_mb().await?.into();
        }
        result["start_ms"] = u64::try_from(served.start.as_millis())?.into();
        served.stop().await?;
    }
    print(&result, args.json)
}

/// Has residents talk; where a counter's memory is to be watched, tells it once a minute.
async fn talk(urls: &[String], load: Load, watched: Option<&Served>) -> anyhow::Result<Value> {
    let run = talk::run(urls, load);
    let run = match watched {
        None => run.await?,
        Some(served) => tokio::select! {
            run = run => run?,
            failed = tell_memory(served) => return Err(failed),
        },
    };
    for error in run.errors.iter().take(3) {
        writeln!(std::io::stderr(), "{error}")?;
    }
    Ok(described(&run))
}

fn described(run: &Run) -> Value {
    json!({
        "turns": run.figures.n(),
        "turns_per_s": run.per_second(),
        "p50_ms": run.figures.per_mille(500),
        "p95_ms": run.figures.per_mille(950),
        "p99_ms": run.figures.per_mille(990),
        "max_ms": run.figures.per_mille(1_000),
        "errors": run.errors.len(),
    })
}

/// Tells the memory once a minute, until it cannot any more.
async fn tell_memory(served: &Served) -> anyhow::Error {
    let began = Instant::now();
    loop {
        tokio::time::sleep(MINUTE).await;
        let minutes = began.elapsed().as_secs() / MINUTE.as_secs();
        let told = served.memory_mb().await.and_then(|memory_mb| {
            Ok(writeln!(std::io::stdout(), "minute {minutes:>3} {memory_mb:>5} MB")?)
        });
        if let Err(error) = told {
            return error;
        }
    }
}

/// Has clients listen and say nothing.
async fn listen(served: &Served, n_clients: u32) -> anyhow::Result<Value> {
    let before_mb = served.memory_mb().await?;
    let mut idle = Idle::arrive(&served.urls, n_clients).await?;
    let n_open = idle.stay(IDLE).await;
    Ok(json!({
        "streams": n_clients,
        "still_open": n_open,
        "arrivals_s": idle.took.as_secs_f64(),
        "memory_before_mb": before_mb,
        "memory_mb": served.memory_mb().await?,
    }))
}

/// Has people call.
async fn call(served: &Served, n_callers: u32, counted: Duration) -> anyhow::Result<Value> {
    let url = served.urls.first().context("no counter to call")?;
    let calls = calls::run(url, n_callers, counted).await?;
    for error in calls.errors.iter().take(3) {
        writeln!(std::io::stderr(), "{error}")?;
    }
    Ok(json!({
        "calls": calls.n_begun,
        "keyed_p50_ms": calls.keyed.per_mille(500),
        "keyed_p95_ms": calls.keyed.per_mille(950),
        "spoken_p50_ms": calls.spoken.per_mille(500),
        "spoken_p95_ms": calls.spoken.per_mille(950),
        "max_ms": calls.keyed.per_mille(1_000).max(calls.spoken.per_mille(1_000)),
        "errors": calls.errors.len(),
    }))
}

fn print(result: &Value, as_json: bool) -> anyhow::Result<()> {
    let mut out = std::io::stdout().lock();
    if as_json {
        writeln!(out, "{result}")?;
        return Ok(());
    }
    for (name, value) in result.as_object().into_iter().flatten() {
        match value.as_f64().filter(|_| value.is_f64()) {
            Some(value) => writeln!(out, "{name:<16} {value:.1}")?,
            None => writeln!(out, "{name:<16} {value}")?,
        }
    }
    Ok(())
}
