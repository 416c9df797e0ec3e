//! `guichet chat`: the same city in the terminal, or as JSON lines for scripts.

use anyhow::Context;
use bot_channels::web::{WirePosted, words};
use bot_core::id::ConversationId;
use bot_core::message::{Author, Choice, Content, Inbound};
use bot_core::place::Point;
use bot_core::{Channel, Language};
use bot_store::messages::Message;
use bot_store::{MemoryStore, Opening, Store, Topic, Visit, open_conversation, receive};
use bot_worker::{Runner, Shell};
use rustyline::error::ReadlineError;
use serde::Deserialize;
use std::io::BufRead;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

use crate::cli::ChatArgs;
use crate::commands::serve::{open_store, prepare};
use crate::settings::Settings;
use crate::{log, out};

/// Messages read at once.
const PAGE: u32 = 200;
/// How long to wait for an answer.
const PATIENCE: Duration = Duration::from_mins(1);
/// How often to look when nothing rings: another process may be doing the work.
const POLL: Duration = Duration::from_millis(100);

/// Runs the command.
pub(crate) fn run(settings: &Settings, args: &ChatArgs) -> anyhow::Result<ExitCode> {
    let quiet = crate::settings::LogSettings { filter: "error".to_owned(), ..settings.log.clone() };
    log::start(&quiet);
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    runtime.block_on(async {
        let store: Arc<dyn Store> =
            if args.memory { Arc::new(MemoryStore::new()) } else { open_store(settings).await? };
        let (service, _) = prepare(settings, store).await?;
        service.teacher.tell();
        let stop = CancellationToken::new();
        let runner = Runner::new(service.shell.clone(), settings.runner(), stop.clone());
        let work = tokio::spawn(runner.run());
        let lang = args.lang.map(Language::from);
        let talk = Talk::open(service.shell, args.channel, lang).await?;
        let talked = if args.json { json(talk).await } else { terminal(talk, settings).await };
        stop.cancel();
        work.await.context("the worker has failed")?;
        service.store.close().await;
        talked.map(|()| ExitCode::SUCCESS)
    })
}

/// A conversation of this terminal.
struct Talk {
    shell: Shell,
    channel: Channel,
    conversation: ConversationId,
    address: String,
    n_sent: u32,
    last_seq: i64,
}

impl Talk {
    async fn open(shell: Shell, channel: Channel, lang: Option<Language>) -> anyhow::Result<Self> {
        let address = format!(
            "terminal-{}",
            bot_core::id::IdentityId::new(shell.now(), shell.chance.as_ref())
        );
        let release = shell.town().city.hash.clone();
        let opening = Opening { channel, address: &address, lang };
        let visit = visit(&shell, channel, &release);
        let opened = open_conversation(shell.store.as_ref(), opening, &visit).await?;
        let conversation = opened.conversation.id;
        Ok(Self { shell, channel, conversation, address, n_sent: 0, last_seq: 0 })
    }

    /// Sends a message and gives its place.
    async fn send(&mut self, content: Content) -> anyhow::Result<i64> {
        self.n_sent += 1;
        let inbound = Inbound {
            channel: self.channel,
            address: self.address.clone(),
            provider_id: format!("line-{}", self.n_sent),
            conversation: Some(self.conversation),
            lang: None,
            content,
        };
        let release = self.shell.town().city.hash.clone();
        let visit = visit(&self.shell, self.channel, &release);
        let received = receive(self.shell.store.as_ref(), &inbound, &visit).await;
        Ok(received.context("the message could not be taken")?.seq)
    }

    /// Waits until everything up to a place is answered, and gives what the counter said.
    async fn answers(&mut self, seq: i64) -> anyhow::Result<Vec<Message>> {
        let topic = Topic::Conversation(self.conversation);
        let mut rings = self.shell.store.wake().subscribe(topic);
        let deadline = tokio::time::Instant::now() + PATIENCE;
        loop {
            let mut tx = self.shell.store.read().await?;
            let conversation = tx.conversations().get(self.conversation).await?;
            let opened = tx.sessions().find(self.conversation).await?.is_some();
            let answered = opened && conversation.is_some_and(|c| c.seen_seq >= seq);
            if answered || tokio::time::Instant::now() >= deadline {
                anyhow::ensure!(answered, "no answer came within {} s", PATIENCE.as_secs());
                let messages =
                    tx.messages().list_after(self.conversation, self.last_seq, PAGE).await?;
                self.last_seq = messages.last().map_or(self.last_seq, |message| message.seq);
                return Ok(messages
                    .into_iter()
                    .filter(|m| m.new.author != Author::Resident)
                    .collect());
            }
            drop(tx);
            // Whether it rang or not, the next look tells.
            tokio::time::timeout(POLL, rings.heard()).await.ok();
        }
    }
}

