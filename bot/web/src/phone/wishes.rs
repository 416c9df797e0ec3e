//! What the line wishes done before it speaks.

use axum::http::StatusCode;
use bot_core::event::HandoffNews;
use bot_core::id::{ConversationId, RecordingId};
use bot_core::message::Inbound;
use bot_core::{Channel, Phone};
use bot_store::announce::announce;
use bot_store::calls::Call;
use bot_store::hooks::HookAnswer;
use bot_store::open::add_news;
use bot_store::recordings::NewRecording;
use bot_store::{Opening, Topic, open_conversation, receive};
use std::time::Duration;
use voice_calls::dialect::ANONYMOUS;
use voice_calls::line::{Memory, Stage, Wish};
use voice_calls::{Dialect, Request};

use crate::problem::Problem;
use crate::state::Web;
use crate::waiting::{Awaited, wait_for};

/// How long a call waits for the counter before the caller hears "one moment": providers give up
/// after fifteen seconds in all.
const MAX_WAIT: Duration = Duration::from_secs(4);

/// Gives where a caller is known: by number, or, where it is not shown, by this one call.
fn address(call: &Call) -> String {
    match Phone::parse(&call.new.caller) {
        Ok(phone) => phone.as_str().to_owned(),
        Err(_) => format!("{ANONYMOUS}/{}", call.new.id),
    }
}

/// Does what is wished, in order, and waits for what comes of it; gives the call's conversation.
pub(super) async fn fulfil(
    web: &Web,
    dialect: Dialect,
    request: &Request,
    call: &Call,
    memory: &Memory,
    wishes: Vec<Wish>,
) -> Result<Option<ConversationId>, Problem> {
    let mut conversation = call.new.conversation;
    let tells = wishes.iter().any(|wish| matches!(wish, Wish::Tell(_)));
    for wish in wishes {
        match wish {
            Wish::Open => {
                let id = open(web, call, memory).await?;
                conversation = Some(id);
                if !tells {
                    wait_for(web, id, Awaited::News(memory.told), MAX_WAIT).await;
                }
            }
            Wish::Tell(content) => {
                let inbound = Inbound {
                    channel: Channel::Phone,
                    address: address(call),
                    provider_id: format!("{}/{}", call.new.id, call.revision),
                    conversation: None,
                    lang: Some(memory.lang),
                    content,
                };
                let release = web.house.release();
                let visit = web.visit_on(Channel::Phone, &release);
                let received = receive(web.store.as_ref(), &inbound, &visit).await?;
                conversation = Some(received.conversation);
                wait_for(web, received.conversation, Awaited::Answer, MAX_WAIT).await;
            }
            Wish::News(news) => {
                let Some(id) = conversation else { continue };
                let last = tell_news(web, call, id, news).await?;
                // Whoever was helped is told nothing more.
                if memory.stage != Stage::Over {
                    wait_for(web, id, Awaited::News(last), MAX_WAIT).await;
                }
            }
            Wish::Fetch { recording, seconds } => {
                fetch(web, dialect, request, &recording, seconds).await?;
            }
        }
    }
    Ok(conversation)
}

async fn open(web: &Web, call: &Call, memory: &Memory) -> Result<ConversationId, Problem> {
    let (release, address) = (web.house.release(), address(call));
    let opening = Opening { channel: Channel::Phone, address: &address, lang: Some(memory.lang) };
    let visit = web.visit_on(Channel::Phone, &release);
    let opened = open_conversation(web.store.as_ref(), opening, &visit).await?;
    Ok(opened.conversation.id)
}

/// Tells the engine what became of a handoff, once in a step of a call, though its request come
/// twice at once; gives the last message before.
async fn tell_news(
    web: &Web,
    call: &Call,
    id: ConversationId,
    news: HandoffNews,
) -> Result<i64, Problem> {
    let release = web.house.release();
    let done = HookAnswer {
        key: format!("news/{}/{}", call.new.id, call.revision),
        status: StatusCode::NO_CONTENT.as_u16(),
        media_type: String::new(),
        body: String::new(),
        at: web.now(),
    };
    let mut tx = web.store.begin().await?;
    let last = tx.conversations().get(id).await?.map_or(0, |row| row.last_seq);
    if tx.hooks().keep(&done).await?.is_fresh() {
        add_news(tx.as_mut(), id, news, &web.visit_on(Channel::Phone, &release)).await?;
        tx.commit().await?;
        web.store.wake().notify(Topic::Jobs);
    }
    Ok(last)
}

/// Keeps that something was recorded, and has it fetched, once.
pub(super) async fn fetch(
    web: &Web,
    dialect: Dialect,
    request: &Request,
    recording: &str,
    seconds: Option<u32>,
) -> Result<(), Problem> {
    let now = web.now();
    let call = {
        let mut tx = web.store.look().await?;
        tx.calls().find(dialect.name(), &request.call).await?
    };
    // A recording of a call that is not ours is nobody's.
    let call = call.ok_or(Problem::NotFound)?;
    let memory = super::memory(web, &call);
    let conversation = match call.new.conversation {
        Some(id) => id,
        None => open(web, &call, &memory).await?,
    };
    let new = NewRecording {
        id: RecordingId::new(now, web.chance.as_ref()),
        dialect: dialect.name().to_owned(),
        provider_id: recording.to_owned(),
        call: Some(call.new.id),
        conversation,
        caller: call.new.caller.clone(),
        lang: memory.lang,
        seconds: seconds.map(i64::from),
        at: now,
    };
    let release = web.house.release();
    let visit = web.visit_on(Channel::Phone, &release);
    let mut tx = web.store.begin().await?;
    if announce(tx.as_mut(), &new, &visit).await?.is_fresh() {
        tx.commit().await?;
        web.store.wake().notify(Topic::Jobs);
        web.store.wake().notify(Topic::Desk);
    }
    Ok(())
}

/// Keeps that a recording will never come.
pub(super) async fn lose(web: &Web, dialect: Dialect, recording: &str) -> Result<(), Problem> {
    let mut tx = web.store.begin().await?;
    let found = tx.recordings().find(dialect.name(), recording).await?;
    if let Some(found) = found
        && tx.recordings().lose(found.new.id, "the provider has no file of it").await?.is_done()
    {
        tx.commit().await?;
    }
    Ok(())
}
