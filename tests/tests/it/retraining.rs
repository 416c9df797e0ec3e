//! The intents change while the counter serves: what is no worse goes live, what is worse does not,
//! and there is a way back.

use serde_json::Value;
use std::path::Path;
use std::time::{Duration, Instant};
use tests::{Counter, Resident, Setup, Way, city};

/// How long a retraining may take: by words alone, with few conversation tests.
const LIMIT: Duration = Duration::from_mins(3);
/// How long to wait before looking again whether it has ended.
const PAUSE: Duration = Duration::from_millis(200);
const INTENT: &str = "intents/report_pothole.yml";
/// A word that no list has, and a sentence with nothing else to go by.
const WORD: &str = "zorglub";
const SENTENCE: &str = "un zorglub";

struct Scene {
    setup: Setup,
    counter: Counter,
    url: String,
}

impl Scene {
    /// Opens a counter in a copy of the demo city with few conversation tests.
    async fn open(folder: &Path) -> Self {
        let copy = city::copied(folder).unwrap();
        for entry in std::fs::read_dir(copy.join("tests")).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_str().unwrap();
            if name.ends_with(".test.yml") && name != "pothole.test.yml" {
                std::fs::remove_file(&path).unwrap();
            }
        }
        let cache = folder.join("learnt");
        let setup = Setup::sqlite(folder).unwrap().in_city(&copy);
        let setup = setup.with("CITY__CACHE_DIR", cache.to_str().unwrap());
        let setup = setup.with("NLU__ENCODERS", "none");
        let mut counter = Counter::spawn(&setup).unwrap();
        let url = counter.wait_until_open().await.unwrap();
        Self { setup, counter, url }
    }

    /// Changes a file of the city.
    fn edit(&self, file: &str, words: &str, by: &str) {
        city::edit(&self.setup.city, file, words, by).unwrap();
    }

    async fn call(&self, args: &[&str]) -> (Option<i32>, String, String) {
        let output = self.setup.command(args).output().await.unwrap();
        let text = |bytes| String::from_utf8(bytes).unwrap();
        (output.status.code(), text(output.stdout), text(output.stderr))
    }

    /// Has the counter retrain; tells how that ended.
    async fn retrained(&self) -> Value {
        let last = async || self.call(&["nlu", "retrain", "--last", "--json"]).await.1;
        let before = last().await;
        self.counter.retrain().unwrap();
        let began = Instant::now();
        while began.elapsed() < LIMIT {
            let now = last().await;
            if now != before {
                return serde_json::from_str(&now).unwrap();
            }
            tokio::time::sleep(PAUSE).await;
        }
        panic!("no retraining has ended:\n{}", self.counter.said());
    }

    /// Gives what a resident hears who says the sentence first.
    async fn answer(&self) -> String {
        let mut resident = Resident::arrive(&Way::to(&self.url), "fr").await.unwrap();
        resident.say(SENTENCE).await.unwrap();
        resident.heard_text()
    }

    /// Has the counter read the city again, and waits until it answers so.
    async fn reads_again_and_says(&self, wanted: &str) {
        self.counter.read_again().unwrap();
        let began = Instant::now();
        while self.answer().await != wanted {
            assert!(began.elapsed() < LIMIT, "{}", self.counter.said());
            tokio::time::sleep(PAUSE).await;
        }
    }
}

#[tokio::test]
async fn what_is_no_worse_goes_live_and_there_is_a_way_back() {
    let folder = tempfile::tempdir().unwrap();
    let scene = Scene::open(folder.path()).await;
    let (code, _, told) = scene.call(&["nlu", "retrain", "--last"]).await;
    assert!(code == Some(0) && told.contains("has not retrained yet"), "{told}");
    let (code, _, told) = scene.call(&["nlu", "retrain"]).await;
    assert!(code == Some(0) && told.contains("nothing to learn"), "{told}");
    let at_a_loss = scene.answer().await;

    let taught: Vec<String> = ["un", "il y a un", "un gros", "encore un", "le"]
        .map(|words| format!("    - \"{words} {WORD}\"\n"))
        .into();
    scene.edit(INTENT, "  fr:\n", &format!("  fr:\n{}", taught.concat()));
    let (code, shown, _) = scene.call(&["nlu", "retrain"]).await;
    assert!(code == Some(0) && shown.contains("no worse: it may go live"), "{shown}");
    assert_eq!(scene.answer().await, at_a_loss, "a command puts nothing up");
    let ended = scene.retrained().await;
    assert_eq!(ended["outcome"], "live", "{ended}");
    assert!(ended["comparison"]["rehearsed"]["n"].as_u64().unwrap() > 0, "{ended}");
    let understood = scene.answer().await;
    assert_ne!(understood, at_a_loss);

    let (code, diff, _) = scene.call(&["nlu", "retrain", "--back", "--dry-run"]).await;
    assert!(code == Some(0) && diff.contains(&format!("-    - \"encore un {WORD}\"")), "{diff}");
    assert_eq!(scene.answer().await, understood);
    let (code, same, _) = scene.call(&["nlu", "retrain", "--back"]).await;
    assert_eq!((code, same), (Some(0), diff));
    let text = |folder: &Path| std::fs::read_to_string(folder.join(INTENT)).unwrap();
    assert_eq!(text(&scene.setup.city), text(&city::demo()));
    scene.reads_again_and_says(&at_a_loss).await;
}

#[tokio::test]
async fn what_is_worse_or_more_than_sentences_does_not() {
    let folder = tempfile::tempdir().unwrap();
    let scene = Scene::open(folder.path()).await;
    let at_a_loss = scene.answer().await;
    scene.edit(INTENT, "intent: report_pothole", "intent: report_sign");
    scene.edit("intents/report_sign.yml", "intent: report_sign", "intent: report_pothole");
    let (code, shown, _) = scene.call(&["nlu", "retrain"]).await;
    assert!(code == Some(1) && shown.contains("lost  report_pothole: "), "{shown}");
    let ended = scene.retrained().await;
    assert_eq!(ended["outcome"], "refused", "{ended}");
    assert!(ended["comparison"]["rehearsed"]["n_broken"].as_u64().unwrap() > 0, "{ended}");

    let file = "texts.yml";
    let text = std::fs::read_to_string(scene.setup.city.join(file)).unwrap();
    std::fs::write(scene.setup.city.join(file), format!("{text}\n# Une note.\n")).unwrap();
    let ended = scene.retrained().await;
    assert_eq!(ended["outcome"]["left_alone"][0], file, "{ended}");
    scene.edit(INTENT, "examples:", "exemples:");
    let ended = scene.retrained().await;
    let why = ended["outcome"]["failed"].as_str().unwrap();
    assert!(why.contains("guichet flows check"), "{why}");
    assert_eq!(scene.answer().await, at_a_loss, "what was live stays");
    let (status, _) = scene.counter.stop().await.unwrap();
    assert!(status.success());
}
