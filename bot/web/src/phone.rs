//! `/hooks/phone/{dialect}/…`: a call, request by request.
//!
//! What happened is heard, what follows from it is done, the answer of the engine is waited for a
//! little, and what is new is said as the provider wants to be told. The line itself
//! (`voice-calls`) decides what is said when; here is where it is kept and waited for.

mod call;
mod end;
mod music;
mod scene;
mod wishes;

use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use bot_core::text::hex;
use bot_store::calls::Call;
use sha2::{Digest, Sha256};
use voice_calls::event::Readiness;
use voice_calls::line::Memory;
use voice_calls::spoken::aloud;
use voice_calls::{Dialect, End, Event, Hook, Keys, Line, Request, Script, Sound};

use crate::hooks::{self, Hooked, Sent};
use crate::problem::Problem;
use crate::state::Web;
use call::Doorstep;

/// The part of the address that tells where in a call a request belongs.
const STEP: &str = "t";
/// The part of a whisper's address that tells that the person was asked already.
const ASKED: &str = "asked";
/// Seconds in which a person may take a call by a key.
const TAKE_S: u8 = 8;

/// Finds the door of a name.
fn hook(name: &str) -> Option<Hook> {
    match name {
        "start" => Some(Hook::Start),
        "step" => Some(Hook::Step),
        "recorded" => Some(Hook::Recorded),
        "recording" => Some(Hook::Recording),
        "transferred" => Some(Hook::Transferred),
        "whisper" => Some(Hook::Whisper),
        "status" => Some(Hook::Status),
        _ => None,
    }
}

/// `GET` and `POST /hooks/phone/{dialect}/{door}`.
pub(crate) async fn call(
    State(web): State<Web>,
    path: Result<Path<(String, String)>, PathRejection>,
    sent: Sent,
) -> Result<Response, Problem> {
    let Path((dialect, door)) = path.map_err(|_| Problem::NotFound)?;
    let dialect = Dialect::from_name(&dialect).ok_or(Problem::NotFound)?;
    let hook = hook(&door).ok_or(Problem::NotFound)?;
    let provider = web.lines.phones.get(&dialect).ok_or(Problem::NotFound)?;
    let hooked = sent.admit(&web, provider.as_ref())?;
    let request = dialect.read(hook, &hooked.query, hooked.body());
    let request = request.map_err(|why| Problem::BadRequest(why.to_string()))?;
    let key = hooked.key(dialect.name(), &stands_for(&door, &hooked, &request));
    if let Some(answer) = hooks::earlier(&web, &key).await? {
        return Ok(answer);
    }
    let script = answer(&web, dialect, hook, &hooked, &request).await?;
    match script {
        Some(script) => {
            let written = dialect.write(&script);
            hooks::keep(&web, key, written.media_type, written.body).await
        }
        // What only tells something is answered without a word.
        None => Ok(StatusCode::NO_CONTENT.into_response()),
    }
}

/// Makes a key of what a request is about, for providers that do not name their deliveries.
fn stands_for(door: &str, hooked: &Hooked, request: &Request) -> String {
    let step = hooked.query.get(STEP).unwrap_or_default();
    let asked = hooked.query.get(ASKED).unwrap_or_default();
    let happened = hex(&Sha256::digest(format!("{:?}", request.event)));
    let short: String = happened.chars().take(16).collect();
    let call: String = request.call.chars().take(128).collect();
    format!("{call}/{door}/{step}/{asked}/{short}")
}

/// Does what a request asks for; `None` where nothing is to be said.
async fn answer(
    web: &Web,
    dialect: Dialect,
    hook: Hook,
    hooked: &Hooked,
    request: &Request,
) -> Result<Option<Script>, Problem> {
    let step = hooked.query.get(STEP);
    match (hook, &request.event) {
        (Hook::Whisper, event) => {
            let was_asked = hooked.query.get(ASKED).is_some();
            whisper(web, dialect, request, step, event, was_asked).await.map(Some)
        }
        (_, Event::Recording { recording, seconds, readiness }) => {
            match readiness {
                Readiness::Ready => {
                    wishes::fetch(web, dialect, request, recording, *seconds).await?;
                }
                Readiness::Absent => wishes::lose(web, dialect, recording).await?,
                Readiness::InProgress => {}
            }
            Ok(None)
        }
        (_, Event::Status { ended: Some(outcome), seconds }) => {
            end::end(web, dialect, request, outcome, *seconds).await?;
            Ok(None)
        }
        (_, Event::Status { ended: None, .. }) => Ok(None),
        (
            _,
            Event::Started
            | Event::Keys(_)
            | Event::Speech { .. }
            | Event::NoInput
            | Event::Recorded { .. }
            | Event::Transferred(_)
            | Event::Answering,
        ) => call::go_on(web, dialect, request, step).await.map(Some),
    }
}

/// Tells the person who is rung what the call is about, and lets them take it.
async fn whisper(
    web: &Web,
    dialect: Dialect,
    request: &Request,
    step: Option<&str>,
    event: &Event,
    was_asked: bool,
) -> Result<Script, Problem> {
    let hang_up = Script { sounds: Vec::new(), end: End::Hangup };
    if matches!(event, Event::Keys(_)) {
        return Ok(Script { sounds: Vec::new(), end: End::Join });
    }
    // The call that is passed on is another one to the provider: the step names ours.
    let Some(call) = call::by_step(web, step).await? else { return Ok(hang_up) };
    if was_asked {
        return Ok(hang_up);
    }
    let doorstep = Doorstep { web, dialect, call: call.new.id, revision: call.revision };
    let (text, lang) = (scene::summary(web, &call).await?, web.first_language());
    tracing::debug!(call = %request.call, "a person hears what a call is about");
    let then = format!("{}&{ASKED}=1", doorstep.door("whisper"));
    let ask = voice_calls::Ask {
        prompt: vec![Sound::Say(Line::new(lang, aloud(&text, lang)))],
        keys: Keys::One,
        speech: None,
        hints: Vec::new(),
        timeout_s: TAKE_S,
        then: then.clone(),
        silence: then,
    };
    Ok(Script { sounds: Vec::new(), end: End::Ask(ask) })
}

/// Reads what the line remembers of a call; what cannot be read is forgotten aloud.
fn memory(web: &Web, call: &Call) -> Memory {
    serde_json::from_str(&call.new.state).unwrap_or_else(|why| {
        tracing::error!(%why, call.id = %call.new.id, "what a call stood at cannot be read");
        Memory { lang: web.first_language(), ..Memory::default() }
    })
}

/// `GET /phone/hold.wav`: what those who wait hear.
pub(crate) async fn hold_music() -> impl IntoResponse {
    let headers =
        [(header::CONTENT_TYPE, "audio/wav"), (header::CACHE_CONTROL, "public, max-age=86400")];
    (headers, music::hold())
}
