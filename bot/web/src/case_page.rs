//! `/suivi/{number}` and `/track/{number}`: what everyone may know of a request, without a script.
//!
//! Never here: who reported it, what they wrote, their photos, or the number of a door.

use askama::Template;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use bot_core::case::Case;
use bot_core::{CaseNumber, Language, Place};
use bot_store::updates::{CaseUpdate, UpdateKind};

use crate::page::written;
use crate::problem::Problem;
use crate::state::Web;

/// Updates read of one case; the last ones are what counts.
const MAX_UPDATES: u32 = 500;

#[derive(Template)]
#[template(path = "case.html")]
struct CasePage {
    lang: &'static str,
    city: String,
    title: String,
    other_lang: &'static str,
    other_name: &'static str,
    other_path: String,
    history: String,
    unknown: String,
    counter: String,
    case: Option<CaseFacts>,
}

struct CaseFacts {
    is_open: bool,
    state: String,
    facts: Vec<(String, String)>,
    history: Vec<(String, String)>,
}

/// `GET /suivi/{number}`.
pub(crate) async fn french(
    State(web): State<Web>,
    number: Result<Path<String>, PathRejection>,
) -> Result<Response, Problem> {
    page(&web, number, Language::Fr).await
}

/// `GET /track/{number}`.
pub(crate) async fn english(
    State(web): State<Web>,
    number: Result<Path<String>, PathRejection>,
) -> Result<Response, Problem> {
    page(&web, number, Language::En).await
}

async fn page(
    web: &Web,
    raw: Result<Path<String>, PathRejection>,
    lang: Language,
) -> Result<Response, Problem> {
    let number = raw.ok().and_then(|Path(raw)| CaseNumber::parse(&raw).ok());
    let case = match number {
        Some(number) => facts(web, number, lang).await?,
        None => None,
    };
    let status = if case.is_some() { StatusCode::OK } else { StatusCode::NOT_FOUND };
    let other = lang.other();
    let text = |key: &str| web.house.text(key, &[], lang);
    // A number that is none is not said back: anything may stand in its place.
    let shown = number.map(|number| number.to_string()).unwrap_or_default();
    let title = match number {
        Some(_) => web.house.text("case_title", &[("number", shown.clone())], lang),
        None => text("label_request_number"),
    };
    let page = CasePage {
        lang: lang.code(),
        city: web.house.city_name(lang),
        title,
        other_lang: other.code(),
        other_name: other.own_name(),
        other_path: format!("{}/{shown}", path_of(other)),
        history: text("case_history"),
        unknown: text("case_unknown"),
        counter: text("case_counter"),
        case,
    };
    written(&page, status)
}

/// Gives where the pages of cases are.
pub(crate) const fn path_of(lang: Language) -> &'static str {
    match lang {
        Language::Fr => "/suivi",
        Language::En => "/track",
    }
}

/// Reads what everyone may know of a case.
async fn facts(
    web: &Web,
    number: CaseNumber,
    lang: Language,
) -> Result<Option<CaseFacts>, Problem> {
    let mut tx = web.store.read().await?;
    let Some(case) = tx.cases().find(number).await? else { return Ok(None) };
    let updates = tx.updates().list(case.id, 0, MAX_UPDATES).await?;
    let text = |key: &str| web.house.text(key, &[], lang);
    let service = web.house.service_name(&case.service, lang);
    let mut facts = vec![(text("label_service"), service.unwrap_or_else(|| case.service.clone()))];
    let place = case.place.as_ref().map(|place| without_door(place, lang)).unwrap_or_default();
    if !place.is_empty() {
        facts.push((text("label_address"), place));
    }
    facts.push((text("case_filed"), web.house.day(case.created, lang)));
    // A day that has passed is no promise any more.
    if let Some(expected) = case.expected.filter(|at| case.state.is_open() && *at >= web.now()) {
        facts.push((text("case_expected"), web.house.day(expected, lang)));
    }
    Ok(Some(CaseFacts {
        is_open: case.state.is_open(),
        state: text(&state_key(case.state.name())),
        facts,
        history: history(web, &case, &updates, lang),
    }))
}

fn state_key(state: &str) -> String {
    format!("case_{state}")
}

/// Lists what has happened, the last first.
fn history(
    web: &Web,
    case: &Case,
    updates: &[CaseUpdate],
    lang: Language,
) -> Vec<(String, String)> {
    let text = |key: &str| web.house.text(key, &[], lang);
    let filed = (web.house.day(case.created, lang), text("case_new"));
    let public = updates.iter().filter(|update| update.new.kind.is_public());
    let told = public.filter_map(|update| {
        let state = update.new.to.as_deref().filter(|_| update.new.kind == UpdateKind::State);
        let said = update.new.text.as_ref().map(|said| said.get(lang).clone());
        let words = [state.map(|state| text(&state_key(state))), said];
        let words = words.into_iter().flatten().filter(|words| !words.is_empty());
        let words = words.collect::<Vec<_>>().join(". ");
        (!words.is_empty()).then(|| (web.house.day(update.new.at, lang), words))
    });
    let mut all: Vec<_> = std::iter::once(filed).chain(told).collect();
    all.dedup();
    all.reverse();
    all
}

/// Gives a place without the number of its door: the street is enough, and may be a home.
fn without_door(place: &Place, lang: Language) -> String {
    let label = place.label.get(lang).as_str();
    let Some(number) = place.number else { return label.to_owned() };
    let street = label.strip_prefix(&number.to_string()).unwrap_or(label);
    street.trim_start_matches([',', ' ']).to_owned()
}
