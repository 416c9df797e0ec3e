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
mod hooks;
pub mod house;
mod limits;
pub mod lines;
mod origin;
mod page;
mod phone;
mod picture;
pub mod problem;
mod router;
mod serve;
mod sms;
pub mod staff;
mod state;
mod suggestions;
pub mod token;
mod voicemail_page;
mod voicemails;
mod waiting;
mod widget;

pub use client::{Peer, Proxies, ProxiesError};
pub use house::House;
pub use limits::Limits;
pub use lines::Lines;
pub use origin::{Embed, EmbedError};
pub use router::router;
pub use serve::serve;
pub use staff::StaffKey;
pub use state::Web;
pub use voicemail_page::path_of as voicemail_path;
