//! Parts of a file, as players ask for them: one range of bytes (RFC 9110, 14).

use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use std::ops::Range;

/// Answers with the file, or the part that was asked for.
pub(super) fn respond(headers: &HeaderMap, media_type: &str, bytes: &Bytes) -> Response {
    let asked = headers.get(header::RANGE).and_then(|range| range.to_str().ok());
    let kind = HeaderValue::from_str(media_type)
        .unwrap_or_else(|_| HeaderValue::from_static("application/octet-stream"));
    let fixed = [
        (header::CONTENT_TYPE, kind),
        (header::ACCEPT_RANGES, HeaderValue::from_static("bytes")),
        (header::CACHE_CONTROL, HeaderValue::from_static("private, no-store")),
        (header::CONTENT_SECURITY_POLICY, HeaderValue::from_static("default-src 'none'; sandbox")),
    ];
    match asked.map(|asked| range(asked, bytes.len())) {
        None | Some(Asked::Unknown) => (fixed, Body::from(bytes.clone())).into_response(),
        Some(Asked::Part(part)) => {
            let span = format!("bytes {}-{}/{}", part.start, part.end - 1, bytes.len());
            let span = [(header::CONTENT_RANGE, span)];
            let body = Body::from(bytes.slice(part));
            (StatusCode::PARTIAL_CONTENT, fixed, span, body).into_response()
        }
        Some(Asked::Beyond) => {
            let span = [(header::CONTENT_RANGE, format!("bytes */{}", bytes.len()))];
            (StatusCode::RANGE_NOT_SATISFIABLE, fixed, span).into_response()
        }
    }
}

#[derive(Debug, PartialEq, Eq)]
enum Asked {
    /// These bytes.
    Part(Range<usize>),
    /// Bytes that are not there.
    Beyond,
    /// Something else, or several parts: the whole is an answer too.
    Unknown,
}

fn range(asked: &str, n_bytes: usize) -> Asked {
    let Some((first, last)) = asked.strip_prefix("bytes=").and_then(|span| span.split_once('-'))
    else {
        return Asked::Unknown;
    };
    let part = match (first.parse::<usize>(), last.parse::<usize>()) {
        (Ok(first), Ok(last)) if first <= last => first..last.saturating_add(1).min(n_bytes),
        (Ok(first), Err(_)) if last.is_empty() => first..n_bytes,
        (Err(_), Ok(last)) if first.is_empty() => n_bytes.saturating_sub(last)..n_bytes,
        _ => return Asked::Unknown,
    };
    if part.start < part.end { Asked::Part(part) } else { Asked::Beyond }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_part_is_given_and_what_is_not_there_is_refused() {
        for (asked, expected) in [
            ("bytes=0-", Asked::Part(0..100)),
            ("bytes=10-19", Asked::Part(10..20)),
            ("bytes=90-500", Asked::Part(90..100)),
            ("bytes=-5", Asked::Part(95..100)),
            ("bytes=100-", Asked::Beyond),
            ("bytes=-0", Asked::Beyond),
            ("bytes=5-2", Asked::Unknown),
            ("bytes=0-1,5-6", Asked::Unknown),
            ("lines=1-2", Asked::Unknown),
        ] {
            assert_eq!(range(asked, 100), expected, "{asked}");
        }
    }
}
