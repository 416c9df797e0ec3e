//! The signature of `SignalWire`.
//!
//! Two rules, told apart by how the signature is spelt: in hexadecimal digits it is HMAC-SHA1 of the
//! address and the body as it came; in base64 it is by Twilio's rule. The key is the project's
//! signing key, not its token.

use super::address::Address;
use super::{Refused, Secrets, Signed, Verify, from_base64, from_hex, twilio};

/// The header with the signature.
const SIGNATURE: &str = "x-signalwire-signature";
/// The same, as some of its services write it.
const OTHER: &str = "x-twilio-signature";

/// Checks what `SignalWire` has signed.
#[derive(Debug, Clone)]
pub struct SignalWire {
    keys: Secrets,
}

impl SignalWire {
    /// Takes the project's signing keys.
    #[must_use]
    pub const fn new(keys: Secrets) -> Self {
        Self { keys }
    }
}

impl Verify for SignalWire {
    fn verify(&self, request: &Signed<'_>) -> Result<(), Refused> {
        let signature =
            request.header(SIGNATURE).or_else(|why| request.header(OTHER).map_err(|_| why))?;
        let Some(signature) = from_hex(signature) else {
            let signature = from_base64(signature, SIGNATURE)?;
            return twilio::check_sha1(&self.keys, request, &signature);
        };
        let address = Address::parse(request.url).ok_or(Refused::Malformed("the address"))?;
        let is_made = |url: &String| {
            self.keys.check_sha1(&[url.as_bytes(), request.body], &signature).is_ok()
        };
        if address.both_ways().iter().any(is_made) { Ok(()) } else { Err(Refused::Mismatch) }
    }
}
