//! `guichet voice`: recordings transcribed, and how well that goes.
//!
//! Lives here: files, what is shown, the exit codes. Never here: what is heard (the crate `voice`).

mod corpus;
mod eval;

use anyhow::Context;
use bot_core::{Bilingual, Language};
use models::Folder;
use serde::Serialize;
use std::path::Path;
use std::process::ExitCode;
use std::time::Instant;
use voice::audio::decode;
use voice::detector::Detector;
use voice::transcribe::{DOUBTFUL, Order, Speech, Transcriber, Transcript};
use voice::whisper::Whisper;

use crate::cli::{VoiceArgs, VoiceCommand};
use crate::out;
use crate::settings::Settings;

/// A recording's file is read up to so many bytes.
const MAX_FILE_BYTES: u64 = 256 << 20;
/// The model that tells whether anybody speaks.
const DETECTOR: &str = "silero-vad";

/// Runs the command.
pub(crate) fn run(settings: &Settings, args: &VoiceArgs) -> anyhow::Result<ExitCode> {
    match &args.command {
        VoiceCommand::Transcribe { files, lang, json } => {
            let transcriber = load(settings)?;
            let mut code = ExitCode::SUCCESS;
            for file in files {
                let heard = out::busy(&format!("transcribing {} …", file.display()), || {
                    hear(&transcriber, settings, file, lang.language())
                });
                match heard {
                    Ok(heard) => tell(file, &heard, *json)?,
                    Err(error) => {
                        out::tell(&format!("{}: {}", file.display(), out::explained(&error)));
                        code = ExitCode::from(out::FOUND_FAULTS);
                    }
                }
            }
            Ok(code)
        }
        VoiceCommand::Eval(args) => eval::run(settings, args),
    }
}

/// Reads the models.
pub(crate) fn load(settings: &Settings) -> anyhow::Result<Transcriber> {
    let folder = Folder::new(&settings.models.dir);
    let name = &settings.voice.model;
    let whisper = Whisper::read(&folder.read(name)?).with_context(|| name.clone())?;
    let detector = Detector::read(&folder.read(DETECTOR)?).with_context(|| DETECTOR)?;
    Ok(Transcriber::new(whisper, detector))
}

/// What was heard in a file.
struct Heard {
    seconds: f64,
    took_s: f64,
    is_cut: bool,
    transcript: Transcript,
}

fn hear(
    transcriber: &Transcriber,
    settings: &Settings,
    file: &Path,
    language: Option<Language>,
) -> anyhow::Result<Heard> {
    let bytes = std::fs::metadata(file)?.len();
    anyhow::ensure!(bytes <= MAX_FILE_BYTES, "it has {bytes} bytes, more than are read");
    let sound = decode(&std::fs::read(file)?, settings.voice.max_seconds)?;
    let order = Order { language, vocabulary: &Bilingual::default(), go_on: &|| true };
    let began = Instant::now();
    let transcript = transcriber.transcribe(&sound, &order);
    let took_s = began.elapsed().as_secs_f64();
    Ok(Heard { seconds: sound.seconds(), took_s, is_cut: sound.is_cut, transcript })
}

/// A file as `--json` tells it.
#[derive(Serialize)]
struct Line<'a> {
    file: &'a Path,
    language: Option<&'static str>,
    language_share: Option<f32>,
    text: String,
    confidence: f32,
    seconds: f64,
    took_s: f64,
    is_cut: bool,
    is_doubtful: bool,
    words: Vec<WordLine<'a>>,
}

/// A word as `--json` tells it.
#[derive(Serialize)]
struct WordLine<'a> {
    text: &'a str,
    start_ms: u64,
    end_ms: u64,
    probability: f32,
}

fn tell(file: &Path, heard: &Heard, json: bool) -> anyhow::Result<()> {
    let speech = match &heard.transcript {
        Transcript::NoSpeech => None,
        Transcript::Speech(speech) => Some(speech),
    };
    if json {
        out::line(&serde_json::to_string(&line(file, heard, speech))?);
        return Ok(());
    }
    let (about, text) = match speech {
        None => ("nobody speaks".to_owned(), String::new()),
        Some(speech) => {
            let sure = format!("{:.0} %", speech.confidence() * 100.0);
            (format!("{}, {sure} sure", speech.language.code()), marked(speech))
        }
    };
    let Heard { seconds, took_s, .. } = heard;
    out::line(&format!("{} ({about}, {seconds:.1} s in {took_s:.1} s)", file.display()));
    if !text.is_empty() {
        out::line(&format!("  {text}"));
    }
    if heard.is_cut {
        out::tell("  it goes on; voice.max_seconds says how much is transcribed");
    }
    Ok(())
}

fn line<'a>(file: &'a Path, heard: &'a Heard, speech: Option<&'a Speech>) -> Line<'a> {
    let words = speech.map_or(&[][..], |speech| &speech.words);
    let words = words.iter().map(|word| WordLine {
        text: &word.text,
        start_ms: word.start_ms,
        end_ms: word.end_ms,
        probability: word.probability,
    });
    Line {
        file,
        language: speech.map(|speech| speech.language.code()),
        language_share: speech.map(|speech| speech.language_share),
        text: speech.map(Speech::text).unwrap_or_default(),
        confidence: speech.map_or(0.0, Speech::confidence),
        seconds: heard.seconds,
        took_s: heard.took_s,
        is_cut: heard.is_cut || speech.is_some_and(|speech| speech.is_cut),
        is_doubtful: speech.is_some_and(|speech| speech.is_doubtful),
        words: words.collect(),
    }
}

/// Writes the words, those that are doubtful marked.
fn marked(speech: &Speech) -> String {
    let words = speech.words.iter().map(|word| {
        if word.probability < DOUBTFUL { format!("‹{}›", word.text) } else { word.text.clone() }
    });
    words.collect::<Vec<_>>().join(" ")
}
