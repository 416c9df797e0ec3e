//! Faults: what is wrong in a package, where, and what to write instead.

use serde::Serialize;
use std::fmt;
use std::sync::Arc;

/// Faults kept of one check; past this the package is too broken to list.
pub const MAX_FAULTS: usize = 2_000;

/// A place in a file of the package.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Spot {
    /// The file's path inside the package.
    pub file: Arc<str>,
    /// The line, from 1.
    pub line: u32,
    /// The column in characters, from 1.
    pub column: u32,
}

impl Spot {
    /// Points at the start of a file.
    #[must_use]
    pub fn start_of(file: &str) -> Self {
        Self { file: file.into(), line: 1, column: 1 }
    }
}

impl fmt::Display for Spot {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}:{}:{}", self.file, self.line, self.column)
    }
}

macro_rules! rules {
    ($($(#[doc = $doc:literal])* $name:ident = $code:literal),+ $(,)?) => {
        /// The rule that a fault breaks.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Rule { $($(#[doc = $doc])* $name),+ }

        impl Rule {
            /// Every rule.
            pub const ALL: &'static [Self] = &[$(Self::$name),+];

            /// Gives the stable code printed with a fault.
            #[must_use]
            pub const fn code(self) -> &'static str {
                match self { $(Self::$name => $code),+ }
            }
        }
    };
}

rules! {
    /// The file is not YAML, or uses what this language leaves out.
    Yaml = "yaml",
    /// A value is not of the expected shape.
    Shape = "shape",
    /// A text is not in quotes.
    Quoting = "quoting",
    /// A key that no one knows.
    UnknownKey = "unknown-key",
    /// A key that must be there is missing.
    MissingKey = "missing-key",
    /// A text lacks one of the two languages.
    MissingTranslation = "missing-translation",
    /// A name is given twice, or is not a name.
    Name = "name",
    /// A file that must be there is missing, or no one knows what it is for.
    File = "file",
    /// A step, flow, queue, calendar, action, slot or intent that does not exist.
    Unknown = "unknown-name",
    /// A step that does not exist.
    Target = "target",
    /// An answer or result is not handled, or can never come.
    Outcome = "outcome",
    /// A step that no path reaches.
    Unreachable = "unreachable",
    /// A step from which no path reaches an end.
    NoEnd = "no-end",
    /// The next line is a named step, or there is none.
    FallThrough = "fall-through",
    /// A loop in which the resident is never asked, or without a bound.
    Loop = "loop",
    /// A value is read where it may not be known.
    Unset = "unset",
    /// A slot is never filled, or never used.
    UnusedSlot = "unused-slot",
    /// A refusal of a slot's type has no text.
    Refusal = "refusal",
    /// A slot has no way out.
    GiveUp = "give-up",
    /// A placeholder is unknown, malformed, or not the same in both languages.
    Placeholder = "placeholder",
    /// A required slot cannot be filled on a channel of its flow.
    Channel = "channel",
    /// A value of one type stands where another is needed.
    Type = "type",
    /// An expression or condition cannot be read.
    Expression = "expression",
    /// A migration leaves someone behind.
    Migration = "migration",
    /// Too few sentences, or one sentence in two intents.
    Intent = "intent",
    /// A text is too long for a text message.
    SmsLength = "sms-length",
    /// A text for the telephone has a link or an emoji.
    PhoneText = "phone-text",
    /// A row of a CSV file cannot be read.
    Row = "row",
    /// A conversation test asks for what cannot be.
    Test = "test",
}

/// One fault of a package.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Fault {
    /// Where.
    pub at: Spot,
    /// Which rule it breaks.
    pub rule: Rule,
    /// What is wrong.
    pub what: String,
    /// What to write instead.
    pub instead: String,
}

impl fmt::Display for Fault {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}: {} [{}]\n    {}", self.at, self.what, self.rule.code(), self.instead)
    }
}

/// A fault as it is printed with `--json`.
#[derive(Serialize)]
struct FaultLine<'a> {
    file: &'a str,
    line: u32,
    column: u32,
    rule: &'static str,
    what: &'a str,
    instead: &'a str,
}

impl Serialize for Fault {
    fn serialize<S: serde::Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        FaultLine {
            file: &self.at.file,
            line: self.at.line,
            column: self.at.column,
            rule: self.rule.code(),
            what: &self.what,
            instead: &self.instead,
        }
        .serialize(out)
    }
}

/// The faults found so far.
#[derive(Debug, Default)]
pub struct Faults {
    list: Vec<Fault>,
}

impl Faults {
    /// Adds a fault; past [`MAX_FAULTS`] it is dropped.
    pub fn add(
        &mut self,
        at: &Spot,
        rule: Rule,
        what: impl Into<String>,
        instead: impl Into<String>,
    ) {
        if self.list.len() < MAX_FAULTS {
            self.list.push(Fault {
                at: at.clone(),
                rule,
                what: what.into(),
                instead: instead.into(),
            });
        }
    }

    /// Tells whether nothing is wrong.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// Gives the number of faults.
    #[must_use]
    pub fn len(&self) -> usize {
        self.list.len()
    }

    /// Gives the faults in order of file, line and column, each once.
    #[must_use]
    pub fn into_sorted(mut self) -> Vec<Fault> {
        self.list.sort();
        self.list.dedup();
        self.list
    }
}

/// Gives "did you mean" for a name: the nearest known one, or the list where it is short.
pub fn suggest<'a>(wrong: &str, known: impl IntoIterator<Item = &'a str>) -> String {
    let known: Vec<&str> = known.into_iter().collect();
    let near = known
        .iter()
        .map(|name| (distance(wrong, name), *name))
        .filter(|(d, name)| *d <= name.chars().count().max(3) / 3 + 1)
        .min();
    match near {
        Some((_, name)) => format!("did you mean \"{name}\"?"),
        None if known.is_empty() => "there is none to choose from".to_owned(),
        None if known.len() <= 12 => format!("one of: {}", known.join(", ")),
        None => "check the spelling against the package".to_owned(),
    }
}

/// Counts the edits between two names (Levenshtein).
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, sign) in a.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, other) in b.iter().enumerate() {
            let swap = diagonal + usize::from(sign != *other);
            diagonal = row[j + 1];
            row[j + 1] = swap.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_near_name_is_offered() {
        assert_eq!(suggest("hanof", ["handoff", "confirm"]), "did you mean \"handoff\"?");
        assert_eq!(suggest("zzz", ["a", "b"]), "one of: a, b");
        assert_eq!(distance("kitten", "sitting"), 3);
    }
}
