//! Who may embed the chat: the origins whose pages may call `/api/chat` from a browser.
//!
//! Never here: tokens. A browser says whose page asks, and no page can make it lie; whoever calls
//! without a browser needs no leave, and gains nothing by a forged origin, since there is no cookie.

use axum::extract::{FromRequestParts, Request, State};
use axum::http::request::Parts;
use axum::http::uri::Authority;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, Uri, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use std::convert::Infallible;
use std::sync::Arc;

use crate::limits::Refusal;
use crate::problem::Problem;
use crate::state::Web;

const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");
const EVERYONE: &str = "*";
const METHODS: HeaderValue = HeaderValue::from_static("GET, POST");
const HEADERS: HeaderValue = HeaderValue::from_static("authorization, content-type, last-event-id");
/// Seconds that a browser may remember the leave.
const MAX_AGE_S: HeaderValue = HeaderValue::from_static("86400");
/// What a page may read beside the body.
const EXPOSED: HeaderValue = HeaderValue::from_static("retry-after");

/// The origins that may embed the chat, beside the door's own.
#[derive(Debug, Clone, Default)]
pub struct Embed {
    origins: Arc<[HeaderValue]>,
    is_for_everyone: bool,
}

/// A text that is no origin.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("\"{text}\" is no origin: {why}")]
pub struct EmbedError {
    text: String,
    why: &'static str,
}

/// Whose page asks.
enum Page<'a> {
    /// The door's own, or no page at all.
    Own,
    /// One that may.
    Guest(&'a HeaderValue),
    /// Any other.
    Stranger,
}

impl Embed {
    /// Reads a list of origins, such as `https://www.ville.qc.ca`, or `*` for all there are; blank
    /// ones are none.
    ///
    /// # Errors
    /// Says which one is no origin, and why.
    pub fn parse(list: &[String]) -> Result<Self, EmbedError> {
        let named = list.iter().map(|text| text.trim()).filter(|text| !text.is_empty());
        let (everyone, origins): (Vec<_>, Vec<_>) = named.partition(|text| *text == EVERYONE);
        let origins = origins
            .into_iter()
            .map(|text| canonical(text).map_err(|why| EmbedError { text: text.to_owned(), why }));
        let origins = origins.collect::<Result<_, _>>()?;
        Ok(Self { origins, is_for_everyone: !everyone.is_empty() })
    }

    /// Lists them, as in a Content-Security-Policy; `*` alone for everyone.
    #[must_use]
    pub fn origins(&self) -> Vec<String> {
        if self.is_for_everyone {
            return vec![EVERYONE.to_owned()];
        }
        let texts = self.origins.iter().filter_map(|origin| origin.to_str().ok());
        texts.map(str::to_owned).collect()
    }

    fn holds(&self, origin: &HeaderValue) -> bool {
        self.is_for_everyone || self.origins.contains(origin)
    }

    fn is_empty(&self) -> bool {
        !self.is_for_everyone && self.origins.is_empty()
    }

    fn page<'a>(&self, uri: &Uri, headers: &'a HeaderMap) -> Page<'a> {
        let mut origins = headers.get_all(header::ORIGIN).iter();
        match (origins.next(), origins.next()) {
            (None, _) => Page::Own,
            (Some(origin), None) if is_own(origin, uri, headers) => Page::Own,
            (Some(origin), None) if self.holds(origin) => Page::Guest(origin),
            (Some(_), _) => Page::Stranger,
        }
    }
}

/// Tells whether a form was sent from a page of the door's own, or by no page at all.
pub(crate) fn is_from_own_page(uri: &Uri, headers: &HeaderMap) -> bool {
    matches!(Embed::default().page(uri, headers), Page::Own)
}

/// Whether a form was sent from a page of the door's own, or by no page at all.
pub(crate) struct OwnPage(pub(crate) bool);

impl FromRequestParts<Web> for OwnPage {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &Web) -> Result<Self, Infallible> {
        Ok(Self(is_from_own_page(&parts.uri, &parts.headers)))
    }
}

/// Lets pages of other origins in where they may, and tells the browser so.
pub(crate) async fn guard(State(web): State<Web>, request: Request, next: Next) -> Response {
    if !is_chat(request.uri().path()) {
        return next.run(request).await;
    }
    let (guest, is_preflight) = match web.embed.page(request.uri(), request.headers()) {
        Page::Own => (None, false),
        Page::Guest(origin) => (Some(origin.clone()), is_preflight(&request)),
        Page::Stranger => {
            web.counts.refusals.count(Refusal::Origin);
            return Problem::ForbiddenOrigin.into_response();
        }
    };
    let mut response = if is_preflight { preflight() } else { next.run(request).await };
    let headers = response.headers_mut();
    if !web.embed.is_empty() {
        headers.append(header::VARY, HeaderValue::from_static("origin"));
    }
    if let Some(origin) = guest {
        headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin);
        headers.insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, EXPOSED);
    }
    response
}

