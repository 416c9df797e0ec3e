//! Whoever listens to recordings: the models, read when the first recording comes.

use bot_core::voicemail::{Heard, HeardWord};
use bot_core::{Bilingual, Language};
use bot_worker::outside::{EarError, Ears, Listened};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;
use voice::audio::decode;
use voice::transcribe::{Order, Spoken, Transcriber, Transcript};

use crate::commands::voice::load;
use crate::settings::Settings;

/// The models, and the settings to read them by.
pub(crate) struct CityEars {
    settings: Settings,
    vocabulary: Bilingual<String>,
    /// Read once it is needed; what cannot be read is tried again with the next recording, since a
    /// person may have fetched it meanwhile.
    transcriber: Mutex<Option<std::sync::Arc<Transcriber>>>,
}

impl CityEars {
    pub(crate) fn new(settings: &Settings, vocabulary: Bilingual<String>) -> Self {
        Self { settings: settings.clone(), vocabulary, transcriber: Mutex::new(None) }
    }

    fn transcriber(&self) -> Result<std::sync::Arc<Transcriber>, EarError> {
        let mut held = self.transcriber.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(ready) = held.as_ref() {
            return Ok(ready.clone());
        }
        let read = load(&self.settings).map_err(|why| EarError::NoModel(format!("{why:#}")))?;
        let ready = std::sync::Arc::new(read);
        *held = Some(ready.clone());
        Ok(ready)
    }
}

impl Ears for CityEars {
    fn hear(
        &self,
        bytes: &[u8],
        lang: Option<Language>,
        go_on: &dyn Fn(Duration) -> bool,
    ) -> Result<Listened, EarError> {
        let sound = decode(bytes, self.settings.voice.max_seconds);
        let sound = sound.map_err(|why| EarError::Unreadable(why.to_string()))?;
        let length = Duration::from_secs_f64(sound.seconds());
        let transcriber = self.transcriber()?;
        let go_on = || go_on(length);
        let order = Order { language: lang, vocabulary: &self.vocabulary, go_on: &go_on };
        let heard = match transcriber.transcribe(&sound, &order) {
            Transcript::NoSpeech => Heard {
                model: self.settings.voice.model.clone(),
                lang: lang.unwrap_or_default(),
                words: Vec::new(),
                is_cut: sound.is_cut,
                is_doubtful: false,
            },
            Transcript::Speech(speech) => Heard {
                model: self.settings.voice.model.clone(),
                lang: speech.language,
                words: speech.words.into_iter().map(word).collect(),
                is_cut: speech.is_cut,
                is_doubtful: speech.is_doubtful,
            },
        };
        Ok(Listened { heard, length })
    }
}

fn word(word: Spoken) -> HeardWord {
    let Spoken { text, start_ms, end_ms, probability } = word;
    HeardWord { text, start_ms, end_ms, probability, was: None }
}
