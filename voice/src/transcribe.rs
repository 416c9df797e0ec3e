//! From a sound to its transcript: is anybody speaking, in which language, what is said and how surely.
//!
//! Lives here: the order of these steps, and the settings that measured best (docs/voice.md). Never
//! here: files, queues, clocks; what is done with a transcript.

mod chunks;
mod invented;

use bot_core::{Bilingual, Language};
use std::ops::Range;

use crate::audio::{Sound, at_rate};
use crate::detector::Detector;
use crate::whisper::{Listened, SAMPLE_RATE_HZ, STEPS_A_SECOND, Whisper, Wish, Word};
use chunks::chunks;

/// Beginnings that are kept while a text is searched for.
const N_BEAMS: usize = 5;
/// Silence behind each sound, in steps: with less the model does not notice the end.
const SILENCE_STEPS: usize = 160;
/// A word below it is doubtful.
pub const DOUBTFUL: f32 = 0.5;
/// Nobody says more words in a second: the model has lost the thread.
const MAX_WORDS_A_SECOND: f64 = 6.0;
/// A text less likely than this, by the mean logarithm of its tokens, is as good as guessed.
const MIN_MEAN_LOG: f32 = -1.2;

/// How a language is listened to best: measured at telephone band (docs/performance.md).
#[derive(Debug, Clone, Copy)]
struct Ear {
    /// The speed at which the sound is played, in which also its pitch is lower.
    pace: f64,
    /// How much louder the spectrum gets with each octave, in powers of ten.
    tilt: f32,
}

const fn ear(language: Language) -> Ear {
    match language {
        Language::Fr => Ear { pace: 0.96, tilt: -0.3 },
        Language::En => Ear { pace: 1.0, tilt: 0.0 },
    }
}

/// The models, ready.
pub struct Transcriber {
    whisper: Whisper,
    detector: Detector,
}

/// What is asked of a transcript.
pub struct Order<'a> {
    /// The language, where the caller has chosen one.
    pub language: Option<Language>,
    /// Words that may come up, each language's as a text that might have come before.
    pub vocabulary: &'a Bilingual<String>,
    /// Asked again and again; when it says no, what was written so far is the transcript.
    pub go_on: &'a dyn Fn() -> bool,
}

/// What became of a sound.
#[derive(Debug, Clone, PartialEq)]
pub enum Transcript {
    /// Nobody speaks in it.
    NoSpeech,
    /// Somebody does.
    Speech(Speech),
}

/// What somebody said.
#[derive(Debug, Clone, PartialEq)]
pub struct Speech {
    /// The language.
    pub language: Language,
    /// How likely it is that one, of French and English; 1 where it was chosen.
    pub language_share: f32,
    /// The words in their order.
    pub words: Vec<Spoken>,
    /// Whether it was not transcribed to its end.
    pub is_cut: bool,
    /// Whether the whole of it is better not believed.
    pub is_doubtful: bool,
}

/// A word, and when it was said.
#[derive(Debug, Clone, PartialEq)]
pub struct Spoken {
    /// It, with the signs that stand at it.
    pub text: String,
    /// Where it begins.
    pub start_ms: u64,
    /// Where it ends.
    pub end_ms: u64,
    /// How likely it was said, from 0 to 1.
    pub probability: f32,
}

impl Speech {
    /// Gives the words as one text.
    #[must_use]
    pub fn text(&self) -> String {
        self.words.iter().map(|word| word.text.as_str()).collect::<Vec<_>>().join(" ")
    }

    /// Gives how sure the words are, the mean; 0 where there are none.
    #[must_use]
    pub fn confidence(&self) -> f32 {
        let n = nlu_kernels::rows::count(self.words.len().max(1));
        self.words.iter().map(|word| word.probability).sum::<f32>() / n
    }
}

/// A part of a sound that was transcribed.
struct Part {
    words: Vec<Spoken>,
    mean_log: f32,
}

impl Transcriber {
    /// Takes the models.
    #[must_use]
    pub const fn new(whisper: Whisper, detector: Detector) -> Self {
        Self { whisper, detector }
    }

