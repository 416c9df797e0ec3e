//! Every event as each provider tells it.

use crate::dialect::{Body, Dialect, MAX_JSON_BYTES, ReadError};
use crate::event::{Event, Hook, MAX_HEARD_CHARS, Passed, Readiness, Request};
use crate::fields::Fields;

/// Reads a form, or JSON where the text begins with a brace.
fn read(dialect: Dialect, hook: Hook, text: &str) -> Result<Request, ReadError> {
    let none = Fields::default();
    if text.starts_with('{') {
        return dialect.read(hook, &none, Body::Json(text.as_bytes()));
    }
    let fields = Fields::parse(text.as_bytes()).unwrap();
    dialect.read(hook, &none, Body::Form(&fields))
}

/// Reads the event of a request whose call is told in the provider's way.
fn event(dialect: Dialect, hook: Hook, text: &str) -> Event {
    let call = match dialect {
        Dialect::Twilio | Dialect::SignalWire | Dialect::Telnyx => format!("CallSid=c&{text}"),
        Dialect::Plivo => format!("CallUUID=c&{text}"),
        Dialect::Vonage => format!("{{\"conversation_uuid\":\"c\",{text}}}"),
        Dialect::Jambonz => format!("{{\"call_sid\":\"c\",{text}}}"),
    };
    let request = read(dialect, hook, &call).unwrap();
    assert_eq!(request.call, "c");
    request.event
}

fn keys(keys: &str) -> Event {
    Event::Keys(keys.to_owned())
}

fn speech(text: &str, confidence: Option<f32>) -> Event {
    Event::Speech { text: text.to_owned(), confidence }
}

fn recorded(recording: Option<&str>, seconds: Option<u32>, hung_up: bool) -> Event {
    Event::Recorded { recording: recording.map(str::to_owned), seconds, hung_up }
}

fn recording(recording: &str, seconds: Option<u32>, readiness: Readiness) -> Event {
    Event::Recording { recording: recording.to_owned(), seconds, readiness }
}

fn status(ended: Option<&str>, seconds: Option<u32>) -> Event {
    Event::Status { ended: ended.map(str::to_owned), seconds }
}

#[test]
fn a_call_begins() {
    let twilio = "CallSid=CA01&From=%2B15145550100&To=%2B15145550311&CallStatus=ringing&New=1";
    let plivo = "CallUUID=CA01&From=15145550100&To=15145550311&Event=StartApp";
    let vonage =
        r#"{"conversation_uuid":"CA01","uuid":"u","from":"15145550100","to":"15145550311"}"#;
    let jambonz =
        r#"{"call_sid":"CA01","from":"+15145550100","to":"+15145550311","sip_status":100}"#;
    for dialect in Dialect::ALL {
        let text = match dialect {
            Dialect::Twilio | Dialect::SignalWire | Dialect::Telnyx => twilio,
            Dialect::Plivo => plivo,
            Dialect::Vonage => vonage,
            Dialect::Jambonz => jambonz,
        };
        let request = Request {
            call: "CA01".to_owned(),
            caller: "+15145550100".to_owned(),
            called: "+15145550311".to_owned(),
            event: Event::Started,
        };
        assert_eq!(read(dialect, Hook::Start, text), Ok(request));
    }
}

#[test]
fn a_call_that_begins_with_a_get_is_told_in_the_query() {
    let query = Fields::parse(b"from=15145550100&to=15145550311&conversation_uuid=CON-1").unwrap();
    let request = Dialect::Vonage.read(Hook::Start, &query, Body::Empty).unwrap();
    assert_eq!((request.call.as_str(), request.caller.as_str()), ("CON-1", "+15145550100"));
    let query = Fields::parse(b"CallSid=CA01&To=%2B15145550311").unwrap();
    let request = Dialect::Twilio.read(Hook::Start, &query, Body::Empty).unwrap();
    assert_eq!((request.call.as_str(), request.caller.as_str()), ("CA01", "anonymous"));
}

