//! The crate's own word tables, in `data/`, as text.

/// Features for the classifier.
pub(crate) const CONCEPTS: &str = include_str!("../data/concepts.txt");
/// Words that work everywhere.
pub(crate) const COMMANDS: &str = include_str!("../data/commands.txt");
/// Yes, no, and their neighbours.
pub(crate) const STANCES: &str = include_str!("../data/stances.txt");
/// Words that announce something.
pub(crate) const CUES: &str = include_str!("../data/cues.txt");
/// What residents call the types of answers.
pub(crate) const NOUNS: &str = include_str!("../data/nouns.txt");
/// Words that carry no meaning of their own.
pub(crate) const USUAL: &str = include_str!("../data/usual.txt");

/// Short and joined spellings.
pub(crate) const SHORT: &str = include_str!("../data/short.txt");

/// Every table with its name, for the test that reads them all.
#[cfg(test)]
pub(crate) const ALL: [(&str, &str); 7] = [
    ("concepts", CONCEPTS),
    ("commands", COMMANDS),
    ("stances", STANCES),
    ("cues", CUES),
    ("nouns", NOUNS),
    ("usual", USUAL),
    ("short", SHORT),
];
