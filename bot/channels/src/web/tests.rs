//! `decode` on good bodies, bad ones, and ones that were tampered with.

use super::*;
use proptest::prelude::*;
use proptest::test_runner::RngSeed;

fn read(body: &str) -> Result<WebMessage, DecodeError> {
    decode(body.as_bytes())
}

#[test]
fn good_messages_are_read() {
    let message = read(r#"{"id":"a1","text":" bonjour\u0000 \u202e"}"#).unwrap();
    assert_eq!((message.id.as_str(), message.content.text.as_str()), ("a1", "bonjour"));
    let message = read(r#"{"id":"a2","choice":"size=large"}"#).unwrap();
    assert_eq!(message.content.choice.as_deref(), Some("size=large"));
    let message = read(r#"{"id":"a3","location":{"lat":46.75,"lng":-71.53}}"#).unwrap();
    assert!(message.content.location.is_some());
}

#[test]
fn bad_messages_are_refused_with_what_to_send() {
    assert!(matches!(read("{"), Err(DecodeError::Shape(_))));
    assert!(matches!(read("[]"), Err(DecodeError::Shape(_))));
    assert!(matches!(read(r#"{"id":"x","texte":"a"}"#), Err(DecodeError::Shape(_))));
    assert!(matches!(read(r#"{"id":"x","text":5}"#), Err(DecodeError::Shape(_))));
    assert!(matches!(read(r#"["x","a"]"#), Err(DecodeError::Shape(_))));
    assert!(matches!(read(r#"{"id":"x","location":[-71.53,46.75]}"#), Err(DecodeError::Shape(_))));
    assert_eq!(read(r#"{"id":"","text":"a"}"#), Err(DecodeError::Id));
    assert_eq!(read(r#"{"id":"x"}"#), Err(DecodeError::Empty));
    assert_eq!(read(r#"{"id":"x","text":"  "}"#), Err(DecodeError::Empty));
    assert_eq!(read(r#"{"id":"x","location":{"lat":91,"lon":0}}"#), Err(DecodeError::Location));
}

#[test]
fn long_words_are_cut_and_unreadable_ones_kept_as_a_sign() {
    let long = words(&"é".repeat(10_000));
    assert_eq!(long.text.chars().count(), MAX_MESSAGE_CHARS);
    assert!(long.truncated);
    assert_eq!(words("\u{0}\u{202e}").text, UNREADABLE);
}

#[test]
fn what_cleaning_takes_out_or_spells_otherwise_does_not_count_as_cut() {
    let most = "x".repeat(MAX_MESSAGE_CHARS);
    let padded = format!("{}{most}\u{0}\u{200b} \n", " ".repeat(5_000));
    let read = words(&padded);
    assert_eq!((read.text.as_str(), read.truncated), (most.as_str(), false));
    // U+0958 is two signs in NFC: as typed it would fit, as kept it does not.
    let longer = words(&"\u{958}".repeat(MAX_MESSAGE_CHARS));
    assert_eq!((longer.text.chars().count(), longer.truncated), (MAX_MESSAGE_CHARS, true));
}

#[test]
fn bounds_are_met_to_the_byte() {
    let with = |key: &str, value: serde_json::Value| {
        let mut message = serde_json::json!({ "id": "1", "text": "a" });
        message[key] = value;
        decode(message.to_string().as_bytes())
    };
    let long = |n: usize| "é".repeat(n / 2).into();
    assert!(with("id", long(MAX_ID_BYTES)).is_ok());
    assert_eq!(with("id", long(MAX_ID_BYTES + 2)), Err(DecodeError::Id));
    assert_eq!(with("id", "a\u{85}".into()), Err(DecodeError::Id));
    assert!(with("choice", long(MAX_CHOICE_BYTES)).is_ok());
    assert_eq!(with("choice", long(MAX_CHOICE_BYTES + 2)), Err(DecodeError::Choice));
    assert_eq!(with("choice", "a\nb".into()), Err(DecodeError::Choice));
    let files = |n: usize| vec![uuid(); n].into();
    assert_eq!(with("attachments", files(MAX_FILES)).map(|read| read.files.len()), Ok(10));
    assert_eq!(with("attachments", files(MAX_FILES + 1)), Err(DecodeError::Files));
    let at = |lat: f64, lon: f64| serde_json::json!({ "lat": lat, "lon": lon });
    assert!(with("location", at(-90.0, 180.0)).is_ok());
    assert_eq!(with("location", at(0.0, 180.000_001)), Err(DecodeError::Location));
    assert!(matches!(with("location", at(f64::NAN, 0.0)), Err(DecodeError::Shape(_))));
}

fn uuid() -> &'static str {
    "01969b7e-5400-7000-8000-000000000001"
}

#[test]
fn an_empty_choice_is_none_and_a_file_alone_is_a_message() {
    let read = read(&format!(r#"{{"id":"1","choice":"","attachments":["{}"]}}"#, uuid()));
    let message = read.unwrap();
    assert_eq!((message.content.choice, message.files.len()), (None, 1));
    assert_eq!(message.content.text, "");
}

/// Checks that whatever is read is within its bounds.
fn check_bounds(body: &[u8]) {
    let Ok(message) = decode(body) else { return };
    let content = &message.content;
    assert!(is_id(&message.id) && message.id.len() <= MAX_ID_BYTES);
    assert!(content.text.chars().count() <= MAX_MESSAGE_CHARS);
    assert!(!content.text.chars().any(|sign| sign.is_control() && sign != '\n'));
    assert!(content.choice.as_ref().is_none_or(|id| (1..=MAX_CHOICE_BYTES).contains(&id.len())));
    assert!(content.location.is_none_or(|at| Point::new(at.lat, at.lon).is_some()));
    assert!(message.files.len() <= MAX_FILES);
    assert!(content.attachments.is_empty(), "only the store knows files");
    assert!(!content.is_empty() || !message.files.is_empty());
}

fn bodies() -> Vec<Vec<u8>> {
    let words = "où est 🕳️ \\u202e le trou ".repeat(300);
    [
        r#"{"id":"a1","text":"bonjour","choice":"size=large"}"#.to_owned(),
        r#"{"id":"a2","location":{"lat":46.75,"lng":-71.53},"text":null}"#.to_owned(),
        format!(r#"{{"id":"a3","attachments":["{0}","{0}"]}}"#, uuid()),
        format!(r#"{{"id":"a4","text":"{words}"}}"#),
    ]
    .map(String::into_bytes)
    .into()
}

/// Pieces that a body may trip over.
const PIECES: [&[u8]; 12] = [
    b"\"",
    b"{",
    b"]",
    b"\\u0000",
    b"\\ud800",
    b"\xff\xfe",
    b"1e999",
    b"null",
    b",",
    b"\xe2\x80\xae",
    b"-0",
    b"\0",
];

fn mutate(body: &mut Vec<u8>, (sort, place, piece): (u8, usize, usize)) {
    let at = place % (body.len() + 1);
    let other = (place / 7) % (body.len() + 1);
    let piece = PIECES[piece % PIECES.len()];
    match sort {
        0 => body.truncate(at),
        1 => drop(body.drain(at.min(other)..at.max(other))),
        2 => drop(body.splice(at..at, piece.iter().copied())),
        3 => body.extend_from_within(at.min(other)..at.max(other)),
        _ => {
            if let Some(byte) = body.get_mut(at) {
                *byte ^= 1 << (place % 8);
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 2_000,
        // The same bodies in every run.
        rng_seed: RngSeed::Fixed(311),
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn mutated_bodies_are_read_within_bounds_or_refused(
        which in 0..4_usize,
        changes in prop::collection::vec((0..6_u8, any::<usize>(), any::<usize>()), 0..6),
    ) {
        let mut body = bodies().swap_remove(which);
        for change in changes {
            mutate(&mut body, change);
        }
        check_bounds(&body);
    }

    #[test]
    fn any_bytes_are_read_or_refused(body in prop::collection::vec(any::<u8>(), 0..400)) {
        check_bounds(&body);
    }
}

#[test]
fn the_bodies_that_are_mutated_are_good_ones() {
    for body in bodies() {
        decode(&body).unwrap();
    }
}
