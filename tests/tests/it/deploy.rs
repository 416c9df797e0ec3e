//! What is in `deploy/`: every file parses, and every command, variable, setting and path in it is
//! known to the program and the project that it is for.

mod container;
mod units;

use serde_json::Value;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use tests::{Counter, Setup};

/// Where the containers find their secrets.
const SECRETS: &str = "/run/secrets/";
const STORE_URL: &str = "GUICHET__STORE__URL";

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..").canonicalize().unwrap()
}

fn read(name: &str) -> String {
    let path = root().join("deploy").join(name);
    std::fs::read_to_string(&path).unwrap_or_else(|why| panic!("{}: {why}", path.display()))
}

/// A program called in a folder of its own, without a setting of the tests.
struct Program {
    folder: tempfile::TempDir,
    setup: Setup,
}

impl Program {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let setup = Setup::sqlite(folder.path()).unwrap();
        Self { folder, setup }
    }

    /// Asks whether a command line, without the program's name, is one.
    async fn knows_command(&self, args: &[&str], place: &str) {
        let args: Vec<&str> = args.iter().copied().chain(["--help"]).collect();
        let output = self.setup.command(&args).output().await.unwrap();
        assert!(output.status.success(), "{place}: {args:?}: {output:?}");
    }

    /// Asks whether variables are settings: the first check of `guichet doctor` says so.
    async fn knows_variables(&self, variables: &BTreeMap<String, String>, place: &str) {
        let mut setup = self.setup.clone();
        assert!(!variables.is_empty(), "{place} sets nothing");
        for (name, value) in variables {
            assert!(name.starts_with("GUICHET__"), "{place}: {name}");
            let own = self.folder.path().join("secret");
            std::fs::write(&own, "sqlite:guichet.db\n").unwrap();
            let value = if value.starts_with(SECRETS) { own.to_str().unwrap() } else { value };
            setup = setup.with_variable(name, value);
        }
        let names = self.understands(&setup, &[], place).await;
        assert!(variables.keys().all(|name| names.contains(name)), "{place}: {names}");
    }

    /// Asks whether the settings are understood; gives where they came from.
    async fn understands(&self, setup: &Setup, args: &[&str], place: &str) -> String {
        let args: Vec<&str> = args.iter().copied().chain(["doctor", "--json"]).collect();
        let output = setup.command(&args).output().await.unwrap();
        let lines = String::from_utf8(output.stdout).unwrap();
        let first: Value = serde_json::from_str(lines.lines().next().unwrap()).unwrap();
        assert_eq!(
            (&first["check"], &first["state"]),
            (&"settings".into(), &"ok".into()),
            "{place}: {first}"
        );
        first["found"].as_str().unwrap().to_owned()
    }
}

#[tokio::test]
async fn the_settings_file_is_understood_and_fits_the_units() {
    let program = Program::new();
    let file = root().join("deploy/guichet.toml");
    let config = ["--config", file.to_str().unwrap()];
    let found = program.understands(&program.setup, &config, "guichet.toml").await;
    assert!(found.contains("guichet.toml"), "{found}");
    // The lines that are only shown are settings too.
    let shown = read("guichet.toml")
        .replace("# url_file = \"/etc/guichet/store-url\"", "url_file = \"url\"");
    assert!(shown.contains("\nurl_file"));
    let file = program.folder.path().join("shown.toml");
    std::fs::write(&file, shown).unwrap();
    std::fs::write(program.folder.path().join("url"), "sqlite:guichet.db").unwrap();
    let config = ["--config", file.to_str().unwrap()];
    program.understands(&program.setup, &config, "guichet.toml with url_file").await;
}

#[tokio::test]
async fn a_counter_is_asked_whether_it_is_ready() {
    let program = Program::new();
    let (counter, url) = Counter::open(&program.setup).await.unwrap();
    let bind = url.strip_prefix("http://").unwrap();
    let setup = program.setup.clone().with("SERVER__BIND", bind);
    let output = setup.command(&["health"]).output().await.unwrap();
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    // As in a container, where it listens to everyone.
    let everywhere = setup.with("SERVER__BIND", &bind.replace("127.0.0.1", "0.0.0.0"));
    let output = everywhere.command(&["health"]).output().await.unwrap();
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    assert!(counter.stop().await.unwrap().0.success());
    let output = everywhere.command(&["health"]).output().await.unwrap();
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    assert!(String::from_utf8_lossy(&output.stdout).starts_with("not ready: "), "{output:?}");
}

/// A proxy in front of the counter does not hold the stream back, and keeps these to itself.
#[test]
fn the_proxies_let_the_stream_through_and_close_what_is_not_for_the_public() {
    let api: Value = serde_json::from_str(
        &std::fs::read_to_string(root().join("bot/web/api/openapi.json")).unwrap(),
    )
    .unwrap();
    assert!(api["paths"]["/api/chat/events"].is_object() && api["paths"]["/api/chat"].is_object());
    for (file, words) in [
        (
            "nginx.conf",
            &[
                "location = /api/chat/events {",
                "proxy_buffering off;",
                "proxy_set_header X-Forwarded-For $remote_addr;",
                "location = /metrics { return 404; }",
                "location = /healthz { return 404; }",
                "location = /readyz { return 404; }",
                "location /api/suggestions { return 404; }",
                "listen 443 ssl;",
            ][..],
        ),
        (
            "Caddyfile",
            &[
                "flush_interval -1",
                "path /metrics /healthz /readyz /api/suggestions*",
                "respond @private 404",
            ],
        ),
    ] {
        let text = read(file);
        for word in words {
            assert!(text.contains(word), "{file} lacks {word}");
        }
        assert_eq!(text.matches('{').count(), text.matches('}').count(), "{file}: braces");
        assert!(text.contains("127.0.0.1:8311"), "{file} names another port");
    }
}
