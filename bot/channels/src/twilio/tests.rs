//! The client against a provider on this machine that answers what it is told to.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpListener;
use std::thread;

use super::*;

const ACCOUNT: &str = "AC0123456789abcdef0123456789abcdef";
const RECORDING: &str = "RE0123456789abcdef0123456789abcdef";

/// Answers one request with these bytes, and gives what was asked.
fn once(answer: &'static [u8]) -> (String, thread::JoinHandle<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    let asked = thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let mut reader = BufReader::new(stream.try_clone().unwrap());
        let (mut head, mut n_body) = (String::new(), 0);
        loop {
            let mut line = String::new();
            reader.read_line(&mut line).unwrap();
            if let Some(n) = line.to_lowercase().strip_prefix("content-length:") {
                n_body = n.trim().parse().unwrap();
            }
            if line == "\r\n" || line.is_empty() {
                break;
            }
            head.push_str(&line);
        }
        let mut body = vec![0; n_body];
        reader.read_exact(&mut body).unwrap();
        stream.write_all(answer).unwrap();
        head + &String::from_utf8(body).unwrap()
    });
    (base, asked)
}

fn twilio(base: &str) -> Twilio {
    let account =
        Account { base: base.to_owned(), sid: ACCOUNT.to_owned(), token: "secret".to_owned() };
    let sender = Sender::Number("+14185550311".to_owned());
    Twilio::new(Dialect::Twilio, account)
        .texting(sender, "https://ville.example/hooks/sms/twilio/status".to_owned())
}

#[test]
fn a_recording_is_asked_for_with_the_accounts_credentials() {
    let (base, asked) = once(b"HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\nRIFF");
    let fetched = twilio(&base).fetch(RECORDING).unwrap();
    assert_eq!((fetched.bytes.as_slice(), fetched.is_cut), (&b"RIFF"[..], false));
    let asked = asked.join().unwrap();
    let path = format!("GET /2010-04-01/Accounts/{ACCOUNT}/Recordings/{RECORDING}.wav HTTP/1.1");
    assert!(asked.starts_with(&path), "{asked}");
    assert!(asked.contains("Basic QUMwMTIzNDU2Nzg5"), "{asked}");
}

#[test]
fn an_id_that_is_none_is_never_asked_for() {
    let twilio = twilio("http://127.0.0.1:9");
    for id in ["", "RE1", "../Messages", "RE0123456789abcdef0123456789abcde/", "http://x"] {
        assert_eq!(twilio.fetch(id), Err(ProviderError::Missing), "{id}");
    }
}

#[test]
fn each_refusal_tells_what_to_do() {
    let cases: [(&[u8], ProviderError); 5] = [
        (b"HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n", ProviderError::Missing),
        (b"HTTP/1.1 401 No\r\ncontent-length: 0\r\n\r\n", ProviderError::Locked { status: 401 }),
        (
            b"HTTP/1.1 429 Busy\r\nretry-after: 7\r\ncontent-length: 0\r\n\r\n",
            ProviderError::Busy { after: Some(Duration::from_secs(7)) },
        ),
        (
            b"HTTP/1.1 400 No\r\ncontent-length: 14\r\n\r\n{\"code\":21610}",
            ProviderError::Refused { status: 400, code: 21_610 },
        ),
        (
            b"HTTP/1.1 302 Elsewhere\r\nlocation: http://x/\r\ncontent-length: 0\r\n\r\n",
            ProviderError::Away("status 302".to_owned()),
        ),
    ];
    for (answer, expected) in cases {
        let (base, asked) = once(answer);
        assert_eq!(twilio(&base).fetch(RECORDING), Err(expected));
        asked.join().unwrap();
    }
}

#[test]
fn a_message_goes_out_as_a_form() {
    let answer = b"HTTP/1.1 201 Created\r\ncontent-length: 34\r\n\r\n{\"sid\":\"SM1\", \"num_segments\": \"2\"}";
    let (base, asked) = once(answer);
    let sent = twilio(&base).send("+14185551234", "Reçu & noté").unwrap();
    assert_eq!(sent, Sent { id: "SM1".to_owned(), n_parts: Some(2) });
    let asked = asked.join().unwrap();
    assert!(
        asked.starts_with(&format!("POST /2010-04-01/Accounts/{ACCOUNT}/Messages.json")),
        "{asked}"
    );
    assert!(asked.contains("To=%2B14185551234&From=%2B14185550311"), "{asked}");
    assert!(asked.contains("Body=Re%C3%A7u+%26+not%C3%A9"), "{asked}");
}
