//! Every conversation test of the demo city, and its replay: the log alone gives the session.

use bot_engine::step;
use bot_worker::rehearsal;
use std::sync::Arc;

use crate::lab::TOWN;

#[tokio::test]
async fn folding_the_log_gives_the_saved_session() {
    let mut n_events = 0;
    for talk in &TOWN.city.talks {
        // The city's own command runs every language and channel; here each test runs once.
        let Some((lang, channel)) = rehearsal::matrix(talk).into_iter().next() else { continue };
        let run = rehearsal::run(&Arc::clone(&TOWN), talk, lang, channel).await.unwrap();
        assert_eq!(run.failures, [], "{}", run.name);
        let mut session = run.story.first.clone();
        for event in &run.story.events {
            session = step(&session, event, &TOWN.city).session;
        }
        assert_eq!(session, run.story.last, "{}", run.name);
        n_events += run.story.events.len();
    }
    assert!(n_events > 500, "{n_events}");
}
