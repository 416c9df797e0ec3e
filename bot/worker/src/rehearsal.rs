//! Rehearsals: the city's conversation tests, run by the real shell over a store in memory, with a
//! made-up clock.

mod checks;
mod coverage;
mod stage;
mod stubs;

pub use coverage::{Coverage, coverage};

use bot_core::{Channel, Event, Language};
use bot_engine::Session;
use flows::model::talk::{Act, Talk, TalkTurn};
use std::sync::Arc;

use crate::error::Error;
use crate::town::Town;
use stage::Stage;

/// Times that "repeat until" says the same words.
const MAX_REPEATS: usize = 12;

/// A test that went otherwise than written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// Where the turn is written: file, line and column.
    pub at: String,
    /// What was wanted and what came.
    pub what: String,
    /// The conversation up to there.
    pub transcript: String,
}

/// One run of a test: in one language, on one channel.
#[derive(Debug, Clone, PartialEq)]
pub struct Run {
    /// The test's name.
    pub name: String,
    /// The language.
    pub lang: Language,
    /// The channel.
    pub channel: Channel,
    /// What went otherwise.
    pub failures: Vec<Failure>,
    /// What it left behind.
    pub story: Story,
}

/// What a conversation left behind: folding the events into the first session gives the last one.
#[derive(Debug, Clone, PartialEq)]
pub struct Story {
    /// The session before anything happened.
    pub first: Session,
    /// What happened, in order.
    pub events: Vec<Event>,
    /// The session as it was saved.
    pub last: Session,
    /// The steps that were passed: `flow.step`.
    pub steps: Vec<String>,
}

impl Run {
    /// Tells whether all went as written.
    #[must_use]
    pub fn passed(&self) -> bool {
        self.failures.is_empty()
    }
}

/// Lists the runs that a test asks for.
#[must_use]
pub fn matrix(talk: &Talk) -> Vec<(Language, Channel)> {
    let langs = talk.langs.iter().copied();
    langs.flat_map(|lang| talk.channels.iter().map(move |channel| (lang, *channel))).collect()
}

/// Runs a test once.
///
/// # Errors
/// When the shell itself fails; what goes otherwise than written is in the run.
pub async fn run(
    town: &Arc<Town>,
    talk: &Talk,
    lang: Language,
    channel: Channel,
) -> Result<Run, Error> {
    let mut stage = Stage::new(Arc::clone(town), talk, lang, channel).await?;
    let mut failures = Vec::new();
    for turn in talk.turns.iter().filter(|turn| !turn.skip_on.contains(&channel)) {
        play(&mut stage, turn).await?;
        for what in checks::failures(&stage, turn, lang) {
            failures.push(Failure {
                at: turn.at.to_string(),
                what,
                transcript: stage.transcript.clone(),
            });
        }
        if !failures.is_empty() {
            break;
        }
    }
    let story = stage.story().await?;
    Ok(Run { name: talk.name.clone(), lang, channel, failures, story })
}

async fn play(stage: &mut Stage, turn: &TalkTurn) -> Result<(), Error> {
    stage.begin_turn();
    act(stage, &turn.act).await?;
    let Some(until) = &turn.repeat_until else { return Ok(()) };
    for _ in 0..MAX_REPEATS {
        if stage.asks(until) {
            break;
        }
        act(stage, &turn.act).await?;
    }
    Ok(())
}

async fn act(stage: &mut Stage, act: &Act) -> Result<(), Error> {
    match act {
        Act::Says(words) => stage.says(&[words.get(stage.lang)]).await,
        Act::Burst(list) => {
            let lang = stage.lang;
            let words: Vec<&String> = list.iter().map(|words| words.get(lang)).collect();
            stage.says(&words).await
        }
        Act::Picks(choice) => stage.picks(choice).await,
        Act::Pins(at) => stage.pins(*at).await,
        Act::SendsPhoto => stage.sends_photo().await,
        Act::IsSilentMs(ms) => stage.is_silent(*ms).await,
        Act::Agent(news) => stage.hears_from_agent(*news).await,
    }
}
