//! `guichet nlu import` and `export`: sentences from and for other programs.

use anyhow::{Context, bail};
use bot_core::{Bilingual, Language};
use flows::City;
use flows::rasa::{self, Sentence};
use std::collections::BTreeMap;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use super::corpus;
use crate::commands::town;
use crate::out;
use crate::settings::Settings;

/// Faults of a file told before the rest is only counted.
const MAX_FAULTS_SHOWN: usize = 20;

/// The sentences of every intent, by language.
type Intents = BTreeMap<String, Bilingual<Vec<Sentence>>>;

/// Brings sentences along.
pub(super) fn import(
    files: &[PathBuf],
    lang: Option<Language>,
    into: Option<&Path>,
) -> anyhow::Result<ExitCode> {
    let mut intents = Intents::new();
    for file in files {
        let Some(lang) = lang.or_else(|| lang_of(file)) else {
            bail!("{} does not tell its language: say --lang fr or --lang en", file.display());
        };
        for (name, mut sentences) in read(file)? {
            intents.entry(name).or_default().get_mut(lang).append(&mut sentences);
        }
    }
    match into {
        Some(folder) => write_all(folder, &intents),
        None => {
            for (name, examples) in &intents {
                for (lang, sentences) in examples.iter() {
                    for sentence in sentences {
                        out::line(&row(name, &sentence.text, lang));
                    }
                }
            }
            Ok(ExitCode::SUCCESS)
        }
    }
}

/// Reads one file and tells what is left out of it.
fn read(file: &Path) -> anyhow::Result<BTreeMap<String, Vec<Sentence>>> {
    let name = file.display().to_string();
    match rasa::read(&name, &corpus::text_of(file)?) {
        Ok(found) => {
            for note in &found.notes {
                out::tell(&note.to_string());
            }
            Ok(found.intents)
        }
        Err(faults) => {
            for fault in faults.iter().take(MAX_FAULTS_SHOWN) {
                out::tell(&fault.to_string());
            }
            bail!("{name} cannot be read as Rasa's training data: {} faults", faults.len());
        }
    }
}

/// Tells a file's language by a part of its path: `nlu.fr.yml`, `en/nlu.yml`.
fn lang_of(file: &Path) -> Option<Language> {
    let path = file.to_string_lossy();
    let marks = path.rsplit(['/', '\\', '.', '_', '-']);
    marks.into_iter().find_map(|mark| {
        Language::ALL.into_iter().find(|lang| mark.eq_ignore_ascii_case(lang.code()))
    })
}

fn write_all(folder: &Path, intents: &Intents) -> anyhow::Result<ExitCode> {
    std::fs::create_dir_all(folder).with_context(|| format!("cannot make {}", folder.display()))?;
    let (mut n_written, mut n_sentences, mut n_there) = (0, 0, 0);
    for (name, examples) in intents {
        let file = folder.join(format!("{name}.yml"));
        let text = rasa::intent_file(name, examples);
        // A file that is there is somebody's work: only a new one is made.
        match std::fs::File::create_new(&file) {
            Ok(mut made) => made
                .write_all(text.as_bytes())
                .with_context(|| format!("cannot write {}", file.display()))?,
            Err(why) if why.kind() == std::io::ErrorKind::AlreadyExists => {
                out::tell(&format!("{} is there already, left alone", file.display()));
                n_there += 1;
                continue;
            }
            Err(why) => {
                return Err(why).with_context(|| format!("cannot write {}", file.display()));
            }
        }
        out::line(&file.display().to_string());
        n_written += 1;
        n_sentences += examples.fr.len() + examples.en.len();
    }
    out::tell(&format!("{n_written} intents with {n_sentences} sentences written"));
    if n_written > 0 {
        out::tell(
            "write their titles, name them where they start something, then: guichet flows check",
        );
    }
    Ok(out::code(n_there > 0))
}

/// Writes the city's sentences for another program.
pub(super) fn export(
    settings: &Settings,
    to_rasa: bool,
    lang: Option<Language>,
) -> anyhow::Result<ExitCode> {
    let (_, city) = town::load(&settings.city.dir)?;
    match (to_rasa, lang) {
        (true, Some(lang)) => out::line(rasa::write(&city, lang).trim_end()),
        (true, None) => bail!("a Rasa file holds one language: say --lang fr or --lang en"),
        (false, lang) => table(&city, lang),
    }
    Ok(ExitCode::SUCCESS)
}

fn table(city: &City, wanted: Option<Language>) {
    for intent in city.intents.values() {
        let lists = intent.examples.iter();
        for (lang, examples) in lists.filter(|(lang, _)| wanted.is_none_or(|one| one == *lang)) {
            for example in examples {
                out::line(&row(&intent.name, &example.text, lang));
            }
        }
    }
}

/// Writes a line of a table; a sentence is one cell.
fn row(intent: &str, text: &str, lang: Language) -> String {
    let text = text.replace(|sign: char| sign.is_control(), " ");
    format!("{intent}\t{text}\t{lang}")
}
