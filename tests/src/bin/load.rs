//! The load generator: residents who report potholes, turn by turn, and the time that each answer
//! takes.
//!
//! A turn is timed from its message's POST (or, at a fixed rate, from the moment that it was due)
//! until the counter's answer is read. Never here: what is good enough.

use anyhow::{Context, ensure};
use clap::{Parser, ValueEnum};
use std::io::Write;
use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;
use tempfile::TempDir;
use tests::figures::Figures;
use tests::{Counter, Report, Resident, Setup, Way, city};
use tokio::sync::{Mutex, mpsc};
use tokio::task::JoinSet;
use tokio::time::Instant;

use bot_store_sql::cluster::{Cluster, Database, Disk};

/// Turns that may be due and not yet begun.
const MAX_DUE: usize = 100_000;
/// The seconds at the start that are not counted.
const WARM_UP: Duration = Duration::from_secs(2);
/// The line of the demo city that sets how long a web message waits for the next one.
const WEB_BURST: &str = "web: {burst: 80ms,";

/// Measures how fast a counter answers.
#[derive(Parser)]
#[command(after_help = "Examples:
  load --url http://127.0.0.1:8311 --residents 64 --seconds 20
  load --serve sqlite --residents 64 --rate 100 --seconds 20 --json
  load --serve postgres --burst-ms 0

With --serve it starts the guichet beside it on a fresh store that waits for the disk, and tells
how long a start takes and how much memory it has. Without --rate every resident sends the next
message as soon as the last one is answered.")]
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
    /// Residents at the same time.
    #[arg(long, default_value_t = 64)]
    residents: u32,
    /// Turns a second, whatever the counter does.
    #[arg(long)]
    rate: Option<u32>,
    /// Seconds that are counted.
    #[arg(long, default_value_t = 20)]
    seconds: u64,
    /// One JSON object in place of a line.
    #[arg(long)]
    json: bool,
}

#[derive(Clone, Copy, ValueEnum)]
enum Engine {
    Sqlite,
    Postgres,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> anyhow::Result<()> {
    let args = Args::parse();
    let served = match args.serve {
        Some(engine) => Some(Served::start(engine, args.burst_ms).await?),
        None => None,
    };
    let url = served.as_ref().map(|served| served.url.clone()).or_else(|| args.url.clone());
    let run = run(&url.context("no counter to talk to")?, &args).await?;
    let mut result = serde_json::json!({
        "turns": run.figures.n(),
        "turns_per_s": run.per_second(),
        "p50_ms": run.figures.per_mille(500),
        "p95_ms": run.figures.per_mille(950),
        "p99_ms": run.figures.per_mille(990),
        "max_ms": run.figures.per_mille(1_000),
        "errors": run.errors.len(),
    });
    if let Some(served) = served {
        result["memory_mb"] = served.counter.memory().await?.div_ceil(1_000_000).into();
        result["start_ms"] = u64::try_from(served.start.as_millis())?.into();
        ensure!(served.counter.stop().await?.0.success(), "the counter did not stop well");
    }
    let mut out = std::io::stdout().lock();
    if args.json {
        writeln!(out, "{result}")?;
    } else {
        for (name, value) in result.as_object().into_iter().flatten() {
            match value.as_f64().filter(|_| value.is_f64()) {
                Some(value) => writeln!(out, "{name:<12} {value:.1}")?,
                None => writeln!(out, "{name:<12} {value}")?,
            }
        }
    }
    for error in run.errors.iter().take(3) {
        writeln!(std::io::stderr(), "{error}")?;
    }
    Ok(())
}

/// A counter of our own.
struct Served {
    counter: Counter,
    url: String,
    /// From the process's start until it is ready, on a store that is there and with an
    /// understanding that was learnt before.
    start: Duration,
    _database: Option<Database>,
    _folder: TempDir,
}

impl Served {
    async fn start(engine: Engine, burst_ms: Option<u32>) -> anyhow::Result<Self> {
        let folder = tempfile::tempdir()?;
        let (database, mut setup) = match engine {
            Engine::Sqlite => (None, Setup::sqlite(folder.path())?),
            Engine::Postgres => {
                let database = Cluster::start(Disk::Awaited)?.database().await?;
                let url = database.url();
                (Some(database), Setup::new(folder.path(), &url)?)
            }
        };
        if let Some(burst_ms) = burst_ms {
            let by = format!("web: {{burst: {burst_ms}ms,");
            setup = setup.in_city(&city::changed(folder.path(), "city.yml", WEB_BURST, &by)?);
        }
        let (counter, _) = Counter::open(&setup).await?;
        counter.stop().await?;
        let mut counter = Counter::spawn(&setup)?;
        let url = counter.wait_until_open().await?;
        let start = counter.age();
        Ok(Self { counter, url, start, _database: database, _folder: folder })
    }
}

/// What became of a run.
struct Run {
    figures: Figures,
    counted: Duration,
    errors: Vec<String>,
}

impl Run {
    fn per_second(&self) -> f64 {
        let millis = u32::try_from(self.counted.as_millis()).unwrap_or(u32::MAX);
        let n = u32::try_from(self.figures.n()).unwrap_or(u32::MAX);
        f64::from(n) * 1_000.0 / f64::from(millis.max(1))
    }
}

/// When the next turn is due: at once, or as the rate says.
#[derive(Clone)]
enum Pace {
    AtOnce,
    AtRate(Arc<Mutex<mpsc::Receiver<Instant>>>),
}

impl Pace {
    fn new(rate: Option<u32>, until: Instant) -> Self {
        let Some(rate) = rate else { return Self::AtOnce };
        let (due, receiver) = mpsc::channel(MAX_DUE);
        let gap = Duration::from_secs(1) / rate.max(1);
        tokio::spawn(async move {
            let mut at = Instant::now();
            // A counter that falls so far behind has failed: the rest of the run is given up.
            while at < until && due.try_send(at).is_ok() {
                at += gap;
                tokio::time::sleep_until(at).await;
            }
        });
        Self::AtRate(Arc::new(Mutex::new(receiver)))
    }