    /// Transcribes a sound.
    #[must_use]
    pub fn transcribe(&self, sound: &Sound, order: &Order<'_>) -> Transcript {
        let parts = self.speaking(sound);
        let Some(first) = parts.first() else { return Transcript::NoSpeech };
        let (language, language_share, listened) = match order.language {
            Some(language) => (language, 1.0, None),
            None => self.language(sound, first),
        };
        let mut speech = Speech {
            language,
            language_share,
            words: Vec::new(),
            is_cut: sound.is_cut,
            is_doubtful: false,
        };
        let mut listened = listened;
        for range in &parts {
            if !(order.go_on)() {
                speech.is_cut = true;
                return Transcript::Speech(speech);
            }
            let part = self.part(sound, range, language, listened.take(), order);
            speech.is_doubtful |= part.mean_log < MIN_MEAN_LOG || is_too_fast(&part.words, range);
            speech.words.extend(part.words);
        }
        if speech.words.is_empty() { Transcript::NoSpeech } else { Transcript::Speech(speech) }
    }

    /// Cuts a sound into parts that can be listened to at once, in samples of [`SAMPLE_RATE_HZ`], and
    /// gives those in which somebody speaks.
    fn speaking(&self, sound: &Sound) -> Vec<Range<usize>> {
        let plain = at_rate(sound, HERTZ);
        let most = self.whisper.max_samples(SILENCE_STEPS);
        // The slowest ear hears least at once.
        let most = Language::ALL.into_iter().map(|language| scaled(most, ear(language).pace)).min();
        let mut parts = chunks(&plain, most.unwrap_or_default());
        parts.retain(|part| self.detector.hears(slice(&plain, part)));
        parts
    }

    /// Guesses the language by what is heard in a part; gives what was listened to if it can be used.
    fn language(&self, sound: &Sound, part: &Range<usize>) -> (Language, f32, Option<Listened>) {
        let listened = self.listen(sound, part, Language::Fr);
        let french = self.whisper.french(&listened);
        if french >= 0.5 {
            (Language::Fr, french, Some(listened))
        } else {
            (Language::En, 1.0 - french, None)
        }
    }

    /// Listens to a part of a sound, which is counted in samples of [`SAMPLE_RATE_HZ`].
    fn listen(&self, sound: &Sound, part: &Range<usize>, language: Language) -> Listened {
        let Ear { pace, tilt } = ear(language);
        let factor = f64::from(sound.rate_hz) / HERTZ;
        let range = scaled(part.start, factor)..scaled(part.end, factor).min(sound.samples.len());
        let samples = slice(&sound.samples, &range).to_vec();
        let part = Sound { samples, rate_hz: sound.rate_hz, is_cut: false };
        self.whisper.listen(&at_rate(&part, HERTZ / pace), SILENCE_STEPS, tilt)
    }

    fn part(
        &self,
        sound: &Sound,
        range: &Range<usize>,
        language: Language,
        listened: Option<Listened>,
        order: &Order<'_>,
    ) -> Part {
        let listened = listened.unwrap_or_else(|| self.listen(sound, range, language));
        let prompt = order.vocabulary.get(language);
        let wish = Wish { language, prompt, n_beams: N_BEAMS, go_on: order.go_on };
        let text = self.whisper.write(&listened, &wish);
        let words = invented::without(text.words);
        let pace = ear(language).pace;
        let end_ms = ms(range.end, SAMPLE_RATE_HZ, 1.0);
        let from_ms = ms(range.start, SAMPLE_RATE_HZ, 1.0);
        let start = |word: &Word| from_ms + ms(word.start_step, STEPS_A_SECOND, pace);
        let starts: Vec<u64> = words.iter().map(start).chain([end_ms]).collect();
        let words = words.into_iter().zip(starts.windows(2)).map(|(word, times)| Spoken {
            text: word.text,
            start_ms: times[0],
            end_ms: times[1].max(times[0]),
            probability: word.probability,
        });
        Part { words: words.collect(), mean_log: text.mean_log }
    }
}

/// [`SAMPLE_RATE_HZ`] as a number that can be divided.
const HERTZ: f64 = 16_000.0;

fn slice<'a>(samples: &'a [f32], range: &Range<usize>) -> &'a [f32] {
    samples.get(range.clone()).unwrap_or_default()
}

#[expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "samples and steps of half a minute"
)]
fn scaled(n: usize, factor: f64) -> usize {
    (n as f64 * factor) as usize
}

/// Gives when a place is, of which a second has so many.
fn ms(place: usize, a_second: usize, factor: f64) -> u64 {
    u64::try_from(scaled(place * 1_000 / a_second, factor)).unwrap_or(u64::MAX)
}

#[expect(clippy::cast_precision_loss, reason = "samples of half a minute")]
fn is_too_fast(words: &[Spoken], range: &Range<usize>) -> bool {
    let seconds = range.len() as f64 / HERTZ;
    words.len() as f64 > (seconds * MAX_WORDS_A_SECOND).max(MAX_WORDS_A_SECOND)
}
