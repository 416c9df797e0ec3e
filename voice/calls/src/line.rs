//! The line: how a call goes, from the greeting to the end, whatever is talked about.
//!
//! A call is a fold like a conversation. What comes in is [`hear`]d: the line remembers where the
//! call stands and says what the counter is to do with it. Once that is done, the line
//! [`speak`](crate::speak::speak)s: what is new goes into a script. What is said about requests and
//! services is the engine's; the line's own words are about the call itself.
//!
//! Never here: waiting, storage, a provider's format.

use bot_core::Language;
use bot_core::channel::Source;
use bot_core::event::HandoffNews;
use bot_core::message::Content;
use bot_core::text::{MAX_MESSAGE_CHARS, clean};
use serde::{Deserialize, Serialize};

use crate::event::{Event, Passed};

/// Times in a row that the caller may say nothing before a message is taken instead.
pub const MAX_SILENT: u8 = 3;
/// Times in a row that the line waits for the counter before it takes a message instead.
pub const MAX_WAITS: u8 = 8;
/// Times that a call rings at people's telephones before the counter takes it back.
pub const MAX_RINGS: u8 = 2;
/// Times that the caller is asked for a message that does not come.
pub const MAX_BEEPS: u8 = 2;
/// Below this, what a recogniser heard is not worth more than silence.
pub const MIN_CONFIDENCE: f32 = 0.15;
/// The key for the second language.
pub const OTHER_LANGUAGE_KEY: &str = "2";
/// The key for a message instead of waiting, and for a way on without being recorded.
pub const INSTEAD_KEY: &str = "1";
/// The key for a person, everywhere.
pub const PERSON_KEY: &str = "0";

/// Where a call stands.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// The greeting is said, and then the other language is offered.
    #[default]
    Greeting,
    /// The counter and the caller talk.
    Talking,
    /// The caller waits for a person.
    Held,
    /// It rings at a person's telephone.
    Ringing,
    /// The caller is told that a message will be recorded.
    Announcing,
    /// The message is recorded.
    Recording,
    /// Everything is said.
    Over,
}

/// What the line remembers between two requests of one call.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Memory {
    /// Where the call stands.
    pub stage: Stage,
    /// The language that is spoken.
    pub lang: Language,
    /// The last message of the conversation that was said aloud.
    #[serde(default)]
    pub told: i64,
    /// Times in a row that nothing came.
    #[serde(default)]
    pub n_silent: u8,
    /// Times in a row that the counter was not ready.
    #[serde(default)]
    pub n_waits: u8,
    /// Whether the caller has asked for a person.
    #[serde(default)]
    pub seeks_person: bool,
    /// Times that it rang at people's telephones in vain.
    #[serde(default)]
    pub n_rings: u8,
    /// Times that a message was asked for.
    #[serde(default)]
    pub n_beeps: u8,
}

/// What the counter is to do with what came in, in this order, before the line speaks.
#[derive(Debug, Clone, PartialEq)]
pub enum Wish {
    /// Open the caller's conversation, in the line's language.
    Open,
    /// Take this as the caller's message.
    Tell(Content),
    /// Tell the engine what became of a handoff.
    News(HandoffNews),
    /// Keep that this was recorded, and fetch it.
    Fetch {
        /// The provider's id of it.
        recording: String,
        /// How long it is, in seconds, where it is told.
        seconds: Option<u32>,
    },
}

