//! Every path and the layers around it.

use axum::Router;
use axum::extract::{DefaultBodyLimit, Request, State};
use axum::http::{HeaderName, HeaderValue, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use bot_channels::web::{MAX_BODY_BYTES, MAX_FILES};
use std::any::Any;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::set_header::SetResponseHeaderLayer;
use tower_http::timeout::RequestBodyTimeoutLayer;

use crate::hooks::MAX_HOOK_BYTES;
use crate::problem::Problem;
use crate::state::Web;
use crate::{
    attachments, case_page, chat, events, form_page, health, limits, origin, page, phone, sms,
    suggestions, voicemail_page, voicemails, widget,
};

/// Room for the parts of a form around its files.
const FORM_ROOM_BYTES: usize = 64 * 1024;

/// Makes the door.
pub fn router(web: Web) -> Router {
    let limits = web.limits;
    let quick = Router::new()
        .route("/", get(page::page))
        .route("/widget.js", get(widget::script))
        .route("/counter.css", get(page::counter_style))
        .route("/page.css", get(page::page_style))
        .route("/form.css", get(page::form_style))
        .route("/case.css", get(page::case_style))
        .route("/suivi/{number}", get(case_page::french))
        .route("/track/{number}", get(case_page::english))
        .route("/voicemail.css", get(page::voicemail_style))
        .route("/voicemail.js", get(page::voicemail_script))
        .route(
            "/message-vocal/{token}",
            get(voicemail_page::french).post(voicemail_page::add_french),
        )
        .route("/voicemail/{token}", get(voicemail_page::english).post(voicemail_page::add_english))
        .route("/api/voicemails", get(voicemails::list))
        .route("/api/voicemails/{id}/review", post(voicemails::review))
        .route("/phone/hold.wav", get(phone::hold_music))
        .route("/api/openapi.json", get(page::openapi))
        .route("/api/chat", post(chat::open).get(chat::state))
        .route("/api/chat/messages", post(chat::post).get(chat::list))
        .route("/api/suggestions", get(suggestions::list))
        .route("/api/suggestions/{id}/accept", post(suggestions::accept))
        .route("/api/suggestions/{id}/dismiss", post(suggestions::dismiss))
        .route("/api/suggestions/{id}/undo", post(suggestions::undo))
        .layer(DefaultBodyLimit::max(MAX_BODY_BYTES))
        .layer(middleware::from_fn_with_state(web.clone(), answer_in_time))
        .layer(CompressionLayer::new());
    let upload_bytes = limits.max_file_bytes * MAX_FILES.min(4) + FORM_ROOM_BYTES;
    let files = Router::new()
        .route("/api/chat/attachments", post(attachments::upload))
        .route("/api/chat/attachments/{id}", get(attachments::download))
        .layer(DefaultBodyLimit::max(upload_bytes))
        .layer(middleware::from_fn_with_state(web.clone(), upload_in_time))
        .layer(middleware::from_fn_with_state(web.clone(), limits::transfers::bounded));
    // These bound how long their own forms may take: what is late gets a page too.
    let forms = Router::new()
        .route("/formulaire", get(form_page::french).post(form_page::send_french))
        .route("/form", get(form_page::english).post(form_page::send_english))
        .layer(DefaultBodyLimit::max(upload_bytes))
        .layer(CompressionLayer::new());
    // Sound is answered as it is: compressed, no part of it could be found.
    let sounds = Router::new()
        .route("/voicemail/{token}/audio", get(voicemail_page::audio))
        .layer(middleware::from_fn_with_state(web.clone(), answer_in_time));
    let streams = Router::new().route("/api/chat/events", get(events::events));
    // Whoever watches the service is never turned away.
    let watch = Router::new()
        .route("/healthz", get(health::health))
        .route("/readyz", get(health::ready))
        .route("/metrics", get(health::metrics))
        .method_not_allowed_fallback(async || Problem::MethodNotAllowed)
        .layer(middleware::from_fn_with_state(web.clone(), answer_in_time));
    quick
        .merge(files)
        .merge(forms)
        .merge(sounds)
        .merge(streams)
        .fallback(async || Problem::NotFound)
        .method_not_allowed_fallback(async || Problem::MethodNotAllowed)
        .layer(middleware::from_fn_with_state(web.clone(), limits::by_address))
        .merge(watch)
        .merge(hooks(&web))
        .layer(RequestBodyTimeoutLayer::new(limits.body_pause))
        .layer(CatchPanicLayer::custom(|_: Box<dyn Any + Send>| panicked()))
        // Around all that answers: an embedded page must be able to read what went wrong.
        .layer(middleware::from_fn_with_state(web.clone(), origin::guard))
        .layer(set(header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .layer(set(header::REFERRER_POLICY, "no-referrer"))
        // What residents say stays in no cache; whatever may stay says so itself.
        .layer(set(header::CACHE_CONTROL, "no-store"))
        .layer(set(HeaderName::from_static("permissions-policy"), "camera=(), microphone=()"))
        .with_state(web)
}

/// The doors for providers: their requests are many and come from few addresses, so that a
/// signature lets them in, and no count keeps them out.
fn hooks(web: &Web) -> Router<Web> {
    Router::new()
        .route("/hooks/phone/{dialect}/{door}", get(phone::call).post(phone::call))
        .route("/hooks/sms/twilio", post(sms::incoming))
        .route("/hooks/sms/twilio/status", post(sms::fate))
        .method_not_allowed_fallback(async || Problem::MethodNotAllowed)
        .layer(DefaultBodyLimit::max(MAX_HOOK_BYTES))
        .layer(middleware::from_fn_with_state(web.clone(), answer_in_time))
}

fn set(name: HeaderName, value: &'static str) -> SetResponseHeaderLayer<HeaderValue> {
    SetResponseHeaderLayer::if_not_present(name, HeaderValue::from_static(value))
}

/// Answers in time, if only that it could not.
async fn answer_in_time(State(web): State<Web>, request: Request, next: Next) -> Response {
    let answer = tokio::time::timeout(web.limits.answer, next.run(request)).await;
    answer.unwrap_or_else(|_| {
        tracing::error!("an answer took too long");
        Problem::Unavailable.into_response()
    })
}

/// Bounds how long files may take to come, however small their drops are.
async fn upload_in_time(State(web): State<Web>, request: Request, next: Next) -> Response {
    let answer = tokio::time::timeout(web.limits.upload, next.run(request)).await;
    answer.unwrap_or_else(|_| Problem::TooSlow.into_response())
}

fn panicked() -> Response {
    tracing::error!("a handler has panicked");
    Problem::Internal.into_response()
}
