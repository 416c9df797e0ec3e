//! The table of sentences with marks: `context`, tab, sentence with `[words](kind: value)`.

use bot_core::slot::SlotKind;
use bot_core::{Language, UnixMs};
use jiff::Timestamp;
use std::ops::Range;

use crate::error::NluError;
use crate::eval::rows::lines;

/// What stands between values that are each right.
const OR: char = '|';
/// What stands between the items of a menu.
const ITEM: char = '|';

/// Sentences with marks, in one language, at one time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EntityTable {
    /// The language of the sentences.
    pub lang: Language,
    /// The present time in them.
    pub now: UnixMs,
    /// The sentences.
    pub rows: Vec<EntityRow>,
}

/// A sentence and the values in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EntityRow {
    /// Its line in the table, counted from 1.
    pub line: usize,
    /// Where it is said.
    pub scene: Scene,
    /// The sentence without marks.
    pub text: String,
    /// What should be found in it.
    pub marks: Vec<Mark>,
}

/// Where a sentence is said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Scene {
    /// Nothing was asked.
    Nothing,
    /// A value of this sort was asked for.
    Asked(SlotKind),
    /// One of these was asked for.
    Menu(Vec<String>),
    /// Everything was read back, this address with it.
    Known(String),
}

/// A value in a sentence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mark {
    /// Its sort.
    pub kind: SlotKind,
    /// Its bytes in the sentence.
    pub bytes: Range<usize>,
    /// The values that are right.
    pub values: Vec<String>,
}

impl EntityTable {
    /// Reads a table; empty lines and comments are passed over.
    ///
    /// # Errors
    /// Names the first line that is none, or that comes before the language and the time are told.
    pub fn read(table: &str) -> Result<Self, NluError> {
        let (mut lang, mut now) = (None, None);
        let mut rows = Vec::new();
        let mut last = 0;
        for (at, line) in lines(table) {
            last = at + 1;
            let fault = NluError::Mark { line: last };
            let (context, rest) = line.split_once('\t').ok_or(fault)?;
            let fault = || NluError::Mark { line: last };
            match context.trim() {
                "language" => lang = Some(rest.trim().parse().map_err(|_| fault())?),
                "now" => {
                    let at: Timestamp = rest.trim().parse().map_err(|_| fault())?;
                    now = Some(UnixMs(at.as_millisecond()));
                }
                context => rows.push(row(last, context, rest).ok_or_else(fault)?),
            }
        }
        match (lang, now) {
            (Some(lang), Some(now)) => Ok(Self { lang, now, rows }),
            (None, _) | (_, None) => Err(NluError::Mark { line: last }),
        }
    }
}

fn row(line: usize, context: &str, rest: &str) -> Option<EntityRow> {
    let marked = rest.split('\t').next()?.trim();
    let (text, marks) = unmarked(marked)?;
    let scene = scene(context)?;
    (!text.is_empty()).then_some(EntityRow { line, scene, text, marks })
}

fn scene(context: &str) -> Option<Scene> {
    if context == "-" {
        return Some(Scene::Nothing);
    }
    match context.split_once(':') {
        Some(("menu", items)) => {
            let items: Vec<String> = items.split(ITEM).map(|item| item.trim().to_owned()).collect();
            Some(Scene::Menu(items))
        }
        Some(("known", place)) => Some(Scene::Known(place.trim().to_owned())),
        Some(_) => None,
        None => SlotKind::from_name(context).map(Scene::Asked),
    }
}

/// Takes the marks out of a sentence; `None` where one is not closed, or is of no known sort.
fn unmarked(marked: &str) -> Option<(String, Vec<Mark>)> {
    let (mut text, mut marks) = (String::new(), Vec::new());
    let mut rest = marked;
    while let Some((before, after)) = rest.split_once('[') {
        text.push_str(before);
        let (words, after) = after.split_once("](")?;
        let (told, after) = after.split_once(')')?;
        let (kind, values) = told.split_once(':')?;
        let start = text.len();
        text.push_str(words);
        marks.push(Mark {
            kind: SlotKind::from_name(kind.trim())?,
            bytes: start..text.len(),
            values: values.split(OR).map(|value| value.trim().to_owned()).collect(),
        });
        rest = after;
    }
    text.push_str(rest);
    Some((text, marks))
}
