//! A page with the conversation so far and the form for the next message.
//!
//! Never here: storing anything.

use askama::Template;
use axum::body::Body;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use bot_core::Language;
use bot_core::id::ConversationId;
use bot_core::message::{Author, Choice};
use bot_core::text::MAX_MESSAGE_CHARS;
use bot_store::conversations::Conversation;
use bot_store::messages::Message;
use uuid::Uuid;

use crate::chat;
use crate::form_page::path_of;
use crate::problem::Problem;
use crate::state::Web;
use crate::token::Pass;

use super::transcript::{Bubble, bubble, next, offered};

/// What the page may do: show its own styles, and send its form home.
const POLICY: &str = "default-src 'none'; style-src 'self'; img-src data:; base-uri 'none'; \
    form-action 'self'; frame-ancestors 'none'";
/// A form must tell where it comes from, which `no-referrer` keeps from the door itself too; other
/// sites still learn nothing.
const REFERRER: &str = "same-origin";
/// Messages that a page shows: the last ones.
const MAX_SHOWN: u32 = 200;
const BYTES_PER_MB: usize = 1024 * 1024;

/// What a page is to show.
#[derive(Debug)]
pub(super) struct Shown {
    /// The language of its address.
    pub(super) lang: Language,
    /// Whose conversation, once there is one.
    pub(super) pass: Option<Pass>,
    /// The page's own id.
    pub(super) page: Uuid,
    /// The last message that the page before has shown.
    pub(super) seen: i64,
    /// What stays in the field.
    pub(super) words: String,
    pub(super) problem: Option<Problem>,
    /// Whether the resident asked what is new.
    pub(super) has_looked: bool,
}

impl Shown {
    /// Makes a page before any conversation.
    pub(super) const fn first(lang: Language, page: Uuid) -> Self {
        Self {
            lang,
            pass: None,
            page,
            seen: 0,
            words: String::new(),
            problem: None,
            has_looked: false,
        }
    }
}

#[derive(Template)]
#[template(path = "form.html")]
struct FormPage<'a> {
    web: &'a Web,
    lang: Language,
    shown: &'a Shown,
    alert: Option<String>,
    /// What there is to say of the answer.
    news: Option<String>,
    token: Option<String>,
    has_earlier: bool,
    seen: i64,
    messages: Vec<Bubble>,
    choices: Vec<Choice>,
}

impl FormPage<'_> {
    fn text(&self, key: &str) -> String {
        self.web.house.text(key, &[], self.lang)
    }

    fn city(&self) -> String {
        self.web.house.city_name(self.lang)
    }

    /// Gives the other language, if the city speaks it: its code, its name, where its form is.
    fn other(&self) -> Option<(&'static str, &'static str, &'static str)> {
        let other = self.lang.other();
        let is_spoken = self.web.house.languages().contains(&other);
        is_spoken.then(|| (other.code(), other.own_name(), path_of(other)))
    }

    fn path(&self) -> &'static str {
        path_of(self.lang)
    }

    fn photo_label(&self) -> String {
        self.web.house.text("form_photo", &[megabytes(self.web)], self.lang)
    }

    fn files(&self, bubble: &Bubble) -> Vec<String> {
        let counted = [("photos", bubble.n_photos), ("form_files", bubble.n_files)];
        let counted = counted.into_iter().filter(|(_, n)| *n > 0);
        let text = |(key, n): (&str, usize)| {
            self.web.house.text(key, &[("n", n.to_string())], bubble.lang)
        };
        counted.map(text).collect()
    }

    fn author(&self, bubble: &Bubble) -> String {
        self.text(match bubble.author {
            Author::Bot => "widget_bot",
            Author::Agent => "widget_agent",
            Author::Resident => "widget_you",
            Author::System => "widget_system",
        })
    }
}

/// Tells whether this conversation can go on no more, so that the next message opens another.
pub(super) const fn is_over(problem: &Problem) -> bool {
    matches!(
        problem,
        Problem::Unauthorized
            | Problem::TokenExpired
            | Problem::NotFound
            | Problem::ConversationClosed
    )
}

