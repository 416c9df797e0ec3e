//! The reference's vectors, requests that the providers' own libraries have signed, and the same with
//! one byte changed.

mod sdk;

use super::*;

const TOKEN: &str = "test_token_311";
const URL: &str = "https://ivr.example.org/voice?lang=fr";
const FORM: &str = "CallSid=CA0123456789abcdef0123456789abcdef&From=%2B15145550100\
                    &To=%2B15145550311&Digits=1&City=Montr%C3%A9al";
const NOW: UnixMs = UnixMs(1_790_000_000_000);

fn secrets(first: &str) -> Secrets {
    Secrets::new(Secret::new(first).unwrap())
}

/// Checks a request with these headers.
fn check(
    verifier: &dyn Verify,
    method: Method,
    url: &str,
    headers: &[(&str, &str)],
    body: &str,
    is_form: bool,
) -> Result<(), Refused> {
    check_at(verifier, NOW, method, url, headers, body.as_bytes(), is_form)
}

fn check_at(
    verifier: &dyn Verify,
    now: UnixMs,
    method: Method,
    url: &str,
    headers: &[(&str, &str)],
    body: &[u8],
    is_form: bool,
) -> Result<(), Refused> {
    let form = Fields::parse(body).unwrap();
    let find = |name: &str| headers.iter().find(|(own, _)| *own == name).map(|(_, value)| *value);
    let form = is_form.then_some(&form);
    verifier.verify(&Signed { method, url, headers: &find, body, form, now })
}

/// Checks a form that Twilio has signed.
fn twilio(token: &str, url: &str, signature: &str, form: &str) -> Result<(), Refused> {
    let headers = [("x-twilio-signature", signature)];
    check(&Twilio::new(secrets(token)), Method::Post, url, &headers, form, true)
}

#[test]
fn twilio_signs_as_the_reference_says() {
    let signature = "Om3c6Ktip3+u7Av1JZvVilTm/AA=";
    assert_eq!(twilio(TOKEN, URL, signature, FORM), Ok(()));
    let form = Fields::parse(FORM.as_bytes()).unwrap();
    assert_eq!(twilio::sign(&Secret::new(TOKEN).unwrap(), URL, &form), signature);
    assert_eq!(twilio(TOKEN, URL, "5HW80FdITQyxahitVgqzuMWwgKs=", "a=2&a=1&a=2&b=x"), Ok(()));
    let get = [("x-twilio-signature", "c0Fg/9GIL4YHkaon+Wo9YZC7nNo=")];
    let verifier = Twilio::new(secrets(TOKEN));
    assert_eq!(check(&verifier, Method::Get, URL, &get, "", false), Ok(()));
    let url = "https://ivr.example.org/json?bodySHA256=\
               015abd7f5cc57a2dd94b7590f04ad8084273905ee33ec5cebeae62276a97f862";
    let json = [("x-twilio-signature", "SwY1V0nMU0IedKySVtkw6A5hjF0=")];
    assert_eq!(check(&verifier, Method::Post, url, &json, "{\"a\":1}", false), Ok(()));
    assert_eq!(check(&verifier, Method::Post, url, &json, "{\"a\":2}", false), Err(Refused::Body));
    assert_eq!(
        check(&verifier, Method::Post, URL, &get, "{\"a\":1}", false),
        Err(Refused::Missing("bodySHA256"))
    );
}

#[test]
fn twilio_may_write_the_usual_port_or_not() {
    let ported = "https://ivr.example.org:443/voice?lang=fr";
    for url in [URL, ported] {
        for signature in ["Om3c6Ktip3+u7Av1JZvVilTm/AA=", "iwZnPuvsxSBrBy00yM2TK1IOwMQ="] {
            assert_eq!(twilio(TOKEN, url, signature, FORM), Ok(()));
        }
    }
    // Settings of retries stand behind a number sign, and are not sent.
    let with_settings = format!("{URL}#rc=2");
    assert_eq!(twilio(TOKEN, &with_settings, "Om3c6Ktip3+u7Av1JZvVilTm/AA=", FORM), Ok(()));
}

