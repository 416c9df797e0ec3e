//! Requests signed by the providers' own libraries: `tests/sdk/sign.py` made them, and says how.

use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};

use super::*;

const VECTORS: &str = include_str!("../../../tests/sdk/vectors.jsonl");

#[derive(Deserialize)]
#[serde(untagged)]
enum Line {
    Library { library: String, version: String },
    Vector(Vector),
}

#[derive(Deserialize, Clone)]
struct Vector {
    provider: String,
    case: String,
    method: String,
    url: String,
    headers: BTreeMap<String, String>,
    body: String,
    form: bool,
    now_s: i64,
    secret: String,
    #[serde(default)]
    shared: Option<String>,
    #[serde(default)]
    api_key: Option<String>,
    /// Whether the header offers more than one signature.
    #[serde(default)]
    several: bool,
}

impl Vector {
    fn verifier(&self) -> Box<dyn Verify> {
        let secret = secrets(&self.secret);
        match self.provider.as_str() {
            "twilio" => {
                let twilio = Twilio::new(secret);
                Box::new(match &self.shared {
                    Some(key) => {
                        twilio.with_shared_key("webhooks_sharedkey_1", Secret::new(key).unwrap())
                    }
                    None => twilio,
                })
            }
            "signalwire" => Box::new(SignalWire::new(secret)),
            "telnyx" => Box::new(Telnyx::new(&self.secret).unwrap()),
            "plivo" => Box::new(Plivo::new(secret)),
            "vonage" => Box::new(Vonage::new(secret, self.api_key.as_deref().unwrap())),
            "jambonz" => Box::new(Jambonz::new(secret)),
            other => panic!("{other}"),
        }
    }

    fn check(&self) -> Result<(), Refused> {
        let method = if self.method == "GET" { Method::Get } else { Method::Post };
        let headers: Vec<(&str, &str)> =
            self.headers.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        let now = UnixMs(self.now_s * 1_000);
        let body = self.body.as_bytes();
        check_at(&*self.verifier(), now, method, &self.url, &headers, body, self.form)
    }

    /// Whether the provider signs the address.
    fn is_address_signed(&self) -> bool {
        ["twilio", "signalwire", "plivo"].contains(&self.provider.as_str())
    }
}

fn lines() -> impl Iterator<Item = Line> {
    VECTORS.lines().map(|line| serde_json::from_str(line).unwrap())
}

fn vectors() -> impl Iterator<Item = Vector> {
    lines().filter_map(|line| match line {
        Line::Vector(vector) => Some(vector),
        Line::Library { .. } => None,
    })
}

/// Gives a text with one letter or digit changed to the next, for each that it has from `from` on.
fn changed(text: &str, from: usize) -> Vec<String> {
    let places = text.char_indices().filter(|(at, c)| *at >= from && c.is_ascii_alphanumeric());
    let change = |(at, c): (usize, char)| {
        let next = match c {
            '9' => '0',
            'z' => 'a',
            'Z' => 'A',
            c => char::from(u8::try_from(c).unwrap() + 1),
        };
        let (before, after) = text.split_at(at);
        format!("{before}{next}{}", after.chars().skip(1).collect::<String>())
    };
    places.map(change).collect()
}

#[test]
fn every_provider_is_here_with_the_version_of_its_library() {
    let providers: BTreeSet<String> = vectors().map(|vector| vector.provider).collect();
    assert_eq!(providers.len(), 6, "{providers:?}");
    let libraries = lines().filter_map(|line| match line {
        Line::Library { library, version } => Some(format!("{library} {version}")),
        Line::Vector(_) => None,
    });
    assert_eq!(libraries.count(), 6);
}

#[test]
fn what_their_libraries_sign_is_taken() {
    for vector in vectors() {
        assert_eq!(vector.check(), Ok(()), "{} {}", vector.provider, vector.case);
    }
}

#[test]
fn another_address_is_refused() {
    for vector in vectors().filter(Vector::is_address_signed) {
        let path = vector.url.match_indices('/').nth(2).unwrap().0;
        let host = vector.url.replace("ivr.", "ivs.");
        for url in changed(&vector.url, path).into_iter().chain([host]) {
            let other = Vector { url, ..vector.clone() };
            assert!(other.check().is_err(), "{} {}: {}", vector.provider, vector.case, other.url);
        }
    }
}

#[test]
fn another_body_is_refused() {
    for vector in vectors() {
        let shorter = vector.body.chars().skip(1).collect();
        let longer = format!("{}&z=1", vector.body);
        for body in changed(&vector.body, 0).into_iter().chain([shorter, longer]) {
            let other = Vector { body, ..vector.clone() };
            if other.body != vector.body {
                let name = format!("{} {}: {}", vector.provider, vector.case, other.body);
                assert!(other.check().is_err(), "{name}");
            }
        }
    }
}

#[test]
fn another_signature_is_refused() {
    for vector in vectors().filter(|vector| !vector.several) {
        for (name, value) in &vector.headers {
            for value in changed(value, 0).into_iter().chain([String::new(), format!("{value}A")]) {
                let mut other = vector.clone();
                other.headers.insert(name.clone(), value);
                // Without the header that names a key, the token is asked for, and it is not that.
                assert!(other.check().is_err(), "{} {} {name}", vector.provider, vector.case);
            }
        }
    }
}

#[test]
fn another_secret_is_refused() {
    for vector in vectors().filter(|vector| vector.provider != "telnyx") {
        let mut other = vector.clone();
        other.secret.push('x');
        other.shared = vector.shared.map(|key| key + "x");
        assert!(other.check().is_err(), "{} {}", other.provider, other.case);
    }
}

#[test]
fn another_account_or_time_is_refused() {
    for vector in vectors() {
        let has_time = ["telnyx", "vonage", "jambonz"].contains(&vector.provider.as_str());
        let late = Vector { now_s: vector.now_s + 400, ..vector.clone() };
        assert_eq!(late.check().is_err(), has_time, "{}", vector.provider);
        if vector.provider == "vonage" {
            let other = Vector { api_key: Some("abcd1235".to_owned()), ..vector };
            assert_eq!(other.check(), Err(Refused::Account));
        }
    }
}
