//! `/api/chat`: opening a conversation, messages in, messages out.

use axum::Json;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use bot_channels::object::Object;
use bot_channels::web::{self as wire, WirePosted};
use bot_core::id::ConversationId;
use bot_core::message::{Content, Inbound};
use bot_core::{Channel, Language};
use bot_store::messages::Message;
use bot_store::{Opening, Topic, Tx, open_conversation, receive};
use serde::{Deserialize, Serialize};
use std::time::Duration;
use uuid::Uuid;

use crate::body::Whole;
use crate::guard::Holder;
use crate::problem::Problem;
use crate::state::Web;
use crate::token::Pass;

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
struct OpenBody {
    #[serde(default)]
    lang: Option<String>,
}

/// An open conversation.
#[derive(Serialize)]
pub(crate) struct OpenAnswer {
    conversation: ConversationId,
    token: String,
    lang: Language,
}

/// `POST /api/chat`: opens a conversation; the counter speaks first.
pub(crate) async fn open(
    State(web): State<Web>,
    headers: HeaderMap,
    Whole(body): Whole,
) -> Result<(StatusCode, Json<OpenAnswer>), Problem> {
    let lang = wanted_language(&web, &headers, &body)?;
    let now = web.now();
    let release = web.house.release();
    // Each browser is its own visitor: nothing ties it to a person.
    let visitor = new_visitor(&web);
    let address = visitor.to_string();
    let opening = Opening { channel: Channel::Web, address: &address, lang: Some(lang) };
    let opened = open_conversation(web.store.as_ref(), opening, &web.visit(&release)).await?;
    let conversation = opened.conversation.id;
    let pass = Pass { conversation, visitor };
    let token = web.key.issue(pass, now.plus(web.limits.token_life));
    Ok((StatusCode::CREATED, Json(OpenAnswer { conversation, token, lang })))
}

fn new_visitor(web: &Web) -> Uuid {
    let mut bytes = [0; 16];
    web.chance.fill(&mut bytes);
    Uuid::from_bytes(bytes)
}

/// The language asked for, or the browser's if the city speaks it, or the city's first.
fn wanted_language(web: &Web, headers: &HeaderMap, body: &[u8]) -> Result<Language, Problem> {
    let spoken = web.house.languages();
    let first = spoken.first().copied().unwrap_or_default();
    let asked = if body.iter().all(u8::is_ascii_whitespace) {
        OpenBody::default()
    } else {
        let read = serde_json::from_slice(body).map(|Object(body)| body);
        read.map_err(|why| Problem::BadRequest(why.to_string()))?
    };
    if let Some(code) = asked.lang {
        let lang = code.parse().map_err(|why| Problem::Invalid(format!("{why}")))?;
        return Ok(if spoken.contains(&lang) { lang } else { first });
    }
    let accepted = headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
    Ok(accepted.and_then(|list| preferred(list, &spoken)).unwrap_or(first))
}

/// Picks the language that an `Accept-Language` likes best (RFC 9110, 12.5.4).
fn preferred(accepted: &str, spoken: &[Language]) -> Option<Language> {
    let liked = accepted.split(',').filter_map(|part| {
        let (code, weight) = part.split_once(';').unwrap_or((part, ""));
        let lang: Language = code.trim().parse().ok()?;
        let weight = weight.trim().strip_prefix("q=").unwrap_or("1");
        let weight: f32 = weight.trim().parse().ok()?;
        (weight > 0.0 && spoken.contains(&lang)).then_some((lang, weight))
    });
    // The first of those liked equally.
    liked.reduce(|best, next| if next.1 > best.1 { next } else { best }).map(|(lang, _)| lang)
}

/// A stored message.
#[derive(Serialize)]
pub(crate) struct TakenAnswer {
    pub(crate) seq: i64,
    pub(crate) repeat: bool,
}

/// `POST /api/chat/messages`: takes a message; 202 means that it is stored.
pub(crate) async fn post(
    State(web): State<Web>,
    Holder(pass): Holder,
    headers: HeaderMap,
    Whole(body): Whole,
) -> Result<(StatusCode, Json<TakenAnswer>), Problem> {
    check_json(&headers)?;
    let message = wire::decode(&body).map_err(|error| match error {
        wire::DecodeError::Shape(_) => Problem::BadRequest(error.to_string()),
        wire::DecodeError::Id
        | wire::DecodeError::Empty
        | wire::DecodeError::Choice
        | wire::DecodeError::Location
        | wire::DecodeError::Files => Problem::Invalid(error.to_string()),
    })?;
    let mut content = message.content;
    content.attachments =
        crate::attachments::named(&web, pass.conversation, &message.files).await?;
    let answer = take(&web, pass, message.id, content).await?;
    Ok((StatusCode::ACCEPTED, Json(answer)))
}

fn check_json(headers: &HeaderMap) -> Result<(), Problem> {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let kind = kind.and_then(|kind| kind.split(';').next()).map(str::trim);
    if kind.is_some_and(|kind| kind.eq_ignore_ascii_case("application/json")) {
        Ok(())
    } else {
        Err(Problem::UnsupportedType("send application/json".to_owned()))
    }
}

/// Stores a message of a conversation.
pub(crate) async fn take(
    web: &Web,
    pass: Pass,
    id: String,
    content: Content,
) -> Result<TakenAnswer, Problem> {
    let inbound = Inbound {
        channel: Channel::Web,
        address: pass.visitor.to_string(),
        provider_id: id,
        conversation: Some(pass.conversation),
        lang: None,
        content,
    };
    let release = web.house.release();
    let received = receive(web.store.as_ref(), &inbound, &web.visit(&release)).await?;
    Ok(TakenAnswer { seq: received.seq, repeat: !received.novelty.is_fresh() })
}

#[derive(Deserialize)]
pub(crate) struct ListQuery {
    #[serde(default)]
    after: i64,
    /// Seconds to wait for a message when there is none yet.
    #[serde(default)]
    wait: u64,
}

/// `GET /api/chat/messages?after=SEQ`: the messages after a place, oldest first.
pub(crate) async fn list(
    State(web): State<Web>,
    Holder(pass): Holder,
    query: Result<Query<ListQuery>, axum::extract::rejection::QueryRejection>,
) -> Result<Json<Vec<WirePosted>>, Problem> {
    let Query(query) = query.map_err(|why| Problem::BadRequest(why.body_text()))?;
    let conversation = pass.conversation;
    let mut rings = web.store.wake().subscribe();
    let mut found = after(&web, conversation, query.after).await?;
    let wait = Duration::from_secs(query.wait).min(web.limits.max_wait);
    if found.is_empty() && !wait.is_zero() {
        let heard = rings.wait_for(Topic::Conversation(conversation));
        // Whether it rang, it was long enough, or the door closes: one look tells.
        tokio::select! {
            _ = tokio::time::timeout(wait, heard) => {}
            () = web.closing.cancelled() => {}
        }
        found = after(&web, conversation, query.after).await?;
    }
    Ok(Json(found))
}

/// Reads the messages after a place, as a client sees them.
pub(crate) async fn after(
    web: &Web,
    conversation: ConversationId,
    seq: i64,
) -> Result<Vec<WirePosted>, Problem> {
    let mut tx: Box<dyn Tx> = web.store.read().await?;
    let messages = tx.messages().list_after(conversation, seq.max(0), web.limits.max_page).await?;
    if messages.is_empty() && tx.conversations().get(conversation).await?.is_none() {
        return Err(Problem::NotFound);
    }
    Ok(messages.iter().map(Message::posted).map(WirePosted::from).collect())
}
