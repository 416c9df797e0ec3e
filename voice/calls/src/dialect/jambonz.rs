//! The verbs of jambonz, a list in JSON.
//!
//! Its rules that matter here: a `gather` holds one text and one only, and comes back to its one
//! address with or without an answer; there is no verb that records to a file, only `listen`, which
//! streams sound to a WebSocket, and we have none.

use bot_core::Language;
use serde_json::{Value, json};

use crate::event::{Event, Hook, Passed, Readiness, Request};
use crate::script::{Ask, End, Keys, Line, Script, Sound, Transfer};

use super::given::{Given, figure, keys, speech};
use super::words::{heard, hints, merged, pieces, spoken};
use super::{ReadError, Written};

/// A call is over, with these words.
const ENDED: [&str; 4] = ["completed", "failed", "busy", "no-answer"];
/// Stands for the recogniser and the voice that the application is set to.
const OWN: &str = "default";

pub(super) fn write(script: &Script) -> Written {
    let mut verbs = sounds(&script.sounds);
    verbs.extend(match &script.end {
        End::Ask(ask) => gather(ask),
        End::Record(record) => {
            let mut verbs = sounds(&[Sound::Say(no_message(record.lang))]);
            verbs.push(goto(&record.silence));
            verbs
        }
        End::Transfer(transfer) => vec![dial(transfer)],
        End::Goto(url) => vec![goto(url)],
        End::Hangup => vec![json!({"verb": "hangup"})],
        End::Join => Vec::new(),
    });
    Written { media_type: "application/json", body: Value::Array(verbs).to_string() }
}

fn sounds(all: &[Sound]) -> Vec<Value> {
    let verbs = |sound: &Sound| match sound {
        Sound::Say(line) => pieces(line).into_iter().map(|text| say(line.lang, &text)).collect(),
        Sound::Play(url) => vec![json!({"verb": "play", "url": url})],
        Sound::Pause(0) => Vec::new(),
        Sound::Pause(seconds) => vec![json!({"verb": "pause", "length": seconds})],
    };
    all.iter().flat_map(verbs).collect()
}

fn say(lang: Language, text: &str) -> Value {
    let synthesizer = json!({"vendor": OWN, "language": spoken(lang)});
    json!({"verb": "say", "text": text, "synthesizer": synthesizer})
}

/// Says that no message can be taken.
fn no_message(lang: Language) -> Line {
    let text = match lang {
        Language::Fr => "Il n'est pas possible de laisser un message à ce numéro.",
        Language::En => "It is not possible to leave a message at this number.",
    };
    Line::new(lang, text)
}

fn goto(url: &str) -> Value {
    json!({"verb": "redirect", "actionHook": url})
}

fn gather(ask: &Ask) -> Vec<Value> {
    let mut verbs = sounds(&merged(&ask.prompt));
    let is_heard = |verb: &Value| verb["verb"] == "say" || verb["verb"] == "play";
    let last = if verbs.last().is_some_and(is_heard) { verbs.pop() } else { None };
    let mut gather = json!({
        "verb": "gather",
        "actionHook": ask.then,
        "input": ["digits"],
        "timeout": ask.timeout_s.max(1),
        "dtmfBargein": true,
        "bargein": true,
    });
    match ask.keys {
        Keys::One => gather["numDigits"] = json!(1),
        Keys::UpTo(n) => {
            gather["maxDigits"] = json!(n.max(1));
            gather["finishOnKey"] = json!("#");
        }
    }
    if let Some(lang) = ask.speech {
        gather["input"] = json!(["digits", "speech"]);
        gather["recognizer"] = json!({
            "vendor": OWN,
            "language": heard(lang),
            "hints": hints(&ask.hints),
            "profanityFilter": false,
        });
    }
    if let Some(Value::Object(mut verb)) = last
        && let Some(Value::String(name)) = verb.remove("verb")
    {
        gather[name] = Value::Object(verb);
    }
    verbs.push(gather);
    verbs.push(goto(&ask.silence));
    verbs
}

fn dial(transfer: &Transfer) -> Value {
    let mut target = json!({"type": "phone", "number": transfer.to});
    if let Some(whisper) = &transfer.whisper {
        target["confirmHook"] = json!(whisper);
    }
    let mut dial = json!({
        "verb": "dial",
        "actionHook": transfer.then,
        "timeout": transfer.timeout_s.max(1),
        "target": [target],
    });
    if let Some(number) = &transfer.caller_id {
        dial["callerId"] = json!(number);
    }
    dial
}

pub(super) fn read(hook: Hook, given: &Given<'_>) -> Result<Request, ReadError> {
    let call = match hook {
        Hook::Whisper => given.some_id(&["parent_call_sid", "call_sid"])?,
        Hook::Start
        | Hook::Step
        | Hook::Recorded
        | Hook::Recording
        | Hook::Transferred
        | Hook::Status => given.some_id(&["call_sid"])?,
    };
    let event = match hook {
        Hook::Start => Event::Started,
        Hook::Step => answer(given),
        // Nothing is recorded, so nothing of this kind is asked for.
        Hook::Recorded => Event::Recorded { recording: None, seconds: None, hung_up: false },
        Hook::Recording => Event::Recording {
            recording: given.some_id(&["recording_id"])?,
            seconds: None,
            readiness: Readiness::Absent,
        },
        Hook::Transferred => match given.word("dial_call_status")?.as_str() {
            "completed" | "answered" => Event::Transferred(Passed::Answered),
            _ => Event::Transferred(Passed::NotAnswered),
        },
        Hook::Whisper => keys(given.text("digits").as_deref()).unwrap_or(Event::Answering),
        Hook::Status => {
            // The leg that a call was passed on to has its own end.
            let is_ours = given.text("parent_call_sid").is_none();
            let ended = Some(given.word("call_status")?);
            Event::Status {
                ended: ended.filter(|word| is_ours && ENDED.contains(&word.as_str())),
                seconds: given.seconds("duration").filter(|_| is_ours),
            }
        }
    };
    given.request(call, "from", "to", event)
}

fn answer(given: &Given<'_>) -> Event {
    let best = given.json("speech").and_then(|speech| speech.pointer("/alternatives/0"));
    let words = best.and_then(|best| best.get("transcript")).and_then(Value::as_str);
    let sure = figure(best.and_then(|best| best.get("confidence")));
    keys(given.text("digits").as_deref()).or_else(|| speech(words, sure)).unwrap_or(Event::NoInput)
}
