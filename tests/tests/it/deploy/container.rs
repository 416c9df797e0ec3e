//! The image and the compose file: parsed, and compared with the project.

use serde_json::Value;
use std::collections::BTreeMap;
use std::path::Path;

use super::{Program, SECRETS, STORE_URL, read, root};

fn text<'a>(value: &'a Value, place: &str) -> &'a str {
    value.as_str().unwrap_or_else(|| panic!("{place}: no text: {value}"))
}

fn list<'a>(value: &'a Value, place: &str) -> Vec<&'a str> {
    let items = value.as_array().unwrap_or_else(|| panic!("{place}: no list: {value}"));
    items.iter().map(|item| text(item, place)).collect()
}

fn keys<'a>(value: &'a Value, place: &str) -> Vec<&'a str> {
    let map = value.as_object().unwrap_or_else(|| panic!("{place}: no map: {value}"));
    map.keys().map(String::as_str).collect()
}

fn compose() -> Value {
    serde_saphyr::from_str(&read("compose.yaml")).unwrap()
}

/// The instructions of the image: name and rest, lines that go on put together.
fn instructions() -> Vec<(String, String)> {
    let joined = read("Dockerfile").replace("\\\n", " ");
    let lines = joined.lines().map(str::trim).filter(|line| !line.is_empty());
    let lines = lines.filter(|line| !line.starts_with('#'));
    lines
        .map(|line| {
            let (name, rest) = line.split_once(' ').unwrap();
            (name.to_owned(), rest.split_whitespace().collect::<Vec<_>>().join(" "))
        })
        .collect()
}

fn of(name: &str) -> Vec<String> {
    let all = instructions().into_iter();
    all.filter(|(found, _)| found == name).map(|(_, rest)| rest).collect()
}

/// A tag that names a version or a release, and not whatever is newest.
fn is_pinned(image: &str) -> bool {
    image.split_once(':').is_some_and(|(_, tag)| !tag.is_empty() && tag != "latest")
}

#[test]
fn the_image_is_built_from_what_is_there() {
    let images = of("FROM");
    assert_eq!(images.len(), 2, "one stage to build, one to run: {images:?}");
    assert!(images.iter().all(|image| is_pinned(image.split(' ').next().unwrap())), "{images:?}");
    let manifest = std::fs::read_to_string(root().join("Cargo.toml")).unwrap();
    let rust = manifest.lines().find_map(|line| line.strip_prefix("rust-version = ")).unwrap();
    let wanted = format!("rust:{}-", rust.trim_matches('"'));
    assert!(images[0].starts_with(&wanted), "{} is not the compiler {wanted}", images[0]);
    let ignored = std::fs::read_to_string(root().join(".dockerignore")).unwrap();
    let mut taken = Vec::new();
    for copy in of("COPY").iter().filter(|copy| !copy.starts_with("--from=")) {
        let mut paths: Vec<&str> = copy.split(' ').collect();
        paths.pop();
        taken.extend(paths.into_iter().map(str::to_owned));
    }
    for path in &taken {
        assert!(root().join(path).exists(), "{path} is copied, and is not there");
        let top = path.split('/').next().unwrap();
        assert!(ignored.lines().any(|line| line == format!("!{top}")), ".dockerignore hides {top}");
    }
    // Every room that cargo wants to see.
    let members = manifest.split_once("members = [").unwrap().1.split_once(']').unwrap().0;
    for member in members.split('"').skip(1).step_by(2) {
        let top = Path::new(member).components().next().unwrap().as_os_str().to_str().unwrap();
        assert!(taken.iter().any(|path| path == top), "{member} is not copied");
    }
    let builds = of("RUN");
    assert!(builds.iter().any(|run| run.contains("cargo build --release --locked -p bot-server")));
}

#[test]
fn the_image_runs_as_nobody_in_particular() {
    let steps = instructions();
    let start = steps.iter().rposition(|(name, _)| name == "FROM").unwrap();
    let last: Vec<&(String, String)> = steps.iter().skip(start).collect();
    let user = last.iter().find(|(name, _)| name == "USER").map(|(_, user)| user.as_str());
    assert!(user.is_some_and(|user| user != "root" && user != "0"), "{user:?}");
    let copied: Vec<&str> =
        last.iter().filter(|(name, _)| name == "COPY").map(|(_, rest)| rest.as_str()).collect();
    assert_eq!(copied.len(), 3, "the program, the package, the licence: {copied:?}");
}

