//! What goes wrong, as RFC 9457 problems with public ids; a 5xx body tells nothing else.

use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use bot_core::text::shorten;
use bot_store::ReceiveError;
use serde::Serialize;
use std::time::Duration;

use crate::token::TokenError;

/// A problem, by its public id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Problem {
    /// The request is not understood.
    BadRequest(String),
    /// No token, or one that is not ours.
    Unauthorized,
    /// The token's time is over.
    TokenExpired,
    /// A page of this origin may not call.
    ForbiddenOrigin,
    /// The request is not signed as the provider signs.
    Unsigned,
    /// There is nothing here.
    NotFound,
    /// The method is not for this path.
    MethodNotAllowed,
    /// The body took too long to come.
    TooSlow,
    /// The city has set no key for its people.
    StaffOff,
    /// It does not stand as the request takes it to.
    Conflict(String),
    /// The conversation is closed.
    ConversationClosed,
    /// The body is too large.
    TooLarge,
    /// The body is of a kind that is not taken.
    UnsupportedType(String),
    /// What was sent makes no sense.
    Invalid(String),
    /// Too much at once.
    TooMany {
        /// How long to wait.
        after: Duration,
    },
    /// The counter cannot take anything now.
    Unavailable,
    /// A fault of the counter.
    Internal,
}

#[derive(Serialize)]
struct Body {
    r#type: String,
    title: &'static str,
    status: u16,
    #[serde(skip_serializing_if = "Option::is_none")]
    detail: Option<String>,
}

/// Characters of a detail.
const MAX_DETAIL_CHARS: usize = 300;
/// After how long to try again, where nobody can say better.
pub(crate) const RETRY_AFTER: Duration = Duration::from_secs(5);

impl Problem {
    /// Gives status, public id and title.
    const fn parts(&self) -> (StatusCode, &'static str, &'static str) {
        match self {
            Self::BadRequest(_) => {
                (StatusCode::BAD_REQUEST, "bad-request", "The request is not understood")
            }
            Self::Unauthorized => {
                (StatusCode::UNAUTHORIZED, "unauthorized", "A valid token is needed")
            }
            Self::TokenExpired => (
                StatusCode::UNAUTHORIZED,
                "token-expired",
                "The token has expired: open another conversation",
            ),
            Self::ForbiddenOrigin => (
                StatusCode::FORBIDDEN,
                "forbidden-origin",
                "Pages of this origin may not call the counter",
            ),
            Self::Unsigned => {
                (StatusCode::FORBIDDEN, "unsigned", "The request is not signed by the provider")
            }
            Self::NotFound => (StatusCode::NOT_FOUND, "not-found", "There is nothing here"),
            Self::MethodNotAllowed => (
                StatusCode::METHOD_NOT_ALLOWED,
                "method-not-allowed",
                "The method is not for this path",
            ),
            Self::TooSlow => {
                (StatusCode::REQUEST_TIMEOUT, "too-slow", "The body took too long to come")
            }
            Self::StaffOff => (
                StatusCode::FORBIDDEN,
                "staff-off",
                "No key is set for the city's people: see staff.key_file",
            ),
            Self::Conflict(_) => {
                (StatusCode::CONFLICT, "conflict", "It does not stand as it must for that")
            }
            Self::ConversationClosed => (
                StatusCode::CONFLICT,
                "conversation-closed",
                "The conversation is closed: open another",
            ),
            Self::TooLarge => (StatusCode::PAYLOAD_TOO_LARGE, "too-large", "The body is too large"),
            Self::UnsupportedType(_) => (
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                "unsupported-type",
                "This kind of content is not taken",
            ),
            Self::Invalid(_) => {
                (StatusCode::UNPROCESSABLE_ENTITY, "invalid", "The message cannot be taken")
            }
            Self::TooMany { .. } => {
                (StatusCode::TOO_MANY_REQUESTS, "too-many", "Too much at once: try again later")
            }
            Self::Unavailable => (
                StatusCode::SERVICE_UNAVAILABLE,
                "unavailable",
                "The counter cannot take this now: try again",
            ),
            Self::Internal => {
                (StatusCode::INTERNAL_SERVER_ERROR, "internal", "Something went wrong")
            }
        }
    }

    /// Gives what a person reads; it may quote the request, so it has a bound.
    fn detail(&self) -> Option<String> {
        match self {
            Self::BadRequest(text)
            | Self::Invalid(text)
            | Self::UnsupportedType(text)
            | Self::Conflict(text) => Some(shorten(text, MAX_DETAIL_CHARS)),
            Self::Unauthorized
            | Self::TokenExpired
            | Self::ForbiddenOrigin
            | Self::Unsigned
            | Self::NotFound
            | Self::MethodNotAllowed
            | Self::TooSlow
            | Self::StaffOff
            | Self::ConversationClosed
            | Self::TooLarge
            | Self::TooMany { .. }
            | Self::Unavailable
            | Self::Internal => None,
        }
    }

    /// Gives after how long to try again, where that may help.
    const fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::TooMany { after } => Some(*after),
            Self::Unavailable => Some(RETRY_AFTER),
            Self::BadRequest(_)
            | Self::Unauthorized
            | Self::TokenExpired
            | Self::ForbiddenOrigin
            | Self::Unsigned
            | Self::NotFound
            | Self::MethodNotAllowed
            | Self::TooSlow
            | Self::StaffOff
            | Self::Conflict(_)
            | Self::ConversationClosed
            | Self::TooLarge
            | Self::UnsupportedType(_)
            | Self::Invalid(_)
            | Self::Internal => None,
        }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let (status, id, title) = self.parts();
        let r#type = format!("urn:guichet:problem:{id}");
        let body = Body { r#type, title, status: status.as_u16(), detail: self.detail() };
        let mut response = (status, Json(body)).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        if let Some(after) = self.retry_after() {
            headers.insert(header::RETRY_AFTER, whole_seconds(after).into());
        }
        if status == StatusCode::UNAUTHORIZED {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        response
    }
}

/// Gives the first whole second that is not too early.
fn whole_seconds(after: Duration) -> u64 {
    after.as_nanos().div_ceil(1_000_000_000).max(1).try_into().unwrap_or(u64::MAX)
}

impl From<TokenError> for Problem {
    fn from(error: TokenError) -> Self {
        match error {
            TokenError::Forged => Self::Unauthorized,
            TokenError::Expired => Self::TokenExpired,
        }
    }
}

impl From<bot_store::Error> for Problem {
    fn from(error: bot_store::Error) -> Self {
        let passing = match &error {
            bot_store::Error::Busy(_)
            | bot_store::Error::Unavailable(_)
            | bot_store::Error::Full(_)
            | bot_store::Error::ReadOnly(_)
            | bot_store::Error::Conflict(_) => true,
            bot_store::Error::TooLarge { .. } => return Self::TooLarge,
            bot_store::Error::Snapshot
            | bot_store::Error::Newer { .. }
            | bot_store::Error::Settings(_)
            | bot_store::Error::Row { .. }
            | bot_store::Error::Fault(_) => false,
        };
        tracing::error!(%error, "the store could not do as asked");
        if passing { Self::Unavailable } else { Self::Internal }
    }
}

impl From<ReceiveError> for Problem {
    fn from(error: ReceiveError) -> Self {
        match error {
            ReceiveError::NotFound => Self::NotFound,
            ReceiveError::Closed => Self::ConversationClosed,
            ReceiveError::Refused(why) => Self::Invalid(why.to_owned()),
            ReceiveError::TooMany => Self::TooMany { after: RETRY_AFTER },
            ReceiveError::Store(error) => error.into(),
        }
    }
}
