//! Twilio's signature.
//!
//! The rule, as in its own libraries: the address, then each parameter of the form, in the order of
//! bytes, its name and its value with nothing between, no pair twice; HMAC-SHA1 with the account's
//! token, in base64. A body that is no form goes by its hash, which is in the address. Where a
//! header names a shared key, that key and the algorithm beside it are used in place of the token.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::Mac;
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet};
use voice_calls::Fields;

use super::address::Address;
use super::{Refused, Secret, Secrets, Signed, Verify, from_base64, from_hex};

/// The header with the signature.
const SIGNATURE: &str = "x-twilio-signature";
/// The header that names a shared key and an algorithm.
const SETTINGS: &str = "x-twilio-webhooks-signature-settings";
/// The parameter of the address with the hash of a body that is no form.
const BODY_HASH: &str = "bodySHA256";

/// Checks what Twilio has signed.
#[derive(Debug, Clone)]
pub struct Twilio {
    tokens: Secrets,
    shared_keys: BTreeMap<String, Secrets>,
}

/// How a signature was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Algorithm {
    Sha1,
    Sha256,
}

impl Twilio {
    /// Takes the account's tokens.
    #[must_use]
    pub const fn new(tokens: Secrets) -> Self {
        Self { tokens, shared_keys: BTreeMap::new() }
    }

    /// Takes a shared key, by the id that Twilio gives it.
    #[must_use]
    pub fn with_shared_key(mut self, id: &str, key: Secret) -> Self {
        self.shared_keys.insert(id.to_owned(), Secrets::new(key));
        self
    }

    /// Finds the secrets and the algorithm that a request says it is signed with.
    fn signed_with(&self, settings: &str) -> Result<(&Secrets, Algorithm), Refused> {
        let value = |wanted: &str| {
            let pairs = settings.split(',').filter_map(|part| part.split_once('='));
            let found = pairs.map(|(name, value)| (name.trim(), value.trim()));
            found.into_iter().find(|(name, _)| *name == wanted).map(|(_, value)| value)
        };
        let algorithm = match value("algorithm").ok_or(Refused::Malformed(SETTINGS))? {
            word if word.eq_ignore_ascii_case("HMAC_SHA256") => Algorithm::Sha256,
            word if word.eq_ignore_ascii_case("HMAC_SHA1") => Algorithm::Sha1,
            _ => return Err(Refused::Algorithm),
        };
        let id = value("key").ok_or(Refused::Malformed(SETTINGS))?;
        Ok((self.shared_keys.get(id).ok_or(Refused::Key)?, algorithm))
    }
}

impl Verify for Twilio {
    fn verify(&self, request: &Signed<'_>) -> Result<(), Refused> {
        let signature = request.header(SIGNATURE)?;
        let (secrets, algorithm) = match (request.headers)(SETTINGS).map(str::trim) {
            Some(settings) if !settings.is_empty() => self.signed_with(settings)?,
            _ => (&self.tokens, Algorithm::Sha1),
        };
        check(secrets, algorithm, request, &from_base64(signature, SIGNATURE)?)
    }
}

/// Checks a signature by this rule, with HMAC-SHA1; others use it as well.
pub(super) fn check_sha1(
    secrets: &Secrets,
    request: &Signed<'_>,
    signature: &[u8],
) -> Result<(), Refused> {
    check(secrets, Algorithm::Sha1, request, signature)
}

fn check(
    secrets: &Secrets,
    algorithm: Algorithm,
    request: &Signed<'_>,
    signature: &[u8],
) -> Result<(), Refused> {
    let address = Address::parse(request.url).ok_or(Refused::Malformed("the address"))?;
    let values = match request.form {
        Some(form) => joined(form),
        None if request.body.is_empty() => String::new(),
        None => {
            check_body(&address, request.body)?;
            String::new()
        }
    };
    let is_made = |url: &String| {
        let parts = [url.as_bytes(), values.as_bytes()];
        let checked = match algorithm {
            Algorithm::Sha1 => secrets.check_sha1(&parts, signature),
            Algorithm::Sha256 => secrets.check_sha256(&parts, signature),
        };
        checked.is_ok()
    };
    // Senders are not of one mind about the port.
    if address.both_ways().iter().any(is_made) { Ok(()) } else { Err(Refused::Mismatch) }
}

fn check_body(address: &Address<'_>, body: &[u8]) -> Result<(), Refused> {
    let told = address.value(BODY_HASH).ok_or(Refused::Missing(BODY_HASH))?;
    let told = from_hex(&told).ok_or(Refused::Malformed(BODY_HASH))?;
    if Sha256::digest(body).as_slice() == told { Ok(()) } else { Err(Refused::Body) }
}

/// Joins the parameters of a form as they are signed.
fn joined(form: &Fields) -> String {
    let pairs: BTreeSet<(&str, &str)> = form.iter().collect();
    pairs.into_iter().flat_map(|(name, value)| [name, value]).collect()
}

/// Signs a form as Twilio does with the account's token, for whoever plays its part in a test.
#[must_use]
pub fn sign(token: &Secret, url: &str, form: &Fields) -> String {
    let mac = token.sha1(&[url.as_bytes(), joined(form).as_bytes()]);
    STANDARD.encode(mac.finalize().into_bytes())
}
