//! `/api/chat/events`: the messages of a conversation as they come (server-sent events).
//!
//! Each event is a row with its place as id, so that a client that comes back with
//! `Last-Event-ID` misses nothing and sees nothing twice. A ring carries no data; where none comes,
//! the stream looks from time to time.

use axum::extract::{Query, State};
use axum::http::HeaderMap;
use axum::response::sse::{Event, KeepAlive, Sse};
use bot_channels::web::WirePosted;
use bot_core::id::ConversationId;
use bot_store::{Subscription, Topic};
use futures_util::stream::{self, Stream};
use serde::Deserialize;
use std::collections::VecDeque;
use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::OwnedSemaphorePermit;

use crate::chat;
use crate::guard::Holder;
use crate::problem::Problem;
use crate::state::Web;

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
    _place: OwnedSemaphorePermit,
}

/// `GET /api/chat/events`.
pub(crate) async fn events(
    State(web): State<Web>,
    Holder(pass): Holder,
    headers: HeaderMap,
    query: Result<Query<EventsQuery>, axum::extract::rejection::QueryRejection>,
) -> Result<Sse<impl Stream<Item = Result<Event, Infallible>>>, Problem> {
    let conversation = pass.conversation;
    let Query(query) = query.map_err(|why| Problem::BadRequest(why.body_text()))?;
    let last = headers.get("last-event-id").and_then(|value| value.to_str().ok());
    let last_seq = last.and_then(|id| id.parse().ok()).unwrap_or(query.after).max(0);
    let place = Arc::clone(&web.listeners).try_acquire_owned().map_err(|_| Problem::TooMany)?;
    let rings = web.store.wake().subscribe();
    // A conversation that is gone is told at once, not by a silent stream.
    let waiting = chat::after(&web, conversation, last_seq).await?.into();
    let keep_alive = web.limits.keep_alive;
    let listener = Listener { web, conversation, rings, last_seq, waiting, _place: place };
    let stream = stream::unfold(listener, next);
    Ok(Sse::new(stream).keep_alive(KeepAlive::new().interval(keep_alive)))
}

/// Gives the next message, waiting for it; ends when the door or the store is closed.
async fn next(mut listener: Listener) -> Option<(Result<Event, Infallible>, Listener)> {
    loop {
        if let Some(posted) = listener.waiting.pop_front() {
            listener.last_seq = posted.seq;
            return Some((Ok(event(&posted)), listener));
        }
        let topic = Topic::Conversation(listener.conversation);
        let ring = tokio::time::timeout(slow_poll(&listener), listener.rings.wait_for(topic));
        let ring = tokio::select! {
            ring = ring => ring,
            () = listener.web.closing.cancelled() => return None,
        };
        if ring == Ok(None) {
            return None;
        }
        match chat::after(&listener.web, listener.conversation, listener.last_seq).await {
            Ok(messages) => listener.waiting.extend(messages),
            // The next ring or look may find the store again.
            Err(Problem::Unavailable) => {}
            Err(_) => return None,
        }
    }
}

const fn slow_poll(listener: &Listener) -> Duration {
    listener.web.limits.slow_poll
}

fn event(posted: &WirePosted) -> Event {
    let event = Event::default().event("message").id(posted.seq.to_string());
    match serde_json::to_string(posted) {
        Ok(data) => event.data(data),
        Err(_) => event.comment("a message could not be written"),
    }
}
