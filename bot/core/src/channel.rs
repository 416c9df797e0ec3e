//! The channels a resident may come by, and what each can carry.

use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// A way for residents to talk to the counter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Channel {
    /// The chat on the city's page, and the terminal.
    Web,
    /// Telegram.
    Telegram,
    /// Discord.
    Discord,
    /// Text messages.
    Sms,
    /// E-mail.
    Email,
    /// The telephone.
    Phone,
}

/// How a channel offers a choice between a few answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Offer {
    /// Buttons under the message.
    Buttons,
    /// Numbered lines in the text itself.
    Numbers,
    /// "For …, press 1."
    Keypad,
}

/// Where a slot's value may come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Source {
    /// Typed words.
    Text,
    /// A position sent from a map or the device.
    MapPin,
    /// Spoken words, transcribed.
    Voice,
    /// Keys of a telephone.
    Keypad,
    /// A link or button that carries the value.
    Link,
    /// What the resident's profile already holds.
    Profile,
}

impl Source {
    /// Every source.
    pub const ALL: [Self; 6] =
        [Self::Text, Self::MapPin, Self::Voice, Self::Keypad, Self::Link, Self::Profile];

    /// Gives the name used in flow files.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::MapPin => "map_pin",
            Self::Voice => "voice",
            Self::Keypad => "keypad",
            Self::Link => "link",
            Self::Profile => "profile",
        }
    }
}

impl Channel {
    /// Every channel.
    pub const ALL: [Self; 6] =
        [Self::Web, Self::Telegram, Self::Discord, Self::Sms, Self::Email, Self::Phone];

    /// Gives the name used in flow files, settings and tables.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Web => "web",
            Self::Telegram => "telegram",
            Self::Discord => "discord",
            Self::Sms => "sms",
            Self::Email => "email",
            Self::Phone => "phone",
        }
    }

    /// Tells how this channel offers choices.
    #[must_use]
    pub const fn offer(self) -> Offer {
        match self {
            Self::Web | Self::Telegram | Self::Discord => Offer::Buttons,
            Self::Sms | Self::Email => Offer::Numbers,
            Self::Phone => Offer::Keypad,
        }
    }

    /// Lists where a value may come from on this channel.
    #[must_use]
    pub const fn sources(self) -> &'static [Source] {
        match self {
            Self::Web => &[Source::Text, Source::MapPin, Source::Link, Source::Profile],
            Self::Telegram => {
                &[Source::Text, Source::MapPin, Source::Voice, Source::Link, Source::Profile]
            }
            Self::Discord | Self::Email => &[Source::Text, Source::Link, Source::Profile],
            Self::Sms => &[Source::Text, Source::Profile],
            Self::Phone => &[Source::Voice, Source::Keypad, Source::Profile],
        }
    }

    /// Tells whether pictures can be sent here.
    #[must_use]
    pub const fn takes_images(self) -> bool {
        match self {
            Self::Web | Self::Telegram | Self::Discord | Self::Email => true,
            Self::Sms | Self::Phone => false,
        }
    }

    /// Tells whether words are spoken here, so that links and emoji make no sense.
    #[must_use]
    pub const fn is_spoken(self) -> bool {
        matches!(self, Self::Phone)
    }
}

impl fmt::Display for Channel {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.name())
    }
}

/// A channel name that the counter does not know.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("unknown channel \"{0}\"")]
pub struct UnknownChannel(pub String);

impl FromStr for Channel {
    type Err = UnknownChannel;

    fn from_str(raw: &str) -> Result<Self, Self::Err> {
        Self::ALL
            .into_iter()
            .find(|channel| channel.name() == raw)
            .ok_or_else(|| UnknownChannel(raw.to_owned()))
    }
}
