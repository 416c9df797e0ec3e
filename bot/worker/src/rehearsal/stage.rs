//! A conversation on stage: a store in memory, a clock that moves by hand, the shell's own turns.

use bot_core::channel::Source;
use bot_core::event::HandoffNews;
use bot_core::id::{AttachmentId, ConversationId, JobId};
use bot_core::message::{AttachmentKind, Author, Content, Inbound};
use bot_core::place::Point;
use bot_core::value::Value;
use bot_core::{Chance, Channel, Clock, Language, UnixMs};
use bot_engine::session::Pending;
use bot_engine::{Note, Session, rules};
use bot_store::attachments::NewAttachment;
use bot_store::jobs::{NewJob, Queue};
use bot_store::messages::Message;
use bot_store::receive::HANDOFF_KIND;
use bot_store::{MemoryStore, Opening, Visit, open_conversation, receive};
use flows::model::talk::Talk;
use std::collections::BTreeMap;
use std::fmt::Write;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::time::Duration;

use super::Story;
use super::stubs::Stubs;
use crate::error::Error;
use crate::fold::to_json;
use crate::metrics::Metrics;
use crate::runner::one;
use crate::shell::Shell;
use crate::suggest::Learning;
use crate::timers;
use crate::town::{Square, Town};
use crate::turn::Payload;

const LEASE: Duration = Duration::from_secs(30);
/// Jobs claimed at once.
const MAX_JOBS: u32 = 10;
/// Rounds of jobs that one act may lead to.
const MAX_ROUNDS: usize = 50;
/// Log entries and messages read at once.
const PAGE: u32 = 1_000;

/// A clock that moves by hand.
struct StageClock(AtomicI64);

impl Clock for StageClock {
    fn now(&self) -> UnixMs {
        UnixMs(self.0.load(Ordering::Relaxed))
    }
}

/// Chance that is the same each time.
struct StageChance(AtomicU64);

impl Chance for StageChance {
    fn fill(&self, bytes: &mut [u8]) {
        for chunk in bytes.chunks_mut(8) {
            let n = self.0.fetch_add(1, Ordering::Relaxed);
            let mixed = n.wrapping_mul(0x9e37_79b9_7f4a_7c15).to_le_bytes();
            let len = chunk.len();
            chunk.copy_from_slice(&mixed[..len]);
        }
    }
}

/// A conversation on stage.
pub(super) struct Stage {
    pub(super) lang: Language,
    pub(super) transcript: String,
    pub(super) said: Vec<Message>,
    pub(super) session: Session,
    pub(super) queue: Option<String>,
    pub(super) ended: Vec<String>,
    shell: Shell,
    clock: Arc<StageClock>,
    stubs: Arc<Stubs>,
    channel: Channel,
    conversation: ConversationId,
    n_messages: u32,
    seen_seq: i64,
    seen_log: i64,
}

impl Stage {
    pub(super) async fn new(
        town: Arc<Town>,
        talk: &Talk,
        lang: Language,
        channel: Channel,
    ) -> Result<Self, Error> {
        let zone = &town.city.info.zone;
        let start = zone.to_timestamp(talk.now).map_or(UnixMs(0), UnixMs::from);
        let clock = Arc::new(StageClock(AtomicI64::new(start.0)));
        let stubs = Arc::new(Stubs::new(&talk.stubs));
        let square = Arc::new(Square::of(Arc::clone(&town)));
        let shell = Shell {
            store: Arc::new(MemoryStore::new()),
            square,
            actions: Arc::clone(&stubs) as Arc<dyn bot_city::Actions>,
            clock: Arc::clone(&clock) as Arc<dyn Clock>,
            chance: Arc::new(StageChance(AtomicU64::new(1))),
            metrics: Arc::new(Metrics::default()),
            learning: Learning { keep: false, ..Learning::default() },
            outside: Arc::default(),
        };
        let opening = Opening { channel, address: address(channel), lang: Some(lang) };
        let visit = visit(&shell, Duration::ZERO, &town.city.hash);
        let opened = open_conversation(shell.store.as_ref(), opening, &visit).await?;
        let mut stage = Self {
            lang,
            transcript: String::new(),
            said: Vec::new(),
            session: Session::new(channel, lang),
            queue: None,
            ended: Vec::new(),
            shell,
            clock,
            stubs,
            channel,
            conversation: opened.conversation.id,
            n_messages: 0,
            seen_seq: 0,
            seen_log: 0,
        };
        stage.settle().await?;
        Ok(stage)
    }

    /// Forgets what was said and ended in the turn before.
    pub(super) fn begin_turn(&mut self) {
        self.said.clear();
        self.ended.clear();
    }

    pub(super) async fn says(&mut self, words: &[&String]) -> Result<(), Error> {
        for words in words {
            let source = source(self.channel, words);
            self.send(Content { source, ..Content::text(words) }).await?;
        }
        self.settle().await
    }

    /// Taps the choice with this id, or whose id ends in "=" and this.
    pub(super) async fn picks(&mut self, choice: &str) -> Result<(), Error> {
        let ending = format!("={choice}");
        let offered = self.offered().into_iter().find(|id| id == choice || id.ends_with(&ending));
        self.send(Content::choice(&offered.unwrap_or_else(|| choice.to_owned()))).await?;
        self.settle().await
    }

