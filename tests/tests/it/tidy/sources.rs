//! Every source file: its first line, its size, its name, and what tests must not hold.

use super::{check, files, root};

/// Lines of a file, without its tests.
const MAX_LINES: usize = 500;
/// Names that say nothing of what lives in a file.
const EMPTY_NAMES: [&str; 7] = ["mod", "utils", "util", "helpers", "common", "manager", "misc"];
/// What no source holds: a test that is not run, and a wait for luck.
const BANNED: [&str; 5] =
    ["#[ignore", "thread::sleep", "todo!(", "unimplemented!(", "#![allow(clippy"];

fn sources() -> Vec<(String, String)> {
    let with_text = |path: String| {
        let text = std::fs::read_to_string(root().join(&path)).unwrap();
        (path, text)
    };
    ["bot", "flows", "nlu", "voice", "models", "tests"]
        .iter()
        .flat_map(|folder| files(folder, ".rs"))
        .map(with_text)
        .collect()
}

#[test]
fn a_file_opens_with_what_lives_in_it() {
    let bare = sources().into_iter().filter(|(_, text)| !text.starts_with("//!"));
    let faults: Vec<String> =
        bare.map(|(path, _)| format!("{path} does not open with //!")).collect();
    check(&faults);
}

#[test]
fn a_file_has_one_subject() {
    let mut faults = Vec::new();
    for (path, text) in sources() {
        let own = text.split("\n#[cfg(test)]\nmod tests {").next().unwrap_or_default();
        let n_lines = own.lines().count();
        if n_lines > MAX_LINES && !path.contains("/tests/") {
            faults.push(format!("{path} has {n_lines} lines, more than {MAX_LINES}"));
        }
        let name = path.rsplit('/').next().and_then(|name| name.strip_suffix(".rs"));
        if name.is_some_and(|name| EMPTY_NAMES.contains(&name)) {
            faults.push(format!("{path} says nothing by its name"));
        }
    }
    check(&faults);
}

#[test]
fn nothing_is_left_undone_or_left_to_luck() {
    let own = file!().rsplit('/').next().unwrap();
    let mut faults = Vec::new();
    for (path, text) in sources().iter().filter(|(path, _)| !path.ends_with(own)) {
        for (n, line) in text.lines().enumerate() {
            for banned in BANNED.iter().filter(|banned| line.contains(*banned)) {
                faults.push(format!("{path}:{} has {banned}", n + 1));
            }
        }
    }
    check(&faults);
}

#[test]
fn a_crate_has_one_test_binary() {
    let mut faults = Vec::new();
    for manifest in files(".", "Cargo.toml") {
        let folder = root().join(&manifest).parent().unwrap().join("tests");
        let Ok(entries) = std::fs::read_dir(folder) else { continue };
        let n_binaries = entries
            .flatten()
            .filter(|entry| {
                let path = entry.path();
                path.join("main.rs").is_file() || path.extension().is_some_and(|e| e == "rs")
            })
            .count();
        if n_binaries > 1 {
            faults.push(format!("{manifest}: {n_binaries} test binaries, make them one"));
        }
    }
    check(&faults);
}

#[test]
fn both_databases_have_the_same_migrations() {
    let names = |engine: &str| -> Vec<String> {
        let folder = format!("bot/store-sql/migrations/{engine}");
        let paths = files(&folder, ".sql");
        paths.iter().map(|path| path.rsplit('/').next().unwrap().to_owned()).collect()
    };
    assert_eq!(names("sqlite"), names("postgres"));
    assert!(!names("sqlite").is_empty());
}
