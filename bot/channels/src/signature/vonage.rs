//! Vonage's signature: a token (JWT, RFC 7519) in the header `Authorization`, made by HMAC-SHA256
//! with the account's signature secret, that names the account, the time, and the body's hash.
//!
//! The address is not signed. A GET is taken all the same, since Vonage asks by GET what the other
//! side of a call shall hear first, and has no body whose hash could be told: whoever reads such a
//! request believes nothing of its query but which call it is of.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use sha2::{Digest, Sha256};

use super::{Method, Refused, Secrets, Signed, Verify, from_hex};
use crate::object::Object;

/// The header with the token.
const AUTHORIZATION: &str = "authorization";
/// Bytes of a token.
const MAX_TOKEN_BYTES: usize = 4_096;

/// Checks what Vonage has signed.
#[derive(Debug, Clone)]
pub struct Vonage {
    secrets: Secrets,
    api_key: String,
}

#[derive(Deserialize)]
struct Header {
    alg: String,
}

#[derive(Deserialize)]
struct Claims {
    iat: i64,
    #[serde(default)]
    exp: Option<i64>,
    #[serde(default)]
    api_key: Option<String>,
    #[serde(default)]
    payload_hash: Option<String>,
}

impl Vonage {
    /// Takes the account's signature secrets, and its API key, which names it.
    #[must_use]
    pub fn new(secrets: Secrets, api_key: &str) -> Self {
        Self { secrets, api_key: api_key.to_owned() }
    }

    fn claims(&self, request: &Signed<'_>) -> Result<Claims, Refused> {
        let malformed = Refused::Malformed(AUTHORIZATION);
        let (scheme, token) = request.header(AUTHORIZATION)?.split_once(' ').ok_or(malformed)?;
        if !scheme.eq_ignore_ascii_case("bearer") || token.len() > MAX_TOKEN_BYTES {
            return Err(malformed);
        }
        let (signed, signature) = token.rsplit_once('.').ok_or(malformed)?;
        let (header, claims) = signed.split_once('.').ok_or(malformed)?;
        // Before anything else of it is believed.
        if read::<Header>(header)?.alg != "HS256" {
            return Err(Refused::Algorithm);
        }
        let signature = URL_SAFE_NO_PAD.decode(signature).map_err(|_| malformed)?;
        self.secrets.check_sha256(&[signed.as_bytes()], &signature)?;
        read(claims)
    }
}

impl Verify for Vonage {
    fn verify(&self, request: &Signed<'_>) -> Result<(), Refused> {
        let claims = self.claims(request)?;
        if claims.api_key.as_ref() != Some(&self.api_key) {
            return Err(Refused::Account);
        }
        request.check_time(claims.iat)?;
        let now_s = request.now.0 / 1_000;
        if let Some(late_s) = claims.exp.map(|exp| now_s.saturating_sub(exp))
            && late_s > super::TOLERANCE_S
        {
            return Err(Refused::Time { off_s: late_s });
        }
        match request.method {
            Method::Get if request.body.is_empty() => Ok(()),
            Method::Get | Method::Post => {
                let told = claims.payload_hash.ok_or(Refused::Missing("payload_hash"))?;
                let told = from_hex(&told).ok_or(Refused::Malformed("payload_hash"))?;
                let is_same = Sha256::digest(request.body).as_slice() == told;
                if is_same { Ok(()) } else { Err(Refused::Body) }
            }
        }
    }
}

/// Reads a part of a token.
fn read<T: DeserializeOwned>(part: &str) -> Result<T, Refused> {
    let malformed = Refused::Malformed(AUTHORIZATION);
    let bytes = URL_SAFE_NO_PAD.decode(part).map_err(|_| malformed)?;
    let Object(value) = serde_json::from_slice(&bytes).map_err(|_| malformed)?;
    Ok(value)
}
