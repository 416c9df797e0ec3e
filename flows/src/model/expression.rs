//! Expressions and conditions: parsed once, never evaluated from text.

use bot_core::Value;
use std::fmt;

/// The name of a value: a variable, then fields of its record.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Path {
    /// The variable.
    pub root: String,
    /// The fields, outermost first.
    pub fields: Vec<String>,
}

impl Path {
    /// Makes the path of a variable alone.
    #[must_use]
    pub fn of(root: &str) -> Self {
        Self { root: root.to_owned(), fields: Vec::new() }
    }
}

impl fmt::Display for Path {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.root)?;
        self.fields.iter().try_for_each(|field| write!(out, ".{field}"))
    }
}

/// Something that gives a value.
#[derive(Debug, Clone, PartialEq)]
pub enum Expression {
    /// A value written out.
    Literal(Value),
    /// A value known by name.
    Path(Path),
}

/// What may be asked of a value with `is`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum State {
    /// It has a value.
    Known,
    /// It has none.
    Unknown,
    /// The resident would not say.
    Declined,
    /// It is this member of its closed list; also `open` and `closed` of hours and services.
    Member(String),
}

/// How two values are compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Comparison {
    /// `=`
    Equal,
    /// `!=`
    NotEqual,
    /// `<`
    Less,
    /// `<=`
    AtMost,
    /// `>`
    More,
    /// `>=`
    AtLeast,
}

impl Comparison {
    /// Every comparison with its sign; longer signs first, for reading.
    pub const SIGNS: [(&'static str, Self); 6] = [
        ("!=", Self::NotEqual),
        ("<=", Self::AtMost),
        (">=", Self::AtLeast),
        ("=", Self::Equal),
        ("<", Self::Less),
        (">", Self::More),
    ];

    /// Tells whether two ordered things stand so.
    #[must_use]
    pub fn holds(self, order: std::cmp::Ordering) -> bool {
        match self {
            Self::Equal => order.is_eq(),
            Self::NotEqual => order.is_ne(),
            Self::Less => order.is_lt(),
            Self::AtMost => order.is_le(),
            Self::More => order.is_gt(),
            Self::AtLeast => order.is_ge(),
        }
    }
}

/// Something that holds or does not.
#[derive(Debug, Clone, PartialEq)]
pub enum Condition {
    /// A value is in a state.
    Is(Path, State),
    /// Two values compare so.
    Compare(Expression, Comparison, Expression),
    /// The other does not hold.
    Not(Box<Condition>),
    /// Both hold.
    And(Box<Condition>, Box<Condition>),
    /// One of them holds.
    Or(Box<Condition>, Box<Condition>),
}

impl fmt::Display for Expression {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Path(path) => path.fmt(out),
            Self::Literal(Value::Text(text)) => write!(out, "'{text}'"),
            Self::Literal(Value::Number(number)) => number.fmt(out),
            Self::Literal(value) => write!(out, "{value:?}"),
        }
    }
}

impl fmt::Display for State {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(match self {
            Self::Known => "known",
            Self::Unknown => "unknown",
            Self::Declined => "declined",
            Self::Member(member) => member,
        })
    }
}

impl fmt::Display for Condition {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Is(path, state) => write!(out, "{path} is {state}"),
            Self::Compare(left, sign, right) => {
                let sign =
                    Comparison::SIGNS.iter().find(|(_, its)| its == sign).map_or("?", |s| s.0);
                write!(out, "{left} {sign} {right}")
            }
            Self::Not(inner) => write!(out, "not {inner}"),
            Self::And(left, right) => write!(out, "{left} and {right}"),
            Self::Or(left, right) => write!(out, "({left} or {right})"),
        }
    }
}
