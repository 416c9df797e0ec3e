//! Where a recording stands, and where it may go from there.

/// Where a recording stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RecordingState {
    /// The provider has told of it; its file is to be fetched.
    Announced,
    /// Its file is in the store.
    Kept,
    /// What was said is written down.
    Transcribed,
    /// Nobody speaks in it.
    Speechless,
    /// Its file never came, or cannot be read.
    Lost,
}

impl RecordingState {
    /// Every state.
    pub const ALL: [Self; 5] =
        [Self::Announced, Self::Kept, Self::Transcribed, Self::Speechless, Self::Lost];

    /// Gives the name used in tables and metrics.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Announced => "announced",
            Self::Kept => "kept",
            Self::Transcribed => "transcribed",
            Self::Speechless => "speechless",
            Self::Lost => "lost",
        }
    }

    /// Finds a state by its name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.name() == name)
    }

    /// Tells whether a recording that stands here may come to stand there.
    #[must_use]
    pub const fn may_become(self, next: Self) -> bool {
        match self {
            Self::Announced => matches!(next, Self::Kept | Self::Lost),
            Self::Kept => matches!(next, Self::Transcribed | Self::Speechless | Self::Lost),
            Self::Transcribed | Self::Speechless | Self::Lost => false,
        }
    }

    /// Tells whether a recording that stands here was listened to.
    #[must_use]
    pub const fn is_heard(self) -> bool {
        match self {
            Self::Transcribed | Self::Speechless => true,
            Self::Announced | Self::Kept | Self::Lost => false,
        }
    }
}
