//! What a telephone hears that is no speech, made by rule; each is 8 s at 8 kHz.

use std::f32::consts::TAU;

const RATE: u32 = 8_000;
const N: u32 = 8 * RATE;

/// Gives every noise with its name.
pub(crate) fn all() -> Vec<(&'static str, Vec<f32>)> {
    vec![
        ("silence", made(|_| 0.0)),
        ("faint white noise", white(0.003)),
        ("loud white noise", white(0.3)),
        ("faint pink noise", pink(0.01)),
        ("loud pink noise", pink(0.3)),
        ("wind", wind()),
        ("hum at 50 Hz", hum(50.0)),
        ("hum at 60 Hz", hum(60.0)),
        ("keys", keys()),
        ("busy in Europe", made(|t| on(t, 1.0, 0.5) * tones(t, &[425.0]))),
        ("busy in America", made(|t| on(t, 1.0, 0.5) * tones(t, &[480.0, 620.0]))),
        ("ringing in Europe", made(|t| on(t, 5.0, 1.5) * tones(t, &[440.0]))),
        ("ringing in America", made(|t| on(t, 6.0, 2.0) * tones(t, &[440.0, 480.0]))),
        ("unobtainable", unobtainable()),
        ("beep", made(|t| on(t, 4.0, 0.4) * tones(t, &[1_000.0]))),
        ("long beep", made(|t| tones(t, &[1_000.0]))),
        ("clicks", clicks()),
        ("calling fax", made(|t| on(t, 3.5, 0.5) * tones(t, &[1_100.0]))),
        ("answering fax", made(|t| on(t, 4.0, 3.0) * tones(t, &[2_100.0]))),
        ("organ", music(|t, hz| 0.1 * partials(t, hz, &[1.0, 0.5, 0.3]))),
        (
            "plucked strings",
            music(|t, hz| {
                0.3 * (-4.0 * (t % NOTE)).exp() * partials(t, hz, &[1.0, 0.6, 0.4, 0.3, 0.2])
            }),
        ),
        (
            "bowed strings",
            music(|t, hz| {
                let swell = (TAU / 2.0 * (t % NOTE) / NOTE).sin();
                let vibrato = 0.4 * (TAU * 5.5 * t).sin();
                0.1 * swell
                    * partials(t + vibrato / (TAU * hz), hz, &[1.0, 0.5, 0.33, 0.25, 0.2, 0.17])
            }),
        ),
        ("breath", breath()),
    ]
}

/// Makes a sound of what it is at each second.
fn made(mut sample: impl FnMut(f32) -> f32) -> Vec<f32> {
    (0..N).map(|at| sample(seconds(at))).collect()
}

fn seconds(at: u32) -> f32 {
    let [whole, rest] = [at / RATE, at % RATE].map(|n| f32::from(u16::try_from(n).unwrap()));
    whole + rest / 8_000.0
}

/// 1 at the beginning of each period, then 0.
fn on(t: f32, period: f32, length: f32) -> f32 {
    if t % period < length { 1.0 } else { 0.0 }
}

fn tones(t: f32, hz: &[f32]) -> f32 {
    hz.iter().map(|hz| 0.2 * (TAU * (hz * t).fract()).sin()).sum()
}

fn partials(t: f32, hz: f32, strengths: &[f32]) -> f32 {
    let waves = strengths.iter().zip(1_u8..);
    waves.map(|(strength, n)| strength * (TAU * (f32::from(n) * hz * t).fract()).sin()).sum()
}

/// Numbers between -1 and 1 that are the same in every run.
fn chance() -> impl FnMut() -> f32 {
    let mut state = 20_260_101_u32;
    move || {
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        f32::from(u16::try_from(state >> 16).unwrap()) / 32_768.0 - 1.0
    }
}

fn white(level: f32) -> Vec<f32> {
    let mut chance = chance();
    made(|_| level * chance())
}

