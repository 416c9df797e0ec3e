//! The table's form and the pairing, on a head without a lesson.

use super::*;
use crate::first_head::FirstHead;

const SCENE: &str = "language\tfr\nnow\t2026-06-10T10:00:00-04:00\n";

fn trials(rows: &str) -> Vec<(SlotKind, Option<String>, Fit)> {
    let table = EntityTable::read(&format!("{SCENE}{rows}")).unwrap();
    let head = FirstHead::train(&crate::Lesson::default());
    let trials = try_entities(&head, head.gazetteer(), &table).unwrap();
    trials.into_iter().map(|trial| (trial.kind, trial.said, trial.fit)).collect()
}

#[test]
fn marks_are_paired_with_what_was_found() {
    let found = trials("phone\tau [418-555-1234](phone: +14185551234) svp\tplain");
    let said = Some("+14185551234".to_owned());
    assert_eq!(found, [(SlotKind::Phone, said.clone(), Fit::Exact(Truth::Right))]);
    let found = trials("phone\tau [418-555-1234](phone: +14185551235)\tanother value");
    assert_eq!(found, [(SlotKind::Phone, said.clone(), Fit::Exact(Truth::Wrong))]);
    let found = trials("phone\t418-555-1234\tno mark");
    assert_eq!(found, [(SlotKind::Phone, said.clone(), Fit::Stray)]);
    let found = trials("phone\t[au secours](phone: +14185551234) le 418-555-1234\telsewhere");
    let missed = (SlotKind::Phone, None, Fit::Missed);
    assert_eq!(found, [missed, (SlotKind::Phone, said, Fit::Stray)]);
    let found = trials("menu: Petit|Grand\t[le deuxième](choice: 1 | 2)\teither");
    assert_eq!(found, [(SlotKind::Choice, Some("2".to_owned()), Fit::Exact(Truth::Right))]);
}

#[test]
fn figures_are_those_of_the_book() {
    let table = "phone\t[418-555-1234](phone: +14185551234)\tright
phone\t[je l'ai pas](phone: +14185551234)\tmissed
phone\t418-555-1234\tstray
phone\t[418-555-1234](phone: +14185550000)\twrong";
    let table = EntityTable::read(&format!("{SCENE}{table}")).unwrap();
    let head = FirstHead::train(&crate::Lesson::default());
    let report = EntityReport::of(&try_entities(&head, head.gazetteer(), &table).unwrap());
    let phone = report.by_language["fr"]["phone"];
    assert_eq!((phone.n_marked, phone.n_said), (3, 3));
    assert!((phone.touching.recall - 2.0 / 3.0).abs() < 1e-9, "{phone:?}");
    assert!((phone.value.precision - 1.0 / 3.0).abs() < 1e-9, "{phone:?}");
    assert!((phone.value.f1 - 1.0 / 3.0).abs() < 1e-9, "{phone:?}");
    assert_eq!(report.wrong.len(), 3);
    assert_eq!(report.all, phone);
}

#[test]
fn a_corner_is_the_same_from_either_street() {
    let right = |said: &str, wanted: &str| is_right(said, &[wanted.to_owned()]);
    assert!(right("rue A / rue B", "rue B / rue A"));
    assert!(right("12, rue Cartier", "12 rue Cartier"));
    assert!(!right("12, rue Cartier", "13, rue Cartier"));
    assert!(!right("+14185551234", "14185551234"));
    assert!(!right("!several", "several"));
}

#[test]
fn a_line_that_is_none_is_named() {
    let line = |rows: &str| match EntityTable::read(&format!("{SCENE}{rows}")) {
        Err(NluError::Mark { line }) => line,
        other => panic!("{other:?}"),
    };
    assert_eq!(line("no tab"), 3);
    assert_eq!(line("# remark\n\n-\t[open](date"), 5);
    assert_eq!(line("-\t[words](nonsense: 3)"), 3);
    assert_eq!(line("nonsense\twords"), 3);
    assert_eq!(line("where: there\twords"), 3);
    assert!(EntityTable::read("-\twords").is_err(), "language and time are not told");
}
