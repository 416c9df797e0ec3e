//! What becomes of a voicemail: a request whose number goes to the caller, a question to the
//! caller, or a task for a person.

use bot_city::CallContext;
use bot_core::channel::Source;
use bot_core::effect::Call;
use bot_core::message::{Author, Content};
use bot_core::value::Record;
use bot_core::voicemail::{Draft, Heard, Verdict};
use bot_core::{CaseNumber, Channel, Contact, Inbound, Language, Phone, Value};
use bot_store::callbacks::NewCallback;
use bot_store::conversations::Amendment;
use bot_store::desk::{DeskKind, NewDeskEvent};
use bot_store::messages::NewMessage;
use bot_store::open::find_or_open;
use bot_store::recordings::{Recording, RecordingState, Transcribed};
use bot_store::{Opening, Topic, Tx, receive};
use flows::render::{self, Given, Voice};
use std::time::Duration;

use crate::error::Error;
use crate::fold::to_json;
use crate::outbox;
use crate::shell::Shell;

/// How long the caller may open the page of a voicemail.
const LINK_LIFE: Duration = Duration::from_hours(14 * 24);
/// How much an emergency presses; what is usual has 0.
const EMERGENCY_PRIORITY: i64 = 100;
/// How long filing may take, in milliseconds; it is one row of our own store.
const FILING_LIMIT_MS: u64 = 5_000;

/// Keeps what was heard and understood, and does what follows from it, in one transaction.
pub(super) async fn settle(
    shell: &Shell,
    recording: &Recording,
    heard: &Heard,
    mut draft: Draft,
) -> Result<(), Error> {
    let mut tx = shell.store.begin().await?;
    let reach = reach(shell, tx.as_mut(), recording).await?;
    if reach.is_none() && matches!(draft.verdict, Verdict::Sure | Verdict::Partly) {
        // A request whose number nobody can be told is no request: a person calls back.
        draft.verdict = Verdict::Unsure;
    }
    let is_silent = heard.words.is_empty();
    let state = if is_silent { RecordingState::Speechless } else { RecordingState::Transcribed };
    let transcribed = Transcribed {
        state,
        transcript: Some(to_json("transcript", heard)?),
        understood: Some(to_json("draft", &draft)?),
        lang: heard.lang,
    };
    if !tx.recordings().transcribed(recording.new.id, &transcribed).await?.is_done() {
        return Ok(());
    }
    if !is_silent {
        act(shell, tx.as_mut(), recording, heard, &draft, reach.as_ref()).await?;
    }
    tx.commit().await?;
    for topic in [Topic::Jobs, Topic::Desk, Topic::Conversation(recording.new.conversation)] {
        shell.store.wake().notify(topic);
    }
    Ok(())
}

async fn act(
    shell: &Shell,
    tx: &mut dyn Tx,
    recording: &Recording,
    heard: &Heard,
    draft: &Draft,
    reach: Option<&Phone>,
) -> Result<(), Error> {
    match (draft.verdict, reach) {
        (Verdict::Sure, Some(phone)) => match file(shell, tx, recording, heard, draft).await? {
            Some(number) => {
                let words = filed(shell, recording, draft, number, heard.lang);
                text(shell, tx, phone, heard.lang, recording, &words).await
            }
            None => leave(tx, shell, recording, Some((heard, draft))).await,
        },
        (Verdict::Partly, Some(phone)) => {
            let words = words(shell, "sms_taken", &[], heard.lang);
            text(shell, tx, phone, heard.lang, recording, &words).await
        }
        (Verdict::Emergency, _) => {
            let raise = Amendment { priority: Some(EMERGENCY_PRIORITY), ..Amendment::default() };
            let conversation = recording.new.conversation;
            let _gone = tx.conversations().amend(conversation, &raise, shell.now()).await?;
            if let (Some(phone), Some(words)) = (reach, alarm(shell, draft, heard.lang)) {
                text(shell, tx, phone, heard.lang, recording, &words).await?;
            }
            leave(tx, shell, recording, Some((heard, draft))).await
        }
        (Verdict::Sure | Verdict::Partly | Verdict::Unsure, _) => {
            leave(tx, shell, recording, Some((heard, draft))).await
        }
    }
}

