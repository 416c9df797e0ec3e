//! The call script: what a provider is to do next, whatever its dialect.
//!
//! A script is short: it plays, and then does one thing that waits for the caller or ends the call.
//! So no dialect needs to know what falls through to what.

use bot_core::Language;

/// Steps of a script, those of a question's prompt not counted.
pub const MAX_STEPS: usize = 40;
/// Characters that providers take in one piece of speech.
pub const MAX_LINE_CHARS: usize = 3_000;
/// Phrases that a recogniser is told to expect.
pub const MAX_HINTS: usize = 100;

/// Words to be said aloud.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// The language they are said in.
    pub lang: Language,
    /// The words, spelt as they are to be heard; no markup.
    pub text: String,
}

impl Line {
    /// Makes a line.
    #[must_use]
    pub fn new(lang: Language, text: impl Into<String>) -> Self {
        Self { lang, text: text.into() }
    }
}

/// What the caller hears.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Sound {
    /// Words said aloud.
    Say(Line),
    /// A file of sound at this address.
    Play(String),
    /// Silence, in seconds.
    Pause(u8),
}

/// How many keys are listened for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Keys {
    /// One key answers at once.
    One,
    /// As many as this, until the pound key or a pause.
    UpTo(u8),
}

/// A question: keys always, words where a recogniser is wanted. What is heard of the prompt stops
/// when the caller answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ask {
    /// What is heard meanwhile.
    pub prompt: Vec<Sound>,
    /// The keys listened for.
    pub keys: Keys,
    /// The language of the words listened for, if any.
    pub speech: Option<Language>,
    /// Phrases that are likely, for the recogniser; at most [`MAX_HINTS`] are told.
    pub hints: Vec<String>,
    /// Seconds of silence after the prompt that count as no answer.
    pub timeout_s: u8,
    /// Where the answer goes.
    pub then: String,
    /// Where the call goes on without one.
    pub silence: String,
}

/// A message to be recorded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// The language that is spoken, for providers that want to know.
    pub lang: Language,
    /// Seconds at most.
    pub max_s: u16,
    /// Seconds of silence that end it.
    pub silence_s: u8,
    /// Where the call goes on once something was recorded.
    pub then: String,
    /// Where to tell that the file can be fetched, or will never come.
    pub ready: String,
    /// Where the call goes on when nothing was said.
    pub silence: String,
}

/// A call passed on to someone's telephone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Transfer {
    /// The number, in E.164 form.
    pub to: String,
    /// The number shown there, where it is not the caller's.
    pub caller_id: Option<String>,
    /// Seconds that it may ring.
    pub timeout_s: u8,
    /// The script that the person hears before the two are joined.
    pub whisper: Option<String>,
    /// Where the call goes on afterwards.
    pub then: String,
}

/// How a script ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum End {
    /// It asks.
    Ask(Ask),
    /// It records.
    Record(Record),
    /// It passes the call on.
    Transfer(Transfer),
    /// It goes on elsewhere.
    Goto(String),
    /// It hangs up.
    Hangup,
    /// It does nothing more: a person's whisper is over, and the two are joined.
    Join,
}

/// What a provider is to do next: some sound, then one thing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Script {
    /// What is heard first; a key does not stop it.
    pub sounds: Vec<Sound>,
    /// What comes then.
    pub end: End,
}
