//! What is heard: real speech at telephone band, silence, noise, and the model's file when it is broken.

use bot_core::{Bilingual, Language};
use std::cell::Cell;
use std::sync::LazyLock;
use voice::audio::Sound;
use voice::detector::Detector;
use voice::transcribe::{Order, Speech, Transcriber, Transcript};
use voice::wer::{errors, normal};
use voice::whisper::{ReadError, Whisper};

use crate::{audio, noises};

const JFK: &str = "And so my fellow Americans, ask not what your country can do for you, ask what you can \
                   do for your country.";
const AMIABLE: &str = "had he married a more amiable woman he might have been made still more respectable \
                       than he was";
const RACE: &str = "giancarlo fisichella a perdu le contrôle de sa voiture et a terminé la course peu après \
                    le démarrage";

static READY: LazyLock<Transcriber> = LazyLock::new(|| {
    let whisper = Whisper::read(&whisper()).unwrap();
    let detector = Detector::read(&audio::model("ggml-silero-vad.bin", "silero-vad")).unwrap();
    Transcriber::new(whisper, detector)
});

fn whisper() -> Vec<u8> {
    audio::model("ggml-base-q8_0.bin", "whisper-base-q8")
}

fn hear(sound: &Sound, language: Option<Language>) -> Transcript {
    let order = Order { language, vocabulary: &Bilingual::default(), go_on: &|| true };
    READY.transcribe(sound, &order)
}

fn speech(sound: &Sound, language: Option<Language>) -> Speech {
    match hear(sound, language) {
        Transcript::Speech(speech) => speech,
        Transcript::NoSpeech => panic!("nobody was heard"),
    }
}

fn n_errors(said: &str, heard: &Speech) -> u32 {
    let normal = |text: &str| normal(text, heard.language);
    errors(&normal(said), &normal(&heard.text())).total()
}

#[test]
fn speech_is_written_down_in_the_language_that_is_guessed() {
    for (name, language, said, most) in [
        ("en-jfk.wav", Language::En, JFK, 2),
        ("en-lbv-0920.wav", Language::En, AMIABLE, 2),
        ("en-lbv-0920.opus.ogg", Language::En, AMIABLE, 2),
        ("fr-fleurs-005.wav", Language::Fr, RACE, 7),
    ] {
        let heard = speech(&audio::sound(name), None);
        assert_eq!(heard.language, language, "{name}");
        assert!(heard.language_share > 0.8, "{name}: {}", heard.language_share);
        assert!(n_errors(said, &heard) <= most, "{name}: {}", heard.text());
        assert!(!heard.is_cut && !heard.is_doubtful, "{name}: {heard:?}");
    }
}

#[test]
fn words_have_times_that_go_forward_and_tell_how_sure_they_are() {
    let sound = audio::sound("en-jfk.wav");
    let heard = speech(&sound, Some(Language::En));
    assert!(heard.words.iter().all(|word| word.start_ms <= word.end_ms));
    assert!(heard.words.windows(2).all(|pair| pair[0].end_ms <= pair[1].start_ms));
    assert!(heard.words.iter().all(|word| (0.0..=1.0).contains(&word.probability)));
    assert!(heard.confidence() > 0.6, "{}", heard.confidence());
    // He waits before "ask not", at 3.3 s, and before the second "ask", at 8 s; of a pause, some may
    // belong to the word behind it.
    let asks = heard.words.iter().filter(|word| word.text.starts_with("ask"));
    let asks: Vec<u64> = asks.map(|word| word.start_ms).collect();
    assert_eq!(asks.len(), 2, "{heard:?}");
    assert!((2_500..3_700).contains(&asks[0]), "{asks:?}");
    assert!((7_400..8_600).contains(&asks[1]), "{asks:?}");
}

#[test]
fn nothing_is_written_where_nobody_speaks() {
    let mut clips = noises::all();
    clips.push(("nothing", vec![0.0; 100]));
    for (name, samples) in clips {
        let sound = Sound { samples, rate_hz: 16_000, is_cut: false };
        assert_eq!(hear(&sound, Some(Language::Fr)), Transcript::NoSpeech, "{name}");
    }
}

#[test]
fn a_long_message_is_heard_to_its_end_and_one_that_takes_too_long_is_cut() {
    let (french, english) = (audio::sound("fr-fleurs-005.wav"), audio::sound("en-jfk.wav"));
    // More than half a minute, with silence in between.
    let pause = vec![0.0; 8_000 * 3];
    let samples = [&english.samples, &pause, &english.samples, &pause, &english.samples];
    let long = Sound { samples: samples.map(Vec::clone).concat(), ..french };
    let heard = speech(&long, None);
    assert!(n_errors(&[JFK, JFK, JFK].join(" "), &heard) <= 6, "{}", heard.text());
    let last = heard.words.last().unwrap();
    assert!(last.start_ms > 36_000 && !heard.is_cut, "{last:?}");

    let asked = Cell::new(0);
    let go_on = || asked.replace(asked.get() + 1) < 20;
    let vocabulary = Bilingual::default();
    let order = Order { language: None, vocabulary: &vocabulary, go_on: &go_on };
    let Transcript::Speech(heard) = READY.transcribe(&long, &order) else { panic!("cut") };
    assert!(heard.is_cut && !heard.words.is_empty(), "{heard:?}");
}

#[test]
fn words_of_the_city_may_be_told_beforehand() {
    let vocabulary = Bilingual {
        // More than there is room for: the last words are told.
        fr: "rue Saint-Jean-Baptiste, ".repeat(100) + "Giancarlo Fisichella.",
        ..Bilingual::default()
    };
    let order = Order { language: Some(Language::Fr), vocabulary: &vocabulary, go_on: &|| true };
    let sound = audio::sound("fr-fleurs-005.wav");
    let Transcript::Speech(heard) = READY.transcribe(&sound, &order) else { panic!("unheard") };
    assert!(heard.text().contains("Fisichella"), "{}", heard.text());
}

#[test]
fn a_broken_model_is_refused_in_words() {
    let file = whisper();
    for (n_bytes, part) in
        [(20, "beginning"), (5_000, "mel filters"), (200_000, "vocabulary"), (600_000, "tensors")]
    {
        match Whisper::read(&file[..n_bytes]) {
            Err(ReadError::Cut(named)) => assert_eq!(named, part),
            Err(other) => panic!("{n_bytes}: {other}"),
            Ok(_) => panic!("{n_bytes}: it was read"),
        }
    }
    let strange = |at: usize, byte: u8| {
        let mut file = file[..600_000].to_vec();
        file[at] = byte;
        matches!(
            Whisper::read(&file),
            Err(ReadError::Other(_) | ReadError::Part { .. } | ReadError::Cut(_))
        )
    };
    for at in (0..48).chain([56, 64_376, 64_380, 572_465, 572_469, 572_473]) {
        assert!(strange(at, 0xff), "byte {at}");
    }
    assert!(matches!(Whisper::read(b"not a model"), Err(ReadError::Other(_))));
}
