//! One turn of a conversation: what was said since the last one is read, folded and stored.

use bot_core::event::{HandoffNews, Profile, Timer};
use bot_core::id::ConversationId;
use bot_core::message::{Author, Content};
use bot_core::place::Point;
use bot_core::slot::SlotKind;
use bot_core::understanding::{Entity, Extent, Means, Understanding};
use bot_core::{Channel, Contact, EventKind, UnixMs};
use bot_engine::session::SESSION_FORMAT;
use bot_engine::{Session, beginning, expectation};
use bot_store::Topic;
use bot_store::conversations::Conversation;
use bot_store::jobs::Job;
use bot_store::messages::Message;
use bot_store::receive::TURN_KIND;
use nlu::Ask;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Instant;

use crate::error::Error;
use crate::fold::{Done, Folding};
use crate::shell::Shell;
use crate::town::Town;

/// Messages that one turn takes in.
const MAX_BURST: u32 = 20;
/// Times that a turn is begun again because someone else was first.
const MAX_RACES: usize = 5;
/// How sure an address is that was set on a map.
const PIN_P: f32 = 0.95;
/// The kind of jobs that a timer leads to.
pub(crate) const TIMER_KIND: &str = "timer";

/// What a turn is about.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Payload {
    /// The conversation.
    pub(crate) conversation: ConversationId,
    /// The timer that has run out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) timer: Option<(Timer, u32)>,
    /// What became of a handoff.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) news: Option<HandoffNews>,
}

/// Does a turn, once, whatever happens around it.
pub(crate) async fn run(shell: &Shell, job: &Job) -> Result<(), Error> {
    let payload: Payload =
        serde_json::from_str(&job.new.payload).map_err(|why| Error::unreadable("job", why))?;
    let mut slow = BTreeSet::new();
    for _ in 0..MAX_RACES {
        match attempt(shell, job, &payload, &slow).await {
            Err(Error::Stale) => shell.metrics.stale(),
            // What the action had begun went with its transaction.
            Err(Error::SlowCall(call)) => {
                tracing::warn!(job.id = %job.new.id, call, "an action took too long");
                slow.insert(call);
            }
            result => return result,
        }
    }
    Err(Error::Stale)
}

/// What a turn starts from, read before its transaction begins.
struct Start {
    conversation: Conversation,
    session: Session,
    revision: i64,
    unseen: Vec<Message>,
    profile: Profile,
    /// Calls that took too long in an attempt before.
    slow: BTreeSet<u32>,
}

async fn attempt(
    shell: &Shell,
    job: &Job,
    payload: &Payload,
    slow: &BTreeSet<u32>,
) -> Result<(), Error> {
    let began = Instant::now();
    let town = shell.town();
    let now = shell.now();
    let Some(mut start) = read(shell, payload.conversation).await? else {
        return finish_only(shell, job, now).await;
    };
    start.slow.clone_from(slow);
    let (start, events, seen) = events(&town, job, payload, start, now).await?;
    if events.is_empty() {
        return finish_only(shell, job, now).await;
    }
    let done = store(shell, &town, job, start, events, seen, now).await?;
    for topic in [Topic::Conversation(payload.conversation), Topic::Desk, Topic::Jobs] {
        shell.store.wake().notify(topic);
    }
    shell.metrics.turn(began.elapsed(), done.messages, done.handoffs, done.faults);
    Ok(())
}

async fn read(shell: &Shell, id: ConversationId) -> Result<Option<Start>, Error> {
    let mut tx = shell.store.read().await?;
    let Some(conversation) = tx.conversations().get(id).await?.filter(Conversation::is_open) else {
        return Ok(None);
    };
    let unseen = tx.messages().unseen(id, MAX_BURST).await?;
    let stored = tx.sessions().find(id).await?;
    let (session, revision) = match &stored {
        Some(row) => (session_from(&row.body)?, row.revision),
        None => (Session::new(conversation.channel, conversation.lang), 0),
    };
    let profile = if revision == 0 {
        let identity = tx.identities().get(conversation.identity).await?;
        let first = tx.messages().list_after(id, 0, 1).await?;
        let is_greeted = first.first().is_some_and(|first| first.new.author != Author::Resident);
        Profile { is_greeted, ..profile(&conversation, identity.map(|identity| identity.address)) }
    } else {
        Profile::default()
    };
    Ok(Some(Start { conversation, session, revision, unseen, profile, slow: BTreeSet::new() }))
}

/// Reads a stored session; one of a shape that is not known is an error, not a fresh start.
fn session_from(body: &str) -> Result<Session, Error> {
    let session: Session =
        serde_json::from_str(body).map_err(|why| Error::unreadable("session", why))?;
    debug_assert_eq!(session.format, SESSION_FORMAT, "the one shape there is");
    Ok(session)
}

/// What the address itself tells of a resident.
fn profile(conversation: &Conversation, address: Option<String>) -> Profile {
    let address = address.unwrap_or_default();
    let contact = match conversation.channel {
        Channel::Sms | Channel::Phone => bot_core::Phone::parse(&address).ok().map(Contact::Phone),
        Channel::Email => bot_core::Email::parse(&address).ok().map(Contact::Email),
        Channel::Web | Channel::Telegram | Channel::Discord => None,
    };
    Profile { lang: Some(conversation.lang), is_greeted: false, contact }
}

