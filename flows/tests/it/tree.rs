//! Where every entry of a YAML file stands in its bytes, so that it can be changed.

#![expect(clippy::string_slice, reason = "the parser's ranges lie between characters")]

use granit_parser::{Event, Parser};
use std::ops::Range;

/// An entry of a mapping, or an item of a list.
#[derive(Clone, Debug)]
pub(crate) struct Entry {
    /// Keys and places from the top: `slots.place.ask`, `steps.3.id`.
    pub(crate) path: String,
    /// The last part of the path.
    pub(crate) key: String,
    /// The key's bytes; none for items of lists.
    pub(crate) key_bytes: Option<Range<usize>>,
    /// The value's bytes.
    pub(crate) value: Range<usize>,
    /// Whether the value is a list or a mapping.
    pub(crate) is_collection: bool,
    /// Whether the value is in quotes.
    pub(crate) is_quoted: bool,
}

/// Every entry of a file.
pub(crate) struct Tree {
    pub(crate) entries: Vec<Entry>,
}

struct Open {
    path: Vec<String>,
    is_map: bool,
    key: Option<(String, Range<usize>)>,
    n: usize,
    start: usize,
    at: usize,
}

impl Tree {
    /// Reads a file.
    pub(crate) fn read(text: &str) -> Self {
        let mut entries: Vec<Entry> = Vec::new();
        let mut stack: Vec<Open> = Vec::new();
        let mut last_end = 0;
        for item in Parser::new_from_str(text) {
            let (event, span) = item.unwrap();
            let bytes = span.byte_range().unwrap_or_default();
            match event {
                Event::Scalar(value, style, ..) => {
                    let bytes = bytes.start..bytes.start + text[bytes].trim_end().len();
                    last_end = bytes.end;
                    if let Some(open) =
                        stack.last_mut().filter(|open| open.is_map && open.key.is_none())
                    {
                        open.key = Some((value.into_owned(), bytes));
                        continue;
                    }
                    let quoted = style != granit_parser::ScalarStyle::Plain;
                    entries.extend(place(&mut stack, bytes, false, quoted).map(|(entry, _)| entry));
                }
                Event::SequenceStart(..) | Event::MappingStart(..) => {
                    let is_map = matches!(event, Event::MappingStart(..));
                    let (path, at) = match place(&mut stack, bytes.clone(), true, false) {
                        Some((entry, path)) => {
                            entries.push(entry);
                            (path, entries.len() - 1)
                        }
                        None => (Vec::new(), usize::MAX),
                    };
                    stack.push(Open { path, is_map, key: None, n: 0, start: bytes.start, at });
                }
                Event::SequenceEnd | Event::MappingEnd => {
                    let open = stack.pop().unwrap();
                    let closing =
                        bytes.end > bytes.start && text[bytes.clone()].ends_with([']', '}']);
                    let end = if closing { bytes.end } else { last_end };
                    last_end = last_end.max(end);
                    if let Some(entry) = entries.get_mut(open.at) {
                        entry.value = open.start..end;
                    }
                }
                Event::StreamStart
                | Event::StreamEnd
                | Event::DocumentStart(..)
                | Event::DocumentEnd
                | Event::Alias(_)
                | Event::Anchor(..)
                | Event::UnresolvedAlias(_)
                | Event::Comment(..)
                | _ => {}
            }
        }
        Self { entries }
    }

    /// Finds entries whose path ends in these keys; `*` stands for any one key.
    pub(crate) fn ending(&self, pattern: &str) -> Vec<Entry> {
        let pattern: Vec<&str> = pattern.split('.').collect();
        let fits = |entry: &&Entry| {
            let path: Vec<&str> = entry.path.split('\u{1f}').collect();
            path.len() >= pattern.len()
                && path[path.len() - pattern.len()..]
                    .iter()
                    .zip(&pattern)
                    .all(|(p, q)| *q == "*" || p == q)
        };
        self.entries.iter().filter(fits).cloned().map(readable).collect()
    }

    /// Finds the items of the list under a key.
    pub(crate) fn items_of(&self, key: &str) -> Vec<Entry> {
        self.ending(&format!("{key}.*"))
            .into_iter()
            .filter(|entry| entry.key_bytes.is_none())
            .collect()
    }

    fn raw(&self, entry: &Entry) -> Option<&Entry> {
        self.entries.iter().find(|other| other.value == entry.value && other.key == entry.key)
    }

    /// Finds another key of the same mapping.
    pub(crate) fn sibling(&self, entry: &Entry, key: &str) -> Option<Entry> {
        let raw = self.raw(entry)?;
        let (parent, _) = raw.path.rsplit_once('\u{1f}')?;
        let path = format!("{parent}\u{1f}{key}");
        self.entries.iter().find(|other| other.path == path).cloned()
    }

    /// Tells whether the same mapping has another key.
    pub(crate) fn has_sibling(&self, entry: &Entry, key: &str) -> bool {
        self.sibling(entry, key).is_some()
    }

    /// Gives the text of a key beside the entry's mapping: the `call` of an `in`'s entry.
    pub(crate) fn path_text<'t>(&self, entry: &Entry, key: &str, text: &'t str) -> Option<&'t str> {
        let raw = self.raw(entry)?;
        let (parent, _) = raw.path.rsplit_once('\u{1f}')?;
        let (step, _) = parent.rsplit_once('\u{1f}')?;
        let path = format!("{step}\u{1f}{key}");
        let found = self.entries.iter().find(|other| other.path == path)?;
        text.get(found.value.clone())
    }
}

fn readable(mut entry: Entry) -> Entry {
    entry.path = entry.path.replace('\u{1f}', ".");
    entry
}

/// Gives the next entry of the open collection.
fn place(
    stack: &mut [Open],
    value: Range<usize>,
    is_collection: bool,
    is_quoted: bool,
) -> Option<(Entry, Vec<String>)> {
    let open = stack.last_mut()?;
    let (key, key_bytes) = match open.key.take() {
        Some((key, bytes)) => (key, Some(bytes)),
        None => (open.n.to_string(), None),
    };
    open.n += 1;
    let mut path = open.path.clone();
    path.push(key.clone());
    let entry =
        Entry { path: path.join("\u{1f}"), key, key_bytes, value, is_collection, is_quoted };
    Some((entry, path))
}

/// Takes an entry out of a file: its line or lines, or its part of a line with the comma.
pub(crate) fn without(text: &str, entry: &Entry) -> String {
    let start = entry.key_bytes.as_ref().map_or(entry.value.start, |key| key.start);
    let end = entry.value.end;
    let line_start = text[..start].rfind('\n').map_or(0, |at| at + 1);
    let line_end = text[end..].find('\n').map_or(text.len(), |at| end + at + 1);
    let before = &text[line_start..start];
    let after = text[end..line_end].trim();
    let own_lines = before.trim().is_empty() || before.trim() == "-";
    if own_lines && (after.is_empty() || after.starts_with('#')) {
        if before.trim() == "-" && entry.key_bytes.is_some() {
            // The first entry of an item: the dash stays for the next one.
            let next = text[line_end..].trim_start_matches(' ');
            return format!("{}{}", &text[..start], next);
        }
        return format!("{}{}", &text[..line_start], &text[line_end..]);
    }
    let tail = text[end..].trim_start();
    if let Some(rest) = tail.strip_prefix(',') {
        return format!("{}{}", &text[..start], rest.trim_start());
    }
    let head = text[..start].trim_end();
    format!("{}{}", head.strip_suffix(',').unwrap_or(head), &text[end..])
}
