//! A trained head as bytes, so that a service starts at once. The caller keeps the file.

use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::collections::BTreeSet;

use super::FirstHead;
use crate::classify::Classifier;
use crate::error::{NluError, Stale};
use crate::gazetteer::Gazetteer;
use crate::language::LanguageModel;
use crate::lesson::Lesson;
use crate::tools::Tools;

/// What every cache begins with.
const MAGIC: &[u8; 8] = b"guichet\x01";
/// Raised whenever what is stored, or what it means, changes.
const FORMAT: u32 = 4;

/// What took time to make.
#[derive(Serialize, Deserialize)]
struct Trained<'a> {
    language: Cow<'a, LanguageModel>,
    classifier: Cow<'a, Classifier>,
    everyday: Cow<'a, BTreeSet<String>>,
}

impl FirstHead {
    /// Writes the head as bytes.
    ///
    /// # Errors
    /// [`NluError::Write`], which no known lesson brings about.
    pub fn to_bytes(&self) -> Result<Vec<u8>, NluError> {
        let trained = Trained {
            language: Cow::Borrowed(&self.language),
            classifier: Cow::Borrowed(&self.classifier),
            everyday: Cow::Borrowed(self.gazetteer.common()),
        };
        let mut bytes = MAGIC.to_vec();
        bytes.extend(FORMAT.to_le_bytes());
        bytes.extend(self.fingerprint);
        bytes.extend(self.tools.fingerprint());
        postcard::to_extend(&trained, bytes).map_err(NluError::Write)
    }

    /// Reads a head back that was trained on the same lesson with the same tools.
    ///
    /// # Errors
    /// [`NluError::Stale`] where the bytes are another version's, another lesson's or other tools', and
    /// [`NluError::Corrupt`] where they are damaged.
    pub fn from_bytes(bytes: &[u8], lesson: &Lesson, tools: &Tools) -> Result<Self, NluError> {
        let stale = |why| move || NluError::Stale(why);
        let rest = bytes.strip_prefix(MAGIC).ok_or_else(stale(Stale::Magic))?;
        let (format, rest) = rest.split_first_chunk().ok_or_else(stale(Stale::Format))?;
        if u32::from_le_bytes(*format) != FORMAT {
            return Err(NluError::Stale(Stale::Format));
        }
        let (fingerprint, rest) =
            rest.split_first_chunk::<32>().ok_or_else(stale(Stale::Lesson))?;
        if *fingerprint != lesson.fingerprint() {
            return Err(NluError::Stale(Stale::Lesson));
        }
        let (models, rest) = rest.split_first_chunk::<32>().ok_or_else(stale(Stale::Models))?;
        if *models != tools.fingerprint() {
            return Err(NluError::Stale(Stale::Models));
        }
        let trained: Trained<'_> = postcard::from_bytes(rest).map_err(NluError::Corrupt)?;
        let classifier = trained.classifier.into_owned();
        if !classifier.is_whole() {
            return Err(NluError::Corrupt(postcard::Error::DeserializeBadEncoding));
        }
        let everyday = trained.everyday.into_owned();
        let gazetteer = Gazetteer::with_everyday_words(lesson, everyday);
        let language = trained.language.into_owned();
        Ok(Self::assemble(lesson, gazetteer, language, classifier, tools.clone()))
    }
}
