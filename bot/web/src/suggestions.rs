//! `/api/suggestions`: sentences that were understood badly, for the city's own people.

use axum::Json;
use axum::extract::rejection::{PathRejection, QueryRejection};
use axum::extract::{Path, Query, State};
use bot_core::Language;
use bot_core::id::SuggestionId;
use bot_store::Page;
use bot_store::suggestions::{Filter, Reason, Shown, State as Standing};
use serde::{Deserialize, Serialize};

use crate::body::Whole;
use crate::clerk::{Accept, Refusal, Written};
use crate::problem::Problem;
use crate::staff::Staff;
use crate::state::Web;

/// Suggestions of a page, where the request names no number.
const PAGE: u32 = 200;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ListQuery {
    #[serde(default)]
    state: Option<String>,
    #[serde(default)]
    reason: Option<String>,
    #[serde(default)]
    lang: Option<Language>,
    #[serde(default)]
    offset: u32,
    #[serde(default)]
    limit: Option<u32>,
}

impl ListQuery {
    fn filter(&self) -> Result<Filter, Problem> {
        let unknown = |name: &str, value: &str| {
            Problem::BadRequest(format!("\"{value}\" is no {name} of a suggestion"))
        };
        let state = match self.state.as_deref() {
            None => Some(Standing::Open),
            Some("all") => None,
            Some(name) => Some(Standing::from_name(name).ok_or_else(|| unknown("state", name))?),
        };
        let reason = self.reason.as_deref();
        let reason = reason
            .map(|name| Reason::from_name(name).ok_or_else(|| unknown("reason", name)))
            .transpose()?;
        Ok(Filter { state, reason, lang: self.lang })
    }
}

/// A page of suggestions.
#[derive(Serialize)]
struct ListAnswer<'a> {
    /// How many there are in all.
    total: u64,
    groups: Vec<Vec<Shown<'a>>>,
}

/// `GET /api/suggestions`: a page of them, grouped by meaning.
pub(crate) async fn list(
    State(web): State<Web>,
    Staff(clerk): Staff,
    query: Result<Query<ListQuery>, QueryRejection>,
) -> Result<Json<serde_json::Value>, Problem> {
    let Query(query) = query.map_err(|why| Problem::BadRequest(why.body_text()))?;
    let filter = query.filter()?;
    let page = Page::new(query.offset, query.limit.unwrap_or(PAGE));
    let total = web.store.look().await?.suggestions().count(filter).await?;
    let groups = clerk.list(filter, page).await?;
    let groups = groups.iter().map(|group| group.iter().map(Shown::from).collect()).collect();
    let answer = serde_json::to_value(ListAnswer { total, groups });
    answer.map(Json).map_err(|_| Problem::Internal)
}

/// `POST /api/suggestions/{id}/accept`.
pub(crate) async fn accept(
    Staff(clerk): Staff,
    id: Result<Path<String>, PathRejection>,
    Whole(body): Whole,
) -> Result<Json<Written>, Problem> {
    let wish: Accept = read(&body)?;
    Ok(Json(clerk.accept(id_of(id)?, &wish).await?))
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
struct DismissBody {
    #[serde(default)]
    by: Option<String>,
}

/// `POST /api/suggestions/{id}/dismiss`.
pub(crate) async fn dismiss(
    Staff(clerk): Staff,
    id: Result<Path<String>, PathRejection>,
    Whole(body): Whole,
) -> Result<Json<Written>, Problem> {
    let wish = if body.is_empty() { DismissBody::default() } else { read(&body)? };
    clerk.dismiss(id_of(id)?, wish.by.as_deref()).await?;
    Ok(Json(Written::default()))
}

/// `POST /api/suggestions/{id}/undo`.
pub(crate) async fn undo(
    Staff(clerk): Staff,
    id: Result<Path<String>, PathRejection>,
) -> Result<Json<Written>, Problem> {
    Ok(Json(clerk.undo(id_of(id)?).await?))
}

fn read<T: for<'de> Deserialize<'de>>(body: &[u8]) -> Result<T, Problem> {
    serde_json::from_slice(body).map_err(|why| Problem::BadRequest(why.to_string()))
}

fn id_of(raw: Result<Path<String>, PathRejection>) -> Result<SuggestionId, Problem> {
    raw.ok().and_then(|Path(raw)| raw.parse().ok()).ok_or(Problem::NotFound)
}

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::Unknown => Self::NotFound,
            Refusal::Conflict(why) => Self::Conflict(why),
            Refusal::Invalid(why) => Self::Invalid(why),
            Refusal::Busy => Self::Unavailable,
            Refusal::Failed => Self::Internal,
        }
    }
}
