//! What stops a start: one clear line on standard error, exit code 2, and nothing is touched.

use std::path::Path;
use tests::{Counter, Report, Resident, Setup, Way, city};

/// The exit code of wrong use.
const WRONG_USE: i32 = 2;

/// A counter's folder with one case in its store.
struct Desk {
    _folder: tempfile::TempDir,
    setup: Setup,
    number: String,
}

impl Desk {
    async fn with_a_case() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let setup = Setup::sqlite(folder.path()).unwrap();
        let (counter, url) = Counter::open(&setup).await.unwrap();
        let mut resident = Resident::arrive(&Way::to(&url), "fr").await.unwrap();
        let number = Report::nth(0).make(&mut resident).await.unwrap().to_string();
        assert!(counter.stop().await.unwrap().0.success());
        Self { _folder: folder, setup, number }
    }

    /// Starts `guichet serve`, which is refused with one line that has all of these words.
    async fn refuses(&self, setup: &Setup, args: &[&str], words: &[&str]) {
        let output = setup.command(&[&["serve"], args].concat()).output().await.unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(WRONG_USE), "{said}");
        let line = said.lines().last().unwrap_or_default();
        assert!(line.starts_with("guichet: "), "{said}");
        for word in words {
            assert!(line.contains(word), "\"{word}\" is not in: {said}");
        }
        self.still_has_its_case().await;
    }

    /// As [`Self::refuses`], and nothing but that line is said.
    async fn refuses_in_a_line(&self, setup: &Setup, args: &[&str], words: &[&str]) {
        self.refuses(setup, args, words).await;
        let output = setup.command(&[&["serve"], args].concat()).output().await.unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(said.lines().count(), 1, "{said}");
    }

    async fn still_has_its_case(&self) {
        let output = self.setup.command(&["case", "list"]).output().await.unwrap();
        let list = String::from_utf8(output.stdout).unwrap();
        assert_eq!(list.lines().count(), 1, "{list}");
        assert!(list.starts_with(&self.number), "{list}");
    }
}

#[tokio::test]
async fn a_store_that_cannot_be_used() {
    let desk = Desk::with_a_case().await;
    let mut setup = desk.setup.clone();
    setup.url = format!("{}?mode=ro", desk.setup.url);
    desk.refuses_in_a_line(&setup, &[], &["the database is read-only", "check who owns the file"])
        .await;
    let newer = desk.setup.folder.join("newer.db");
    let committed = Path::new(env!("CARGO_MANIFEST_DIR")).join("data/newer.db");
    std::fs::copy(committed, &newer).unwrap();
    setup.url = format!("sqlite:{}", newer.display());
    desk.refuses_in_a_line(&setup, &[], &["version 9999", "install the newer program"]).await;
    setup.url = "mysql://city@db/guichet".to_owned();
    desk.refuses_in_a_line(&setup, &[], &["sqlite: or postgres:"]).await;
    setup.url = "postgres://city:s3cret@127.0.0.1:1/guichet".to_owned();
    desk.refuses_in_a_line(&setup, &[], &["cannot be reached", "city@127.0.0.1:1/guichet"]).await;
    let output = setup.command(&["serve"]).output().await.unwrap();
    assert!(!String::from_utf8_lossy(&output.stderr).contains("s3cret"), "a password was shown");
    let text = desk.setup.folder.join("notes.txt");
    std::fs::write(&text, "not a database, but notes that somebody needs\n".repeat(99)).unwrap();
    let before = std::fs::read(&text).unwrap();
    setup.url = format!("sqlite:{}", text.display());
    desk.refuses_in_a_line(&setup, &[], &["notes.txt"]).await;
    assert_eq!(std::fs::read(&text).unwrap(), before);
}

#[tokio::test]
async fn a_city_that_cannot_be_used() {
    let desk = Desk::with_a_case().await;
    let nowhere = desk.setup.folder.join("nowhere");
    let setup = desk.setup.clone().in_city(&nowhere);
    desk.refuses_in_a_line(&setup, &[], &["there is no city in", "nowhere", "--city"]).await;
    let broken = city::changed(&desk.setup.folder, "welcome.flow.yml", "steps:", "stpes:").unwrap();
    let setup = desk.setup.clone().in_city(&broken);
    desk.refuses(&setup, &[], &["faults", "guichet flows check"]).await;
    let output = setup.command(&["serve"]).output().await.unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.contains("welcome.flow.yml:"), "{said}");
}

#[tokio::test]
async fn a_port_that_is_taken() {
    let desk = Desk::with_a_case().await;
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let setup = desk.setup.clone().with("SERVER__BIND", &address);
    let words = ["cannot listen on", &address, "is a counter running there already?"];
    desk.refuses_in_a_line(&setup, &[], &words).await;
    let setup = desk.setup.clone().with("SERVER__BIND", "here");
    desk.refuses_in_a_line(&setup, &[], &["cannot listen on here"]).await;
}

#[tokio::test]
async fn a_setting_that_nobody_knows() {
    let desk = Desk::with_a_case().await;
    let setup = desk.setup.clone().with("STORE__URLS", "x");
    desk.refuses_in_a_line(&setup, &[], &["urls", "did you mean \"url\"?"]).await;
    let file = desk.setup.folder.join("guichet.toml");
    std::fs::write(&file, "[sevrer]\nbind = \"127.0.0.1:0\"\n").unwrap();
    desk.refuses_words_only(&["sevrer", "did you mean \"server\"?"]).await;
    std::fs::write(&file, "[server\n").unwrap();
    desk.refuses_words_only(&["settings cannot be read"]).await;
    std::fs::write(&file, "[store]\nurl = \"postgres://city:s3cret@db/guichet\n").unwrap();
    desk.refuses_words_only(&["settings cannot be read", "postgres://city@db/guichet"]).await;
    std::fs::remove_file(&file).unwrap();
    let words = ["there is no settings file", "elsewhere.toml"];
    desk.refuses_in_a_line(&desk.setup, &["--config", "elsewhere.toml"], &words).await;
}

impl Desk {
    /// As [`Self::refuses`], where the case cannot be looked at before the settings are mended.
    async fn refuses_words_only(&self, words: &[&str]) {
        let output = self.setup.command(&["serve"]).output().await.unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(WRONG_USE), "{said}");
        assert!(words.iter().all(|word| said.contains(word)), "{said}");
    }
}
