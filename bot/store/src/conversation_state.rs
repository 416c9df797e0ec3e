//! Where a conversation may stand, who may own it, and why it may end.

/// Where a conversation stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ConversationState {
    /// The automated agent answers.
    Bot,
    /// It waits in a queue for a person.
    Queued,
    /// A person answers.
    Human,
    /// Put aside until the resident writes again.
    Parked,
    /// Over.
    Closed,
}

impl ConversationState {
    /// Every state.
    pub const ALL: [Self; 5] = [Self::Bot, Self::Queued, Self::Human, Self::Parked, Self::Closed];

    /// Gives the name used in tables and on the wire.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Bot => "bot",
            Self::Queued => "queued",
            Self::Human => "human",
            Self::Parked => "parked",
            Self::Closed => "closed",
        }
    }

    /// Finds a state by its name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.name() == name)
    }
}

/// Who answers in a conversation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Owner {
    /// The automated agent.
    Bot,
    /// A queue of the desk, by its name: a person is to come.
    Queue(String),
    /// An agent, by name.
    Agent(String),
    /// Nobody: it is closed.
    Nobody,
}

impl Owner {
    /// Gives the name of its kind, used in tables.
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Bot => "bot",
            Self::Queue(_) => "queue",
            Self::Agent(_) => "agent",
            Self::Nobody => "nobody",
        }
    }

    /// Gives the queue's or the agent's name.
    #[must_use]
    pub fn name(&self) -> Option<&str> {
        match self {
            Self::Queue(name) | Self::Agent(name) => Some(name),
            Self::Bot | Self::Nobody => None,
        }
    }

    /// Puts an owner together again.
    #[must_use]
    pub fn from_parts(kind: &str, name: Option<String>) -> Option<Self> {
        match (kind, name) {
            ("bot", None) => Some(Self::Bot),
            ("queue", Some(name)) => Some(Self::Queue(name)),
            ("agent", Some(name)) => Some(Self::Agent(name)),
            ("nobody", None) => Some(Self::Nobody),
            _ => None,
        }
    }

    /// Gives the state of a conversation that this owner has.
    #[must_use]
    pub const fn state(&self) -> ConversationState {
        match self {
            Self::Bot => ConversationState::Bot,
            Self::Queue(_) => ConversationState::Queued,
            Self::Agent(_) => ConversationState::Human,
            Self::Nobody => ConversationState::Closed,
        }
    }
}

/// Why a conversation was closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum CloseReason {
    /// The talk came to its end.
    Ended,
    /// An agent closed the matter.
    Solved,
    /// The resident did not come back.
    Idle,
    /// The line was hung up.
    HungUp,
}

impl CloseReason {
    /// Every reason.
    pub const ALL: [Self; 4] = [Self::Ended, Self::Solved, Self::Idle, Self::HungUp];

    /// Gives the name used in tables and on the wire.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Ended => "ended",
            Self::Solved => "solved",
            Self::Idle => "idle",
            Self::HungUp => "hung_up",
        }
    }

    /// Finds a reason by its name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|reason| reason.name() == name)
    }
}