    pub(super) async fn pins(&mut self, at: Point) -> Result<(), Error> {
        self.send(Content { location: Some(at), ..Content::default() }).await?;
        self.settle().await
    }

    pub(super) async fn sends_photo(&mut self) -> Result<(), Error> {
        let now = self.shell.now();
        let new = NewAttachment {
            id: AttachmentId::new(now, self.shell.chance.as_ref()),
            conversation: Some(self.conversation),
            kind: AttachmentKind::Image,
            media_type: "image/jpeg".to_owned(),
            bytes: vec![0xff, 0xd8, 0xff],
            at: now,
        };
        let mut tx = self.shell.store.begin().await?;
        let row = tx.attachments().insert(&new).await?;
        tx.commit().await?;
        self.send(Content { attachments: vec![row.attachment()], ..Content::default() }).await?;
        self.settle().await
    }

    pub(super) async fn is_silent(&mut self, ms: u64) -> Result<(), Error> {
        let step = i64::try_from(ms).unwrap_or(i64::MAX);
        self.clock.0.fetch_add(step, Ordering::Relaxed);
        while timers::run(&self.shell).await? > 0 {
            self.settle().await?;
        }
        Ok(())
    }

    pub(super) async fn hears_from_agent(&mut self, news: HandoffNews) -> Result<(), Error> {
        let now = self.shell.now();
        let payload = Payload { conversation: self.conversation, timer: None, news: Some(news) };
        let job = NewJob {
            id: JobId::new(now, self.shell.chance.as_ref()),
            queue: Queue::Turn,
            lane: self.conversation.to_string(),
            kind: HANDOFF_KIND.to_owned(),
            payload: to_json("job", &payload)?,
            run_at: now,
            trace: None,
        };
        let mut tx = self.shell.store.begin().await?;
        tx.jobs().add(&job).await?;
        tx.commit().await?;
        self.settle().await
    }

    async fn send(&mut self, content: Content) -> Result<(), Error> {
        self.n_messages += 1;
        let shown = if content.text.is_empty() {
            format!("{:?}", content.choice)
        } else {
            content.text.clone()
        };
        let _written = writeln!(self.transcript, "> {shown}");
        let inbound = Inbound {
            channel: self.channel,
            address: address(self.channel).to_owned(),
            provider_id: self.n_messages.to_string(),
            conversation: Some(self.conversation),
            lang: None,
            content,
        };
        let burst = Duration::from_millis(self.shell.town().city.channel(self.channel).burst_ms);
        let town = self.shell.town();
        let visit = visit(&self.shell, burst, &town.city.hash);
        let received = receive(self.shell.store.as_ref(), &inbound, &visit).await;
        received.map(|_| ()).map_err(|why| match why {
            bot_store::ReceiveError::Store(error) => Error::Store(error),
            bot_store::ReceiveError::NotFound
            | bot_store::ReceiveError::Closed
            | bot_store::ReceiveError::Refused(_)
            | bot_store::ReceiveError::TooMany => Error::Stale,
        })
    }

    /// Does every job whose time comes within the burst window, then looks at what came of it.
    async fn settle(&mut self) -> Result<(), Error> {
        let burst = self.shell.town().city.channel(self.channel).burst_ms;
        self.clock.0.fetch_add(i64::try_from(burst).unwrap_or(0) + 1, Ordering::Relaxed);
        for _ in 0..MAX_ROUNDS {
            let mut tx = self.shell.store.begin().await?;
            let jobs = tx.jobs().claim(&Queue::ALL, MAX_JOBS, self.shell.now(), LEASE).await?;
            tx.commit().await?;
            if jobs.is_empty() {
                break;
            }
            for job in &jobs {
                one(&self.shell, job).await;
            }
        }
        self.look().await
    }

    async fn look(&mut self) -> Result<(), Error> {
        let mut tx = self.shell.store.read().await?;
        let messages = tx.messages().list_after(self.conversation, self.seen_seq, PAGE).await?;
        for message in messages {
            self.seen_seq = message.seq;
            if message.new.author == Author::Bot {
                let _written = write!(self.transcript, "< {}", message.new.content.text);
                for choice in &message.new.choices {
                    let _written = write!(self.transcript, " [{}]", choice.label);
                }
                self.transcript.push('\n');
                self.said.push(message);
            }
        }
        if let Some(stored) = tx.sessions().find(self.conversation).await? {
            self.session = serde_json::from_str(&stored.body)
                .map_err(|why| Error::unreadable("session", why))?;
        }
        let conversation = tx.conversations().get(self.conversation).await?;
        self.queue = conversation.and_then(|c| match c.owner {
            bot_store::conversation_state::Owner::Queue(name) => Some(name),
            bot_store::conversation_state::Owner::Bot
            | bot_store::conversation_state::Owner::Agent(_)
            | bot_store::conversation_state::Owner::Nobody => None,
        });
        for row in tx.log().list(self.conversation, self.seen_log, PAGE).await? {
            self.seen_log = row.n;
            self.ended.extend(ended(&row.entry.effects));
        }
        Ok(())
    }

