//! The closed list of slot types, and the ways each can refuse a value.

use serde::{Deserialize, Serialize};
use std::fmt;

/// What sort of value a slot holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SlotKind {
    /// A place of the city.
    Address,
    /// Yes or no.
    AffirmDeny,
    /// One of a few named options.
    Choice,
    /// Free words.
    Text,
    /// One or more pictures.
    Image,
    /// A phone number or an e-mail address.
    Contact,
    /// The public number of a case.
    RequestNumber,
    /// A phone number.
    Phone,
    /// An e-mail address.
    Email,
    /// A Canadian postal code.
    PostalCode,
    /// A day.
    Date,
    /// A time of day.
    Time,
    /// A whole number.
    Number,
    /// A category of the request catalogue.
    Service,
    /// A question that the city answers.
    Faq,
}

impl SlotKind {
    /// Every slot type.
    pub const ALL: [Self; 15] = [
        Self::Address,
        Self::AffirmDeny,
        Self::Choice,
        Self::Text,
        Self::Image,
        Self::Contact,
        Self::RequestNumber,
        Self::Phone,
        Self::Email,
        Self::PostalCode,
        Self::Date,
        Self::Time,
        Self::Number,
        Self::Service,
        Self::Faq,
    ];

    /// Gives the name used in flow files.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Address => "address",
            Self::AffirmDeny => "affirm_deny",
            Self::Choice => "choice",
            Self::Text => "text",
            Self::Image => "image",
            Self::Contact => "contact",
            Self::RequestNumber => "request_number",
            Self::Phone => "phone",
            Self::Email => "email",
            Self::PostalCode => "postal_code",
            Self::Date => "date",
            Self::Time => "time",
            Self::Number => "number",
            Self::Service => "service",
            Self::Faq => "faq",
        }
    }

    /// Finds a slot type by its name in flow files.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }

    /// Lists the ways this type can refuse a value.
    #[must_use]
    pub const fn refusals(self) -> &'static [Refusal] {
        match self {
            Self::Address => &[Refusal::NotFound, Refusal::Outside, Refusal::Several],
            Self::RequestNumber
            | Self::Contact
            | Self::Phone
            | Self::Email
            | Self::PostalCode
            | Self::Time => &[Refusal::Malformed],
            Self::Date => &[Refusal::Malformed, Refusal::TooEarly, Refusal::TooLate],
            Self::Number => &[Refusal::Malformed, Refusal::TooSmall, Refusal::TooLarge],
            Self::Text => &[Refusal::TooLong],
            Self::Image => &[Refusal::WrongKind],
            Self::AffirmDeny | Self::Choice | Self::Service | Self::Faq => &[],
        }
    }

    /// Tells whether a value of another type can fill a slot of this one: a phone number is a
    /// contact.
    #[must_use]
    pub fn takes(self, other: Self) -> bool {
        self == other || (self == Self::Contact && matches!(other, Self::Phone | Self::Email))
    }

    /// Tells whether the slot itself must word each refusal, since no general text can.
    #[must_use]
    pub const fn words_its_refusals(self) -> bool {
        matches!(self, Self::Address | Self::RequestNumber)
    }
}

impl fmt::Display for SlotKind {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.name())
    }
}

/// A way in which a type refuses a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Refusal {
    /// No such place.
    NotFound,
    /// A real place, but not in the city.
    Outside,
    /// More than one place fits.
    Several,
    /// Not written as such a value is.
    Malformed,
    /// A day before the first allowed.
    TooEarly,
    /// A day after the last allowed.
    TooLate,
    /// A number below the smallest allowed.
    TooSmall,
    /// A number above the largest allowed.
    TooLarge,
    /// More characters than allowed.
    TooLong,
    /// A file that is not a picture.
    WrongKind,
}

impl Refusal {
    /// Every refusal.
    pub const ALL: [Self; 10] = [
        Self::NotFound,
        Self::Outside,
        Self::Several,
        Self::Malformed,
        Self::TooEarly,
        Self::TooLate,
        Self::TooSmall,
        Self::TooLarge,
        Self::TooLong,
        Self::WrongKind,
    ];

    /// Gives the name used in flow files, under `again`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::NotFound => "not_found",
            Self::Outside => "outside",
            Self::Several => "several",
            Self::Malformed => "malformed",
            Self::TooEarly => "too_early",
            Self::TooLate => "too_late",
            Self::TooSmall => "too_small",
            Self::TooLarge => "too_large",
            Self::TooLong => "too_long",
            Self::WrongKind => "wrong_kind",
        }
    }

    /// Finds a refusal by its name in flow files.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|refusal| refusal.name() == name)
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.name())
    }
}
