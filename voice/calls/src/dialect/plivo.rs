//! Plivo XML.
//!
//! Its rules that matter here: a `GetInput` without input goes on to the next element after 5 to 60
//! seconds, counted from the end of the prompt; numbers are written without a `+`.

use crate::event::{Event, Hook, Passed, Readiness, Request};
use crate::script::{Ask, End, Keys, Record, Script, Sound, Transfer};

use super::given::{Given, figure, keys, speech};
use super::words::{bare, heard, hints, pieces, spoken};
use super::xml::Element;
use super::{ReadError, Written};

/// Keys of one answer.
const MAX_DIGITS: u8 = 32;
/// Seconds in which an answer must have come.
const EXECUTION_S: (u8, u8) = (5, 60);
/// The telephone's side of a call is over, with these words.
const ENDED: [&str; 8] =
    ["completed", "busy", "failed", "timeout", "no-answer", "cancel", "canceled", "cancelled"];

pub(super) fn write(script: &Script) -> Written {
    let mut verbs = sounds(&script.sounds);
    verbs.extend(match &script.end {
        End::Ask(ask) => vec![get_input(ask), goto(&ask.silence)],
        End::Record(record) => vec![recording_verb(record), goto(&record.silence)],
        End::Transfer(transfer) => vec![dial(transfer)],
        End::Goto(url) => vec![goto(url)],
        End::Hangup => vec![Element::new("Hangup")],
        End::Join => Vec::new(),
    });
    Element::new("Response").around(verbs).document()
}

fn sounds(all: &[Sound]) -> Vec<Element> {
    let verbs = |sound: &Sound| match sound {
        Sound::Say(line) => {
            let speak =
                |piece| Element::new("Speak").with("language", spoken(line.lang)).text(piece);
            pieces(line).into_iter().map(speak).collect()
        }
        Sound::Play(url) => vec![Element::new("Play").text(url)],
        Sound::Pause(0) => Vec::new(),
        Sound::Pause(seconds) => vec![Element::new("Wait").with_n("length", *seconds)],
    };
    all.iter().flat_map(verbs).collect()
}

fn goto(url: &str) -> Element {
    Element::new("Redirect").with("method", "POST").text(url)
}

fn get_input(ask: &Ask) -> Element {
    let (n_keys, last_key) = match ask.keys {
        Keys::One => (1, "none"),
        Keys::UpTo(n) => (n.clamp(1, MAX_DIGITS), "#"),
    };
    let (least, most) = EXECUTION_S;
    let element = Element::new("GetInput")
        .with("action", &ask.then)
        .with("method", "POST")
        .with("inputType", if ask.speech.is_some() { "dtmf speech" } else { "dtmf" })
        .with_n("executionTimeout", ask.timeout_s.clamp(least, most))
        .with_n("numDigits", n_keys)
        .with("finishOnKey", last_key);
    let element = match ask.speech {
        Some(lang) => {
            let hints = hints(&ask.hints);
            element
                .with("language", heard(lang))
                .with("speechEndTimeout", "auto")
                .with("profanityFilter", "false")
                .with_some("hints", (!hints.is_empty()).then(|| hints.join(",")))
        }
        None => element,
    };
    element.around(sounds(&ask.prompt))
}

fn recording_verb(record: &Record) -> Element {
    Element::new("Record")
        .with("action", &record.then)
        .with("method", "POST")
        .with("fileFormat", "wav")
        .with_n("maxLength", record.max_s.max(2))
        .with_n("timeout", record.silence_s.max(1))
        .with("finishOnKey", "#")
        .with("playBeep", "true")
        .with("callbackUrl", &record.ready)
        .with("callbackMethod", "POST")
}

fn dial(transfer: &Transfer) -> Element {
    Element::new("Dial")
        .with("action", &transfer.then)
        .with("method", "POST")
        .with_n("timeout", transfer.timeout_s.max(1))
        .with_some("callerId", transfer.caller_id.as_deref().map(bare))
        .with_some("confirmSound", transfer.whisper.as_ref())
        .around(vec![Element::new("Number").text(bare(&transfer.to))])
}

pub(super) fn read(hook: Hook, given: &Given<'_>) -> Result<Request, ReadError> {
    let call = match hook {
        Hook::Whisper => given.some_id(&["ParentCallUUID", "DialALegUUID", "CallUUID"])?,
        Hook::Start
        | Hook::Step
        | Hook::Recorded
        | Hook::Recording
        | Hook::Transferred
        | Hook::Status => given.some_id(&["CallUUID"])?,
    };
    let event = match hook {
        Hook::Start => Event::Started,
        Hook::Step => {
            let sure = given.text("SpeechConfidenceScore");
            let sure = sure.and_then(|text| figure(Some(&text.into())));
            keys(given.text("Digits").as_deref())
                .or_else(|| speech(given.text("Speech").as_deref(), sure))
                .unwrap_or(Event::NoInput)
        }
        Hook::Recorded => Event::Recorded {
            recording: given.id("RecordingID")?,
            seconds: given.seconds("RecordingDuration"),
            hung_up: ["Digits", "RecordingEndReason"]
                .iter()
                .any(|name| given.text(name).is_some_and(|why| why.eq_ignore_ascii_case("hangup"))),
        },
        Hook::Recording => Event::Recording {
            recording: given.some_id(&["RecordingID"])?,
            seconds: given.seconds("RecordingDuration"),
            readiness: Readiness::Ready,
        },
        Hook::Transferred => match given.word("DialStatus")?.as_str() {
            "completed" | "answer" | "answered" => Event::Transferred(Passed::Answered),
            _ => Event::Transferred(Passed::NotAnswered),
        },
        Hook::Whisper => keys(given.text("Digits").as_deref()).unwrap_or(Event::Answering),
        Hook::Status => Event::Status {
            ended: Some(given.word("CallStatus")?).filter(|word| ENDED.contains(&word.as_str())),
            seconds: given.seconds("Duration"),
        },
    };
    given.request(call, "From", "To", event)
}
