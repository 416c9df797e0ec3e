//! Reads the crate's own word tables: `name | French | English`, phrases between commas.

use bot_core::{Bilingual, Language};

/// One line of a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Row {
    /// Its name.
    pub(crate) name: &'static str,
    /// Its phrases.
    pub(crate) phrases: Bilingual<Vec<&'static str>>,
}

/// Reads a table; a line without three columns is passed over, which a test of each table rules out.
pub(crate) fn rows(table: &'static str) -> Vec<Row> {
    let lines = table.lines().map(str::trim);
    lines.filter(|line| !line.is_empty() && !line.starts_with('#')).filter_map(row).collect()
}

fn row(line: &'static str) -> Option<Row> {
    let mut columns = line.split('|').map(str::trim);
    let name = columns.next()?;
    let (fr, en) = (phrases(columns.next()?), phrases(columns.next()?));
    Some(Row { name, phrases: Bilingual { fr, en } })
}

fn phrases(column: &'static str) -> Vec<&'static str> {
    let parts = column.split(',').map(str::trim);
    parts.filter(|part| !part.is_empty()).collect()
}

/// Gives every phrase of a table with its row's name and its language.
pub(crate) fn all(table: &'static str) -> Vec<(&'static str, Language, &'static str)> {
    rows(table)
        .into_iter()
        .flat_map(|row| {
            let Row { name, phrases } = row;
            let both = [(Language::Fr, phrases.fr), (Language::En, phrases.en)];
            both.into_iter().flat_map(move |(lang, list)| {
                list.into_iter().map(move |phrase| (name, lang, phrase))
            })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_are_read() {
        let read = all("# a\nyes | oui, ben oui | yes\n\nno||no ,\nbad | line");
        assert_eq!(
            read,
            [
                ("yes", Language::Fr, "oui"),
                ("yes", Language::Fr, "ben oui"),
                ("yes", Language::En, "yes"),
                ("no", Language::En, "no"),
            ]
        );
    }

    #[test]
    fn every_line_of_our_own_tables_counts() {
        for (name, table) in crate::tables::ALL {
            let n_lines = table
                .lines()
                .filter(|line| !line.trim().is_empty() && !line.starts_with('#'))
                .count();
            assert_eq!(rows(table).len(), n_lines, "{name}");
            for (row, _, phrase) in all(table) {
                assert!(!crate::text::words_of(phrase).is_empty(), "{name} {row}");
            }
        }
    }
}
