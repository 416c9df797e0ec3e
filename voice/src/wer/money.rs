//! Signs of money, and their words.

use bot_core::Language;

/// A sign that is said after its number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Money {
    Dollar,
    Euro,
    Cent,
}

impl Money {
    /// Reads a sign.
    pub(super) const fn of(sign: char) -> Option<Self> {
        match sign {
            '$' => Some(Self::Dollar),
            '€' => Some(Self::Euro),
            '¢' => Some(Self::Cent),
            _ => None,
        }
    }

    /// Gives its word after a number in digits, or after none.
    pub(super) fn word(self, digits: Option<&str>, language: Language) -> &'static str {
        let single = match language {
            Language::Fr => matches!(digits, Some("0" | "1")),
            Language::En => digits == Some("1"),
        };
        match (self, single) {
            (Self::Dollar, true) => "dollar",
            (Self::Dollar, false) => "dollars",
            (Self::Euro, true) => "euro",
            (Self::Euro, false) => "euros",
            (Self::Cent, true) => "cent",
            (Self::Cent, false) => "cents",
        }
    }
}