/// Gives the number to text the caller at, where that can be done.
async fn reach(
    shell: &Shell,
    tx: &mut dyn Tx,
    recording: &Recording,
) -> Result<Option<Phone>, Error> {
    let Ok(phone) = Phone::parse(&recording.new.caller) else { return Ok(None) };
    let may_text = shell.outside.texts.is_some() && shell.outside.links.is_some();
    let is_silent = tx.silences().is_silent(Channel::Sms, phone.as_str()).await?;
    Ok(Some(phone).filter(|_| may_text && !is_silent))
}

/// Files the request, once for a recording.
async fn file(
    shell: &Shell,
    tx: &mut dyn Tx,
    recording: &Recording,
    heard: &Heard,
    draft: &Draft,
) -> Result<Option<CaseNumber>, Error> {
    let Some(conversation) = tx.conversations().get(recording.new.conversation).await? else {
        return Ok(None);
    };
    let Some((service, _)) = &draft.service else { return Ok(None) };
    let mut inputs = Record::from([
        ("service".to_owned(), Value::Service(service.clone())),
        ("notes".to_owned(), Value::Text(heard.text())),
    ]);
    if let Some((place, _)) = &draft.place {
        inputs.insert("at".to_owned(), Value::Address(Box::new(place.clone())));
    }
    if let Some(phone) = &draft.callback {
        inputs.insert("contact".to_owned(), Value::Contact(Contact::Phone(phone.clone())));
    }
    let answers = draft.answers.iter();
    let answers = answers.map(|(slot, key)| (slot.clone(), Value::Choice(key.clone())));
    inputs.insert("answers".to_owned(), Value::Record(answers.collect()));
    let call = Call {
        call: 0,
        action: "requests.create".to_owned(),
        inputs,
        once: Some(format!("voicemail/{}", recording.new.id)),
        limit_ms: FILING_LIMIT_MS,
    };
    let town = shell.town();
    let context = CallContext {
        city: &town.city,
        conversation: &conversation,
        lang: heard.lang,
        now: shell.now(),
        chance: shell.chance.as_ref(),
    };
    let returned = shell.actions.run(tx, &context, &call).await?;
    let Some(Value::CaseNumber(number)) = returned.outputs.get("request_number") else {
        return Ok(None);
    };
    let _again = tx.recordings().file(recording.new.id, *number).await?;
    Ok(Some(*number))
}

/// Writes the message that tells a request's number.
fn filed(
    shell: &Shell,
    recording: &Recording,
    draft: &Draft,
    number: CaseNumber,
    lang: Language,
) -> String {
    let town = shell.town();
    let service = draft.service.as_ref().and_then(|(code, _)| town.city.services.get(code));
    let service = service.map(|service| service.name.get(lang).clone()).unwrap_or_default();
    let place = draft.place.as_ref().map(|(place, _)| render::place(place, lang));
    let until = shell.now().plus(LINK_LIFE);
    let links = shell.outside.links.as_ref();
    let link = links.map(|links| links.voicemail(recording.new.id, lang, until));
    let holes = [
        ("number", number.to_string()),
        ("service", service),
        ("place", place.unwrap_or_default()),
        ("link", link.unwrap_or_default()),
    ];
    words(shell, "sms_filed", &holes, lang)
}

/// Gives what to do in the emergency that was named.
fn alarm(shell: &Shell, draft: &Draft, lang: Language) -> Option<String> {
    let town = shell.town();
    let id = draft.emergency.as_ref()?;
    let emergency = town.city.info.emergencies.iter().find(|emergency| emergency.id == *id)?;
    let voice = Voice { lang, channel: Channel::Sms };
    Some(render::wording(&town.city, &emergency.say, voice, &render::NoValues))
}

fn words(shell: &Shell, key: &str, holes: &[(&str, String)], lang: Language) -> String {
    let town = shell.town();
    let voice = Voice { lang, channel: Channel::Sms };
    let wording = town.city.texts.get(key);
    wording.map(|text| render::wording(&town.city, text, voice, &Given(holes))).unwrap_or_default()
}

