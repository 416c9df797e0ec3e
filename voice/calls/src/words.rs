//! The line's own words: about the call itself, never about what is talked of.
//!
//! Never here: what they say; the city's texts do.

/// The line's own words; what each says is the city's to write.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Words {
    /// Who answers, and what becomes of what is said.
    Greeting,
    /// The other language, offered in itself.
    OtherLanguage,
    /// One moment.
    Wait,
    /// Nothing was heard.
    Silent,
    /// Anything else?
    More,
    /// How many wait before the caller, as `{n}`.
    Position,
    /// What can be done while one waits.
    Hold,
    /// It rings at a person's telephone.
    Ringing,
    /// A message will be recorded: why, for how long it is kept, and how not to be.
    Announce,
    /// The message was taken.
    Thanks,
    /// No message was left.
    Goodbye,
}

impl Words {
    /// Every one of them.
    pub const ALL: [Self; 11] = [
        Self::Greeting,
        Self::OtherLanguage,
        Self::Wait,
        Self::Silent,
        Self::More,
        Self::Position,
        Self::Hold,
        Self::Ringing,
        Self::Announce,
        Self::Thanks,
        Self::Goodbye,
    ];

    /// Gives the key of the city's text.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Greeting => "phone_greeting",
            Self::OtherLanguage => "phone_other_language",
            Self::Wait => "phone_wait",
            Self::Silent => "phone_silent",
            Self::More => "phone_more",
            Self::Position => "phone_position",
            Self::Hold => "phone_hold",
            Self::Ringing => "phone_ringing",
            Self::Announce => "phone_announce",
            Self::Thanks => "phone_thanks",
            Self::Goodbye => "phone_goodbye",
        }
    }
}
