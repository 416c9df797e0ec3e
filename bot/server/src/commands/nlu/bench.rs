//! `guichet nlu bench`: how long it takes to learn, to start and to understand, and the memory.

use bot_core::{Clock, Expectation};
use flows::City;
use nlu::eval::{Row, try_head};
use nlu::{Ask, FirstHead, Understand as _};
use serde::Serialize;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::{Duration, Instant};

use super::table;
use crate::commands::teaching::{Learnt, Teacher};
use crate::commands::town;
use crate::out;
use crate::process::memory;
use crate::settings::Settings;
use crate::world::OsClock;

/// Lengths of the messages, in words.
const LENGTHS: [usize; 4] = [6, 10, 20, 40];
/// Messages understood before the clock runs, so that caches are warm.
const N_WARM: usize = 50;

/// What was measured.
#[derive(Serialize)]
pub(super) struct Figures {
    /// Sentences learnt.
    pub n_sentences: usize,
    /// Seconds to learn them.
    pub train_s: f64,
    /// Seconds to read back what was learnt.
    pub load_s: f64,
    /// Memory of this process, in bytes; none where the system does not tell.
    pub memory_bytes: Option<u64>,
    /// The most that it had, which is while it learnt.
    pub most_memory_bytes: Option<u64>,
    /// By length of message.
    pub lengths: Vec<Speed>,
}

/// How long messages of one length take.
#[derive(Serialize)]
pub(super) struct Speed {
    /// Words.
    pub n_words: usize,
    /// Of all of them.
    #[serde(flatten)]
    pub all: Times,
    /// By how many views were asked: the words, then one encoder after the other until what they say
    /// together is settled.
    pub by_views: Vec<ByViews>,
}

/// How long messages of which so many views were asked take.
#[derive(Serialize)]
pub(super) struct ByViews {
    /// Views.
    pub n_views: usize,
    /// Of these.
    #[serde(flatten)]
    pub times: Times,
}

/// How long some messages take, in milliseconds.
#[derive(Serialize)]
pub(super) struct Times {
    /// Messages.
    pub n: usize,
    /// Half of them take no longer.
    pub p50_ms: f64,
    /// 95 of 100 take no longer.
    pub p95_ms: f64,
    /// 99 of 100 take no longer.
    pub p99_ms: f64,
}

/// Runs the command.
pub(super) fn run(settings: &Settings, rounds: u32, json: bool) -> anyhow::Result<ExitCode> {
    let (_, city) = town::load(&settings.city.dir)?;
    let kept = Away::new()?;
    let teacher = Teacher::told(settings).keeping_in(&kept.0);
    let (_, learnt) = teacher.learn(&city)?;
    let (head, loaded) = teacher.learn(&city)?;
    let words = words_of(&city);
    let rounds = usize::try_from(rounds)?;
    let bar = out::bar("understanding …", LENGTHS.len());
    let mut lengths = Vec::new();
    for n_words in LENGTHS {
        lengths.push(speed(&head, &messages(&words, n_words, rounds + N_WARM), n_words));
        bar.inc(1);
    }
    bar.finish_and_clear();
    let figures = Figures {
        n_sentences: sentences(&city).count(),
        train_s: seconds(&learnt),
        load_s: seconds(&loaded),
        memory_bytes: memory("VmRSS:"),
        most_memory_bytes: memory("VmHWM:"),
        lengths,
    };
    if json {
        out::line(&serde_json::to_string(&figures)?);
    } else {
        table::bench(&figures);
    }
    Ok(ExitCode::SUCCESS)
}

fn seconds(learnt: &Learnt) -> f64 {
    let (Learnt::Now(took) | Learnt::Before(took)) = learnt;
    took.as_secs_f64()
}

fn speed(head: &FirstHead, messages: &[String], n_words: usize) -> Speed {
    let expectation = Expectation::default();
    let now = OsClock.now();
    let time = |text: &String| {
        let began = Instant::now();
        std::hint::black_box(head.understand(&Ask { text, expectation: &expectation, now }));
        began.elapsed()
    };
    let times: Vec<Duration> = messages.iter().map(time).skip(N_WARM).collect();
    let rows =
        messages.iter().skip(N_WARM).map(|text| Row { text: text.clone(), ..Row::default() });
    let rows: Vec<Row> = rows.collect();
    let mut by_views: BTreeMap<usize, Vec<Duration>> = BTreeMap::new();
    for (trial, time) in try_head(head, &rows).iter().zip(&times) {
        by_views.entry(trial.n_views).or_default().push(*time);
    }
    let by_views = by_views.into_iter();
    let by_views = by_views.map(|(n_views, own)| ByViews { n_views, times: summed_up(own) });
    Speed { n_words, by_views: by_views.collect(), all: summed_up(times) }
}

fn summed_up(mut times: Vec<Duration>) -> Times {
    times.sort_unstable();
    let at = |percent: usize| {
        let at = (times.len() * percent).div_ceil(100).saturating_sub(1);
        times.get(at).map_or(0.0, |time| time.as_secs_f64() * 1_000.0)
    };
    Times { n: times.len(), p50_ms: at(50), p95_ms: at(95), p99_ms: at(99) }
}

fn sentences(city: &City) -> impl Iterator<Item = &str> {
    let lists = city.intents.values().flat_map(|intent| intent.examples.iter());
    lists.flat_map(|(_, list)| list.iter().map(|example| example.text.as_str()))
}

fn words_of(city: &City) -> Vec<&str> {
    sentences(city).flat_map(str::split_whitespace).collect()
}

/// Makes messages of so many words, each beginning elsewhere in the city's sentences.
fn messages(words: &[&str], n_words: usize, n: usize) -> Vec<String> {
    let stride = (words.len() / n.max(1)).max(1);
    let message = |at: usize| {
        let from = words.iter().cycle().skip((at * stride) % words.len().max(1));
        from.take(n_words).copied().collect::<Vec<_>>().join(" ")
    };
    (0..n).map(message).collect()
}

/// A folder for what is learnt, gone at the end: the measure leaves the service's own as it is.
struct Away(PathBuf);

impl Away {
    fn new() -> anyhow::Result<Self> {
        let folder: &Path = &std::env::temp_dir();
        let folder = folder.join(format!("guichet-bench-{}", std::process::id()));
        std::fs::create_dir_all(&folder)?;
        Ok(Self(folder))
    }
}

impl Drop for Away {
    fn drop(&mut self) {
        // A folder left in the system's place for such things does no harm.
        std::fs::remove_dir_all(&self.0).ok();
    }
}
