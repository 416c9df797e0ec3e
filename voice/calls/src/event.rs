//! What happens in a call, as a provider tells it.

/// Characters kept of what a recogniser heard.
pub const MAX_HEARD_CHARS: usize = 2_000;
/// Keys kept of one answer.
pub const MAX_KEYS: usize = 32;

/// Which of our doors a request came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hook {
    /// A call begins.
    Start,
    /// A question was answered, or was not.
    Step,
    /// A recording has ended and the call goes on.
    Recorded,
    /// The file of a recording can be fetched, or will never come.
    Recording,
    /// A call that was passed on has come to its end.
    Transferred,
    /// Someone to whom a call is passed on has picked up.
    Whisper,
    /// The call is over.
    Status,
}

/// Why a recording's file is ready or not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Readiness {
    /// It can be fetched.
    Ready,
    /// Nothing was recorded, or it failed.
    Absent,
    /// It goes on.
    InProgress,
}

/// What became of a call that was passed on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Passed {
    /// Somebody talked to the caller.
    Answered,
    /// Nobody picked up, the line was busy, or it failed.
    NotAnswered,
}

/// One thing that happened.
#[derive(Debug, Clone, PartialEq)]
pub enum Event {
    /// The call begins.
    Started,
    /// Keys were pressed.
    Keys(String),
    /// Words were recognised, and how surely, from 0 to 1.
    Speech {
        /// The words.
        text: String,
        /// How sure the recogniser is, where it says so.
        confidence: Option<f32>,
    },
    /// Nothing came.
    NoInput,
    /// A recording has ended.
    Recorded {
        /// The provider's id of it; `None` where it is told with [`Event::Recording`] only.
        recording: Option<String>,
        /// How long it is, in seconds, where it is told.
        seconds: Option<u32>,
        /// Whether the caller has hung up.
        hung_up: bool,
    },
    /// A recording's file is ready, or never will be.
    Recording {
        /// The provider's id of it.
        recording: String,
        /// How long it is, in seconds, where it is told.
        seconds: Option<u32>,
        /// Whether it can be fetched.
        readiness: Readiness,
    },
    /// A call that was passed on has come to its end.
    Transferred(Passed),
    /// Someone to whom a call is passed on listens.
    Answering,
    /// The call is over, or still goes on.
    Status {
        /// The provider's word for how it ended; `None` while it goes on.
        ended: Option<String>,
        /// How long it took, in seconds, where it is told.
        seconds: Option<u32>,
    },
}

/// A provider's request, read.
#[derive(Debug, Clone, PartialEq)]
pub struct Request {
    /// The provider's id of the call.
    pub call: String,
    /// Who calls: a number in E.164 form, or as the provider writes it where that is not known, a
    /// SIP address, or [`ANONYMOUS`](crate::dialect::ANONYMOUS).
    pub caller: String,
    /// Who is called; empty where the provider does not say it again after the call's start.
    pub called: String,
    /// What happened.
    pub event: Event,
}
