//! `TwiML`, and its cousins of `SignalWire` and Telnyx.
//!
//! Its rules that matter here: a `Gather` without input and a `Record` without sound fall through to
//! the next verb; what comes after a `Dial` with an action is never reached.

use bot_core::Language;

use crate::event::{Event, Hook, Passed, Readiness, Request};
use crate::script::{Ask, End, Keys, Record, Script, Sound, Transfer};

use super::given::{Given, figure, keys, speech};
use super::words::{heard, hints, pieces};
use super::xml::Element;
use super::{Dialect, ReadError, Written};

/// Seconds that Telnyx takes in a `Gather`.
const TELNYX_GATHER_S: (u8, u8) = (1, 120);
/// The telephone's side of a call is over, with these words.
const ENDED: [&str; 5] = ["completed", "busy", "failed", "no-answer", "canceled"];

pub(super) fn write(dialect: Dialect, script: &Script) -> Written {
    let mut verbs = sounds(dialect, &script.sounds);
    verbs.extend(end(dialect, &script.end));
    Element::new("Response").around(verbs).document()
}

fn sounds(dialect: Dialect, all: &[Sound]) -> Vec<Element> {
    let voice = (dialect == Dialect::Telnyx).then_some("alice");
    let verbs = |sound: &Sound| match sound {
        Sound::Say(line) => {
            let say = |piece| {
                let say = Element::new("Say").with("language", heard(line.lang));
                say.with_some("voice", voice).text(piece)
            };
            pieces(line).into_iter().map(say).collect()
        }
        Sound::Play(url) => vec![Element::new("Play").text(url)],
        Sound::Pause(0) => Vec::new(),
        Sound::Pause(seconds) => vec![Element::new("Pause").with_n("length", *seconds)],
    };
    all.iter().flat_map(verbs).collect()
}

fn end(dialect: Dialect, end: &End) -> Vec<Element> {
    match end {
        End::Ask(ask) => vec![gather(dialect, ask), goto(&ask.silence)],
        End::Record(record) => vec![recording_verb(dialect, record), goto(&record.silence)],
        End::Transfer(transfer) => vec![dial(transfer)],
        End::Goto(url) => vec![goto(url)],
        End::Hangup => vec![Element::new("Hangup")],
        End::Join => Vec::new(),
    }
}

fn goto(url: &str) -> Element {
    Element::new("Redirect").with("method", "POST").text(url)
}

fn gather(dialect: Dialect, ask: &Ask) -> Element {
    let (least, most) = match dialect {
        Dialect::Telnyx => TELNYX_GATHER_S,
        Dialect::Twilio
        | Dialect::SignalWire
        | Dialect::Plivo
        | Dialect::Vonage
        | Dialect::Jambonz => (1, u8::MAX),
    };
    // A pound key that ends the answer would be no answer where one key is one.
    let (n_keys, last_key) = match ask.keys {
        Keys::One => (1, ""),
        Keys::UpTo(n) => (n.max(1), "#"),
    };
    let gather = Element::new("Gather")
        .with("input", if ask.speech.is_some() { "dtmf speech" } else { "dtmf" })
        .with("action", &ask.then)
        .with("method", "POST")
        .with_n("timeout", ask.timeout_s.clamp(least, most))
        .with_n("numDigits", n_keys)
        .with("finishOnKey", last_key);
    let gather = match ask.speech {
        Some(lang) => with_speech(dialect, gather, lang, &hints(&ask.hints)),
        None => gather,
    };
    gather.around(sounds(dialect, &ask.prompt))
}

fn with_speech(dialect: Dialect, gather: Element, lang: Language, hints: &[String]) -> Element {
    // Telnyx wants a number here.
    let pause = if dialect == Dialect::Telnyx { "2" } else { "auto" };
    gather
        .with("language", heard(lang))
        .with("speechTimeout", pause)
        .with("profanityFilter", "false")
        .with_some("hints", (!hints.is_empty()).then(|| hints.join(", ")))
}