#[test]
fn twilio_signs_with_a_shared_key_where_a_header_says_so() {
    let verifier =
        Twilio::new(secrets("another")).with_shared_key("k1", Secret::new(TOKEN).unwrap());
    let check = |settings: &str, signature: &str| {
        let headers =
            [("x-twilio-signature", signature), ("x-twilio-webhooks-signature-settings", settings)];
        check(&verifier, Method::Post, URL, &headers, FORM, true)
    };
    let sha256 = "vG/edEpQBW9QMWbH5fnG0fqChLYlsw22EllDESRRQGM=";
    assert_eq!(check("key=k1,algorithm=HMAC_SHA256", sha256), Ok(()));
    assert_eq!(check("algorithm=HMAC_SHA256, key=k1", sha256), Ok(()));
    assert_eq!(check("key=k1,algorithm=HMAC_SHA1", sha256), Err(Refused::Mismatch));
    assert_eq!(check("key=k1,algorithm=HMAC_MD5", sha256), Err(Refused::Algorithm));
    assert_eq!(check("key=k2,algorithm=HMAC_SHA256", sha256), Err(Refused::Key));
    let unread = Err(Refused::Malformed("x-twilio-webhooks-signature-settings"));
    assert_eq!(check("key=k1", sha256), unread);
    assert_eq!(check("algorithm=HMAC_SHA256", sha256), unread);
    // A key that is not the token never stands in for it.
    assert_eq!(check("", sha256), Err(Refused::Mismatch));
    assert_eq!(check("", "Om3c6Ktip3+u7Av1JZvVilTm/AA="), Err(Refused::Mismatch));
}

#[test]
fn two_tokens_are_good_while_they_are_changed() {
    let both = secrets("new_token").or(Secret::new(TOKEN).unwrap());
    let headers = [("x-twilio-signature", "Om3c6Ktip3+u7Av1JZvVilTm/AA=")];
    let verifier = Twilio::new(both);
    assert_eq!(check(&verifier, Method::Post, URL, &headers, FORM, true), Ok(()));
    let signature = twilio::sign(
        &Secret::new("new_token").unwrap(),
        URL,
        &Fields::parse(FORM.as_bytes()).unwrap(),
    );
    let headers = [("x-twilio-signature", signature.as_str())];
    assert_eq!(check(&verifier, Method::Post, URL, &headers, FORM, true), Ok(()));
    assert_eq!(twilio(TOKEN, URL, &signature, FORM), Err(Refused::Mismatch));
}

#[test]
fn what_is_not_there_is_named_and_what_was_sent_is_not_repeated() {
    let verifier = Twilio::new(secrets(TOKEN));
    let missing = check(&verifier, Method::Post, URL, &[], FORM, true).unwrap_err();
    assert_eq!(missing.to_string(), "x-twilio-signature is missing");
    assert_eq!(twilio(TOKEN, URL, "", FORM), Err(missing));
    assert_eq!(twilio(TOKEN, URL, "é", FORM), Err(Refused::Malformed("x-twilio-signature")));
    assert!(!format!("{verifier:?}").contains(TOKEN));
}

/// A signed request of jambonz: `{}` at 1 790 000 000 with the secret `s`.
fn jambonz_header(at_s: i64) -> String {
    let secret = Secret::new("s").unwrap();
    let mac = hmac::Mac::finalize(secret.sha256(&[at_s.to_string().as_bytes(), b".{}"]));
    let digit = |n: u8| char::from_digit(n.into(), 16).unwrap();
    let bytes = mac.into_bytes();
    let hex = bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]);
    format!("t={at_s},v1={}", hex.collect::<String>())
}

#[test]
fn what_was_signed_long_ago_is_refused() {
    let verifier = Jambonz::new(secrets("s"));
    for (at_s, expected) in [
        (1_789_999_700, Ok(())),
        (1_790_000_300, Ok(())),
        (1_789_999_699, Err(Refused::Time { off_s: 301 })),
        (1_790_000_301, Err(Refused::Time { off_s: -301 })),
        (i64::MIN, Err(Refused::Time { off_s: i64::MAX })),
    ] {
        let header = jambonz_header(at_s);
        let headers = [("jambonz-signature", header.as_str())];
        assert_eq!(check(&verifier, Method::Post, URL, &headers, "{}", false), expected);
    }
}

#[test]
fn a_get_whose_query_nobody_signed_is_refused() {
    let header = jambonz_header(1_790_000_000);
    let headers = [("jambonz-signature", header.as_str())];
    let get = check(&Jambonz::new(secrets("s")), Method::Get, URL, &headers, "{}", false);
    assert_eq!(get, Err(Refused::Method));
    let telnyx = Telnyx::new("A6EHv/POEL4dcN0Y50vAmWfk1jCbpQ1fHdyGZBJVMbg=").unwrap();
    assert_eq!(check(&telnyx, Method::Get, URL, &[], "", false), Err(Refused::Method));
    assert!(Telnyx::new("A6EHv/POEL4dcN0Y50vAmWfk1jCbpQ1fHdyGZBJVMb==").is_err());
}

