//! The list of model files, `manifest.toml`: read into types that refuse what they do not know.
//!
//! Never here: whether a file is there (see `folder`), how it is fetched (see `fetch`).

use serde::Deserialize;
use std::collections::BTreeSet;
use std::fmt;
use std::sync::LazyLock;

use crate::Converter;

/// The list that this program is built with.
const SHIPPED: &str = include_str!("../manifest.toml");
/// The format of the list.
const FORMAT: u32 = 1;
/// No file is larger, in bytes.
const MAX_FILE_BYTES: u64 = 8 << 30;

/// Every model file.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    format: u32,
    #[serde(rename = "model")]
    models: Vec<Model>,
}

/// A model: one finished file.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Model {
    /// What it is called.
    pub name: String,
    /// Its file in the folder of models.
    pub file: String,
    /// What it is for.
    pub purpose: String,
    /// The languages that it knows.
    pub languages: Vec<String>,
    /// Whether it is fetched when no model is named.
    pub by_default: bool,
    /// Under what terms it may be used.
    pub licence: Licence,
    /// Where it may be had, the best first.
    #[serde(rename = "source")]
    pub sources: Vec<Source>,
}

/// The terms of a model.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Licence {
    /// Its short name.
    pub name: String,
    /// Where it can be read.
    pub url: String,
}

/// One way to have a model.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Source {
    /// What makes the finished file of the fetched ones.
    pub converter: Converter,
    /// What to fetch, in the order in which the converter takes them.
    #[serde(rename = "file")]
    pub files: Vec<SourceFile>,
    /// The finished file, where it is known beforehand.
    pub result: Option<Pinned>,
    /// The one kind of machine that it is for, as in `linux-x86_64`; without it, for every one.
    pub only_on: Option<String>,
}

/// One file to fetch.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SourceFile {
    /// Its name at its place.
    pub name: String,
    /// Its place.
    pub from: Place,
    /// Its size.
    pub bytes: u64,
    /// What it must be.
    pub sha256: Sha256Hex,
}

/// A finished file that is known beforehand.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pinned {
    /// Its size.
    pub bytes: u64,
    /// What it must be.
    pub sha256: Sha256Hex,
    /// What it must be by the hash that its makers publish, if that is this one.
    pub sha1: Option<Sha1Hex>,
}

/// Where a file lies.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Place {
    /// In a repository of the hub.
    Hub(HubPlace),
    /// Among the files of a project of the Python package index.
    Index(IndexPlace),
}

/// A repository of the hub, at one revision.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HubPlace {
    /// Owner and name.
    pub repository: String,
    /// The commit.
    pub revision: String,
}

/// A project of the Python package index.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct IndexPlace {
    /// Its name.
    pub project: String,
}

/// A SHA-256 in 64 lower-case hexadecimal digits.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct Sha256Hex(String);

/// A SHA-1 in 40 lower-case hexadecimal digits.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct Sha1Hex(String);

/// Why a list of models is refused.
#[derive(Debug, thiserror::Error)]
pub enum ManifestError {
    /// It cannot be read.
    #[error("the list of models cannot be read")]
    Unreadable(#[from] toml::de::Error),
    /// It says what cannot be.
    #[error("the list of models: {0}")]
    Wrong(String),
}

impl Sha256Hex {
    /// Gives the digits.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for Sha256Hex {
    type Error = String;

    fn try_from(digits: String) -> Result<Self, Self::Error> {
        if is_hex(&digits, 64) {
            Ok(Self(digits))
        } else {
            Err(format!("\"{digits}\" is no SHA-256 of 64 lower-case hexadecimal digits"))
        }
    }
}

impl Sha1Hex {
    /// Gives the digits.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for Sha1Hex {
    type Error = String;

    fn try_from(digits: String) -> Result<Self, Self::Error> {
        if is_hex(&digits, 40) {
            Ok(Self(digits))
        } else {
            Err(format!("\"{digits}\" is no SHA-1 of 40 lower-case hexadecimal digits"))
        }
    }
}

impl fmt::Display for Sha256Hex {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}

impl Manifest {
    /// Gives the list that this program is built with.
    #[must_use]
    pub fn shipped() -> &'static Self {
        static LIST: LazyLock<Manifest> = LazyLock::new(|| {
            Manifest::parse(SHIPPED).expect("a test reads the list that is compiled in")
        });
        &LIST
    }

    /// Reads a list.
    ///
    /// # Errors
    ///
    /// Fails when it is not TOML, has an unknown key, or says what cannot be.
    pub fn parse(text: &str) -> Result<Self, ManifestError> {
        let list: Self = toml::from_str(text)?;
        if list.format != FORMAT {
            let words = format!("it is of format {}, this program reads {FORMAT}", list.format);
            return Err(ManifestError::Wrong(words));
        }
        let (mut names, mut files) = (BTreeSet::new(), BTreeSet::new());
        for model in &list.models {
            if !names.insert(&model.name) || !files.insert(&model.file) {
                return Err(ManifestError::Wrong(format!("{} is there twice", model.name)));
            }
            model.check()?;
        }
        Ok(list)
    }

    /// Lists the models.
    #[must_use]
    pub fn models(&self) -> &[Model] {
        &self.models
    }

    /// Finds a model by its name.
    #[must_use]
    pub fn model(&self, name: &str) -> Option<&Model> {
        self.models.iter().find(|model| model.name == name)
    }
}

impl Model {
    fn check(&self) -> Result<(), ManifestError> {
        let wrong = |words: &str| ManifestError::Wrong(format!("{}: {words}", self.name));
        if !is_file_name(&self.name) || !is_file_name(&self.file) {
            return Err(wrong("a name is letters, digits, dots, dashes and underscores"));
        }
        if self.sources.is_empty() {
            return Err(wrong("it has no source"));
        }
        for source in &self.sources {
            if source.files.len() != source.converter.n_files() {
                let n_files = source.converter.n_files();
                return Err(wrong(&format!("{} takes {n_files} files", source.converter)));
            }
            for file in &source.files {
                if !is_file_name(&file.name) {
                    return Err(wrong(&format!("{} is no name of a file", file.name)));
                }
                if file.bytes == 0 || file.bytes > MAX_FILE_BYTES {
                    return Err(wrong(&format!("{} cannot have {} bytes", file.name, file.bytes)));
                }
            }
        }
        Ok(())
    }
}

/// Names this kind of machine.
pub(crate) fn this_machine() -> String {
    format!("{}-{}", std::env::consts::OS, std::env::consts::ARCH)
}

impl Source {
    /// Tells whether it is for this kind of machine.
    #[must_use]
    pub fn is_for_this_machine(&self) -> bool {
        self.only_on.as_ref().is_none_or(|kind| *kind == this_machine())
    }

    /// Counts the bytes to fetch.
    #[must_use]
    pub fn n_bytes(&self) -> u64 {
        self.files.iter().map(|file| file.bytes).sum()
    }
}

fn is_hex(digits: &str, n_digits: usize) -> bool {
    let is_digit = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
    digits.len() == n_digits && digits.bytes().all(is_digit)
}

/// Whether a name stays in its folder wherever the system runs.
fn is_file_name(name: &str) -> bool {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"._-".contains(&byte);
    !name.is_empty() && !name.starts_with('.') && name.bytes().all(is_plain)
}
