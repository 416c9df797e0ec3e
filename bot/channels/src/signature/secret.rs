//! The secrets that providers sign with, and whether a signature was made with one.
//!
//! Never here: a secret in a message, a log or a `Debug`.

use hmac::{Hmac, KeyInit, Mac};
use sha1::Sha1;
use sha2::Sha256;
use std::fmt;

use super::Refused;

/// Bytes of the longest secret.
pub const MAX_SECRET_BYTES: usize = 512;

/// A secret that nobody could sign with, or that is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a secret must have 1 to {MAX_SECRET_BYTES} bytes and no space at either end")]
pub struct BadSecret;

/// One secret.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl fmt::Debug for Secret {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("Secret(…)")
    }
}

impl Secret {
    /// Takes a secret.
    ///
    /// # Errors
    /// [`BadSecret`] where it is empty, since anybody could sign with that, too long, or has space
    /// around it, which nobody means.
    pub fn new(secret: &str) -> Result<Self, BadSecret> {
        let is_good =
            (1..=MAX_SECRET_BYTES).contains(&secret.len()) && secret.trim().len() == secret.len();
        if is_good { Ok(Self(secret.to_owned())) } else { Err(BadSecret) }
    }

    /// Begins a signature by HMAC-SHA1.
    pub(super) fn sha1(&self, parts: &[&[u8]]) -> Hmac<Sha1> {
        let mac = Hmac::<Sha1>::new_from_slice(self.0.as_bytes());
        fed(mac.expect("HMAC takes a key of any length"), parts)
    }

    /// Begins a signature by HMAC-SHA256.
    pub(super) fn sha256(&self, parts: &[&[u8]]) -> Hmac<Sha256> {
        let mac = Hmac::<Sha256>::new_from_slice(self.0.as_bytes());
        fed(mac.expect("HMAC takes a key of any length"), parts)
    }
}

fn fed<M: Mac>(mut mac: M, parts: &[&[u8]]) -> M {
    for part in parts {
        mac.update(part);
    }
    mac
}

/// The secrets of one account: the one in use, and another while they are changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Secrets {
    first: Secret,
    second: Option<Secret>,
}

impl Secrets {
    /// Takes the secret in use.
    #[must_use]
    pub const fn new(first: Secret) -> Self {
        Self { first, second: None }
    }

    /// Takes another that is good as well, while the provider changes from one to the other.
    #[must_use]
    pub fn or(self, second: Secret) -> Self {
        Self { second: Some(second), ..self }
    }

    /// Tells whether a signature was made with either by HMAC-SHA1, in a time that tells nothing.
    pub(super) fn check_sha1(&self, parts: &[&[u8]], signature: &[u8]) -> Result<(), Refused> {
        self.any(|secret| secret.sha1(parts).verify_slice(signature).is_ok())
    }

    /// Tells the same of HMAC-SHA256.
    pub(super) fn check_sha256(&self, parts: &[&[u8]], signature: &[u8]) -> Result<(), Refused> {
        self.any(|secret| secret.sha256(parts).verify_slice(signature).is_ok())
    }

    fn any(&self, is_made_with: impl Fn(&Secret) -> bool) -> Result<(), Refused> {
        let all = [Some(&self.first), self.second.as_ref()];
        if all.into_iter().flatten().any(is_made_with) { Ok(()) } else { Err(Refused::Mismatch) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_shown_to_nobody() {
        let secrets = Secrets::new(Secret::new("hidden").unwrap()).or(Secret::new("too").unwrap());
        let shown = format!("{secrets:?}");
        assert!(!shown.contains("hidden") && !shown.contains("too"), "{shown}");
    }

    #[test]
    fn what_anybody_could_sign_with_is_no_secret() {
        for bad in ["", " ", " a", "a\n", &"a".repeat(MAX_SECRET_BYTES + 1)] {
            assert_eq!(Secret::new(bad), Err(BadSecret), "{bad:?}");
        }
    }
}
