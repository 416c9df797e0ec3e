//! WAV as telephone systems write it: PCM, A-law, mu-law, with lengths that are zero or far too large
//! where the writer never came back to fill them in.

use super::{DecodeError, Sound, checked_rate, mix, most};

const PCM: u16 = 1;
const FLOAT: u16 = 3;
const A_LAW: u16 = 6;
const MU_LAW: u16 = 7;
/// The kind stands further behind.
const EXTENSIBLE: u16 = 0xfffe;
/// Channels at most.
const MAX_CHANNELS: u16 = 8;

/// How a file's samples are written.
struct Layout {
    kind: u16,
    n_channels: usize,
    rate_hz: u32,
    n_bits: u16,
}

/// Reads a file; gives nothing where it is no WAV, or one of a kind that others read.
pub(super) fn read(bytes: &[u8], max_seconds: u32) -> Result<Option<Sound>, DecodeError> {
    let Some((head, mut rest)) = bytes.split_at_checked(12) else { return Ok(None) };
    if !head.starts_with(b"RIFF") || !head.ends_with(b"WAVE") {
        return Ok(None);
    }
    let mut layout = None;
    while let Some((head, behind)) = rest.split_at_checked(8) {
        let length = u32_at(head, 4).and_then(|n| usize::try_from(n).ok()).unwrap_or(usize::MAX);
        let body = behind.get(..length).unwrap_or(behind);
        if head.starts_with(b"fmt ") {
            layout = Some(Layout::read(body)?);
        } else if head.starts_with(b"data") {
            let Some(layout) = &layout else { break };
            // A length that was never filled in: the data go on to the end.
            let data = if length == 0 { behind } else { body };
            return Ok(layout.sound(data, max_seconds));
        }
        // What has an odd length is followed by one byte more.
        rest = behind.get(length.saturating_add(length % 2)..).unwrap_or_default();
    }
    Err(DecodeError::NoSound)
}

fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    bytes.get(at..)?.first_chunk().map(|two| u16::from_le_bytes(*two))
}

fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    bytes.get(at..)?.first_chunk().map(|four| u32::from_le_bytes(*four))
}

impl Layout {
    fn read(body: &[u8]) -> Result<Self, DecodeError> {
        let cut = || DecodeError::Damaged("its head is cut".into());
        let kind = u16_at(body, 0).ok_or_else(cut)?;
        let kind = if kind == EXTENSIBLE { u16_at(body, 24).ok_or_else(cut)? } else { kind };
        let n_channels = u16_at(body, 2).ok_or_else(cut)?;
        if n_channels == 0 || n_channels > MAX_CHANNELS {
            return Err(DecodeError::Damaged(format!("it has {n_channels} channels")));
        }
        Ok(Self {
            kind,
            n_channels: n_channels.into(),
            rate_hz: checked_rate(u32_at(body, 4).ok_or_else(cut)?)?,
            n_bits: u16_at(body, 14).ok_or_else(cut)?,
        })
    }

    fn sound(&self, data: &[u8], max_seconds: u32) -> Option<Sound> {
        let n_bytes = usize::from(self.n_bits.div_ceil(8));
        let most = most(self.rate_hz, max_seconds);
        let frame = n_bytes * self.n_channels;
        let wanted = data.get(..most.saturating_mul(frame)).unwrap_or(data);
        let one: fn(&[u8]) -> f32 = match (self.kind, self.n_bits) {
            (PCM, 8) => |byte| (f32::from(first(byte)) - 128.0) / 128.0,
            (PCM, 16) => |two| f32::from(i16::from_le_bytes(all(two))) / 32_768.0,
            (PCM, 24) => |three| {
                let [low, middle, high] = all(three);
                whole(i32::from_le_bytes([0, low, middle, high]))
            },
            (PCM, 32) => |four| whole(i32::from_le_bytes(all(four))),
            (FLOAT, 32) => |four| f32::from_le_bytes(all(four)),
            (A_LAW, 8) => |byte| a_law(first(byte)),
            (MU_LAW, 8) => |byte| mu_law(first(byte)),
            // Compressed in another way.
            _ => return None,
        };
        let samples: Vec<f32> = wanted.chunks_exact(n_bytes).map(one).collect();
        let mut mixed = Vec::with_capacity(samples.len() / self.n_channels);
        mix(&samples, self.n_channels, &mut mixed);
        let is_cut = wanted.len() < data.len() && data.len() - wanted.len() >= frame;
        Some(Sound { samples: mixed, rate_hz: self.rate_hz, is_cut })
    }
}

fn first(bytes: &[u8]) -> u8 {
    bytes.first().copied().unwrap_or_default()
}

fn all<const N: usize>(bytes: &[u8]) -> [u8; N] {
    bytes.first_chunk().copied().unwrap_or([0; N])
}

#[expect(clippy::cast_precision_loss, reason = "24 bits are kept")]
fn whole(number: i32) -> f32 {
    number as f32 / 2_147_483_648.0
}

/// Decodes mu-law (ITU-T G.711).
fn mu_law(byte: u8) -> f32 {
    let byte = !byte;
    let step = i16::from(byte & 0x0f);
    let size = (((step << 3) + 0x84) << ((byte >> 4) & 7)) - 0x84;
    f32::from(if byte & 0x80 == 0 { size } else { -size }) / 32_768.0
}

/// Decodes A-law (ITU-T G.711).
fn a_law(byte: u8) -> f32 {
    let byte = byte ^ 0x55;
    let (step, range) = (i16::from(byte & 0x0f) << 4, (byte >> 4) & 7);
    let size = match range {
        0 => step + 8,
        _ => (step + 0x108) << (range - 1),
    };
    f32::from(if byte & 0x80 == 0 { -size } else { size }) / 32_768.0
}
