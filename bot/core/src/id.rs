//! Typed ids: one type for each thing that has one, all UUIDv7 underneath.
//!
//! Never here: the clock and the source of chance. Both are handed in.

use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;
use uuid::Uuid;

use crate::chance::Chance;
use crate::time::UnixMs;

/// Bytes of chance that a new id needs.
pub const N_RANDOM_BYTES: usize = 10;

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub Uuid);

        impl $name {
            /// Makes a UUIDv7 from a time and ten random bytes.
            #[must_use]
            pub fn from_parts(at: UnixMs, random: &[u8; N_RANDOM_BYTES]) -> Self {
                Self(uuid::Builder::from_unix_timestamp_millis(at.millis(), random).into_uuid())
            }

            /// Makes a new id of this time.
            #[must_use]
            pub fn new(at: UnixMs, chance: &dyn Chance) -> Self {
                let mut random = [0; N_RANDOM_BYTES];
                chance.fill(&mut random);
                Self::from_parts(at, &random)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(out)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(out, "{}({})", stringify!($name), self.0)
            }
        }

        impl FromStr for $name {
            type Err = uuid::Error;

            fn from_str(raw: &str) -> Result<Self, Self::Err> {
                Uuid::parse_str(raw).map(Self)
            }
        }
    )+};
}

ids! {
    /// A person who talks to the city.
    ResidentId,
    /// A resident's address on one channel: a phone number, a mailbox, a browser's key.
    IdentityId,
    /// One talk on one channel, from its first message to its close.
    ConversationId,
    /// One message of a conversation, whoever wrote it.
    MessageId,
    /// A file that came with a message.
    AttachmentId,
    /// A service request filed with the city.
    CaseId,
    /// A message left for the people of a queue.
    CallbackId,
    /// A unit of durable work.
    JobId,
    /// A sentence kept for whoever looks after the intents.
    SuggestionId,
    /// A telephone call.
    CallId,
    /// What a caller has recorded.
    RecordingId,
    /// A message that is sent to a provider.
    DeliveryId,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_sort_by_time_and_read_back() {
        let early = CaseId::from_parts(UnixMs(1_000), &[9; N_RANDOM_BYTES]);
        let late = CaseId::from_parts(UnixMs(2_000), &[0; N_RANDOM_BYTES]);
        assert!(early < late);
        assert_eq!(early.to_string().parse::<CaseId>().unwrap(), early);
    }
}