#[tokio::test]
async fn the_image_calls_the_program_as_it_is() {
    let program = Program::new();
    assert_eq!(of("ENTRYPOINT"), ["[\"guichet\"]"]);
    let [command] = &of("CMD")[..] else { panic!("one command") };
    let command: Vec<String> = serde_json::from_str(command).unwrap();
    let command: Vec<&str> = command.iter().map(String::as_str).collect();
    program.knows_command(&command, "CMD").await;
    let [health] = &of("HEALTHCHECK")[..] else { panic!("one check") };
    let health: Vec<String> = serde_json::from_str(health.split_once("CMD ").unwrap().1).unwrap();
    assert_eq!(health[0], "guichet");
    let health: Vec<&str> = health.iter().skip(1).map(String::as_str).collect();
    program.knows_command(&health, "HEALTHCHECK").await;
    let mut variables = BTreeMap::new();
    for env in of("ENV") {
        for pair in env.split(' ') {
            let (name, value) = pair.split_once('=').unwrap();
            variables.insert(name.to_owned(), value.to_owned());
        }
    }
    program.knows_variables(&variables, "ENV").await;
}

#[tokio::test]
async fn the_compose_file_calls_the_program_as_it_is() {
    let (compose, program) = (compose(), Program::new());
    let services = compose["services"].as_object().unwrap();
    let ours = services.iter().filter(|(_, service)| service["image"] == "guichet:0.1.0");
    let mut roles = Vec::new();
    for (name, service) in ours {
        let command = list(&service["command"], name);
        program.knows_command(&command, name).await;
        roles.push(command.last().unwrap().to_string());
        let variables = service["environment"].as_object().unwrap();
        let variables: BTreeMap<String, String> = variables
            .iter()
            .map(|(name, value)| (name.clone(), text(value, name).to_owned()))
            .collect();
        assert!(!variables.contains_key(STORE_URL), "{name}: the password is in a file");
        let url_file = &variables["GUICHET__STORE__URL_FILE"];
        let secret = url_file.strip_prefix(SECRETS).unwrap();
        assert!(list(&service["secrets"], name).contains(&secret), "{name}: {secret}");
        program.knows_variables(&variables, name).await;
    }
    assert_eq!(roles, ["web", "worker"]);
    let version = std::fs::read_to_string(root().join("Cargo.toml")).unwrap();
    assert!(version.contains("\nversion = \"0.1.0\"\n"), "the image has the program's version");
    let dockerfile = &compose["services"]["web"]["build"]["dockerfile"];
    assert!(root().join(text(dockerfile, "web")).is_file());
}

#[test]
fn every_service_is_shut_in_and_comes_back() {
    let compose = compose();
    for (name, service) in compose["services"].as_object().unwrap() {
        assert!(is_pinned(text(&service["image"], name)), "{name}: {}", service["image"]);
        assert_eq!(service["restart"], "unless-stopped", "{name}");
        assert_eq!(service["read_only"], true, "{name}");
        assert_eq!(list(&service["cap_drop"], name), ["ALL"], "{name}");
        assert_eq!(list(&service["security_opt"], name), ["no-new-privileges:true"], "{name}");
        assert!(service["mem_limit"].is_string(), "{name} has no bound");
        for (from, all) in [("networks", "networks"), ("secrets", "secrets")] {
            for used in list(&service[from], name) {
                assert!(compose[all].get(used).is_some(), "{name} uses {used} of {all}");
            }
        }
        for volume in list(&service["volumes"], name) {
            let volume = volume.split(':').next().unwrap();
            assert!(compose["volumes"].get(volume).is_some(), "{name} uses the volume {volume}");
        }
        for needed in service["depends_on"].as_object().into_iter().flatten() {
            let checked = &compose["services"][needed.0]["healthcheck"]["test"];
            assert!(checked.is_array(), "{name} waits for {}, which is not checked", needed.0);
        }
    }
}

#[test]
fn only_the_door_is_open_and_only_to_this_machine() {
    let compose = compose();
    let services = &compose["services"];
    for (name, service) in services.as_object().unwrap() {
        match service.get("ports") {
            Some(ports) => {
                assert_eq!(name, "web");
                assert!(list(ports, name).iter().all(|port| port.starts_with("127.0.0.1:")));
            }
            None => assert_ne!(name, "web"),
        }
    }
    assert_eq!(list(&services["postgres"]["networks"], "postgres"), ["store"]);
    assert_eq!(compose["networks"]["store"]["internal"], true);
    // The gateway that the proxy comes in by is the one that is believed.
    let gateway = text(&compose["networks"]["door"]["ipam"]["config"][0]["gateway"], "door");
    let believed = &services["web"]["environment"]["GUICHET__LIMITS__TRUSTED_PROXIES"];
    assert!(text(believed, "web").contains(&format!("{gateway}/32")), "{believed}");
    for secret in keys(&compose["secrets"], "secrets") {
        let file = text(&compose["secrets"][secret]["file"], secret);
        assert!(file.starts_with("./secrets/"), "{file} is not kept out of the project");
    }
    assert_eq!(read(".gitignore").trim(), "secrets/");
}
