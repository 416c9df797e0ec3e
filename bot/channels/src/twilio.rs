//! Twilio's REST API, and that of whoever speaks it: recordings fetched and deleted, text messages
//! sent (Recordings and Messages resources, 2010-04-01).
//!
//! Addresses are made of the configured base and of ids that were checked, never of what a webhook
//! brought along: credentials go to nobody else.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;
use std::fmt;
use std::io::Read;
use std::sync::Arc;
use std::time::Duration;
use ureq::Agent;
use ureq::http::{Response, header};
use ureq::tls::{RootCerts, TlsConfig};
use voice_calls::Dialect;

use crate::provider::{Fetched, MAX_RECORDING_BYTES, ProviderError, Recordings, Sent, Texts};

/// Bytes of an answer in JSON.
const MAX_ANSWER_BYTES: u64 = 64 * 1024;
/// How long a connection may take.
const CONNECT_LIMIT: Duration = Duration::from_secs(10);
/// How long a whole answer may take.
const ANSWER_LIMIT: Duration = Duration::from_mins(1);
const AGENT: &str = concat!("guichet/", env!("CARGO_PKG_VERSION"));

/// Who we are to the provider.
#[derive(Clone)]
pub struct Account {
    /// Where its API is, as `https://api.twilio.com`.
    pub base: String,
    /// The account's id.
    pub sid: String,
    /// Its token.
    pub token: String,
}

impl fmt::Debug for Account {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Account")
            .field("base", &self.base)
            .field("sid", &self.sid)
            .finish_non_exhaustive()
    }
}

/// From whom text messages come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Sender {
    /// A number, in E.164 form.
    Number(String),
    /// A messaging service, by its id.
    Service(String),
}

/// Twilio's API.
pub struct Twilio {
    agent: Agent,
    dialect: Dialect,
    account: Account,
    /// From whom text messages come, and where their fate is told.
    texts: Option<(Sender, String)>,
}

#[derive(Deserialize)]
struct Taken {
    sid: String,
    #[serde(default)]
    num_segments: Option<String>,
}

#[derive(Deserialize)]
struct Trouble {
    #[serde(default)]
    code: u32,
}

impl Twilio {
    /// Makes a client of Twilio, or of a provider with the same API; it asks nothing yet.
    #[must_use]
    pub fn new(dialect: Dialect, account: Account) -> Self {
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let tls = TlsConfig::builder()
            .root_certs(RootCerts::PlatformVerifier)
            .unversioned_rustls_crypto_provider(provider)
            .build();
        let config = Agent::config_builder()
            .user_agent(AGENT)
            .tls_config(tls)
            // A redirect would carry the credentials elsewhere.
            .max_redirects(0)
            .http_status_as_error(false)
            .timeout_connect(Some(CONNECT_LIMIT))
            .timeout_global(Some(ANSWER_LIMIT))
            .build();
        Self { agent: Agent::new_with_config(config), dialect, account, texts: None }
    }

    /// Sends text messages from this sender; their fate is told at this address.
    #[must_use]
    pub fn texting(self, sender: Sender, callback: String) -> Self {
        Self { texts: Some((sender, callback)), ..self }
    }

    fn url(&self, path: &str) -> String {
        format!("{}{path}", self.account.base.trim_end_matches('/'))
    }

    fn authorization(&self) -> String {
        let Account { sid, token, .. } = &self.account;
        format!("Basic {}", STANDARD.encode(format!("{sid}:{token}")))
    }
}

fn away(error: &ureq::Error) -> ProviderError {
    ProviderError::Away(error.to_string())
}

/// Tells what an answer that is no success means.
fn refused(mut answer: Response<ureq::Body>) -> ProviderError {
    let status = answer.status().as_u16();
    let after = answer.headers().get(header::RETRY_AFTER).and_then(|after| after.to_str().ok());
    let after = after.and_then(|after| after.parse().ok()).map(Duration::from_secs);
    match status {
        404 => ProviderError::Missing,
        401 | 403 => ProviderError::Locked { status },
        429 => ProviderError::Busy { after },
        400..=499 => {
            let body = answer.body_mut().with_config().limit(MAX_ANSWER_BYTES).read_to_vec();
            let trouble = body.ok().and_then(|body| serde_json::from_slice::<Trouble>(&body).ok());
            ProviderError::Refused { status, code: trouble.map_or(0, |trouble| trouble.code) }
        }
        _ => ProviderError::Away(format!("status {status}")),
    }
}

impl Recordings for Twilio {
    fn fetch(&self, recording: &str) -> Result<Fetched, ProviderError> {
        let path = self.dialect.recording_path(&self.account.sid, recording);
        let url = self.url(&path.ok_or(ProviderError::Missing)?);
        let asked = self.agent.get(url).header(header::AUTHORIZATION, self.authorization());
        let answer = asked.call().map_err(|why| away(&why))?;
        if !answer.status().is_success() {
            return Err(refused(answer));
        }
        let mut bytes = Vec::new();
        let room = MAX_RECORDING_BYTES as u64 + 1;
        let read = answer.into_body().into_reader().take(room).read_to_end(&mut bytes);
        read.map_err(|why| ProviderError::Away(why.to_string()))?;
        let is_cut = bytes.len() > MAX_RECORDING_BYTES;
        bytes.truncate(MAX_RECORDING_BYTES);
        Ok(Fetched { bytes, is_cut })
    }

    fn delete(&self, recording: &str) -> Result<(), ProviderError> {
        let resource = self.dialect.recording_resource(&self.account.sid, recording);
        let Some(path) = resource else { return Ok(()) };
        let url = self.url(&path);
        let asked = self.agent.delete(url).header(header::AUTHORIZATION, self.authorization());
        let answer = asked.call().map_err(|why| away(&why))?;
        match answer.status().as_u16() {
            200..=299 | 404 => Ok(()),
            _ => Err(refused(answer)),
        }
    }
}

impl Texts for Twilio {
    fn send(&self, to: &str, body: &str) -> Result<Sent, ProviderError> {
        let Some((sender, callback)) = &self.texts else {
            return Err(ProviderError::Away("no sender is set for text messages".to_owned()));
        };
        let from = match sender {
            Sender::Number(number) => ("From", number.as_str()),
            Sender::Service(service) => ("MessagingServiceSid", service.as_str()),
        };
        let form = [("To", to), from, ("Body", body), ("StatusCallback", callback)];
        let asked = self
            .agent
            .post(self.url(&format!("/2010-04-01/Accounts/{}/Messages.json", self.account.sid)))
            .header(header::AUTHORIZATION, self.authorization());
        let mut answer = asked.send_form(form).map_err(|why| away(&why))?;
        if !answer.status().is_success() {
            return Err(refused(answer));
        }
        let body = answer.body_mut().with_config().limit(MAX_ANSWER_BYTES).read_to_vec();
        let body = body.map_err(|why| away(&why))?;
        let taken: Taken =
            serde_json::from_slice(&body).map_err(|why| ProviderError::Away(why.to_string()))?;
        Ok(Sent { id: taken.sid, n_parts: taken.num_segments.and_then(|n| n.parse().ok()) })
    }
}

#[cfg(test)]
mod tests;
