//! Whether a request is really the provider's.
//!
//! Lives here: what every provider's check is given and may answer, the secrets, and the pieces that
//! checks are made of; each provider's rule is in a file of its own. Never here: what a request
//! says, where secrets come from, a clock.

pub mod jambonz;
pub mod plivo;
pub mod signalwire;
pub mod telnyx;
pub mod twilio;
pub mod vonage;

mod address;
mod secret;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bot_core::UnixMs;
use std::fmt;
use voice_calls::Fields;

pub use jambonz::Jambonz;
pub use plivo::Plivo;
pub use secret::{BadSecret, MAX_SECRET_BYTES, Secret, Secrets};
pub use signalwire::SignalWire;
pub use telnyx::Telnyx;
pub use twilio::Twilio;
pub use vonage::Vonage;

/// Seconds by which a request's time may be off from ours, either way.
pub const TOLERANCE_S: i64 = 300;
/// Signatures that one header may offer.
pub const MAX_OFFERED: usize = 8;

/// How a request was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// With a query alone.
    Get,
    /// With a body.
    Post,
}

/// A request, as its signature is checked.
#[derive(Clone, Copy)]
pub struct Signed<'a> {
    /// How it was made.
    pub method: Method,
    /// Where it was sent, as the provider knows it: the public address from the settings, then the
    /// path and the query as they came. Never built from `Host`, which anybody may write.
    pub url: &'a str,
    /// Finds a header by its name, which is given in small letters.
    pub headers: &'a dyn Fn(&str) -> Option<&'a str>,
    /// The body, byte for byte.
    pub body: &'a [u8],
    /// The parameters of the body, where it is a form.
    pub form: Option<&'a Fields>,
    /// When it came.
    pub now: UnixMs,
}

impl fmt::Debug for Signed<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Signed").field("method", &self.method).finish_non_exhaustive()
    }
}

impl<'a> Signed<'a> {
    /// Gives a header that must be there.
    fn header(&self, name: &'static str) -> Result<&'a str, Refused> {
        (self.headers)(name).filter(|value| !value.is_empty()).ok_or(Refused::Missing(name))
    }

    /// Checks that a time, in seconds since 1970, is about now.
    fn check_time(&self, at_s: i64) -> Result<(), Refused> {
        let off_s = (self.now.0 / 1_000).saturating_sub(at_s);
        if off_s.unsigned_abs() > TOLERANCE_S.unsigned_abs() {
            return Err(Refused::Time { off_s });
        }
        Ok(())
    }

    /// Refuses a request whose parameters its signature does not cover.
    fn check_posted(&self) -> Result<(), Refused> {
        match self.method {
            Method::Post => Ok(()),
            Method::Get => Err(Refused::Method),
        }
    }
}

/// Why a request was refused, for the log: it holds nothing secret, and nothing that was sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// A header or a parameter that every such request has.
    #[error("{0} is missing")]
    Missing(&'static str),
    /// A header or a claim that cannot be read.
    #[error("{0} cannot be read")]
    Malformed(&'static str),
    /// It was not signed with our secret, or was changed since, or sent to another address.
    #[error("the signature is of another secret, address or content")]
    Mismatch,
    /// The body is not the one that was signed.
    #[error("the body is not the one whose hash was signed")]
    Body,
    /// It was signed too long ago, or its sender's clock or ours is wrong.
    #[error("it was signed {off_s} s ago: {TOLERANCE_S} s either way are allowed")]
    Time {
        /// How long ago, in seconds; below zero for the future.
        off_s: i64,
    },
    /// A way of signing that is not known.
    #[error("the algorithm of the signature is not known")]
    Algorithm,
    /// A key that the settings do not hold.
    #[error("the signature is of a key that is not in the settings")]
    Key,
    /// It is of another account.
    #[error("the request is of another account")]
    Account,
    /// A GET, whose parameters this provider does not sign.
    #[error("a GET's parameters are not signed: set the provider to POST")]
    Method,
}

/// Tells whether a request is really the provider's.
pub trait Verify: fmt::Debug + Send + Sync {
    /// Checks a request.
    ///
    /// # Errors
    /// [`Refused`] says why, for the log; the sender is told nothing but that it is refused.
    fn verify(&self, request: &Signed<'_>) -> Result<(), Refused>;
}

/// Reads a signature in base64; only its one spelling is taken.
fn from_base64(text: &str, header: &'static str) -> Result<Vec<u8>, Refused> {
    STANDARD.decode(text).map_err(|_| Refused::Malformed(header))
}

/// Reads a signature in hexadecimal digits, of which small ones alone are taken.
fn from_hex(text: &str) -> Option<Vec<u8>> {
    let digit = |byte: &u8| match byte {
        b'0'..=b'9' => Some(byte - b'0'),
        b'a'..=b'f' => Some(byte - b'a' + 10),
        _ => None,
    };
    let (pairs, rest) = text.as_bytes().as_chunks::<2>();
    let bytes = pairs.iter().map(|[high, low]| Some(digit(high)? * 16 + digit(low)?)).collect();
    if rest.is_empty() { bytes } else { None }
}

#[cfg(test)]
mod tests;
