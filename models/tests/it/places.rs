//! A list of one made-up model with two sources, and a folder for it.

use models::fetch::{Had, HttpError, IndexError, News, Patience, Places, SourceError};
use models::{Folder, Manifest, Model, fetch};
use sha2::{Digest, Sha256};
use std::error::Error;
use std::time::Duration;
use tempfile::TempDir;

pub(crate) const PAGE: &str = "/simple/a-project/";
pub(crate) const WHEEL: &str = "/files/model-1.whl";
pub(crate) const HUB: &str = "/city/model/resolve/main/model.bin";
pub(crate) const JSON: &str = "application/vnd.pypi.simple.v1+json";

/// The bytes of the model, and of each source: large enough to come in several pieces.
pub(crate) fn file() -> Vec<u8> {
    (0..700_000_u32).map(|n| u8::try_from(n.wrapping_mul(2_654_435_761) >> 24).unwrap()).collect()
}

pub(crate) fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().fold(String::new(), |hex, byte| format!("{hex}{byte:02x}"))
}

/// Where a model is made of the hub's file, or else of the index's.
pub(crate) struct Scene {
    pub(crate) folder: TempDir,
    pub(crate) manifest: Manifest,
    /// What was told, a line a piece of news.
    pub(crate) news: Vec<String>,
}

impl Scene {
    pub(crate) fn new() -> Self {
        Self::of(&list(&["hub", "index"]))
    }

    /// Only the index has the file.
    pub(crate) fn index_only() -> Self {
        Self::of(&list(&["index"]))
    }

    pub(crate) fn of(list: &str) -> Self {
        Self {
            folder: tempfile::tempdir().unwrap(),
            manifest: Manifest::parse(list).unwrap(),
            news: Vec::new(),
        }
    }

    pub(crate) fn folder(&self) -> Folder<'_> {
        Folder::of(self.folder.path(), &self.manifest)
    }

    pub(crate) fn model(&self) -> &Model {
        &self.manifest.models()[0]
    }

    pub(crate) fn state(&self) -> &'static str {
        self.folder().state(self.model()).name()
    }

    /// Fetches the model from hosts.
    pub(crate) fn fetch(&mut self, index: &str, hub: &str) -> Result<Had, String> {
        self.fetch_with(&places(index, hub))
    }

    pub(crate) fn fetch_with(&mut self, places: &Places) -> Result<Had, String> {
        let mut news = Vec::new();
        let had = fetch::fetch(&self.folder(), self.model(), places, &mut |piece| {
            news.extend(told(&piece));
        });
        self.news = news;
        had.map_err(|error| with_causes(&error))
    }

    /// Lists the files of the folder, sources and all.
    pub(crate) fn files(&self) -> Vec<String> {
        let mut found = Vec::new();
        let mut folders = vec![self.folder.path().to_owned()];
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    folders.push(path);
                } else {
                    let path = path.strip_prefix(self.folder.path()).unwrap();
                    found.push(path.to_str().unwrap().to_owned());
                }
            }
        }
        found.sort();
        found
    }
}

/// Hosts, asked without patience: tests do not wait.
pub(crate) fn places(index: &str, hub: &str) -> Places {
    let patience = Patience {
        answer: Duration::from_secs(5),
        read: Duration::from_secs(5),
        n_tries: 3,
        first_pause: Duration::ZERO,
    };
    Places { index: format!("{index}/simple"), hub: hub.to_owned(), patience, keep_sources: false }
}

/// Gives the list with these sources.
pub(crate) fn list(sources: &[&str]) -> String {
    let mut list = r#"format = 1
[[model]]
name = "m"
file = "m.bin"
purpose = "p"
languages = ["fr"]
by_default = true
licence = { name = "MIT", url = "https://licence.example" }
"#
    .to_owned();
    for source in sources {
        let (name, from) = match *source {
            "hub" => ("model.bin", r#"{ hub = { repository = "city/model", revision = "main" } }"#),
            _ => ("model-1.whl", r#"{ index = { project = "A_Project" } }"#),
        };
        let source = format!(
            "[[model.source]]\nconverter = \"as-is\"\n[[model.source.file]]\nname = \"{name}\"\n\
             from = {from}\nbytes = {}\nsha256 = \"{}\"\n",
            file().len(),
            sha256(&file()),
        );
        list.push_str(&source);
    }
    list
}

/// Gives the page of the project, as JSON.
pub(crate) fn json_page(sha256: &str) -> String {
    let other = r#"{"filename": "model-0.whl", "url": "/files/none", "hashes": {}}"#;
    let url = "../../files/model-1.whl";
    let wanted = format!(
        r#"{{"filename": "model-1.whl", "url": "{url}", "hashes": {{"sha256": "{sha256}"}}}}"#
    );
    format!(
        r#"{{"meta": {{"api-version": "1.1"}}, "name": "a-project", "files": [{other}, {wanted}]}}"#
    )
}

fn told(news: &News<'_>) -> Option<String> {
    Some(match news {
        News::Waiting => "waiting".to_owned(),
        News::Begins { file, n_there, .. } => format!("{file} from {n_there}"),
        News::Came(_) => return None,
        News::TriesAgain { why, .. } => format!("again: {}", kind(why)),
        News::GivesUp {
            why:
                SourceError::Fetch { why, .. } | SourceError::Index { why: IndexError::Ask(why), .. },
            ..
        } => format!("gives up: {}", kind(why)),
        News::GivesUp { why, .. } => format!("gives up: {}", with_causes(why)),
        News::Converts => "converts".to_owned(),
    })
}

/// Gives an error without what differs from run to run.
fn kind(why: &HttpError) -> String {
    if let HttpError::NoAnswer { host, .. } = why {
        return format!("{host} does not answer");
    }
    why.to_string()
}

/// Gives an error with its causes behind it.
pub(crate) fn with_causes(error: &dyn Error) -> String {
    let cause = error.source().map(with_causes);
    cause.map_or_else(|| error.to_string(), |cause| format!("{error}: {cause}"))
}
