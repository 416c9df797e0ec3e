//! `/api/voicemails`: what callers have left, for the city's own people.

use axum::Json;
use axum::extract::rejection::{PathRejection, QueryRejection};
use axum::extract::{Path, Query, State};
use bot_core::Language;
use bot_core::id::RecordingId;
use bot_core::voicemail::{Draft, Heard};
use bot_store::Page;
use bot_store::recordings::{Recording, RecordingFilter};
use serde::{Deserialize, Serialize};
use std::time::Duration;

use crate::body::Whole;
use crate::problem::Problem;
use crate::staff::Staff;
use crate::state::Web;
use crate::voicemail_page;

/// Voicemails of a page, where the request names no number.
const PAGE: u32 = 50;
/// How long a link from the list leads to its voicemail: a working day.
const LINK_LIFE: Duration = Duration::from_hours(12);

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ListQuery {
    /// "open" (those that nobody has dealt with), or "all".
    #[serde(default)]
    state: Option<String>,
    #[serde(default)]
    offset: u32,
    #[serde(default)]
    limit: Option<u32>,
}

/// A voicemail of the list.
#[derive(Serialize)]
pub(crate) struct Shown {
    id: RecordingId,
    at: String,
    caller: String,
    lang: Language,
    state: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    text: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    understood: Option<Draft>,
    #[serde(skip_serializing_if = "Option::is_none")]
    case: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reviewed_by: Option<String>,
    /// The page with the sound and the words.
    link: String,
}

/// `GET /api/voicemails`: a page of them, the newest first.
pub(crate) async fn list(
    State(web): State<Web>,
    _: Staff,
    query: Result<Query<ListQuery>, QueryRejection>,
) -> Result<Json<Vec<Shown>>, Problem> {
    let Query(query) = query.map_err(|why| Problem::BadRequest(why.body_text()))?;
    let unreviewed_only = match query.state.as_deref() {
        None | Some("open") => true,
        Some("all") => false,
        Some(other) => {
            let what = format!("\"{other}\" is no state of a voicemail: open, all");
            return Err(Problem::BadRequest(what));
        }
    };
    let page = Page::new(query.offset, query.limit.unwrap_or(PAGE));
    let mut tx = web.store.look().await?;
    let found = tx.recordings().list(RecordingFilter { unreviewed_only }, page).await?;
    Ok(Json(found.into_iter().map(|recording| shown(&web, recording)).collect()))
}

fn shown(web: &Web, recording: Recording) -> Shown {
    let heard = recording.transcript.as_deref();
    let heard = heard.and_then(|stored| serde_json::from_str::<Heard>(stored).ok());
    let understood = recording.understood.as_deref();
    let lang = web.first_language();
    let token = web.key.voicemail(recording.new.id.0, web.now().plus(LINK_LIFE));
    Shown {
        id: recording.new.id,
        at: recording.new.at.timestamp().to_string(),
        caller: recording.new.caller,
        lang: recording.new.lang,
        state: recording.state.name(),
        reason: recording.reason,
        text: heard.map(|heard| heard.text()),
        understood: understood.and_then(|stored| serde_json::from_str(stored).ok()),
        case: recording.case_number.map(|number| number.to_string()),
        reviewed_by: recording.review.map(|review| review.by),
        link: format!("{}{}/{token}", web.lines.public_url, voicemail_page::path_of(lang)),
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ReviewBody {
    by: String,
}

/// Characters of a name.
const MAX_NAME_CHARS: usize = 120;

/// `POST /api/voicemails/{id}/review`: someone has dealt with it.
pub(crate) async fn review(
    State(web): State<Web>,
    _: Staff,
    id: Result<Path<String>, PathRejection>,
    Whole(body): Whole,
) -> Result<Json<serde_json::Value>, Problem> {
    let id: Option<RecordingId> = id.ok().and_then(|Path(raw)| raw.parse().ok());
    let id = id.ok_or(Problem::NotFound)?;
    let read: Result<ReviewBody, _> = serde_json::from_slice(&body);
    let ReviewBody { by } = read.map_err(|why| Problem::BadRequest(why.to_string()))?;
    let by = bot_core::text::clean(&by, MAX_NAME_CHARS);
    if by.is_empty() {
        return Err(Problem::Invalid("say who has dealt with it: by".to_owned()));
    }
    let mut tx = web.store.begin().await?;
    let found = tx.recordings().get(id).await?.ok_or(Problem::NotFound)?;
    if !tx.recordings().review(id, &by, web.now()).await?.is_done() {
        let who = found.review.map(|review| review.by).unwrap_or_default();
        return Err(Problem::Conflict(format!("{who} has dealt with it already")));
    }
    tx.commit().await?;
    Ok(Json(serde_json::json!({})))
}
