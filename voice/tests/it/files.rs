//! Files of sound: those that telephones leave, whole, broken, and none at all.

use proptest::prelude::*;
use voice::audio::{DecodeError, Sound, at_rate, decode};

const MAX_SECONDS: u32 = 60;

/// Writes a WAV of one kind, with the length that its head shall tell.
fn wav(kind: u16, n_bits: u16, rate_hz: u32, n_channels: u16, data: &[u8], told: u32) -> Vec<u8> {
    let frame = n_bits / 8 * n_channels;
    let mut file = b"RIFF\0\0\0\0WAVEfmt ".to_vec();
    file.extend(18_u32.to_le_bytes());
    for number in [kind, n_channels] {
        file.extend(number.to_le_bytes());
    }
    file.extend(rate_hz.to_le_bytes());
    file.extend((rate_hz * u32::from(frame)).to_le_bytes());
    for number in [frame, n_bits, 0] {
        file.extend(number.to_le_bytes());
    }
    // Something that nobody needs, of an odd length.
    file.extend(b"LIST\x03\0\0\0abc\0");
    file.extend(b"data");
    file.extend(told.to_le_bytes());
    file.extend(data);
    file
}

fn pcm(samples: &[i16]) -> Vec<u8> {
    samples.iter().flat_map(|sample| sample.to_le_bytes()).collect()
}

/// A second of a tone, whole numbers.
fn tone(rate_hz: u32, hertz: f64) -> Vec<i16> {
    let sample = |at: u32| {
        let angle = std::f64::consts::TAU * hertz * f64::from(at) / f64::from(rate_hz);
        #[expect(clippy::cast_possible_truncation, reason = "within 16 bits")]
        let sample = (angle.sin() * 12_000.0) as i16;
        sample
    };
    (0..rate_hz).map(sample).collect()
}

fn loudness(samples: &[f32]) -> f32 {
    #[expect(clippy::cast_precision_loss, reason = "few samples")]
    let n = samples.len() as f32;
    (samples.iter().map(|sample| sample * sample).sum::<f32>() / n).sqrt()
}

#[test]
fn plain_numbers_of_every_width_are_the_same_sound() {
    let samples = tone(8_000, 440.0);
    let wide = |n: u32| move |sample: &i16| (i32::from(*sample) << (n - 16)).to_le_bytes();
    let data24: Vec<u8> = samples.iter().flat_map(|s| wide(24)(s)[..3].to_vec()).collect();
    let data32: Vec<u8> = samples.iter().flat_map(|s| wide(32)(s)).collect();
    let float: Vec<u8> =
        samples.iter().flat_map(|s| (f32::from(*s) / 32_768.0).to_le_bytes()).collect();
    let length = |data: &[u8]| u32::try_from(data.len()).unwrap();
    let plain = pcm(&samples);
    let first = decode(&wav(1, 16, 8_000, 1, &plain, length(&plain)), MAX_SECONDS).unwrap();
    assert_eq!((first.samples.len(), first.rate_hz, first.is_cut), (8_000, 8_000, false));
    for (kind, n_bits, data) in [(1, 24, data24), (1, 32, data32), (3, 32, float)] {
        let sound = decode(&wav(kind, n_bits, 8_000, 1, &data, length(&data)), MAX_SECONDS);
        assert_eq!(sound.unwrap(), first, "kind {kind}, {n_bits} bits");
    }
}

#[test]
fn lengths_that_were_never_filled_in_are_read_to_the_end() {
    let data = pcm(&tone(8_000, 440.0));
    for told in [0, u32::MAX, 1 << 31, 16_001] {
        let sound = decode(&wav(1, 16, 8_000, 1, &data, told), MAX_SECONDS).unwrap();
        assert_eq!(sound.samples.len(), 8_000, "{told} told");
    }
}

#[test]
fn the_laws_of_telephones_give_their_known_values() {
    // ITU-T G.711: the largest, the smallest and a middle value of each.
    let law = |kind: u16, bytes: &[u8]| {
        let sound = decode(&wav(kind, 8, 8_000, 1, bytes, 0), MAX_SECONDS).unwrap();
        sound.samples.iter().map(|sample| (sample * 32_768.0).round()).collect::<Vec<f32>>()
    };
    assert_eq!(law(7, &[0x00, 0x80, 0xff, 0x7f, 0xc0]), [-32_124.0, 32_124.0, 0.0, 0.0, 1_884.0]);
    assert_eq!(law(6, &[0x2a, 0xaa, 0xd5, 0x55, 0x80]), [-32_256.0, 32_256.0, 8.0, -8.0, 5_504.0]);
}

#[test]
fn channels_become_one() {
    let data = pcm(&[1_000, 3_000, -2_000, 2_000]);
    let sound = decode(&wav(1, 16, 16_000, 2, &data, 8), MAX_SECONDS).unwrap();
    assert_eq!(sound.samples, [2_000.0 / 32_768.0, 0.0]);
}

