//! The token of a web conversation: whoever holds it is in that conversation, and in no other.
//!
//! It is signed, not stored: conversation, visitor, end of life, and HMAC-SHA-256 (RFC 2104) over
//! the three, base64url without padding.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use bot_core::UnixMs;
use bot_core::id::ConversationId;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use std::fmt;
use uuid::Uuid;

const N_ID_BYTES: usize = 16;
const N_SIGNED_BYTES: usize = 2 * N_ID_BYTES + N_TIME_BYTES;
const N_TIME_BYTES: usize = 8;
const N_MAC_BYTES: usize = 32;
/// What is signed for a page's visitor is of another length than a token, and begins so.
const VISITOR_MARK: &[u8] = b"page";
/// What is signed for a step of a call begins so.
const STEP_MARK: &[u8] = b"step";
/// And for a link to a voicemail.
const VOICEMAIL_MARK: &[u8] = b"mail";
/// Bytes of a signature in an address that people or providers get: as hard to guess as an id.
const N_SHORT_MAC_BYTES: usize = 16;
/// Characters of a token.
const MAX_TOKEN_CHARS: usize = 128;
/// Bytes of a key.
pub const N_KEY_BYTES: usize = 32;

/// The key that signs tokens.
#[derive(Clone)]
pub struct TokenKey([u8; N_KEY_BYTES]);

impl fmt::Debug for TokenKey {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("TokenKey(…)")
    }
}

/// What a token opens: one visitor's conversation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pass {
    /// The conversation.
    pub conversation: ConversationId,
    /// The visitor's address on the web channel.
    pub visitor: Uuid,
}

/// Why a token is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TokenError {
    /// Not a token of this counter.
    #[error("the token is not valid")]
    Forged,
    /// Its time is over.
    #[error("the token has expired")]
    Expired,
}

impl TokenKey {
    /// Makes a key of its bytes.
    #[must_use]
    pub const fn new(bytes: [u8; N_KEY_BYTES]) -> Self {
        Self(bytes)
    }

