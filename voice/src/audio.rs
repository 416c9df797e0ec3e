//! Sound in files: whatever a provider or a browser records, as samples of one channel.
//!
//! WAV is read here, since telephone systems leave it broken in ways that are known; every other
//! format by `symphonia`, Opus by libopus. Never here: what is heard in it.

mod rate;
mod wav;

pub use rate::at_rate;

use std::io::{Cursor, ErrorKind};
use symphonia::core::audio::GenericAudioBufferRef;
use symphonia::core::codecs::audio::{AudioDecoder, AudioDecoderOptions};
use symphonia::core::codecs::registry::CodecRegistry;
use symphonia::core::errors::Error as Symphonia;
use symphonia::core::formats::probe::Hint;
use symphonia::core::formats::{FormatOptions, FormatReader, TrackType};
use symphonia::core::io::{MediaSourceStream, MediaSourceStreamOptions};
use symphonia::core::meta::MetadataOptions;
use symphonia_adapter_libopus::OpusDecoder;

/// What a second has at most: more is no sound that anyone records.
const MAX_RATE_HZ: u32 = 192_000;
/// What a second has at least.
const MIN_RATE_HZ: u32 = 4_000;
/// Packets in a row that may be damaged.
const MAX_DAMAGED: u32 = 50;

/// A sound of one channel.
#[derive(Debug, Clone, PartialEq)]
pub struct Sound {
    /// The samples, within -1 and 1.
    pub samples: Vec<f32>,
    /// Samples a second.
    pub rate_hz: u32,
    /// Whether there was more than was wanted.
    pub is_cut: bool,
}

/// Why a file gives no sound; the words are for whoever looks after the service.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DecodeError {
    /// There is nothing in it.
    #[error("the recording is empty: its file has no byte")]
    Empty,
    /// It is not a format that is known.
    #[error("the recording is in no format that is known here (WAV, MP3, Ogg, WebM, MP4, AAC)")]
    Unknown,
    /// It holds no sound.
    #[error("the recording holds no sound")]
    NoSound,
    /// It is damaged before its first sample.
    #[error("the recording is damaged: {0}")]
    Damaged(String),
}

impl Sound {
    /// Gives its length in seconds.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "hours of samples are below 2^53")]
    pub fn seconds(&self) -> f64 {
        self.samples.len() as f64 / f64::from(self.rate_hz)
    }
}

/// Decodes a file, of at most so many seconds: what comes later is not read.
///
/// # Errors
/// [`DecodeError`] tells why there is no sound. A file that breaks off gives what there is.
pub fn decode(bytes: &[u8], max_seconds: u32) -> Result<Sound, DecodeError> {
    if bytes.is_empty() {
        return Err(DecodeError::Empty);
    }
    let sound = match wav::read(bytes, max_seconds)? {
        Some(sound) => sound,
        None => other(bytes, max_seconds)?,
    };
    if sound.samples.is_empty() {
        return Err(DecodeError::NoSound);
    }
    Ok(sound)
}

/// Checks how many samples a second has.
fn checked_rate(rate_hz: u32) -> Result<u32, DecodeError> {
    if (MIN_RATE_HZ..=MAX_RATE_HZ).contains(&rate_hz) {
        return Ok(rate_hz);
    }
    Err(DecodeError::Damaged(format!("it has {rate_hz} samples a second")))
}

/// Gives how many samples are wanted.
fn most(rate_hz: u32, max_seconds: u32) -> usize {
    let most = u64::from(rate_hz) * u64::from(max_seconds);
    usize::try_from(most).unwrap_or(usize::MAX)
}

fn damaged(error: &Symphonia) -> DecodeError {
    DecodeError::Damaged(error.to_string())
}

fn other(bytes: &[u8], max_seconds: u32) -> Result<Sound, DecodeError> {
    let source = Box::new(Cursor::new(bytes));
    let stream = MediaSourceStream::new(source, MediaSourceStreamOptions::default());
    let (format, metadata) = (FormatOptions::default(), MetadataOptions::default());
    let probe = symphonia::default::get_probe();
    let mut reader =
        probe.probe(&Hint::new(), stream, format, metadata).map_err(|_| DecodeError::Unknown)?;
    let track = reader.default_track(TrackType::Audio).ok_or(DecodeError::NoSound)?;
    let params = track.codec_params.as_ref().and_then(|params| params.audio());
    let params = params.ok_or(DecodeError::NoSound)?;
    let mut codecs = CodecRegistry::new();
    symphonia::default::register_enabled_codecs(&mut codecs);
    codecs.register_audio_decoder::<OpusDecoder>();
    let options = AudioDecoderOptions::default();
    let mut decoder =
        codecs.make_audio_decoder(params, &options).map_err(|_| DecodeError::Unknown)?;
    let track_id = track.id;
    read_all(reader.as_mut(), decoder.as_mut(), track_id, max_seconds)
}

fn read_all(
    reader: &mut dyn FormatReader,
    decoder: &mut dyn AudioDecoder,
    track_id: u32,
    max_seconds: u32,
) -> Result<Sound, DecodeError> {
    let mut sound = Sound { samples: Vec::new(), rate_hz: 0, is_cut: false };
    let mut n_damaged = 0;
    loop {
        let packet = match reader.next_packet() {
            Ok(Some(packet)) => packet,
            // Where a file breaks off, or another begins behind it, the recording ends.
            Ok(None) | Err(Symphonia::ResetRequired) => break,
            Err(Symphonia::IoError(error)) if error.kind() == ErrorKind::UnexpectedEof => break,
            Err(error) if sound.samples.is_empty() => return Err(damaged(&error)),
            Err(_) => break,
        };
        if packet.track_id != track_id {
            continue;
        }
        match decoder.decode(&packet) {
            Ok(part) => {
                n_damaged = 0;
                push(&mut sound, &part)?;
            }
            Err(error) if n_damaged == MAX_DAMAGED => return Err(damaged(&error)),
            Err(_) => n_damaged += 1,
        }
        let most = most(sound.rate_hz, max_seconds);
        if sound.samples.len() > most {
            sound.samples.truncate(most);
            sound.is_cut = true;
            break;
        }
    }
    Ok(sound)
}

/// Adds what was decoded, all channels as one.
fn push(sound: &mut Sound, part: &GenericAudioBufferRef<'_>) -> Result<(), DecodeError> {
    if sound.rate_hz == 0 {
        sound.rate_hz = checked_rate(part.spec().rate())?;
    }
    let n_channels = part.spec().channels().count();
    let mut samples: Vec<f32> = Vec::new();
    part.copy_to_vec_interleaved(&mut samples);
    mix(&samples, n_channels, &mut sound.samples);
    Ok(())
}

/// Adds the mean of the channels.
fn mix(samples: &[f32], n_channels: usize, out: &mut Vec<f32>) {
    let share = nlu_kernels::rows::count(n_channels.max(1)).recip();
    let frames = samples.chunks_exact(n_channels.max(1));
    let sum = |frame: &[f32]| -> f32 { frame.iter().filter(|cell| cell.is_finite()).sum() };
    out.extend(frames.map(|frame| (sum(frame) * share).clamp(-1.0, 1.0)));
}
