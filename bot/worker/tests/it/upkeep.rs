//! What happens when time passes: private words are hidden, silent conversations are closed.

use bot_store::conversation_state::{CloseReason, ConversationState};
use std::time::Duration;

use crate::lab::Lab;

const DAY: Duration = Duration::from_hours(24);

#[tokio::test(start_paused = true)]
async fn a_conversation_that_nobody_comes_back_to_is_closed() {
    let mut lab = Lab::new().await;
    lab.say("bonjour", DAY * 29).await;
    let state = async |lab: &Lab| {
        let mut tx = lab.shell.store.read().await.unwrap();
        let found = tx.conversations().get(lab.talk).await.unwrap().unwrap();
        (found.state, found.close_reason)
    };
    assert_ne!(state(&lab).await.0, ConversationState::Closed);
    lab.wait(DAY * 2).await;
    assert_eq!(state(&lab).await, (ConversationState::Closed, Some(CloseReason::Idle)));
}

#[tokio::test(start_paused = true)]
async fn a_private_contact_is_hidden_when_its_days_are_over() {
    let mut lab = Lab::new().await;
    let pause = Duration::from_secs(5);
    lab.say("un gros nid-de-poule au 12 rue Cartier", pause).await;
    lab.say("non", pause).await;
    lab.say("non", pause).await;
    lab.say("(418) 555 1234", pause).await;
    lab.say("oui", pause).await;
    let said = |messages: &[bot_store::messages::Message], words: &str| {
        messages.iter().filter(|message| message.new.content.text.contains(words)).count()
    };
    let messages = lab.messages().await;
    assert_eq!(said(&messages, "Demande 26-"), 1, "{messages:#?}");
    assert_eq!((said(&messages, "(418) 555 1234"), said(&messages, "418-555-1234")), (1, 1));
    lab.wait(DAY * 91).await;
    let messages = lab.messages().await;
    assert_eq!((said(&messages, "555"), said(&messages, "•••")), (0, 2));
    assert_eq!(said(&messages, "Demande 26-"), 1, "the number stays");
}
