//! The dialects of the providers: a script as each wants it, and a request as each sends it.
//!
//! Lives here: what is the same for all, and which file knows which. Never here: whether a request
//! is really the provider's, how a file is fetched.
//!
//! What the dialects do differently, where a script cannot hide it:
//! - `NoInput` comes to `Ask::silence` from those that write XML and to `Ask::then` from the two
//!   that write JSON: take it at both.
//! - Vonage tells a recording's id at `Record::ready` only, and asks for what comes next on its own.
//! - jambonz sends sound to a WebSocket and has no verb that records: see [`Dialect::records`].

mod given;
mod jambonz;
mod ncco;
mod plivo;
mod twiml;
mod words;
mod xml;

use crate::event::{Hook, Request};
use crate::fields::Fields;
use crate::script::Script;

pub use given::{ANONYMOUS, MAX_ID_BYTES, MAX_JSON_BYTES};

/// How a provider wants to be told what to do, and how it tells what happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Dialect {
    /// `TwiML`.
    Twilio,
    /// cXML, which is `TwiML` with absolute addresses.
    SignalWire,
    /// `TeXML`, which is `TwiML` with bounds of its own.
    Telnyx,
    /// Plivo XML.
    Plivo,
    /// Call control objects, NCCO.
    Vonage,
    /// Verbs in JSON.
    Jambonz,
}

/// A script in a provider's dialect.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written {
    /// Its type, for the header `Content-Type`.
    pub media_type: &'static str,
    /// The document.
    pub body: String,
}

/// What came with a request besides its query.
#[derive(Debug, Clone, Copy)]
pub enum Body<'a> {
    /// Nothing: a GET.
    Empty,
    /// A form.
    Form(&'a Fields),
    /// A text in JSON, not yet read.
    Json(&'a [u8]),
}

/// Why a request cannot be read; the text tells the provider's operator what is wrong with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ReadError {
    /// A parameter without which nothing can be done.
    #[error("the parameter {0} is missing")]
    Missing(&'static str),
    /// An id that is too long or has signs that no id has.
    #[error("the parameter {0} must be at most {MAX_ID_BYTES} printable characters of ASCII")]
    Id(&'static str),
    /// The body is no JSON object.
    #[error("the body is not a JSON object")]
    Json,
    /// The body is too long.
    #[error("the body has {0} bytes, more than {MAX_JSON_BYTES}")]
    Long(usize),
}

impl Dialect {
    /// Every dialect.
    pub const ALL: [Self; 6] =
        [Self::Twilio, Self::SignalWire, Self::Telnyx, Self::Plivo, Self::Vonage, Self::Jambonz];

    /// Gives the name, as in paths and settings.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Twilio => "twilio",
            Self::SignalWire => "signalwire",
            Self::Telnyx => "telnyx",
            Self::Plivo => "plivo",
            Self::Vonage => "vonage",
            Self::Jambonz => "jambonz",
        }
    }

    /// Finds the dialect of this name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|dialect| dialect.name() == name)
    }

    /// Tells whether the provider records a message; where it does not, a [`Record`] is written as
    /// words that say so, and goes on at its `silence`.
    ///
    /// [`Record`]: crate::script::Record
    #[must_use]
    pub const fn records(self) -> bool {
        match self {
            Self::Twilio | Self::SignalWire | Self::Telnyx | Self::Plivo | Self::Vonage => true,
            Self::Jambonz => false,
        }
    }

    /// Tells whether bodies are JSON; else they are forms.
    #[must_use]
    pub const fn is_json(self) -> bool {
        match self {
            Self::Twilio | Self::SignalWire | Self::Telnyx | Self::Plivo => false,
            Self::Vonage | Self::Jambonz => true,
        }
    }

    /// Writes a script. All that a provider would not take (signs that no document can hold, lines
    /// that are too long, seconds out of its bounds) is brought to what it takes.
    #[must_use]
    pub fn write(self, script: &Script) -> Written {
        match self {
            Self::Twilio | Self::SignalWire | Self::Telnyx => twiml::write(self, script),
            Self::Plivo => plivo::write(script),
            Self::Vonage => ncco::write(script),
            Self::Jambonz => jambonz::write(script),
        }
    }

    /// Reads a request that came to one of our doors. Parameters that are not known are not looked
    /// at, and what is kept is bounded.
    ///
    /// The caller is [`ANONYMOUS`] where the number is not shown; who is called is empty where the
    /// provider does not repeat it, which is so at every door but the first. At the door for
    /// transferred calls, [`Event::Status`] with no end tells that the other telephone still rings
    /// or is being talked on: nothing is to be answered.
    ///
    /// # Errors
    /// [`ReadError`] names the parameter that is missing or bad.
    ///
    /// [`Event::Status`]: crate::event::Event::Status
    pub fn read(self, hook: Hook, query: &Fields, body: Body<'_>) -> Result<Request, ReadError> {
        let given = given::Given::new(query, body)?;
        match self {
            Self::Twilio | Self::SignalWire | Self::Telnyx => twiml::read(hook, &given),
            Self::Plivo => plivo::read(hook, &given),
            Self::Vonage => ncco::read(hook, &given),
            Self::Jambonz => jambonz::read(hook, &given),
        }
    }

    /// Gives where the sound of a recording lies, below the provider's address as it is configured
    /// (`https://api.twilio.com`, `https://SPACE.signalwire.com/api/laml`). Never made of an address
    /// that was posted to us.
    ///
    /// `None` where an id is not one of this provider's, and for those that give sound at no address
    /// of this kind: Telnyx, whose [resource](Self::recording_resource) holds an address that is good
    /// for ten minutes, Plivo, Vonage and jambonz.
    #[must_use]
    pub fn recording_path(self, account: &str, recording: &str) -> Option<String> {
        let has_sound = matches!(self, Self::Twilio | Self::SignalWire);
        let path = twiml::recording(self, account, recording).filter(|_| has_sound)?;
        Some(format!("{path}.wav"))
    }

    /// Gives the resource of a recording, below the same address (Telnyx: `https://api.telnyx.com/v2`):
    /// DELETE removes it there.
    ///
    /// `None` where an id is not one of this provider's, and for those that do not write `TwiML`.
    #[must_use]
    pub fn recording_resource(self, account: &str, recording: &str) -> Option<String> {
        twiml::recording(self, account, recording).map(|path| format!("{path}.json"))
    }
}

#[cfg(test)]
mod tests;
