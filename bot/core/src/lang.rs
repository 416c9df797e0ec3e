//! The two languages of the counter, and a pair with one value for each.

use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// A language that the counter speaks; French comes first.
#[derive(
    Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(rename_all = "snake_case")]
pub enum Language {
    /// Français.
    #[default]
    Fr,
    /// English.
    En,
}

impl Language {
    /// Every language, French first.
    pub const ALL: [Self; 2] = [Self::Fr, Self::En];

    /// Gives the ISO 639-1 code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Fr => "fr",
            Self::En => "en",
        }
    }

    /// Gives the name that its speakers give it.
    #[must_use]
    pub const fn own_name(self) -> &'static str {
        match self {
            Self::Fr => "Français",
            Self::En => "English",
        }
    }

    /// Gives the other language.
    #[must_use]
    pub const fn other(self) -> Self {
        match self {
            Self::Fr => Self::En,
            Self::En => Self::Fr,
        }
    }
}

impl fmt::Display for Language {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.code())
    }
}

/// A language code that the counter does not know.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("unknown language \"{0}\": the counter speaks fr and en")]
pub struct UnknownLanguage(pub String);

impl FromStr for Language {
    type Err = UnknownLanguage;

    /// Reads `fr`, `en` and their regional forms (`fr-CA`, `en_US`).
    fn from_str(raw: &str) -> Result<Self, Self::Err> {
        let main = raw.split(['-', '_']).next().unwrap_or_default();
        Self::ALL
            .into_iter()
            .find(|lang| main.eq_ignore_ascii_case(lang.code()))
            .ok_or_else(|| UnknownLanguage(raw.to_owned()))
    }
}

/// One value for each language.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Bilingual<T> {
    /// The French value.
    pub fr: T,
    /// The English value.
    pub en: T,
}

impl<T> Bilingual<T> {
    /// Gives the value of one language.
    pub const fn get(&self, lang: Language) -> &T {
        match lang {
            Language::Fr => &self.fr,
            Language::En => &self.en,
        }
    }

    /// Gives the value of one language, to change it.
    pub const fn get_mut(&mut self, lang: Language) -> &mut T {
        match lang {
            Language::Fr => &mut self.fr,
            Language::En => &mut self.en,
        }
    }

    /// Makes a pair by asking for each language in turn.
    pub fn from_fn(mut make: impl FnMut(Language) -> T) -> Self {
        Self { fr: make(Language::Fr), en: make(Language::En) }
    }

    /// Gives both values with their languages, French first.
    pub fn iter(&self) -> impl Iterator<Item = (Language, &T)> {
        Language::ALL.into_iter().map(|lang| (lang, self.get(lang)))
    }
}

impl Bilingual<String> {
    /// Makes a pair from two texts.
    #[must_use]
    pub fn of(fr: &str, en: &str) -> Self {
        Self { fr: fr.to_owned(), en: en.to_owned() }
    }

    /// Makes a pair that says the same in both languages (a proper name, a number).
    #[must_use]
    pub fn same(text: &str) -> Self {
        Self::of(text, text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn regional_codes_are_read() {
        assert_eq!("fr-CA".parse(), Ok(Language::Fr));
        assert_eq!("EN_us".parse(), Ok(Language::En));
        assert!("es".parse::<Language>().is_err());
        assert!("".parse::<Language>().is_err());
    }
}
