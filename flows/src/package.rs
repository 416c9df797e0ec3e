//! A package: the files of a city, by path, and what they make together.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::decode::{self, Cx};
use crate::fault::{Fault, Faults, Rule, Spot};
use crate::hash;
use crate::link;
use crate::lint;
use crate::literal::Types;
use crate::model::city::{City, CityInfo};
use crate::model::flow::Flow;
use crate::model::text::Wording;
use crate::yaml::{self, Node};

/// The most files of a package.
pub const MAX_FILES: usize = 2_000;

/// The files of a city by their path inside the package, with `/` between folders.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Package {
    /// Path to text.
    pub files: BTreeMap<String, String>,
}

/// What a package makes.
#[derive(Debug)]
pub struct Loaded {
    /// The city, when nothing is wrong with the package.
    pub city: Option<City>,
    /// What is wrong, in order of file, line and column.
    pub faults: Vec<Fault>,
}

/// What a file of a package is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Role {
    City,
    Hours,
    Services,
    Actions,
    Texts,
    Faq,
    Tables,
    Flow,
    OldFlow,
    Intent,
    Test,
    Trials,
    Places,
    Rows,
    Paper,
}

const FOLDERS: [(&str, &str, Role); 5] = [
    ("intents/", ".yml", Role::Intent),
    ("tests/", ".test.yml", Role::Test),
    ("tests/", ".tsv", Role::Trials),
    ("places/", ".csv", Role::Places),
    ("tables/", ".csv", Role::Rows),
];
const SINGLE_FILES: [(&str, Role); 7] = [
    ("city.yml", Role::City),
    ("hours.yml", Role::Hours),
    ("services.yml", Role::Services),
    ("actions.yml", Role::Actions),
    ("texts.yml", Role::Texts),
    ("faq.yml", Role::Faq),
    ("tables.yml", Role::Tables),
];

/// Notes and schemas, which the city may keep beside its files.
const PAPERS: [&str; 2] = [".md", ".json"];

fn role_of(path: &str) -> Option<Role> {
    if let Some((_, role)) = SINGLE_FILES.iter().find(|(name, _)| *name == path) {
        return Some(*role);
    }
    for (folder, ending, role) in FOLDERS {
        if path
            .strip_prefix(folder)
            .is_some_and(|rest| !rest.contains('/') && rest.ends_with(ending))
        {
            return Some(role);
        }
    }
    match path.strip_suffix(".flow.yml") {
        Some(stem) if !stem.contains('/') => Some(Role::Flow),
        Some(stem) if stem.strip_prefix("old/").is_some_and(|rest| !rest.contains('/')) => {
            Some(Role::OldFlow)
        }
        _ => PAPERS.iter().any(|ending| path.ends_with(ending)).then_some(Role::Paper),
    }
}

/// What a file of a package bears on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Bearing {
    /// What the understanding learns of intents.
    Intents,
    /// What the city is tried on, and notes: nothing that a resident meets.
    Trials,
    /// Everything else.
    City,
}

impl Bearing {
    /// Tells what the file at a path bears on.
    #[must_use]
    pub fn of(path: &str) -> Self {
        match role_of(path) {
            Some(Role::Intent) => Self::Intents,
            Some(Role::Test | Role::Trials | Role::Paper) => Self::Trials,
            Some(
                Role::City
                | Role::Hours
                | Role::Services
                | Role::Actions
                | Role::Texts
                | Role::Faq
                | Role::Tables
                | Role::Flow
                | Role::OldFlow
                | Role::Places
                | Role::Rows,
            )
            | None => Self::City,
        }
    }
}

/// Gives the files of a package that hold an intent each.
pub(crate) fn intent_files(package: &Package) -> impl Iterator<Item = (&String, &String)> {
    let files = package.files.iter().take(MAX_FILES);
    files.filter(|(path, _)| Bearing::of(path) == Bearing::Intents)
}

/// Reads and checks a package, noting every fault.
#[must_use]
pub fn load(package: &Package) -> Loaded {
    let mut faults = Faults::default();
    let trees = Trees::parse(package, &mut faults);
    let city = trees.city(package, &mut faults);
    Loaded { city: city.filter(|_| faults.is_empty()), faults: faults.into_sorted() }
}

/// Every file as a tree.
struct Trees {
    nodes: Vec<(Role, Node)>,
}

impl Trees {
    fn parse(package: &Package, faults: &mut Faults) -> Self {
        let mut nodes = Vec::new();
        if package.files.len() > MAX_FILES {
            let what = format!("more than {MAX_FILES} files");
            faults.add(
                &Spot::start_of("city.yml"),
                Rule::File,
                what,
                "leave out what is not the city's",
            );
        }
        for (path, text) in package.files.iter().take(MAX_FILES) {
            match role_of(path) {
                None => {
                    let hint = "see the list of files in docs/flows.md; notes go into *.md";
                    faults.add(
                        &Spot::start_of(path),
                        Rule::File,
                        "no one knows what this file is for",
                        hint,
                    );
                }
                Some(Role::Trials | Role::Places | Role::Rows | Role::Paper) => {}
                Some(role) => {
                    let file: Arc<str> = path.as_str().into();
                    nodes.extend(yaml::parse(&file, text, faults).map(|node| (role, node)));
                }
            }
        }
        Self { nodes }
    }

