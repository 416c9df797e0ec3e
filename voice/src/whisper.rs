//! Whisper (Radford et al. 2022, *Robust Speech Recognition via Large-Scale Weak Supervision*): sound in,
//! text out.
//!
//! Lives here: the model, run by this project's own kernels, and the search for its text. Never here:
//! files of sound, what is done about a bad transcript.

mod decoder;
mod encoder;
mod file;
mod layers;
mod mel;
mod search;
mod times;
mod tokens;

pub use crate::ggml::ReadError;
pub use file::Sides;
pub use mel::SAMPLE_RATE_HZ;

use bot_core::Language;
use nlu_kernels::BLOCK;
use nlu_kernels::rows::softmax;

use decoder::{Decoder, Looks, Memory, Row};
use encoder::Encoder;
use file::File;
use mel::{HOP, Mel};
use search::{Plan, begin, search};
use tokens::Tokens;

/// Steps of the encoder in a second.
pub const STEPS_A_SECOND: usize = SAMPLE_RATE_HZ / (2 * HOP);

/// A model that is ready.
pub struct Whisper {
    sides: Sides,
    mel: Mel,
    encoder: Encoder,
    decoder: Decoder,
    tokens: Tokens,
}

/// A sound that was listened to.
pub struct Listened {
    heard: decoder::Heard,
    /// Steps that hold sound; behind them is silence.
    n_steps: usize,
}

/// How a text is to be written.
pub struct Wish<'a> {
    /// The language that is spoken.
    pub language: Language,
    /// Words that may come up, as a text that might have come before.
    pub prompt: &'a str,
    /// Beginnings that are kept while the text is searched for.
    pub n_beams: usize,
    /// Asked before each token; when it says no, the search ends with the best so far.
    pub go_on: &'a dyn Fn() -> bool,
}

/// What was written.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Text {
    /// The words in their order.
    pub words: Vec<Word>,
    /// The mean logarithm of a token's probability.
    pub mean_log: f32,
}

/// A word.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Word {
    /// It, with the signs that stand at it.
    pub text: String,
    /// Where it begins, in steps from the beginning of the sound.
    pub start_step: usize,
    /// How likely its tokens are, the mean.
    pub probability: f32,
}

impl Whisper {
    /// Reads a model of a file as whisper.cpp has them.
    ///
    /// # Errors
    /// [`ReadError`] says what is wrong with it.
    pub fn read(bytes: &[u8]) -> Result<Self, ReadError> {
        let file = File::read(bytes)?;
        let tokens = Tokens::read(&file)?;
        let whisper = Self {
            sides: file.sides,
            mel: Mel::new(&file.filters, file.sides.n_bands),
            encoder: Encoder::read(&file)?,
            decoder: Decoder::read(&file, &tokens.chosen)?,
            tokens,
        };
        file.expect_none()?;
        Ok(whisper)
    }

    /// Gives how much sound is listened to at once, in samples, with so many steps of silence behind.
    #[must_use]
    pub const fn max_samples(&self, silence_steps: usize) -> usize {
        self.max_steps().saturating_sub(silence_steps) * 2 * HOP
    }

    /// Gives how many steps are listened to: what is kept in bytes comes in whole blocks.
    const fn max_steps(&self) -> usize {
        self.sides.n_steps / BLOCK * BLOCK
    }

    /// Listens to a sound of [`SAMPLE_RATE_HZ`] samples a second within -1 and 1; what is longer than
    /// [`Self::max_samples`] is left out. The spectrum is made louder by `tilt` powers of ten an octave.
    #[must_use]
    pub fn listen(&self, samples: &[f32], silence_steps: usize, tilt: f32) -> Listened {
        let n_steps = samples.len().div_ceil(2 * HOP);
        let n_all = (n_steps + silence_steps).next_multiple_of(BLOCK).min(self.max_steps());
        let spectra = self.mel.spectra(samples, 2 * n_all, tilt);
        let heard = self.decoder.hear(&self.encoder.encode(&spectra));
        Listened { heard, n_steps: n_steps.min(n_all) }
    }

