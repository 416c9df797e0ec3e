//! Where to ask for files, and how patiently.

use std::time::Duration;

/// The public index of Python packages.
pub const PUBLIC_INDEX: &str = "https://pypi.org/simple";
/// The public hub of models.
pub const PUBLIC_HUB: &str = "https://huggingface.co";

/// Where to ask, and how patiently.
#[derive(Debug, Clone)]
pub struct Places {
    /// The simple index (PEP 503) of Python packages.
    pub index: String,
    /// The hub of models.
    pub hub: String,
    /// How long to wait and how often to try.
    pub patience: Patience,
    /// Whether what was fetched stays after it was converted.
    pub keep_sources: bool,
}

/// How long to wait and how often to try.
#[derive(Debug, Clone, Copy)]
pub struct Patience {
    /// Until a host answers: a host that is out of reach must not hold up the next source.
    pub answer: Duration,
    /// Until the next bytes come.
    pub read: Duration,
    /// Tries of one file.
    pub n_tries: u32,
    /// Before the second try; doubled each time.
    pub first_pause: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self {
            answer: Duration::from_secs(6),
            read: Duration::from_secs(30),
            n_tries: 8,
            first_pause: Duration::from_secs(1),
        }
    }
}

impl Default for Places {
    fn default() -> Self {
        Self {
            index: PUBLIC_INDEX.to_owned(),
            hub: PUBLIC_HUB.to_owned(),
            patience: Patience::default(),
            keep_sources: false,
        }
    }
}
