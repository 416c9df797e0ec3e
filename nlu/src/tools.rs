//! What is at hand beside the lesson: encoders, the languages' words, and vectors made before.

use nlu_encoder::Encoder;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use crate::classify::packed::Packed;
use crate::error::NluError;
use crate::parallel;
use crate::words::Words;

/// Sentences that are encoded in one go.
const BATCH: usize = 32;
/// Vectors kept of one encoder; above it only those of the last lesson are.
const MAX_KEPT: usize = 60_000;

/// Encoders and words; none of them is needed.
#[derive(Clone, Default)]
pub struct Tools {
    /// Encoders, the cheapest first; each is a view of its own on what a message means.
    pub encoders: Vec<Arc<dyn Encoder>>,
    /// The words of both languages.
    pub words: Option<Arc<Words>>,
}

impl std::fmt::Debug for Tools {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let names: Vec<&str> = self.encoders.iter().map(|encoder| encoder.name()).collect();
        let words = self.words.is_some();
        f.debug_struct("Tools").field("encoders", &names).field("words", &words).finish()
    }
}

impl Tools {
    /// Gives a fingerprint: the same for the same encoders and words.
    #[must_use]
    pub fn fingerprint(&self) -> [u8; 32] {
        let mut hasher = Sha256::new();
        for encoder in &self.encoders {
            hasher.update(encoder.name());
            hasher.update(encoder.fingerprint());
        }
        hasher.update(self.words.as_ref().map_or([0; 32], |words| words.fingerprint()));
        hasher.finalize().into()
    }
}

/// What is heard of long work: how much of how much is done.
pub type Tell<'a> = &'a (dyn Fn(usize, usize) + Sync);

/// Vectors that encoders gave before, so that a change in the lesson costs only what changed.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Vectors {
    shelves: BTreeMap<String, Shelf>,
}

/// The vectors of one encoder, by a hash of the text.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
struct Shelf {
    fingerprint: [u8; 32],
    rows: BTreeMap<[u8; 16], Packed>,
}

impl Vectors {
    /// Reads vectors that were kept; nothing where the bytes are another version's.
    #[must_use]
    pub fn from_bytes(bytes: &[u8]) -> Self {
        postcard::from_bytes(bytes).unwrap_or_default()
    }

    /// Writes the vectors.
    ///
    /// # Errors
    /// [`NluError::Write`], which no known vectors bring about.
    pub fn to_bytes(&self) -> Result<Vec<u8>, NluError> {
        postcard::to_stdvec(self).map_err(NluError::Write)
    }

    /// Gives the vectors of some texts, in their order: those that are missing are made, on
    /// all processors.
    ///
    /// # Errors
    /// [`NluError::Encode`] where the encoder fails.
    pub(crate) fn of(
        &mut self,
        encoder: &dyn Encoder,
        texts: &[String],
        tell: Tell<'_>,
    ) -> Result<Vec<Packed>, NluError> {
        let kept = self.shelves.entry(encoder.name().to_owned()).or_default();
        if kept.fingerprint != encoder.fingerprint() {
            *kept = Shelf { fingerprint: encoder.fingerprint(), rows: BTreeMap::new() };
        }
        let wanted: Vec<([u8; 16], &str)> = texts.iter().map(|text| (key(text), &**text)).collect();
        let missing = wanted.iter().filter(|(key, _)| !kept.rows.contains_key(key));
        // Each once, however often it is wanted.
        let missing: BTreeMap<[u8; 16], &str> = missing.copied().collect();
        let missing: Vec<([u8; 16], &str)> = missing.into_iter().collect();
        kept.rows.extend(encoded(encoder, &missing, tell)?);
        if kept.rows.len() > MAX_KEPT {
            let used: BTreeSet<[u8; 16]> = wanted.iter().map(|(key, _)| *key).collect();
            kept.rows.retain(|key, _| used.contains(key));
        }
        let vector = |key| kept.rows.get(key).cloned().unwrap_or_default();
        Ok(wanted.iter().map(|(key, _)| vector(key)).collect())
    }
}

fn key(text: &str) -> [u8; 16] {
    let hash: [u8; 32] = Sha256::digest(text).into();
    let mut key = [0; 16];
    key.copy_from_slice(hash.split_at(16).0);
    key
}

type Made = Vec<([u8; 16], Packed)>;

/// Encodes texts on all processors, a batch at a time; after a failure no further batch is begun.
fn encoded(
    encoder: &dyn Encoder,
    missing: &[([u8; 16], &str)],
    tell: Tell<'_>,
) -> Result<Made, NluError> {
    let batches: Vec<_> = missing.chunks(BATCH).collect();
    let has_failed = AtomicBool::new(false);
    let n_done = Mutex::new(0);
    let encode = |at: usize| -> Result<Made, NluError> {
        let batch = batches.get(at).copied().unwrap_or_default();
        if has_failed.load(Ordering::Relaxed) {
            return Ok(Made::new());
        }
        let texts: Vec<&str> = batch.iter().map(|(_, text)| *text).collect();
        let vectors = encoder.encode(&texts).map_err(|error| {
            has_failed.store(true, Ordering::Relaxed);
            NluError::Encode(error)
        })?;
        let mut n_done = n_done.lock().unwrap_or_else(PoisonError::into_inner);
        *n_done += batch.len();
        tell(*n_done, missing.len());
        drop(n_done);
        let rows = batch.iter().zip(vectors);
        Ok(rows.map(|((key, _), vector)| (*key, Packed::of(&vector))).collect())
    };
    let made: Vec<Made> =
        parallel::map(batches.len(), encode).into_iter().collect::<Result<_, _>>()?;
    Ok(made.concat())
}
