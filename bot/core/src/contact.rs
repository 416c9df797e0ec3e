//! Where a resident can be told: a phone number or an e-mail address, checked once.

use serde::{Deserialize, Serialize};
use std::fmt;

/// What stands in place of a contact that was hidden, once the days to keep it have passed.
pub const HIDDEN: &str = "•••";

/// A telephone number in E.164 form, as in `+14185551234`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct Phone(String);

/// Why a text is not a telephone number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a telephone number has ten digits, as in 418-555-1234, or starts with + and a country")]
pub struct PhoneError;

impl Phone {
    /// Reads a number as people write it; ten digits are taken as North American.
    ///
    /// # Errors
    /// Anything that is not a dialable number.
    pub fn parse(raw: &str) -> Result<Self, PhoneError> {
        let raw = raw.trim();
        let stray = |sign: char| {
            !sign.is_ascii_digit() && !matches!(sign, '+' | '-' | '.' | '(' | ')' | ' ' | '\u{a0}')
        };
        if raw.contains(stray) {
            return Err(PhoneError);
        }
        let digits: String = raw.chars().filter(char::is_ascii_digit).collect();
        let national = digits.strip_prefix('1').unwrap_or(&digits);
        if raw.starts_with('+') && !digits.starts_with('1') {
            return if (8..=15).contains(&digits.len()) {
                Ok(Self(format!("+{digits}")))
            } else {
                Err(PhoneError)
            };
        }
        if is_north_american(national) {
            Ok(Self(format!("+1{national}")))
        } else {
            Err(PhoneError)
        }
    }

    /// Gives the number in E.164 form.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Gives the number as people read it: `418-555-1234`.
    #[must_use]
    pub fn readable(&self) -> String {
        let digits: Vec<char> = self.0.chars().collect();
        match digits.as_slice() {
            ['+', '1', rest @ ..] if rest.len() == 10 => {
                let part = |range: std::ops::Range<usize>| rest[range].iter().collect::<String>();
                format!("{}-{}-{}", part(0..3), part(3..6), part(6..10))
            }
            _ => self.0.clone(),
        }
    }
}

/// Tells whether ten digits follow the North American plan: area and exchange start with 2 to 9.
fn is_north_american(digits: &str) -> bool {
    let signs = digits.as_bytes();
    signs.len() == 10 && signs[0] >= b'2' && signs[3] >= b'2'
}

impl<'de> Deserialize<'de> for Phone {
    fn deserialize<D: serde::Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        let raw = String::deserialize(input)?;
        // A stored number may have been hidden since; what it stands in must still be readable.
        if raw == HIDDEN {
            return Ok(Self(raw));
        }
        Self::parse(&raw).map_err(serde::de::Error::custom)
    }
}

/// The longest e-mail address, in bytes (RFC 5321, 4.5.3.1.3 less the brackets).
pub const MAX_EMAIL_BYTES: usize = 254;

/// An e-mail address, lower case.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct Email(String);

/// Why a text is not an e-mail address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("an e-mail address looks like name@example.ca")]
pub struct EmailError;

impl Email {
    /// Reads an address: one `@`, a dotted domain, no space or control character.
    ///
    /// # Errors
    /// Anything that a mail server would not take.
    pub fn parse(raw: &str) -> Result<Self, EmailError> {
        let raw = raw.trim().to_lowercase();
        let (name, domain) = raw.split_once('@').ok_or(EmailError)?;
        let name_ok = !name.is_empty()
            && name.len() <= 64
            && name
                .chars()
                .all(|sign| sign.is_alphanumeric() || ".!#$%&'*+-/=?^_`{|}~".contains(sign))
            && !name.starts_with('.')
            && !name.ends_with('.')
            && !name.contains("..");
        let labels: Vec<&str> = domain.split('.').collect();
        let label_ok = |label: &&str| {
            !label.is_empty()
                && label.len() <= 63
                && label.chars().all(|sign| sign.is_alphanumeric() || sign == '-')
                && !label.starts_with('-')
                && !label.ends_with('-')
        };
        let top_ok = labels
            .last()
            .is_some_and(|top| top.chars().count() >= 2 && top.chars().all(char::is_alphabetic));
        if name_ok
            && labels.len() >= 2
            && labels.iter().all(label_ok)
            && top_ok
            && raw.len() <= MAX_EMAIL_BYTES
        {
            Ok(Self(raw))
        } else {
            Err(EmailError)
        }
    }

    /// Gives the address.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl<'de> Deserialize<'de> for Email {
    fn deserialize<D: serde::Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        let raw = String::deserialize(input)?;
        // As with a telephone number.
        if raw == HIDDEN {
            return Ok(Self(raw));
        }
        Self::parse(&raw).map_err(serde::de::Error::custom)
    }
}

/// A way to reach a resident.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Contact {
    /// By text message or a call.
    Phone(Phone),
    /// By e-mail.
    Email(Email),
}

impl Contact {
    /// Tells whether it was hidden: that there was one is known, and not which.
    #[must_use]
    pub fn is_hidden(&self) -> bool {
        match self {
            Self::Phone(phone) => phone.0 == HIDDEN,
            Self::Email(email) => email.0 == HIDDEN,
        }
    }

    /// Gives the contact as people read it.
    #[must_use]
    pub fn readable(&self) -> String {
        match self {
            Self::Phone(phone) => phone.readable(),
            Self::Email(email) => email.as_str().to_owned(),
        }
    }

    /// Gives the contact with its middle hidden, for screens and logs: `418-•••-1234`, `m•••@x.ca`.
    #[must_use]
    pub fn masked(&self) -> String {
        match self {
            Self::Phone(phone) => {
                let readable = phone.readable();
                match readable.split('-').collect::<Vec<_>>().as_slice() {
                    [area, _, line] => format!("{area}-•••-{line}"),
                    _ => HIDDEN.to_owned(),
                }
            }
            Self::Email(email) => match email.as_str().split_once('@') {
                Some((name, domain)) => {
                    format!("{}•••@{domain}", name.chars().take(1).collect::<String>())
                }
                None => HIDDEN.to_owned(),
            },
        }
    }
}

impl fmt::Display for Contact {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.readable())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn phones_are_read_as_people_write_them() {
        for raw in ["418-555-1234", "(418) 555 1234", "1 418.555.1234", "+1 418 555-1234"] {
            assert_eq!(Phone::parse(raw).unwrap().as_str(), "+14185551234", "{raw}");
        }
        assert_eq!(Phone::parse("+33 6 12 34 56 78").unwrap().as_str(), "+33612345678");
        for raw in ["", "555-1234", "118-555-1234", "418-155-1234", "call me", "418555123456"] {
            assert!(Phone::parse(raw).is_err(), "{raw}");
        }
    }

    #[test]
    fn mails_are_read_or_refused() {
        assert_eq!(
            Email::parse(" Marie.Roy@Exemple.CA ").unwrap().as_str(),
            "marie.roy@exemple.ca"
        );
        for raw in ["marie", "marie@", "@x.ca", "a b@x.ca", "a@x", "a..b@x.ca", "a@-x.ca", "a@x.1"]
        {
            assert!(Email::parse(raw).is_err(), "{raw}");
        }
    }

    #[test]
    fn masks_hide_the_middle() {
        let phone = Contact::Phone(Phone::parse("4185551234").unwrap());
        let email = Contact::Email(Email::parse("marie@exemple.ca").unwrap());
        assert_eq!(phone.masked(), "418-•••-1234");
        assert_eq!(email.masked(), "m•••@exemple.ca");
    }
}
