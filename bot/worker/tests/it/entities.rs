//! Typed values in sentences of residents, against the demo city: no kind falls below its floor.

use nlu::eval::{EntityReport, EntityTable, try_entities};
use std::fmt::Write;

use crate::lab::TOWN;

const TABLES: [&str; 2] = [
    include_str!("../../../../nlu/testdata/entities.fr.tsv"),
    include_str!("../../../../nlu/testdata/entities.en.tsv"),
];

/// The fewest sentences of a table, so that none is lost unseen.
const MIN_SENTENCES: usize = 580;

/// The least F1 of the values of a kind, French and English, in hundredths: what was measured,
/// less two.
const FLOORS: [(&str, f64, f64); 10] = [
    ("address", 96.6, 96.9),
    ("choice", 98.0, 96.4),
    ("date", 97.5, 97.5),
    ("email", 98.0, 98.0),
    ("number", 98.0, 98.0),
    ("phone", 98.0, 98.0),
    ("postal_code", 98.0, 98.0),
    ("request_number", 98.0, 98.0),
    ("time", 98.0, 98.0),
    ("all", 97.2, 97.2),
];

#[test]
fn no_kind_falls_below_its_floor() {
    let mut trials = Vec::new();
    for table in TABLES {
        let table = EntityTable::read(table).unwrap();
        assert!(table.rows.len() >= MIN_SENTENCES, "{}: {}", table.lang, table.rows.len());
        trials.extend(try_entities(TOWN.reader.as_ref(), &TOWN.gazetteer, &table).unwrap());
    }
    let report = EntityReport::of(&trials);
    let mut low = String::new();
    for (kind, fr, en) in FLOORS {
        for (lang, floor) in [("fr", fr), ("en", en)] {
            let f1 = report.by_language[lang][kind].value.f1 * 100.0;
            if f1 < floor {
                writeln!(low, "{lang} {kind}: {f1:.1}, at least {floor}").unwrap();
            }
        }
    }
    assert!(low.is_empty(), "{low}{}", wrong(&report));
}

#[test]
fn every_kind_has_a_floor() {
    let named = |kind: &String| FLOORS.iter().any(|(known, ..)| known == kind);
    let tables = TABLES.map(|table| EntityTable::read(table).unwrap());
    let marks = tables.iter().flat_map(|table| &table.rows).flat_map(|row| &row.marks);
    let kinds = marks.map(|mark| mark.kind.name().to_owned());
    let bare: Vec<String> = kinds.filter(|kind| !named(kind)).collect();
    assert!(bare.is_empty(), "{bare:?}");
}

/// Tells what is not right, a line each.
fn wrong(report: &EntityReport) -> String {
    report.wrong.iter().fold(String::new(), |mut text, trial| {
        let (said, wanted) = (trial.said.as_deref().unwrap_or("nothing"), &trial.wanted);
        let place = format!("{}:{}", trial.lang, trial.line);
        writeln!(text, "{place} {}: {said}, not {wanted:?}: {}", trial.kind, trial.text).unwrap();
        text
    })
}
