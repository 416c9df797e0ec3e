//! `/hooks/sms/twilio`: text messages in, and what became of those that went out.
//!
//! The answer to a message goes out by itself, once the engine has it: the webhook is answered as
//! soon as the message is stored.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use bot_channels::sms::{self, Incoming, Keyword, NOTHING, Status};
use bot_channels::web::UNREADABLE;
use bot_core::message::Inbound;
use bot_core::{Channel, Language};
use bot_store::deliveries::DeliveryState;
use bot_store::receive;
use voice_calls::Fields;

use crate::hooks::{self, Hooked, Sent};
use crate::problem::Problem;
use crate::state::Web;

const XML: &str = "application/xml; charset=utf-8";
const PROVIDER: &str = "twilio-sms";

fn admit(web: &Web, sent: Sent) -> Result<(Hooked, Fields), Problem> {
    let provider = web.lines.texts.clone().ok_or(Problem::NotFound)?;
    let mut hooked = sent.admit(web, provider.as_ref())?;
    let form = hooked.form.take();
    let form = form.ok_or_else(|| Problem::UnsupportedType("send a form".to_owned()))?;
    Ok((hooked, form))
}

/// `POST /hooks/sms/twilio`: a text message.
pub(crate) async fn incoming(State(web): State<Web>, sent: Sent) -> Result<Response, Problem> {
    let (hooked, form) = admit(&web, sent)?;
    let message = sms::incoming(|name| form.get(name));
    let message = message.map_err(|why| Problem::BadRequest(why.to_string()))?;
    let key = hooked.key(PROVIDER, &message.id);
    if let Some(answer) = hooks::earlier(&web, &key).await? {
        return Ok(answer);
    }
    let body = match message.keyword {
        Some(keyword) => obey(&web, &message, keyword).await?,
        None => {
            take(&web, message).await?;
            NOTHING.to_owned()
        }
    };
    hooks::keep(&web, key, XML, body).await
}

/// Puts a message into the resident's conversation.
async fn take(web: &Web, message: Incoming) -> Result<(), Problem> {
    if message.content.is_empty() {
        // A picture alone: pictures are not fetched here, and a text says so by the engine's words.
        tracing::debug!(n_media = message.n_media, "a text message without words");
    }
    let inbound = Inbound {
        channel: Channel::Sms,
        address: message.from.as_str().to_owned(),
        provider_id: message.id,
        conversation: None,
        lang: None,
        content: readable(message.content),
    };
    let release = web.house.release();
    receive(web.store.as_ref(), &inbound, &web.visit_on(Channel::Sms, &release)).await?;
    Ok(())
}

/// What has no words is not nothing: the counter says that it could read nothing.
fn readable(content: bot_core::message::Content) -> bot_core::message::Content {
    if content.is_empty() {
        return bot_core::message::Content { text: UNREADABLE.to_owned(), ..content };
    }
    content
}

/// Obeys a word of the network, and answers it at once: nothing else may be sent to whoever said
/// "stop".
async fn obey(web: &Web, message: &Incoming, keyword: Keyword) -> Result<String, Problem> {
    let mut tx = web.store.begin().await?;
    let address = message.from.as_str();
    let known = tx.conversations().lock_open(Channel::Sms, address).await?;
    let key = match keyword {
        Keyword::Stop => {
            let _again = tx.silences().add(Channel::Sms, address, web.now()).await?;
            "sms_stopped"
        }
        Keyword::Start => {
            let _was_none = tx.silences().lift(Channel::Sms, address).await?;
            "sms_started"
        }
        Keyword::Help => "sms_help",
    };
    tx.commit().await?;
    let lang =
        known.map_or_else(|| spoken(&message.content.text, web.first_language()), |open| open.lang);
    Ok(said(&web.house.text(key, &[], lang)))
}

/// Tells the language of a word of the network.
fn spoken(word: &str, otherwise: Language) -> Language {
    match bot_core::text::fold(word).as_str() {
        "arret" | "arreter" | "desabonner" | "fin" | "aide" | "commencer" | "reprendre" => {
            Language::Fr
        }
        "unsubscribe" | "end" | "quit" | "help" => Language::En,
        _ => otherwise,
    }
}

/// Writes an answer that says something (`TwiML`).
fn said(text: &str) -> String {
    let escaped = sms::outgoing(text).replace('&', "&amp;").replace('<', "&lt;");
    NOTHING.replace("<Response/>", &format!("<Response><Message>{escaped}</Message></Response>"))
}

/// `POST /hooks/sms/twilio/status`: what became of a message.
pub(crate) async fn fate(State(web): State<Web>, sent: Sent) -> Result<Response, Problem> {
    let (_, form) = admit(&web, sent)?;
    let fate = sms::fate(|name| form.get(name));
    let Some(fate) = fate.map_err(|why| Problem::BadRequest(why.to_string()))? else {
        return Ok(StatusCode::NO_CONTENT.into_response());
    };
    let state = match fate.status {
        Status::Sent => DeliveryState::Sent,
        Status::Delivered => DeliveryState::Delivered,
        Status::Failed => DeliveryState::Failed,
    };
    let mut tx = web.store.begin().await?;
    let news = tx.deliveries().news(&fate.id, state, fate.error.as_deref(), web.now()).await?;
    if news.is_done() {
        tx.commit().await?;
    }
    Ok(StatusCode::NO_CONTENT.into_response())
}
