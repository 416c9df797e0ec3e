//! The door: what comes over HTTP.
//!
//! Lives here: paths, status codes, bodies, tokens, the pages and what they are made of. Never
//! here: SQL, the engine, what to say. A message is answered 202 only when it is stored.

mod attachments;
mod body;
mod case_page;
mod chat;
pub mod clerk;
mod client;
mod events;
mod form_page;
mod guard;
mod health;
pub mod house;
mod limits;
mod origin;
mod page;
mod picture;
pub mod problem;
mod router;
mod serve;
pub mod staff;
mod state;
mod suggestions;
pub mod token;
mod widget;

pub use client::{Peer, Proxies, ProxiesError};
pub use house::House;
pub use limits::Limits;
pub use origin::{Embed, EmbedError};
pub use router::router;
pub use serve::serve;
pub use staff::StaffKey;
pub use state::Web;
