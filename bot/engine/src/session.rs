//! What a conversation remembers between two events.

use bot_core::event::Profile;
use bot_core::message::Outbound;
use bot_core::place::Place;
use bot_core::understanding::Entity;
use bot_core::value::{Answer, Record};
use bot_core::{Channel, Language, UnixMs, Value};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

use bot_core::id::AttachmentId;

use crate::spare::Spare;

/// The shape of a stored session; a change of shape raises it.
pub const SESSION_FORMAT: u16 = 1;
/// Flows that may be in progress at once, one inside the other.
pub const MAX_DEPTH: usize = 3;
/// Steps that a flow remembers having passed.
pub const MAX_TRAIL: usize = 128;
/// Texts kept for "say that again".
pub const MAX_LAST: usize = 4;
/// Pictures kept that came before anything asked for them.
pub const MAX_LOOSE_PHOTOS: usize = 10;

/// Who has the conversation.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Owner {
    /// The automated agent.
    #[default]
    Bot,
    /// A queue: a person is awaited.
    Queue,
    /// A person.
    Agent,
}

/// One conversation's memory.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Session {
    /// The shape of this value.
    pub format: u16,
    /// The channel.
    pub channel: Channel,
    /// The language spoken.
    pub lang: Language,
    /// Who has the conversation.
    #[serde(default)]
    pub owner: Owner,
    /// Whether it was put aside after a silence.
    #[serde(default)]
    pub parked: bool,
    /// What was known of the resident at the start.
    #[serde(default)]
    pub profile: Profile,
    /// The flows in progress, the innermost last.
    #[serde(default)]
    pub stack: Vec<Frame>,
    /// The open question.
    #[serde(default)]
    pub pending: Option<Pending>,
    /// The flow dropped last, for "resume".
    #[serde(default)]
    pub shelf: Option<Frame>,
    /// What was said last.
    #[serde(default)]
    pub last: Vec<Outbound>,
    /// Messages in a row that were not understood.
    #[serde(default)]
    pub misses: u32,
    /// Turns so far.
    #[serde(default)]
    pub n_turns: u32,
    /// The number of the last call.
    #[serde(default)]
    pub n_calls: u32,
    /// The token of the timer that is set.
    #[serde(default)]
    pub timer_token: u32,
    /// Whether the resident was welcomed.
    #[serde(default)]
    pub welcomed: bool,
    /// Whether the resident was reminded since their last word.
    #[serde(default)]
    pub reminded: bool,
    /// Pictures that came before anything asked for them.
    #[serde(default)]
    pub loose_photos: Vec<AttachmentId>,
    /// What the last message held and nothing has used yet.
    #[serde(default, skip_serializing_if = "Spare::is_empty")]
    pub spare: Spare,
}

impl Session {
    /// Starts a conversation.
    #[must_use]
    pub fn new(channel: Channel, lang: Language) -> Self {
        Self {
            format: SESSION_FORMAT,
            channel,
            lang,
            owner: Owner::Bot,
            parked: false,
            profile: Profile::default(),
            stack: Vec::new(),
            pending: None,
            shelf: None,
            last: Vec::new(),
            misses: 0,
            n_turns: 0,
            n_calls: 0,
            timer_token: 0,
            welcomed: false,
            reminded: false,
            loose_photos: Vec::new(),
            spare: Spare::default(),
        }
    }

    /// Gives the flow in progress.
    #[must_use]
    pub fn top(&self) -> Option<&Frame> {
        self.stack.last()
    }
}

/// Where a filled value came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Origin {
    /// The resident answered.
    Answer,
    /// An action or a subflow gave it, or a `set` made it.
    Computed,
}

/// A value of a flow.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Filled {
    /// The answer.
    pub answer: Answer,
    /// Where it came from.
    pub origin: Origin,
}

/// What a flow waits for, besides the resident's next word.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Waiting {
    /// The result of an action.
    Call {
        /// The call.
        call: u32,
        /// Whether it mends what an earlier `once` call did.
        update: bool,
    },
    /// A person.
    Agent,
    /// The end of the flow above it on the stack, which it runs.
    Run,
}

/// A `once` call that was done.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DoneCall {
    /// Its inputs then.
    pub inputs: Record,
    /// The outputs it gave.
    pub outputs: Record,
    /// The result it gave.
    pub result: String,
}

/// A flow in progress.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Frame {
    /// The flow.
    pub flow: String,
    /// Its version when it began.
    pub version: u32,
    /// The hash of its structure when it began.
    pub hash: String,
    /// When it began.
    pub since: UnixMs,
    /// The step it stands at.
    pub step: String,
    /// Slots and variables.
    #[serde(default)]
    pub values: BTreeMap<String, Filled>,
    /// How often each slot was asked in vain; the recap counts under its step's name.
    #[serde(default)]
    pub tries: BTreeMap<String, u32>,
    /// Slots in the order answered, for "back".
    #[serde(default)]
    pub answered: Vec<String>,
    /// Steps passed, in order.
    #[serde(default)]
    pub trail: Vec<String>,
    /// Steps whose words were said and still hold.
    #[serde(default)]
    pub said: Vec<String>,
    /// `once` calls done, by step.
    #[serde(default)]
    pub done: BTreeMap<String, DoneCall>,
    /// What it waits for.
    #[serde(default)]
    pub waiting: Option<Waiting>,
}

impl Frame {
    /// Gives a value.
    #[must_use]
    pub fn value(&self, name: &str) -> Option<&Value> {
        self.values.get(name).and_then(|filled| filled.answer.value())
    }

    /// Tells whether a name has an answer, be it "I don't know".
    #[must_use]
    pub fn is_answered(&self, name: &str) -> bool {
        self.values.contains_key(name)
    }
}

/// The question that is open.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Pending {
    /// A slot of the innermost flow, or a question of its category.
    Slot {
        /// The slot.
        slot: String,
        /// Whether a value is known already and is to be replaced.
        changing: bool,
    },
    /// Whether a value was heard right.
    ReadBack {
        /// The slot.
        slot: String,
        /// The value.
        value: Value,
        /// Whether it replaces another.
        changing: bool,
    },
    /// Whether a value of the profile may be used.
    Prefill {
        /// The slot.
        slot: String,
        /// The value.
        value: Value,
    },
    /// Which of several places is meant.
    Places {
        /// The slot.
        slot: String,
        /// The places.
        places: Vec<Place>,
        /// Whether the place replaces another.
        changing: bool,
    },
    /// Which of several categories or questions is meant.
    Topics {
        /// The slot.
        slot: String,
        /// Their codes or ids.
        keys: Vec<String>,
        /// Whether it replaces another.
        changing: bool,
    },
    /// Whether the recap is right.
    Confirm,
    /// What is to be changed at the recap.
    ChangeWhat,
    /// Which of several intents is meant.
    DidYouMean {
        /// The intents.
        intents: Vec<String>,
        /// What else the message held.
        entities: Vec<Entity>,
    },
    /// Whether to go on with the flow that was interrupted.
    Resume,
}
