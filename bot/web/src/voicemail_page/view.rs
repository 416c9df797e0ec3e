//! What the page of a voicemail shows.

use askama::Template;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::Response;
use bot_core::voicemail::{DOUBTFUL, Draft, Heard};
use bot_core::{Contact, Language, Phone};
use bot_store::recordings::{Recording, RecordingState};

use super::path_of;
use crate::page::written;
use crate::problem::Problem;
use crate::state::Web;

/// What the page may load: what is its own; it may play its own sound and send its own form.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; media-src 'self'; \
    img-src data:; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; \
    require-trusted-types-for 'script'";

/// A form must tell where it comes from, which `no-referrer` keeps from the door itself too; other
/// sites still learn nothing of the link.
const REFERRER: &str = "same-origin";

/// What is to be shown.
pub(super) struct Shown {
    pub(super) lang: Language,
    pub(super) token: String,
    pub(super) recording: Option<Recording>,
    /// Whether what was written is kept.
    pub(super) is_kept: bool,
}

#[derive(Template)]
#[template(path = "voicemail.html")]
struct VoicemailPage {
    lang: &'static str,
    city: String,
    title: String,
    other_lang: &'static str,
    other_name: &'static str,
    other_path: String,
    own_path: String,
    gone: String,
    counter: String,
    found: Option<Found>,
}

struct Found {
    facts: Vec<(String, String)>,
    audio: Option<(String, String)>,
    note: String,
    words_title: String,
    words_lang: &'static str,
    words: Vec<Word>,
    doubt: String,
    mended: String,
    understood_title: String,
    understood: Vec<(String, String)>,
    kept: String,
    more: String,
    send: String,
}

struct Word {
    text: String,
    href: String,
    start_ms: u64,
    end_ms: u64,
    is_doubtful: bool,
    was: String,
}

/// Writes the page.
pub(super) fn respond(web: &Web, shown: &Shown) -> Result<Response, Problem> {
    let (lang, other) = (shown.lang, shown.lang.other());
    let text = |key: &str| web.house.text(key, &[], lang);
    let page = VoicemailPage {
        lang: lang.code(),
        city: web.house.city_name(lang),
        title: text("voicemail_title"),
        other_lang: other.code(),
        other_name: other.own_name(),
        other_path: format!("{}/{}", path_of(other), shown.token),
        own_path: format!("{}/{}", path_of(lang), shown.token),
        gone: text("voicemail_gone"),
        counter: text("case_counter"),
        found: shown.recording.as_ref().map(|recording| found(web, shown, recording)),
    };
    let status = if shown.recording.is_some() { StatusCode::OK } else { StatusCode::NOT_FOUND };
    let mut response = written(&page, status)?;
    let policy = HeaderValue::from_static(POLICY);
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static(REFERRER));
    Ok(response)
}

fn found(web: &Web, shown: &Shown, recording: &Recording) -> Found {
    let lang = shown.lang;
    let text = |key: &str| web.house.text(key, &[], lang);
    let heard: Option<Heard> = read(recording.transcript.as_deref());
    let draft: Option<Draft> = read(recording.understood.as_deref());
    let audio = format!("/voicemail/{}/audio", shown.token);
    let words = heard.as_ref().map(|heard| words(heard, &audio)).unwrap_or_default();
    let note = match recording.state {
        RecordingState::Announced | RecordingState::Kept => text("voicemail_waiting"),
        RecordingState::Speechless => text("voicemail_speechless"),
        RecordingState::Lost => text("voicemail_lost"),
        RecordingState::Transcribed => String::new(),
    };
    let has_doubt = words.iter().any(|word| word.is_doubtful);
    let has_mended = words.iter().any(|word| !word.was.is_empty());
    let shown_if = |is_so: bool, key: &str| if is_so { text(key) } else { String::new() };
    Found {
        facts: facts(web, recording, lang),
        audio: recording.attachment.map(|_| (audio, text("voicemail_audio"))),
        note,
        words_title: text("voicemail_words"),
        words_lang: heard.map_or(lang, |heard| heard.lang).code(),
        doubt: shown_if(has_doubt, "voicemail_doubt"),
        mended: shown_if(has_mended, "voicemail_mended"),
        words,
        understood_title: text("voicemail_understood"),
        understood: draft.map(|draft| understood(web, &draft, lang)).unwrap_or_default(),
        kept: shown_if(shown.is_kept, "voicemail_kept"),
        more: text("voicemail_more"),
        send: text("voicemail_send"),
    }
}

/// Reads what is stored as JSON; what was hidden since may be no longer readable.
fn read<T: serde::de::DeserializeOwned>(stored: Option<&str>) -> Option<T> {
    stored.and_then(|stored| serde_json::from_str(stored).ok())
}

fn words(heard: &Heard, audio: &str) -> Vec<Word> {
    let word = |word: &bot_core::voicemail::HeardWord| Word {
        text: word.text.clone(),
        // Without a script, the sound opens at the word (Media Fragments URI 1.0).
        href: format!("{audio}#t={}.{:03}", word.start_ms / 1_000, word.start_ms % 1_000),
        start_ms: word.start_ms,
        end_ms: word.end_ms,
        is_doubtful: word.probability < DOUBTFUL,
        was: word.was.clone().unwrap_or_default(),
    };
    heard.words.iter().map(word).collect()
}

fn facts(web: &Web, recording: &Recording, lang: Language) -> Vec<(String, String)> {
    let text = |key: &str| web.house.text(key, &[], lang);
    let caller = Phone::parse(&recording.new.caller);
    let caller = caller.map(|phone| Contact::Phone(phone).readable()).unwrap_or_default();
    let number = recording.case_number.map(|number| number.to_string()).unwrap_or_default();
    let facts = [
        (text("voicemail_caller"), caller),
        (text("voicemail_at"), web.house.day(recording.new.at, lang)),
        (text("label_request_number"), number),
    ];
    facts.into_iter().filter(|(_, words)| !words.is_empty()).collect()
}

/// Lists what was understood, with how surely.
fn understood(web: &Web, draft: &Draft, lang: Language) -> Vec<(String, String)> {
    let text = |key: &str| web.house.text(key, &[], lang);
    let sure = |words: String, p: f32| format!("{words} ({:.0} %)", p * 100.0);
    let service = draft.service.as_ref().map(|(code, p)| {
        let name = web.house.service_name(code, lang).unwrap_or_else(|| code.clone());
        (text("label_service"), sure(name, *p))
    });
    let place = draft
        .place
        .as_ref()
        .map(|(place, p)| (text("label_address"), sure(place.label.get(lang).clone(), *p)));
    let callback = draft
        .callback
        .as_ref()
        .map(|phone| (text("label_phone"), Contact::Phone(phone.clone()).readable()));
    [service, place, callback].into_iter().flatten().collect()
}
