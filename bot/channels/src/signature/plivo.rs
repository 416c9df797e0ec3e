//! Plivo's signature, the third version.
//!
//! The rule, as in its own libraries: the address without its query; then, where there is a query or
//! a form, a `?` and the query, decoded and sorted; a `.` where there are both; the form's names and
//! values, sorted, with nothing between; then a `.` and a number used once. HMAC-SHA256 with the
//! account's token, in base64. A header may offer several, parted by commas.

use voice_calls::Fields;

use super::address::Address;
use super::{MAX_OFFERED, Method, Refused, Secrets, Signed, Verify, from_base64};

/// The header with the signatures.
const SIGNATURE: &str = "x-plivo-signature-v3";
/// The header with the number used once.
const NONCE: &str = "x-plivo-signature-v3-nonce";

/// Checks what Plivo has signed.
#[derive(Debug, Clone)]
pub struct Plivo {
    tokens: Secrets,
}

impl Plivo {
    /// Takes the account's tokens.
    #[must_use]
    pub const fn new(tokens: Secrets) -> Self {
        Self { tokens }
    }
}

impl Verify for Plivo {
    fn verify(&self, request: &Signed<'_>) -> Result<(), Refused> {
        let offered = request.header(SIGNATURE)?;
        let nonce = request.header(NONCE)?;
        let address = Address::parse(request.url).ok_or(Refused::Malformed("the address"))?;
        let fields = match (request.method, request.form) {
            // No body is signed but a form that is posted, so there must be none.
            (Method::Get, _) | (Method::Post, None) if !request.body.is_empty() => {
                return Err(Refused::Body);
            }
            (Method::Get, _) => None,
            (Method::Post, form) => form.filter(|form| !form.is_empty()),
        };
        let base = base(&address, fields);
        let parts = [base.as_bytes(), b".", nonce.as_bytes()];
        let mut why = Refused::Mismatch;
        for signature in offered.split(',').take(MAX_OFFERED) {
            match from_base64(signature.trim(), SIGNATURE) {
                Ok(signature) if self.tokens.check_sha256(&parts, &signature).is_ok() => {
                    return Ok(());
                }
                Ok(_) => {}
                Err(malformed) => why = malformed,
            }
        }
        Err(why)
    }
}

fn base(address: &Address<'_>, fields: Option<&Fields>) -> String {
    let query = form_urlencoded::parse(address.query.unwrap_or_default().as_bytes());
    let mut query: Vec<(String, String)> = query.into_owned().collect();
    query.sort_unstable();
    let mut base = address.base();
    if !query.is_empty() || fields.is_some() {
        base.push('?');
    }
    let pairs: Vec<String> = query.iter().map(|(name, value)| format!("{name}={value}")).collect();
    base.push_str(&pairs.join("&"));
    if let Some(fields) = fields {
        if !query.is_empty() {
            base.push('.');
        }
        let mut pairs: Vec<(&str, &str)> = fields.iter().collect();
        pairs.sort_unstable();
        base.extend(pairs.into_iter().flat_map(|(name, value)| [name, value]));
    }
    base
}
