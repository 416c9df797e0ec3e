//! The detector gives what other code gives of the same weights, and hears people and nothing else.

use voice::detector::{
    Detector, MIN_PROBABILITY, MIN_SPEECH_WINDOWS, RATE, WINDOW, longest_stretch,
};

use crate::{audio, noises};

/// How far a probability may lie from the recorded one.
const MAX_DIFFERENCE: f32 = 1e-3;

/// Reads the model file from the folder that `guichet models fetch` fills.
pub(crate) fn model() -> Vec<u8> {
    audio::model("ggml-silero-vad.bin", "silero-vad")
}

pub(crate) fn detector() -> Detector {
    Detector::read(&model()).unwrap()
}

#[test]
fn probabilities_are_those_of_numpy() {
    let recorded = include_str!("../../testdata/en-jfk.probabilities.txt").lines();
    let recorded: Vec<f32> = recorded.map(|line| line.parse().unwrap()).collect();
    let own = detector().speech(&audio::doubled(&audio::clip("en-jfk.wav")));
    assert_eq!(own.len(), recorded.len());
    for (at, (own, recorded)) in own.iter().zip(&recorded).enumerate() {
        assert!((own - recorded).abs() < MAX_DIFFERENCE, "window {at}: {own}, not {recorded}");
    }
}

#[test]
fn people_are_heard() {
    let detector = detector();
    for name in ["en-jfk.wav", "en-lbv-0920.wav", "fr-fleurs-005.wav"] {
        let clip = audio::clip(name);
        for gain in [0.1, 1.0] {
            let louder: Vec<f32> = clip.iter().map(|sample| gain * sample).collect();
            let samples = audio::doubled(&louder);
            let longest = longest_stretch(&detector.speech(&samples));
            assert!(longest >= 3 * MIN_SPEECH_WINDOWS, "{name}, {gain} as loud: {longest}");
            assert!(detector.hears(&samples), "{name}, {gain} as loud");
        }
    }
}

#[test]
fn a_word_is_enough() {
    let clip = audio::doubled(&audio::clip("en-jfk.wav"));
    let detector = detector();
    let is_speech = |probability: &f32| *probability >= MIN_PROBABILITY;
    let first = detector.speech(&clip).iter().position(is_speech).unwrap();
    // "And so", between silences.
    let word = clip.iter().skip(WINDOW * first).take(RATE * 3 / 10);
    let silence = vec![0.0; RATE / 2];
    let around: Vec<f32> = silence.iter().chain(word).chain(&silence).copied().collect();
    assert!(detector.hears(&around));
    assert!(!detector.hears(&silence) && !detector.hears(&[]));
}

#[test]
fn nothing_else_is_heard() {
    let detector = detector();
    let noises = noises::all();
    assert!(noises.len() >= 15);
    for (name, noise) in noises {
        for gain in [0.3, 1.0, 2.0] {
            let louder: Vec<f32> =
                noise.iter().map(|sample| (gain * sample).clamp(-1.0, 1.0)).collect();
            let samples = audio::doubled(&louder);
            let longest = longest_stretch(&detector.speech(&samples));
            assert!(2 * longest <= MIN_SPEECH_WINDOWS, "{name}, {gain} as loud: {longest}");
            assert!(!detector.hears(&samples), "{name}, {gain} as loud");
        }
    }
}

#[test]
fn broken_samples_do_not_deafen() {
    let mut samples = vec![f32::NAN, f32::INFINITY, f32::MAX, f32::MIN];
    samples.resize(RATE, f32::NAN);
    samples.extend(audio::doubled(&audio::clip("en-jfk.wav")));
    let detector = detector();
    assert!(detector.speech(&samples).iter().all(|one| (0.0..=1.0).contains(one)));
    assert!(detector.hears(&samples));
}

#[test]
fn each_window_has_one_probability() {
    let detector = detector();
    for (n_samples, n_windows) in [(0, 0), (1, 1), (512, 1), (513, 2), (32 * 512 + 1, 33)] {
        assert_eq!(detector.speech(&vec![0.0; n_samples]).len(), n_windows);
    }
    // What comes later changes nothing before.
    let clip = audio::doubled(&audio::clip("fr-fleurs-005.wav"));
    let (whole, part) = (detector.speech(&clip), detector.speech(&clip[..70 * 512]));
    for (at, (whole, part)) in whole.iter().zip(&part).enumerate() {
        assert!((whole - part).abs() < 1e-4, "window {at}: {whole}, {part}");
    }
}
