//! Reports on small tables.

use super::*;
use crate::error::NluError;
use crate::fixture;

#[test]
fn tables_are_read_and_faults_named() {
    let rows = read_rows("cancel\tannuler\tfr\noos\tbla bla\n\n").unwrap();
    assert_eq!(rows.len(), 2);
    assert_eq!(rows[0].lang, Some(Language::Fr));
    assert_eq!((rows[1].label.as_str(), rows[1].lang), (OUT_OF_SCOPE, None));
    assert!(matches!(read_rows("a\tb\nc"), Err(NluError::Row { line: 2 })));
    assert!(matches!(read_rows("a\tb\tes"), Err(NluError::Row { line: 1 })));
}

#[test]
fn what_was_taught_is_known() {
    let rows = rows::rows_of(&fixture::lesson());
    let report = train_and_test(&rows, &rows);
    assert!(report.all.accuracy > 0.97, "{:?}", report.all);
    assert_eq!(report.by_language.len(), 2);
    assert!(report.all.auroc > 0.97, "{:?}", report.all);
}

#[test]
fn what_was_held_out_is_mostly_known() {
    let report = cross_validate(&fixture::lesson(), 5, Typing::Clean);
    let hasty = cross_validate(&fixture::lesson(), 5, Typing::Hasty);
    assert!(report.all.accuracy > 0.6, "{:?}", report.all);
    assert!(hasty.all.accuracy < report.all.accuracy, "{:?}", hasty.all);
    assert!(report.all.n == hasty.all.n && report.all.n > 300);
    assert!(report.confusions.windows(2).all(|pair| pair[0].n >= pair[1].n));
    let binned: usize = report.reliability.iter().map(|bin| bin.n).sum();
    assert_eq!(binned, report.all.n + report.all.n_out_of_scope);
    let text = serde_json::to_string(&report).unwrap();
    assert_eq!(serde_json::from_str::<Report>(&text).unwrap(), report);
}

#[test]
fn figures_are_those_of_the_books() {
    let trial = |meant: Option<&str>, said: &str, none: f32| Trial {
        text: String::new(),
        lang: Some(Language::Fr),
        meant: meant.map(str::to_owned),
        said: vec![Ranked { intent: said.to_owned(), p: 0.9 }],
        none,
        outcome: if none > 0.5 { Outcome::OutOfScope } else { Outcome::Sure },
    };
    let report = Report::of(&[
        trial(Some("a"), "a", 0.1),
        trial(Some("a"), "b", 0.2),
        trial(Some("b"), "b", 0.3),
        trial(Some("b"), "b", 0.6),
        trial(None, "a", 0.5),
        trial(None, "a", 0.9),
    ]);
    let scores = &report.all;
    let near = |value: f64, wanted: f64| (value - wanted).abs() < 1e-9;
    assert!(near(scores.accuracy, 0.75) && near(scores.refused, 0.25));
    // a: precision 1, recall 1/2; b: precision 2/3, recall 1.
    assert!(near(scores.macro_f1, f64::midpoint(2.0 / 3.0, 0.8)), "{}", scores.macro_f1);
    // Of eight pairs one is the wrong way round.
    assert!(near(scores.auroc, 7.0 / 8.0), "{}", scores.auroc);
    assert!(near(scores.recall_at_5, 0.5), "{}", scores.recall_at_5);
    assert!(near(scores.refused_rightly, 0.5));
    assert_eq!(report.confusions.len(), 1);
    let bin = report.reliability.iter().find(|bin| bin.n > 0).unwrap();
    assert!(bin.n == 6 && near(bin.right, 0.5), "{bin:?}");
}

#[test]
fn languages_of_held_out_sentences_are_told() {
    let scores = languages(&fixture::lesson(), 5);
    let long = |score: &&LanguageScore| score.from_words >= 4;
    let n: usize = scores.iter().filter(long).map(|score| score.n).sum();
    let right: usize = scores.iter().filter(long).map(|score| score.right).sum();
    assert!(n > 200 && right * 100 >= n * 98, "{right} of {n}: {scores:?}");
}
