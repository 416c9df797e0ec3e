//! `guichet nlu`: what is measured, as tables, JSON and pages; sentences brought along and back.

use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::Output;
use tests::Setup;

/// Words of three subjects, so that a few sentences are told apart, and of none of them.
const SUBJECTS: [(&str, [&str; 4]); 3] = [
    ("report_pothole", ["trou", "nid-de-poule", "pothole", "crater"]),
    ("report_graffiti", ["graffiti", "tag", "scribbling", "barbouillage"]),
    ("ask_pools", ["piscine", "baignade", "pool", "swimming"]),
];
const FRAMES: [&str; 8] = [
    "{} devant chez moi",
    "bonjour, {} près de l'école",
    "c'est pour {}",
    "encore {} ce matin",
    "about {} please",
    "{} again this morning",
    "hello, {} near the school",
    "tell me of {}",
];
const STRAYS: [&str; 8] = [
    "quelle heure est-il à Tokyo",
    "raconte-moi une blague",
    "combien font deux et deux",
    "le prix du bitcoin",
    "who won the hockey game",
    "write me a poem",
    "translate this letter",
    "book a flight to Rome",
];

#[tokio::test]
async fn tables_of_ones_own_are_measured() {
    let town = Town::new();
    let [learnt, tried, strays] = town.tables();
    let args = ["nlu", "eval", "--train", &learnt, "--test", &tried, "--oos", &strays];
    let told = town.run(&args).await;
    assert!(told.status.success(), "{told:?}");
    let text = out(&told);
    for row in ["all", "fr", "en", "hurried"] {
        assert!(text.lines().any(|line| line.starts_with(&format!("{row} "))), "{row}: {text}");
    }
    let page = town.path("page.html");
    let args = [&args[..], &["--json", "--html", &page, "--curve", "--lang", "en"]].concat();
    let told = town.run(&args).await;
    let report: Value = serde_json::from_str(&out(&told)).unwrap();
    assert_eq!(report["all"]["n"], 25);
    assert_eq!(report["all"]["n_out_of_scope"], 3, "one of the test, two of --oos");
    assert!(report["all"]["accuracy"].as_f64().unwrap() > 0.9, "{report}");
    assert_eq!(report["by_intent"].as_array().unwrap().len(), 3);
    let page = std::fs::read_to_string(page).unwrap();
    is_alone_and_whole(&page);
    assert!(page.contains("<html lang=\"en\">") && page.contains("Learning curve"));
    assert!(page.contains("&lt;b&gt;piscine&lt;/b&gt;") && !page.contains("<b>piscine"), "escaped");
}

#[tokio::test]
async fn what_is_confused_is_listed_with_its_sentences() {
    let town = Town::new();
    let [train, _, _] = town.tables();
    // A graffiti in the words of a pool, and a stray in those of a pothole.
    let wrong = "report_graffiti\tpiscine devant chez moi\tfr\nout_of_scope\tc'est pour trou\tfr\n";
    let tried = town.write("wrong.tsv", wrong);
    let args = ["nlu", "confusions", "--train", &train, "--test", &tried];
    let text = out(&town.run(&args).await);
    assert!(text.contains("taken for another intent: 1"), "{text}");
    assert!(text.contains("answered, though nothing serves it: 1"), "{text}");
    assert!(text.contains("piscine devant chez moi"), "{text}");
    let told = town.run(&[&args[..], &["--json", "--intent", "ask_pools"]].concat()).await;
    let lines: Vec<Value> =
        out(&told).lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines.len(), 1, "{lines:?}");
    assert_eq!(
        (&lines[0]["meant"], &lines[0]["said"]),
        (&"report_graffiti".into(), &"ask_pools".into())
    );
    let told = town.run(&[&args[..], &["--intent", "ask_pool"]].concat()).await;
    assert_eq!(told.status.code(), Some(2));
    assert!(err(&told).contains("did you mean \"ask_pools\"?"), "{}", err(&told));
}

#[tokio::test]
async fn a_curve_ends_with_all_there_is() {
    let town = Town::new();
    let [train, test, _] = town.tables();
    let page = town.path("curve.html");
    let told = town
        .run(&[
            "nlu", "curve", "--train", &train, "--test", &test, "--sizes", "1,3,99", "--draws",
            "2", "--json", "--html", &page,
        ])
        .await;
    let points: Vec<Value> =
        out(&told).lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let each: Vec<&Value> = points.iter().map(|point| &point["each"]).collect();
    assert_eq!(each, [&Value::from(1), &Value::from(3), &Value::Null], "{}", err(&told));
    assert!(points[0]["all"]["accuracy"].as_f64() < points[2]["all"]["accuracy"].as_f64());
    let page = std::fs::read_to_string(page).unwrap();
    is_alone_and_whole(&page);
    assert!(page.contains("<html lang=\"fr\">") && page.contains("Courbe d'apprentissage"));
}