/// Texts the caller, in their conversation by text message.
async fn text(
    shell: &Shell,
    tx: &mut dyn Tx,
    phone: &Phone,
    lang: Language,
    recording: &Recording,
    words: &str,
) -> Result<(), Error> {
    let now = shell.now();
    let town = shell.town();
    let opening = Opening { channel: Channel::Sms, address: phone.as_str(), lang: Some(lang) };
    let opened = find_or_open(tx, opening, &super::visit(shell, &town.city.hash)).await?;
    let conversation = &opened.conversation;
    let mut message = NewMessage::words(conversation.id, Author::System, words, lang, now);
    message.key = Some(format!("voicemail/{}", recording.new.id));
    let _seq = outbox::post(tx, conversation, &message, shell.chance.as_ref(), now).await?;
    Ok(())
}

/// Lets the engine ask the caller, by text message, for what is missing: what was said in the
/// voicemail is said there, once.
pub(super) async fn ask(shell: &Shell, recording: &Recording) -> Result<(), Error> {
    let (Some(understood), Some(transcript)) = (&recording.understood, &recording.transcript)
    else {
        return Ok(());
    };
    let draft: Draft =
        serde_json::from_str(understood).map_err(|why| Error::unreadable("draft", why))?;
    let heard: Heard =
        serde_json::from_str(transcript).map_err(|why| Error::unreadable("transcript", why))?;
    let Ok(phone) = Phone::parse(&recording.new.caller) else { return Ok(()) };
    if draft.verdict != Verdict::Partly {
        return Ok(());
    }
    let content = Content { text: heard.text(), source: Some(Source::Voice), ..Content::default() };
    let inbound = Inbound {
        channel: Channel::Sms,
        address: phone.as_str().to_owned(),
        provider_id: format!("voicemail/{}", recording.new.id),
        conversation: None,
        lang: Some(heard.lang),
        content,
    };
    let town = shell.town();
    match receive(shell.store.as_ref(), &inbound, &super::visit(shell, &town.city.hash)).await {
        Ok(_) => Ok(()),
        Err(bot_store::ReceiveError::Store(error)) => Err(error.into()),
        // The caller says more than can wait there: people have the voicemail all the same.
        Err(error) => {
            tracing::warn!(%error, "a voicemail could not go on by text message");
            let mut tx = shell.store.begin().await?;
            leave(tx.as_mut(), shell, recording, Some((&heard, &draft))).await?;
            Ok(tx.commit().await?)
        }
    }
}

/// Leaves a voicemail to the people of its queue, once.
pub(super) async fn leave(
    tx: &mut dyn Tx,
    shell: &Shell,
    recording: &Recording,
    heard: Option<(&Heard, &Draft)>,
) -> Result<(), Error> {
    let (town, now) = (shell.town(), shell.now());
    let draft = heard.map(|(_, draft)| draft);
    let service = draft.and_then(|draft| draft.service.as_ref());
    let service = service.and_then(|(code, _)| town.city.services.get(code));
    let queue = service.map_or(&town.city.info.default_queue, |service| &service.queue);
    let said = draft.and_then(|draft| draft.callback.clone());
    let contact = said.or_else(|| Phone::parse(&recording.new.caller).ok());
    let callback = NewCallback {
        id: bot_core::id::CallbackId::new(now, shell.chance.as_ref()),
        conversation: recording.new.conversation,
        queue: queue.clone(),
        lang: heard.map_or(recording.new.lang, |(heard, _)| heard.lang),
        message: heard.map(|(heard, _)| heard.text()).unwrap_or_default(),
        contact: contact.map(|phone| phone.as_str().to_owned()),
        once: Some(format!("voicemail/{}", recording.new.id)),
        at: now,
    };
    if !tx.callbacks().add(&callback).await?.is_fresh() {
        return Ok(());
    }
    let body = serde_json::json!({
        "voicemail": recording.new.id,
        "queue": queue,
        "verdict": draft.map(|draft| draft.verdict),
        "emergency": draft.and_then(|draft| draft.emergency.as_ref()),
    });
    let event = NewDeskEvent {
        conversation: Some(recording.new.conversation),
        kind: DeskKind::Conversation,
        body: body.to_string(),
        at: now,
    };
    tx.desk().append(&event).await?;
    Ok(())
}
