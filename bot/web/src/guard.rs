//! Who may come in: the bearer token of a conversation.

use axum::extract::FromRequestParts;
use axum::http::header;
use axum::http::request::Parts;

use crate::problem::Problem;
use crate::state::Web;
use crate::token::Pass;

/// A request that holds the token of a conversation.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Holder(pub(crate) Pass);

impl FromRequestParts<Web> for Holder {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, web: &Web) -> Result<Self, Problem> {
        let token = bearer(parts).or_else(|| in_query(parts)).ok_or(Problem::Unauthorized)?;
        Ok(Self(web.key.check(token, web.now())?))
    }
}

/// Gives the bearer token of a request.
pub(crate) fn bearer(parts: &Parts) -> Option<&str> {
    let value = parts.headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

/// A browser's `EventSource` sends no headers: for streams alone, the token may stand in the query.
fn in_query(parts: &Parts) -> Option<&str> {
    if !parts.uri.path().ends_with("/events") {
        return None;
    }
    parts.uri.query()?.split('&').find_map(|pair| pair.strip_prefix("token="))
}
