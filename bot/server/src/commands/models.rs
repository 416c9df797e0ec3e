//! `guichet models`: the model files, listed, fetched, verified.
//!
//! Lives here: what is shown and the exit codes. Never here: what a model is, where it comes from
//! (the crate `models`).

mod progress;

use anyhow::Context;
use models::fetch::{Had, Places};
use models::{Folder, Model, State, fetch};
use serde::Serialize;
use std::path::Path;
use std::process::ExitCode;

use crate::cli::{ModelsArgs, ModelsCommand};
use crate::out;
use crate::settings::{ModelSettings, Settings};
use progress::Progress;

/// What pip reads its index from, too.
const INDEX_VARIABLE: &str = "PIP_INDEX_URL";

/// Runs the command.
pub(crate) fn run(settings: &Settings, args: &ModelsArgs) -> anyhow::Result<ExitCode> {
    let folder = Folder::new(&settings.models.dir);
    match &args.command {
        ModelsCommand::List { json } => list(&folder, *json),
        ModelsCommand::Fetch { names, keep_sources } => {
            let places = places(&settings.models, *keep_sources);
            Ok(fetch_all(&folder, &wanted(&folder, names)?, &places))
        }
        ModelsCommand::Verify { names, json } => verify(&folder, &wanted(&folder, names)?, *json),
    }
}

/// Says where models come from: the settings, then pip's own variable, then the public places.
fn places(settings: &ModelSettings, keep_sources: bool) -> Places {
    let public = Places::default();
    let variable = || std::env::var(INDEX_VARIABLE).ok().filter(|url| !url.trim().is_empty());
    Places {
        index: settings.index_url.clone().or_else(variable).unwrap_or(public.index),
        hub: settings.hub_url.clone().unwrap_or(public.hub),
        keep_sources,
        patience: public.patience,
    }
}

/// Finds the named models, or those that the service uses.
fn wanted<'m>(folder: &Folder<'m>, names: &[String]) -> anyhow::Result<Vec<&'m Model>> {
    if names.is_empty() {
        return Ok(folder.models().iter().filter(|model| model.by_default).collect());
    }
    names.iter().map(|name| Ok(folder.model(name)?)).collect()
}

/// A model as `--json` tells it.
#[derive(Serialize)]
struct Line<'a> {
    name: &'a str,
    state: &'static str,
    file: &'a Path,
    bytes: Option<u64>,
    purpose: &'a str,
    languages: &'a [String],
    by_default: bool,
    licence: &'a str,
    licence_url: &'a str,
}

fn tell(folder: &Folder<'_>, model: &Model, state: &State, json: bool) -> anyhow::Result<()> {
    let bytes = match state {
        State::Ready { bytes } => Some(*bytes),
        // What a source is known to give.
        State::Absent | State::Outdated | State::Damaged => {
            model.sources.iter().find_map(|source| source.result.as_ref()).map(|known| known.bytes)
        }
    };
    if json {
        let line = Line {
            name: &model.name,
            state: state.name(),
            file: &folder.file(model),
            bytes,
            purpose: &model.purpose,
            languages: &model.languages,
            by_default: model.by_default,
            licence: &model.licence.name,
            licence_url: &model.licence.url,
        };
        out::line(&serde_json::to_string(&line)?);
        return Ok(());
    }
    let size = bytes.map(progress::size).unwrap_or_default();
    // A library has no languages.
    let languages = model.languages.join(" ");
    let languages = if languages.is_empty() { languages } else { format!(" ({languages})") };
    let (name, state, purpose) = (&model.name, state.name(), &model.purpose);
    out::line(&format!("{name:<25} {state:<9} {size:>9}  {purpose}{languages}"));
    out::line(&format!("{:<47}{}, {}", "", model.licence.name, model.licence.url));
    Ok(())
}

fn list(folder: &Folder<'_>, json: bool) -> anyhow::Result<ExitCode> {
    for model in folder.models() {
        tell(folder, model, &folder.state(model), json)?;
    }
    if !json {
        out::tell(&format!("in {}", folder.dir().display()));
    }
    Ok(ExitCode::SUCCESS)
}

fn fetch_all(folder: &Folder<'_>, models: &[&Model], places: &Places) -> ExitCode {
    let mut n_missing = 0;
    for model in models {
        let mut progress = Progress::new(&model.name);
        let had = fetch::fetch(folder, model, places, &mut |news| progress.hear(&news));
        progress.end();
        match had {
            Ok(Had::Now) => {
                let (licence, url) = (&model.licence.name, &model.licence.url);
                out::tell(&format!("{}: ready; its licence is {licence}, {url}", model.name));
            }
            Ok(Had::Before) => {}
            Err(error) => {
                n_missing += 1;
                out::tell(&format!("guichet: {}", out::with_causes(&error)));
                continue;
            }
        }
        out::line(&format!("{:<12} {}", model.name, folder.file(model).display()));
    }
    if n_missing > 0 {
        out::tell("the service starts without; guichet models fetch tries again");
    }
    out::code(n_missing > 0)
}

fn verify(folder: &Folder<'_>, models: &[&Model], json: bool) -> anyhow::Result<ExitCode> {
    let mut n_wrong = 0;
    for model in models {
        let n_bytes = std::fs::metadata(folder.file(model)).map_or(0, |file| file.len());
        let bar = progress::bytes(&format!("{}: verifying", model.name), n_bytes);
        let state = folder.verify(model, |n_read| bar.inc(n_read));
        bar.finish_and_clear();
        let state =
            state.with_context(|| format!("cannot read {}", folder.file(model).display()))?;
        n_wrong += usize::from(!state.is_ready());
        tell(folder, model, &state, json)?;
    }
    if n_wrong > 0 {
        out::tell("run guichet models fetch");
    }
    Ok(out::code(n_wrong > 0))
}
