//! The bounds of the door: how much, how long, how often and how many at once.
//!
//! Never here: whose request it is. What is refused is refused before anything of it is stored.

mod places;
mod rate;
mod refusals;
pub(crate) mod transfers;

use axum::extract::{FromRequestParts, Request, State};
use axum::http::request::Parts;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use bot_core::id::ConversationId;
use std::net::IpAddr;
use std::time::Duration;

use crate::client::Client;
use crate::guard::Holder;
use crate::problem::Problem;
use crate::state::Web;
use crate::token::Pass;

pub(crate) use places::{Place, Places};
use rate::Rate;
pub(crate) use refusals::Refusal;
use refusals::Refusals;

/// Bounds of the door. Of those that count by address or by conversation, zero is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of a file.
    pub max_file_bytes: usize,
    /// Messages given at once.
    pub max_page: u32,
    /// Listeners at once.
    pub max_listeners: usize,
    /// Connections at once; whoever comes later waits at the door.
    pub max_connections: usize,
    /// Requests of an address in a minute.
    pub requests_per_minute: u32,
    /// Conversations that an address may open in an hour.
    pub conversations_per_hour: u32,
    /// Messages and uploads of a conversation in a minute.
    pub messages_per_minute: u32,
    /// Connections, and event streams, of an address at once.
    pub connections_per_address: usize,
    /// Event streams of a conversation at once: the tabs in which it is open.
    pub streams_per_conversation: usize,
    /// Files that travel at once; each is whole in memory meanwhile.
    pub max_transfers: usize,
    /// Of them, those of an address.
    pub transfers_per_address: usize,
    /// How long a client may take for the head of a request.
    pub head_pause: Duration,
    /// How long a client may take between two parts of a body.
    pub body_pause: Duration,
    /// How long a client may take before it reads on.
    pub write_pause: Duration,
    /// How long an answer may take.
    pub answer: Duration,
    /// How long files may take to come.
    pub upload: Duration,
    /// How long an event stream goes on before its client must come back.
    pub stream_life: Duration,
    /// How long a token is good.
    pub token_life: Duration,
    /// How often a silent stream says that it is there.
    pub keep_alive: Duration,
    /// How often a listener looks when nothing rings.
    pub slow_poll: Duration,
    /// The longest wait for a message that a client may ask for.
    pub max_wait: Duration,
}

impl Default for Limits {
    // Why the numbers by address are what they are: docs/operations.md, "Limits".
    fn default() -> Self {
        Self {
            max_file_bytes: 12 * 1024 * 1024,
            max_page: 200,
            max_listeners: 10_000,
            max_connections: 20_000,
            requests_per_minute: 1_200,
            conversations_per_hour: 240,
            messages_per_minute: 60,
            connections_per_address: 500,
            streams_per_conversation: 8,
            max_transfers: 32,
            transfers_per_address: 6,
            head_pause: Duration::from_secs(30),
            body_pause: Duration::from_secs(10),
            write_pause: Duration::from_secs(30),
            answer: Duration::from_secs(30),
            upload: Duration::from_mins(5),
            stream_life: Duration::from_hours(4),
            token_life: Duration::from_hours(30 * 24),
            keep_alive: Duration::from_secs(15),
            slow_poll: Duration::from_secs(5),
            max_wait: Duration::from_secs(25),
        }
    }
}

/// What is counted against the bounds, in this process.
#[derive(Debug)]
pub(crate) struct Counts {
    requests: Rate<IpAddr>,
    conversations: Rate<IpAddr>,
    messages: Rate<ConversationId>,
    streams: Places<ConversationId>,
    address_streams: Places<IpAddr>,
    pub(crate) transfers: Places<IpAddr>,
    pub(crate) connections: Places<IpAddr>,
    pub(crate) refusals: Refusals,
}

/// The places of an event stream.
pub(crate) type StreamPlaces = (Place<ConversationId>, Option<Place<IpAddr>>);

impl Counts {
    pub(crate) fn new(limits: &Limits) -> Self {
        Self {
            requests: Rate::per_minute(limits.requests_per_minute),
            conversations: Rate::per_hour(limits.conversations_per_hour),
            messages: Rate::per_minute(limits.messages_per_minute),
            streams: Places::new(limits.streams_per_conversation),
            address_streams: Places::new(limits.connections_per_address),
            transfers: Places::new(limits.transfers_per_address),
            connections: Places::new(limits.connections_per_address),
            refusals: Refusals::default(),
        }
    }

    /// Takes the places of a stream: one of its conversation's, one of its address's.
    pub(crate) fn stream(
        &self,
        conversation: ConversationId,
        address: Option<IpAddr>,
    ) -> Option<StreamPlaces> {
        let own = self.streams.take(conversation)?;
        match address {
            Some(address) => Some((own, Some(self.address_streams.take(address)?))),
            None => Some((own, None)),
        }
    }

    /// Counts a conversation that is opened.
    ///
    /// # Errors
    /// Where the client has opened too many.
    pub(crate) fn may_open(&self, client: Client) -> Result<(), Problem> {
        let room = client.bounded().map_or(Ok(()), |address| self.conversations.count(address));
        self.checked(room, Refusal::Conversations)
    }

    /// Counts a message of a conversation.
    ///
    /// # Errors
    /// Where too much was said there.
    pub(crate) fn may_say(&self, conversation: ConversationId) -> Result<(), Problem> {
        self.checked(self.messages.count(conversation), Refusal::Messages)
    }

    /// Turns away whoever has to wait.
    fn checked(&self, room: Result<(), Duration>, refusal: Refusal) -> Result<(), Problem> {
        room.map_err(|after| {
            self.refusals.count(refusal);
            Problem::TooMany { after }
        })
    }
}

/// Bounds the requests of an address.
pub(crate) async fn by_address(State(web): State<Web>, request: Request, next: Next) -> Response {
    let client = web.client(request.extensions(), request.headers());
    let room = client.bounded().map_or(Ok(()), |address| web.counts.requests.count(address));
    match web.counts.checked(room, Refusal::Requests) {
        Ok(()) => next.run(request).await,
        Err(problem) => problem.into_response(),
    }
}

/// Leave to open one conversation: its address has not opened too many.
#[derive(Debug)]
pub(crate) struct MayOpen;

impl FromRequestParts<Web> for MayOpen {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, web: &Web) -> Result<Self, Problem> {
        web.counts.may_open(web.client(&parts.extensions, &parts.headers)).map(|()| Self)
    }
}

/// Leave to say one thing in a conversation: it has not said too much. Asked for before a body is
/// read, so that a refusal costs little.
#[derive(Debug)]
pub(crate) struct MaySay(pub(crate) Pass);

impl FromRequestParts<Web> for MaySay {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, web: &Web) -> Result<Self, Problem> {
        let Holder(pass) = Holder::from_request_parts(parts, web).await?;
        web.counts.may_say(pass.conversation).map(|()| Self(pass))
    }
}