    fn of(&self, role: Role) -> impl Iterator<Item = &Node> {
        self.nodes.iter().filter(move |(its, _)| *its == role).map(|(_, node)| node)
    }

    /// Gives the only file of a role; a fault where the package lacks it.
    fn single(&self, role: Role, package: &Package, faults: &mut Faults) -> Option<&Node> {
        let found = self.of(role).next();
        let name = SINGLE_FILES.iter().find(|(_, its)| *its == role).map_or("", |(name, _)| name);
        if found.is_none() && !package.files.contains_key(name) {
            let what = format!("the package has no {name}");
            faults.add(&Spot::start_of(name), Rule::File, what, "write it: see docs/flows.md");
        }
        found
    }

    fn city(&self, package: &Package, faults: &mut Faults) -> Option<City> {
        let texts = self.texts(package, faults);
        let info = self.single(Role::City, package, faults);
        let hours = self.single(Role::Hours, package, faults);
        let services = self.single(Role::Services, package, faults);
        let actions = self.single(Role::Actions, package, faults);
        let cx = &mut Cx { faults, texts: &texts };
        let info = info.and_then(|node| decode::city(cx, node));
        let calendars = hours.map(|node| decode::hours(cx, node)).unwrap_or_default();
        let (services, service_order) =
            services.map(|node| decode::services(cx, node)).unwrap_or_default();
        let (records, actions) = actions.map(|node| decode::actions(cx, node)).unwrap_or_default();
        let mut city = City {
            info: info?,
            calendars,
            services,
            service_order,
            records,
            actions,
            flows: flows(cx, self.of(Role::Flow)),
            texts: BTreeMap::new(),
            faq: self.of(Role::Faq).next().map(|node| decode::faq(cx, node)).unwrap_or_default(),
            tables: self
                .of(Role::Tables)
                .next()
                .map(|node| decode::tables(cx, node, &package.files))
                .unwrap_or_default(),
            intents: BTreeMap::new(),
            trials: rows_of(cx, package, Role::Trials, decode::trials),
            places: rows_of(cx, package, Role::Places, decode::places),
            talks: Vec::new(),
            old_flows: BTreeMap::new(),
            hash: hash::of_package(package),
        };
        self.intents(cx, &mut city);
        self.talks(cx, &mut city);
        self.old_flows(cx, &mut city);
        city.texts.clone_from(&texts);
        link::resolve(&mut city, faults);
        lint::check(&city, faults);
        Some(city)
    }

    fn texts(&self, package: &Package, faults: &mut Faults) -> BTreeMap<String, Arc<Wording>> {
        let none = BTreeMap::new();
        let file = self.single(Role::Texts, package, faults);
        let cx = &mut Cx { faults, texts: &none };
        file.map(|tree| decode::texts(cx, tree)).unwrap_or_default()
    }

    fn intents(&self, cx: &mut Cx<'_>, city: &mut City) {
        for node in self.of(Role::Intent) {
            let Some(intent) = decode::intent(cx, node) else {
                continue;
            };
            if city.intents.contains_key(&intent.name) {
                let what = format!("two files hold the intent \"{}\"", intent.name);
                cx.faults.add(&node.at, Rule::Name, what, "put its sentences into one file");
            }
            city.intents.insert(intent.name.clone(), intent);
        }
    }

    fn talks(&self, cx: &mut Cx<'_>, city: &mut City) {
        let CityInfo { languages, zone, .. } = &city.info;
        let types = Types { records: &city.records, actions: &city.actions, languages, zone };
        city.talks = self.of(Role::Test).flat_map(|node| decode::talk(cx, node, &types)).collect();
    }

    fn old_flows(&self, cx: &mut Cx<'_>, city: &mut City) {
        for node in self.of(Role::OldFlow) {
            let Some(mut flow) = decode::flow(cx, node) else {
                continue;
            };
            link::targets(&mut flow, cx.faults);
            hash::seal(&mut flow);
            let versions = city.old_flows.entry(flow.name.clone()).or_default();
            versions.insert(flow.structure_hash.clone(), flow);
        }
    }
}

fn flows<'n>(cx: &mut Cx<'_>, nodes: impl Iterator<Item = &'n Node>) -> BTreeMap<String, Flow> {
    let mut flows: BTreeMap<String, Flow> = BTreeMap::new();
    for node in nodes {
        let Some(flow) = decode::flow(cx, node) else {
            continue;
        };
        if let Some(other) = flows.get(&flow.name) {
            let what = format!("the flow \"{}\" is also in {}", flow.name, other.at.file);
            cx.faults.add(&node.at, Rule::Name, what, "keep one of the two");
        }
        flows.insert(flow.name.clone(), flow);
    }
    flows
}

/// Reads the rows of every table of a role.
fn rows_of<T>(
    cx: &mut Cx<'_>,
    package: &Package,
    role: Role,
    read: fn(&mut Cx<'_>, &str, &str) -> Vec<T>,
) -> Vec<T> {
    let tables = package.files.iter().filter(|(path, _)| role_of(path) == Some(role));
    tables.flat_map(|(path, text)| read(cx, path, text)).collect()
}