#[test]
fn plivo_signs_no_body_but_a_form() {
    let verifier = Plivo::new(secrets(TOKEN));
    let headers = [("x-plivo-signature-v3", "AAAA"), ("x-plivo-signature-v3-nonce", "1")];
    let json = check(&verifier, Method::Post, URL, &headers, "{}", false);
    assert_eq!(json, Err(Refused::Body));
}

/// Makes a token of Vonage.
fn jwt(header: &str, claims: &str) -> String {
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;
    let signed = format!("{}.{}", URL_SAFE_NO_PAD.encode(header), URL_SAFE_NO_PAD.encode(claims));
    let mac = Secret::new("s").unwrap().sha256(&[signed.as_bytes()]);
    let mac = hmac::Mac::finalize(mac).into_bytes();
    format!("Bearer {signed}.{}", URL_SAFE_NO_PAD.encode(mac))
}

#[test]
fn a_token_of_vonage_must_say_all_that_is_believed() {
    let verifier = Vonage::new(secrets("s"), "k");
    let check = |header: &str, claims: &str, body: &str| {
        let token = jwt(header, claims);
        let headers = [("authorization", token.as_str())];
        check(&verifier, Method::Post, URL, &headers, body, false)
    };
    let hs256 = r#"{"alg":"HS256","typ":"JWT"}"#;
    let hash = "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a";
    let claims = format!(r#"{{"iat":1790000000,"api_key":"k","payload_hash":"{hash}"}}"#);
    assert_eq!(check(hs256, &claims, "{}"), Ok(()));
    assert_eq!(check(hs256, &claims, "{ }"), Err(Refused::Body));
    assert_eq!(check(r#"{"alg":"none"}"#, &claims, "{}"), Err(Refused::Algorithm));
    assert_eq!(check(r#"{"alg":"RS256"}"#, &claims, "{}"), Err(Refused::Algorithm));
    let other = claims.replace(r#""k""#, r#""l""#);
    assert_eq!(check(hs256, &other, "{}"), Err(Refused::Account));
    let old = claims.replace("1790000000", "1789999699");
    assert_eq!(check(hs256, &old, "{}"), Err(Refused::Time { off_s: 301 }));
    let ended = claims.replace("{\"iat", "{\"exp\":1789990000,\"iat");
    assert_eq!(check(hs256, &ended, "{}"), Err(Refused::Time { off_s: 10_000 }));
    let no_hash = r#"{"iat":1790000000,"api_key":"k"}"#;
    assert_eq!(check(hs256, no_hash, "{}"), Err(Refused::Missing("payload_hash")));
    assert_eq!(check(hs256, r#"["x"]"#, "{}"), Err(Refused::Malformed("authorization")));
}

#[test]
fn a_digit_has_one_spelling() {
    assert_eq!(from_hex("00ff1a"), Some(vec![0, 255, 26]));
    for bad in ["0", "0g", "0G", "FF", "é"] {
        assert_eq!(from_hex(bad), None, "{bad}");
    }
}

proptest::proptest! {
    #[test]
    fn whatever_is_sent_is_refused(
        url in "(https?://)?.{0,30}",
        value in "(Bearer |t=1,v1=|key=k1,algorithm=)?.{0,60}",
        body in proptest::collection::vec(proptest::prelude::any::<u8>(), 0..60),
    ) {
        let all: [&dyn Verify; 6] = [
            &Twilio::new(secrets(TOKEN)).with_shared_key("k1", Secret::new("k").unwrap()),
            &SignalWire::new(secrets(TOKEN)),
            &Telnyx::new("A6EHv/POEL4dcN0Y50vAmWfk1jCbpQ1fHdyGZBJVMbg=").unwrap(),
            &Plivo::new(secrets(TOKEN)),
            &Vonage::new(secrets(TOKEN), "k"),
            &Jambonz::new(secrets(TOKEN)),
        ];
        let form = Fields::parse(&body).unwrap();
        let headers = |_: &str| Some(value.as_str());
        for verifier in all {
            for method in [Method::Get, Method::Post] {
                for form in [None, Some(&form)] {
                    let request =
                        Signed { method, url: &url, headers: &headers, body: &body, form, now: NOW };
                    proptest::prop_assert!(verifier.verify(&request).is_err());
                }
            }
        }
    }
}
