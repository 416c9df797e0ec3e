//! The body of a request, whole and within its bounds; what goes wrong with it is a problem too.
//!
//! Never here: what a body means.

use axum::body::Bytes;
use axum::extract::{FromRequest, Request};
use axum::http::StatusCode;
use std::error::Error;
use tower_http::timeout::TimeoutError;

use crate::problem::Problem;
use crate::state::Web;

/// A body that has come whole.
#[derive(Debug)]
pub(crate) struct Whole(pub(crate) Bytes);

impl FromRequest<Web> for Whole {
    type Rejection = Problem;

    async fn from_request(request: Request, web: &Web) -> Result<Self, Problem> {
        let body = Bytes::from_request(request, web).await;
        body.map(Self).map_err(|why| broken(&why, why.status()))
    }
}

/// Tells why a body did not come whole: too large, too slow, or broken off.
pub(crate) fn broken(why: &(dyn Error + 'static), status: StatusCode) -> Problem {
    if status == StatusCode::PAYLOAD_TOO_LARGE {
        return Problem::TooLarge;
    }
    let mut cause = Some(why);
    while let Some(why) = cause {
        if why.is::<TimeoutError>() {
            return Problem::TooSlow;
        }
        cause = why.source();
    }
    Problem::BadRequest("the body broke off or is not what its headers say".to_owned())
}
