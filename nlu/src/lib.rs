//! Understanding: what one message says, in French and English, without a network or a big model.
//!
//! Lives here: language identification, the intent classifier and its out-of-scope decision, the
//! extractors of typed values, the city's gazetteer, emergencies, global commands, and the
//! evaluation of all that. Never here: storage, HTTP, async, files, the clock; what to answer.

pub mod ask;
mod classify;
mod command;
mod emergency;
pub mod error;
pub mod eval;
mod extract;
pub mod first_head;
#[cfg(test)]
mod fixture;
pub mod gazetteer;
pub mod group;
mod language;
pub mod lesson;
pub mod parallel;
pub mod repair;
mod tables;
pub mod text;
pub mod tools;
pub mod trainer;
pub mod vocabulary;
pub mod words;

pub use ask::{Ask, Understand};
pub use error::{NluError, Stale};
pub use first_head::FirstHead;
pub use gazetteer::Gazetteer;
pub use lesson::{Bounds, EmergencyLesson, IntentLesson, Lesson, PlaceRow, PlaceRowKind};
pub use text::{MAX_CHARS, MAX_WORDS};
pub use tools::{Tools, Vectors};
pub use trainer::Trainer;
pub use words::Words;
