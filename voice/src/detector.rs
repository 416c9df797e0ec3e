//! Whether anybody speaks: Silero's detector of voices, run with our own kernels.
//!
//! Lives here: the model's door and the rule of what counts as speech. Never here: files, what was
//! said. A recogniser of words writes some even for silence and music; this asks before it.

mod file;
mod network;

use file::Parts;
use network::Network;

pub use crate::ggml::ReadError;

/// Samples in a second of what is listened to.
pub const RATE: usize = 16_000;
/// Samples that have one probability, 32 ms.
pub const WINDOW: usize = 512;
/// From this probability on a window is speech.
pub const MIN_PROBABILITY: f32 = 0.5;
/// Windows without speech that do not part two stretches of it, 96 ms.
pub const MAX_GAP_WINDOWS: usize = 3;
/// Windows from the first of a stretch to its last without which nobody spoke, 192 ms.
///
/// Measured on 73 beginnings of speech cut to 250 ms, about a short "oui": 64 have as many, and 25 the
/// eight of Silero's own rule. Tones, noise and music have none; but an American busy tone at full scale has.
pub const MIN_SPEECH_WINDOWS: usize = 6;

/// Silero's detector of voices.
pub struct Detector {
    network: Network,
}

impl Detector {
    /// Reads the bytes of a model file, `ggml-silero-vad.bin`.
    ///
    /// # Errors
    /// [`ReadError`] where it is cut, damaged, or another network's.
    pub fn read(bytes: &[u8]) -> Result<Self, ReadError> {
        let mut parts = Parts::read(bytes)?;
        let network = Network::of(&mut parts)?;
        parts.expect_none()?;
        Ok(Self { network })
    }

    /// Gives the probability of speech of each window of a recording at [`RATE`]; its last window is
    /// filled with silence.
    #[must_use]
    pub fn speech(&self, samples: &[f32]) -> Vec<f32> {
        self.network.run(samples)
    }

    /// Tells whether somebody speaks in a recording at [`RATE`].
    #[must_use]
    pub fn hears(&self, samples: &[f32]) -> bool {
        longest_stretch(&self.speech(samples)) >= MIN_SPEECH_WINDOWS
    }
}

/// Counts the windows of the longest stretch of speech, its short gaps among them.
#[must_use]
pub fn longest_stretch(probabilities: &[f32]) -> usize {
    let mut longest = 0;
    // The first window and the last of the stretch that may go on.
    let mut stretch: Option<(usize, usize)> = None;
    for (at, probability) in probabilities.iter().enumerate() {
        if *probability >= MIN_PROBABILITY {
            let from = match stretch {
                Some((from, last)) if at - last <= MAX_GAP_WINDOWS + 1 => from,
                Some(_) | None => at,
            };
            stretch = Some((from, at));
            longest = longest.max(at - from + 1);
        }
    }
    longest
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(windows: &str, longest: usize) {
        let probabilities: Vec<f32> =
            windows.chars().map(|window| if window == '#' { 0.5 } else { 0.49 }).collect();
        assert_eq!(longest_stretch(&probabilities), longest, "{windows}");
    }

    #[test]
    fn short_gaps_join_and_long_ones_part() {
        check("", 0);
        check("....", 0);
        check("#", 1);
        check("###...##", 8);
        check("###....##", 3);
        check(".#...#....#####....#", 5);
    }

    #[test]
    fn what_is_no_number_is_no_speech() {
        assert_eq!(longest_stretch(&[f32::NAN; 20]), 0);
    }
}
