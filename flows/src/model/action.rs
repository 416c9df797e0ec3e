//! The manifest of actions: typed inputs, results, and the outputs of each result.

use bot_core::slot::SlotKind;
use std::collections::BTreeMap;
use std::fmt;

use super::text::Wording;
use crate::fault::Spot;

/// The type of a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Type {
    /// A slot's type, choices and services apart.
    Kind(SlotKind),
    /// A member of a closed list.
    OneOf(Vec<String>),
    /// An instant.
    Instant,
    /// A span of time.
    Span,
    /// A record of the manifest.
    Record(String),
    /// Several values of one type.
    List(Box<Type>),
    /// The answers to a category's questions.
    Answers,
}

impl fmt::Display for Type {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Kind(kind) => kind.fmt(out),
            Self::OneOf(members) => write!(out, "one of {}", members.join("|")),
            Self::Instant => out.write_str("instant"),
            Self::Span => out.write_str("span"),
            Self::Record(name) => out.write_str(name),
            Self::List(item) => write!(out, "{item}[]"),
            Self::Answers => out.write_str("answers"),
        }
    }
}

/// A type that may be left out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Field {
    /// The type.
    pub ty: Type,
    /// Whether it may be left out.
    pub optional: bool,
    /// Where it is written.
    pub at: Spot,
}

/// A record: named fields, one of which may be its key.
#[derive(Debug, Clone, PartialEq)]
pub struct RecordSpec {
    /// Where it is written.
    pub at: Spot,
    /// Its fields.
    pub fields: BTreeMap<String, Field>,
    /// The field that a choice between such records gives.
    pub key: Option<String>,
    /// How one is shown in a choice.
    pub label: Option<Wording>,
}

/// What else a call may be given.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Rest {
    /// Nothing.
    #[default]
    None,
    /// Answers to the category's questions, by their names.
    Answers,
}

/// One action.
#[derive(Debug, Clone, PartialEq)]
pub struct ActionSpec {
    /// Where it is written.
    pub at: Spot,
    /// Its inputs.
    pub inputs: BTreeMap<String, Field>,
    /// What else it takes.
    pub rest: Rest,
    /// Its results, each with its outputs.
    pub results: BTreeMap<String, BTreeMap<String, Field>>,
    /// The tables it looks things up in.
    pub tables: Vec<(String, Spot)>,
    /// The action that mends what this one did, when a value is corrected afterwards.
    pub update: Option<String>,
}

impl ActionSpec {
    /// Gives an output's type and the results that produce it.
    #[must_use]
    pub fn output(&self, name: &str) -> Option<(&Field, Vec<&str>)> {
        let giving: Vec<(&str, &Field)> = self
            .results
            .iter()
            .filter_map(|(result, outputs)| outputs.get(name).map(|f| (result.as_str(), f)))
            .collect();
        let field = giving.first()?.1;
        Some((field, giving.into_iter().map(|(result, _)| result).collect()))
    }
}
