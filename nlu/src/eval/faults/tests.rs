//! Seeded faults are found, and sound lessons have none.

use super::*;
use crate::lesson::IntentLesson;
use bot_core::Bilingual;
use bot_core::understanding::{Outcome, Ranked};

fn intent(name: &str, fr: &[&str], en: &[&str]) -> IntentLesson {
    let texts = |list: &[&str]| list.iter().map(|text| (*text).to_owned()).collect();
    let examples = Bilingual { fr: texts(fr), en: texts(en) };
    IntentLesson { name: name.to_owned(), examples, ..IntentLesson::default() }
}

/// Sentences that share nothing with those of another word.
fn ten(word: &str) -> Vec<String> {
    (0..10).map(|n| format!("{word} {}", word.repeat(n + 1))).collect()
}

fn sound(name: &str) -> IntentLesson {
    let examples = Bilingual { fr: ten(&format!("{name}fr")), en: ten(&format!("{name}en")) };
    IntentLesson { name: name.to_owned(), examples, ..IntentLesson::default() }
}

#[test]
fn a_sound_lesson_has_no_fault() {
    let lesson = Lesson { intents: vec![sound("abc"), sound("xyz")], ..Lesson::default() };
    assert_eq!(plain_faults(&lesson), []);
}

#[test]
fn a_sentence_in_two_intents_is_told_once() {
    let mut lesson = Lesson { intents: vec![sound("abc"), sound("xyz")], ..Lesson::default() };
    lesson.intents[0].examples.fr.push("Où est l'aréna ?".to_owned());
    lesson.intents[1].examples.fr.push("ou est l arena".to_owned());
    lesson.intents[1].examples.fr.push("OÙ est l'aréna".to_owned());
    let [LessonFault::Twice { places }] = &plain_faults(&lesson)[..] else {
        panic!("{:?}", plain_faults(&lesson));
    };
    assert_eq!(places[0].text, "Où est l'aréna ?");
    assert_eq!((places.len(), places[1].intent.as_str()), (2, "xyz"));
}

#[test]
fn sentences_that_differ_by_a_letter_are_alike() {
    let mut lesson = Lesson { intents: vec![sound("abc"), sound("xyz")], ..Lesson::default() };
    lesson.intents[0].examples.fr.push("mon bac brun n'a pas été ramassé hier".to_owned());
    lesson.intents[0].examples.fr.push("mon bac brun n'a pas été ramassé lundi".to_owned());
    lesson.intents[1].examples.fr.push("mon bac bleu n'a pas été ramassé hier".to_owned());
    lesson.intents[1].examples.fr.push("la patinoire est fermée".to_owned());
    let [LessonFault::Alike { likeness, one, other }] = &plain_faults(&lesson)[..] else {
        panic!("{:?}", plain_faults(&lesson));
    };
    assert!((0.75..1.0).contains(likeness), "{likeness}");
    assert_eq!((one.intent.as_str(), other.intent.as_str()), ("abc", "xyz"));
}

/// The quick way finds the pairs that comparing all with all finds.
#[test]
fn no_like_pair_is_missed() {
    let rows = rows_of(&crate::fixture::lesson());
    let mut hasty = rows.clone();
    crate::eval::spoil(&mut hasty);
    // Every sentence has a label of its own, so that every like pair counts.
    let rows: Vec<Row> = rows
        .into_iter()
        .chain(hasty)
        .enumerate()
        .map(|(n, row)| Row { label: n.to_string(), ..row })
        .collect();
    let (found, slow) = (alike::pairs(&rows), alike::all_pairs(&rows));
    assert!(slow.len() > 50, "{}", slow.len());
    assert_eq!(found.len(), slow.len());
}

#[test]
fn a_language_left_behind_is_told() {
    let mut lesson = Lesson { intents: vec![sound("abc"), sound("xyz")], ..Lesson::default() };
    lesson.intents[0].examples.en.truncate(9);
    lesson.intents[1].examples.fr.extend(ten("uvw"));
    lesson.intents[1].examples.fr.push("encore".to_owned());
    let few = |intent: &str, lang, n, n_other| LessonFault::Few {
        intent: intent.to_owned(),
        lang,
        n,
        n_other,
    };
    let wanted = [few("abc", Language::En, 9, 10), few("xyz", Language::En, 10, 21)];
    assert_eq!(plain_faults(&lesson), wanted);
    // A lesson in one language is not told to have none in the other.
    let french = Lesson { intents: vec![intent("a", &["un", "deux"], &[])], ..Lesson::default() };
    assert_eq!(plain_faults(&french), [few("a", Language::Fr, 2, 0)]);
}

fn trial(text: &str, meant: Option<&str>, said: &str, p: f32) -> Trial {
    Trial {
        text: text.to_owned(),
        lang: Some(Language::Fr),
        voice: None,
        meant: meant.map(str::to_owned),
        said: vec![Ranked { intent: said.to_owned(), p }],
        none: 0.05,
        outcome: Outcome::Sure,
        n_views: 1,
    }
}

#[test]
fn an_intent_that_swallows_another_and_a_sentence_astray_are_told() {
    let mut trials: Vec<Trial> = (0..20).map(|_| trial("a", Some("a"), "a", 0.9)).collect();
    trials.extend((0..3).map(|_| trial("taken", Some("a"), "b", 0.5)));
    trials.push(trial("lost", Some("a"), "c", 0.95));
    trials.push(trial("nothing serves it", None, "c", 0.8));
    let faults = held_out_faults(&trials);
    assert_eq!(faults.len(), 2, "three of 24 are not yet many: {faults:?}");
    trials.push(trial("taken", Some("a"), "b", 0.5));
    let faults = held_out_faults(&trials);
    let LessonFault::Swallowed { intent, by, n, n_taken, sentences } = &faults[0] else {
        panic!("{faults:?}");
    };
    assert_eq!((intent.as_str(), by.as_str(), *n, *n_taken), ("a", "b", 25, 4));
    assert_eq!(sentences.len(), 4);
    let LessonFault::Astray { placed, nearest, .. } = &faults[1] else { panic!("{faults:?}") };
    assert_eq!((placed.text.as_str(), nearest.as_str()), ("lost", "c"));
    let LessonFault::Astray { placed, .. } = &faults[2] else { panic!("{faults:?}") };
    assert_eq!(placed.intent, OUT_OF_SCOPE);
}
