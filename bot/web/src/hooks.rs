//! What providers send: let in where it is signed, and answered again in the same words where it
//! comes again.
//!
//! A hook's answer is kept with what it stands for, so that a repeat, which providers send when an
//! answer came late, does nothing twice. Never here: what a request says.

use axum::body::Bytes;
use axum::extract::{FromRequest, Request};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use bot_channels::signature::{self, Signed, Verify};
use bot_store::hooks::HookAnswer;
use voice_calls::fields::MAX_FORM_BYTES;
use voice_calls::{Body, Fields};

use crate::body::Whole;
use crate::problem::Problem;
use crate::state::Web;

/// The provider's own name of one delivery: a retry has the same.
const IDEMPOTENCY: HeaderName = HeaderName::from_static("i-twilio-idempotency-token");
/// Bytes of such a name.
const MAX_TOKEN_BYTES: usize = 128;
/// Bytes of a hook's body.
pub(crate) const MAX_HOOK_BYTES: usize = MAX_FORM_BYTES;

/// A request that a provider has sent, not yet known to be its own.
pub(crate) struct Sent {
    method: Method,
    /// The path and the query, as they came.
    target: String,
    headers: HeaderMap,
    body: Bytes,
}

impl FromRequest<Web> for Sent {
    type Rejection = Problem;

    async fn from_request(request: Request, web: &Web) -> Result<Self, Problem> {
        let method = request.method().clone();
        let target = request.uri().path_and_query().map(ToString::to_string).unwrap_or_default();
        let headers = request.headers().clone();
        let Whole(body) = Whole::from_request(request, web).await?;
        Ok(Self { method, target, headers, body })
    }
}

/// A request that is the provider's own.
pub(crate) struct Hooked {
    /// The parameters of the address.
    pub(crate) query: Fields,
    /// The parameters of the body, where it is a form.
    pub(crate) form: Option<Fields>,
    body: Bytes,
    /// The provider's name of this delivery.
    token: Option<String>,
}

impl Hooked {
    /// Gives the body as dialects read it.
    pub(crate) fn body(&self) -> Body<'_> {
        match &self.form {
            Some(form) => Body::Form(form),
            None if self.body.is_empty() => Body::Empty,
            None => Body::Json(&self.body),
        }
    }

    /// Gives the key under which its answer is kept: the provider's own, or else what it stands for.
    pub(crate) fn key(&self, provider: &str, stands_for: &str) -> String {
        match &self.token {
            Some(token) => format!("{provider}/token/{token}"),
            None => format!("{provider}/{stands_for}"),
        }
    }
}

impl Sent {
    /// Lets a request in that the provider has signed.
    ///
    /// # Errors
    /// [`Problem::Unsigned`], and whatever makes it unreadable.
    pub(crate) fn admit(self, web: &Web, provider: &dyn Verify) -> Result<Hooked, Problem> {
        let unreadable =
            |why: voice_calls::fields::FieldsError| Problem::BadRequest(why.to_string());
        let form = self.is_form().then(|| Fields::parse(&self.body)).transpose();
        let form = form.map_err(unreadable)?;
        let query = self.target.split_once('?').map_or("", |(_, query)| query);
        let query = Fields::parse(query.as_bytes()).map_err(unreadable)?;
        let method = match self.method {
            Method::GET => signature::Method::Get,
            Method::POST => signature::Method::Post,
            _ => return Err(Problem::MethodNotAllowed),
        };
        let url = format!("{}{}", web.lines.public_url, self.target);
        let headers = &self.headers;
        let find = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
        let signed = Signed {
            method,
            url: &url,
            headers: &find,
            body: &self.body,
            form: form.as_ref(),
            now: web.now(),
        };
        provider.verify(&signed).map_err(|why| {
            tracing::warn!(%why, "a hook was refused");
            Problem::Unsigned
        })?;
        let token = self.headers.get(IDEMPOTENCY).and_then(|token| token.to_str().ok());
        let token = token.filter(|token| (1..=MAX_TOKEN_BYTES).contains(&token.len()));
        let token = token.map(str::to_owned);
        Ok(Hooked { query, form, body: self.body, token })
    }

    fn is_form(&self) -> bool {
        let kind = self.headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
        kind.is_some_and(|kind| kind.starts_with("application/x-www-form-urlencoded"))
    }
}

/// Finds what was answered to the same request before.
pub(crate) async fn earlier(web: &Web, key: &str) -> Result<Option<Response>, Problem> {
    let mut tx = web.store.look().await?;
    Ok(tx.hooks().find(key).await?.map(|answer| response(&answer)))
}

/// Keeps an answer, and gives the one that counts: the first.
pub(crate) async fn keep(
    web: &Web,
    key: String,
    media_type: &str,
    body: String,
) -> Result<Response, Problem> {
    let answer = HookAnswer {
        key,
        status: StatusCode::OK.as_u16(),
        media_type: media_type.to_owned(),
        body,
        at: web.now(),
    };
    let mut tx = web.store.begin().await?;
    if tx.hooks().keep(&answer).await?.is_fresh() {
        tx.commit().await?;
        return Ok(response(&answer));
    }
    let first = tx.hooks().find(&answer.key).await?;
    Ok(response(&first.unwrap_or(answer)))
}

fn response(answer: &HookAnswer) -> Response {
    let status = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::OK);
    let kind = HeaderValue::from_str(&answer.media_type)
        .unwrap_or_else(|_| HeaderValue::from_static("text/plain"));
    (status, [(header::CONTENT_TYPE, kind)], answer.body.clone()).into_response()
}
