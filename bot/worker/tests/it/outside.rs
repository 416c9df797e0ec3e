//! A made-up outside: a provider that does as a test says, ears that hear what it says, and a
//! journal of all that was asked of them.

use bot_channels::provider::{Fetched, ProviderError, Recordings, Sent, Texts};
use bot_core::id::RecordingId;
use bot_core::voicemail::{Heard, HeardWord};
use bot_core::{Language, UnixMs};
use bot_worker::Outside;
use bot_worker::outside::{EarError, Ears, Links, Listened};
use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::time::Instant;

/// The bytes of every recording begin so.
const WAV: &[u8] = b"RIFF";

/// What was asked, and when.
#[derive(Debug, Clone)]
pub(crate) struct Entry {
    pub(crate) what: String,
    pub(crate) at: Instant,
}

/// How recordings are heard: by their bytes, as long as they may be.
type Hearing = dyn Fn(&[u8], GoOn<'_>) -> Result<Vec<HeardWord>, EarError> + Send + Sync;

/// What is outside, as a test has it.
pub(crate) struct Elsewhere {
    journal: Mutex<Vec<Entry>>,
    /// What becomes of the next fetches; after those, every one is fine.
    pub(crate) fetches: Mutex<VecDeque<ProviderError>>,
    /// What becomes of every fetch after those.
    pub(crate) never: Mutex<Option<ProviderError>>,
    pub(crate) deletes: Mutex<VecDeque<ProviderError>>,
    pub(crate) sends: Mutex<VecDeque<ProviderError>>,
    /// What becomes of every message after those.
    pub(crate) silent_provider: Mutex<Option<ProviderError>>,
    hearing: Box<Hearing>,
}

/// Tells whether a recording of that length may go on being heard.
pub(crate) type GoOn<'a> = &'a dyn Fn(Duration) -> bool;

impl Elsewhere {
    /// Ears that hear these words, surely.
    pub(crate) fn hearing(words: &'static str) -> Arc<Self> {
        Self::with(move |_, _| Ok(spoken(words)))
    }

    pub(crate) fn with(
        hearing: impl Fn(&[u8], GoOn<'_>) -> Result<Vec<HeardWord>, EarError> + Send + Sync + 'static,
    ) -> Arc<Self> {
        Arc::new(Self {
            journal: Mutex::default(),
            fetches: Mutex::default(),
            never: Mutex::default(),
            deletes: Mutex::default(),
            sends: Mutex::default(),
            silent_provider: Mutex::default(),
            hearing: Box::new(hearing),
        })
    }

    /// Makes all of it the worker's.
    pub(crate) fn all(self: &Arc<Self>) -> Outside {
        let provider: Arc<dyn Recordings> = self.clone();
        Outside {
            recordings: BTreeMap::from([("twilio".to_owned(), provider)]),
            texts: Some(self.clone()),
            ears: Some(self.clone()),
            links: Some(self.clone()),
            ..Outside::default()
        }
    }

    fn note(&self, what: String) {
        self.journal.lock().unwrap().push(Entry { what, at: Instant::now() });
    }

    /// Gives all that was asked.
    pub(crate) fn journal(&self) -> Vec<Entry> {
        self.journal.lock().unwrap().clone()
    }

    /// Lists what was asked that begins so.
    pub(crate) fn asked(&self, beginning: &str) -> Vec<String> {
        let all = self.journal().into_iter().map(|entry| entry.what);
        all.filter(|what| what.starts_with(beginning)).collect()
    }
}

/// Words that were heard surely.
pub(crate) fn spoken(words: &str) -> Vec<HeardWord> {
    let word = |(n, text): (usize, &str)| {
        let start_ms = 400 * u64::try_from(n).unwrap();
        let text = text.to_owned();
        HeardWord { text, start_ms, end_ms: start_ms + 300, probability: 0.95, was: None }
    };
    words.split_whitespace().enumerate().map(word).collect()
}

impl Recordings for Elsewhere {
    fn fetch(&self, recording: &str) -> Result<Fetched, ProviderError> {
        self.note(format!("fetch {recording}"));
        let next = self.fetches.lock().unwrap().pop_front();
        match next.or_else(|| self.never.lock().unwrap().clone()) {
            Some(error) => Err(error),
            None => Ok(Fetched { bytes: [WAV, recording.as_bytes()].concat(), is_cut: false }),
        }
    }

    fn delete(&self, recording: &str) -> Result<(), ProviderError> {
        self.note(format!("delete {recording}"));
        let next = self.deletes.lock().unwrap().pop_front();
        next.map_or(Ok(()), Err)
    }
}

impl Texts for Elsewhere {
    fn send(&self, to: &str, body: &str) -> Result<Sent, ProviderError> {
        self.note(format!("send {to}: {body}"));
        let next = self.sends.lock().unwrap().pop_front();
        match next.or_else(|| self.silent_provider.lock().unwrap().clone()) {
            Some(error) => Err(error),
            None => Ok(Sent {
                id: format!("SM{}", self.journal.lock().unwrap().len()),
                n_parts: Some(1),
            }),
        }
    }
}

impl Ears for Elsewhere {
    fn hear(
        &self,
        bytes: &[u8],
        lang: Option<Language>,
        go_on: &dyn Fn(Duration) -> bool,
    ) -> Result<Listened, EarError> {
        self.note(format!("hear {}", String::from_utf8_lossy(bytes)));
        let words = (self.hearing)(bytes, go_on)?;
        let heard = Heard {
            model: "made up".to_owned(),
            lang: lang.unwrap_or_default(),
            words,
            is_cut: false,
            is_doubtful: false,
        };
        Ok(Listened { heard, length: Duration::from_secs(9) })
    }
}

impl Links for Elsewhere {
    fn voicemail(&self, recording: RecordingId, lang: Language, _: UnixMs) -> String {
        format!("https://guichet.example/{lang}/{recording}")
    }
}
