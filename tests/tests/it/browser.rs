//! The web chat as a resident sees it: a real Chromium in front of the real counter.
//!
//! The checks are written where a browser is driven, in `tests/browser`; here the counter runs, and
//! here is done what only the city's side can do. `GUICHET_TEST_BROWSER` names the checks to run, as
//! a part of their names. Never here: what a screen should look like.

mod city_side;
mod errand;
mod voicemail;

use serde::Deserialize;
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::process::{ChildStdin, Command};

use city_side::CitySide;
use errand::Errand;

/// How long all checks may take together.
const LIMIT: Duration = Duration::from_mins(6);
/// Picks checks by a part of their names.
const ONLY: &str = "GUICHET_TEST_BROWSER";

/// A line that the browser's side writes.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Line {
    /// Something to do, and to answer under this number.
    Ask { n: u64, errand: Errand },
    /// A check is done; without a fault it has passed.
    Checked { check: String, ms: u64, fault: Option<String> },
    /// Something was measured.
    Measured { what: String, figure: Value },
    /// Nothing more will come.
    Done { n_checks: usize },
}

/// What came of all checks.
#[derive(Debug, Default)]
struct Outcome {
    n_checks: usize,
    n_announced: Option<usize>,
    faults: Vec<String>,
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_web_chat_holds_in_a_real_browser() {
    let folder = tempfile::tempdir().unwrap();
    let mut city = CitySide::new(folder.path());
    let outcome = tokio::time::timeout(LIMIT, check_all(&mut city)).await;
    let outcome = outcome.unwrap_or_else(|_| panic!("the checks took more than {LIMIT:?}"));
    let faults = &outcome.faults;
    let n_faults = faults.len();
    assert!(faults.is_empty(), "{n_faults} checks failed:\n\n{}", faults.join("\n\n"));
    assert_eq!(outcome.n_announced, Some(outcome.n_checks), "the browser's side broke off");
    assert!(outcome.n_checks > 0, "no check has such a name");
}

/// Runs the browser's side to its end, and does its errands meanwhile.
async fn check_all(city: &mut CitySide) -> Outcome {
    let mut process = browser_side().spawn().expect("node starts: `.ci/setup test` installs it");
    let mut stdin = process.stdin.take().unwrap();
    let mut lines = BufReader::new(process.stdout.take().unwrap()).lines();
    let mut outcome = Outcome::default();
    while let Some(line) = lines.next_line().await.unwrap() {
        let read = serde_json::from_str(&line);
        match read.unwrap_or_else(|why| panic!("the browser's side says \"{line}\": {why}")) {
            Line::Ask { n, errand } => {
                let answer = city.run(errand).await;
                reply(&mut stdin, n, answer).await;
            }
            Line::Checked { check, ms, fault } => {
                outcome.n_checks += 1;
                let verdict = if fault.is_some() { "FAILED" } else { "ok" };
                println!("{ms:>6} ms  {verdict:<6}  {check}");
                outcome.faults.extend(fault.map(|fault| format!("{check}: {fault}")));
            }
            Line::Measured { what, figure } => println!("           {what}: {figure}"),
            Line::Done { n_checks } => outcome.n_announced = Some(n_checks),
        }
    }
    let status = process.wait().await.unwrap();
    assert!(status.success() || !outcome.faults.is_empty(), "node ended with {status}");
    outcome
}

fn browser_side() -> Command {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("browser");
    assert!(
        folder.join("node_modules/playwright-core").is_dir(),
        "what drives the browser is not installed: run `.ci/setup test`"
    );
    let mut command = Command::new("node");
    command
        .arg("run.mjs")
        .arg(shots())
        .args(std::env::var_os(ONLY))
        .current_dir(folder)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .kill_on_drop(true);
    command
}

/// The folder of the screenshots, for people to look at.
fn shots() -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).with_file_name("browser")
}

async fn reply(stdin: &mut ChildStdin, n: u64, answer: anyhow::Result<Value>) {
    let answer = match answer {
        Ok(value) => json!({ "n": n, "value": value }),
        Err(why) => json!({ "n": n, "error": format!("{why:#}") }),
    };
    // Where node has gone, its last lines say why.
    stdin.write_all(format!("{answer}\n").as_bytes()).await.ok();
}
