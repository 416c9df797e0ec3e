//! A city with lines, and a provider that signs as Twilio does and holds calls.

use axum::body::Body;
use axum::http::{Request, header};
use bot_channels::signature::{Secret, Secrets, twilio};
use bot_web::Lines;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use voice_calls::{Dialect, Fields};

use crate::door::{Answer, Door};

/// Where the counter is seen from outside.
pub(crate) const HOST: &str = "https://guichet.example";
/// The account's token, which signs.
pub(crate) const TOKEN: &str = "test_token_311";
/// The telephone of the people of the roads.
pub(crate) const ROADS: &str = "+14185550190";
/// A caller.
pub(crate) const CALLER: &str = "+14185551234";
const FORM: &str = "application/x-www-form-urlencoded";

fn secret() -> Secret {
    Secret::new(TOKEN).unwrap()
}

fn lines() -> Lines {
    let provider = Arc::new(twilio::Twilio::new(Secrets::new(secret())));
    Lines {
        public_url: HOST.to_owned(),
        phones: BTreeMap::from([(Dialect::Twilio, provider.clone() as _)]),
        recorders: BTreeSet::from([Dialect::Twilio]),
        texts: Some(provider),
        rings: BTreeMap::from([("roads".to_owned(), ROADS.to_owned())]),
        keep_days: 90,
    }
}

/// A door with lines.
pub(crate) fn lined() -> Door {
    let mut door = Door::new();
    door.web = door.web.clone().on(lines());
    door.router = bot_web::router(door.web.clone());
    door
}

/// Writes a form as it is sent.
pub(crate) fn encoded(fields: &[(&str, &str)]) -> String {
    let one = |text: &str| {
        let byte = |byte: u8| match byte {
            b'0'..=b'9' | b'a'..=b'z' | b'A'..=b'Z' => char::from(byte).to_string(),
            _ => format!("%{byte:02X}"),
        };
        text.bytes().map(byte).collect::<String>()
    };
    let pairs = fields.iter().map(|(name, value)| format!("{}={}", one(name), one(value)));
    pairs.collect::<Vec<_>>().join("&")
}

/// Gives the signature of a form that is sent to a path.
pub(crate) fn signature(path: &str, fields: &[(&str, &str)]) -> String {
    let form: Fields = fields.iter().copied().collect();
    twilio::sign(&secret(), &format!("{HOST}{path}"), &form)
}

/// Makes a request with a form under a signature, if any.
pub(crate) fn hook(path: &str, fields: &[(&str, &str)], signature: Option<&str>) -> Request<Body> {
    let mut request = Request::post(path).header(header::CONTENT_TYPE, FORM);
    if let Some(signature) = signature {
        request = request.header("X-Twilio-Signature", signature);
    }
    request.body(encoded(fields).into()).unwrap()
}

/// Makes a request as the provider sends it.
pub(crate) fn signed(path: &str, fields: &[(&str, &str)]) -> Request<Body> {
    hook(path, fields, Some(&signature(path, fields)))
}

/// Gives a delivery the provider's own name.
pub(crate) fn named(mut request: Request<Body>, token: &str) -> Request<Body> {
    request.headers_mut().insert("I-Twilio-Idempotency-Token", token.parse().unwrap());
    request
}

/// Takes out an attribute of the first such element.
pub(crate) fn attribute(xml: &str, element: &str, name: &str) -> Option<String> {
    let (_, rest) = xml.split_once(&format!("<{element} "))?;
    let tag = rest.split('>').next()?;
    let (_, value) = tag.split_once(&format!("{name}=\""))?;
    Some(value.split('"').next()?.replace("&amp;", "&"))
}

