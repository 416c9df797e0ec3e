//! Whatever bytes come to a hook without a good signature: nothing breaks, and nothing is taken.

use axum::body::Body;
use axum::http::{Request, header};
use bot_store::Store;

use crate::line::{encoded, lined, signature};

/// Every door for providers.
const DOORS: [&str; 9] = [
    "/hooks/phone/twilio/start",
    "/hooks/phone/twilio/step",
    "/hooks/phone/twilio/recorded",
    "/hooks/phone/twilio/recording",
    "/hooks/phone/twilio/transferred",
    "/hooks/phone/twilio/whisper",
    "/hooks/phone/twilio/status",
    "/hooks/sms/twilio",
    "/hooks/sms/twilio/status",
];
/// Bodies tried at each door.
const N_BODIES: u64 = 60;

/// A row of numbers that is the same each time (splitmix64).
struct Row(u64);

impl Row {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, n: usize) -> usize {
        usize::try_from(self.next() % u64::try_from(n).unwrap()).unwrap()
    }

    fn pick<T: Copy>(&mut self, all: &[T]) -> T {
        all[self.below(all.len())]
    }

    fn bytes(&mut self, most: usize) -> Vec<u8> {
        let n = self.below(most);
        (0..n).map(|_| self.next().to_le_bytes()[0]).collect()
    }
}

/// Makes a body: any bytes, or something like what a provider sends.
fn body(row: &mut Row) -> Vec<u8> {
    let names = ["CallSid", "MessageSid", "From", "To", "Digits", "RecordingSid", "Body", "é"];
    let values = ["CA1", "+14185551234", "%00", "\u{0}\u{202e}", "completed", "", "STOP", "🙂"];
    match row.below(3) {
        0 => row.bytes(400),
        1 => {
            let n = row.below(12);
            let fields: Vec<(&str, &str)> =
                (0..n).map(|_| (row.pick(&names), row.pick(&values))).collect();
            encoded(&fields).into_bytes()
        }
        _ => {
            let mut json = br#"{"call_sid":"c","from":"#.to_vec();
            json.extend(row.bytes(30));
            json
        }
    }
}

#[tokio::test(start_paused = true)]
async fn no_bytes_without_a_signature_break_a_door_or_are_taken() {
    let kinds = ["application/x-www-form-urlencoded", "application/json", "text/plain", ""];
    let queries = ["", "?t=x", "?%ff=%zz&&&", "?bodySHA256=00"];
    let mut row = Row(311);
    let door = lined();
    for path in DOORS {
        for _ in 0..N_BODIES {
            let target = format!("{path}{}", row.pick(&queries));
            let (method, kind) = (row.pick(&["POST", "POST", "GET", "PUT"]), row.pick(&kinds));
            let mut request = Request::builder().method(method).uri(&target);
            if !kind.is_empty() {
                request = request.header(header::CONTENT_TYPE, kind);
            }
            let signature = match row.below(4) {
                0 => None,
                1 => Some(signature("/elsewhere", &[])),
                2 => Some("AAAA".to_owned()),
                _ => Some(String::from_utf8_lossy(&row.bytes(40)).into_owned()),
            };
            let value =
                signature.and_then(|text| header::HeaderValue::from_bytes(text.as_bytes()).ok());
            if let Some(value) = value {
                request = request.header("X-Twilio-Signature", value);
            }
            let sent = body(&mut row);
            let answer = door.ask(request.body(Body::from(sent.clone())).unwrap()).await;
            let refused = matches!(answer.status, 400 | 403 | 404 | 405 | 413 | 415);
            assert!(refused, "{method} {target} {sent:?}: {answer:?}");
        }
    }
    let mut tx = door.store.read().await.unwrap();
    assert!(tx.upkeep().job_counts().await.unwrap().is_empty());
    assert_eq!(tx.desk().last_id().await.unwrap(), 0);
}
