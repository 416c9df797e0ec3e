//! Where a call's conversation stands, as the line needs it.

use bot_core::effect::Effect;
use bot_core::id::ConversationId;
use bot_core::message::Author;
use bot_core::understanding::Command;
use bot_core::{Contact, Event, EventKind, Phone};
use bot_store::Page;
use bot_store::Tx;
use bot_store::calls::Call;
use bot_store::conversation_state::ConversationState;
use bot_store::conversations::{Conversation, ConversationFilter, Order};
use bot_store::messages::Message;
use voice_calls::line::Memory;
use voice_calls::speak::{News, Scene, Standing};

use crate::problem::Problem;
use crate::state::Web;

/// Messages that are said in one answer.
const MAX_NEWS: u32 = 12;
/// Messages looked through for what was said last.
const MAX_LAST: u32 = 12;
/// Those who wait that are counted.
const MAX_WAITING: u32 = 200;
/// Turns looked through for what a person is told of a call.
const MAX_TURNS: u32 = 20;

/// Reads where the conversation stands. A conversation that was open before this call is taken up
/// where it is: what was said in it then is not said again.
pub(super) async fn now(
    web: &Web,
    call: &Call,
    conversation: Option<ConversationId>,
    memory: Memory,
) -> Result<(Memory, Scene), Problem> {
    let mut scene = Scene {
        news: Vec::new(),
        last: None,
        standing: Standing::Bot,
        is_ready: true,
        hints: Vec::new(),
        asks_person: false,
    };
    let Some(id) = conversation else { return Ok((memory, scene)) };
    let mut tx = web.store.read().await?;
    let Some(row) = tx.conversations().get(id).await? else { return Ok((memory, scene)) };
    let mut memory = memory;
    if call.new.conversation != conversation && memory.told == 0 {
        memory.told = told_before(tx.as_mut(), &row, call).await?;
    }
    let after = tx.messages().list_after(id, memory.told, MAX_NEWS).await?;
    scene.news = after.iter().filter(|message| is_heard(message)).map(news).collect();
    let last = tx.messages().last(id, MAX_LAST).await?;
    scene.last = last.iter().rfind(|message| is_heard(message)).map(news);
    scene.asks_person = asks_person(tx.as_mut(), id).await?;
    // Before its first word, the counter has not even greeted.
    let is_quiet = row.last_seq > 0 && tx.messages().unseen(id, 1).await?.is_empty();
    scene.is_ready = !scene.news.is_empty() || is_quiet;
    scene.standing = standing(web, tx.as_mut(), &row).await?;
    scene.hints = web.house.hints(memory.lang);
    Ok((memory, scene))
}

/// Gives the last message that was there before this call.
async fn told_before(tx: &mut dyn Tx, row: &Conversation, call: &Call) -> Result<i64, Problem> {
    if row.created >= call.new.begun {
        return Ok(0);
    }
    let last = tx.messages().last(row.id, MAX_LAST).await?;
    let before = last.iter().filter(|message| message.new.at < call.new.begun);
    Ok(before.map(|message| message.seq).max().unwrap_or(0))
}

fn is_heard(message: &Message) -> bool {
    match message.new.author {
        Author::Bot | Author::Agent | Author::System => true,
        Author::Resident => false,
    }
}

fn news(message: &Message) -> News {
    News {
        seq: message.seq,
        text: message.new.content.text.clone(),
        lang: message.new.lang,
        choices: message.new.choices.iter().map(|choice| choice.label.clone()).collect(),
        wants: message.new.wants,
    }
}

/// Tells whether the last words that the engine took in asked for a person.
async fn asks_person(tx: &mut dyn Tx, id: ConversationId) -> Result<bool, Problem> {
    let turns = tx.log().latest_said(id, 1).await?;
    let event = turns.first().and_then(|row| serde_json::from_str(&row.entry.event).ok());
    Ok(event.is_some_and(|event: Event| match event.kind {
        EventKind::Said { understanding, .. } => {
            understanding.command.is_some_and(|hit| hit.command == Command::Agent)
        }
        EventKind::Opened(_)
        | EventKind::Returned { .. }
        | EventKind::TimedOut { .. }
        | EventKind::Handoff(_) => false,
    }))
}

async fn standing(web: &Web, tx: &mut dyn Tx, row: &Conversation) -> Result<Standing, Problem> {
    Ok(match row.state {
        ConversationState::Bot | ConversationState::Parked => Standing::Bot,
        ConversationState::Human => Standing::Human,
        ConversationState::Closed => Standing::Closed,
        ConversationState::Queued => {
            let filter = ConversationFilter {
                state: Some(ConversationState::Queued),
                queue: row.queue.clone(),
                ..ConversationFilter::default()
            };
            let page = Page::first(MAX_WAITING);
            let waiting = tx.conversations().list(&filter, Order::WaitingFirst, page).await?;
            let before = waiting.iter().take_while(|other| other.id != row.id).count();
            let ring = row.queue.as_ref().and_then(|queue| web.lines.rings.get(queue));
            Standing::Queued {
                n_before: u32::try_from(before).unwrap_or(MAX_WAITING),
                ring: ring.cloned(),
            }
        }
    })
}

/// Writes what a person is told before they take a call.
pub(super) async fn summary(web: &Web, call: &Call) -> Result<String, Problem> {
    let lang = web.first_language();
    let caller = match Phone::parse(&call.new.caller) {
        Ok(phone) => Contact::Phone(phone).readable(),
        Err(_) => String::new(),
    };
    let brief = match call.new.conversation {
        Some(id) => brief(web, id).await?,
        None => String::new(),
    };
    Ok(web.house.text("phone_whisper", &[("caller", caller), ("summary", brief)], lang))
}

/// Gives what the engine's last handoff tells of the matter.
async fn brief(web: &Web, id: ConversationId) -> Result<String, Problem> {
    let mut tx = web.store.read().await?;
    let turns = tx.log().latest_said(id, MAX_TURNS).await?;
    let handoff = turns.iter().find_map(|row| {
        let effects: Vec<Effect> = serde_json::from_str(&row.entry.effects).ok()?;
        effects.into_iter().find_map(|effect| match effect {
            Effect::Handoff(handoff) => Some(handoff),
            Effect::Say(_)
            | Effect::Call(_)
            | Effect::SetTimer { .. }
            | Effect::ClearTimer
            | Effect::TakeBack
            | Effect::NoteToAgents { .. }
            | Effect::Private { .. }
            | Effect::Ended { .. }
            | Effect::Park
            | Effect::Close => None,
        })
    });
    let lines = handoff.map(|handoff| handoff.brief).unwrap_or_default();
    let lines = lines.into_iter().map(|line| format!("{} : {}.", line.id, line.label));
    Ok(lines.collect::<Vec<_>>().join(" "))
}
