//! `/formulaire` and `/form`: the counter without a script, for whoever has none.
//!
//! A page shows the conversation so far and a form; sending it stores a message, waits a little for
//! the answer and gives the next page. No cookie, and no token in an address: it travels in the
//! form. Each page has an id of its own. That of the first names the visitor, and what a message
//! says makes its own id on its page, so that a form sent twice is one message in one conversation.
//!
//! Never here: what to say, or how it looks.

mod fields;
mod transcript;
mod view;

use axum::extract::multipart::{Multipart, MultipartRejection};
use axum::extract::{FromRequestParts, State};
use axum::http::request::Parts;
use axum::response::Response;
use bot_channels::web::words;
use bot_core::id::ConversationId;
use bot_core::message::Content;
use bot_core::{Channel, Language};
use std::convert::Infallible;
use std::time::Duration;
use uuid::Uuid;

use crate::attachments;
use crate::chat;
use crate::client::Client;
use crate::limits::Refusal;
use crate::origin;
use crate::problem::Problem;
use crate::state::Web;
use crate::token::Pass;
use crate::waiting::{Awaited, wait_for};
use fields::{Fields, Wish};
use view::Shown;

/// How long the first page waits for the counter to greet before the message is put down.
const MAX_GREETING_WAIT: Duration = Duration::from_secs(4);
/// How long a page waits for the answer before it says that there is none yet.
const MAX_ANSWER_WAIT: Duration = Duration::from_secs(8);
/// Messages that are looked through for the label of a choice: a few turns.
const MAX_OFFERS: u32 = 50;

/// Gives where the form is.
pub(crate) const fn path_of(lang: Language) -> &'static str {
    match lang {
        Language::Fr => "/formulaire",
        Language::En => "/form",
    }
}

/// `GET /formulaire`.
pub(crate) async fn french(State(web): State<Web>) -> Response {
    first(&web, Language::Fr).await
}

/// `GET /form`.
pub(crate) async fn english(State(web): State<Web>) -> Response {
    first(&web, Language::En).await
}

/// `POST /formulaire`.
pub(crate) async fn send_french(
    State(web): State<Web>,
    sender: Sender,
    form: Result<Multipart, MultipartRejection>,
) -> Response {
    send(&web, sender, form, Language::Fr).await
}

/// `POST /form`.
pub(crate) async fn send_english(
    State(web): State<Web>,
    sender: Sender,
    form: Result<Multipart, MultipartRejection>,
) -> Response {
    send(&web, sender, form, Language::En).await
}

/// Who sends a form, and from where.
pub(crate) struct Sender {
    client: Client,
    is_from_own_page: bool,
}

impl FromRequestParts<Web> for Sender {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, web: &Web) -> Result<Self, Infallible> {
        Ok(Self {
            client: web.client(&parts.extensions, &parts.headers),
            is_from_own_page: origin::is_from_own_page(&parts.uri, &parts.headers),
        })
    }
}

/// Gives the first page; nothing is stored for it.
async fn first(web: &Web, lang: Language) -> Response {
    view::respond(web, Shown::first(lang, chat::new_visitor(web))).await
}

async fn send(
    web: &Web,
    sender: Sender,
    form: Result<Multipart, MultipartRejection>,
    lang: Language,
) -> Response {
    let fresh = chat::new_visitor(web);
    if !sender.is_from_own_page {
        web.counts.refusals.count(Refusal::Origin);
        // What another site wrote is not shown either.
        let shown = Shown { problem: Some(Problem::ForbiddenOrigin), ..Shown::first(lang, fresh) };
        return view::respond(web, shown).await;
    }
    let fields = fields::read(web, form).await;
    let mut shown = Shown::first(lang, fields.page.unwrap_or(fresh));
    shown.words.clone_from(&fields.words);
    shown.seen = fields.seen.max(0);
    match act(web, sender.client, fields, &mut shown).await {
        Ok(()) => shown.page = fresh,
        // The same page again, where its message may have been stored: then it is no second one.
        Err(problem) => {
            if view::is_over(&problem) {
                shown.page = fresh;
            }
            shown.problem = Some(problem);
        }
    }
    view::respond(web, shown).await
}

