//! Where a case goes: the built-in register, and what flows may ask of it.
//!
//! Lives here: the actions of the city's manifest, on the store's own nouns, inside the turn's
//! transaction. Never here: channels, SQL, what is said.

mod actions;
mod collection;
mod desk;
mod identity;
mod inputs;
mod requests;
mod sla;

pub use actions::{Actions, CallContext, Register, Returned};
pub use sla::due;