/// As much in each octave: Kellet's three filters.
fn pink(level: f32) -> Vec<f32> {
    let (mut chance, mut slow) = (chance(), [0.0_f32; 3]);
    made(|_| {
        let white = chance();
        let filters = [(0.997_65, 0.099_046), (0.963, 0.296_516_4), (0.57, 1.052_691_3)];
        for (slow, (stays, comes)) in slow.iter_mut().zip(filters) {
            *slow = stays * *slow + comes * white;
        }
        level * 0.3 * (slow.iter().sum::<f32>() + 0.184_8 * white)
    })
}

/// Low noise that comes and goes.
fn wind() -> Vec<f32> {
    let (mut chance, mut once, mut twice) = (chance(), 0.0, 0.0);
    made(|t| {
        once += 0.15 * (chance() - once);
        twice += 0.15 * (once - twice);
        let gust = 0.5 + 0.3 * (TAU * 0.31 * t).sin() + 0.2 * (TAU * 0.83 * t).sin();
        2.0 * gust * twice
    })
}

fn hum(hz: f32) -> Vec<f32> {
    made(|t| 0.1 * partials(t, hz, &[1.0, 0.3, 0.5, 0.1, 0.3, 0.1, 0.2]))
}

/// All sixteen keys of a telephone, twice.
fn keys() -> Vec<f32> {
    let low = [697.0, 770.0, 852.0, 941.0];
    let high = [1_209.0, 1_336.0, 1_477.0, 1_633.0];
    let mut all = low.iter().flat_map(|low| high.iter().map(move |high| [*low, *high])).cycle();
    let (mut key, mut was_on) = ([0.0; 2], false);
    made(|t| {
        let is_on = on(t, 0.25, 0.12) > 0.0;
        if is_on && !was_on {
            key = all.next().unwrap();
        }
        was_on = is_on;
        if is_on { tones(t, &key) } else { 0.0 }
    })
}

/// Three rising tones: the number is not in service.
fn unobtainable() -> Vec<f32> {
    made(|t| match t % 2.0 {
        t if t < 0.33 => tones(t, &[950.0]),
        t if t < 0.66 => tones(t, &[1_400.0]),
        t if t < 0.99 => tones(t, &[1_800.0]),
        _ => 0.0,
    })
}

fn clicks() -> Vec<f32> {
    let mut chance = chance();
    let mut left = 0.0;
    made(|_| {
        if chance() > 0.999 {
            left = 0.9;
        }
        left *= -0.7;
        left
    })
}

/// Seconds of a note.
const NOTE: f32 = 0.5;

/// Chords and a melody above them, as one waits with.
fn music(voice: impl Fn(f32, f32) -> f32) -> Vec<f32> {
    let chords = [
        [261.6, 329.6, 392.0],
        [220.0, 261.6, 329.6],
        [174.6, 220.0, 261.6],
        [196.0, 246.9, 293.7],
    ];
    let melody = [523.3, 659.3, 587.3, 523.3, 440.0, 523.3, 659.3, 784.0];
    let mut notes = chords.iter().cycle().zip(melody.iter().cycle());
    let (mut now, mut last) = (notes.next().unwrap(), 0.0);
    made(|t| {
        if t % NOTE < last {
            now = notes.next().unwrap();
        }
        last = t % NOTE;
        now.0.iter().chain([now.1]).map(|hz| voice(t, *hz)).sum()
    })
}

/// Noise of the middle that swells twice in three seconds, once in and once out.
fn breath() -> Vec<f32> {
    let (mut chance, mut low, mut high) = (chance(), 0.0, 0.0);
    made(|t| {
        low += 0.5 * (chance() - low);
        high += 0.15 * (low - high);
        let swell = match t % 3.0 {
            t if t < 0.9 => (TAU / 2.0 * t / 0.9).sin(),
            t if (1.2..2.4).contains(&t) => 0.6 * (TAU / 2.0 * (t - 1.2) / 1.2).sin(),
            _ => 0.0,
        };
        0.3 * swell * (low - high)
    })
}
