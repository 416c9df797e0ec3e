//! `/widget.js`: the element `<guichet-chat>`, with the city's own words in it.
//!
//! One file, so that a page needs one line and a slow phone one trip. Its parts share a scope; what
//! they do stands in `ui/widget/`.

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use bot_core::Language;
use serde::Serialize;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::sync::LazyLock;

use crate::problem::Problem;
use crate::state::Web;

/// In the order in which they need each other.
const PARTS: [&str; 9] = [
    include_str!("../ui/widget/dom.js"),
    include_str!("../ui/widget/wire.js"),
    include_str!("../ui/widget/talk.js"),
    include_str!("../ui/widget/photo.js"),
    include_str!("../ui/widget/message.js"),
    include_str!("../ui/widget/composer.js"),
    include_str!("../ui/widget/print.js"),
    include_str!("../ui/widget/element.js"),
    include_str!("../ui/widget/start.js"),
];
const STYLE: &str = include_str!("../ui/widget/style.css");
/// What is the same for every city and every visit, made once.
static LEAN_PARTS: LazyLock<String> = LazyLock::new(|| PARTS.map(lean).concat());
static LEAN_STYLE: LazyLock<String> = LazyLock::new(|| lean(STYLE));
/// Where the script comes from, the counter is.
const WHERE: &str = "const TAG = document.currentScript;\n\
    const SERVER = TAG ? TAG.src.replace(/\\/widget\\.js.*$/, \"\") : location.origin;\n";
/// A city's page may keep it for so long without asking again.
const CACHE: &str = "public, max-age=300";
/// What the keys of its texts begin with.
const TEXTS: &str = "widget_";

/// What the element knows of the city.
#[derive(Serialize)]
struct City {
    name: BTreeMap<Language, String>,
    languages: Vec<Spoken>,
    /// Other sites that may show the counter.
    origins: Vec<String>,
    texts: BTreeMap<Language, BTreeMap<String, String>>,
}

#[derive(Serialize)]
struct Spoken {
    code: Language,
    name: &'static str,
}

/// `GET /widget.js`.
pub(crate) async fn script(
    State(web): State<Web>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let text = write(&web).map_err(|why| {
        tracing::error!(error = %why, "the widget could not be written");
        Problem::Internal
    })?;
    let tag = tag_of(&text);
    let common = [
        (header::CACHE_CONTROL, CACHE.to_owned()),
        (header::ETAG, tag.clone()),
        // A page that asks for isolation, or loads it as a module, may have it too: it is public.
        (header::ACCESS_CONTROL_ALLOW_ORIGIN, "*".to_owned()),
        (
            header::HeaderName::from_static("cross-origin-resource-policy"),
            "cross-origin".to_owned(),
        ),
    ];
    let known = headers.get(header::IF_NONE_MATCH).and_then(|value| value.to_str().ok());
    if known.is_some_and(|known| known.contains(&tag)) {
        return Ok((StatusCode::NOT_MODIFIED, common).into_response());
    }
    let kind = [(header::CONTENT_TYPE, "text/javascript; charset=utf-8")];
    Ok((common, kind, text).into_response())
}

fn write(web: &Web) -> serde_json::Result<String> {
    let languages = web.house.languages();
    let city = City {
        name: languages.iter().map(|lang| (*lang, web.house.city_name(*lang))).collect(),
        languages: languages
            .iter()
            .map(|lang| Spoken { code: *lang, name: lang.own_name() })
            .collect(),
        origins: web.embed.origins(),
        texts: languages.iter().map(|lang| (*lang, web.house.texts(TEXTS, *lang))).collect(),
    };
    let (city, style) = (serde_json::to_string(&city)?, serde_json::to_string(&*LEAN_STYLE)?);
    let known = format!("{WHERE}const CITY = {city};\nconst STYLE = {style};\n");
    Ok(format!("(() => {{\n\"use strict\";\n{known}{}}})();\n", *LEAN_PARTS))
}

/// Leaves out what only its readers need: lines of comment, and the space before lines.
fn lean(source: &str) -> String {
    let lines = source.lines().map(str::trim_start);
    let is_needed = |line: &&str| {
        let is_remark = line.starts_with("//") || line.starts_with("/*") && line.ends_with("*/");
        !line.is_empty() && !is_remark
    };
    lines.filter(is_needed).flat_map(|line| [line, "\n"]).collect()
}

/// Makes the tag of a text (RFC 9110, 8.8.3); weak, since it may travel compressed.
fn tag_of(text: &str) -> String {
    let hash = Sha256::digest(text.as_bytes());
    format!("W/\"{}\"", URL_SAFE_NO_PAD.encode(hash))
}
