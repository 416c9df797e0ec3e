//! The words everyone at the counter shares.
//!
//! Lives here: ids, languages, channels, messages, values, what was understood, events, effects,
//! cases. Never here: async, I/O, the clock, randomness, the environment.

pub mod case;
pub mod case_number;
pub mod chance;
pub mod channel;
pub mod contact;
pub mod effect;
pub mod event;
pub mod expectation;
pub mod id;
pub mod lang;
pub mod message;
pub mod place;
pub mod slot;
pub mod text;
pub mod time;
pub mod understanding;
pub mod value;
pub mod voicemail;

pub use case::{Case, CaseState};
pub use case_number::CaseNumber;
pub use chance::Chance;
pub use channel::Channel;
pub use contact::{Contact, Email, Phone};
pub use effect::Effect;
pub use event::{Event, EventKind};
pub use expectation::Expectation;
pub use lang::{Bilingual, Language};
pub use message::{Inbound, Outbound};
pub use place::Place;
pub use time::{Clock, UnixMs};
pub use understanding::Understanding;
pub use value::Value;
