//! Residents who report potholes, turn by turn, and the time that each answer takes.
//!
//! A turn is timed from its message's POST (or, at a fixed rate, from the moment that it was due)
//! until the counter's answer is read. Never here: what is good enough.

use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;
use tests::figures::Figures;
use tests::{Patience, Report, Resident, Way};
use tokio::sync::{Mutex, mpsc, watch};
use tokio::task::JoinSet;
use tokio::time::Instant;

/// Turns that may be due and not yet begun.
const MAX_DUE: usize = 100_000;
/// The seconds at the start that are not counted.
const WARM_UP: Duration = Duration::from_secs(2);

/// What became of a run.
pub(crate) struct Run {
    pub(crate) figures: Figures,
    pub(crate) errors: Vec<String>,
    counted: Duration,
}

impl Run {
    pub(crate) fn per_second(&self) -> f64 {
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

/// How much is said.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Load {
    /// Residents at the same time.
    pub(crate) n_residents: u32,
    /// Turns a second, whatever the counter does; as many as it takes where there is none.
    pub(crate) rate: Option<u32>,
    /// How long it is counted.
    pub(crate) counted: Duration,
}

/// Talks to a counter through its doors.
pub(crate) async fn run(urls: &[String], load: Load) -> anyhow::Result<Run> {
    let doors = watch::Sender::new(urls.to_vec());
    let way = Way::following(doors.subscribe(), Patience::NONE);
    let counted = load.counted;
    let from = Instant::now() + WARM_UP;
    let until = from + counted;
    let pace = Pace::new(load.rate, until);
    let n_reports = Arc::new(AtomicU32::new(0));
    let mut residents = JoinSet::new();
    for n in 0..load.n_residents.max(1) {
        let (pace, n_reports) = (pace.clone(), Arc::clone(&n_reports));
        let way = way.clone().at_door(n as usize);
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