    /// Gives what the whole conversation left behind.
    pub(super) async fn story(&self) -> Result<Story, Error> {
        let mut tx = self.shell.store.read().await?;
        let first = Session::new(self.channel, self.lang);
        let mut story =
            Story { first, events: Vec::new(), last: self.session.clone(), steps: Vec::new() };
        for row in tx.log().list(self.conversation, 0, PAGE).await? {
            let unreadable = |what| move |why| Error::unreadable(what, why);
            let event = serde_json::from_str(&row.entry.event).map_err(unreadable("event"))?;
            let notes: Vec<Note> =
                serde_json::from_str(&row.entry.notes).map_err(unreadable("note"))?;
            story.events.push(event);
            let steps = notes.into_iter().filter(|note| note.rule == rules::STEP);
            story.steps.extend(steps.map(|note| note.about));
        }
        Ok(story)
    }

    /// Lists the choices under the last words.
    pub(super) fn offered(&self) -> Vec<String> {
        let last = self.session.last.iter().rev().find(|out| !out.choices.is_empty());
        last.map(|out| out.choices.iter().map(|choice| choice.id.clone()).collect())
            .unwrap_or_default()
    }

    /// Lists the names under which the open question may be asked for.
    pub(super) fn asked(&self) -> Vec<String> {
        let step = self.session.top().map(|frame| frame.step.clone());
        let question = match &self.session.pending {
            None => return vec!["nothing".to_owned()],
            Some(
                Pending::Slot { slot, .. }
                | Pending::ReadBack { slot, .. }
                | Pending::Prefill { slot, .. }
                | Pending::Places { slot, .. }
                | Pending::Topics { slot, .. },
            ) => slot.clone(),
            Some(Pending::Confirm | Pending::ChangeWhat) => String::new(),
            Some(Pending::DidYouMean { .. }) => return vec!["did_you_mean".to_owned()],
            Some(Pending::Resume) => return vec!["resume".to_owned()],
        };
        [Some(question), step].into_iter().flatten().filter(|name| !name.is_empty()).collect()
    }

    pub(super) fn asks(&self, name: &str) -> bool {
        self.asked().iter().any(|asked| asked == name)
    }

    /// Counts how often each action has run.
    pub(super) fn calls(&self) -> BTreeMap<String, u32> {
        self.stubs.calls()
    }

    /// Writes what a slot, or a field of it, holds: an option's key, a number, a text.
    pub(super) fn slot_text(&self, path: &str) -> Option<String> {
        let mut parts = path.split('.');
        let root = parts.next()?;
        let value = self.session.stack.iter().rev().find_map(|frame| frame.value(root))?.clone();
        let value = parts.try_fold(value, |value, field| value.field(field))?;
        Some(match value {
            Value::Choice(text) | Value::Text(text) | Value::Service(text) | Value::Faq(text) => {
                text
            }
            Value::Number(number) => number.to_string(),
            Value::Bool(yes) => if yes { "affirm" } else { "deny" }.to_owned(),
            Value::CaseNumber(number) => number.to_string(),
            Value::Address(place) => place.label.get(self.lang).clone(),
            Value::Phone(phone) => phone.readable(),
            Value::Email(email) => email.as_str().to_owned(),
            Value::Contact(contact) => contact.readable(),
            Value::PostalCode(code) => code,
            Value::Date(day) => day.to_string(),
            Value::Time(time) => time.to_string(),
            Value::Instant(at) => at.0.to_string(),
            Value::SpanMs(ms) => ms.to_string(),
            Value::Images(photos) => photos.len().to_string(),
            Value::Record(_) | Value::List(_) => "…".to_owned(),
        })
    }
}

fn ended(effects: &str) -> Vec<String> {
    let effects: Vec<bot_core::Effect> = serde_json::from_str(effects).unwrap_or_default();
    let mut outcomes = Vec::new();
    for effect in effects {
        if let bot_core::Effect::Ended { outcome, .. } = effect {
            outcomes.push(outcome);
        }
    }
    outcomes
}

fn visit<'a>(shell: &'a Shell, burst: Duration, release: &'a str) -> Visit<'a> {
    Visit { now: shell.now(), chance: shell.chance.as_ref(), burst, release, lang: Language::Fr }
}

/// On the phone, words that the keypad has are keyed, and all others are spoken.
fn source(channel: Channel, words: &str) -> Option<Source> {
    let keys = |c: char| c.is_ascii_digit() || matches!(c, '*' | '#');
    match (channel.is_spoken(), words.chars().all(keys)) {
        (false, _) => None,
        (true, true) => Some(Source::Keypad),
        (true, false) => Some(Source::Voice),
    }
}

const fn address(channel: Channel) -> &'static str {
    match channel {
        Channel::Web => "visitor-1",
        Channel::Telegram => "1001",
        Channel::Discord => "2002",
        Channel::Sms | Channel::Phone => "+14185550199",
        Channel::Email => "residente@exemple.ca",
    }
}
