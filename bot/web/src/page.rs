//! `/`: a plain page with the chat, and what it is made of. Nothing comes from another host.

use axum::extract::State;
use axum::http::{HeaderValue, header};
use axum::response::{Html, IntoResponse, Response};
use bot_core::Language;

use crate::state::Web;

const PAGE: &str = include_str!("../ui/index.html");
const SCRIPT: &str = include_str!("../ui/chat.js");
const STYLE: &str = include_str!("../ui/chat.css");
const CASE_STYLE: &str = include_str!("../ui/case.css");
const OPENAPI: &str = include_str!("../api/openapi.json");

/// What the page may load, and from where: itself.
pub(crate) const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; \
    connect-src 'self'; img-src 'self' blob: data:; base-uri 'none'; form-action 'none'; \
    frame-ancestors 'none'";

/// `GET /`.
pub(crate) async fn page(State(web): State<Web>) -> Response {
    let name = |lang| escape(&web.house.city_name(lang));
    let page = PAGE
        .replace("{{city_fr}}", &name(Language::Fr))
        .replace("{{city_en}}", &name(Language::En));
    let mut response = Html(page).into_response();
    let policy = HeaderValue::from_static(POLICY);
    response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, policy);
    response
}

/// `GET /chat.js`.
pub(crate) async fn script() -> impl IntoResponse {
    file("text/javascript; charset=utf-8", SCRIPT)
}

/// `GET /chat.css`.
pub(crate) async fn style() -> impl IntoResponse {
    file("text/css; charset=utf-8", STYLE)
}

/// `GET /case.css`.
pub(crate) async fn case_style() -> impl IntoResponse {
    file("text/css; charset=utf-8", CASE_STYLE)
}

/// `GET /api/openapi.json`.
pub(crate) async fn openapi() -> impl IntoResponse {
    file("application/json", OPENAPI)
}

fn file(kind: &'static str, text: &'static str) -> impl IntoResponse {
    ([(header::CONTENT_TYPE, kind), (header::CACHE_CONTROL, "no-cache")], text)
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