    fn mac(&self, signed: &[u8]) -> Option<Hmac<Sha256>> {
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.0).ok()?;
        mac.update(signed);
        Some(mac)
    }

    /// Gives the visitor who sent a page that has an id of its own: always the same one, and
    /// nobody else's.
    #[must_use]
    pub fn visitor(&self, page: Uuid) -> Uuid {
        let Some(mac) = self.mac(&[VISITOR_MARK, page.as_bytes()].concat()) else { return page };
        let bytes = mac.finalize().into_bytes();
        bytes.first_chunk().map_or(page, |bytes| Uuid::from_bytes(*bytes))
    }

    /// Makes the mark of one step of a call: which call, which revision of it, and that we wrote it.
    #[must_use]
    pub fn step(&self, call: Uuid, revision: i64) -> String {
        self.marked(STEP_MARK, call, revision)
    }

    /// Reads the mark of a step: the call and its revision; `None` where we did not write it.
    #[must_use]
    pub fn check_step(&self, step: &str) -> Option<(Uuid, i64)> {
        self.check_marked(STEP_MARK, step)
    }

    /// Makes the part of a link that leads to a voicemail, until then.
    #[must_use]
    pub fn voicemail(&self, recording: Uuid, until: UnixMs) -> String {
        self.marked(VOICEMAIL_MARK, recording, until.0)
    }

    /// Tells to which voicemail a link leads; `None` where it is not ours, or its time is over.
    #[must_use]
    pub fn check_voicemail(&self, link: &str, now: UnixMs) -> Option<Uuid> {
        let (recording, until) = self.check_marked(VOICEMAIL_MARK, link)?;
        (now < UnixMs(until)).then_some(recording)
    }

    /// Signs an id and a number, for one purpose.
    fn marked(&self, mark: &[u8], id: Uuid, number: i64) -> String {
        let mut bytes = id.as_bytes().to_vec();
        bytes.extend(number.to_be_bytes());
        if let Some(mac) = self.mac(&[mark, &bytes].concat()) {
            bytes.extend(mac.finalize().into_bytes().iter().take(N_SHORT_MAC_BYTES));
        }
        URL_SAFE_NO_PAD.encode(bytes)
    }

    fn check_marked(&self, mark: &[u8], text: &str) -> Option<(Uuid, i64)> {
        if text.len() > MAX_TOKEN_CHARS {
            return None;
        }
        let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
        let (signed, mac) = bytes.split_at_checked(N_ID_BYTES + N_TIME_BYTES)?;
        let own = self.mac(&[mark, signed].concat())?;
        own.verify_truncated_left(mac).ok().filter(|()| mac.len() == N_SHORT_MAC_BYTES)?;
        let (id, number) = signed.split_at(N_ID_BYTES);
        Some((Uuid::from_slice(id).ok()?, i64::from_be_bytes(number.try_into().ok()?)))
    }

    /// Makes the token of a visitor's conversation.
    #[must_use]
    pub fn issue(&self, pass: Pass, until: UnixMs) -> String {
        let mut bytes = pass.conversation.0.as_bytes().to_vec();
        bytes.extend(pass.visitor.as_bytes());
        bytes.extend(until.0.to_be_bytes());
        if let Some(mac) = self.mac(&bytes) {
            bytes.extend(mac.finalize().into_bytes());
        }
        URL_SAFE_NO_PAD.encode(bytes)
    }

    /// Tells what a token opens.
    ///
    /// # Errors
    /// Says whether it is not ours or out of date.
    pub fn check(&self, token: &str, now: UnixMs) -> Result<Pass, TokenError> {
        if token.len() > MAX_TOKEN_CHARS {
            return Err(TokenError::Forged);
        }
        let bytes = URL_SAFE_NO_PAD.decode(token).map_err(|_| TokenError::Forged)?;
        let (signed, mac) = bytes.split_at_checked(N_SIGNED_BYTES).ok_or(TokenError::Forged)?;
        if mac.len() != N_MAC_BYTES {
            return Err(TokenError::Forged);
        }
        let own = self.mac(signed).ok_or(TokenError::Forged)?;
        own.verify_slice(mac).map_err(|_| TokenError::Forged)?;
        let (conversation, rest) = signed.split_at(N_ID_BYTES);
        let (visitor, until) = rest.split_at(N_ID_BYTES);
        let id = |bytes| Uuid::from_slice(bytes).map_err(|_| TokenError::Forged);
        let until = until.try_into().map(i64::from_be_bytes).map_err(|_| TokenError::Forged)?;
        if now >= UnixMs(until) {
            return Err(TokenError::Expired);
        }
        Ok(Pass { conversation: ConversationId(id(conversation)?), visitor: id(visitor)? })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_our_own_tokens_in_their_time_are_taken() {
        let key = TokenKey::new([7; N_KEY_BYTES]);
        let conversation = ConversationId::from_parts(UnixMs(5), &[3; 10]);
        let pass = Pass { conversation, visitor: Uuid::from_bytes([9; 16]) };
        let token = key.issue(pass, UnixMs(1_000));
        assert_eq!(key.check(&token, UnixMs(999)), Ok(pass));
        assert_eq!(key.check(&token, UnixMs(1_000)), Err(TokenError::Expired));
        let other = TokenKey::new([8; N_KEY_BYTES]);
        assert_eq!(other.check(&token, UnixMs(999)), Err(TokenError::Forged));
        for bad in ["", "x", "????", token.strip_suffix(|_| true).unwrap(), &format!("{token}AA")] {
            assert_eq!(key.check(bad, UnixMs(999)), Err(TokenError::Forged), "{bad}");
        }
        let call = Uuid::from_bytes([1; 16]);
        let step = key.step(call, 7);
        assert_eq!(key.check_step(&step), Some((call, 7)));
        assert_eq!(other.check_step(&step), None);
        assert_eq!(key.check_step(&token), None);
        assert_eq!(key.check_step(""), None);
        let link = key.voicemail(call, UnixMs(1_000));
        assert_eq!(key.check_voicemail(&link, UnixMs(999)), Some(call));
        assert_eq!(key.check_voicemail(&link, UnixMs(1_000)), None);
        assert_eq!(key.check_voicemail(&step, UnixMs(0)), None);
        let mut longer = URL_SAFE_NO_PAD.decode(&token).unwrap();
        longer[20] ^= 1;
        let changed = URL_SAFE_NO_PAD.encode(longer);
        assert_eq!(key.check(&changed, UnixMs(1)), Err(TokenError::Forged));
    }
}
