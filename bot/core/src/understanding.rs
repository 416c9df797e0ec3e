//! What was understood of one message: plain data that travels inside the event, so that a replay
//! needs no model.

use serde::{Deserialize, Serialize};

use crate::lang::Language;
use crate::place::Place;
use crate::slot::{Refusal, SlotKind};
use crate::value::Value;

/// Intents kept of a ranking.
pub const MAX_RANKED: usize = 5;
/// Entities kept of a message.
pub const MAX_ENTITIES: usize = 16;
/// Places offered when several fit.
pub const MAX_CANDIDATES: usize = 5;

/// An intent and how likely it is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Ranked {
    /// The intent's name.
    pub intent: String,
    /// Calibrated probability, 0 to 1.
    pub p: f32,
}

/// What the classifier dares to say.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// The first intent is meant.
    Sure,
    /// One of the first two, or three, is meant.
    Unsure,
    /// Nothing that this city's counter knows.
    #[default]
    OutOfScope,
}

/// Words that work everywhere, whatever was asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Command {
    /// Drop what we are doing.
    Cancel,
    /// Say that again.
    Repeat,
    /// Go to the question before.
    Back,
    /// What can you do?
    Help,
    /// Why do you ask?
    Why,
    /// A person, please.
    Agent,
    /// Let us go on in French.
    French,
    /// Let us go on in English.
    English,
    /// From the beginning.
    StartOver,
    /// Take up again what was dropped or parked.
    Resume,
}

impl Command {
    /// Every command.
    pub const ALL: [Self; 10] = [
        Self::Cancel,
        Self::Repeat,
        Self::Back,
        Self::Help,
        Self::Why,
        Self::Agent,
        Self::French,
        Self::English,
        Self::StartOver,
        Self::Resume,
    ];

    /// Gives the name used in flow and intent files.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Cancel => "cancel",
            Self::Repeat => "repeat",
            Self::Back => "back",
            Self::Help => "help",
            Self::Why => "why",
            Self::Agent => "agent",
            Self::French => "french",
            Self::English => "english",
            Self::StartOver => "start_over",
            Self::Resume => "resume",
        }
    }

    /// Finds a command by its name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|command| command.name() == name)
    }
}

/// Where a message stands towards the open question.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stance {
    /// Yes.
    Yes,
    /// No.
    No,
    /// I do not know.
    DontKnow,
    /// I would rather not say; go on without.
    Skip,
}

/// How much of the message a reading accounts for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Extent {
    /// The whole message, small words left out.
    Whole,
    /// A part of a longer message.
    Part,
}

/// A command that was heard.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct CommandHit {
    /// Which one.
    pub command: Command,
    /// How sure, 0 to 1.
    pub p: f32,
    /// Whether the message says nothing else.
    pub extent: Extent,
}

/// A stance that was heard.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct StanceHit {
    /// Which one.
    pub stance: Stance,
    /// How sure, 0 to 1.
    pub p: f32,
    /// Whether the message says nothing else.
    pub extent: Extent,
}

/// An item of the open question's menu, or an option of a slot, that was heard.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct OptionHit {
    /// The slot it belongs to; `None` for the open question's menu.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub slot: Option<String>,
    /// The option's key.
    pub key: String,
    /// How sure, 0 to 1.
    pub p: f32,
    /// Whether the message says nothing else.
    pub extent: Extent,
}

/// How an entity came to be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Means {
    /// Read as it stands.
    Read,
    /// A known value with one part replaced: "number 12" on a known street.
    Patched,
}

/// What was heard of a value.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Heard {
    /// A good value.
    Value(Value),
    /// A value that its type refuses.
    Refused {
        /// Why.
        refusal: Refusal,
        /// The places that fit, where several do.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        candidates: Vec<Place>,
    },
}

/// A typed value found in a message.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Entity {
    /// Its type.
    pub kind: SlotKind,
    /// The value, or why there is none.
    pub heard: Heard,
    /// The words it was read from.
    pub words: String,
    /// How sure, 0 to 1.
    pub p: f32,
    /// How it came to be read.
    pub means: Means,
    /// Whether the message says nothing else.
    pub extent: Extent,
    /// The slot it is for, where only one can be meant.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub slot: Option<String>,
}

/// The language of one message.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct LangGuess {
    /// The likelier language.
    pub lang: Language,
    /// How sure, 0.5 to 1.
    pub p: f32,
}

/// What was understood of one turn's words.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Understanding {
    /// The language; `None` where the words do not show one ("12", "ok").
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lang: Option<LangGuess>,
    /// The likeliest intents, best first, at most [`MAX_RANKED`].
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub intents: Vec<Ranked>,
    /// What the classifier dares to say.
    #[serde(default)]
    pub outcome: Outcome,
    /// The command heard, if any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub command: Option<CommandHit>,
    /// The city's emergency that the words point to, if any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub emergency: Option<String>,
    /// Where the words stand towards the open question, if they do.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stance: Option<StanceHit>,
    /// Menu items and options heard, surest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub options: Vec<OptionHit>,
    /// Typed values heard, surest first, at most [`MAX_ENTITIES`].
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub entities: Vec<Entity>,
    /// Slots that were named: "change the address".
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub named: Vec<String>,
    /// Whether the words announce a correction: "in fact", "plutôt".
    #[serde(default)]
    pub correction: bool,
    /// Whether the words ask something.
    #[serde(default)]
    pub question: bool,
}

impl Understanding {
    /// Gives the likeliest intent.
    #[must_use]
    pub fn best(&self) -> Option<&Ranked> {
        self.intents.first()
    }
}
