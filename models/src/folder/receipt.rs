//! A finished file's receipt: of what it was made, by what, and what its SHA-256 was.

use serde::{Deserialize, Serialize};

use crate::hashes::Sums;
use crate::{Converter, Model, Source};

/// The format of receipts.
const FORMAT: u32 = 1;

/// What lies beside a finished file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Receipt {
    pub(super) format: u32,
    pub(super) model: String,
    pub(super) converter: Converter,
    pub(super) converter_version: u32,
    pub(super) sources: Vec<ReceiptSource>,
    pub(super) bytes: u64,
    pub(super) sha256: String,
    pub(super) licence: String,
}

/// One of the files of which a finished file was made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ReceiptSource {
    pub(super) name: String,
    pub(super) sha256: String,
}

impl Receipt {
    /// Writes down what was made of a source.
    pub(super) fn new(model: &Model, source: &Source, sums: &Sums) -> Self {
        let sources = source
            .files
            .iter()
            .map(|file| ReceiptSource { name: file.name.clone(), sha256: file.sha256.to_string() });
        Self {
            format: FORMAT,
            model: model.name.clone(),
            converter: source.converter,
            converter_version: source.converter.version(),
            sources: sources.collect(),
            bytes: sums.bytes,
            sha256: sums.sha256.clone(),
            licence: model.licence.name.clone(),
        }
    }

    /// Whether a file with this receipt is what a source gives today.
    pub(super) fn is_of(&self, model: &Model, source: &Source) -> bool {
        let same_files = self.sources.len() == source.files.len()
            && (self.sources.iter().zip(&source.files))
                .all(|(mine, theirs)| mine.sha256 == theirs.sha256.as_str());
        let pinned = source.result.as_ref();
        self.format == FORMAT
            && self.model == model.name
            && self.converter == source.converter
            && self.converter_version == source.converter.version()
            && same_files
            && pinned.is_none_or(|pinned| pinned.sha256.as_str() == self.sha256)
    }
}
