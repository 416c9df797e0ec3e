//! The city's side of the checks: counters, and what agents and crews do.
//!
//! Never here: what a check is about.

use anyhow::{Context, bail};
use bot_core::case::CaseState;
use bot_core::id::ConversationId;
use bot_core::lang::Bilingual;
use bot_core::message::Author;
use bot_core::{CaseNumber, UnixMs};
use bot_store::case_change::CaseMove;
use bot_store::conversation_state::{CloseReason, Owner};
use bot_store::conversations::{Conversation, Move};
use bot_store::messages::NewMessage;
use bot_store::{Store, Tx};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::SystemTime;
use tests::{Counter, Setup};

use super::errand::{Errand, NextOwner};
use super::voicemail;

/// Who signs what agents write.
const AGENT: &str = "Maude";

/// Every counter, and a door to its store.
pub(super) struct CitySide {
    folder: PathBuf,
    counters: BTreeMap<String, Served>,
}

struct Served {
    setup: Setup,
    /// None while it is killed.
    counter: Option<Counter>,
    store: Arc<dyn Store>,
}

impl CitySide {
    pub(super) fn new(folder: &Path) -> Self {
        Self { folder: folder.to_owned(), counters: BTreeMap::new() }
    }

    /// Does an errand; gives its answer.
    pub(super) async fn run(&mut self, errand: Errand) -> anyhow::Result<Value> {
        match errand {
            Errand::Serve { counter, settings } => return self.serve(counter, &settings).await,
            Errand::Kill { counter } => self.served(&counter)?.kill().await?,
            Errand::Start { counter } => self.served(&counter)?.start().await?,
            Errand::HandOver { counter, conversation, to } => {
                self.served(&counter)?.hand_over(conversation, to).await?;
            }
            Errand::AgentSays { counter, conversation, text } => {
                self.served(&counter)?.agent_says(conversation, &text).await?;
            }
            Errand::Close { counter, conversation } => {
                self.served(&counter)?.close(conversation).await?;
            }
            Errand::Lengthen { counter, conversation, n_messages } => {
                self.served(&counter)?.lengthen(conversation, n_messages).await?;
            }
            Errand::LeaveVoicemail { counter, words } => {
                voicemail::leave(self.served(&counter)?.store.as_ref(), &words).await?;
            }
            Errand::WorkOn { counter, number } => self.served(&counter)?.work_on(number).await?,
        }
        Ok(Value::Null)
    }

    async fn serve(
        &mut self,
        name: String,
        settings: &BTreeMap<String, String>,
    ) -> anyhow::Result<Value> {
        let folder = self.folder.join(&name);
        std::fs::create_dir_all(&folder)?;
        let mut setup = Setup::sqlite(&folder)?;
        for (setting, value) in settings {
            setup = setup.with(setting, value);
        }
        let (counter, url) = Counter::open(&setup).await?;
        let bind = url.strip_prefix("http://").context("the address is no http")?;
        // Killed and started again, it is to be found where it was.
        let setup = setup.with("SERVER__BIND", bind.trim_end_matches('/'));
        let store = bot_store_sql::open(&bot_store_sql::Settings::new(&setup.url)).await?;
        self.counters.insert(name, Served { setup, counter: Some(counter), store });
        Ok(json!(url.trim_end_matches('/')))
    }

    fn served(&mut self, name: &str) -> anyhow::Result<&mut Served> {
        self.counters.get_mut(name).with_context(|| format!("there is no counter \"{name}\""))
    }
}

impl Served {
    async fn kill(&mut self) -> anyhow::Result<()> {
        self.counter.take().context("it is killed already")?.kill().await
    }

    async fn start(&mut self) -> anyhow::Result<()> {
        let mut counter = Counter::spawn(&self.setup)?;
        counter.wait_until_open().await?;
        self.counter = Some(counter);
        Ok(())
    }

    async fn hand_over(&self, id: ConversationId, to: NextOwner) -> anyhow::Result<()> {
        let owner = match to {
            NextOwner::Bot => Owner::Bot,
            NextOwner::Queue(name) => Owner::Queue(name),
            NextOwner::Agent(name) => Owner::Agent(name),
        };
        let (mut tx, conversation) = self.lock(id).await?;
        let swap = tx.conversations().set_owner(id, conversation.epoch, &owner, now());
        anyhow::ensure!(swap.await?.is_done(), "the conversation is closed");
        Ok(tx.commit().await?)
    }

    async fn agent_says(&self, id: ConversationId, text: &str) -> anyhow::Result<()> {
        let (mut tx, conversation) = self.lock(id).await?;
        let words = NewMessage::words(id, Author::Agent, text, conversation.lang, now());
        let message =
            NewMessage { agent: Some(AGENT.to_owned()), epoch: Some(conversation.epoch), ..words };
        tx.messages().append(&message).await?.seq().context("the agent's words are refused")?;
        Ok(tx.commit().await?)
    }

    async fn close(&self, id: ConversationId) -> anyhow::Result<()> {
        let (mut tx, conversation) = self.lock(id).await?;
        let change = Move::Close(CloseReason::Solved);
        let swap = tx.conversations().set_state(id, conversation.epoch, change, now());
        anyhow::ensure!(swap.await?.is_done(), "the conversation is closed already");
        Ok(tx.commit().await?)
    }

    async fn lengthen(&self, id: ConversationId, n_messages: u32) -> anyhow::Result<()> {
        let (mut tx, conversation) = self.lock(id).await?;
        for n in 1..=n_messages {
            let author = if n % 2 == 1 { Author::Resident } else { Author::Bot };
            let text = format!("Message {n}");
            let message = NewMessage::words(id, author, &text, conversation.lang, now());
            tx.messages().append(&message).await?.seq().context("a message is refused")?;
        }
        let last_seq = conversation.last_seq + i64::from(n_messages);
        // They are past: no turn is to answer them.
        anyhow::ensure!(tx.messages().mark_seen(id, last_seq).await?.is_done(), "it is closed");
        Ok(tx.commit().await?)
    }

    async fn work_on(&self, number: CaseNumber) -> anyhow::Result<()> {
        let mut tx = self.store.begin().await?;
        let case = tx.cases().find(number).await?.context("there is no such case")?;
        let text = Bilingual {
            fr: "L'équipe est en route.".to_owned(),
            en: "The crew is on its way.".to_owned(),
        };
        let change = CaseMove {
            case: case.id,
            from: case.state,
            to: CaseState::InProgress,
            author: AGENT.to_owned(),
            text: Some(text),
            source: None,
            at: now(),
        };
        if !tx.cases().set_state(&change).await?.is_done() {
            bail!("somebody else changed the case");
        }
        Ok(tx.commit().await?)
    }

    async fn lock(&self, id: ConversationId) -> anyhow::Result<(Box<dyn Tx>, Conversation)> {
        let mut tx = self.store.begin().await?;
        let conversation = tx.conversations().lock(id).await?;
        Ok((tx, conversation.context("there is no such conversation")?))
    }
}

pub(super) fn now() -> UnixMs {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    UnixMs(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
}