/// Tells a script in one line: what is heard, and in brackets what is listened to meanwhile.
pub(crate) fn told(xml: &str) -> String {
    let (_, script) = xml.split_once("<Response>").unwrap_or((xml, ""));
    let mut words = Vec::new();
    for part in script.split('<') {
        let (tag, text) = part.split_once('>').unwrap_or((part, ""));
        words.push(match tag.split([' ', '/']).next().unwrap() {
            "Gather" => format!("[{}:", attribute(&format!("<{tag}>"), "Gather", "input").unwrap()),
            "Record" => "record".to_owned(),
            "Redirect" => "go".to_owned(),
            "Pause" => "pause".to_owned(),
            "Hangup" => "hang up".to_owned(),
            "Number" => format!("ring {text}"),
            "Play" => "music".to_owned(),
            "" if tag == "/Gather" => "]".to_owned(),
            "Say" => text.replace(" n=0", "").replace(" days=90", ""),
            _ => String::new(),
        });
    }
    words.retain(|word| !word.is_empty());
    words.join(" ").replace(" ]", "]")
}

/// What is heard of a call.
#[derive(Debug)]
pub(crate) struct Script(pub(crate) String);

impl Script {
    pub(crate) fn of(answer: &Answer) -> Self {
        assert_eq!((answer.status, answer.kind().as_str()), (200, "text/xml"), "{answer:?}");
        Self(answer.text())
    }

    pub(crate) fn told(&self) -> String {
        told(&self.0)
    }

    /// Gives the path of a door that the script names.
    pub(crate) fn door(&self, element: &str, name: &str) -> String {
        path(&attribute(&self.0, element, name).unwrap_or_else(|| panic!("{}", self.0)))
    }

    /// Gives where the call goes on by itself.
    pub(crate) fn silence(&self) -> String {
        let (_, rest) = self.0.split_once("<Redirect method=\"POST\">").expect("it goes on");
        path(&rest.split('<').next().unwrap().replace("&amp;", "&"))
    }
}

fn path(url: &str) -> String {
    url.strip_prefix(HOST).expect("every address is our own").to_owned()
}

/// A call in progress, as the provider holds it.
pub(crate) struct Call<'a> {
    door: &'a Door,
    pub(crate) sid: String,
    pub(crate) from: &'static str,
    /// What was said last.
    pub(crate) script: Script,
}

impl<'a> Call<'a> {
    /// Begins a call.
    pub(crate) async fn begin(door: &'a Door, n: u32) -> Self {
        Self::of(door, n, CALLER).await
    }

    pub(crate) async fn of(door: &'a Door, n: u32, from: &'static str) -> Self {
        let sid = format!("CA{n:032x}");
        let mut call = Self { door, sid, from, script: Script(String::new()) };
        let answer = call.post("/hooks/phone/twilio/start", &[]).await;
        call.script = Script::of(&answer);
        call
    }

    /// Makes a request of this call.
    pub(crate) fn request(&self, path: &str, fields: &[(&str, &str)]) -> Request<Body> {
        let own = [("CallSid", self.sid.as_str()), ("From", self.from), ("To", "+14185550311")];
        signed(path, &[&own, fields].concat())
    }

    pub(crate) async fn post(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        self.door.ask(self.request(path, fields)).await
    }

    async fn go(&mut self, path: String, fields: &[(&str, &str)]) -> String {
        let answer = self.post(&path, fields).await;
        self.script = Script::of(&answer);
        self.script.told()
    }

    /// Presses keys.
    pub(crate) async fn keys(&mut self, keys: &str) -> String {
        self.go(self.script.door("Gather", "action"), &[("Digits", keys)]).await
    }

    /// Says something that the provider's recogniser hears.
    pub(crate) async fn says(&mut self, words: &str) -> String {
        let heard = [("SpeechResult", words), ("Confidence", "0.9")];
        self.go(self.script.door("Gather", "action"), &heard).await
    }

    /// Says nothing.
    pub(crate) async fn silent(&mut self) -> String {
        self.go(self.script.silence(), &[]).await
    }

    /// Ends a recording.
    pub(crate) async fn recorded(&mut self, recording: &str) -> String {
        let fields = [("RecordingSid", recording), ("RecordingDuration", "9"), ("Digits", "#")];
        self.go(self.script.door("Record", "action"), &fields).await
    }

    /// Ends the attempt to pass the call on.
    pub(crate) async fn passed(&mut self, status: &str) -> String {
        self.go(self.script.door("Dial", "action"), &[("DialCallStatus", status)]).await
    }
}
