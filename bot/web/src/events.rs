//! `/api/chat/events`: the messages of a conversation as they come (server-sent events).
//!
//! Each event is a row with its place as id, so that a client that comes back with
//! `Last-Event-ID` misses nothing and sees nothing twice. A ring carries no data; where none comes,
//! the stream looks from time to time. A stream has an end, after which its client comes back: one
//! whose client is there no more, and never said so, must not stay for ever.

use axum::extract::{Query, State};
use axum::http::HeaderMap;
use axum::response::sse::{Event, KeepAlive, Sse};
use bot_channels::web::WirePosted;
use bot_core::id::ConversationId;
use bot_store::conversation_state::ConversationState;
use bot_store::{Subscription, Topic};
use futures_util::stream::{self, Stream};
use serde::Deserialize;
use std::collections::VecDeque;
use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::OwnedSemaphorePermit;
use tokio::time::Instant;

use crate::chat;
use crate::client::Client;
use crate::guard::Holder;
use crate::limits::{Refusal, StreamPlaces};
use crate::problem::{Problem, RETRY_AFTER};
use crate::state::Web;

/// Messages that wait for one client at once: what it does not read is not kept here for it.
const MAX_WAITING: u32 = 16;
/// Streams that began together, as after a restart, end over this part of their life.
const N_LIFE_PARTS: u32 = 4;

#[derive(Deserialize)]
pub(crate) struct EventsQuery {
    #[serde(default)]
    after: i64,
}

/// A client that listens.
struct Listener {
    web: Web,
    conversation: ConversationId,
    rings: Subscription,
    last_seq: i64,
    waiting: VecDeque<WirePosted>,
    /// Where the conversation stands, and what of that was told last.
    state: ConversationState,
    told: Option<ConversationState>,
    /// Whether there may be more than is waiting.
    is_behind: bool,
    end: Instant,
    _places: (OwnedSemaphorePermit, StreamPlaces),
}

/// `GET /api/chat/events`.
pub(crate) async fn events(
    State(web): State<Web>,
    Holder(pass): Holder,
    client: Client,
    headers: HeaderMap,
    query: Result<Query<EventsQuery>, axum::extract::rejection::QueryRejection>,
) -> Result<Sse<impl Stream<Item = Result<Event, Infallible>>>, Problem> {
    let conversation = pass.conversation;
    let Query(query) = query.map_err(|why| Problem::BadRequest(why.body_text()))?;
    let last = headers.get("last-event-id").and_then(|value| value.to_str().ok());
    let last_seq = last.and_then(|id| id.parse().ok()).unwrap_or(query.after).max(0);
    let places = places(&web, conversation, client)?;
    let rings = web.store.wake().subscribe(Topic::Conversation(conversation));
    let (keep_alive, end) = (web.limits.keep_alive, Instant::now() + life(&web));
    let waiting = VecDeque::new();
    let mut listener = Listener {
        web,
        conversation,
        rings,
        last_seq,
        waiting,
        state: ConversationState::Bot,
        told: None,
        is_behind: true,
        end,
        _places: places,
    };
    // A conversation that is gone is told at once, not by a silent stream.
    listener.look().await?;
    let stream = stream::unfold(listener, next);
    Ok(Sse::new(stream).keep_alive(KeepAlive::new().interval(keep_alive)))
}

/// Takes the places of a stream: one of the door's, its conversation's and its address's.
fn places(
    web: &Web,
    conversation: ConversationId,
    client: Client,
) -> Result<(OwnedSemaphorePermit, StreamPlaces), Problem> {
    let taken = || {
        let own = web.counts.stream(conversation, client.bounded())?;
        Some((Arc::clone(&web.listeners).try_acquire_owned().ok()?, own))
    };
    taken().ok_or_else(|| {
        web.counts.refusals.count(Refusal::Streams);
        Problem::TooMany { after: RETRY_AFTER }
    })
}

/// Gives how long a stream goes on.
fn life(web: &Web) -> Duration {
    let mut byte = [0];
    web.chance.fill(&mut byte);
    let spread = web.limits.stream_life / N_LIFE_PARTS;
    web.limits.stream_life.saturating_sub(spread * u32::from(byte[0]) / u32::from(u8::MAX))
}

impl Listener {
    /// Looks for what comes next.
    async fn look(&mut self) -> Result<(), Problem> {
        let max_page = self.web.limits.max_page.min(MAX_WAITING);
        let (found, state) =
            chat::glance(&self.web, self.conversation, self.last_seq, max_page).await?;
        self.is_behind = found.len() >= max_page as usize;
        self.waiting.extend(found);
        self.state = state;
        Ok(())
    }

    /// Takes what is to be sent next: a message, or else where the conversation stands.
    fn take(&mut self) -> Option<Event> {
        if let Some(posted) = self.waiting.pop_front() {
            self.last_seq = posted.seq;
            return Some(message_event(&posted));
        }
        if self.is_behind || self.told == Some(self.state) {
            return None;
        }
        self.told = Some(self.state);
        Some(state_event(self.state))
    }

    /// Waits until there may be something; `None` where there will be nothing more.
    async fn wait(&mut self) -> Option<()> {
        if self.is_behind {
            return Some(());
        }
        let ring = tokio::time::timeout(self.web.limits.slow_poll, self.rings.heard());
        let ring = tokio::select! {
            ring = ring => ring,
            () = self.web.closing.cancelled() => return None,
            () = tokio::time::sleep_until(self.end) => return None,
        };
        (ring != Ok(None)).then_some(())
    }
}

/// Gives what comes next, waiting for it; ends with its time, the door or the store.
async fn next(mut listener: Listener) -> Option<(Result<Event, Infallible>, Listener)> {
    loop {
        if let Some(event) = listener.take() {
            return Some((Ok(event), listener));
        }
        listener.wait().await?;
        match listener.look().await {
            Ok(()) => {}
            // The next ring or look may find the store again.
            Err(Problem::Unavailable) => listener.is_behind = false,
            Err(_) => return None,
        }
    }
}

/// Tells where the conversation stands; without an id, since it is no message.
fn state_event(state: ConversationState) -> Event {
    Event::default().event("state").data(format!(r#"{{"state":"{}"}}"#, state.name()))
}

fn message_event(posted: &WirePosted) -> Event {
    let event = Event::default().event("message").id(posted.seq.to_string());
    match serde_json::to_string(posted) {
        Ok(data) => event.data(data),
        Err(_) => event.comment("a message could not be written"),
    }
}
