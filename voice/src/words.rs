//! Whole numbers in words, as they are said, in either language.
//!
//! Lives here: cardinals up to [`MAX_CARDINAL`] and ordinals up to [`MAX_ORDINAL`], in words with
//! blanks between them and never a hyphen, so that they can be compared word by word. Never here:
//! digits in a text, and numbers read back from words.

mod english;
mod french;

use bot_core::Language;

/// The greatest number that has words here.
pub const MAX_CARDINAL: u32 = 999_999_999;
/// The greatest rank that has words here.
pub const MAX_ORDINAL: u32 = 999;

/// The gender of what is counted; it tells "premier" from "première".
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Gender {
    /// Masculine, as in "premier étage".
    Masculine,
    /// Feminine, as in "première avenue".
    Feminine,
}

/// Gives a number in words: "quatre vingts", "one hundred twenty three".
///
/// `None` above [`MAX_CARDINAL`].
#[must_use]
pub fn cardinal(number: u32, language: Language) -> Option<String> {
    Some(cardinal_words(number, language)?.join(" "))
}

/// Gives a rank in words: "première", "vingt et unième", "twenty third".
///
/// `None` for 0 and above [`MAX_ORDINAL`].
#[must_use]
pub fn ordinal(number: u32, gender: Gender, language: Language) -> Option<String> {
    if !(1..=MAX_ORDINAL).contains(&number) {
        return None;
    }
    match (language, gender, number) {
        (Language::Fr, Gender::Masculine, 1) => return Some("premier".to_owned()),
        (Language::Fr, Gender::Feminine, 1) => return Some("première".to_owned()),
        _ => (),
    }
    let words = cardinal_words(number, language)?;
    let (last, before) = words.split_last()?;
    let last = match language {
        Language::Fr => french::rank(last),
        Language::En => english::rank(last),
    };
    Some(before.iter().copied().chain([last.as_str()]).collect::<Vec<_>>().join(" "))
}

fn cardinal_words(number: u32, language: Language) -> Option<Vec<&'static str>> {
    if number > MAX_CARDINAL {
        return None;
    }
    Some(match language {
        Language::Fr => french::cardinal(number),
        Language::En => english::cardinal(number),
    })
}

/// Gives a word of a list that is counted from 0, nothing outside it.
fn named(list: &'static [&'static str], index: u32) -> Option<&'static str> {
    list.get(usize::try_from(index).ok()?).copied()
}

#[cfg(test)]
mod tests;
