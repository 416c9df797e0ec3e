//! What the counter keeps, and how it is asked for.
//!
//! Lives here: the storage traits (one small trait per noun), the one entry for every channel's
//! message ([`receive()`]), a store in memory, and the suite that every store passes. Never here:
//! SQL, the engine, a channel, the clock.

pub mod announce;
pub mod attachments;
pub mod callbacks;
pub mod calls;
pub mod case_change;
pub mod cases;
#[cfg(any(test, feature = "contract"))]
pub mod contract;
pub mod conversation_state;
pub mod conversations;
pub mod deliveries;
pub mod desk;
pub mod desk_cursor;
pub mod error;
pub mod hooks;
pub mod identities;
pub mod inbox;
pub mod jobs;
pub mod log;
pub mod memory;
pub mod messages;
pub mod near;
pub mod open;
pub mod page;
pub mod parties;
pub mod private;
pub mod receive;
pub mod recordings;
pub mod redact;
pub mod releases;
pub mod secrets;
pub mod sessions;
pub mod silences;
pub mod store;
pub mod suggestions;
pub mod timers;
pub mod updates;
pub mod upkeep;
pub mod wake;

pub use error::{Error, Result};
pub use memory::MemoryStore;
pub use open::{Opened, Opening, add_news, open_conversation};
pub use page::Page;
pub use receive::{ReceiveError, Received, Visit, receive};
pub use store::{Store, Swap, Tx};
pub use wake::{Subscription, Topic, Wake};
