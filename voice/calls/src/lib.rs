//! What is said and asked in a telephone call, and how each provider wants to be told.
//!
//! Lives here: the call script (what a provider is to do next), what happens in a call, how words
//! and figures are said aloud, and the dialects that write the one and read the other. Never here:
//! sound, storage, HTTP, a clock, keys and signatures.

pub mod dialect;
pub mod event;
pub mod fields;
pub mod line;
pub mod script;
pub mod speak;
pub mod spoken;
pub mod words;

pub use dialect::{Body, Dialect, ReadError, Written};
pub use event::{Event, Hook, Request};
pub use fields::Fields;
pub use script::{Ask, End, Keys, Line, Record, Script, Sound, Transfer};