    /// Tells how likely it is French, if it is French or English: by the token that would come first.
    #[must_use]
    pub fn french(&self, listened: &Listened) -> f32 {
        let mut memory = self.decoder.memory();
        let start = [self.tokens.start()];
        let seen = begin(&self.decoder, &listened.heard, &mut memory, &start);
        let mut shares = self.decoder.scores(&seen);
        softmax(&mut shares);
        let share = |token: usize| shares.get(token).copied().unwrap_or_default();
        let [french, english] =
            [Language::Fr, Language::En].map(|language| share(self.tokens.language(language)));
        french / (french + english).max(f32::MIN_POSITIVE)
    }

    /// Writes what was said.
    #[must_use]
    pub fn write(&self, listened: &Listened, wish: &Wish<'_>) -> Text {
        let mut before = Vec::new();
        if !wish.prompt.is_empty() {
            before.push(self.tokens.before());
            let prompt = self.tokens.ids(wish.prompt);
            let most = self.sides.n_places / 2 - 1;
            before.extend(prompt.iter().skip(prompt.len().saturating_sub(most)));
        }
        before.extend([
            self.tokens.start(),
            self.tokens.language(wish.language),
            self.tokens.transcribe(),
            self.tokens.no_times(),
        ]);
        let places_left = self.sides.n_places.saturating_sub(before.len());
        let max_tokens = (self.sides.n_places / 2).min(places_left);
        let plan = Plan { n_beams: wish.n_beams, max_tokens, go_on: wish.go_on };
        let mut memory = self.decoder.memory();
        let heard = &listened.heard;
        let found = search(&self.decoder, &self.tokens, heard, &before, &plan, &mut memory);
        let starts = self.starts(listened, &before, &found.tokens, memory);
        let mut words = Words::default();
        for ((token, log), start) in found.tokens.iter().zip(&found.logs).zip(starts) {
            words.push(self.tokens.bytes(*token), log.exp(), start);
        }
        Text { words: words.finish(), mean_log: found.mean_log() }
    }

    /// Finds the step at which each token begins; the memory has the text before them.
    fn starts(
        &self,
        listened: &Listened,
        before: &[usize],
        tokens: &[usize],
        mut memory: Memory,
    ) -> Vec<usize> {
        // A row looks where the token is that comes behind it: the first is that of the last before.
        let from = before.len().saturating_sub(1);
        memory.truncate(from, self.decoder.width());
        let read = before.iter().skip(from).chain(tokens);
        let rows = Row::one_after_the_other(from, read.take(tokens.len()));
        let mut looks = Looks::new();
        self.decoder.take(&rows, &listened.heard, &mut memory, Some(&mut looks));
        times::starts(&looks, tokens.len(), listened.n_steps)
    }
}

/// Words on their way: a letter may be spread over tokens.
#[derive(Default)]
struct Words {
    done: Vec<Word>,
    bytes: Vec<u8>,
    start_step: usize,
    probabilities: Vec<f32>,
}

impl Words {
    fn push(&mut self, bytes: &[u8], probability: f32, start_step: usize) {
        if bytes.first().is_none_or(|byte| *byte == b' ') {
            self.end();
        }
        if self.probabilities.is_empty() {
            self.start_step = start_step;
        }
        self.bytes.extend(bytes);
        self.probabilities.push(probability);
    }

    fn end(&mut self) {
        let n = nlu_kernels::rows::count(self.probabilities.len().max(1));
        let probability = self.probabilities.iter().sum::<f32>() / n;
        let text = String::from_utf8_lossy(&self.bytes).trim().to_owned();
        if !text.is_empty() {
            self.done.push(Word { text, start_step: self.start_step, probability });
        }
        self.bytes.clear();
        self.probabilities.clear();
    }

    fn finish(mut self) -> Vec<Word> {
        self.end();
        self.done
    }
}
