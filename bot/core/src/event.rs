//! What happens to a conversation.

use serde::{Deserialize, Serialize};

use crate::contact::Contact;
use crate::lang::Language;
use crate::message::Content;
use crate::time::UnixMs;
use crate::understanding::Understanding;
use crate::value::Record;

/// What the counter already knows of a resident when a conversation opens.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Profile {
    /// The language last used, if any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lang: Option<Language>,
    /// Whether the counter has spoken to them first: then it is not for the engine to greet.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub is_greeted: bool,
    /// A contact that is known to be theirs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contact: Option<Contact>,
}

/// A timer of a conversation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Timer {
    /// The resident has been silent: remind them.
    Remind,
    /// Still silent: put the conversation aside.
    Park,
    /// No agent has come.
    Handoff,
}

/// What became of a handoff.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HandoffNews {
    /// An agent has taken the conversation.
    Accepted,
    /// The agent has closed the matter.
    Solved,
    /// The agent gives the conversation back.
    BackToBot,
    /// No one is there.
    Nobody,
}

/// One thing that happened.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EventKind {
    /// The conversation was opened, before any word.
    Opened(Profile),
    /// The resident said something: one message, or a burst of them joined.
    Said {
        /// What was sent.
        content: Content,
        /// What was understood of it.
        understanding: Box<Understanding>,
    },
    /// An action has given its result.
    Returned {
        /// The call it answers.
        call: u32,
        /// The result's name in the manifest.
        result: String,
        /// The outputs of that result.
        outputs: Record,
    },
    /// A timer has run out.
    TimedOut {
        /// Which one.
        timer: Timer,
        /// The token it was set with; another token means that it is out of date.
        token: u32,
    },
    /// Something became of a handoff.
    Handoff(HandoffNews),
}

/// One thing that happened, with its time and its share of chance.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Event {
    /// When.
    pub at: UnixMs,
    /// A number for anything that must look random.
    pub seed: u64,
    /// What.
    pub kind: EventKind,
}
