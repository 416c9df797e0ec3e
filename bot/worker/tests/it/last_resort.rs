//! A turn that can never be done: tried again, then given up aloud.

use async_trait::async_trait;
use bot_city::{Actions, CallContext, Returned};
use bot_core::effect::Call;
use bot_core::message::Author;
use bot_store::conversation_state::Owner;
use bot_store::desk::DeskKind;
use bot_store::{Page, Result, Tx};
use std::sync::Arc;
use std::time::Duration;

use crate::lab::{Lab, TOWN};

/// Actions that the store always refuses.
struct Broken;

#[async_trait]
impl Actions for Broken {
    fn knows(&self, _: &str) -> bool {
        true
    }

    async fn run(&self, _: &mut dyn Tx, _: &CallContext<'_>, _: &Call) -> Result<Returned> {
        Err(bot_store::Error::Snapshot)
    }
}

/// The register, but for a look-up that never comes back.
struct Slow;

#[async_trait]
impl Actions for Slow {
    fn knows(&self, _: &str) -> bool {
        true
    }

    async fn run(&self, tx: &mut dyn Tx, cx: &CallContext<'_>, call: &Call) -> Result<Returned> {
        if call.action == "requests.find_near" {
            std::future::pending::<()>().await;
        }
        bot_city::Register.run(tx, cx, call).await
    }
}

#[tokio::test(start_paused = true)]
async fn an_action_that_takes_too_long_is_an_error_that_the_flow_handles() {
    let mut lab = Lab::with(Arc::new(Slow)).await;
    lab.wait(Duration::from_secs(1)).await;
    lab.say("un gros nid-de-poule au 12 rue Cartier", Duration::from_mins(2)).await;
    let messages = lab.messages().await;
    // A failed look-up never blocks a report.
    assert!(messages.last().unwrap().new.content.text.contains("Une photo"), "{messages:#?}");
    assert_eq!(lab.shell.metrics.numbers().dead_jobs, 0);
}

#[tokio::test(start_paused = true)]
async fn a_turn_that_cannot_be_done_is_given_up_aloud() {
    let mut lab = Lab::with(Arc::new(Broken)).await;
    lab.wait(Duration::from_secs(1)).await;
    lab.say("un nid-de-poule au 12 rue Cartier", Duration::from_mins(10)).await;
    let messages = lab.messages().await;
    let last = &messages.last().unwrap().new;
    let apology = TOWN.city.texts.get("fault").unwrap();
    let words = flows::render::wording(
        &TOWN.city,
        apology,
        flows::render::Voice { lang: bot_core::Language::Fr, channel: bot_core::Channel::Web },
        &flows::render::NoValues,
    );
    assert_eq!((last.author, &last.content.text), (Author::Bot, &words));
    let numbers = lab.shell.metrics.numbers();
    assert_eq!((numbers.dead_jobs, numbers.retries), (1, 7));
    let mut tx = lab.shell.store.read().await.unwrap();
    let conversation = tx.conversations().get(lab.talk).await.unwrap().unwrap();
    assert_eq!(conversation.owner, Owner::Queue(TOWN.city.info.default_queue.clone()));
    assert_eq!(conversation.seen_seq, 2, "the message is left to the person");
    assert_eq!(tx.upkeep().dead_jobs(Page::first(9)).await.unwrap().len(), 1);
    let events = tx.desk().list_after(0, 99).await.unwrap();
    assert!(events.iter().any(|row| row.event.kind == DeskKind::Trouble));
}
