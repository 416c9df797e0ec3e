//! Which bytes of an intent's file change when a sentence comes or goes.
//!
//! Nothing is given where the file is laid out in a way that is not known here; the caller proves
//! what is.

use bot_core::Language;
use std::ops::Range;

use crate::fault::Spot;
use crate::yaml::{Body, Node};

/// What a level is moved in by.
const INDENT: &str = "  ";

/// Adds a sentence, in quotes already, at the end of a language's list.
pub(super) fn add(text: &str, file: &Node, lang: Language, sentence: &str) -> Option<String> {
    let examples = file.get("examples")?;
    let Some((key, list)) = examples.entry(lang.code()) else {
        return add_list(text, examples, lang, sentence);
    };
    let Body::List(items) = &list.body else {
        // A key without anything: the list begins below it.
        let indent = format!("{}{INDENT}", indent_of(text, key.bytes.start)?);
        return put_line(text, key, &format!("{indent}- {sentence}"));
    };
    match items.last() {
        None => put(text, list.bytes.start + 1, sentence),
        Some(end) if is_inline(text, list) => put(text, end.bytes.end, &format!(", {sentence}")),
        Some(end) => {
            let before = items.iter().rev().nth(1).unwrap_or(key);
            let indent = indent_of(text, dash(text, before, end)?)?;
            put_line(text, end, &format!("{indent}- {sentence}"))
        }
    }
}

/// Writes the list of a language that has none, below the other's.
fn add_list(text: &str, examples: &Node, lang: Language, sentence: &str) -> Option<String> {
    let (key, list) = examples.entry(lang.other().code())?;
    let (indent, eol) = (indent_of(text, key.bytes.start)?, eol(text));
    let lines = format!("{indent}{lang}:{eol}{indent}{INDENT}- {sentence}");
    put_line(text, list, &lines)
}

/// Takes the sentence out that stands at a spot.
pub(super) fn remove(text: &str, file: &Node, lang: Language, at: &Spot) -> Option<String> {
    let (key, list) = file.get("examples")?.entry(lang.code())?;
    let Body::List(items) = &list.body else { return None };
    let place = items.iter().position(|item| item.at == *at)?;
    let item = items.get(place)?;
    let before = place.checked_sub(1).and_then(|place| items.get(place));
    let after = items.get(place + 1);
    if is_inline(text, list) {
        let bytes = match (before, after) {
            (Some(before), _) => before.bytes.end..item.bytes.end,
            (None, Some(after)) => item.bytes.start..after.bytes.start,
            (None, None) => item.bytes.clone(),
        };
        return cut(text, bytes);
    }
    let dash = dash(text, before.unwrap_or(key), item)?;
    // The line goes with the break before it: so the file's last line may have none.
    let lines = break_before(text, dash)?..line_end(text, end_of(text, item)?)?;
    let rest = cut(text, lines)?;
    if before.is_some() || after.is_some() {
        return Some(rest);
    }
    let colon = rest.get(key.bytes.end..)?.starts_with(':').then_some(key.bytes.end)?;
    put(&rest, colon + 1, " []")
}

/// Tells whether a list is written between brackets.
fn is_inline(text: &str, list: &Node) -> bool {
    text.get(list.bytes.clone()).is_some_and(|list| list.starts_with('['))
}

/// Gives where a node ends, without the line breaks that a block of text takes along.
fn end_of(text: &str, node: &Node) -> Option<usize> {
    Some(node.bytes.start + text.get(node.bytes.clone())?.trim_end().len())
}

/// Gives where the line ends that a byte stands in.
fn line_end(text: &str, at: usize) -> Option<usize> {
    let rest = text.get(at..)?;
    let line = rest.split_once('\n').map_or(rest, |(line, _)| line);
    Some(at + line.trim_end_matches('\r').len())
}

/// Gives where the break begins before the line that a byte stands in.
fn break_before(text: &str, at: usize) -> Option<usize> {
    let (before, _) = text.get(..at)?.rsplit_once('\n')?;
    Some(before.trim_end_matches('\r').len())
}

/// Gives the spaces that the line begins with that a byte stands in.
fn indent_of(text: &str, at: usize) -> Option<&str> {
    let before = text.get(..at)?;
    let line = before.rsplit_once('\n').map_or(before, |(_, line)| line);
    line.get(..line.len() - line.trim_start_matches(' ').len())
}

/// Finds an item's dash, where it is the first thing of a line below the node before the item.
fn dash(text: &str, before: &Node, item: &Node) -> Option<usize> {
    let mut end = item.bytes.start;
    let mut rest = text.get(end_of(text, before)?..end)?;
    while let Some((lines, line)) = rest.rsplit_once('\n') {
        let begun = line.trim_start_matches(' ');
        if begun.starts_with('-') {
            return Some(end - begun.len());
        }
        end -= line.len() + 1;
        rest = lines;
    }
    None
}

/// Gives how the lines of a file end.
fn eol(text: &str) -> &'static str {
    if text.contains("\r\n") { "\r\n" } else { "\n" }
}

/// Puts a line below the one that a node ends in.
fn put_line(text: &str, after: &Node, line: &str) -> Option<String> {
    let end = line_end(text, end_of(text, after)?)?;
    put(text, end, &format!("{}{line}", eol(text)))
}

fn put(text: &str, at: usize, words: &str) -> Option<String> {
    let (before, after) = text.split_at_checked(at)?;
    Some(format!("{before}{words}{after}"))
}

fn cut(text: &str, bytes: Range<usize>) -> Option<String> {
    Some(format!("{}{}", text.get(..bytes.start)?, text.get(bytes.end..)?))
}
