//! Reads `faq.yml` and `tables.yml`.

use std::collections::BTreeMap;

use super::basics::Cx;
use crate::fault::{Rule, Spot};
use crate::model::faq::{FaqEntry, SourcePage, Table};
use crate::yaml::Node;

/// The most rows of a table.
const MAX_ROWS: usize = 20_000;

/// Reads the questions by id.
pub(crate) fn faq(cx: &mut Cx<'_>, node: &Node) -> BTreeMap<String, FaqEntry> {
    let mut entries = BTreeMap::new();
    let Some(mut fields) = cx.fields(node, "faq.yml") else {
        return entries;
    };
    let list = fields.need(cx, "faq");
    fields.done(cx);
    for item in list.map(|n| cx.list(n)).unwrap_or_default() {
        let Some(entry) = entry(cx, item) else {
            continue;
        };
        if entries.contains_key(&entry.id) {
            let what = format!("two questions have the id \"{}\"", entry.id);
            cx.fault(item, Rule::Name, what, "give each its own id");
        }
        entries.insert(entry.id.clone(), entry);
    }
    entries
}

fn entry(cx: &mut Cx<'_>, node: &Node) -> Option<FaqEntry> {
    let mut fields = cx.fields(node, "a question")?;
    let id = fields.need(cx, "id").and_then(|n| cx.name(n));
    let title = fields.need(cx, "title").and_then(|n| cx.bilingual(n));
    let intents = fields.get("intents").map(|n| cx.names(n)).unwrap_or_default();
    let answer = fields.need(cx, "answer").and_then(|n| cx.wording(n));
    let table = fields.get("table").and_then(|n| cx.name_at(n));
    let source = fields.need(cx, "source").and_then(|n| source(cx, n));
    fields.done(cx);
    Some(FaqEntry {
        id: id?,
        at: node.at.clone(),
        title: title?,
        intents,
        answer: answer?,
        table,
        source: source?,
    })
}

fn source(cx: &mut Cx<'_>, node: &Node) -> Option<SourcePage> {
    let mut fields = cx.fields(node, "a source")?;
    let title = fields.need(cx, "title").and_then(|n| cx.bilingual(n));
    let url = fields.need(cx, "url").and_then(|n| cx.both(n, web_address));
    let checked = fields.need(cx, "checked").and_then(|n| cx.day(n));
    fields.done(cx);
    Some(SourcePage { title: title?, url: url?, checked: checked? })
}

fn web_address(cx: &mut Cx<'_>, node: &Node) -> Option<String> {
    let text = cx.words(node)?;
    if !text.starts_with("https://") || text.contains(char::is_whitespace) {
        cx.fault(node, Rule::Shape, "this is not a page's address", "write https://…");
    }
    Some(text)
}

/// Reads the tables by name; `files` holds the package's CSV files.
pub(crate) fn tables(
    cx: &mut Cx<'_>,
    node: &Node,
    files: &BTreeMap<String, String>,
) -> BTreeMap<String, Table> {
    let Some(mut fields) = cx.fields(node, "tables.yml") else {
        return BTreeMap::new();
    };
    let tables = fields.need(cx, "tables");
    fields.done(cx);
    let Some(tables) = tables else {
        return BTreeMap::new();
    };
    cx.entries(tables)
        .iter()
        .filter_map(|(key, value)| Some((cx.name(key)?, table(cx, key, value, files)?)))
        .collect()
}

fn table(
    cx: &mut Cx<'_>,
    key: &Node,
    node: &Node,
    files: &BTreeMap<String, String>,
) -> Option<Table> {
    let mut fields = cx.fields(node, "a table")?;
    let file = fields.need(cx, "file");
    let title = fields.need(cx, "title").and_then(|n| cx.bilingual(n));
    let source = fields.need(cx, "source").and_then(|n| source(cx, n));
    fields.done(cx);
    let path = cx.scalar(file?)?;
    let Some(text) = files.get(path) else {
        cx.fault(
            file?,
            Rule::File,
            format!("the package has no file \"{path}\""),
            "write its path inside the package",
        );
        return None;
    };
    Some(Table { at: key.at.clone(), title: title?, source: source?, rows: rows(cx, path, text) })
}

fn rows(cx: &mut Cx<'_>, path: &str, text: &str) -> Vec<BTreeMap<String, String>> {
    let mut rows = Vec::new();
    for row in csv::Reader::from_reader(text.as_bytes()).deserialize() {
        match row {
            Ok(row) if rows.len() < MAX_ROWS => rows.push(row),
            Ok(_) => {
                let what = format!("more than {MAX_ROWS} rows");
                cx.faults.add(&Spot::start_of(path), Rule::Row, what, "split the table");
                break;
            }
            Err(error) => bad_row(cx, path, &error),
        }
    }
    rows
}

/// Notes a row that cannot be read.
pub(super) fn bad_row(cx: &mut Cx<'_>, path: &str, error: &csv::Error) {
    let line = error.position().map_or(1, csv::Position::line);
    let line = u32::try_from(line).unwrap_or(u32::MAX);
    let at = Spot { file: path.into(), line, column: 1 };
    let hint = "each row has as many cells as the header, cells with commas in double quotes";
    cx.faults.add(&at, Rule::Row, error.to_string(), hint);
}
