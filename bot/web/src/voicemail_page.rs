//! `/message-vocal/{token}` and `/voicemail/{token}`: a voicemail, heard and read, by whoever has its
//! link: the caller by text message, an agent by the list of voicemails.
//!
//! Each word is a link to its place in the sound; what is missing or wrong can be written below.
//! Never here: who may have a link.

mod range;
mod view;

use axum::body::Bytes;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::Response;
use bot_channels::web::words;
use bot_core::id::{AttachmentId, CallbackId, RecordingId};
use bot_core::text::hex;
use bot_core::{Bilingual, Language};
use bot_store::Topic;
use bot_store::callbacks::NewCallback;
use bot_store::messages::{NewMessage, append_aside};
use bot_store::recordings::Recording;
use bot_store::updates::{NewUpdate, UpdateKind};
use sha2::{Digest, Sha256};
use voice_calls::Fields;

use crate::body::Whole;
use crate::origin;
use crate::problem::Problem;
use crate::state::Web;
use view::Shown;

/// Gives where the pages of voicemails are, each below it by its link.
#[must_use]
pub const fn path_of(lang: Language) -> &'static str {
    match lang {
        Language::Fr => "/message-vocal",
        Language::En => "/voicemail",
    }
}

type Token = Result<Path<String>, PathRejection>;

/// `GET /message-vocal/{token}`.
pub(crate) async fn french(State(web): State<Web>, token: Token) -> Result<Response, Problem> {
    page(&web, token, Language::Fr, false).await
}

/// `GET /voicemail/{token}`.
pub(crate) async fn english(State(web): State<Web>, token: Token) -> Result<Response, Problem> {
    page(&web, token, Language::En, false).await
}

/// `POST /message-vocal/{token}`.
pub(crate) async fn add_french(
    State(web): State<Web>,
    token: Token,
    sender: origin::OwnPage,
    form: Whole,
) -> Result<Response, Problem> {
    add(&web, token, Language::Fr, sender, form).await
}

/// `POST /voicemail/{token}`.
pub(crate) async fn add_english(
    State(web): State<Web>,
    token: Token,
    sender: origin::OwnPage,
    form: Whole,
) -> Result<Response, Problem> {
    add(&web, token, Language::En, sender, form).await
}

/// Finds the voicemail that a link leads to, while it does.
async fn find(web: &Web, token: &str) -> Result<Option<Recording>, Problem> {
    let Some(id) = web.key.check_voicemail(token, web.now()) else { return Ok(None) };
    let mut tx = web.store.look().await?;
    Ok(tx.recordings().get(RecordingId(id)).await?)
}

async fn page(web: &Web, token: Token, lang: Language, is_kept: bool) -> Result<Response, Problem> {
    let token = token.map(|Path(token)| token).unwrap_or_default();
    let shown = Shown { lang, recording: find(web, &token).await?, token, is_kept };
    view::respond(web, &shown)
}

async fn add(
    web: &Web,
    token: Token,
    lang: Language,
    sender: origin::OwnPage,
    form: Whole,
) -> Result<Response, Problem> {
    if !sender.0 {
        return Err(Problem::ForbiddenOrigin);
    }
    let Whole(body) = form;
    let form = Fields::parse(&body).map_err(|why| Problem::BadRequest(why.to_string()))?;
    let text = words(form.get("words").unwrap_or_default()).text;
    let given = token.as_ref().map(|Path(token)| token.clone()).unwrap_or_default();
    let is_kept = match find(web, &given).await? {
        Some(recording) if !text.is_empty() => {
            keep(web, &recording, &text, lang).await?;
            true
        }
        _ => false,
    };
    page(web, token, lang, is_kept).await
}

/// Keeps what was written: with the request that came of the voicemail, or for whoever has it to
/// deal with; once for the same words.
async fn keep(web: &Web, recording: &Recording, text: &str, lang: Language) -> Result<(), Problem> {
    let (now, id) = (web.now(), recording.new.id);
    let mark: String = hex(&Sha256::digest(text)).chars().take(16).collect();
    let key = format!("voicemail/{id}/{mark}");
    let mut tx = web.store.begin().await?;
    let conversation = recording.new.conversation;
    let mut message =
        NewMessage::from_resident(conversation, &bot_core::message::Content::text(text), lang, now);
    message.key = Some(key.clone());
    let _seq = append_aside(tx.as_mut(), &message).await?;
    let case = match recording.case_number {
        Some(number) => tx.cases().find(number).await?,
        None => None,
    };
    match case {
        Some(case) => {
            let update = NewUpdate {
                case: case.id,
                kind: UpdateKind::Note,
                author: "resident".to_owned(),
                from: None,
                to: None,
                text: Some(Bilingual::from_fn(|_| text.to_owned())),
                source: Some(key),
                at: now,
            };
            let _again = tx.updates().add(&update).await?;
        }
        None => {
            let callback = NewCallback {
                id: CallbackId::new(now, web.chance.as_ref()),
                conversation,
                queue: web.house.default_queue(),
                lang,
                message: text.to_owned(),
                contact: None,
                once: Some(key),
                at: now,
            };
            let _again = tx.callbacks().add(&callback).await?;
        }
    }
    tx.commit().await?;
    web.store.wake().notify(Topic::Desk);
    Ok(())
}

/// `GET /voicemail/{token}/audio`: the sound, or a part of it, as players ask for.
pub(crate) async fn audio(
    State(web): State<Web>,
    token: Token,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let token = token.map(|Path(token)| token).map_err(|_| Problem::NotFound)?;
    let recording = find(&web, &token).await?.ok_or(Problem::NotFound)?;
    let attachment = recording.attachment.ok_or(Problem::NotFound)?;
    let (media_type, bytes) = sound(&web, attachment).await?;
    Ok(range::respond(&headers, &media_type, &bytes))
}

async fn sound(web: &Web, id: AttachmentId) -> Result<(String, Bytes), Problem> {
    let mut tx = web.store.read().await?;
    let row = tx.attachments().get(id).await?.ok_or(Problem::NotFound)?;
    let bytes = tx.attachments().bytes(id).await?.ok_or(Problem::NotFound)?;
    Ok((row.media_type, bytes.into()))
}
