//! The signature of Telnyx: Ed25519 over the time, a bar and the body, with the account's key.
//!
//! The address is not signed, so a GET, which says all in its query, is refused.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ring::signature::{ED25519, UnparsedPublicKey};

use super::{Refused, Signed, Verify, from_base64};

/// The header with the signature.
const SIGNATURE: &str = "telnyx-signature-ed25519";
/// The header with the time, in seconds since 1970.
const TIMESTAMP: &str = "telnyx-timestamp";
/// Bytes of a public key.
const KEY_BYTES: usize = 32;

/// A public key that is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a public key of Telnyx is {KEY_BYTES} bytes in base64, as its portal shows it")]
pub struct BadPublicKey;

/// Checks what Telnyx has signed.
#[derive(Debug, Clone)]
pub struct Telnyx {
    keys: Vec<[u8; KEY_BYTES]>,
}

impl Telnyx {
    /// Takes the account's public key, in base64.
    ///
    /// # Errors
    /// [`BadPublicKey`] where it is none.
    pub fn new(key: &str) -> Result<Self, BadPublicKey> {
        Ok(Self { keys: vec![public_key(key)?] })
    }

    /// Takes another that is good as well, while the account changes from one to the other.
    ///
    /// # Errors
    /// [`BadPublicKey`] where it is none.
    pub fn or(mut self, key: &str) -> Result<Self, BadPublicKey> {
        self.keys.truncate(1);
        self.keys.push(public_key(key)?);
        Ok(self)
    }
}

fn public_key(key: &str) -> Result<[u8; KEY_BYTES], BadPublicKey> {
    let bytes = STANDARD.decode(key.trim()).map_err(|_| BadPublicKey)?;
    bytes.try_into().map_err(|_| BadPublicKey)
}

impl Verify for Telnyx {
    fn verify(&self, request: &Signed<'_>) -> Result<(), Refused> {
        request.check_posted()?;
        let signature = from_base64(request.header(SIGNATURE)?, SIGNATURE)?;
        let timestamp = request.header(TIMESTAMP)?;
        let message = [timestamp.as_bytes(), b"|", request.body].concat();
        let is_made =
            |key| UnparsedPublicKey::new(&ED25519, key).verify(&message, &signature).is_ok();
        if !self.keys.iter().any(is_made) {
            return Err(Refused::Mismatch);
        }
        request.check_time(timestamp.parse().map_err(|_| Refused::Malformed(TIMESTAMP))?)
    }
}
