//! `/healthz`, `/readyz`, `/metrics`.

use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::IntoResponse;

use crate::state::Web;

/// `GET /healthz`: the process is alive.
pub(crate) async fn health() -> &'static str {
    "ok\n"
}

/// `GET /readyz`: everything that answers is there.
pub(crate) async fn ready(State(web): State<Web>) -> (StatusCode, String) {
    if let Err(missing) = web.house.ready() {
        return (StatusCode::SERVICE_UNAVAILABLE, format!("not ready: {missing}\n"));
    }
    let reached = async {
        let mut tx = web.store.read().await?;
        tx.desk().last_id().await
    };
    match reached.await {
        Ok(_) => (StatusCode::OK, "ready\n".to_owned()),
        Err(error) => {
            tracing::error!(%error, "the store does not answer");
            (StatusCode::SERVICE_UNAVAILABLE, "not ready: the store does not answer\n".to_owned())
        }
    }
}

/// `GET /metrics`: counters in the text format of Prometheus.
pub(crate) async fn metrics(State(web): State<Web>) -> impl IntoResponse {
    let kind = [(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")];
    (kind, web.house.metrics() + &web.counts.refusals.text())
}