/// Writes the page.
pub(super) async fn respond(web: &Web, mut shown: Shown) -> Response {
    let talk = match shown.pass {
        None => None,
        Some(pass) => read(web, pass.conversation).await.unwrap_or_else(|problem| {
            shown.problem.get_or_insert(problem);
            None
        }),
    };
    let page = page(web, &shown, talk.as_ref());
    let Ok(html) = page.render() else {
        tracing::error!("the page of the form could not be written");
        return Problem::Internal.into_response();
    };
    let mut response = match shown.problem {
        // Its status, and the headers that go with it.
        Some(problem) => problem.into_response(),
        None => StatusCode::OK.into_response(),
    };
    *response.body_mut() = Body::from(html);
    let headers = response.headers_mut();
    headers.remove(header::CONTENT_LENGTH);
    let html = HeaderValue::from_static("text/html; charset=utf-8");
    headers.insert(header::CONTENT_TYPE, html);
    headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY));
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static(REFERRER));
    response
}

/// A conversation and its last messages.
struct Talk {
    conversation: Conversation,
    messages: Vec<Message>,
}

async fn read(web: &Web, id: ConversationId) -> Result<Option<Talk>, Problem> {
    let mut tx = web.store.read().await?;
    let conversation = tx.conversations().get(id).await?.ok_or(Problem::NotFound)?;
    let messages = tx.messages().last(id, MAX_SHOWN).await?;
    Ok(Some(Talk { conversation, messages }))
}

fn page<'a>(web: &'a Web, shown: &'a Shown, talk: Option<&Talk>) -> FormPage<'a> {
    let is_closed = talk.is_some_and(|talk| !talk.conversation.is_open());
    let is_over = is_closed || shown.problem.as_ref().is_some_and(is_over);
    let token = shown.pass.filter(|_| !is_over).map(|pass| chat::token(web, pass));
    let messages = talk.map_or(&[][..], |talk| &talk.messages);
    let lang = language(messages, shown);
    let last_seq = messages.last().map_or(0, |message| message.seq);
    let text = |key| web.house.text(key, &[], lang);
    let alert = shown
        .problem
        .as_ref()
        .map(|problem| web.house.text(alert_key(problem), &[megabytes(web)], lang));
    let is_waiting = !is_closed && talk.is_some_and(is_waiting);
    let news = if alert.is_some() || talk.is_none() {
        None
    } else if is_closed {
        Some(text("form_closed"))
    } else if is_waiting {
        Some(text("form_waiting"))
    } else {
        let has_new = last_seq > shown.seen;
        (shown.has_looked && !has_new).then(|| text("form_nothing_new"))
    };
    let next = if alert.is_some() || news.is_some() { None } else { next(messages, shown.seen) };
    FormPage {
        web,
        lang,
        shown,
        alert,
        news,
        // Another conversation begins at its beginning.
        seen: if token.is_some() { last_seq } else { 0 },
        token,
        has_earlier: messages.first().is_some_and(|message| message.seq > 1),
        choices: if is_over { Vec::new() } else { offered(messages) },
        messages: messages.iter().map(|message| bubble(message, next)).collect(),
    }
}

/// The page speaks as the counter does: a resident may change the language in words.
fn language(messages: &[Message], shown: &Shown) -> Language {
    let mut new = messages.iter().filter(|message| message.seq > shown.seen);
    let spoken = new.rfind(|message| message.new.author == Author::Bot);
    spoken.map_or(shown.lang, |message| message.new.lang)
}

/// Tells whether the resident has said something that nobody has taken up yet.
fn is_waiting(talk: &Talk) -> bool {
    let mut messages = talk.messages.iter();
    let said = messages.rfind(|message| message.new.author == Author::Resident);
    said.is_some_and(|message| message.seq > talk.conversation.seen_seq)
}

fn megabytes(web: &Web) -> (&'static str, String) {
    ("mb", (web.limits.max_file_bytes / BYTES_PER_MB).to_string())
}

const fn alert_key(problem: &Problem) -> &'static str {
    match problem {
        Problem::Unauthorized | Problem::TokenExpired | Problem::NotFound => "form_expired",
        Problem::ConversationClosed => "form_closed",
        Problem::ForbiddenOrigin => "form_elsewhere",
        Problem::TooLarge => "form_too_large",
        Problem::UnsupportedType(_) => "form_wrong_type",
        Problem::Invalid(_) => "form_empty",
        Problem::TooMany { .. } => "form_too_many",
        Problem::BadRequest(_)
        | Problem::Unsigned
        | Problem::MethodNotAllowed
        | Problem::TooSlow
        | Problem::StaffOff
        | Problem::Conflict(_) => "form_broken",
        Problem::Unavailable | Problem::Internal => "form_unavailable",
    }
}
