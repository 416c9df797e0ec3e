//! One request of a call: found, heard, done, waited for, said, and kept.

use bot_core::id::CallId;
use bot_store::calls::{Call, CallChange, NewCall};
use voice_calls::line::{Memory, Wish, hear};
use voice_calls::speak::{Doors, Scene, Speaker};
use voice_calls::words::Words;
use voice_calls::{Dialect, Request, Script};

use super::{STEP, memory, scene, wishes};
use crate::problem::Problem;
use crate::state::Web;

/// Times that a request is taken up again because another of the same call was first.
const MAX_RACES: usize = 3;

/// Where a call stands, and what its next requests are addressed to.
pub(super) struct Doorstep<'a> {
    pub(super) web: &'a Web,
    pub(super) dialect: Dialect,
    pub(super) call: CallId,
    /// The revision that the answer will be kept as.
    pub(super) revision: i64,
}

impl Doorstep<'_> {
    /// Gives the address of a door, for this step of this call.
    pub(super) fn door(&self, name: &str) -> String {
        let (base, dialect) = (&self.web.lines.public_url, self.dialect.name());
        let step = self.web.key.step(self.call.0, self.revision);
        format!("{base}/hooks/phone/{dialect}/{name}?{STEP}={step}")
    }

    fn doors(&self) -> Doors {
        Doors {
            step: self.door("step"),
            recorded: self.door("recorded"),
            recording: self.door("recording"),
            transferred: self.door("transferred"),
            whisper: self.door("whisper"),
            music: format!("{}/phone/hold.wav", self.web.lines.public_url),
        }
    }
}

/// Finds the call that a step belongs to.
pub(super) async fn by_step(web: &Web, step: Option<&str>) -> Result<Option<Call>, Problem> {
    let Some((id, _)) = step.and_then(|step| web.key.check_step(step)) else { return Ok(None) };
    let mut tx = web.store.look().await?;
    Ok(tx.calls().get(CallId(id)).await?)
}

/// Takes a request in and gives what is said then.
pub(super) async fn go_on(
    web: &Web,
    dialect: Dialect,
    request: &Request,
    step: Option<&str>,
) -> Result<Script, Problem> {
    for _ in 0..MAX_RACES {
        let call = find_or_begin(web, dialect, request).await?;
        if let Some(script) = attempt(web, dialect, request, step, &call).await? {
            return Ok(script);
        }
    }
    Err(Problem::Unavailable)
}

/// Finds the call; one whose beginning was missed begins with whatever came.
async fn find_or_begin(web: &Web, dialect: Dialect, request: &Request) -> Result<Call, Problem> {
    // All but the first request of a call find it, and need no leave to write for that.
    let known = web.store.look().await?.calls().find(dialect.name(), &request.call).await?;
    if let Some(call) = known {
        return Ok(call);
    }
    let now = web.now();
    let first = Memory { lang: web.first_language(), ..Memory::default() };
    let state = serde_json::to_string(&first).map_err(|_| Problem::Internal)?;
    let call = NewCall {
        id: CallId::new(now, web.chance.as_ref()),
        dialect: dialect.name().to_owned(),
        provider_id: request.call.clone(),
        caller: request.caller.clone(),
        called: request.called.clone(),
        conversation: None,
        lang: first.lang,
        state,
        begun: now,
    };
    let mut tx = web.store.begin().await?;
    let _novelty = tx.calls().insert(&call).await?;
    let found = tx.calls().find(dialect.name(), &request.call).await?;
    tx.commit().await?;
    found.ok_or(Problem::Unavailable)
}

/// Goes one step; `None` where another request of the call was first. What comes late is told where
/// the call stands, and changes nothing: whatever the caller hears, the next words are heard.
async fn attempt(
    web: &Web,
    dialect: Dialect,
    request: &Request,
    step: Option<&str>,
    call: &Call,
) -> Result<Option<Script>, Problem> {
    let before = memory(web, call);
    // What belongs to an earlier step of the call came late, or twice: it is not heard again.
    let is_late = step
        .and_then(|step| web.key.check_step(step))
        .is_some_and(|(id, revision)| id == call.new.id.0 && revision < call.revision);
    let (heard, mut wished) = hear(&before, &request.event);
    let heard = if is_late { before } else { heard };
    // A recording is kept however late it is told of.
    wished.retain(|wish| !is_late || matches!(wish, Wish::Fetch { .. }));
    let conversation = wishes::fulfil(web, dialect, request, call, &heard, wished).await?;
    let (heard, scene) = scene::now(web, call, conversation, heard).await?;
    let revision = if is_late { call.revision } else { call.revision + 1 };
    let doorstep = Doorstep { web, dialect, call: call.new.id, revision };
    let (next, script) = say(&doorstep, &heard, &scene);
    if is_late {
        return Ok(Some(script));
    }
    let change = CallChange {
        conversation,
        lang: next.lang,
        state: serde_json::to_string(&next).map_err(|_| Problem::Internal)?,
    };
    let mut tx = web.store.begin().await?;
    if !tx.calls().save(call.new.id, call.revision, &change).await?.is_done() {
        return Ok(None);
    }
    tx.commit().await?;
    Ok(Some(script))
}

/// Says what comes next.
fn say(doorstep: &Doorstep<'_>, memory: &Memory, scene: &Scene) -> (Memory, Script) {
    let Doorstep { web, dialect, .. } = doorstep;
    let (doors, languages) = (doorstep.doors(), web.house.languages());
    let words = |words: Words, lang, n: u32| {
        let holes = [("n", n.to_string()), ("days", web.lines.keep_days.to_string())];
        web.house.text(words.key(), &holes, lang)
    };
    let can_record = web.lines.recorders.contains(dialect);
    let speaker = Speaker { doors: &doors, languages: &languages, can_record, words: &words };
    speaker.speak(memory, scene)
}