#[tokio::test]
async fn sentences_go_to_rasa_and_come_back() {
    let town = Town::new();
    let mut files = Vec::new();
    for lang in ["fr", "en"] {
        let told = town.run(&["nlu", "export", "--rasa", "--lang", lang]).await;
        files.push(town.write(&format!("nlu.{lang}.yml"), &out(&told)));
    }
    let table = out(&town.run(&["nlu", "export", "--tsv"]).await);
    let again = town.run(&["nlu", "import", &files[0], &files[1]]).await;
    assert_eq!(out(&again), table, "{}", err(&again));
    assert!(table.lines().count() > 5_000);
    let folder = town.path("intents");
    let args = ["nlu", "import", &files[0], &files[1], "--into", &folder];
    let told = town.run(&args).await;
    assert!(told.status.success(), "{told:?}");
    let n_files = std::fs::read_dir(&folder).unwrap().count();
    assert_eq!(out(&told).lines().count(), n_files);
    let told = town.run(&args).await;
    assert_eq!(told.status.code(), Some(1), "what is there is left alone");
    assert!(err(&told).contains("agent.yml is there already"), "{}", err(&told));
    let nameless = town.write("nlu.yml", "nlu: []\n");
    let told = town.run(&["nlu", "import", &nameless]).await;
    assert_eq!(told.status.code(), Some(2));
    assert!(err(&told).contains("--lang fr or --lang en"), "{}", err(&told));
    let told = town.run(&["nlu", "import", &town.write("a.fr.yml", "stories: []\n")]).await;
    assert_eq!(told.status.code(), Some(2));
    assert!(err(&told).contains("a.fr.yml:1:1: the file has no nlu:"), "{}", err(&told));
}

#[tokio::test]
async fn files_of_lines_are_read_and_time_is_taken() {
    let town = Town::new();
    town.setup.learn().await.unwrap();
    let file = town.write("lines.txt", "un nid-de-poule au 10 rue Cartier\nhello\n");
    let told = town.run(&["nlu", "predict", "--json", "--file", &file]).await;
    let lines: Vec<Value> =
        out(&told).lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines.len(), 2, "{}", err(&told));
    assert_eq!(lines[0]["understanding"]["intents"][0]["intent"], "report_pothole");
    assert_eq!(lines[0]["understanding"]["entities"].as_array().unwrap().len(), 1, "{}", lines[0]);
    let told = town.run(&["nlu", "bench", "--rounds", "20", "--json"]).await;
    let figures: Value = serde_json::from_str(&out(&told)).unwrap();
    let lengths = figures["lengths"].as_array().unwrap();
    let words: Vec<&Value> = lengths.iter().map(|speed| &speed["n_words"]).collect();
    assert_eq!(words, [6, 10, 20, 40]);
    for speed in lengths {
        let at = |key: &str| speed[key].as_f64().unwrap();
        assert!(at("p50_ms") > 0.0 && at("p50_ms") <= at("p95_ms") && at("p95_ms") <= at("p99_ms"));
        assert_eq!(speed["n"], 20);
        let parts = speed["by_views"].as_array().unwrap();
        assert_eq!(parts.iter().map(|part| part["n"].as_u64().unwrap()).sum::<u64>(), 20);
        assert!(parts.iter().all(|part| part["p50_ms"].as_f64().unwrap() > 0.0), "{parts:?}");
    }
    assert!(figures["train_s"].as_f64().unwrap() > figures["load_s"].as_f64().unwrap());
}

/// A counter's settings, and a folder for tables.
struct Town {
    folder: tempfile::TempDir,
    setup: Setup,
}

impl Town {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let setup = Setup::sqlite(folder.path()).unwrap();
        Self { folder, setup }
    }

    async fn run(&self, args: &[&str]) -> Output {
        self.setup.command(args).output().await.unwrap()
    }

    fn path(&self, name: &str) -> String {
        let path: PathBuf = Path::new(self.folder.path()).join(name);
        path.to_str().unwrap().to_owned()
    }

    fn write(&self, name: &str, text: &str) -> String {
        let path = self.path(name);
        std::fs::write(&path, text).unwrap();
        path
    }

    /// Writes what is learnt, what is tried, and what nothing serves.
    fn tables(&self) -> [String; 3] {
        let mut train = vec!["# label, text, language, voice".to_owned()];
        let mut test = Vec::new();
        let lang = |at: usize| if at < 4 { "fr" } else { "en" };
        for (intent, words) in SUBJECTS {
            for (at, frame) in FRAMES.into_iter().enumerate() {
                let row =
                    |word: &str| format!("{intent}\t{}\t{}", frame.replace("{}", word), lang(at));
                train.extend(words[..3].iter().map(|word| row(word)));
                test.push(row(&format!("<b>{}</b> {}", words[0], words[3])) + "\thurried");
            }
        }
        let strays = STRAYS[..6].iter().enumerate();
        train.extend(strays.map(|(at, stray)| format!("out_of_scope\t{stray}\t{}", lang(at))));
        test.push("oos\tle prix du bitcoin aujourd'hui\tfr".to_owned());
        // In the wrong list: it is taken for a pool, and the page quotes it.
        test.push("report_pothole\t<b>piscine</b> devant chez moi\tfr".to_owned());
        let oos = STRAYS[6..].join("\n");
        [
            self.write("train.tsv", &train.join("\n")),
            self.write("test.tsv", &test.join("\n")),
            self.write("oos.txt", &oos),
        ]
    }
}

fn out(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn err(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// A page loads nothing, runs nothing, closes what it opens, and names every picture.
fn is_alone_and_whole(page: &str) {
    for banned in
        ["<script", "http:", "https:", "url(", "@import", " src=", "<link", "NaN", ",inf", "inf,"]
    {
        assert!(!page.contains(banned), "{banned}");
    }
    for tag in ["section", "details", "table", "svg", "ul", "ol", "li", "g", "p", "div", "main"] {
        let opened =
            page.matches(&format!("<{tag}>")).count() + page.matches(&format!("<{tag} ")).count();
        assert_eq!(opened, page.matches(&format!("</{tag}>")).count(), "{tag}");
    }
    let n_pictures = page.matches("role=\"img\"").count();
    assert!(n_pictures > 0);
    assert_eq!(page.matches("<desc id=").count(), n_pictures);
}
