//! The demo city passes its schema under an independent validator, and broken files do not.

use super::schema;
use crate::fault::Faults;
use crate::package::{Package, load};
use crate::yaml::{self, Body, Node, Quoting};
use serde_json::{Map, Value};
use std::path::{Path, PathBuf};

/// Gives a YAML node as the JSON that an editor's validator sees.
fn json_of(node: &Node) -> Value {
    match &node.body {
        Body::Scalar { text, quoting: Quoting::Quoted } => Value::from(text.as_str()),
        Body::Scalar { text, quoting: Quoting::Plain } => {
            serde_json::from_str(text).unwrap_or_else(|_| Value::from(text.as_str()))
        }
        Body::List(items) => items.iter().map(json_of).collect(),
        Body::Map(entries) => {
            let map: Map<String, Value> =
                entries.iter().map(|(k, v)| (k.text().unwrap().to_owned(), json_of(v))).collect();
            Value::Object(map)
        }
    }
}

fn demo_files(folder: &Path) -> Vec<PathBuf> {
    std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .flat_map(|path| if path.is_dir() { demo_files(&path) } else { vec![path] })
        .collect()
}

fn demo_package() -> Package {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("sainte-aurore");
    let name = |path: &Path| path.strip_prefix(&root).unwrap().to_str().unwrap().to_owned();
    let files = demo_files(&root);
    let text = |path: &PathBuf| (name(path), std::fs::read_to_string(path).unwrap());
    Package { files: files.iter().map(text).collect() }
}

fn tree(path: &str, text: &str) -> Value {
    json_of(&yaml::parse(&path.into(), text, &mut Faults::default()).unwrap())
}

#[test]
fn the_demo_city_passes_its_own_schema_and_the_general_one() {
    let package = demo_package();
    let city = load(&package).city;
    assert!(city.is_some());
    for schema in [schema(None), schema(city.as_ref())] {
        assert!(jsonschema::meta::is_valid(&schema));
        let validator = jsonschema::validator_for(&schema).unwrap();
        let yaml = package.files.iter().filter(|(path, _)| path.ends_with(".yml"));
        for (path, text) in yaml {
            let faults: Vec<String> =
                validator.iter_errors(&tree(path, text)).map(|e| format!("{e:?}")).collect();
            assert!(faults.is_empty(), "{path}: {faults:#?}");
        }
    }
}

#[test]
fn broken_shapes_do_not_pass() {
    let package = demo_package();
    let validator = jsonschema::validator_for(&schema(None)).unwrap();
    let broken = [
        ("report_pothole.flow.yml", "next: recap}", "next: recap, say: \"@system_down\"}"),
        ("report_pothole.flow.yml", "{otherwise: drop}", "{when: \"place is known\", go: drop}"),
        ("report_pothole.flow.yml", ", nobody: ticket}", "}"),
        ("report_pothole.flow.yml", "channels: [web,", "channels: [fax,"),
        ("welcome.flow.yml", "version: 1", "version: one"),
        ("goodbye.flow.yml", ", en: \"Finish\"}", "}"),
        ("intents/greet.yml", "intent: greet", "intents: greet"),
    ];
    for (path, from, to) in broken {
        let text = &package.files[path];
        assert!(text.contains(from), "{path} has {from}");
        let broken = text.replacen(from, to, 1);
        assert!(!validator.is_valid(&tree(path, &broken)), "{path}: {to}");
    }
}
