//! What the browser's side asks of the city's side.
//!
//! Never here: how it is done.

use bot_core::CaseNumber;
use bot_core::id::ConversationId;
use serde::Deserialize;
use std::collections::BTreeMap;

/// Something to do for a check.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Errand {
    /// Start a counter under this name, with these settings; the answer is its address.
    Serve { counter: String, settings: BTreeMap<String, String> },
    /// Kill a counter as a power failure would.
    Kill { counter: String },
    /// Start a killed counter again where it was.
    Start { counter: String },
    /// Give a conversation another owner.
    HandOver { counter: String, conversation: ConversationId, to: NextOwner },
    /// Say something as an agent.
    AgentSays { counter: String, conversation: ConversationId, text: String },
    /// Close a conversation.
    Close { counter: String, conversation: ConversationId },
    /// Add so many short messages of both sides to a conversation.
    Lengthen { counter: String, conversation: ConversationId, n_messages: u32 },
    /// Leave a voicemail of three seconds, in which these words were heard, the last of them doubtful.
    LeaveVoicemail { counter: String, words: Vec<String> },
    /// Tell those who follow a case that it is being worked on.
    WorkOn { counter: String, number: CaseNumber },
}

/// Who is to have a conversation.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum NextOwner {
    /// The automated agent.
    Bot,
    /// A queue.
    Queue(String),
    /// An agent.
    Agent(String),
}
