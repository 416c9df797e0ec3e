//! The papers: what they name is there, and where they point is something.

use super::rooms::ticked;
use super::{check, files, read, root};

/// Papers every checkout has.
const PAPERS: [&str; 9] = [
    "README.md",
    "ARCHITECTURE.md",
    "CHANGELOG.md",
    "CONTRIBUTING.md",
    "docs/flows.md",
    "docs/api.md",
    "docs/operations.md",
    "docs/privacy.md",
    "docs/performance.md",
];
/// The two commands that a newcomer needs.
const COMMANDS: [&str; 2] = ["make run", "make test"];

#[test]
fn the_papers_are_there_and_name_the_two_commands() {
    for paper in PAPERS {
        assert!(read(paper).starts_with("# "), "{paper} opens with its title");
    }
    let (readme, makefile) = (read("README.md"), read("Makefile"));
    for command in COMMANDS {
        assert!(readme.contains(command), "README.md names {command}");
        let target = command.strip_prefix("make ").unwrap();
        assert!(makefile.contains(&format!("\n{target}:")), "Makefile has {target}");
    }
    assert!(read(".ci/run").contains("make test"));
}

#[test]
fn architecture_names_only_what_is_there() {
    let paper = read("ARCHITECTURE.md");
    // Blocks of code show shapes, not places.
    let prose: String = paper.split("```").step_by(2).collect();
    let mut faults = Vec::new();
    for name in ticked(&prose) {
        let is_path = name.contains('/')
            && !name.contains([' ', '*', '{', '<', ':', '(', '…'])
            && !name.starts_with('/');
        if is_path && !root().join(name.trim_end_matches('/')).exists() {
            faults.push(format!("ARCHITECTURE.md names {name}, which is not there"));
        }
    }
    check(&faults);
}

#[test]
fn links_between_papers_lead_somewhere() {
    let mut faults = Vec::new();
    for paper in files(".", ".md") {
        let folder = root().join(&paper).parent().unwrap().to_owned();
        let text = without_code(&read(&paper));
        let targets = text.split("](").skip(1).filter_map(|rest| rest.split(')').next());
        for target in targets.filter(|target| !target.contains("://") && !target.starts_with('#')) {
            let file = target.split('#').next().unwrap_or_default();
            if !file.contains([' ', '"']) && !folder.join(file).exists() {
                faults.push(format!("{paper} points to {target}, which is not there"));
            }
        }
    }
    check(&faults);
}

/// Gives a paper's prose: code shows shapes, such as `[words](slot)`, and leads nowhere.
fn without_code(text: &str) -> String {
    let prose: String = text.split("```").step_by(2).collect();
    prose.split('`').step_by(2).collect()
}

/// Every setting that the program knows stands in the page for operators.
#[test]
fn every_setting_is_explained() {
    let schema: serde_json::Value = serde_json::from_str(&read("docs/config.schema.json")).unwrap();
    let page = read("docs/operations.md");
    let mut faults = Vec::new();
    for (section, value) in schema["properties"].as_object().unwrap() {
        let definition = value["$ref"].as_str().unwrap().rsplit('/').next().unwrap();
        for key in schema["$defs"][definition]["properties"].as_object().unwrap().keys() {
            let name = format!("{section}.{key}");
            if !page.contains(&format!("`{name}`")) {
                faults.push(format!("docs/operations.md does not explain {name}"));
            }
        }
    }
    check(&faults);
}
