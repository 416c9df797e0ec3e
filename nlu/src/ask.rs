//! What a head is asked, and what every head can do.

use bot_core::{Expectation, Understanding, UnixMs};

/// One message and the context it is read in.
#[derive(Debug, Clone, Copy)]
pub struct Ask<'a> {
    /// The words, as the resident wrote or said them.
    pub text: &'a str,
    /// What the counter expects next.
    pub expectation: &'a Expectation,
    /// The present time.
    pub now: UnixMs,
}

/// Understands messages: total, bounded, and the same every time.
pub trait Understand: Send + Sync {
    /// Tells what a message says.
    fn understand(&self, ask: &Ask<'_>) -> Understanding;

    /// Reads a message once more, under another expectation. What it is about does not depend on
    /// what is expected, and is taken from the first reading.
    fn again(&self, ask: &Ask<'_>, _first: &Understanding) -> Understanding {
        self.understand(ask)
    }

    /// Gives a vector of a text's meaning, of length 1: texts that mean the same point the same
    /// way (their dot product is near 1). `None` where no encoder is at hand.
    fn vector(&self, _text: &str) -> Option<Vec<f32>> {
        None
    }
}
