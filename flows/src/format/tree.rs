//! Reads a file with its comments, each beside what it speaks of.

use granit_parser::{Event, Parser, Placement, ScalarStyle, Span, StructureStyle};

/// A file to be laid out.
#[derive(Debug, Default)]
pub(super) struct Tree {
    pub(super) root: Option<Item>,
    /// Comments after the last entry.
    pub(super) after: Vec<Above>,
}

/// A line above an entry: a comment or an empty line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Above {
    Comment(String),
    Empty,
}

/// A node and the comments beside it.
#[derive(Debug, Default)]
pub(super) struct Item {
    pub(super) above: Vec<Above>,
    /// The comment on the node's own line.
    pub(super) right: Option<String>,
    pub(super) body: Body,
    first_line: usize,
    last_line: usize,
}

#[derive(Debug, Default)]
pub(super) enum Body {
    #[default]
    Nothing,
    Plain(String),
    Quoted(String),
    List {
        inline: bool,
        items: Vec<Item>,
    },
    Map {
        inline: bool,
        entries: Vec<(Item, Item)>,
    },
}

impl Item {
    /// Tells whether a comment or an empty line stands inside, so that it cannot be on one line.
    pub(super) fn is_commented(&self) -> bool {
        let own =
            |item: &Self| item.above.iter().any(|a| *a != Above::Empty) || item.right.is_some();
        match &self.body {
            Body::Nothing | Body::Plain(_) | Body::Quoted(_) => false,
            Body::List { items, .. } => items.iter().any(|item| own(item) || item.is_commented()),
            Body::Map { entries, .. } => {
                entries.iter().any(|(key, value)| own(key) || own(value) || value.is_commented())
            }
        }
    }
}

/// Reads a file that is known to be good YAML.
pub(super) fn read(text: &str) -> Option<Tree> {
    let mut reader = Reader::default();
    for item in Parser::new_from_str(text) {
        let (event, span) = item.ok()?;
        reader.take(event, &span);
    }
    let mut after = std::mem::take(&mut reader.above);
    while after.last() == Some(&Above::Empty) {
        after.pop();
    }
    Some(Tree { root: reader.root, after })
}

#[derive(Default)]
struct Reader {
    stack: Vec<Open>,
    root: Option<Item>,
    above: Vec<Above>,
    /// The last line that something was written on.
    line: usize,
}

struct Open {
    item: Item,
    key: Option<Item>,
}

impl Reader {
    fn take(&mut self, event: Event<'_>, span: &Span) {
        match event {
            Event::Comment(text, placement) => self.comment(&text, placement, span),
            Event::Scalar(text, style, ..) => {
                let text = text.into_owned();
                let body = match style {
                    ScalarStyle::Plain if text.is_empty() => Body::Nothing,
                    ScalarStyle::Plain => Body::Plain(text),
                    ScalarStyle::SingleQuoted
                    | ScalarStyle::DoubleQuoted
                    | ScalarStyle::Literal
                    | ScalarStyle::Folded => Body::Quoted(text),
                };
                let mut item = self.start(body, span);
                // A block scalar ends at the start of the line after it.
                item.last_line =
                    if span.end.col() == 0 { span.end.line() - 1 } else { span.end.line() };
                self.line = self.line.max(item.last_line);
                self.place(item);
            }
            Event::SequenceStart(style, ..) => {
                let inline = style == StructureStyle::Flow;
                let item = self.start(Body::List { inline, items: Vec::new() }, span);
                self.stack.push(Open { item, key: None });
            }
            Event::MappingStart(style, ..) => {
                let inline = style == StructureStyle::Flow;
                let item = self.start(Body::Map { inline, entries: Vec::new() }, span);
                self.stack.push(Open { item, key: None });
            }
            Event::SequenceEnd | Event::MappingEnd => {
                if let Some(mut open) = self.stack.pop() {
                    let inline = matches!(
                        open.item.body,
                        Body::List { inline: true, .. } | Body::Map { inline: true, .. }
                    );
                    open.item.last_line = if inline { span.end.line() } else { self.line };
                    self.line = self.line.max(open.item.last_line);
                    self.place(open.item);
                }
            }
            Event::StreamStart
            | Event::StreamEnd
            | Event::DocumentStart(..)
            | Event::DocumentEnd
            | Event::Alias(..)
            | Event::Anchor(..)
            | Event::UnresolvedAlias(..)
            | _ => {}
        }
    }

    fn start(&mut self, body: Body, span: &Span) -> Item {
        let line = span.start.line();
        self.empty_lines(line);
        let collection =
            matches!(body, Body::List { inline: false, .. } | Body::Map { inline: false, .. });
        // A block collection begins where its first entry does: what is above belongs to that one.
        let above = if collection { Vec::new() } else { std::mem::take(&mut self.above) };
        if !collection {
            self.line = self.line.max(line);
        }
        Item { above, right: None, body, first_line: line, last_line: line }
    }

    /// Keeps one empty line where there were any.
    fn empty_lines(&mut self, line: usize) {
        let gap = self.line > 0 && line > self.line + 1;
        if gap && self.above.last() != Some(&Above::Empty) {
            self.above.push(Above::Empty);
        }
    }

    fn comment(&mut self, text: &str, placement: Placement, span: &Span) {
        let line = span.start.line();
        let text = format!("#{}", text.trim_end());
        if placement == Placement::Right && self.line == line && self.put_right(line, &text) {
            return;
        }
        self.empty_lines(line);
        self.above.push(Above::Comment(text));
        self.line = line;
    }

    /// Puts a comment beside what stands on its line.
    fn put_right(&mut self, line: usize, text: &str) -> bool {
        for open in self.stack.iter_mut().rev() {
            if let Some(key) = open.key.as_mut().filter(|key| key.first_line == line) {
                key.right = Some(text.to_owned());
                return true;
            }
            let last = match &mut open.item.body {
                Body::List { items, .. } => items.last_mut(),
                Body::Map { entries, .. } => entries.last_mut().map(|(_, value)| value),
                Body::Nothing | Body::Plain(_) | Body::Quoted(_) => None,
            };
            if let Some(item) = last.and_then(|item| deepest(item, line)) {
                item.right = Some(text.to_owned());
                return true;
            }
        }
        false
    }

    fn place(&mut self, item: Item) {
        match self.stack.last_mut() {
            None => self.root = Some(item),
            Some(open) => match &mut open.item.body {
                Body::List { items, .. } => items.push(item),
                Body::Map { entries, .. } => match open.key.take() {
                    None => open.key = Some(item),
                    Some(key) => entries.push((key, item)),
                },
                Body::Nothing | Body::Plain(_) | Body::Quoted(_) => {}
            },
        }
    }
}

/// Finds the innermost last node that ends on a line.
fn deepest(item: &mut Item, line: usize) -> Option<&mut Item> {
    if item.last_line != line {
        return None;
    }
    let inside = match &item.body {
        Body::List { inline: false, items } => items.last().is_some_and(|i| i.last_line == line),
        Body::Map { inline: false, entries } => {
            entries.last().is_some_and(|(_, value)| value.last_line == line)
        }
        Body::List { .. } | Body::Map { .. } | Body::Nothing | Body::Plain(_) | Body::Quoted(_) => {
            false
        }
    };
    if !inside {
        return Some(item);
    }
    match &mut item.body {
        Body::List { items, .. } => items.last_mut().and_then(|item| deepest(item, line)),
        Body::Map { entries, .. } => entries.last_mut().and_then(|(_, v)| deepest(v, line)),
        Body::Nothing | Body::Plain(_) | Body::Quoted(_) => None,
    }
}
