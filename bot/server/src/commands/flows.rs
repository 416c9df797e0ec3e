//! `guichet flows`: check, fmt, test, graph, schema.

mod draw;
mod rehearse;

use anyhow::{Context, bail};
use bot_worker::package;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use crate::cli::{FlowsArgs, FlowsCommand};
use crate::out;
use crate::settings::Settings;

/// Runs the command.
pub(crate) fn run(settings: &Settings, args: &FlowsArgs) -> anyhow::Result<ExitCode> {
    let folder = |dir: &Option<PathBuf>| dir.clone().unwrap_or_else(|| settings.city.dir.clone());
    match &args.command {
        FlowsCommand::Check { dir, json } => check(&folder(dir), *json),
        FlowsCommand::Fmt { dir, check } => format(&folder(dir), *check),
        FlowsCommand::Test { dir, only, min_coverage, json, verbose } => {
            let wish = rehearse::Wish {
                only: only.as_deref(),
                min_coverage: *min_coverage,
                json: *json,
                verbose: *verbose,
            };
            rehearse::run(settings, &folder(dir), &wish)
        }
        FlowsCommand::Graph { dir, flow, lang, out } => {
            draw::run(&folder(dir), flow.as_deref(), (*lang).into(), out.as_deref())
        }
        FlowsCommand::Schema { dir } => schema(dir.as_deref()),
    }
}

fn check(folder: &Path, json: bool) -> anyhow::Result<ExitCode> {
    let loaded = flows::load(&package::read(folder)?);
    for fault in &loaded.faults {
        out::line(&if json { serde_json::to_string(fault)? } else { fault.to_string() });
    }
    match (&loaded.city, loaded.faults.len()) {
        (Some(city), _) => out::tell(&format!(
            "{}: no fault in {} flows, {} categories, {} intents, {} tests",
            folder.display(),
            city.flows.len(),
            city.services.len(),
            city.intents.len(),
            city.talks.len()
        )),
        (None, 1) => out::tell(&format!("{}: 1 fault", folder.display())),
        (None, n) => out::tell(&format!("{}: {n} faults", folder.display())),
    }
    Ok(out::code(!loaded.faults.is_empty()))
}

fn format(folder: &Path, check_only: bool) -> anyhow::Result<ExitCode> {
    let package = package::read(folder)?;
    let mut n_changed = 0;
    let mut n_broken = 0;
    for (path, text) in package.files.iter().filter(|(path, _)| path.ends_with(".yml")) {
        match flows::format(path, text) {
            Ok(formatted) if formatted == *text => {}
            Ok(formatted) => {
                n_changed += 1;
                out::line(path);
                if !check_only {
                    let file = folder.join(path);
                    std::fs::write(&file, formatted)
                        .with_context(|| format!("cannot write {}", file.display()))?;
                }
            }
            Err(faults) => {
                n_broken += 1;
                for fault in &faults {
                    out::tell(&fault.to_string());
                }
            }
        }
    }
    let verb = if check_only { "would be" } else { "were" };
    out::tell(&format!("{n_changed} files {verb} formatted, {n_broken} cannot be read"));
    Ok(out::code(n_broken > 0 || (check_only && n_changed > 0)))
}

fn schema(folder: Option<&Path>) -> anyhow::Result<ExitCode> {
    let city = match folder {
        None => None,
        Some(folder) => {
            let loaded = flows::load(&package::read(folder)?);
            if loaded.city.is_none() {
                bail!("{} has faults: see guichet flows check", folder.display());
            }
            loaded.city
        }
    };
    out::line(&serde_json::to_string_pretty(&flows::schema(city.as_ref()))?);
    Ok(ExitCode::SUCCESS)
}
