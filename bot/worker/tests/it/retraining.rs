//! What was learnt anew beside what is live: what is as good passes, what is worse does not.

use bot_core::{Language, UnixMs};
use bot_worker::retraining::{Comparison, Source, compare};
use bot_worker::{Town, lesson};
use flows::City;
use flows::model::intent::{Example, OUT_OF_SCOPE};
use nlu::FirstHead;
use std::sync::Arc;

use crate::lab::TOWN;

/// Conversation tests that are kept: each costs some seconds where it runs on every channel.
const N_TALKS: usize = 3;

/// The demo city with another lesson.
fn town(change: impl FnOnce(&mut City)) -> Arc<Town> {
    let mut city = TOWN.city.clone();
    city.talks.retain(|talk| talk.at.file.ends_with("pothole.test.yml"));
    city.talks.truncate(N_TALKS);
    change(&mut city);
    let head = FirstHead::train(&lesson::of_city(&city));
    Arc::new(Town::new(city, Arc::new(head)))
}

async fn beside_the_live_one(new: &Arc<Town>) -> Comparison {
    compare(&TOWN, new, UnixMs(1_778_594_400_000), &|_, _| {}).await.unwrap()
}

fn teach(city: &mut City, intent: &str, lang: Language, text: &str) {
    let intent = city.intents.get_mut(intent).unwrap();
    let at = intent.at.clone();
    let list = intent.examples.get_mut(lang);
    list.push(Example { text: text.to_owned(), annotations: Vec::new(), at });
}

#[tokio::test]
async fn one_good_sentence_more_passes() {
    let new =
        town(|city| teach(city, "report_pothole", Language::Fr, "la chaussée a une crevasse"));
    let comparison = beside_the_live_one(&new).await;
    assert!(comparison.passes(), "{comparison:#?}");
    assert!(comparison.rehearsed.n > 0);
    for side in &comparison.understood {
        assert_eq!(side.source, Source::Trials);
        assert!(side.n > 700, "{}", side.n);
        assert!(side.n_before * 10 > side.n * 8, "{side:?}");
        assert!(side.n_before.abs_diff(side.n_after) < 10, "{side:?}");
    }
}

#[tokio::test]
async fn an_intent_that_lost_its_sentences_does_not() {
    let new = town(|city| {
        let moved = city.intents.get_mut("report_pothole").unwrap();
        let stolen = std::mem::take(moved.examples.get_mut(Language::Fr));
        let thief = city.intents.get_mut("ask_taxes").unwrap();
        thief.examples.get_mut(Language::Fr).extend(stolen);
    });
    let comparison = beside_the_live_one(&new).await;
    assert!(!comparison.passes());
    let [french, english] = comparison.understood.as_slice() else { panic!("{comparison:?}") };
    assert_eq!((french.lang, english.lang), (Language::Fr, Language::En));
    assert!(french.is_worse(), "{french:?}");
    assert!(french.lost.iter().any(|sentence| sentence.starts_with("report_pothole: ")));
    assert!(comparison.rehearsed.n_broken > 0);
    assert_eq!(comparison.rehearsed.n_failing_before, 0);
    let told = comparison.rehearsed.broken.first().unwrap();
    assert!(told.contains("(fr, ") && told.contains("tests/pothole.test.yml"), "{told}");
}

#[tokio::test]
async fn a_test_that_fails_already_breaks_nothing() {
    let new = town(|city| {
        let talk = city.talks.first_mut().unwrap();
        for turn in &mut talk.turns {
            turn.checks.queue = Some("no_such_queue".to_owned());
        }
    });
    let comparison = beside_the_live_one(&new).await;
    assert!(comparison.passes(), "{comparison:#?}");
    assert!(comparison.rehearsed.n_failing_before > 0);
}

#[tokio::test]
async fn without_test_sentences_what_both_have_learnt_is_tried() {
    let new = town(|city| {
        city.trials.clear();
        city.talks.clear();
        city.intents.remove(OUT_OF_SCOPE);
    });
    let comparison = beside_the_live_one(&new).await;
    for side in &comparison.understood {
        assert_eq!(side.source, Source::Learnt);
        assert!(side.n > 1_000 && side.n_before * 10 > side.n * 9, "{side:?}");
    }
}
