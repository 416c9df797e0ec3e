//! What the engine wants done.

use serde::{Deserialize, Serialize};

use crate::event::Timer;
use crate::lang::Language;
use crate::message::{Choice, Outbound};
use crate::time::UnixMs;
use crate::value::Record;

/// Why a conversation goes to a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HandoffReason {
    /// The resident asked for a person.
    Asked,
    /// The flow leads to a person here.
    Flow,
    /// Nothing was understood, several times over.
    NotUnderstood,
    /// Emergency words.
    Emergency,
    /// The flow is broken.
    Fault,
}

/// What an agent gets with a conversation.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Handoff {
    /// The queue it goes to.
    pub queue: String,
    /// Why.
    pub reason: HandoffReason,
    /// The resident's language.
    pub lang: Language,
    /// The values the flow passes on: label and value, readable.
    pub brief: Vec<Choice>,
}

/// An action to run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Call {
    /// The number of the call in this conversation; the answer names it.
    pub call: u32,
    /// The action's name in the manifest.
    pub action: String,
    /// Its inputs.
    pub inputs: Record,
    /// The key under which it may be done once only, for `once` steps.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub once: Option<String>,
    /// How long it may take.
    pub limit_ms: u64,
}

/// One thing to do. The shell does them in order, after it has stored them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Effect {
    /// Say this to the resident.
    Say(Outbound),
    /// Run this action and come back with its result.
    Call(Call),
    /// Wake the conversation at this time; replaces the timer set before.
    SetTimer {
        /// Which timer.
        timer: Timer,
        /// The token to come back with.
        token: u32,
        /// When.
        at: UnixMs,
    },
    /// No timer any more.
    ClearTimer,
    /// Hand the conversation to a person.
    Handoff(Handoff),
    /// The bot has the conversation again.
    TakeBack,
    /// Tell the agents something that the resident does not see.
    NoteToAgents {
        /// The words.
        text: String,
    },
    /// Hide this text after so many days, wherever the conversation was stored.
    Private {
        /// The slot it belongs to.
        slot: String,
        /// The text to hide.
        text: String,
        /// Days to keep it.
        keep_days: u32,
    },
    /// A flow has ended.
    Ended {
        /// The flow.
        flow: String,
        /// The outcome that its `end` step names.
        outcome: String,
    },
    /// Put the conversation aside until the resident writes again.
    Park,
    /// The conversation is over.
    Close,
}
