//! YAML text to a tree of nodes that know where they stand.
//!
//! The loader's rules live here: UTF-8 YAML 1.2, one document a file, no anchors, aliases or tags,
//! no key twice, a bound on size and depth. What the nodes mean is not known here.

use granit_parser::{Event, Parser, ScalarStyle, Span};
use std::ops::Range;
use std::sync::Arc;

use crate::fault::{Faults, Rule, Spot};

/// The largest file read.
pub(crate) const MAX_FILE_BYTES: usize = 2 * 1024 * 1024;
/// The deepest nesting read.
pub(crate) const MAX_DEPTH: usize = 24;

/// How a scalar is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Quoting {
    /// Without quotes.
    Plain,
    /// In quotes, or as a block.
    Quoted,
}

/// A node and where it stands.
#[derive(Debug, Clone)]
pub(crate) struct Node {
    /// Where it starts.
    pub at: Spot,
    /// Its bytes in the file, up to the end of the last thing in it.
    pub bytes: Range<usize>,
    /// What it is.
    pub body: Body,
}

/// What a node is.
#[derive(Debug, Clone)]
pub(crate) enum Body {
    /// A single value.
    Scalar {
        /// The value after escapes.
        text: String,
        /// How it is written.
        quoting: Quoting,
    },
    /// A list.
    List(Vec<Node>),
    /// A mapping, in the order written.
    Map(Vec<(Node, Node)>),
}

impl Node {
    /// Gives the scalar's text, if it is one.
    #[must_use]
    pub(crate) fn text(&self) -> Option<&str> {
        if let Body::Scalar { text, .. } = &self.body { Some(text) } else { None }
    }

    /// Gives a value of a mapping by its key.
    #[must_use]
    pub(crate) fn get(&self, key: &str) -> Option<&Self> {
        self.entry(key).map(|(_, value)| value)
    }

    /// Gives an entry of a mapping by its key.
    #[must_use]
    pub(crate) fn entry(&self, key: &str) -> Option<&(Self, Self)> {
        let Body::Map(entries) = &self.body else {
            return None;
        };
        entries.iter().find(|(name, _)| name.text() == Some(key))
    }

    /// Says what sort of node it is, for faults.
    #[must_use]
    pub(crate) fn sort(&self) -> &'static str {
        match &self.body {
            Body::Scalar { text, quoting: Quoting::Plain } if text.is_empty() => "nothing",
            Body::Scalar { .. } => "a single value",
            Body::List(_) => "a list",
            Body::Map(_) => "a mapping",
        }
    }
}

/// Reads one file; faults are added, and what could be read up to the first syntax error is given.
pub(crate) fn parse(file: &Arc<str>, text: &str, faults: &mut Faults) -> Option<Node> {
    let start = Spot { file: Arc::clone(file), line: 1, column: 1 };
    if text.len() > MAX_FILE_BYTES {
        faults.add(
            &start,
            Rule::Yaml,
            format!("the file has {} bytes, more than {MAX_FILE_BYTES}", text.len()),
            "split it into several files",
        );
        return None;
    }
    let mut loader = Loader { file, faults, stack: Vec::new(), root: None, broken: false };
    for item in Parser::new_from_str(text) {
        match item {
            Ok((event, span)) => loader.take(event, &span),
            Err(error) => {
                let mark = error.marker();
                let at = loader.spot(mark.line(), mark.col());
                loader.faults.add(&at, Rule::Yaml, error.info(), YAML_HINT);
                return None;
            }
        }
        if loader.broken {
            return None;
        }
    }
    if loader.root.is_none() {
        loader.faults.add(
            &start,
            Rule::Yaml,
            "the file is empty",
            "write its content or delete it",
        );
    }
    loader.root
}

const YAML_HINT: &str = "put every text in double quotes (French has a space before ? ! and :, which YAML misreads), \
     and indent with spaces";

/// A collection being read.
enum Open {
    List { at: Spot, start: usize, items: Vec<Node> },
    Map { at: Spot, start: usize, entries: Vec<(Node, Node)>, key: Option<Node> },
}

struct Loader<'a> {
    file: &'a Arc<str>,
    faults: &'a mut Faults,
    stack: Vec<Open>,
    root: Option<Node>,
    broken: bool,
}

