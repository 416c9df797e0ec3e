//! The open door: connections are taken one by one, each within its bounds, until told to stop.
//!
//! Never here: paths and what they answer. axum's own loop has no timer, so that a client that
//! never ends its headers would stay for ever; hence this one on hyper.

use axum::Router;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;

use crate::router::router;
use crate::state::Web;

/// Bytes of a request's line and headers.
const MAX_HEAD_BYTES: usize = 16 * 1024;
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
    let router = router(web);
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
        let Some((stream, place)) = taken else { break };
        let service = TowerToHyperService::new(Router::clone(&router));
        let connection = builder.serve_connection(TokioIo::new(stream), service);
        let connection = graceful.watch(connection);
        tokio::spawn(async move {
            // A client that breaks off, or is too slow, is nobody's fault here.
            connection.await.ok();
            drop(place);
        });
    }
    drop(listener);
    graceful.shutdown().await;
}

/// Takes the next connection; what keeps one from being taken passes.
async fn take(listener: &TcpListener) -> TcpStream {
    loop {
        match listener.accept().await {
            Ok((stream, _)) => {
                // Answers are small and whole: they need not wait for more.
                stream.set_nodelay(true).ok();
                return stream;
            }
            Err(error) => {
                tracing::warn!(%error, "a connection could not be taken");
                tokio::time::sleep(ACCEPT_PAUSE).await;
            }
        }
    }
}