#[test]
fn what_twilio_and_its_like_tell() {
    for dialect in [Dialect::Twilio, Dialect::SignalWire, Dialect::Telnyx] {
        let event = |hook, text: &str| event(dialect, hook, text);
        assert_eq!(event(Hook::Step, "Digits=12%23"), keys("12#"));
        assert_eq!(
            event(Hook::Step, "SpeechResult=un+nid-de-poule&Confidence=0.5&Digits="),
            speech("un nid-de-poule", Some(0.5))
        );
        assert_eq!(event(Hook::Step, "SpeechResult=oui&Confidence=x"), speech("oui", None));
        assert_eq!(event(Hook::Step, "SpeechResult=oui&Confidence=7"), speech("oui", Some(1.0)));
        assert_eq!(event(Hook::Step, "SpeechResult=&Digits="), Event::NoInput);
        assert_eq!(
            event(Hook::Recorded, "RecordingSid=RE1&RecordingDuration=9&Digits=hangup"),
            recorded(Some("RE1"), Some(9), true)
        );
        assert_eq!(
            event(Hook::Recorded, "RecordingSid=RE1&Digits=%23"),
            recorded(Some("RE1"), None, false)
        );
        for (word, readiness) in [
            ("completed", Readiness::Ready),
            ("absent", Readiness::Absent),
            ("failed", Readiness::Absent),
            ("in-progress", Readiness::InProgress),
            ("new-word", Readiness::InProgress),
        ] {
            let text = format!("RecordingSid=RE1&RecordingStatus={word}&RecordingDuration=3");
            assert_eq!(event(Hook::Recording, &text), recording("RE1", Some(3), readiness));
        }
        for word in ["completed", "answered"] {
            let text = format!("DialCallStatus={word}");
            assert_eq!(event(Hook::Transferred, &text), Event::Transferred(Passed::Answered));
        }
        for word in ["busy", "no-answer", "failed", "canceled"] {
            let text = format!("DialCallStatus={word}");
            assert_eq!(event(Hook::Transferred, &text), Event::Transferred(Passed::NotAnswered));
        }
        let declined = "DialCallStatus=completed&DialBridged=false";
        assert_eq!(event(Hook::Transferred, declined), Event::Transferred(Passed::NotAnswered));
        assert_eq!(event(Hook::Whisper, ""), Event::Answering);
        assert_eq!(event(Hook::Whisper, "Digits=5"), keys("5"));
        for word in ["completed", "busy", "failed", "no-answer", "canceled"] {
            let text = format!("CallStatus={word}&CallDuration=61&Duration=2");
            assert_eq!(event(Hook::Status, &text), status(Some(word), Some(61)));
        }
        for word in ["queued", "ringing", "in-progress"] {
            assert_eq!(event(Hook::Status, &format!("CallStatus={word}")), status(None, None));
        }
    }
}

#[test]
fn what_plivo_tells() {
    let event = |hook, text: &str| event(Dialect::Plivo, hook, text);
    assert_eq!(event(Hook::Step, "Digits=1&InputType=dtmf"), keys("1"));
    assert_eq!(
        event(Hook::Step, "Speech=oui&SpeechConfidenceScore=0.25&InputType=speech"),
        speech("oui", Some(0.25))
    );
    assert_eq!(event(Hook::Step, "Digits=&Speech="), Event::NoInput);
    assert_eq!(
        event(Hook::Recorded, "RecordingID=r-1&RecordingDuration=-1&RecordUrl=https://x/r-1.mp3"),
        recorded(Some("r-1"), None, false)
    );
    assert_eq!(
        event(Hook::Recorded, "RecordingID=r-1&RecordingEndReason=HangUp"),
        recorded(Some("r-1"), None, true)
    );
    assert_eq!(
        event(Hook::Recording, "RecordingID=r-1&RecordingDuration=4"),
        recording("r-1", Some(4), Readiness::Ready)
    );
    assert_eq!(
        event(Hook::Transferred, "DialStatus=completed"),
        Event::Transferred(Passed::Answered)
    );
    assert_eq!(
        event(Hook::Transferred, "DialStatus=timeout"),
        Event::Transferred(Passed::NotAnswered)
    );
    assert_eq!(event(Hook::Whisper, ""), Event::Answering);
    assert_eq!(event(Hook::Whisper, "Digits=5"), keys("5"));
    assert_eq!(
        event(Hook::Status, "CallStatus=completed&Duration=30&Event=Hangup"),
        status(Some("completed"), Some(30))
    );
    assert_eq!(event(Hook::Status, "CallStatus=in-progress"), status(None, None));
}

