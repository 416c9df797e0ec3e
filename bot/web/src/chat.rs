//! `/api/chat`: opening a conversation, messages in, messages out.

use axum::Json;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use bot_channels::object::Object;
use bot_channels::web::{self as wire, WirePosted};
use bot_core::id::ConversationId;
use bot_core::message::{Content, Inbound};
use bot_core::{Channel, Language};
use bot_store::conversation_state::ConversationState;
use bot_store::messages::Message;
use bot_store::{Opening, Topic, Tx, open_conversation, receive};
use serde::{Deserialize, Serialize};
use std::time::Duration;
use uuid::Uuid;

use crate::body::Whole;
use crate::guard::Holder;
use crate::limits::{MayOpen, MaySay};
use crate::problem::Problem;
use crate::state::Web;
use crate::token::Pass;

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
struct OpenBody {
    #[serde(default)]
    lang: Option<String>,
    /// Seconds to wait for the counter's first words, so that they come with the answer.
    #[serde(default)]
    wait: u64,
}

/// An open conversation.
#[derive(Serialize)]
pub(crate) struct OpenAnswer {
    conversation: ConversationId,
    token: String,
    lang: Language,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    messages: Vec<WirePosted>,
}

/// `POST /api/chat`: opens a conversation; the counter speaks first.
pub(crate) async fn open(
    State(web): State<Web>,
    _: MayOpen,
    headers: HeaderMap,
    Whole(body): Whole,
) -> Result<(StatusCode, Json<OpenAnswer>), Problem> {
    let asked = OpenBody::read(&body)?;
    let lang = wanted_language(&web, &headers, asked.lang.as_deref())?;
    // Each browser is its own visitor: nothing ties it to a person.
    let pass = enter(&web, new_visitor(&web), lang).await?;
    let (conversation, token) = (pass.conversation, token(&web, pass));
    let messages = match asked.wait {
        0 => Vec::new(),
        wait_s => news(&web, conversation, 0, Duration::from_secs(wait_s)).await?,
    };
    Ok((StatusCode::CREATED, Json(OpenAnswer { conversation, token, lang, messages })))
}

/// Where a conversation stands.
#[derive(Serialize)]
pub(crate) struct StateAnswer {
    conversation: ConversationId,
    lang: Language,
    state: &'static str,
}

/// `GET /api/chat`: where the conversation stands, and who answers in it.
pub(crate) async fn state(
    State(web): State<Web>,
    Holder(pass): Holder,
) -> Result<Json<StateAnswer>, Problem> {
    let mut tx = web.store.look().await?;
    let found = tx.conversations().get(pass.conversation).await?.ok_or(Problem::NotFound)?;
    let state = found.state.name();
    Ok(Json(StateAnswer { conversation: found.id, lang: found.lang, state }))
}

/// Opens a visitor's conversation, or gives the one that is open.
pub(crate) async fn enter(web: &Web, visitor: Uuid, lang: Language) -> Result<Pass, Problem> {
    let release = web.house.release();
    let address = visitor.to_string();
    let opening = Opening { channel: Channel::Web, address: &address, lang: Some(lang) };
    let opened = open_conversation(web.store.as_ref(), opening, &web.visit(&release)).await?;
    Ok(Pass { conversation: opened.conversation.id, visitor })
}

/// Makes a token that is good from now on.
pub(crate) fn token(web: &Web, pass: Pass) -> String {
    web.key.issue(pass, web.now().plus(web.limits.token_life))
}

/// Gives the language if the city speaks it, or else the city's first.
pub(crate) fn spoken(web: &Web, lang: Language) -> Language {
    let spoken = web.house.languages();
    if spoken.contains(&lang) { lang } else { spoken.first().copied().unwrap_or_default() }
}

/// Makes a visitor that nobody has seen yet.
pub(crate) fn new_visitor(web: &Web) -> Uuid {
    let mut bytes = [0; 16];
    web.chance.fill(&mut bytes);
    Uuid::from_bytes(bytes)
}

impl OpenBody {
    /// Reads the body; an empty one asks for nothing.
    fn read(body: &[u8]) -> Result<Self, Problem> {
        if body.iter().all(u8::is_ascii_whitespace) {
            return Ok(Self::default());
        }
        let read = serde_json::from_slice(body).map(|Object(body)| body);
        read.map_err(|why| Problem::BadRequest(why.to_string()))
    }
}

/// The language asked for, or the browser's if the city speaks it, or the city's first.
fn wanted_language(
    web: &Web,
    headers: &HeaderMap,
    asked: Option<&str>,
) -> Result<Language, Problem> {
    let spoken = web.house.languages();
    let first = spoken.first().copied().unwrap_or_default();
    if let Some(code) = asked {
        let lang = code.parse().map_err(|why| Problem::Invalid(format!("{why}")))?;
        return Ok(self::spoken(web, lang));
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
    MaySay(pass): MaySay,
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
    let wait = Duration::from_secs(query.wait);
    Ok(Json(news(&web, pass.conversation, query.after, wait).await?))
}

/// Reads the messages after a place, and waits for one where there is none yet.
pub(crate) async fn news(
    web: &Web,
    conversation: ConversationId,
    seq: i64,
    wait: Duration,
) -> Result<Vec<WirePosted>, Problem> {
    let mut rings = web.store.wake().subscribe(Topic::Conversation(conversation));
    let mut found = after(web, conversation, seq).await?;
    let until = tokio::time::sleep(wait.min(web.limits.max_wait));
    tokio::pin!(until);
    let mut goes_on = !wait.is_zero();
    while found.is_empty() && goes_on {
        // Whether it rang, it was long enough, or the door closes: one look tells. A ring may get
        // lost, with the worker that was to ring: so there is a look from time to time.
        goes_on = tokio::select! {
            heard = rings.heard() => heard.is_some(),
            () = tokio::time::sleep(web.limits.slow_poll) => true,
            () = &mut until => false,
            () = web.closing.cancelled() => false,
        };
        found = after(web, conversation, seq).await?;
    }
    Ok(found)
}

/// Reads the messages after a place, as a client sees them.
pub(crate) async fn after(
    web: &Web,
    conversation: ConversationId,
    seq: i64,
) -> Result<Vec<WirePosted>, Problem> {
    let mut tx: Box<dyn Tx> = web.store.look().await?;
    let messages = tx.messages().list_after(conversation, seq.max(0), web.limits.max_page).await?;
    if messages.is_empty() && tx.conversations().get(conversation).await?.is_none() {
        return Err(Problem::NotFound);
    }
    Ok(messages.iter().map(Message::posted).map(WirePosted::from).collect())
}

/// Reads so many of the messages after a place at most, and where the conversation stands.
pub(crate) async fn glance(
    web: &Web,
    conversation: ConversationId,
    seq: i64,
    max_page: u32,
) -> Result<(Vec<WirePosted>, ConversationState), Problem> {
    // Not one snapshot: a change between the two questions rings, and one looks again.
    let mut tx = web.store.look().await?;
    let found = tx.conversations().get(conversation).await?.ok_or(Problem::NotFound)?;
    let messages = tx.messages().list_after(conversation, seq.max(0), max_page).await?;
    Ok((messages.iter().map(Message::posted).map(WirePosted::from).collect(), found.state))
}
