//! Who may know whom: `cargo metadata` against the table in ARCHITECTURE.md.

use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

use super::{check, read, root};

/// The heading of the table of rooms.
const HEADING: &str = "| room | lives here | never | may use |";

/// Crates from outside and the only rooms that may use them, tests included.
const KEPT: [(&str, &[&str]); 13] = [
    ("sqlx", &["bot-store-sql"]),
    ("axum", &["bot-web", "bot-server"]),
    ("anyhow", &["bot-server", "tests"]),
    ("clap", &["bot-server", "tests"]),
    ("config", &["bot-server"]),
    ("getrandom", &["bot-server", "tests"]),
    ("granit-parser", &["flows"]),
    ("ureq", &["bot-channels", "models"]),
    ("zip", &["models"]),
    ("candle-core", &["nlu-backends"]),
    ("ort", &["nlu-backends"]),
    ("rust-bert", &["nlu-backends"]),
    ("tch", &["nlu-backends"]),
];
/// Rooms that hold no async, no I/O and no clock.
const PURE: [&str; 4] = ["bot-core", "bot-engine", "flows", "nlu"];
/// What a pure room never uses, not even in its tests.
const IMPURE: [&str; 6] = ["tokio", "tokio-util", "sqlx", "axum", "reqwest", "getrandom"];

/// A room as cargo sees it.
struct Room {
    folder: String,
    /// Crates it is built with.
    uses: BTreeSet<String>,
    /// Those, and what its tests use besides.
    tests_use: BTreeSet<String>,
}

fn rooms() -> BTreeMap<String, Room> {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version", "1", "--no-deps", "--offline"])
        .current_dir(root())
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let metadata: Value = serde_json::from_slice(&output.stdout).unwrap();
    let packages = metadata["packages"].as_array().unwrap();
    packages.iter().map(|package| (text(&package["name"]), room(package))).collect()
}

fn room(package: &Value) -> Room {
    let manifest = text(&package["manifest_path"]);
    let folder = manifest.strip_suffix("/Cargo.toml").unwrap();
    let folder = folder.strip_prefix(root().to_str().unwrap()).unwrap().trim_start_matches('/');
    let dependencies = package["dependencies"].as_array().unwrap();
    let names = |with_tests: bool| {
        let wanted = dependencies.iter().filter(|d| with_tests || d["kind"] != "dev");
        wanted.map(|dependency| text(&dependency["name"])).collect()
    };
    Room { folder: folder.to_owned(), uses: names(false), tests_use: names(true) }
}

fn text(value: &Value) -> String {
    value.as_str().unwrap().to_owned()
}

/// Reads the table: the folder of each room, and the crates of ours that it may use.
fn table() -> BTreeMap<String, BTreeSet<String>> {
    let paper = read("ARCHITECTURE.md");
    let after = paper.split_once(HEADING).expect("ARCHITECTURE.md has the table of rooms").1;
    let rows = after.lines().skip(2).take_while(|line| line.starts_with('|'));
    rows.map(|row| {
        let cells: Vec<&str> = row.trim_matches('|').split('|').collect();
        assert_eq!(cells.len(), 4, "four cells in {row}");
        let [folder] = ticked(cells[0])[..] else { panic!("one folder in {row}") };
        let may_use = ticked(cells[3]).into_iter().map(str::to_owned).collect();
        (folder.to_owned(), may_use)
    })
    .collect()
}

/// Lists what stands between backticks.
pub(super) fn ticked(text: &str) -> Vec<&str> {
    text.split('`').skip(1).step_by(2).collect()
}

#[test]
fn every_room_stands_in_the_table_and_every_row_is_a_room() {
    let table: BTreeSet<String> = table().into_keys().collect();
    let rooms: BTreeSet<String> = rooms().into_values().map(|room| room.folder).collect();
    assert_eq!(table, rooms);
}

#[test]
fn a_room_uses_only_those_that_the_table_allows() {
    let (rooms, table) = (rooms(), table());
    let mut faults = Vec::new();
    for (name, room) in &rooms {
        let allowed = table.get(&room.folder).cloned().unwrap_or_default();
        let ours = room.uses.iter().filter(|used| rooms.contains_key(*used));
        for used in ours.filter(|used| !allowed.contains(*used)) {
            faults.push(format!("{name} uses {used}, which its row does not allow"));
        }
        for idle in allowed.iter().filter(|allowed| !room.uses.contains(*allowed)) {
            faults.push(format!("the row of {name} allows {idle}, which it does not use"));
        }
    }
    check(&faults);
}

#[test]
fn a_crate_is_named_after_its_folder() {
    let mut faults = Vec::new();
    for (name, room) in rooms() {
        if room.folder.replace('/', "-") != name {
            faults.push(format!("{} holds the crate {name}", room.folder));
        }
    }
    check(&faults);
}

#[test]
fn what_one_room_is_for_no_other_uses() {
    let mut faults = Vec::new();
    for (name, room) in rooms() {
        for (outside, keepers) in KEPT {
            if room.tests_use.contains(outside) && !keepers.contains(&name.as_str()) {
                faults.push(format!("{name} uses {outside}, which is for {}", keepers.join(", ")));
            }
        }
    }
    check(&faults);
}

#[test]
fn pure_rooms_have_no_input_or_output() {
    let rooms = rooms();
    let mut faults = Vec::new();
    for name in PURE {
        for used in IMPURE.iter().filter(|used| rooms[name].tests_use.contains(**used)) {
            faults.push(format!("{name} uses {used}"));
        }
        let lints = format!("{}/clippy.toml", rooms[name].folder);
        if !read(&lints).contains("std::collections::HashMap") {
            faults.push(format!("{lints} does not ban what a pure room must not have"));
        }
    }
    check(&faults);
}
