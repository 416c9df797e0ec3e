//! Vonage's call control objects, a list in JSON.
//!
//! Its rules that matter here: an `input` without an answer comes back to its one address; what says
//! where to go on is a `notify`, whose answer takes the place of the rest of the list; a list that
//! comes to its end ends the call; a `record` with a bound is waited for, and its id is told apart.

use serde_json::{Value, json};

use crate::event::{Event, Hook, Passed, Readiness, Request};
use crate::script::{Ask, End, Keys, Line, Record, Script, Sound, Transfer};

use super::given::{Given, figure, keys, speech};
use super::words::{bare, clean, cut, heard, hints, merged, spoken};
use super::{ReadError, Written};

/// Characters of one `talk`.
const MAX_TALK_CHARS: usize = 1_500;
/// Keys of one answer.
const MAX_DIGITS: u8 = 20;
/// Seconds without a key that end an answer.
const MAX_DTMF_S: u8 = 10;
/// Seconds before speech begins.
const SPEECH_S: (u8, u8) = (1, 60);
/// Seconds of silence that end a recording.
const RECORD_SILENCE_S: (u8, u8) = (3, 10);
/// Seconds of a recording.
const RECORD_S: (u16, u16) = (3, 7_200);
/// A leg of a call is over, with these words.
const ENDED: [&str; 8] = [
    "completed",
    "busy",
    "failed",
    "timeout",
    "unanswered",
    "cancelled",
    "rejected",
    "disconnected",
];

pub(super) fn write(script: &Script) -> Written {
    let mut actions = sounds(&script.sounds);
    actions.extend(match &script.end {
        End::Ask(ask) => input(ask),
        End::Record(record) => vec![recording_action(record), goto(&record.then)],
        End::Transfer(transfer) => vec![connect(transfer), goto(&transfer.then)],
        End::Goto(url) => vec![goto(url)],
        End::Hangup | End::Join => Vec::new(),
    });
    if actions.is_empty() {
        actions.push(json!({"action": "wait", "timeout": 0.1}));
    }
    Written { media_type: "application/json", body: Value::Array(actions).to_string() }
}

fn sounds(all: &[Sound]) -> Vec<Value> {
    let actions = |sound: &Sound| match sound {
        Sound::Say(line) => talk(line),
        Sound::Play(url) => vec![json!({"action": "stream", "streamUrl": [url]})],
        Sound::Pause(0) => Vec::new(),
        Sound::Pause(seconds) => vec![json!({"action": "wait", "timeout": seconds})],
    };
    all.iter().flat_map(actions).collect()
}

fn talk(line: &Line) -> Vec<Value> {
    let pieces = cut(&clean(&line.text), MAX_TALK_CHARS).into_iter();
    let talk = |text| json!({"action": "talk", "text": text, "language": spoken(line.lang)});
    pieces.map(talk).collect()
}

fn goto(url: &str) -> Value {
    json!({"action": "notify", "payload": {"go": "on"}, "eventUrl": [url], "eventMethod": "POST"})
}

fn input(ask: &Ask) -> Vec<Value> {
    let mut actions = sounds(&merged(&ask.prompt));
    // Only the last one: what may be stopped is not waited for, and the next would begin at once.
    if let Some(last) = actions.last_mut().filter(|last| last["action"] != "wait") {
        last["bargeIn"] = json!(true);
    }
    let dtmf = match ask.keys {
        Keys::One => json!({"maxDigits": 1, "submitOnHash": false}),
        Keys::UpTo(n) => json!({"maxDigits": n.clamp(1, MAX_DIGITS), "submitOnHash": true}),
    };
    let mut input = json!({
        "action": "input",
        "type": ["dtmf"],
        "dtmf": dtmf,
        "eventUrl": [ask.then],
        "eventMethod": "POST",
    });
    input["dtmf"]["timeOut"] = json!(ask.timeout_s.clamp(1, MAX_DTMF_S));
    if let Some(lang) = ask.speech {
        let (least, most) = SPEECH_S;
        input["type"] = json!(["dtmf", "speech"]);
        input["speech"] = json!({
            "language": heard(lang),
            "context": hints(&ask.hints),
            "startTimeout": ask.timeout_s.clamp(least, most),
        });
    }
    actions.push(input);
    actions
}

