//! Who of the city may come in: whoever holds the key that the settings name.
//!
//! Never here: the key itself. What is kept of it only tells whether another one is the same.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use std::fmt;
use std::sync::Arc;

use crate::clerk::Clerk;
use crate::guard::bearer;
use crate::problem::Problem;
use crate::state::Web;

/// Characters of the shortest key; what is shorter can be guessed.
pub const MIN_KEY_CHARS: usize = 24;
/// Characters of the longest.
pub const MAX_KEY_CHARS: usize = 512;
/// What is signed with a key, to compare keys in a time that tells nothing of them.
const MARK: &[u8] = b"staff";

/// The key of the city's people.
#[derive(Clone)]
pub struct StaffKey(Vec<u8>);

impl fmt::Debug for StaffKey {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("StaffKey(…)")
    }
}

/// A key that is no good.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "the key has {0} characters: make one of {MIN_KEY_CHARS} to {MAX_KEY_CHARS}, without spaces, as \
     with openssl rand -hex 32"
)]
pub struct BadKey(usize);

impl StaffKey {
    /// Takes a key.
    ///
    /// # Errors
    /// [`BadKey`] where it is too short, too long, or has spaces or signs that a header cannot hold.
    pub fn new(key: &str) -> Result<Self, BadKey> {
        let n_chars = key.chars().count();
        let is_good = (MIN_KEY_CHARS..=MAX_KEY_CHARS).contains(&n_chars)
            && key.bytes().all(|byte| byte.is_ascii_graphic());
        let bad = BadKey(n_chars);
        if is_good {
            Ok(Self(signed(key).ok_or(bad)?.finalize().into_bytes().to_vec()))
        } else {
            Err(bad)
        }
    }

    /// Tells whether it is this key, in a time that tells nothing of it.
    fn is(&self, key: &str) -> bool {
        let own = signed(key).filter(|_| key.len() <= MAX_KEY_CHARS);
        own.is_some_and(|own| own.verify_slice(&self.0).is_ok())
    }
}

fn signed(key: &str) -> Option<Hmac<Sha256>> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key.as_bytes()).ok()?;
    mac.update(MARK);
    Some(mac)
}

/// A request of someone of the city, and who does what they ask.
pub(crate) struct Staff(pub(crate) Arc<dyn Clerk>);

impl FromRequestParts<Web> for Staff {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, web: &Web) -> Result<Self, Problem> {
        let (key, clerk) = web.staff.as_ref().ok_or(Problem::StaffOff)?;
        let given = bearer(parts).ok_or(Problem::Unauthorized)?;
        if key.is(given) { Ok(Self(Arc::clone(clerk))) } else { Err(Problem::Unauthorized) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_same_key_is_taken() {
        let key = StaffKey::new("0123456789abcdef01234567").unwrap();
        assert!(key.is("0123456789abcdef01234567"));
        for other in ["", "0123456789abcdef01234568", "0123456789abcdef012345678", "staff"] {
            assert!(!key.is(other), "{other}");
        }
        assert_eq!(format!("{key:?}"), "StaffKey(…)");
    }

    #[test]
    fn a_key_that_can_be_guessed_or_sent_wrongly_is_refused() {
        for bad in ["", "short", "0123456789abcdef 1234567", "0123456789abcdef0123456é"] {
            assert!(StaffKey::new(bad).is_err(), "{bad}");
        }
        assert!(StaffKey::new(&"x".repeat(MAX_KEY_CHARS + 1)).is_err());
    }
}
