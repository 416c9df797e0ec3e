//! The chat's HTTP interface, as a client from outside sees it.
//!
//! Never here: types of the server's own, so that a change of its wire is noticed.

use reqwest::{Response, StatusCode};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use std::time::Duration;

/// How long a request may take besides the wait that it asks for.
const LIMIT: Duration = Duration::from_secs(20);

/// Why a request did not lead to an answer.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// The counter cannot be reached, or went away in the middle: nobody knows whether it was
    /// done.
    #[error("the counter cannot be reached")]
    Away(#[from] reqwest::Error),
    /// What a stream carries is no message.
    #[error("the stream carries what is no message")]
    Garbled(#[source] serde_json::Error),
    /// The counter refuses the request.
    #[error("the counter says {status}: {problem}")]
    Refused {
        /// The status.
        status: StatusCode,
        /// What it says.
        problem: String,
    },
}

impl Failure {
    /// Tells whether the same request may well succeed later.
    #[must_use]
    pub fn is_passing(&self) -> bool {
        match self {
            Self::Away(_) => true,
            Self::Garbled(_) => false,
            Self::Refused { status, .. } => status.is_server_error(),
        }
    }
}

/// An open conversation.
#[derive(Debug, Clone, Deserialize)]
pub struct Opened {
    /// Its id.
    pub conversation: String,
    /// What opens it.
    pub token: String,
}

/// A message that was taken.
#[derive(Debug, Clone, Copy, Deserialize)]
pub struct Taken {
    /// Its place.
    pub seq: i64,
    /// Whether it had been taken before.
    pub repeat: bool,
}

/// A message of the conversation.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Posted {
    /// Its place.
    pub seq: i64,
    /// Who wrote it.
    pub from: String,
    /// The words.
    pub text: String,
    /// The answers on offer.
    #[serde(default)]
    pub choices: Vec<Offer>,
    /// Its language.
    pub lang: String,
}

/// An answer on offer.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Offer {
    /// What to send.
    pub id: String,
    /// What to read.
    pub label: String,
}

/// A client of the chat; its clones share their connections.
#[derive(Debug, Clone, Default)]
pub struct Client {
    http: reqwest::Client,
}

impl Client {
    /// Opens a conversation.
    ///
    /// # Errors
    /// See [`Failure`].
    pub async fn open(&self, url: &str, lang: &str) -> Result<Opened, Failure> {
        let request = self.http.post(format!("{url}/api/chat")).json(&json!({ "lang": lang }));
        read(request.timeout(LIMIT).send().await?, StatusCode::CREATED).await
    }

    /// Sends a message: a body with `id` and `text`, `choice` or `location`.
    ///
    /// # Errors
    /// See [`Failure`].
    pub async fn post(&self, url: &str, token: &str, message: &Value) -> Result<Taken, Failure> {
        let request = self.http.post(format!("{url}/api/chat/messages")).bearer_auth(token);
        read(request.json(message).timeout(LIMIT).send().await?, StatusCode::ACCEPTED).await
    }

    /// Reads the messages after a place, and waits for one where there is none.
    ///
    /// # Errors
    /// See [`Failure`].
    pub async fn messages(
        &self,
        url: &str,
        token: &str,
        after: i64,
        wait: Duration,
    ) -> Result<Vec<Posted>, Failure> {
        let wait_s = wait.as_secs();
        let url = format!("{url}/api/chat/messages?after={after}&wait={wait_s}");
        let request = self.http.get(url).bearer_auth(token);
        read(request.timeout(wait + LIMIT).send().await?, StatusCode::OK).await
    }

    /// Asks for a path and gives the status of the answer.
    ///
    /// # Errors
    /// [`Failure::Away`].
    pub async fn status(&self, url: &str, path: &str) -> Result<u16, Failure> {
        let request = self.http.get(format!("{url}{path}")).timeout(LIMIT);
        Ok(request.send().await?.status().as_u16())
    }

    /// Listens to the messages after a place as they come.
    ///
    /// # Errors
    /// See [`Failure`].
    pub async fn listen(&self, url: &str, token: &str, after: i64) -> Result<Events, Failure> {
        let url = format!("{url}/api/chat/events?after={after}");
        let response = self.http.get(url).bearer_auth(token).send().await?;
        match response.status() {
            StatusCode::OK => Ok(Events { response, rest: Vec::new(), is_message: false }),
            status => Err(Failure::Refused { status, problem: response.text().await? }),
        }
    }
}

/// A stream of messages as they come.
#[derive(Debug)]
pub struct Events {
    response: Response,
    /// What has come and was not read yet.
    rest: Vec<u8>,
    /// Whether the event that is being read is a message; others tell the state of things.
    is_message: bool,
}

impl Events {
    /// Waits for the next message; none once the stream has ended.
    ///
    /// # Errors
    /// Where the stream breaks off or carries what is no message.
    pub async fn next(&mut self) -> Result<Option<Posted>, Failure> {
        loop {
            while let Some(end) = self.rest.iter().position(|byte| *byte == b'\n') {
                let line: Vec<u8> = self.rest.drain(..=end).collect();
                if let Some(name) = line.strip_prefix(b"event:") {
                    self.is_message = name.trim_ascii() == b"message";
                }
                if let Some(data) = line.strip_prefix(b"data:")
                    && self.is_message
                {
                    return serde_json::from_slice(data).map(Some).map_err(Failure::Garbled);
                }
            }
            match self.response.chunk().await? {
                Some(chunk) => self.rest.extend_from_slice(&chunk),
                None => return Ok(None),
            }
        }
    }
}

async fn read<T: DeserializeOwned>(response: Response, wanted: StatusCode) -> Result<T, Failure> {
    let status = response.status();
    if status == wanted {
        return Ok(response.json().await?);
    }
    Err(Failure::Refused { status, problem: response.text().await? })
}