fn recording_action(record: &Record) -> Value {
    json!({
        "action": "record",
        "format": "wav",
        "beepStart": true,
        "endOnKey": "#",
        "endOnSilence": record.silence_s.clamp(RECORD_SILENCE_S.0, RECORD_SILENCE_S.1),
        "timeOut": record.max_s.clamp(RECORD_S.0, RECORD_S.1),
        "eventUrl": [record.ready],
        "eventMethod": "POST",
    })
}

fn connect(transfer: &Transfer) -> Value {
    let mut endpoint = json!({"type": "phone", "number": bare(&transfer.to)});
    if let Some(whisper) = &transfer.whisper {
        endpoint["onAnswer"] = json!({"url": whisper});
    }
    let mut connect = json!({
        "action": "connect",
        "endpoint": [endpoint],
        "timeout": transfer.timeout_s.max(1),
        "eventType": "synchronous",
        "eventUrl": [transfer.then],
        "eventMethod": "POST",
    });
    match &transfer.caller_id {
        Some(number) => connect["from"] = json!(bare(number)),
        None => connect["randomFromNumber"] = json!(true),
    }
    connect
}

pub(super) fn read(hook: Hook, given: &Given<'_>) -> Result<Request, ReadError> {
    // What tells of a recording knows the conversation alone, so it is the call to us.
    let call = given.some_id(&["conversation_uuid", "uuid"])?;
    let event = match hook {
        Hook::Start => Event::Started,
        Hook::Step => answer(given),
        Hook::Recorded => {
            Event::Recorded { recording: recording(given)?, seconds: None, hung_up: false }
        }
        Hook::Recording => Event::Recording {
            recording: recording(given)?.ok_or(ReadError::Missing("recording_url"))?,
            seconds: None,
            readiness: Readiness::Ready,
        },
        Hook::Transferred => passed(given)?,
        Hook::Whisper => pressed(given).unwrap_or(Event::Answering),
        Hook::Status => {
            // The other leg of a call that was passed on has its own end.
            let is_ours = given.text("direction").is_none_or(|way| way != "outbound");
            let ended = Some(given.word("status")?);
            Event::Status {
                ended: ended.filter(|word| is_ours && ENDED.contains(&word.as_str())),
                seconds: given.seconds("duration").filter(|_| is_ours),
            }
        }
    };
    given.request(call, "from", "to", event)
}

fn answer(given: &Given<'_>) -> Event {
    let best = given.json("speech").and_then(|speech| speech.pointer("/results/0"));
    let words = best.and_then(|best| best.get("text")).and_then(Value::as_str);
    let sure = figure(best.and_then(|best| best.get("confidence")));
    pressed(given).or_else(|| speech(words, sure)).unwrap_or(Event::NoInput)
}

fn pressed(given: &Given<'_>) -> Option<Event> {
    let dtmf = given.json("dtmf");
    keys(dtmf.and_then(|dtmf| dtmf.get("digits").unwrap_or(dtmf).as_str()))
}

/// Gives a recording's id, which its file goes by: the last part of its address.
fn recording(given: &Given<'_>) -> Result<Option<String>, ReadError> {
    let Some(url) = given.text("recording_url") else { return Ok(None) };
    let id = url.rsplit('/').next().unwrap_or_default();
    let is_id = (1..=super::MAX_ID_BYTES).contains(&id.len())
        && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    if is_id { Ok(Some(id.to_owned())) } else { Err(ReadError::Id("recording_url")) }
}

fn passed(given: &Given<'_>) -> Result<Event, ReadError> {
    // Our own notify: the list has gone on after the two had talked.
    if given.json("payload").is_some() {
        return Ok(Event::Transferred(Passed::Answered));
    }
    Ok(match given.word("status")?.as_str() {
        "completed" => Event::Transferred(Passed::Answered),
        word if ENDED.contains(&word) => Event::Transferred(Passed::NotAnswered),
        _ => Event::Status { ended: None, seconds: None },
    })
}
