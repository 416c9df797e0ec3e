//! What those who wait hear: a quiet round of chords, made here, so that nobody's rights are in it.

use axum::body::Bytes;
use std::f64::consts::TAU;
use std::sync::LazyLock;

const RATE_HZ: u32 = 8_000;
/// How long one note sounds before the next.
const NOTE_S: f64 = 0.5;
/// How loud it is, of what there is room for: a voice must be heard over it.
const LOUDNESS: f64 = 0.18;
/// Four chords, note by note, in hertz: C, A minor, F, G.
const NOTES: [[f64; 4]; 4] = [
    [261.63, 329.63, 392.00, 523.25],
    [220.00, 261.63, 329.63, 440.00],
    [174.61, 220.00, 261.63, 349.23],
    [196.00, 246.94, 293.66, 392.00],
];
/// Times that the round is played in one file.
const N_ROUNDS: usize = 2;

static HOLD: LazyLock<Bytes> = LazyLock::new(|| wav(&samples()).into());

/// Gives the file: 16-bit PCM at 8 kHz, one channel, sixteen seconds.
pub(super) fn hold() -> Bytes {
    HOLD.clone()
}

fn samples() -> Vec<i16> {
    let mut samples = Vec::new();
    for chord in NOTES.iter().cycle().take(NOTES.len() * N_ROUNDS) {
        for (place, note) in chord.iter().enumerate() {
            let bass = chord.first().copied().unwrap_or_default() / 2.0;
            samples.extend(sounded(*note, bass, place));
        }
    }
    samples
}

/// One note over the chord's bass; it swells quickly and dies away, so that nothing clicks.
fn sounded(note: f64, bass: f64, place: usize) -> impl Iterator<Item = i16> {
    let n_samples = (0..RATE_HZ).take_while(|n| f64::from(*n) < NOTE_S * f64::from(RATE_HZ));
    let began = f64::from(u32::try_from(place).unwrap_or(0)) * NOTE_S;
    n_samples.map(move |n| {
        let at = f64::from(n) / f64::from(RATE_HZ);
        let swell = (at / 0.02).min(1.0) * ((NOTE_S - at) / 0.02).clamp(0.0, 1.0);
        let high = (TAU * note * at).sin() * (-3.0 * at).exp() * swell;
        let low = (TAU * bass * (began + at)).sin() * 0.4 * swell;
        sample((high + low) * LOUDNESS)
    })
}

#[expect(clippy::cast_possible_truncation, reason = "it is bounded to the range before")]
fn sample(level: f64) -> i16 {
    (level.clamp(-1.0, 1.0) * f64::from(i16::MAX)) as i16
}

/// Writes a WAV file (RIFF, format 1).
fn wav(samples: &[i16]) -> Vec<u8> {
    let n_bytes = u32::try_from(samples.len() * 2).unwrap_or(u32::MAX);
    let mut file = Vec::with_capacity(samples.len() * 2 + 44);
    file.extend(b"RIFF");
    file.extend(n_bytes.saturating_add(36).to_le_bytes());
    file.extend(b"WAVEfmt ");
    file.extend(16_u32.to_le_bytes());
    // PCM, one channel.
    file.extend(1_u16.to_le_bytes());
    file.extend(1_u16.to_le_bytes());
    file.extend(RATE_HZ.to_le_bytes());
    file.extend((RATE_HZ * 2).to_le_bytes());
    file.extend(2_u16.to_le_bytes());
    file.extend(16_u16.to_le_bytes());
    file.extend(b"data");
    file.extend(n_bytes.to_le_bytes());
    file.extend(samples.iter().flat_map(|sample| sample.to_le_bytes()));
    file
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_music_is_a_file_of_sixteen_seconds_that_neither_clicks_nor_clips() {
        let samples = samples();
        assert_eq!(samples.len(), 16 * RATE_HZ as usize);
        let loudest = samples.iter().map(|sample| sample.unsigned_abs()).max().unwrap();
        assert!((3_000..12_000).contains(&loudest), "{loudest}");
        let jump = samples.windows(2).map(|pair| (pair[1] - pair[0]).unsigned_abs()).max().unwrap();
        assert!(jump < 4_000, "{jump}");
        assert_eq!(hold().len(), samples.len() * 2 + 44);
    }
}
