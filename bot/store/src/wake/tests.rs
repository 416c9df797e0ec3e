//! Who hears which ring.

use bot_core::UnixMs;
use bot_core::id::ConversationId;
use std::time::Duration;

use super::{LocalWake, Subscription, Topic, Wake, locked};

fn conversation(n: u8) -> ConversationId {
    ConversationId::from_parts(UnixMs(1), &[n; 10])
}

/// Gives what is heard at once; `None` for silence.
async fn now(listener: &mut Subscription) -> Option<Option<Topic>> {
    tokio::time::timeout(Duration::ZERO, listener.heard()).await.ok()
}

#[tokio::test]
async fn a_ring_wakes_those_whom_it_concerns() {
    let wake = LocalWake::new();
    let (one, two) = (Topic::Conversation(conversation(1)), Topic::Conversation(conversation(2)));
    let mut here = wake.subscribe(one);
    let mut there = wake.subscribe(two);
    let mut jobs = wake.subscribe(Topic::Jobs);
    let mut everything = wake.subscribe(Topic::All);
    wake.notify(one);
    assert_eq!(now(&mut here).await, Some(Some(one)));
    assert_eq!(now(&mut here).await, None);
    assert_eq!(now(&mut there).await, None);
    assert_eq!(now(&mut jobs).await, None);
    assert_eq!(now(&mut everything).await, Some(Some(one)));
    wake.notify(Topic::All);
    assert_eq!(now(&mut here).await, Some(Some(one)));
    assert_eq!(now(&mut there).await, Some(Some(two)));
    assert_eq!(now(&mut jobs).await, Some(Some(Topic::All)));
}

#[tokio::test]
async fn a_ring_between_two_looks_is_not_lost() {
    let wake = LocalWake::new();
    let one = Topic::Conversation(conversation(1));
    let mut here = wake.subscribe(one);
    wake.notify(one);
    wake.notify(one);
    assert_eq!(now(&mut here).await, Some(Some(one)));
    assert_eq!(now(&mut here).await, None);
}

#[tokio::test]
async fn a_bell_goes_with_its_last_listener() {
    let wake = LocalWake::new();
    let one = Topic::Conversation(conversation(1));
    let (first, second) = (wake.subscribe(one), wake.subscribe(one));
    drop(first);
    assert_eq!(locked(&wake.bells).len(), 1);
    drop(second);
    assert!(locked(&wake.bells).is_empty());
    let mut left = wake.subscribe(one);
    drop(wake);
    assert_eq!(now(&mut left).await, Some(None));
}
