//! Writes a file out in the one layout.

use std::fmt::Write;

use super::tree::{Above, Body, Item, Tree};

/// Spaces a level.
const INDENT: usize = 2;

/// Writes a tree.
pub(super) fn emit(tree: &Tree) -> String {
    let mut writer = Writer { text: String::new() };
    if let Some(root) = &tree.root {
        writer.above(&root.above, 0);
        writer.block(root, 0);
    }
    writer.above(&tree.after, 0);
    writer.text
}

/// Writes a text in double quotes.
pub(crate) fn quoted(raw: &str) -> String {
    let mut text = String::with_capacity(raw.len() + 2);
    text.push('"');
    for sign in raw.chars() {
        match sign {
            '"' => text.push_str("\\\""),
            '\\' => text.push_str("\\\\"),
            '\n' => text.push_str("\\n"),
            '\t' => text.push_str("\\t"),
            '\r' => text.push_str("\\r"),
            _ if is_invisible(sign) => {
                let code = u32::from(sign);
                // Writing to a string cannot fail.
                let _ok = if code > 0xffff {
                    write!(text, "\\U{code:08X}")
                } else {
                    write!(text, "\\u{code:04X}")
                };
            }
            _ => text.push(sign),
        }
    }
    text.push('"');
    text
}

struct Writer {
    text: String,
}

impl Writer {
    fn above(&mut self, lines: &[Above], depth: usize) {
        for line in lines {
            match line {
                Above::Empty if self.text.is_empty() || self.text.ends_with("\n\n") => {}
                Above::Empty => self.text.push('\n'),
                Above::Comment(words) => {
                    self.indent(depth);
                    self.text.push_str(words);
                    self.text.push('\n');
                }
            }
        }
    }

    fn indent(&mut self, depth: usize) {
        self.text.extend(std::iter::repeat_n(' ', depth * INDENT));
    }

    fn end_line(&mut self, right: Option<&String>) {
        if let Some(words) = right {
            self.text.push_str("  ");
            self.text.push_str(words);
        }
        self.text.push('\n');
    }

    /// Writes a node that begins on a line of its own.
    fn block(&mut self, item: &Item, depth: usize) {
        match &item.body {
            Body::Map { entries, .. } if is_block(item) => {
                for (key, value) in entries {
                    self.above(&key.above, depth);
                    self.indent(depth);
                    self.entry(key, value, depth);
                }
            }
            Body::List { items, .. } if is_block(item) => {
                for item in items {
                    self.above(&item.above, depth);
                    self.above(above_dash(item), depth);
                    self.indent(depth);
                    self.dash(item, depth);
                }
            }
            Body::Nothing
            | Body::Plain(_)
            | Body::Quoted(_)
            | Body::List { .. }
            | Body::Map { .. } => {
                self.indent(depth);
                self.inline(item);
                self.end_line(item.right.as_ref());
            }
        }
    }

    /// Writes `key: value`, the indent being there.
    fn entry(&mut self, key: &Item, value: &Item, depth: usize) {
        self.inline(key);
        self.text.push(':');
        if is_block(value) {
            self.end_line(key.right.as_ref().or(value.right.as_ref()));
            self.block(value, depth + 1);
            return;
        }
        if !matches!(value.body, Body::Nothing) {
            self.text.push(' ');
            self.inline(value);
        }
        self.end_line(value.right.as_ref().or(key.right.as_ref()));
    }

    /// Writes `- item`, the indent being there.
    fn dash(&mut self, item: &Item, depth: usize) {
        self.text.push_str("- ");
        let Body::Map { entries, .. } = &item.body else {
            if is_block(item) {
                // A list in a list begins on the line below its dash.
                self.text.truncate(self.text.trim_end_matches(' ').len());
                self.end_line(None);
                self.block(item, depth + 1);
                return;
            }
            self.inline(item);
            self.end_line(item.right.as_ref());
            return;
        };
        if !is_block(item) {
            self.inline(item);
            self.end_line(item.right.as_ref());
            return;
        }
        for (place, (key, value)) in entries.iter().enumerate() {
            if place > 0 {
                self.above(&key.above, depth + 1);
                self.indent(depth + 1);
            }
            self.entry(key, value, depth + 1);
        }
    }

    /// Writes a node on the line that has begun.
    fn inline(&mut self, item: &Item) {
        match &item.body {
            Body::Nothing => {}
            Body::Plain(text) if is_word(text) => self.text.push_str(text),
            Body::Plain(text) | Body::Quoted(text) => self.text.push_str(&quoted(text)),
            Body::List { items, .. } => {
                self.text.push('[');
                for (place, item) in items.iter().enumerate() {
                    self.text.push_str(if place > 0 { ", " } else { "" });
                    self.inline(item);
                }
                self.text.push(']');
            }
            Body::Map { entries, .. } => {
                self.text.push('{');
                for (place, (key, value)) in entries.iter().enumerate() {
                    self.text.push_str(if place > 0 { ", " } else { "" });
                    self.inline(key);
                    self.text.push(':');
                    if !matches!(value.body, Body::Nothing) {
                        self.text.push(' ');
                        self.inline(value);
                    }
                }
                self.text.push('}');
            }
        }
    }
}

/// What is above a block belongs to its first entry; where that one stands beside a dash, it goes
/// above the dash.
fn above_dash(item: &Item) -> &[Above] {
    match &item.body {
        Body::Map { entries, .. } if is_block(item) => {
            entries.first().map_or(&[], |(key, _)| key.above.as_slice())
        }
        Body::Nothing | Body::Plain(_) | Body::Quoted(_) | Body::List { .. } | Body::Map { .. } => {
            &[]
        }
    }
}

/// Tells whether a collection is laid out on lines of its own.
fn is_block(item: &Item) -> bool {
    match &item.body {
        Body::List { items, inline } => !items.is_empty() && (!inline || item.is_commented()),
        Body::Map { entries, inline } => !entries.is_empty() && (!inline || item.is_commented()),
        Body::Nothing | Body::Plain(_) | Body::Quoted(_) => false,
    }
}

/// Tells whether a plain value stays plain: a name, a number, a time, a code, `text?`.
fn is_word(text: &str) -> bool {
    text.strip_suffix('?')
        .unwrap_or(text)
        .chars()
        .all(|sign| sign.is_ascii_alphanumeric() || "_.-+/".contains(sign))
}

fn is_invisible(sign: char) -> bool {
    sign.is_control()
        || matches!(sign, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{85}')
}
