//! `guichet doctor`: what is wrong with this installation, and how to mend it.
//!
//! Lives here: the order of the checks and how a finding is told; each check is in `doctor/`.
//! Never here: mending. Nothing is made, changed or brought up to date.

mod city;
mod clock;
mod disk;
mod door;
mod finding;
mod folder;
mod model_files;
mod store;

use bot_core::Clock;
use std::path::Path;
use std::process::ExitCode;

use crate::cli::DoctorArgs;
use crate::out;
use crate::settings::{self, Settings};
use crate::world::OsClock;
use finding::{Check, Finding, State};

/// Runs the command.
pub(crate) fn run(
    settings: anyhow::Result<Settings>,
    file: Option<&Path>,
    args: &DoctorArgs,
) -> anyhow::Result<ExitCode> {
    out::tell("looking at this installation …");
    let mut report = Report { json: args.json, n_warnings: 0, n_failed: 0 };
    match settings {
        Ok(settings) => {
            report.add(&sources(file))?;
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
            runtime.block_on(look(&settings, &mut report))?;
        }
        // What else there is to look at, only the settings can tell.
        Err(error) => {
            let mend = "correct the file or the variable; docs/operations.md lists every key";
            report.add(&Finding::fail(Check::Settings, out::explained(&error), mend))?;
        }
    }
    Ok(report.end())
}

async fn look(settings: &Settings, report: &mut Report) -> anyhow::Result<()> {
    let (city, finding) = city::look(&settings.city.dir);
    report.add(&finding)?;
    report.add(&city::understanding(settings, city.as_ref()))?;
    report.add(&model_files::look(&settings.models))?;
    let seen = store::look(settings, OsClock.now()).await;
    for finding in &seen.findings {
        report.add(finding)?;
    }
    report.add(&disk::look(settings))?;
    report.add(&clock::look(OsClock.now(), city.as_ref(), &seen.times))?;
    report.add(&door::look(&settings.server.bind).await)
}

/// Tells where the settings came from: names alone, since values may be secrets.
fn sources(file: Option<&Path>) -> Finding {
    let (file, variables) = settings::sources(file);
    let file = file.map_or_else(|| "no file".to_owned(), |file| file.display().to_string());
    let variables = match variables.as_slice() {
        [] => "no variable".to_owned(),
        names => names.join(", "),
    };
    Finding::ok(Check::Settings, format!("read from {file}, {variables}"))
}

/// What was found so far.
struct Report {
    json: bool,
    n_warnings: usize,
    n_failed: usize,
}

impl Report {
    /// Tells a finding.
    fn add(&mut self, finding: &Finding) -> anyhow::Result<()> {
        match finding.state {
            State::Ok => {}
            State::Warn => self.n_warnings += 1,
            State::Fail => self.n_failed += 1,
        }
        out::line(&if self.json { serde_json::to_string(finding)? } else { finding.line() });
        Ok(())
    }

    fn end(self) -> ExitCode {
        out::tell(&match (self.n_failed, self.n_warnings) {
            (0, 0) => "all is well".to_owned(),
            (n_failed, n_warnings) => format!("{n_failed} failed, {n_warnings} to be looked at"),
        });
        out::code(self.n_failed > 0)
    }
}
