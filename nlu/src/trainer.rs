//! Trains heads: the one place where lesson, tools and vectors made before come together.

use std::sync::{Mutex, PoisonError};

use crate::error::NluError;
use crate::first_head::FirstHead;
use crate::lesson::Lesson;
use crate::tools::{Tell, Tools, Vectors};

/// What heads are trained with.
#[derive(Debug, Default)]
pub struct Trainer {
    tools: Tools,
    vectors: Mutex<Vectors>,
}

impl Trainer {
    /// Puts tools, and vectors that were made before, together.
    #[must_use]
    pub const fn new(tools: Tools, vectors: Vectors) -> Self {
        Self { tools, vectors: Mutex::new(vectors) }
    }

    /// Trains a head; the same lesson and tools give the same head, to the byte.
    ///
    /// # Errors
    /// [`NluError::Encode`] where an encoder fails.
    pub fn train(&self, lesson: &Lesson, tell: Tell<'_>) -> Result<FirstHead, NluError> {
        let mut vectors = self.vectors.lock().unwrap_or_else(PoisonError::into_inner);
        FirstHead::learn(lesson, &self.tools, &mut vectors, tell)
    }

    /// Gives the vectors made so far.
    #[must_use]
    pub fn vectors(&self) -> Vectors {
        self.vectors.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}
