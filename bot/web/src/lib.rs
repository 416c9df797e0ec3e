//! The door: what comes over HTTP.
//!
//! Lives here: paths, status codes, bodies, tokens, the pages and what they are made of. Never
//! here: SQL, the engine, what to say. A message is answered 202 only when it is stored.

mod attachments;
mod body;
mod case_page;
mod chat;
mod events;
mod guard;
mod health;
pub mod house;
mod page;
mod picture;
pub mod problem;
mod router;
mod serve;
mod state;
pub mod token;

pub use house::House;
pub use router::router;
pub use serve::serve;
pub use state::{Limits, Web};
