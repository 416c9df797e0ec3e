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
fn comments_voices_and_strays_are_read() {
    let table = "\u{feff}# label, text, language, voice\ncancel\tannuler\tfr\tsms\n";
    let rows = read_rows(table).unwrap();
    assert_eq!((rows.len(), rows[0].voice.as_deref()), (1, Some("sms")));
    let strays =
        read_strays("# no labels\nquelle heure est-il\noos\tsing me a song\ten\n").unwrap();
    let texts: Vec<&str> = strays.iter().map(|row| row.text.as_str()).collect();
    assert_eq!(texts, ["quelle heure est-il", "sing me a song"]);
    assert!(strays.iter().all(|row| row.label == OUT_OF_SCOPE));
    assert_eq!(strays[1].lang, Some(Language::En));
    assert!(matches!(read_strays("plain\na\t"), Err(NluError::Row { line: 2 })));
}

#[test]
fn what_was_taught_is_known() {
    let rows = rows::rows_of(&fixture::lesson());
    let report = train_and_test(&Trainer::default(), &rows, &rows).unwrap();
    assert!(report.all.accuracy > 0.97, "{:?}", report.all);
    assert_eq!(report.by_language.len(), 2);
    assert!(report.all.auroc > 0.97, "{:?}", report.all);
}

#[test]
fn what_was_held_out_is_mostly_known() {
    let report = cross_validate(&Trainer::default(), &fixture::lesson(), 5, Typing::Clean).unwrap();
    let hasty = cross_validate(&Trainer::default(), &fixture::lesson(), 5, Typing::Hasty).unwrap();
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
        voice: None,
        meant: meant.map(str::to_owned),
        said: vec![Ranked { intent: said.to_owned(), p: 0.9 }],
        none,
        outcome: if none > 0.5 { Outcome::OutOfScope } else { Outcome::Sure },
        n_views: 1,
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
    assert_eq!(report.by_intent[0].all, super::intents::Tally { n: 2, right: 1, refused: 0 });
    assert!(report.by_voice.is_empty());
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

#[test]
fn refusing_more_catches_more() {
    let lesson = fixture::lesson();
    let rows = rows::rows_of(&lesson);
    let trials = try_all(&Trainer::default(), &lesson, &rows).unwrap();
    let trade_off = TradeOff::of(&trials).unwrap();
    let (first, last) = (trade_off.dots[0], trade_off.dots[trade_off.dots.len() - 1]);
    let is = |dot: Dot, at: f64| (dot.refused - at).abs() + (dot.caught - at).abs() < 1e-9;
    assert!(is(first, 0.0) && is(last, 1.0), "{first:?} {last:?}");
    let rises =
        |pair: &[Dot]| pair[0].refused <= pair[1].refused && pair[0].caught <= pair[1].caught;
    assert!(trade_off.dots.windows(2).all(rises));
    let scores = Report::of(&trials).all;
    assert!((trade_off.chosen.refused - scores.refused).abs() < 1e-9);
    assert!((trade_off.chosen.caught - scores.refused_rightly).abs() < 1e-9);
    let inside: Vec<Trial> = trials.into_iter().filter(|trial| trial.meant.is_some()).collect();
    assert_eq!(TradeOff::of(&inside), None);
}

#[test]
fn more_sentences_are_understood_better() {
    let lesson = fixture::lesson();
    let plan = CurvePlan { lesson: &lesson, test: None, sizes: &[2, 8, 10_000], n_draws: 2 };
    let mut n_tried = 0;
    let points = curve(&plan, |lesson, rows| {
        n_tried += 1;
        try_all(&Trainer::default(), lesson, rows)
    });
    let points = points.unwrap();
    assert_eq!((n_tried, plan.n_trials()), (6, 6));
    let sizes: Vec<Option<usize>> = points.iter().map(|point| point.each).collect();
    assert_eq!(sizes, [Some(2), Some(8), None]);
    assert!(points.windows(2).all(|pair| pair[0].n_learnt < pair[1].n_learnt), "{points:?}");
    assert!(points[0].all.accuracy + 0.05 < points[2].all.accuracy, "{points:?}");
    assert!(points.iter().all(|point| point.by_language.len() == 2 && point.all.n > 50));
    let again = curve(&plan, |lesson, rows| try_all(&Trainer::default(), lesson, rows)).unwrap();
    assert_eq!(again, points, "the same draws come every time");
    let rows = rows::rows_of(&lesson);
    let tested = CurvePlan { test: Some(&rows), ..plan };
    assert_eq!(tested.n_trials(), 5);
}