/// Does what the resident wants; what the next page needs is noted as it goes.
async fn act(web: &Web, client: Client, fields: Fields, shown: &mut Shown) -> Result<(), Problem> {
    if let Some(token) = &fields.token {
        shown.pass = Some(web.key.check(token, web.now())?);
    }
    if let Some(problem) = fields.problem {
        return Err(problem);
    }
    if fields.wish == Wish::Look {
        shown.has_looked = true;
        if let Some(pass) = shown.pass {
            wait_for(web, pass.conversation, Awaited::Answer, MAX_ANSWER_WAIT).await;
        }
        return Ok(());
    }
    let is_empty = fields.words.trim().is_empty() && fields.photos.is_empty();
    if fields.wish == Wish::Send && is_empty {
        return Err(Problem::Invalid("nothing was written".to_owned()));
    }
    let page = fields.page.ok_or_else(|| Problem::BadRequest("it has no page".to_owned()))?;
    let pass = match shown.pass {
        Some(pass) => pass,
        None => enter(web, client, page, shown.lang).await?,
    };
    shown.pass = Some(pass);
    let keeps_words = fields.wish != Wish::Send;
    put(web, pass, page, fields, shown.lang).await?;
    if !keeps_words {
        shown.words.clear();
    }
    wait_for(web, pass.conversation, Awaited::Answer, MAX_ANSWER_WAIT).await;
    Ok(())
}

/// Opens the conversation of a first page, or finds it where that page was sent before.
async fn enter(web: &Web, client: Client, page: Uuid, lang: Language) -> Result<Pass, Problem> {
    let visitor = web.key.visitor(page);
    if let Some(conversation) = earlier(web, visitor).await? {
        return Ok(Pass { conversation, visitor });
    }
    web.counts.may_open(client)?;
    let pass = chat::enter(web, visitor, chat::spoken(web, lang)).await?;
    wait_for(web, pass.conversation, Awaited::Greeting, MAX_GREETING_WAIT).await;
    Ok(pass)
}

/// Finds the conversation that a visitor has or had: a page from long ago opens no second one.
async fn earlier(web: &Web, visitor: Uuid) -> Result<Option<ConversationId>, Problem> {
    let mut tx = web.store.read().await?;
    let identity = tx.identities().find(Channel::Web, &visitor.to_string()).await?;
    let Some(identity) = identity else { return Ok(None) };
    let latest = tx.conversations().latest(identity.id).await?;
    Ok(latest.map(|conversation| conversation.id))
}

/// Stores the message.
async fn put(
    web: &Web,
    pass: Pass,
    page: Uuid,
    fields: Fields,
    lang: Language,
) -> Result<(), Problem> {
    web.counts.may_say(pass.conversation)?;
    let (choice, said) = match fields.wish {
        Wish::Choose(id) => (Some(id.clone()), label(web, pass.conversation, &id).await?),
        Wish::Speak => (None, lang.own_name().to_owned()),
        Wish::Send | Wish::Look => (None, fields.words),
    };
    let mark = format!("{}\n{said}", choice.as_deref().unwrap_or_default());
    let id = format!("{page}-{}", attachments::digest(&fields.photos, &mark));
    let attachments = attachments::store(web, fields.photos).await?;
    let content = Content { choice, attachments, ..words(&said) };
    chat::take(web, pass, id, content).await?;
    Ok(())
}

/// Finds what a choice on offer reads like, so that the conversation reads well.
async fn label(web: &Web, conversation: ConversationId, id: &str) -> Result<String, Problem> {
    let mut tx = web.store.read().await?;
    let messages = tx.messages().last(conversation, MAX_OFFERS).await?;
    let mut choices = messages.into_iter().flat_map(|message| message.new.choices);
    Ok(choices.rfind(|choice| choice.id == id).map(|choice| choice.label).unwrap_or_default())
}
