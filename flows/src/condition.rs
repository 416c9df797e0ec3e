//! Reads expressions (`near.number`, `'NDP'`, `30`) and conditions (`place is known and n > 3`).

use bot_core::Value;

use crate::model::expression::{Comparison, Condition, Expression, State};
use crate::template::parse_path;

/// The deepest nesting of a condition.
const MAX_NESTING: usize = 16;

/// What cannot be read, and what to write instead.
pub(crate) type Unreadable = (String, String);

/// Reads an expression.
///
/// # Errors
/// Says what stands there instead of a value.
pub(crate) fn parse_expression(raw: &str) -> Result<Expression, Unreadable> {
    let mut reader = Reader::new(raw)?;
    let expression = reader.expression()?;
    reader.end()?;
    Ok(expression)
}

/// Reads a condition.
///
/// # Errors
/// Says where it stops making sense.
pub(crate) fn parse_condition(raw: &str) -> Result<Condition, Unreadable> {
    let mut reader = Reader::new(raw)?;
    let condition = reader.either(0)?;
    reader.end()?;
    Ok(condition)
}

#[derive(Debug, Clone, PartialEq)]
enum Token {
    Word(String),
    Text(String),
    Number(i64),
    Sign(Comparison),
    Open,
    Close,
}

struct Reader {
    tokens: Vec<Token>,
    next: usize,
}

impl Reader {
    fn new(raw: &str) -> Result<Self, Unreadable> {
        Ok(Self { tokens: tokens(raw)?, next: 0 })
    }

    fn peek(&self) -> Option<&Token> {
        self.tokens.get(self.next)
    }

    fn take(&mut self) -> Option<Token> {
        let token = self.tokens.get(self.next).cloned();
        self.next += 1;
        token
    }

    fn take_word(&mut self, word: &str) -> bool {
        let found = matches!(self.peek(), Some(Token::Word(name)) if name == word);
        if found {
            self.next += 1;
        }
        found
    }

    fn end(&self) -> Result<(), Unreadable> {
        match self.peek() {
            None => Ok(()),
            Some(token) => Err(unexpected(Some(token), CONDITION_HINT)),
        }
    }

    fn expression(&mut self) -> Result<Expression, Unreadable> {
        match self.take() {
            Some(Token::Text(text)) => Ok(Expression::Literal(Value::Text(text))),
            Some(Token::Number(number)) => Ok(Expression::Literal(Value::Number(number))),
            Some(Token::Word(word)) if word == "true" || word == "false" => {
                Ok(Expression::Literal(Value::Bool(word == "true")))
            }
            Some(Token::Word(word)) => match parse_path(&word) {
                Some(path) => Ok(Expression::Path(path)),
                None => Err(unexpected(Some(&Token::Word(word)), EXPRESSION_HINT)),
            },
            token => Err(unexpected(token.as_ref(), EXPRESSION_HINT)),
        }
    }

    fn either(&mut self, depth: usize) -> Result<Condition, Unreadable> {
        let mut left = self.both(depth)?;
        while self.take_word("or") {
            left = Condition::Or(Box::new(left), Box::new(self.both(depth)?));
        }
        Ok(left)
    }

    fn both(&mut self, depth: usize) -> Result<Condition, Unreadable> {
        let mut left = self.single(depth)?;
        while self.take_word("and") {
            left = Condition::And(Box::new(left), Box::new(self.single(depth)?));
        }
        Ok(left)
    }

    fn single(&mut self, depth: usize) -> Result<Condition, Unreadable> {
        if depth > MAX_NESTING {
            return Err(("the condition is nested too deeply".to_owned(), "split it".to_owned()));
        }
        if self.take_word("not") {
            return Ok(Condition::Not(Box::new(self.single(depth + 1)?)));
        }
        if self.peek() == Some(&Token::Open) {
            self.next += 1;
            let inner = self.either(depth + 1)?;
            return match self.take() {
                Some(Token::Close) => Ok(inner),
                token => Err(unexpected(token.as_ref(), "close the parenthesis")),
            };
        }
        self.test()
    }

