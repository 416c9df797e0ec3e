//! What the store holds after the kills: everything accepted, answered once, filed once.

use bot_core::CaseNumber;
use bot_core::id::ConversationId;
use bot_core::message::Author;
use bot_store::cases::CaseFilter;
use bot_store::conversations::{Conversation, ConversationFilter, Order};
use bot_store::messages::Message;
use bot_store::{Page, Store, Tx};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use tests::numbers::numbers_in;

use super::crowd::Story;

/// Rows read at once.
const PAGE: u32 = 500;

pub(crate) async fn pass(store: &dyn Store, stories: &[Story]) {
    let told = alone(store).await;
    residents_remember_the_same(&told, stories);
}

/// Judges a store without those who were there; gives the numbers that it told.
pub(crate) async fn alone(store: &dyn Store) -> BTreeMap<ConversationId, CaseNumber> {
    let mut tx = store.read().await.unwrap();
    no_job_is_left(tx.as_mut()).await;
    let conversations = conversations(tx.as_mut()).await;
    let mut told = BTreeMap::new();
    for conversation in &conversations {
        told.extend(talk_is_whole(tx.as_mut(), conversation).await);
    }
    every_case_was_told_once(tx.as_mut(), &told).await;
    println!("{} conversations, {} of which told a number", conversations.len(), told.len());
    told
}

async fn no_job_is_left(tx: &mut dyn Tx) {
    let counts = tx.upkeep().job_counts().await.unwrap();
    assert!(counts.is_empty(), "jobs are left: {counts:?}");
    for tally in tx.upkeep().tally(bot_core::UnixMs(0)).await.unwrap() {
        assert_eq!(tally.n_inbox, tally.n_messages, "what came in was kept: {tally:?}");
    }
}

pub(crate) async fn conversations(tx: &mut dyn Tx) -> Vec<Conversation> {
    let mut all = Vec::new();
    loop {
        let page = Page::new(u32::try_from(all.len()).unwrap(), PAGE);
        let filter = ConversationFilter::default();
        let found = tx.conversations().list(&filter, Order::NewestFirst, page).await.unwrap();
        if found.is_empty() {
            return all;
        }
        all.extend(found);
    }
}

/// Checks one conversation; gives the number that it told, if any.
async fn talk_is_whole(
    tx: &mut dyn Tx,
    conversation: &Conversation,
) -> Option<(ConversationId, CaseNumber)> {
    let id = conversation.id;
    let messages = tx.messages().list_after(id, 0, PAGE).await.unwrap();
    let seqs: Vec<i64> = messages.iter().map(|message| message.seq).collect();
    assert_eq!(seqs, (1..=conversation.last_seq).collect::<Vec<_>>(), "{id}: a gap");
    let is_resident = |message: &&Message| message.new.author == Author::Resident;
    let said: Vec<&Message> = messages.iter().filter(is_resident).collect();
    let last = said.last().map_or(0, |message| message.seq);
    assert_eq!(conversation.seen_seq, last, "{id}: a message was not folded");
    answered_once(id, &messages);
    folded_once(tx, id, &said).await;
    let numbers: Vec<CaseNumber> = messages
        .iter()
        .filter(|message| message.new.author == Author::Bot)
        .flat_map(|message| numbers_in(&message.new.content.text))
        .collect();
    assert!(numbers.len() <= 1, "{id}: told {numbers:?}");
    numbers.first().map(|number| (id, *number))
}

/// After each message comes the answer of one turn, and of no second one.
fn answered_once(id: ConversationId, messages: &[Message]) {
    let mut keys = BTreeSet::new();
    let mut turns: Vec<Vec<&str>> = vec![Vec::new()];
    for message in messages {
        match message.new.author {
            Author::Resident => turns.push(Vec::new()),
            Author::Bot => {
                let key = message.new.key.as_deref().expect("an answer has a key");
                assert!(keys.insert(key), "{id}: {key} was said twice");
                turns.last_mut().unwrap().push(key.split('/').next().unwrap());
            }
            Author::Agent | Author::System => panic!("{id}: nobody else is here: {message:?}"),
        }
    }
    for revisions in turns {
        let distinct: BTreeSet<&str> = revisions.iter().copied().collect();
        assert_eq!(distinct.len(), 1, "{id}: one turn answers, once: {revisions:?}");
    }
}

/// The log has each message once.
async fn folded_once(tx: &mut dyn Tx, id: ConversationId, said: &[&Message]) {
    let rows = tx.log().list(id, 0, PAGE).await.unwrap();
    let texts: Vec<String> = rows
        .iter()
        .map(|row| serde_json::from_str::<Value>(&row.entry.event).unwrap())
        .filter_map(|event| Some(event["kind"]["said"]["content"]["text"].as_str()?.to_owned()))
        .collect();
    let wanted: Vec<&str> = said.iter().map(|message| message.new.content.text.as_str()).collect();
    assert_eq!(texts, wanted, "{id}: the log");
}

/// A case exists if and only if its number was told.
async fn every_case_was_told_once(tx: &mut dyn Tx, told: &BTreeMap<ConversationId, CaseNumber>) {
    let mut filed = Vec::new();
    loop {
        let page = Page::new(u32::try_from(filed.len()).unwrap(), PAGE);
        let found = tx.cases().list(&CaseFilter::default(), page).await.unwrap();
        if found.is_empty() {
            break;
        }
        filed.extend(found.into_iter().map(|case| (case.conversation.unwrap(), case.number)));
    }
    let n_filed = filed.len();
    let by_conversation: BTreeMap<ConversationId, CaseNumber> = filed.into_iter().collect();
    assert_eq!(by_conversation.len(), n_filed, "a conversation has filed twice");
    assert_eq!(&by_conversation, told);
    let numbers: BTreeSet<CaseNumber> = told.values().copied().collect();
    assert_eq!(numbers.len(), told.len(), "a number was given twice");
}

/// What residents saw is what is kept.
fn residents_remember_the_same(told: &BTreeMap<ConversationId, CaseNumber>, stories: &[Story]) {
    let told: BTreeMap<String, CaseNumber> =
        told.iter().map(|(id, number)| (id.to_string(), *number)).collect();
    let remembered: BTreeMap<String, CaseNumber> =
        stories.iter().map(|story| (story.conversation.clone(), story.number)).collect();
    assert_eq!(remembered.len(), stories.len());
    assert_eq!(remembered, told);
    for story in stories {
        let n_told = story.said.iter().flat_map(|posted| numbers_in(&posted.text)).count();
        assert_eq!(n_told, 1, "{}: {:?}", story.conversation, story.said);
    }
}
