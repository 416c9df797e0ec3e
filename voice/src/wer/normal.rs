//! The normaliser; its rules stand at the head of the module above.

use bot_core::Language;

use super::money::Money;
use super::token::{self, Token};
use crate::words::{self, Gender};

/// Digits of the longest number that is said as one.
const MAX_DIGITS: usize = 9;
/// Digits of a group: "1 000".
const GROUP_DIGITS: usize = 3;
/// Groups that are looked at; one more than a number can have.
const MAX_GROUPS: usize = MAX_DIGITS / GROUP_DIGITS + 1;

/// Gives the words of a text as they are compared.
#[must_use]
pub fn normal(text: &str, language: Language) -> Vec<String> {
    let tokens = token::cut(text);
    let mut speller = Speller { tokens: &tokens, language, words: Vec::new() };
    let mut index = 0;
    while index < tokens.len() {
        index += speller.spell(index);
    }
    speller.words
}

/// Spells the tokens out, one after the other.
struct Speller<'a> {
    tokens: &'a [Token],
    language: Language,
    words: Vec<String>,
}

impl Speller<'_> {
    /// Spells what begins at a token, and tells how many tokens that is.
    fn spell(&mut self, index: usize) -> usize {
        match self.tokens.get(index) {
            Some(Token::Word(word)) => {
                let title = self.title(index, word);
                self.words.push(title.unwrap_or(word).to_owned());
                1
            }
            Some(Token::Number(_)) => self.rank(index).unwrap_or_else(|| self.amount(index)),
            Some(Token::Sign('%')) => {
                self.say(match self.language {
                    Language::Fr => "pour cent",
                    Language::En => "percent",
                });
                1
            }
            Some(Token::Sign(sign)) => Money::of(*sign).map_or(1, |money| self.sum(index, money)),
            Some(Token::Blank) | None => 1,
        }
    }

    fn title(&self, index: usize, word: &str) -> Option<&'static str> {
        match (self.language, word) {
            (Language::En, "mr") => Some("mister"),
            (Language::En, "mrs") => Some("missus"),
            (Language::En, "dr") => Some("doctor"),
            (Language::Fr, "mme") => Some("madame"),
            (Language::Fr, "m") => self.is_monsieur(index).then_some("monsieur"),
            (Language::Fr, "st") => self.is_hyphenated(index).then_some("saint"),
            (Language::Fr, "ste") => self.is_hyphenated(index).then_some("sainte"),
            _ => None,
        }
    }

    /// "M. Roy" is a man, "5 m. de long" is a length.
    fn is_monsieur(&self, index: usize) -> bool {
        let (before, behind) = self.tokens.split_at(index);
        let counted =
            matches!(before, [.., Token::Number(_)] | [.., Token::Number(_), Token::Blank]);
        !counted && matches!(behind, [_, Token::Sign('.'), Token::Blank, Token::Word(_), ..])
    }

    fn is_hyphenated(&self, index: usize) -> bool {
        let hyphen = matches!(self.tokens.get(index + 1), Some(Token::Sign('-' | '‐' | '‑')));
        hyphen && matches!(self.tokens.get(index + 2), Some(Token::Word(_)))
    }

    /// Spells a number with an ending: "15th", "1re".
    fn rank(&mut self, index: usize) -> Option<usize> {
        let Some(Token::Word(ending)) = self.tokens.get(index + 1) else { return None };
        let gender = match (self.language, ending.as_str()) {
            (Language::Fr, "er") => Gender::Masculine,
            (Language::Fr, "re" | "ère" | "ere") => Gender::Feminine,
            (Language::Fr, "e" | "ème" | "eme" | "ième" | "ieme") => Gender::Feminine,
            (Language::En, "st" | "nd" | "rd" | "th") => Gender::Masculine,
            _ => return None,
        };
        let number = self.digits(index)?.parse().ok()?;
        self.say(&words::ordinal(number, gender, self.language)?);
        Some(2)
    }

    /// Spells a number, and the money that it counts where its sign comes after.
    fn amount(&mut self, index: usize) -> usize {
        let (digits, n_tokens) = self.grouped(index);
        self.number(&digits);
        let behind = self.tokens.get(index + n_tokens..).unwrap_or_default();
        let (part, n_part) = match behind {
            [Token::Sign('.' | ','), Token::Number(part), ..] => (Some(part), 2),
            _ => (None, 0),
        };
        let (sign, n_sign) = match behind.get(n_part..).unwrap_or_default() {
            [Token::Sign(_), Token::Number(_), ..]
            | [Token::Blank, Token::Sign(_), Token::Number(_), ..] => return n_tokens,
            [Token::Sign(sign), ..] => (*sign, 1),
            [Token::Blank, Token::Sign(sign), ..] => (*sign, 2),
            _ => return n_tokens,
        };
        let Some(money) = Money::of(sign) else { return n_tokens };
        self.say(money.word(Some(&digits), self.language));
        if let Some(part) = part {
            self.number(part);
        }
        n_tokens + n_part + n_sign
    }

    /// Spells a sign of money that comes first, and the whole number after it.
    fn sum(&mut self, index: usize, money: Money) -> usize {
        let n_before = match self.tokens.get(index + 1..).unwrap_or_default() {
            [Token::Number(_), ..] => 1,
            [Token::Blank, Token::Number(_), ..] => 2,
            _ => {
                self.say(money.word(None, self.language));
                return 1;
            }
        };
        let (digits, n_tokens) = self.grouped(index + n_before);
        self.number(&digits);
        self.say(money.word(Some(&digits), self.language));
        n_before + n_tokens
    }

    /// Reads a number with all its groups, and tells how many tokens that is.
    fn grouped(&self, index: usize) -> (String, usize) {
        let first = self.digits(index).unwrap_or_default();
        let alone = (first.to_owned(), 1);
        let continues = index >= 2 && self.is_joint(index - 1) && self.digits(index - 2).is_some();
        if continues || first.len() > GROUP_DIGITS || first.starts_with('0') {
            return alone;
        }
        let mut groups = vec![first];
        while let Some(group) = self.digits(index + 2 * groups.len())
            && self.is_joint(index + 2 * groups.len() - 1)
            && groups.len() < MAX_GROUPS
        {
            groups.push(group);
        }
        let whole = groups.iter().skip(1).all(|group| group.len() == GROUP_DIGITS);
        if whole && groups.len() < MAX_GROUPS {
            (groups.concat(), 2 * groups.len() - 1)
        } else {
            alone
        }
    }

    fn is_joint(&self, index: usize) -> bool {
        self.tokens.get(index).is_some_and(|token| match self.language {
            Language::Fr => *token == Token::Blank,
            Language::En => *token == Token::Sign(','),
        })
    }

    fn digits(&self, index: usize) -> Option<&str> {
        match self.tokens.get(index)? {
            Token::Number(digits) => Some(digits),
            Token::Word(_) | Token::Blank | Token::Sign(_) => None,
        }
    }

    /// Says a number, digit by digit where it is a code rather than a count.
    fn number(&mut self, digits: &str) {
        let code = digits.len() > MAX_DIGITS || (digits.len() > 1 && digits.starts_with('0'));
        let whole = if code { None } else { digits.parse().ok() };
        if let Some(said) = whole.and_then(|number| words::cardinal(number, self.language)) {
            self.say(&said);
            return;
        }
        for digit in digits.chars().filter_map(|sign| sign.to_digit(10)) {
            if let Some(said) = words::cardinal(digit, self.language) {
                self.say(&said);
            }
        }
    }

    fn say(&mut self, text: &str) {
        self.words.extend(text.split(' ').map(str::to_owned));
    }
}