fn recording_verb(dialect: Dialect, record: &Record) -> Element {
    let verb = Element::new("Record")
        .with("action", &record.then)
        .with("method", "POST")
        .with_n("maxLength", record.max_s.max(1))
        .with_n("timeout", record.silence_s.max(1))
        .with("finishOnKey", "#")
        .with("playBeep", "true");
    // Telnyx trims nothing unless it is told to.
    let verb = if dialect == Dialect::Telnyx {
        verb.with("format", "wav").with("channels", "single")
    } else {
        verb.with("trim", "do-not-trim")
    };
    verb.with("recordingStatusCallback", &record.ready)
        .with("recordingStatusCallbackMethod", "POST")
        .with("recordingStatusCallbackEvent", "completed absent")
}

fn dial(transfer: &Transfer) -> Element {
    let number = Element::new("Number")
        .with_some("url", transfer.whisper.as_ref())
        .with_some("method", transfer.whisper.as_ref().map(|_| "POST"));
    Element::new("Dial")
        .with("action", &transfer.then)
        .with("method", "POST")
        .with_n("timeout", transfer.timeout_s.max(1))
        .with_some("callerId", transfer.caller_id.as_ref())
        .around(vec![number.text(&transfer.to)])
}

pub(super) fn read(hook: Hook, given: &Given<'_>) -> Result<Request, ReadError> {
    let call = match hook {
        // Who picks up is on a call of their own.
        Hook::Whisper => given.some_id(&["ParentCallSid", "CallSid"])?,
        Hook::Start
        | Hook::Step
        | Hook::Recorded
        | Hook::Recording
        | Hook::Transferred
        | Hook::Status => given.some_id(&["CallSid"])?,
    };
    let event = match hook {
        Hook::Start => Event::Started,
        Hook::Step => {
            let sure = given.text("Confidence").and_then(|text| figure(Some(&text.into())));
            keys(given.text("Digits").as_deref())
                .or_else(|| speech(given.text("SpeechResult").as_deref(), sure))
                .unwrap_or(Event::NoInput)
        }
        Hook::Recorded => Event::Recorded {
            recording: given.id("RecordingSid")?,
            seconds: given.seconds("RecordingDuration"),
            hung_up: given.text("Digits").is_some_and(|keys| keys == "hangup"),
        },
        Hook::Recording => Event::Recording {
            recording: given.some_id(&["RecordingSid"])?,
            seconds: given.seconds("RecordingDuration"),
            readiness: match given.word("RecordingStatus")?.as_str() {
                "completed" => Readiness::Ready,
                "absent" | "failed" => Readiness::Absent,
                _ => Readiness::InProgress,
            },
        },
        // Somebody who picked up and did not take the call has not answered it.
        Hook::Transferred if given.text("DialBridged").is_some_and(|joined| joined == "false") => {
            Event::Transferred(Passed::NotAnswered)
        }
        Hook::Transferred => match given.word("DialCallStatus")?.as_str() {
            "completed" | "answered" => Event::Transferred(Passed::Answered),
            _ => Event::Transferred(Passed::NotAnswered),
        },
        Hook::Whisper => keys(given.text("Digits").as_deref()).unwrap_or(Event::Answering),
        Hook::Status => Event::Status {
            ended: Some(given.word("CallStatus")?).filter(|word| ENDED.contains(&word.as_str())),
            seconds: given.seconds("CallDuration"),
        },
    };
    given.request(call, "From", "To", event)
}

/// Gives the resource of a recording, without what tells its form.
pub(super) fn recording(dialect: Dialect, account: &str, recording: &str) -> Option<String> {
    let (root, are_ids) = match dialect {
        Dialect::Twilio => ("/2010-04-01", is_sid(account, "AC") && is_sid(recording, "RE")),
        Dialect::SignalWire => ("/2010-04-01", is_uuid(account) && is_uuid(recording)),
        Dialect::Telnyx => ("/texml", is_uuid(account) && is_uuid(recording)),
        Dialect::Plivo | Dialect::Vonage | Dialect::Jambonz => return None,
    };
    are_ids.then(|| format!("{root}/Accounts/{account}/Recordings/{recording}"))
}

fn is_sid(id: &str, prefix: &str) -> bool {
    id.strip_prefix(prefix)
        .is_some_and(|hex| hex.len() == 32 && hex.bytes().all(|byte| byte.is_ascii_hexdigit()))
}

fn is_uuid(id: &str) -> bool {
    let lengths = id.split('-').map(str::len);
    lengths.eq([8, 4, 4, 4, 12]) && id.bytes().all(|b| b == b'-' || b.is_ascii_hexdigit())
}
