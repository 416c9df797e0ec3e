//! How many files travel at once: each is whole in memory while it does.
//!
//! Never here: what a file is.

use axum::body::{Body, Bytes, HttpBody};
use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use hyper::body::{Frame, SizeHint};
use std::net::IpAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use tokio::sync::OwnedSemaphorePermit;

use super::{Place, Refusal};
use crate::problem::{Problem, RETRY_AFTER};
use crate::state::Web;

/// The places of a file that travels: one of the door's, and one of its address's.
type Places = (OwnedSemaphorePermit, Option<Place<IpAddr>>);

/// An answer that keeps its places until it is sent.
struct Held {
    body: Body,
    _places: Places,
}

impl HttpBody for Held {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        Pin::new(&mut self.body).poll_frame(context)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

/// Lets so many files in and out at once; the next one is told to come again.
pub(crate) async fn bounded(State(web): State<Web>, request: Request, next: Next) -> Response {
    let client = web.client(request.extensions(), request.headers());
    let Some(places) = take(&web, client.bounded()) else {
        web.counts.refusals.count(Refusal::Transfers);
        return Problem::TooMany { after: RETRY_AFTER }.into_response();
    };
    next.run(request).await.map(|body| Body::new(Held { body, _places: places }))
}

fn take(web: &Web, address: Option<IpAddr>) -> Option<Places> {
    let own = match address {
        Some(address) => Some(web.counts.transfers.take(address)?),
        None => None,
    };
    Some((Arc::clone(&web.transfers).try_acquire_owned().ok()?, own))
}