    /// Gives when the next turn was to begin; none when the run is over.
    async fn next(&self, until: Instant) -> Option<Instant> {
        match self {
            Self::AtOnce => Some(Instant::now()).filter(|now| *now < until),
            Self::AtRate(due) => due.lock().await.recv().await,
        }
    }
}

async fn run(url: &str, args: &Args) -> anyhow::Result<Run> {
    let way = Way::to(url);
    let counted = Duration::from_secs(args.seconds.max(1));
    let from = Instant::now() + WARM_UP;
    let until = from + counted;
    let pace = Pace::new(args.rate, until);
    let n_reports = Arc::new(AtomicU32::new(0));
    let mut residents = JoinSet::new();
    for _ in 0..args.residents.max(1) {
        let (way, pace, n_reports) = (way.clone(), pace.clone(), Arc::clone(&n_reports));
        residents.spawn(live(way, pace, n_reports, from, until));
    }
    let (mut latencies, mut errors) = (Vec::new(), Vec::new());
    while let Some(life) = residents.join_next().await {
        let (own_latencies, own_errors) = life?;
        latencies.extend(own_latencies);
        errors.extend(own_errors);
    }
    Ok(Run { figures: Figures::new(&latencies), counted, errors })
}

/// Reports one pothole after the other; gives the latencies of the turns that count.
async fn live(
    way: Way,
    pace: Pace,
    n_reports: Arc<AtomicU32>,
    from: Instant,
    until: Instant,
) -> (Vec<Duration>, Vec<String>) {
    let (mut latencies, mut errors) = (Vec::new(), Vec::new());
    let mut at = Instant::now();
    while at < until {
        let n = n_reports.fetch_add(1, Ordering::Relaxed);
        if let Err(error) = report(&way, &pace, n, from..until, &mut latencies).await {
            errors.push(format!("{error:#}"));
            break;
        }
        at = Instant::now();
    }
    (latencies, errors)
}

async fn report(
    way: &Way,
    pace: &Pace,
    n: u32,
    counted: Range<Instant>,
    latencies: &mut Vec<Duration>,
) -> anyhow::Result<()> {
    let mut resident = Resident::arrive(way, "fr").await?;
    let mut report = Report::nth(n);
    while let Some(answer) = report.next(&resident.heard_text())? {
        let Some(due) = pace.next(counted.end).await else { return Ok(()) };
        resident.say(&answer).await?;
        if counted.contains(&due) {
            latencies.push(due.elapsed());
        }
    }
    Ok(())
}
