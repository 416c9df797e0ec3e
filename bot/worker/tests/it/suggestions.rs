//! Sentences that were understood badly are kept for whoever looks after the intents, and only those.

use bot_core::message::Content;
use bot_store::Page;
use bot_store::suggestions::{Filter, Suggestion};
use bot_worker::Learning;
use std::time::Duration;

use crate::lab::Lab;

const PAUSE: Duration = Duration::from_secs(5);
const DAY: Duration = Duration::from_hours(24);

async fn kept(lab: &Lab) -> Vec<Suggestion> {
    let mut tx = lab.shell.store.read().await.unwrap();
    tx.suggestions().list(Filter::default(), Page::first(50)).await.unwrap()
}

/// Says what was kept, the first said first: reason, sentence, what the resident chose.
async fn told(lab: &Lab) -> Vec<String> {
    let mut rows = kept(lab).await;
    rows.sort_by_key(|row| (row.new.seq, row.new.reason));
    let line = |row: &Suggestion| {
        let chosen = row.new.chosen.as_ref().map(|intent| format!(" > {intent}"));
        format!("{}: {}{}", row.new.reason.name(), row.new.text, chosen.unwrap_or_default())
    };
    rows.iter().map(line).collect()
}

async fn after_all(sentences: &[&str]) -> Vec<String> {
    let mut lab = Lab::new().await;
    for sentence in sentences {
        lab.say(sentence, PAUSE).await;
    }
    told(&lab).await
}

#[tokio::test(start_paused = true)]
async fn what_was_refused_is_kept_without_what_is_private() {
    let mut lab = Lab::new().await;
    lab.say("mon perroquet bleu chante au 418-555-1234", PAUSE).await;
    assert_eq!(told(&lab).await, ["refused: mon perroquet bleu chante au [phone]"]);
    let row = kept(&lab).await.remove(0).new;
    assert_eq!((row.conversation, row.seq), (lab.talk, 1));
    assert_eq!(row.lang, Some(bot_core::Language::Fr));
    assert!(row.guess.is_some_and(|guess| guess.p < 0.9));
}

#[tokio::test(start_paused = true)]
async fn what_was_understood_is_not_kept() {
    let talk = ["un nid-de-poule au 12 rue Cartier", "non", "non", "418-555-1234", "oui"];
    assert_eq!(after_all(&talk).await, [""; 0]);
}

#[tokio::test(start_paused = true)]
async fn what_did_you_mean_was_answered_with_is_kept_with_the_question() {
    let unsure = "le camion de ramassage au 10 rue Cartier";
    let mut lab = Lab::new().await;
    lab.say(unsure, PAUSE).await;
    assert_eq!(told(&lab).await, [""; 0], "nothing is decided yet");
    lab.send(Content::choice("intent=report_bulky"), PAUSE).await;
    let line = "corrected: le camion de ramassage au [address] > report_bulky";
    assert_eq!(told(&lab).await, [line]);
    // Others say it in words, or pick nothing.
    let line = "corrected: le camion de ramassage au [address] > report_missed_garbage";
    assert_eq!(after_all(&[unsure, "la première"]).await, [line]);
    let line = "refused: le camion de ramassage au [address]";
    assert_eq!(after_all(&[unsure, "autre chose"]).await, [line]);
}

#[tokio::test(start_paused = true)]
async fn what_followed_a_refusal_tells_what_was_meant() {
    let talk = ["mon perroquet bleu chante", "un nid-de-poule au 12 rue Cartier"];
    assert_eq!(
        after_all(&talk).await,
        [
            "refused: mon perroquet bleu chante",
            "corrected: mon perroquet bleu chante > report_pothole"
        ]
    );
}

#[tokio::test(start_paused = true)]
async fn a_person_who_takes_over_leaves_the_last_wishes() {
    let talk = ["mon perroquet bleu chante", "je veux parler à un agent"];
    assert_eq!(
        after_all(&talk).await,
        ["refused: mon perroquet bleu chante", "handed_over: mon perroquet bleu chante"]
    );
}

#[tokio::test(start_paused = true)]
async fn an_emergency_a_button_and_a_single_word_are_never_kept() {
    let talk = ["il y a le feu chez le perroquet", "perroquet", "je veux parler à un agent"];
    assert_eq!(after_all(&talk).await, [""; 0]);
    let mut lab = Lab::new().await;
    let button = Content { choice: Some("gone".to_owned()), ..Content::text("mon perroquet bleu") };
    lab.send(button, PAUSE).await;
    assert_eq!(told(&lab).await, [""; 0]);
}

#[tokio::test(start_paused = true)]
async fn nothing_is_kept_where_the_city_does_not_want_it() {
    let learning = Learning { keep: false, ..Learning::default() };
    let mut lab = Lab::learning(learning).await;
    lab.say("mon perroquet bleu chante", PAUSE).await;
    assert_eq!(told(&lab).await, [""; 0]);
}

#[tokio::test(start_paused = true)]
async fn what_is_kept_goes_when_its_days_are_over() {
    let mut lab = Lab::learning(Learning { keep_days: 10, ..Learning::default() }).await;
    lab.say("mon perroquet bleu chante", DAY * 9).await;
    assert_eq!(kept(&lab).await.len(), 1);
    lab.wait(DAY * 2).await;
    assert_eq!(kept(&lab).await.len(), 0);
}