#[test]
fn what_vonage_tells() {
    let event = |hook, text: &str| event(Dialect::Vonage, hook, text);
    assert_eq!(event(Hook::Step, r#""dtmf":{"digits":"12","timed_out":false}"#), keys("12"));
    assert_eq!(event(Hook::Step, r#""dtmf":"1","timed_out":true"#), keys("1"));
    assert_eq!(
        event(
            Hook::Step,
            r#""dtmf":{"digits":"","timed_out":true},
               "speech":{"results":[{"confidence":"0.75","text":"oui"},{"text":"non"}]}"#
        ),
        speech("oui", Some(0.75))
    );
    assert_eq!(
        event(
            Hook::Step,
            r#""dtmf":{"digits":"","timed_out":true},"speech":{"timeout_reason":"start_timeout"}"#
        ),
        Event::NoInput
    );
    assert_eq!(event(Hook::Recorded, r#""payload":{"go":"on"}"#), recorded(None, None, false));
    assert_eq!(
        event(
            Hook::Recording,
            r#""recording_url":"https://api.nexmo.com/v1/files/0a-1b","recording_uuid":"x","size":9"#
        ),
        recording("0a-1b", None, Readiness::Ready)
    );
    assert_eq!(
        event(Hook::Transferred, r#""payload":{"go":"on"}"#),
        Event::Transferred(Passed::Answered)
    );
    assert_eq!(
        event(Hook::Transferred, r#""status":"completed""#),
        Event::Transferred(Passed::Answered)
    );
    for word in ["busy", "timeout", "unanswered", "rejected", "failed", "cancelled"] {
        let text = format!("\"status\":\"{word}\"");
        assert_eq!(event(Hook::Transferred, &text), Event::Transferred(Passed::NotAnswered));
    }
    assert_eq!(event(Hook::Transferred, r#""status":"ringing""#), status(None, None));
    assert_eq!(event(Hook::Whisper, r#""uuid":"u""#), Event::Answering);
    assert_eq!(event(Hook::Whisper, r#""dtmf":{"digits":"5","timed_out":false}"#), keys("5"));
    assert_eq!(
        event(Hook::Status, r#""status":"completed","direction":"inbound","duration":"12""#),
        status(Some("completed"), Some(12))
    );
    assert_eq!(
        event(Hook::Status, r#""status":"completed","direction":"outbound","duration":"12""#),
        status(None, None)
    );
    assert_eq!(event(Hook::Status, r#""status":"answered""#), status(None, None));
}

#[test]
fn what_jambonz_tells() {
    let event = |hook, text: &str| event(Dialect::Jambonz, hook, text);
    assert_eq!(event(Hook::Step, r#""digits":"3","reason":"dtmfDetected""#), keys("3"));
    assert_eq!(
        event(
            Hook::Step,
            r#""speech":{"is_final":true,"alternatives":[{"confidence":0.5,"transcript":"oui"}]}"#
        ),
        speech("oui", Some(0.5))
    );
    assert_eq!(event(Hook::Step, r#""reason":"timeout""#), Event::NoInput);
    assert_eq!(
        event(Hook::Transferred, r#""dial_call_status":"completed""#),
        Event::Transferred(Passed::Answered)
    );
    assert_eq!(
        event(Hook::Transferred, r#""dial_call_status":"no-answer""#),
        Event::Transferred(Passed::NotAnswered)
    );
    assert_eq!(event(Hook::Whisper, r#""direction":"outbound""#), Event::Answering);
    assert_eq!(event(Hook::Whisper, r#""digits":"5""#), keys("5"));
    assert_eq!(
        event(Hook::Status, r#""call_status":"completed","duration":8"#),
        status(Some("completed"), Some(8))
    );
    assert_eq!(
        event(Hook::Status, r#""call_status":"completed","parent_call_sid":"p""#),
        status(None, None)
    );
    assert_eq!(event(Hook::Status, r#""call_status":"in-progress""#), status(None, None));
}

#[test]
fn who_picks_up_belongs_to_the_call_that_was_passed_on() {
    let text = "CallSid=child&ParentCallSid=parent";
    assert_eq!(read(Dialect::Twilio, Hook::Whisper, text).unwrap().call, "parent");
    let text = r#"{"call_sid":"child","parent_call_sid":"parent"}"#;
    assert_eq!(read(Dialect::Jambonz, Hook::Whisper, text).unwrap().call, "parent");
}

#[test]
fn what_is_missing_is_named() {
    let missing = |dialect, hook, text| read(dialect, hook, text).unwrap_err();
    let twilio = |hook, text| missing(Dialect::Twilio, hook, text);
    assert_eq!(twilio(Hook::Step, "Digits=1"), ReadError::Missing("CallSid"));
    assert_eq!(twilio(Hook::Start, "CallSid=c"), ReadError::Missing("To"));
    assert_eq!(twilio(Hook::Recording, "CallSid=c"), ReadError::Missing("RecordingSid"));
    assert_eq!(twilio(Hook::Transferred, "CallSid=c"), ReadError::Missing("DialCallStatus"));
    assert_eq!(twilio(Hook::Status, "CallSid=c"), ReadError::Missing("CallStatus"));
    assert_eq!(missing(Dialect::Plivo, Hook::Step, ""), ReadError::Missing("CallUUID"));
    assert_eq!(missing(Dialect::Vonage, Hook::Step, "{}"), ReadError::Missing("uuid"));
    assert_eq!(missing(Dialect::Jambonz, Hook::Step, "{}"), ReadError::Missing("call_sid"));
    assert_eq!(ReadError::Missing("CallSid").to_string(), "the parameter CallSid is missing");
}

#[test]
fn what_is_kept_is_bounded() {
    let long = "a".repeat(129);
    let refused = read(Dialect::Twilio, Hook::Step, &format!("CallSid={long}"));
    assert_eq!(refused, Err(ReadError::Id("CallSid")));
    let refused = read(Dialect::Twilio, Hook::Step, "CallSid=a%0Ab");
    assert_eq!(refused, Err(ReadError::Id("CallSid")));
    let heard = format!("SpeechResult={}", "é".repeat(MAX_HEARD_CHARS + 1));
    let words = speech(&"é".repeat(MAX_HEARD_CHARS), None);
    assert_eq!(event(Dialect::Twilio, Hook::Step, &heard), words);
    let url = r#"{"uuid":"u","recording_url":"https://a/b?c=/../d%"}"#;
    let refused = read(Dialect::Vonage, Hook::Recording, url);
    assert_eq!(refused, Err(ReadError::Id("recording_url")));
    assert_eq!(read(Dialect::Vonage, Hook::Step, "{\"a\":"), Err(ReadError::Json));
    let body = vec![b' '; MAX_JSON_BYTES + 1];
    let refused = Dialect::Vonage.read(Hook::Step, &Fields::default(), Body::Json(&body));
    assert_eq!(refused, Err(ReadError::Long(MAX_JSON_BYTES + 1)));
}
