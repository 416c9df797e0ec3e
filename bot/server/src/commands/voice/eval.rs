//! `guichet voice eval`: the word error rate, time and memory on recordings whose words are known.

use anyhow::Context;
use bot_core::Language;
use serde::Serialize;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::process::ExitCode;
use std::time::Duration;
use voice::transcribe::{Speech, Transcript};
use voice::wer::{Errors, errors, normal};

use super::corpus::{self, Row};
use super::{hear, load};
use crate::cli::{Heard, VoiceEvalArgs};
use crate::out;
use crate::process::{cpu_time, memory};
use crate::settings::Settings;

/// What was measured.
#[derive(Serialize)]
struct Figures {
    /// By language and tier.
    groups: Vec<Group>,
    /// What making the transcripts took; none where they were given.
    #[serde(flatten)]
    cost: Option<Cost>,
}

/// Recordings of one language and tier.
#[derive(Serialize)]
struct Group {
    language: &'static str,
    tier: String,
    recordings: usize,
    words: u32,
    substituted: u32,
    deleted: u32,
    inserted: u32,
    /// Errors of a hundred words; none where nothing is said.
    word_error_rate: Option<f64>,
    /// Recordings in which nobody was heard.
    unheard: usize,
    /// Recordings whose language was taken for the other.
    other_language: usize,
}

#[derive(Serialize)]
struct Cost {
    load_s: f64,
    /// Seconds of the processor for a second of sound.
    cpu_s_per_s: f64,
    seconds: f64,
    most_memory_bytes: Option<u64>,
}

/// What came of one recording.
struct Outcome {
    text: String,
    is_heard: bool,
    language: Language,
}

/// Runs the command.
pub(super) fn run(settings: &Settings, args: &VoiceEvalArgs) -> anyhow::Result<ExitCode> {
    let rows = corpus::read(&args.corpus)?;
    let (outcomes, cost) = match &args.transcripts {
        Some(file) => {
            let texts = corpus::transcripts(file)?;
            let outcome = |row: &Row| {
                let text = texts.get(&row.file).cloned().unwrap_or_default();
                Outcome { is_heard: !text.is_empty(), text, language: row.language }
            };
            (rows.iter().map(outcome).collect(), None)
        }
        None => {
            let (outcomes, cost) = transcribed(settings, args, &rows)?;
            (outcomes, Some(cost))
        }
    };
    if let Some(file) = &args.write {
        let lines = rows.iter().zip(&outcomes).fold(String::new(), |mut lines, (row, outcome)| {
            // Writing to a text does not fail.
            writeln!(lines, "{}\t{}", row.file, outcome.text).ok();
            lines
        });
        std::fs::write(file, lines).with_context(|| file.display().to_string())?;
    }
    let figures = Figures { groups: groups(&rows, &outcomes), cost };
    if args.json {
        out::line(&serde_json::to_string(&figures)?);
    } else {
        show(&figures);
    }
    Ok(ExitCode::SUCCESS)
}

fn transcribed(
    settings: &Settings,
    args: &VoiceEvalArgs,
    rows: &[Row],
) -> anyhow::Result<(Vec<Outcome>, Cost)> {
    let began = cpu_time();
    let transcriber = load(settings)?;
    let load = cpu_time().saturating_sub(began);
    let bar = out::bar("transcribing …", rows.len());
    let (mut outcomes, mut seconds, mut spent) = (Vec::new(), 0.0, Duration::ZERO);
    for row in rows {
        let language = args.lang.map_or(Some(row.language), Heard::language);
        let began = cpu_time();
        let heard = hear(&transcriber, settings, &row.path, language);
        let heard = heard.with_context(|| row.path.display().to_string())?;
        spent += cpu_time().saturating_sub(began);
        seconds += heard.seconds;
        let speech: Option<Speech> = match heard.transcript {
            Transcript::NoSpeech => None,
            Transcript::Speech(speech) => Some(speech),
        };
        outcomes.push(Outcome {
            text: speech.as_ref().map(Speech::text).unwrap_or_default(),
            is_heard: speech.is_some(),
            language: speech.map_or(row.language, |speech| speech.language),
        });
        bar.inc(1);
    }
    bar.finish_and_clear();
    let cost = Cost {
        load_s: load.as_secs_f64(),
        cpu_s_per_s: spent.as_secs_f64() / seconds,
        seconds,
        most_memory_bytes: memory("VmHWM:"),
    };
    Ok((outcomes, cost))
}

fn groups(rows: &[Row], outcomes: &[Outcome]) -> Vec<Group> {
    let mut groups: BTreeMap<(&str, &str), (Group, Errors)> = BTreeMap::new();
    for (row, outcome) in rows.iter().zip(outcomes) {
        let language = row.language.code();
        let (group, sum) = groups
            .entry((language, &row.tier))
            .or_insert_with(|| (Group::new(language, &row.tier), Errors::default()));
        group.recordings += 1;
        group.unheard += usize::from(!outcome.is_heard);
        group.other_language += usize::from(outcome.language != row.language);
        let normal = |text: &str| normal(text, row.language);
        *sum = *sum + errors(&normal(&row.reference), &normal(&outcome.text));
    }
    groups.into_values().map(|(group, sum)| group.with(&sum)).collect()
}

impl Group {
    fn new(language: &'static str, tier: &str) -> Self {
        Self {
            language,
            tier: tier.to_owned(),
            recordings: 0,
            words: 0,
            substituted: 0,
            deleted: 0,
            inserted: 0,
            word_error_rate: None,
            unheard: 0,
            other_language: 0,
        }
    }

    fn with(mut self, sum: &Errors) -> Self {
        self.words = sum.n_words;
        self.substituted = sum.substituted;
        self.deleted = sum.deleted;
        self.inserted = sum.inserted;
        self.word_error_rate = sum.rate().map(|rate| rate * 100.0);
        self
    }
}

fn show(figures: &Figures) {
    out::line("language  tier    recordings  words  other  missing  too many  errors of 100 words");
    for group in &figures.groups {
        out::line(&format!(
            "{:<8}  {:<6}  {:>10}  {:>5}  {:>5}  {:>7}  {:>8}  {:>19.2}",
            group.language,
            group.tier,
            group.recordings,
            group.words,
            group.substituted,
            group.deleted,
            group.inserted,
            group.word_error_rate.unwrap_or_default()
        ));
        if group.unheard > 0 || group.other_language > 0 {
            out::line(&format!(
                "          nobody heard in {}, taken for the other language: {}",
                group.unheard, group.other_language
            ));
        }
    }
    let Some(cost) = &figures.cost else { return };
    out::line(&format!(
        "{:.0} s of sound, {:.3} s of the processor for each; models read in {:.2} s",
        cost.seconds, cost.cpu_s_per_s, cost.load_s
    ));
    if let Some(bytes) = cost.most_memory_bytes {
        out::line(&format!("{} MB of memory at the most", bytes / 1_000_000));
    }
}
