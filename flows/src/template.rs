//! Reads texts with holes: `{slot}`, `{near.date|date}`; `{{` and `}}` stand for braces.

use crate::model::expression::Path;
use crate::model::text::{Filter, Piece, Template};

/// Reads a template.
///
/// # Errors
/// Says what is wrong with a hole, and what to write instead.
pub(crate) fn parse(raw: &str) -> Result<Template, (String, String)> {
    let mut pieces = Vec::new();
    let mut words = String::new();
    let mut signs = raw.chars().peekable();
    while let Some(sign) = signs.next() {
        match sign {
            '{' if signs.next_if_eq(&'{').is_some() => words.push('{'),
            '}' if signs.next_if_eq(&'}').is_some() => words.push('}'),
            '}' => return Err(("a \"}\" stands alone".to_owned(), BRACES.to_owned())),
            '{' => {
                let mut inside = String::new();
                loop {
                    match signs.next() {
                        Some('}') => break,
                        Some('{') | None => {
                            let what = format!("the placeholder \"{{{inside}\" is not closed");
                            return Err((what, BRACES.to_owned()));
                        }
                        Some(sign) => inside.push(sign),
                    }
                }
                if !words.is_empty() {
                    pieces.push(Piece::Words(std::mem::take(&mut words)));
                }
                pieces.push(parse_hole(&inside)?);
            }
            _ => words.push(sign),
        }
    }
    if !words.is_empty() {
        pieces.push(Piece::Words(words));
    }
    Ok(Template { pieces })
}

const BRACES: &str = "write a placeholder as {name}, and a brace itself as {{ or }}";

fn parse_hole(inside: &str) -> Result<Piece, (String, String)> {
    let (name, filter) = match inside.split_once('|') {
        Some((name, filter)) => (name, Some(filter)),
        None => (inside, None),
    };
    let path = parse_path(name.trim())
        .ok_or_else(|| (format!("\"{{{inside}}}\" is not a placeholder"), BRACES.to_owned()))?;
    let filter = match filter.map(str::trim) {
        None => None,
        Some(name) => {
            Some(Filter::ALL.into_iter().find(|f| f.name() == name).ok_or_else(|| {
                let known: Vec<&str> = Filter::ALL.iter().map(|f| f.name()).collect();
                (format!("unknown filter \"{name}\""), format!("one of: {}", known.join(", ")))
            })?)
        }
    };
    Ok(Piece::Hole { path, filter })
}

/// Reads a path: names joined by dots.
#[must_use]
pub(crate) fn parse_path(raw: &str) -> Option<Path> {
    let mut parts = raw.split('.');
    let root = parts.next().filter(|part| is_name(part))?.to_owned();
    let fields: Vec<String> = parts.map(str::to_owned).collect();
    let fields_ok = fields.iter().all(|field| is_name(field) || is_code(field));
    fields_ok.then_some(Path { root, fields })
}

/// Tells whether a word is a name: small letters, digits and `_`, a letter first.
#[must_use]
pub(crate) fn is_name(word: &str) -> bool {
    word.starts_with(|sign: char| sign.is_ascii_lowercase())
        && word.len() <= MAX_NAME_BYTES
        && word
            .chars()
            .all(|sign| sign.is_ascii_lowercase() || sign.is_ascii_digit() || sign == '_')
}

/// Tells whether a word is a category's code: capital letters, digits and dashes.
#[must_use]
pub(crate) fn is_code(word: &str) -> bool {
    word.starts_with(|sign: char| sign.is_ascii_uppercase())
        && word.len() <= MAX_NAME_BYTES
        && word
            .chars()
            .all(|sign| sign.is_ascii_uppercase() || sign.is_ascii_digit() || sign == '-')
}

/// The longest name.
pub(crate) const MAX_NAME_BYTES: usize = 64;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn holes_and_braces_are_told_apart() {
        let template = parse("Le {near.date|date}, {{x}} {n}").unwrap();
        assert_eq!(template.pieces.len(), 4);
        assert_eq!(template.bare_words(), "Le , {x} ");
        let Piece::Hole { path, filter } = &template.pieces[1] else { unreachable!() };
        assert_eq!((path.to_string().as_str(), *filter), ("near.date", Some(Filter::Date)));
    }

    #[test]
    fn broken_holes_are_refused() {
        for raw in ["{", "{a", "a}", "{}", "{A b}", "{a|b}", "{a.}", "{a{b}}"] {
            assert!(parse(raw).is_err(), "{raw}");
        }
    }
}
