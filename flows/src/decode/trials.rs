//! Reads `tests/*.tsv`: sentences that the understanding is tried on, and never learns.

use bot_core::Language;

use super::basics::Cx;
use crate::fault::{Rule, Spot};
use crate::model::intent::TrialSentence;

/// The most rows of one file.
const MAX_ROWS: usize = 20_000;
/// What a line of remarks begins with.
const COMMENT: char = '#';

/// Reads the rows of one file: intent, tab, sentence, tab, language; further cells are notes.
pub(crate) fn trials(cx: &mut Cx<'_>, path: &str, text: &str) -> Vec<TrialSentence> {
    let mut rows = Vec::new();
    // Some editors mark a file as UTF-8 by an invisible sign that belongs to no cell.
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    for (index, line) in text.lines().enumerate() {
        if line.trim().is_empty() || line.starts_with(COMMENT) {
            continue;
        }
        let number = u32::try_from(index + 1).unwrap_or(u32::MAX);
        let at = Spot { file: path.into(), line: number, column: 1 };
        if rows.len() >= MAX_ROWS {
            cx.faults.add(&at, Rule::Row, format!("more than {MAX_ROWS} rows"), "split the file");
            break;
        }
        match row(line, &at) {
            Ok(row) => rows.push(row),
            Err((what, instead)) => cx.faults.add(&at, Rule::Row, what, instead),
        }
    }
    rows
}

fn row(line: &str, at: &Spot) -> Result<TrialSentence, (&'static str, &'static str)> {
    let shape = "write intent, tab, sentence, tab, fr or en";
    let mut cells = line.split('\t').map(str::trim);
    let mut full = |what| cells.next().filter(|cell| !cell.is_empty()).ok_or((what, shape));
    let intent = full("the row has no intent")?.to_owned();
    let text = full("the row has no sentence")?.to_owned();
    let lang: Language = full("the row has no language")?
        .parse()
        .map_err(|_| ("the language is not known", "write fr or en"))?;
    Ok(TrialSentence { intent, text, lang, at: at.clone() })
}
