//! The open door: connections are taken one by one, each within its bounds, until told to stop.
//!
//! Never here: paths and what they answer. axum's own loop has no timer, so that a client that
//! never ends its headers would stay for ever; hence this one on hyper.

use axum::Router;
use axum::http::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::{Service, service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use socket2::SockRef;
use std::error::Error;
use std::io;
use std::net::IpAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio_io_timeout::TimeoutWriter;

use crate::client::{Peer, network};
use crate::limits::{Place, Refusal};
use crate::router::router;
use crate::state::Web;

/// Bytes of a request's line and headers, and of an answer that waits to be written.
const MAX_HEAD_BYTES: usize = 16 * 1024;
/// Bytes of an answer that the system keeps for a client that does not read; left to itself it
/// would keep megabytes. A system may double it.
const SEND_BUFFER_BYTES: usize = 128 * 1024;
/// How long to wait before connections are taken again when none can be, as when files run out.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// Serves a door until its stop is asked for, then lets the answers in progress end.
pub async fn serve(listener: TcpListener, web: Web) {
    let (limits, closing) = (web.limits, web.closing.clone());
    let places = Arc::new(Semaphore::new(limits.max_connections));
    let graceful = GracefulShutdown::new();
    let mut builder = http1::Builder::new();
    builder.timer(TokioTimer::new()).header_read_timeout(limits.head_pause);
    builder.max_buf_size(MAX_HEAD_BYTES);
    let router = router(web.clone());
    loop {
        let next = async {
            // A closed semaphore is the only fault, and nobody closes this one.
            let place = Arc::clone(&places).acquire_owned().await.ok()?;
            Some((take(&listener).await, place))
        };
        let taken = tokio::select! {
            () = closing.cancelled() => break,
            taken = next => taken,
        };
        let Some(((stream, peer), place)) = taken else { break };
        // One address too often is not answered: to read what it asks is what it wants of us.
        let own_place = match place_of(&web, peer) {
            Ok(own_place) => own_place,
            Err(refusal) => {
                web.counts.refusals.count(refusal);
                continue;
            }
        };
        let io = TokioIo::new(impatient(stream, limits.write_pause));
        let connection = builder.serve_connection(io, service(&router, peer));
        let connection = graceful.watch(connection);
        let counts = Arc::clone(&web.counts);
        tokio::spawn(async move {
            // A client that breaks off, or is too slow, is nobody's fault here.
            if connection.await.is_err_and(|error| is_unread(&error)) {
                counts.refusals.count(Refusal::Unread);
            }
            drop((place, own_place));
        });
    }
    drop(listener);
    graceful.shutdown().await;
}

/// Takes the next connection; what keeps one from being taken passes.
async fn take(listener: &TcpListener) -> (TcpStream, IpAddr) {
    loop {
        match listener.accept().await {
            Ok((stream, address)) => {
                // Answers are small and whole: they need not wait for more.
                stream.set_nodelay(true).ok();
                // Not on the listener: those who knocked before it was set would have none.
                SockRef::from(&stream).set_send_buffer_size(SEND_BUFFER_BYTES).ok();
                return (stream, address.ip().to_canonical());
            }
            Err(error) => {
                tracing::warn!(%error, "a connection could not be taken");
                tokio::time::sleep(ACCEPT_PAUSE).await;
            }
        }
    }
}

/// Gives a connection the place of its address, if there is one; a proxy, which speaks for many,
/// needs none.
fn place_of(web: &Web, peer: IpAddr) -> Result<Option<Place<IpAddr>>, Refusal> {
    if web.proxies.hold(peer) {
        return Ok(None);
    }
    web.counts.connections.take(network(peer)).map(Some).ok_or(Refusal::Connections)
}

/// Makes a stream end where what is written to it goes nowhere for too long.
fn impatient(stream: TcpStream, pause: Duration) -> Pin<Box<TimeoutWriter<TcpStream>>> {
    let mut writer = TimeoutWriter::new(stream);
    writer.set_timeout(Some(pause));
    Box::pin(writer)
}

/// Answers the requests of a connection, each with the peer whose it is.
fn service(
    router: &Router,
    peer: IpAddr,
) -> impl Service<
    Request<Incoming>,
    Response = axum::response::Response,
    Error = std::convert::Infallible,
    Future: Send,
> + use<> {
    let answering = TowerToHyperService::new(Router::clone(router));
    service_fn(move |mut request: Request<Incoming>| {
        request.extensions_mut().insert(Peer(peer));
        answering.call(request)
    })
}

/// Tells whether a connection ended because its client did not read.
fn is_unread(error: &hyper::Error) -> bool {
    let cause = error.source().and_then(|cause| cause.downcast_ref::<io::Error>());
    cause.is_some_and(|cause| cause.kind() == io::ErrorKind::TimedOut)
}