fn is_chat(path: &str) -> bool {
    path.strip_prefix("/api/chat").is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// A browser asks for leave before it sends what a form could not (Fetch, 3.3.2).
fn is_preflight(request: &Request) -> bool {
    request.method() == Method::OPTIONS
        && request.headers().contains_key(header::ACCESS_CONTROL_REQUEST_METHOD)
}

fn preflight() -> Response {
    let headers = [
        (header::ACCESS_CONTROL_ALLOW_METHODS, METHODS),
        (header::ACCESS_CONTROL_ALLOW_HEADERS, HEADERS),
        (header::ACCESS_CONTROL_MAX_AGE, MAX_AGE_S),
    ];
    (StatusCode::NO_CONTENT, headers).into_response()
}

/// Tells whether a page is the door's own. A browser of these years says so itself, whatever a proxy
/// made of the host's name; of an older one, the names are compared.
fn is_own(origin: &HeaderValue, uri: &Uri, headers: &HeaderMap) -> bool {
    if headers.get(SEC_FETCH_SITE).is_some_and(|site| site == "same-origin") {
        return true;
    }
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok());
    let host = uri.authority().map(Authority::as_str).or(host);
    let name = origin.to_str().ok().and_then(|text| text.split_once("://"));
    name.zip(host).is_some_and(|((_, name), host)| name.eq_ignore_ascii_case(host))
}

/// Writes an origin as browsers do: small letters, no port where it is the scheme's own.
fn canonical(text: &str) -> Result<HeaderValue, &'static str> {
    let small = text.to_ascii_lowercase();
    let (scheme, rest) =
        small.split_once("://").ok_or("write it whole, as https://www.ville.qc.ca")?;
    let own_port = match scheme {
        "https" => ":443",
        "http" => ":80",
        _ => return Err("it begins with https:// or http://"),
    };
    if rest.contains(['/', '?', '#']) {
        return Err("write it without a path and without a slash at its end");
    }
    if rest.contains('*') {
        return Err("name each host; * alone lets every page in");
    }
    if !rest.is_ascii() {
        return Err("write its host in the ASCII form, which begins with xn--");
    }
    let authority: Authority = rest.parse().map_err(|_| "its host cannot be read")?;
    let is_plain = !authority.host().is_empty() && !rest.contains('@');
    let is_port = rest == authority.host() || authority.port_u16().is_some();
    if !is_plain || !is_port {
        return Err("after the scheme come a host and, if need be, a port");
    }
    let rest = rest.strip_suffix(own_port).unwrap_or(rest);
    HeaderValue::try_from(format!("{scheme}://{rest}")).map_err(|_| "its host cannot be read")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(list: &[&str]) -> Result<Vec<String>, String> {
        let list: Vec<_> = list.iter().map(|text| (*text).to_owned()).collect();
        let embed = Embed::parse(&list).map_err(|error| error.to_string())?;
        Ok(embed.origins())
    }

    #[test]
    fn origins_are_read_as_browsers_write_them() {
        let list = [
            "https://www.ville.qc.ca",
            " HTTPS://WWW.Ville.QC.ca:443 ",
            "http://localhost:8080",
            "http://[::1]:80",
            "",
        ];
        let wanted = [
            "https://www.ville.qc.ca",
            "https://www.ville.qc.ca",
            "http://localhost:8080",
            "http://[::1]",
        ];
        assert_eq!(parse(&list).unwrap(), wanted);
        assert_eq!(parse(&["https://a.ca", "*"]).unwrap(), ["*"]);
        assert_eq!(parse(&[]).unwrap(), [""; 0]);
    }

    #[test]
    fn what_is_no_origin_is_refused() {
        for bad in [
            "www.ville.qc.ca",
            "https://www.ville.qc.ca/",
            "https://www.ville.qc.ca/demandes",
            "https://www.ville.qc.ca?x",
            "https://*.ville.qc.ca",
            "https://moi@ville.qc.ca",
            "https://ville.qc.ca:99999",
            "https://ville.qc.ca:",
            "https://ville qc.ca",
            "https://montréal.ca",
            "https://",
            "https://:443",
            "ftp://ville.qc.ca",
            "null",
        ] {
            let error = parse(&["https://a.ca", bad]).unwrap_err();
            assert!(error.starts_with(&format!("\"{bad}\" is no origin: ")), "{error}");
        }
    }
}