/// Takes in what happened in a call: what the line remembers then, and what the counter is to do.
#[must_use]
pub fn hear(memory: &Memory, event: &Event) -> (Memory, Vec<Wish>) {
    let mut next = memory.clone();
    let wishes = match event {
        Event::Started | Event::Answering | Event::Recording { .. } | Event::Status { .. } => {
            Vec::new()
        }
        Event::Keys(keys) => keyed(&mut next, keys),
        Event::Speech { text, confidence } => {
            let text = clean(text, MAX_MESSAGE_CHARS);
            if text.is_empty() || confidence.is_some_and(|sure| sure < MIN_CONFIDENCE) {
                silent(&mut next)
            } else {
                told(&mut next, spoken(text, *confidence))
            }
        }
        Event::NoInput => silent(&mut next),
        Event::Recorded { recording, seconds, .. } => {
            next.stage = Stage::Over;
            // Where it is not told by which id, the recording's own door will hear of it.
            let fetch = |id: &String| Wish::Fetch { recording: id.clone(), seconds: *seconds };
            recording.iter().map(fetch).collect()
        }
        Event::Transferred(Passed::Answered) => {
            next.stage = Stage::Over;
            vec![Wish::News(HandoffNews::Solved)]
        }
        Event::Transferred(Passed::NotAnswered) => not_answered(&mut next),
    };
    (next, wishes)
}

/// A message in words that a recogniser heard.
fn spoken(text: String, confidence: Option<f32>) -> Content {
    Content { text, source: Some(Source::Voice), confidence, ..Content::default() }
}

fn keyed(next: &mut Memory, keys: &str) -> Vec<Wish> {
    let content =
        Content { text: keys.to_owned(), source: Some(Source::Keypad), ..Content::default() };
    match next.stage {
        Stage::Greeting if keys == OTHER_LANGUAGE_KEY => {
            next.lang = next.lang.other();
            next.stage = Stage::Talking;
            vec![Wish::Open]
        }
        Stage::Held if keys == INSTEAD_KEY => vec![Wish::News(HandoffNews::Nobody)],
        // Whoever does not want to be recorded goes on by words and keys.
        Stage::Announcing if keys == INSTEAD_KEY => {
            next.stage = Stage::Talking;
            next.seeks_person = false;
            next.n_silent = 0;
            Vec::new()
        }
        Stage::Announcing | Stage::Recording if keys != PERSON_KEY => Vec::new(),
        Stage::Over => Vec::new(),
        Stage::Greeting
        | Stage::Talking
        | Stage::Held
        | Stage::Ringing
        | Stage::Announcing
        | Stage::Recording => told(next, content),
    }
}

fn told(next: &mut Memory, content: Content) -> Vec<Wish> {
    next.n_silent = 0;
    next.seeks_person = content.text == PERSON_KEY && content.source == Some(Source::Keypad);
    let is_first = next.stage == Stage::Greeting;
    if matches!(next.stage, Stage::Greeting | Stage::Announcing | Stage::Recording) {
        next.stage = Stage::Talking;
    }
    let open = is_first.then_some(Wish::Open);
    open.into_iter().chain([Wish::Tell(content)]).collect()
}

fn silent(next: &mut Memory) -> Vec<Wish> {
    if next.n_waits > 0 {
        // The line itself had asked the caller to wait.
        return Vec::new();
    }
    match next.stage {
        Stage::Greeting => {
            next.stage = Stage::Talking;
            vec![Wish::Open]
        }
        Stage::Talking => {
            next.n_silent = next.n_silent.saturating_add(1);
            if next.n_silent >= MAX_SILENT {
                next.stage = Stage::Announcing;
            }
            Vec::new()
        }
        Stage::Announcing => {
            next.stage = Stage::Recording;
            next.n_beeps = next.n_beeps.saturating_add(1);
            Vec::new()
        }
        // Nothing was recorded.
        Stage::Recording if next.n_beeps < MAX_BEEPS => {
            next.stage = Stage::Announcing;
            Vec::new()
        }
        Stage::Recording => {
            next.stage = Stage::Over;
            next.n_beeps = 0;
            Vec::new()
        }
        // Some music was heard: it may ring once more, where there is somebody to ring.
        Stage::Held if next.n_rings < MAX_RINGS => {
            next.stage = Stage::Ringing;
            Vec::new()
        }
        Stage::Held | Stage::Ringing | Stage::Over => Vec::new(),
    }
}

fn not_answered(next: &mut Memory) -> Vec<Wish> {
    next.stage = Stage::Held;
    next.n_rings = next.n_rings.saturating_add(1);
    if next.n_rings < MAX_RINGS {
        return Vec::new();
    }
    vec![Wish::News(HandoffNews::Nobody)]
}