impl Loader<'_> {
    fn spot(&self, line: usize, col: usize) -> Spot {
        let count = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
        Spot { file: Arc::clone(self.file), line: count(line.max(1)), column: count(col + 1) }
    }

    fn take(&mut self, event: Event<'_>, span: &Span) {
        let at = self.spot(span.start.line(), span.start.col());
        let bytes = span.byte_range().unwrap_or_default();
        let start = bytes.start;
        match event {
            Event::Scalar(text, style, anchor, tag) => {
                self.refuse_extras(&at, anchor, tag.is_some());
                let quoting = match style {
                    ScalarStyle::Plain => Quoting::Plain,
                    ScalarStyle::SingleQuoted
                    | ScalarStyle::DoubleQuoted
                    | ScalarStyle::Literal
                    | ScalarStyle::Folded => Quoting::Quoted,
                };
                let body = Body::Scalar { text: text.into_owned(), quoting };
                self.place(Node { at, bytes, body });
            }
            Event::SequenceStart(_, anchor, tag) => {
                self.refuse_extras(&at, anchor, tag.is_some());
                self.open(Open::List { at, start, items: Vec::new() });
            }
            Event::MappingStart(_, anchor, tag) => {
                self.refuse_extras(&at, anchor, tag.is_some());
                self.open(Open::Map { at, start, entries: Vec::new(), key: None });
            }
            Event::SequenceEnd | Event::MappingEnd => self.close(&bytes),
            Event::Alias(_) | Event::UnresolvedAlias(_) => {
                self.refuse_extras(&at, 1, false);
                let body = Body::Scalar { text: String::new(), quoting: Quoting::Plain };
                self.place(Node { at, bytes, body });
            }
            Event::DocumentStart(..) if self.root.is_some() => {
                let hint = "one file holds one document: delete the second one";
                self.faults.add(&at, Rule::Yaml, "a second document begins here", hint);
                self.broken = true;
            }
            // These hold no data; the parser may add others.
            Event::StreamStart
            | Event::StreamEnd
            | Event::DocumentStart(..)
            | Event::DocumentEnd
            | Event::Anchor(..)
            | Event::Comment(..)
            | _ => {}
        }
    }

    fn refuse_extras(&mut self, at: &Spot, anchor: usize, tagged: bool) {
        if anchor != 0 {
            let hint = "write the value out in each place, or as a shared text: \"@key\"";
            self.faults.add(
                at,
                Rule::Yaml,
                "anchors and aliases (& and *) are not used here",
                hint,
            );
        }
        if tagged {
            self.faults.add(at, Rule::Yaml, "tags (!) are not used here", "delete the tag");
        }
    }

    fn open(&mut self, open: Open) {
        if self.stack.len() >= MAX_DEPTH {
            let (Open::List { at, .. } | Open::Map { at, .. }) = &open;
            let what = format!("nested more than {MAX_DEPTH} deep");
            self.faults.add(at, Rule::Yaml, what, "flatten it");
            self.broken = true;
        }
        self.stack.push(open);
    }

    /// Ends a collection; a bracket that closes it has bytes, the end of a block has none.
    fn close(&mut self, bracket: &Range<usize>) {
        let (at, start, last, body) = match self.stack.pop() {
            Some(Open::List { at, start, items }) => {
                (at, start, items.last().map(|item| item.bytes.end), Body::List(items))
            }
            Some(Open::Map { at, start, entries, .. }) => {
                (at, start, entries.last().map(|(_, value)| value.bytes.end), Body::Map(entries))
            }
            None => return,
        };
        let end = if bracket.is_empty() { last.unwrap_or(start) } else { bracket.end };
        self.place(Node { at, bytes: start..end, body });
    }

    fn place(&mut self, node: Node) {
        match self.stack.last_mut() {
            None => self.root = Some(node),
            Some(Open::List { items, .. }) => items.push(node),
            Some(Open::Map { entries, key, .. }) => match key.take() {
                None => {
                    if let Some(name) = node.text()
                        && entries.iter().any(|(other, _)| other.text() == Some(name))
                    {
                        let what = format!("the key \"{name}\" is here twice");
                        self.faults.add(&node.at, Rule::Yaml, what, "keep one of the two");
                    }
                    *key = Some(node);
                }
                Some(name) => entries.push((name, node)),
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn faults_of(text: &str) -> Vec<String> {
        let mut faults = Faults::default();
        parse(&"a.yml".into(), text, &mut faults);
        faults.into_sorted().iter().map(ToString::to_string).collect()
    }

    #[test]
    fn nodes_know_where_they_stand() {
        let mut faults = Faults::default();
        let text = "é: {fr: \"où ?\"}\nlist:\n  - a\n";
        let node = parse(&"a.yml".into(), text, &mut faults).unwrap();
        let fr = node.get("é").unwrap().get("fr").unwrap();
        assert_eq!((fr.at.line, fr.at.column), (1, 9));
        assert_eq!(fr.text(), Some("où ?"));
    }

    #[test]
    fn what_the_language_leaves_out_is_refused() {
        assert!(faults_of("a: &x 1\nb: *x\n").len() >= 2);
        assert_eq!(faults_of("a: !t 1\n").len(), 1);
        assert_eq!(faults_of("a: 1\na: 2\n").len(), 1);
        assert_eq!(faults_of("--- 1\n--- 2\n").len(), 1);
        assert_eq!(faults_of("ask: Où est-ce ? : là\n").len(), 1);
        assert_eq!(faults_of("").len(), 1);
        assert_eq!(faults_of(&format!("{}1", "[".repeat(60))).len(), 1);
    }
}