/// Lists what happened, in order, and the last message that is taken in.
async fn events(
    town: &Arc<Town>,
    job: &Job,
    payload: &Payload,
    mut start: Start,
    now: UnixMs,
) -> Result<(Start, Vec<EventKind>, Option<i64>), Error> {
    let mut events = Vec::new();
    if start.revision == 0 {
        events.push(EventKind::Opened(start.profile.clone()));
    }
    if let Some((timer, token)) = payload.timer {
        events.push(crate::fold::timer_event(timer, token));
    }
    events.extend(payload.news.map(EventKind::Handoff));
    let takes_messages = job.new.kind == TURN_KIND;
    let seen = start.unseen.last().map(|message| message.seq).filter(|_| takes_messages);
    if seen.is_some() {
        // Understanding takes up to a hundredth of a second of pure work: others go on meanwhile.
        let town = Arc::clone(town);
        let read = tokio::task::spawn_blocking(move || (said(&town, &start, now), start));
        let said;
        (said, start) = read.await.map_err(|end| match end.try_into_panic() {
            Ok(panic) => std::panic::resume_unwind(panic),
            // The process is ending: the job is done by another one.
            Err(_) => Error::Stale,
        })?;
        events.push(said);
    }
    Ok((start, events, seen))
}

/// Joins a burst of messages into one, and reads it where the conversation stands.
fn said(town: &Town, start: &Start, now: UnixMs) -> EventKind {
    let mut content = Content::default();
    for message in &start.unseen {
        let part = &message.new.content;
        if !part.text.is_empty() {
            let gap = if content.text.is_empty() { "" } else { "\n" };
            content.text = [content.text.as_str(), gap, &part.text].concat();
        }
        content.choice = part.choice.clone().or(content.choice);
        content.location = part.location.or(content.location);
        content.source = part.source.or(content.source);
        content.confidence = part.confidence.or(content.confidence);
        content.truncated |= part.truncated;
        content.attachments.extend(part.attachments.iter().cloned());
    }
    let mut understanding = understood(town, &start.session, &content.text, now);
    if let Some(sure) = content.confidence {
        // A value is no surer than the words it was read from.
        understanding.entities.iter_mut().for_each(|entity| entity.p *= sure.clamp(0.0, 1.0));
    }
    understanding.entities.extend(content.location.map(|at| pin(town, at)));
    EventKind::Said { content, understanding: Box::new(understanding) }
}

/// Reads words where a session stands.
pub(crate) fn understood(town: &Town, session: &Session, text: &str, now: UnixMs) -> Understanding {
    let expectation = expectation(session, &town.city);
    let ask = Ask { text, expectation: &expectation, now };
    let mut understanding = town.reader.understand(&ask);
    if let Some(beginning) = beginning(session, &town.city, &understanding) {
        let more = town.reader.again(&Ask { expectation: &beginning, ..ask }, &understanding);
        add(&mut understanding, more);
    }
    understanding
}

/// Adds the options and values that a second reading found in other words.
fn add(understanding: &mut Understanding, more: Understanding) {
    understanding.options.extend(more.options);
    for entity in more.entities {
        if !understanding.entities.iter().any(|known| known.words == entity.words) {
            understanding.entities.push(entity);
        }
    }
}

/// Reads a pin on the map as an address.
pub(crate) fn pin(town: &Town, at: Point) -> Entity {
    Entity {
        kind: SlotKind::Address,
        heard: town.gazetteer.at(at),
        words: String::new(),
        p: PIN_P,
        means: Means::Read,
        extent: Extent::Whole,
        slot: None,
    }
}

/// Folds the events and stores everything in one transaction.
async fn store(
    shell: &Shell,
    town: &Town,
    job: &Job,
    start: Start,
    events: Vec<EventKind>,
    seen: Option<i64>,
    now: UnixMs,
) -> Result<Done, Error> {
    let mut tx = shell.store.begin().await?;
    let id = start.conversation.id;
    let Some(conversation) = tx.conversations().lock(id).await?.filter(Conversation::is_open)
    else {
        return Err(Error::Stale);
    };
    let place = (conversation, start.session, start.revision);
    let (actions, chance) = (shell.actions.as_ref(), shell.chance.as_ref());
    let mut folding = Folding::new(tx.as_mut(), town, actions, chance, now, place);
    folding.slow = start.slow;
    (folding.seq, folding.learning) = (seen, shell.learning);
    folding.follow_the_desk().await?;
    for event in events {
        folding.fold(event).await?;
    }
    let done = folding.finish().await?;
    if let Some(seq) = seen {
        stale(tx.messages().mark_seen(id, seq).await?)?;
    }
    stale(tx.jobs().finish(job.new.id, job.attempt, now).await?)?;
    tx.commit().await?;
    Ok(done)
}

/// Ends a job of which nothing else is to be written down.
pub(crate) async fn finish_only(shell: &Shell, job: &Job, now: UnixMs) -> Result<(), Error> {
    let mut tx = shell.store.begin().await?;
    // Someone else has the job if this is stale: then it is theirs to finish.
    let _theirs = tx.jobs().finish(job.new.id, job.attempt, now).await?;
    Ok(tx.commit().await?)
}

fn stale(swap: bot_store::Swap) -> Result<(), Error> {
    if swap.is_done() { Ok(()) } else { Err(Error::Stale) }
}
