//! `/`: the chat as a page of its own, and what the other pages are made of. Nothing comes from another host.

use askama::Template;
use axum::extract::{Query, State};
use axum::http::{StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use serde::Deserialize;

use crate::problem::Problem;
use crate::state::Web;
use crate::{chat, form_page};

const COUNTER_STYLE: &str = include_str!("../ui/counter.css");
const PAGE_STYLE: &str = include_str!("../ui/page.css");
const FORM_STYLE: &str = include_str!("../ui/form.css");
const CASE_STYLE: &str = include_str!("../ui/case.css");
const VOICEMAIL_STYLE: &str = include_str!("../ui/voicemail.css");
const VOICEMAIL_SCRIPT: &str = include_str!("../ui/voicemail.js");
const OPENAPI: &str = include_str!("../api/openapi.json");

/// What the page may load, and from where: itself.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; \
    connect-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'none'; \
    frame-ancestors 'none'; require-trusted-types-for 'script'";

#[derive(Template)]
#[template(path = "counter.html")]
struct CounterPage {
    lang: &'static str,
    city: String,
    title: String,
    form: &'static str,
    form_words: String,
}

#[derive(Deserialize)]
pub(crate) struct PageQuery {
    #[serde(default)]
    lang: Option<String>,
}

/// `GET /`: the chat as a page of its own, in French unless the address says otherwise.
pub(crate) async fn page(
    State(web): State<Web>,
    Query(query): Query<PageQuery>,
) -> Result<Response, Problem> {
    let asked = query.lang.and_then(|code| code.parse().ok()).unwrap_or_default();
    let lang = chat::spoken(&web, asked);
    let page = CounterPage {
        lang: lang.code(),
        city: web.house.city_name(lang),
        title: web.house.text("widget_system", &[], lang),
        form: form_page::path_of(lang),
        form_words: web.house.text("form_title", &[], lang),
    };
    written(&page, StatusCode::OK)
}

/// Writes a page that may load what is its own.
pub(crate) fn written(page: &impl Template, status: StatusCode) -> Result<Response, Problem> {
    let html = page.render().map_err(|why| {
        tracing::error!(error = %why, "a page could not be written");
        Problem::Internal
    })?;
    let policy = [(header::CONTENT_SECURITY_POLICY, POLICY)];
    Ok((status, policy, Html(html)).into_response())
}

/// `GET /counter.css`.
pub(crate) async fn counter_style() -> impl IntoResponse {
    file("text/css; charset=utf-8", COUNTER_STYLE)
}

/// `GET /page.css`: what the pages without a script share.
pub(crate) async fn page_style() -> impl IntoResponse {
    file("text/css; charset=utf-8", PAGE_STYLE)
}

/// `GET /form.css`.
pub(crate) async fn form_style() -> impl IntoResponse {
    file("text/css; charset=utf-8", FORM_STYLE)
}

/// `GET /case.css`.
pub(crate) async fn case_style() -> impl IntoResponse {
    file("text/css; charset=utf-8", CASE_STYLE)
}

/// `GET /voicemail.css`.
pub(crate) async fn voicemail_style() -> impl IntoResponse {
    file("text/css; charset=utf-8", VOICEMAIL_STYLE)
}

/// `GET /voicemail.js`.
pub(crate) async fn voicemail_script() -> impl IntoResponse {
    file("text/javascript; charset=utf-8", VOICEMAIL_SCRIPT)
}

/// `GET /api/openapi.json`.
pub(crate) async fn openapi() -> impl IntoResponse {
    file("application/json", OPENAPI)
}

fn file(kind: &'static str, text: &'static str) -> impl IntoResponse {
    ([(header::CONTENT_TYPE, kind), (header::CACHE_CONTROL, "no-cache")], text)
}