#[test]
fn what_is_too_long_is_cut_and_says_so() {
    let data = pcm(&vec![100; 8_000 * 3]);
    let sound = decode(&wav(1, 16, 8_000, 1, &data, 0), 2).unwrap();
    assert_eq!((sound.samples.len(), sound.is_cut), (16_000, true));
    let sound = decode(&wav(1, 16, 8_000, 1, &data, 0), 3).unwrap();
    assert_eq!((sound.samples.len(), sound.is_cut), (24_000, false));
}

#[test]
fn what_browsers_and_messengers_record_is_the_same_sound() {
    let plain = crate::audio::sound("en-lbv-0920.wav");
    let (plain_seconds, plain) = (plain.seconds(), at_rate(&plain, 16_000.0));
    for (file, rate_hz) in [
        ("en-lbv-0920.mp3", 16_000),
        ("en-lbv-0920.opus.ogg", 48_000),
        ("en-lbv-0920.opus.webm", 48_000),
        ("en-lbv-0920.m4a", 44_100),
    ] {
        let sound = crate::audio::sound(file);
        assert_eq!(sound.rate_hz, rate_hz, "{file}");
        // Encoders add some silence at both ends.
        assert!((sound.seconds() - plain_seconds).abs() < 0.15, "{file}: {} s", sound.seconds());
        let samples = at_rate(&sound, 16_000.0);
        let ratio = loudness(&samples) / loudness(&plain);
        assert!((0.85..1.15).contains(&ratio), "{file}: {ratio}");
        let bytes = crate::audio::bytes(file);
        // What breaks off gives what there is; the other two may lack what they need.
        for share in 3..8_u8 {
            let cut = decode(&bytes[..bytes.len() * usize::from(share) / 8], MAX_SECONDS);
            let most = plain_seconds * f64::from(share) / 8.0 + 0.5;
            let is_stream = file.ends_with("mp3") || file.ends_with("ogg");
            let is_heard = cut.as_ref().is_ok_and(|cut| cut.seconds() < most);
            assert!(is_heard || !is_stream, "{file}: {:?}", cut.map(|cut| cut.seconds()));
        }
    }
}

#[test]
fn what_is_no_sound_is_refused_in_words() {
    let nothing: [(&[u8], DecodeError); 4] = [
        (b"", DecodeError::Empty),
        (b"{\"error\": 404}", DecodeError::Unknown),
        (b"RIFF\x24\0\0\0WAVE", DecodeError::NoSound),
        (&[0; 4_096], DecodeError::Unknown),
    ];
    for (bytes, reason) in nothing {
        assert_eq!(decode(bytes, MAX_SECONDS), Err(reason));
    }
    let empty = wav(1, 16, 8_000, 1, &[], 0);
    assert_eq!(decode(&empty, MAX_SECONDS), Err(DecodeError::NoSound));
    for (rate_hz, n_channels) in [(0, 1), (8_000, 0), (8_000, 99), (4_000_000, 1)] {
        let strange = wav(1, 16, rate_hz.min(1 << 15), n_channels, &[0; 8], 8);
        let mut strange = strange;
        strange[24..28].copy_from_slice(&rate_hz.to_le_bytes());
        assert!(matches!(decode(&strange, MAX_SECONDS), Err(DecodeError::Damaged(_))));
    }
}

#[test]
fn another_rate_keeps_the_tone_and_drops_what_it_cannot_carry() {
    let sound = |rate_hz: u32, hertz: f64| Sound {
        samples: tone(rate_hz, hertz).iter().map(|s| f32::from(*s) / 32_768.0).collect(),
        rate_hz,
        is_cut: false,
    };
    for (from, to) in
        [(8_000, 16_000.0), (44_100, 16_000.0), (48_000, 16_000.0), (16_000, 17_021.0)]
    {
        let changed = at_rate(&sound(from, 440.0), to);
        #[expect(clippy::cast_precision_loss, reason = "few samples")]
        let off = changed.len() as f64 - to;
        assert!(off.abs() <= 2.0, "{from} to {to}: {} samples", changed.len());
        let middle = &changed[2_000..changed.len() - 2_000];
        assert!((loudness(middle) - 12_000.0 / 32_768.0 / 2.0_f32.sqrt()).abs() < 0.003);
    }
    let gone = at_rate(&sound(48_000, 11_000.0), 16_000.0);
    assert!(loudness(&gone[2_000..14_000]) < 0.001);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]

    /// Whatever comes is sound or a reason, and a sound has numbers.
    #[test]
    fn no_file_makes_it_panic(
        kind in prop::sample::select(vec![0_u16, 1, 2, 3, 6, 7, 17, 0xfffe]),
        n_bits in prop::sample::select(vec![0_u16, 4, 8, 12, 16, 24, 32, 64]),
        n_channels in 0_u16..4,
        told in any::<u32>(),
        data in prop::collection::vec(any::<u8>(), 0..200),
        cut in 0_usize..260,
    ) {
        let mut file = wav(kind, n_bits, 8_000, n_channels, &data, told);
        file.truncate(cut);
        if let Ok(sound) = decode(&file, MAX_SECONDS) {
            prop_assert!(sound.samples.iter().all(|sample| (-1.0..=1.0).contains(sample)));
        }
    }
}