    fn test(&mut self) -> Result<Condition, Unreadable> {
        let left = self.expression()?;
        if self.take_word("is") {
            let Expression::Path(path) = left else {
                return Err((
                    "\"is\" follows a value that has no name".to_owned(),
                    CONDITION_HINT.to_owned(),
                ));
            };
            let negated = self.take_word("not");
            let state = match self.take() {
                Some(Token::Word(word)) => match word.as_str() {
                    "known" => State::Known,
                    "unknown" => State::Unknown,
                    "declined" => State::Declined,
                    _ => State::Member(word),
                },
                token => return Err(unexpected(token.as_ref(), CONDITION_HINT)),
            };
            let test = Condition::Is(path, state);
            return Ok(if negated { Condition::Not(Box::new(test)) } else { test });
        }
        match self.take() {
            Some(Token::Sign(sign)) => Ok(Condition::Compare(left, sign, self.expression()?)),
            token => Err(unexpected(token.as_ref(), CONDITION_HINT)),
        }
    }
}

const EXPRESSION_HINT: &str =
    "write a name (place, near.number), a number (30) or a text in single quotes ('NDP')";
const CONDITION_HINT: &str = "write \"name is known\", \"name is option\", \"n > 3\", joined by and, or, not and parentheses";

fn unexpected(token: Option<&Token>, instead: &str) -> Unreadable {
    let what = match token {
        None => "it ends too early".to_owned(),
        Some(Token::Word(word)) => format!("\"{word}\" does not fit here"),
        Some(Token::Text(text)) => format!("'{text}' does not fit here"),
        Some(Token::Number(number)) => format!("{number} does not fit here"),
        Some(Token::Sign(_)) => "a comparison does not fit here".to_owned(),
        Some(Token::Open | Token::Close) => "a parenthesis does not fit here".to_owned(),
    };
    (what, instead.to_owned())
}

fn tokens(raw: &str) -> Result<Vec<Token>, Unreadable> {
    let mut tokens = Vec::new();
    let mut rest = raw.trim_start();
    while let Some(first) = rest.chars().next() {
        let (token, left) = match first {
            '(' => (Token::Open, rest.strip_prefix('(')),
            ')' => (Token::Close, rest.strip_prefix(')')),
            '\'' => text_token(rest)?,
            _ => match Comparison::SIGNS.iter().find(|(sign, _)| rest.starts_with(sign)) {
                Some((sign, comparison)) => (Token::Sign(*comparison), rest.strip_prefix(sign)),
                None => word_token(rest, first)?,
            },
        };
        tokens.push(token);
        rest = left.unwrap_or_default().trim_start();
    }
    Ok(tokens)
}

fn text_token(rest: &str) -> Result<(Token, Option<&str>), Unreadable> {
    let inner = rest.strip_prefix('\'').and_then(|rest| rest.split_once('\''));
    match inner {
        Some((text, left)) => Ok((Token::Text(text.to_owned()), Some(left))),
        None => Err(("a quote is not closed".to_owned(), EXPRESSION_HINT.to_owned())),
    }
}

fn word_token(rest: &str, first: char) -> Result<(Token, Option<&str>), Unreadable> {
    let is_part = |sign: char| sign.is_ascii_alphanumeric() || matches!(sign, '_' | '.' | '-');
    let end = rest.find(|sign| !is_part(sign)).unwrap_or(rest.len());
    let (word, left) = rest.split_at(end);
    if word.is_empty() {
        return Err((format!("\"{first}\" means nothing here"), CONDITION_HINT.to_owned()));
    }
    let token = word.parse().map_or_else(|_| Token::Word(word.to_owned()), Token::Number);
    Ok((token, Some(left)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn conditions_bind_as_people_read_them() {
        let read = |raw| format!("{:?}", parse_condition(raw).unwrap());
        assert_eq!(
            read("a is known or b is x and c > 3"),
            read("a is known or (b is x and c > 3)")
        );
        assert_eq!(read("a is not known"), read("not a is known"));
        assert!(read("service.NDP is open").contains("NDP"));
        assert!(read("service = 'NDP'").contains("Text"));
    }

    #[test]
    fn what_is_not_a_condition_is_refused() {
        for raw in
            ["", "a", "a is", "a is known b", "(a is known", "'x' is known", "a ~ b", "a = 'x"]
        {
            assert!(parse_condition(raw).is_err(), "{raw}");
        }
        assert!(parse_condition(&"not ".repeat(60)).is_err());
        assert!(parse_expression("a b").is_err());
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_refused(raw in ".{0,60}") {
            let condition = parse_condition(&raw);
            let expression = parse_expression(&raw);
            prop_assert!(condition.is_ok() || condition.is_err());
            prop_assert!(expression.is_ok() || expression.is_err());
        }
    }
}
