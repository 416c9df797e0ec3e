//! The dialogue engine: a pure fold of events into a session.
//!
//! Lives here: what to say, what to ask, what to do next. Never here: async, the clock, chance,
//! the network, the language model, a panic. Time and understanding arrive in the event, so that
//! folding the log again gives the same session.

mod advance;
mod answer;
mod ask;
mod call;
mod check;
mod collect;
mod command;
mod correct;
mod depends;
mod eval;
mod expect;
mod handoff;
mod menu;
mod migrate;
mod miss;
mod reply;
pub mod rules;
mod said;
mod scope;
pub mod session;
mod spare;
mod step;
mod subflow;
mod timers;
mod wants;
mod words;
mod work;

pub use expect::{beginning, expectation};
pub use session::Session;
pub use step::step;
pub use work::{MAX_HOPS, Note, Turn};
