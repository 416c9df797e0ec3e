//! The signature of jambonz: HMAC-SHA256 over the time, a dot and the body, with the account's
//! secret; `t=…,v1=…` in one header, where `v1` may come more than once.
//!
//! The address is not signed, so a GET, which says all in its query, is refused.

use super::{MAX_OFFERED, Refused, Secrets, Signed, Verify, from_hex};

/// The header with the time and the signatures.
const SIGNATURE: &str = "jambonz-signature";

/// Checks what jambonz has signed.
#[derive(Debug, Clone)]
pub struct Jambonz {
    secrets: Secrets,
}

impl Jambonz {
    /// Takes the account's webhook secrets.
    #[must_use]
    pub const fn new(secrets: Secrets) -> Self {
        Self { secrets }
    }
}

impl Verify for Jambonz {
    fn verify(&self, request: &Signed<'_>) -> Result<(), Refused> {
        request.check_posted()?;
        let malformed = Refused::Malformed(SIGNATURE);
        let parts = request.header(SIGNATURE)?.split(',');
        let parts: Vec<(&str, &str)> =
            parts.filter_map(|part| part.trim().split_once('=')).collect();
        let all = |wanted: &'static str| {
            parts.iter().filter(move |(name, _)| *name == wanted).map(|(_, value)| *value)
        };
        let timestamp = all("t").next().ok_or(malformed)?;
        let signed = [timestamp.as_bytes(), b".", request.body];
        let offered: Vec<Vec<u8>> = all("v1").take(MAX_OFFERED).filter_map(from_hex).collect();
        if offered.is_empty() {
            return Err(malformed);
        }
        let is_made = |signature: &Vec<u8>| self.secrets.check_sha256(&signed, signature).is_ok();
        if !offered.iter().any(is_made) {
            return Err(Refused::Mismatch);
        }
        request.check_time(timestamp.parse().map_err(|_| malformed)?)
    }
}