fn visit<'a>(shell: &'a Shell, channel: Channel, release: &'a str) -> Visit<'a> {
    let city = &shell.town().city;
    let burst = Duration::from_millis(city.channel(channel).burst_ms);
    let lang = city.info.languages.first().copied().unwrap_or_default();
    Visit { now: shell.now(), chance: shell.chance.as_ref(), burst, release, lang }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Line {
    #[serde(default)]
    text: Option<String>,
    #[serde(default)]
    choice: Option<String>,
    #[serde(default)]
    location: Option<Point>,
    /// Taken for the sake of scripts that number their lines; not needed.
    #[serde(default)]
    #[serde(rename = "id")]
    _id: Option<String>,
}

async fn json(mut talk: Talk) -> anyhow::Result<()> {
    print_json(talk.answers(0).await?)?;
    let mut input = tokio::io::BufReader::new(tokio::io::stdin());
    let mut line = String::new();
    loop {
        line.clear();
        if tokio::io::AsyncBufReadExt::read_line(&mut input, &mut line).await? == 0 {
            return Ok(());
        }
        if line.trim().is_empty() {
            continue;
        }
        match content_of(&line) {
            Ok(content) => {
                let seq = talk.send(content).await?;
                print_json(talk.answers(seq).await?)?;
            }
            Err(error) => out::line(&serde_json::to_string(
                &serde_json::json!({ "error": error.to_string() }),
            )?),
        }
    }
}

fn content_of(line: &str) -> anyhow::Result<Content> {
    let line: Line = serde_json::from_str(line).context(
        "each line is {\"text\": …}, {\"choice\": ID} or {\"location\": {\"lat\": …, \"lon\": …}}",
    )?;
    let location = match line.location {
        Some(at) => Some(Point::new(at.lat, at.lon).context("the location is not on the globe")?),
        None => None,
    };
    let content =
        Content { choice: line.choice, location, ..words(&line.text.unwrap_or_default()) };
    anyhow::ensure!(!content.is_empty(), "the line holds no text, choice or location");
    Ok(content)
}

fn print_json(messages: Vec<Message>) -> anyhow::Result<()> {
    for message in messages {
        out::line(&serde_json::to_string(&WirePosted::from(message.posted()))?);
    }
    Ok(())
}

async fn terminal(mut talk: Talk, settings: &Settings) -> anyhow::Result<()> {
    let history = settings.city.cache_dir.join("chat-history.txt");
    let mut editor = rustyline::DefaultEditor::new().context("the terminal cannot be read")?;
    // A first time has no history.
    editor.load_history(&history).ok();
    let mut choices = show(&talk.answers(0).await?);
    let interactive = std::io::IsTerminal::is_terminal(&std::io::stdin());
    loop {
        let Some(line) = read_line(&mut editor, interactive)? else { break };
        editor.add_history_entry(&line).ok();
        let picked = line.trim().parse::<usize>().ok().and_then(|n| choices.get(n.checked_sub(1)?));
        let content = match picked {
            Some(choice) => Content { choice: Some(choice.id.clone()), ..words(&choice.label) },
            None => words(&line),
        };
        let seq = talk.send(content).await?;
        choices = show(&talk.answers(seq).await?);
    }
    editor.save_history(&history).ok();
    Ok(())
}

/// Reads a line; `None` when the resident leaves.
fn read_line(
    editor: &mut rustyline::DefaultEditor,
    interactive: bool,
) -> anyhow::Result<Option<String>> {
    if !interactive {
        let mut line = String::new();
        let n_bytes = std::io::stdin().lock().read_line(&mut line)?;
        return Ok((n_bytes > 0 && !line.trim().is_empty()).then_some(line));
    }
    match editor.readline("> ") {
        Ok(line) if line.trim().is_empty() => Ok(None),
        Ok(line) => Ok(Some(line)),
        Err(ReadlineError::Interrupted | ReadlineError::Eof) => Ok(None),
        Err(error) => Err(error).context("the terminal cannot be read"),
    }
}

/// Prints what the counter says; gives the choices that can be picked by number.
fn show(messages: &[Message]) -> Vec<Choice> {
    let mut choices = Vec::new();
    for message in messages {
        out::line(&format!("\n{}", message.new.content.text));
        if !message.new.choices.is_empty() {
            choices.clone_from(&message.new.choices);
        }
        // Where the channel writes the numbers into the text, they stand there already.
        let numbered = message.new.content.text.contains("1.");
        for (place, choice) in message.new.choices.iter().enumerate().filter(|_| !numbered) {
            out::line(&format!("  {}. {}", place + 1, choice.label));
        }
    }
    choices
}
