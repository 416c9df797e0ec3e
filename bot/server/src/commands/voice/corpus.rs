//! Recordings whose words are known, as a table.

use anyhow::Context;
use bot_core::Language;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// Lines of a table that are read.
const MAX_LINES: usize = 100_000;

/// A recording whose words are known.
pub(super) struct Row {
    /// As the table writes it.
    pub(super) file: String,
    /// Where it is.
    pub(super) path: PathBuf,
    pub(super) language: Language,
    /// What is told apart, if the table has it.
    pub(super) tier: String,
    pub(super) reference: String,
}

/// Reads a corpus.
pub(super) fn read(corpus: &Path) -> anyhow::Result<Vec<Row>> {
    let text = fs::read_to_string(corpus).with_context(|| corpus.display().to_string())?;
    let mut lines = text.lines().take(MAX_LINES);
    let names: Vec<&str> = lines.next().unwrap_or_default().split('\t').collect();
    let column = |name: &str| names.iter().position(|other| *other == name);
    let wanted = |name: &str| {
        column(name).with_context(|| format!("{} has no column {name}", corpus.display()))
    };
    let (file, language, reference) = (wanted("file")?, wanted("language")?, wanted("reference")?);
    let tier = column("tier");
    let folder = corpus.parent().unwrap_or(Path::new("."));
    let mut rows = Vec::new();
    for (at, line) in lines.enumerate().filter(|(_, line)| !line.is_empty()) {
        let cells: Vec<&str> = line.split('\t').collect();
        let cell = |column: usize| cells.get(column).copied().unwrap_or_default();
        let language = cell(language).parse::<Language>();
        let language = language.with_context(|| format!("{}:{}", corpus.display(), at + 2))?;
        rows.push(Row {
            file: cell(file).to_owned(),
            path: folder.join(cell(file)),
            language,
            tier: tier.map(cell).unwrap_or_default().to_owned(),
            reference: cell(reference).to_owned(),
        });
    }
    Ok(rows)
}

/// Reads transcripts, by the file as the corpus writes it.
pub(super) fn transcripts(file: &Path) -> anyhow::Result<BTreeMap<String, String>> {
    let text = fs::read_to_string(file).with_context(|| file.display().to_string())?;
    let lines = text.lines().take(MAX_LINES).filter_map(|line| {
        let mut cells = line.split('\t');
        Some((cells.next()?.to_owned(), cells.next().unwrap_or_default().to_owned()))
    });
    Ok(lines.collect())
}
