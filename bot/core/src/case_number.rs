//! The public number of a case: `YY-NNNNNN-C`, as in `26-001234-7`.
//!
//! The check digit is the weighted sum of the eight digits (weights 1 to 8 from the left) modulo
//! 11, the rule of ISBN-10 turned round. With 11 a prime, it catches every single wrong digit and
//! every swap of two neighbours. A sequence whose remainder is 10 has no digit and is never given.

use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// The largest sequence number within a year.
pub const MAX_SEQUENCE: u32 = 999_999;
/// Digits of a number, dashes left out.
pub const N_DIGITS: usize = 9;

/// A valid public number of a case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CaseNumber {
    year: u8,
    sequence: u32,
    check: u8,
}

/// Why a text is not a case number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CaseNumberError {
    /// Not nine digits, or something other than digits, dashes and spaces.
    #[error("a case number has nine digits, as in 26-001234-7")]
    Shape,
    /// Nine digits of which one is wrong, or two are swapped.
    #[error("the check digit does not fit: a digit is wrong or two are swapped")]
    Check,
}

impl CaseNumber {
    /// Makes the number of a year (its last two digits) and a sequence.
    ///
    /// `None` where the pair has no check digit or is out of range: take the next sequence.
    #[must_use]
    pub fn new(year: u8, sequence: u32) -> Option<Self> {
        if year > 99 || sequence > MAX_SEQUENCE {
            return None;
        }
        let check = weighted_sum(year, sequence) % 11;
        let check = u8::try_from(check).ok().filter(|digit| *digit < 10)?;
        Some(Self { year, sequence, check })
    }

    /// Reads a number with or without dashes and spaces.
    ///
    /// # Errors
    /// Says whether the shape or the check digit is wrong.
    pub fn parse(raw: &str) -> Result<Self, CaseNumberError> {
        let mut digits = [0_u32; N_DIGITS];
        let mut n_digits = 0;
        for sign in raw.trim().chars() {
            match sign.to_digit(10) {
                Some(digit) if n_digits < N_DIGITS => {
                    digits[n_digits] = digit;
                    n_digits += 1;
                }
                None if matches!(sign, '-' | ' ' | '\u{a0}' | '\u{2011}' | '\u{2013}' | '.') => {}
                _ => return Err(CaseNumberError::Shape),
            }
        }
        if n_digits != N_DIGITS {
            return Err(CaseNumberError::Shape);
        }
        let fold = |part: &[u32]| part.iter().fold(0, |sum, digit| sum * 10 + digit);
        let year = u8::try_from(fold(&digits[..2])).map_err(|_| CaseNumberError::Shape)?;
        let number = Self::new(year, fold(&digits[2..8])).ok_or(CaseNumberError::Check)?;
        if u32::from(number.check) == digits[8] { Ok(number) } else { Err(CaseNumberError::Check) }
    }

    /// Gives the last two digits of the year.
    #[must_use]
    pub const fn year(self) -> u8 {
        self.year
    }

    /// Gives the sequence within the year.
    #[must_use]
    pub const fn sequence(self) -> u32 {
        self.sequence
    }
}

fn weighted_sum(year: u8, sequence: u32) -> u32 {
    let body = u32::from(year) * 1_000_000 + sequence;
    (0..8_u32).map(|place| (body / 10_u32.pow(7 - place) % 10) * (place + 1)).sum()
}

impl fmt::Display for CaseNumber {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{:02}-{:06}-{}", self.year, self.sequence, self.check)
    }
}

impl FromStr for CaseNumber {
    type Err = CaseNumberError;

    fn from_str(raw: &str) -> Result<Self, Self::Err> {
        Self::parse(raw)
    }
}

impl Serialize for CaseNumber {
    fn serialize<S: serde::Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        out.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for CaseNumber {
    fn deserialize<D: serde::Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        let raw = String::deserialize(input)?;
        Self::parse(&raw).map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_example_of_the_design_is_valid() {
        let number = CaseNumber::parse("26-001234-7").unwrap();
        assert_eq!(CaseNumber::parse("26 001 234 7"), Ok(number));
        assert_eq!(number.to_string(), "26-001234-7");
        assert_eq!(CaseNumber::parse("26-001234-8"), Err(CaseNumberError::Check));
        assert_eq!(CaseNumber::parse("26-1234"), Err(CaseNumberError::Shape));
        assert_eq!(CaseNumber::parse("26-0012x4-7"), Err(CaseNumberError::Shape));
    }

    #[test]
    fn every_wrong_digit_and_every_swap_is_caught() {
        for sequence in (0..=MAX_SEQUENCE).step_by(997) {
            let Some(number) = CaseNumber::new(26, sequence) else {
                continue;
            };
            let good: Vec<u8> = number.to_string().bytes().filter(u8::is_ascii_digit).collect();
            for place in 0..N_DIGITS {
                for digit in b'0'..=b'9' {
                    let mut bad = good.clone();
                    bad[place] = digit;
                    assert_eq!(CaseNumber::parse(&text(&bad)).is_ok(), bad == good);
                }
                let mut bad = good.clone();
                bad.swap(place, (place + 1).min(N_DIGITS - 1));
                assert_eq!(CaseNumber::parse(&text(&bad)).is_ok(), bad == good);
            }
        }
    }

    fn text(digits: &[u8]) -> String {
        String::from_utf8(digits.to_vec()).unwrap()
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_refused(raw in ".{0,40}") {
            if let Ok(number) = CaseNumber::parse(&raw) {
                prop_assert_eq!(CaseNumber::parse(&number.to_string()), Ok(number));
            }
        }
    }
}
