//! Callers at the same time: the time that each webhook of a call takes, as the provider feels it.
//!
//! Never here: what is good enough.

use anyhow::{Context, ensure};
use bot_channels::signature::{Secret, twilio};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};
use tests::Setup;
use tests::figures::Figures;
use tokio::task::JoinSet;
use voice_calls::Fields;

/// Where the counter is told that it is seen from outside; nobody is there.
const PUBLIC_URL: &str = "http://guichet.example";
const TOKEN: &str = "the token of a provider that is none";
const ACCOUNT: &str = "AC0123456789abcdef0123456789abcdef";
/// What a caller does after the greeting: keys or words. The words need the understanding, the keys
/// do not.
const ANSWERS: [Answer; 7] = [
    Answer::Silence,
    Answer::Words("il y a un nid-de-poule au 12 rue Cartier"),
    Answer::Key("2"),
    Answer::Words("non"),
    Answer::Key("1"),
    Answer::Key("9"),
    Answer::Key("1"),
];

#[derive(Debug, Clone, Copy)]
enum Answer {
    Silence,
    Words(&'static str),
    Key(&'static str),
}

/// What became of the calls.
pub(crate) struct Calls {
    /// Webhooks that were answered without reading any words.
    pub(crate) keyed: Figures,
    /// Webhooks that had words to read.
    pub(crate) spoken: Figures,
    pub(crate) n_begun: u32,
    pub(crate) errors: Vec<String>,
}

/// Sets a counter up so that it takes such calls.
pub(crate) fn answering(setup: Setup) -> Setup {
    setup
        .with("SERVER__PUBLIC_URL", PUBLIC_URL)
        .with("PHONE__TWILIO__ACCOUNT_SID", ACCOUNT)
        .with("PHONE__TWILIO__AUTH_TOKEN__VALUE", TOKEN)
}

/// Calls a counter, so many at the same time, for so long.
pub(crate) async fn run(url: &str, n_callers: u32, counted: Duration) -> anyhow::Result<Calls> {
    let until = Instant::now() + counted;
    let n_calls = Arc::new(AtomicU32::new(0));
    let mut callers = JoinSet::new();
    for _ in 0..n_callers.max(1) {
        let (url, n_calls) = (url.to_owned(), Arc::clone(&n_calls));
        callers.spawn(async move {
            let mut caller = Caller::new(url)?;
            while Instant::now() < until && caller.errors.is_empty() {
                let n = n_calls.fetch_add(1, Ordering::Relaxed);
                if let Err(error) = caller.call(n).await {
                    caller.errors.push(format!("{error:#}"));
                }
            }
            anyhow::Ok(caller)
        });
    }
    let (mut keyed, mut spoken, mut errors) = (Vec::new(), Vec::new(), Vec::new());
    while let Some(caller) = callers.join_next().await {
        let caller = caller??;
        keyed.extend(caller.keyed);
        spoken.extend(caller.spoken);
        errors.extend(caller.errors);
    }
    let (keyed, spoken) = (Figures::new(&keyed), Figures::new(&spoken));
    Ok(Calls { keyed, spoken, n_begun: n_calls.load(Ordering::Relaxed), errors })
}

struct Caller {
    client: reqwest::Client,
    url: String,
    token: Secret,
    keyed: Vec<Duration>,
    spoken: Vec<Duration>,
    errors: Vec<String>,
}

impl Caller {
    fn new(url: String) -> anyhow::Result<Self> {
        let token = Secret::new(TOKEN).context("the token is no secret")?;
        let client = reqwest::Client::new();
        Ok(Self { client, url, token, keyed: Vec::new(), spoken: Vec::new(), errors: Vec::new() })
    }

    /// One call, from the greeting to the end.
    async fn call(&mut self, n: u32) -> anyhow::Result<()> {
        let start = format!("{PUBLIC_URL}/hooks/phone/twilio/start");
        let mut next = self.post(&start, n, None).await?;
        for answer in ANSWERS {
            let address = next.context("a script that leads nowhere")?;
            next = self.post(&address, n, Some(answer)).await?;
        }
        let status = format!("{PUBLIC_URL}/hooks/phone/twilio/status");
        self.send(&status, &fields(n, &[("CallStatus", "completed")])).await.map(drop)
    }

    async fn post(
        &mut self,
        url: &str,
        n: u32,
        answer: Option<Answer>,
    ) -> anyhow::Result<Option<String>> {
        let own: &[(&str, &str)] = match answer {
            None | Some(Answer::Silence) => &[],
            Some(Answer::Words(words)) => &[("SpeechResult", words), ("Confidence", "0.9")],
            Some(Answer::Key(key)) => &[("Digits", key)],
        };
        let began = Instant::now();
        let script = self.send(url, &fields(n, own)).await?;
        match answer {
            Some(Answer::Words(_)) => self.spoken.push(began.elapsed()),
            None | Some(Answer::Silence | Answer::Key(_)) => self.keyed.push(began.elapsed()),
        }
        Ok(action(&script))
    }

    async fn send(&self, url: &str, form: &Fields) -> anyhow::Result<String> {
        let body: Vec<String> =
            form.iter().map(|(name, value)| format!("{name}={}", encoded(value))).collect();
        let path = url.strip_prefix(PUBLIC_URL).context("an address of somebody else")?;
        let answer = self
            .client
            .post(format!("{}{path}", self.url))
            .header("x-twilio-signature", twilio::sign(&self.token, url, form))
            .header("content-type", "application/x-www-form-urlencoded")
            .body(body.join("&"))
            .send()
            .await?;
        let status = answer.status();
        let script = answer.text().await?;
        ensure!(status.is_success(), "the counter says {status} at {path}: {script}");
        Ok(script)
    }
}

fn fields(n: u32, own: &[(&str, &str)]) -> Fields {
    let call = format!("CA{n:032x}");
    let caller = format!("+1418555{:04}", n % 10_000);
    let always = [
        ("CallSid", call.as_str()),
        ("From", &caller),
        ("To", "+14185550311"),
        ("CallStatus", "in-progress"),
    ];
    let always = always.iter().filter(|(name, _)| !own.iter().any(|(other, _)| other == name));
    always.chain(own).copied().collect()
}

/// Writes a value of a form (URL Standard, application/x-www-form-urlencoded).
fn encoded(value: &str) -> String {
    let sign = |byte: u8| match byte {
        b'0'..=b'9' | b'a'..=b'z' | b'A'..=b'Z' | b'-' | b'.' | b'_' => {
            char::from(byte).to_string()
        }
        b' ' => "+".to_owned(),
        _ => format!("%{byte:02X}"),
    };
    value.bytes().map(sign).collect()
}

/// Finds where a script goes on, once the caller has answered.
fn action(script: &str) -> Option<String> {
    let from = script.split_once("action=\"").or_else(|| script.split_once("<Redirect"));
    let (_, rest) = from?;
    let address = rest.split_once(PUBLIC_URL)?.1;
    let end = address.find(['"', '<'])?;
    let path = address.get(..end)?.replace("&amp;", "&");
    Some(format!("{PUBLIC_URL}{path}"))
}
