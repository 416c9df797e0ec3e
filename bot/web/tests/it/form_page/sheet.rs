//! Pages and their forms as a browser has them, and a made-up counter that answers.

use axum::body::Body;
use axum::http::{Request, header};
use bot_core::message::{Author, Choice};
use bot_core::{Clock as _, Language};
use bot_store::conversation_state::CloseReason;
use bot_store::conversations::{Conversation, ConversationFilter, Move, Order};
use bot_store::messages::{Message, NewMessage};
use bot_store::page::Page;
use bot_store::{Store, Subscription, Topic};
use std::sync::Arc;
use tokio::task::JoinHandle;

use crate::door::{Answer, Door, plain};
use crate::faulty::FaultyStore;
use crate::forms::form;

pub(super) const BOUNDARY: &str = "multipart/form-data; boundary=the-edge";

/// The parts of a form: names and what they hold.
pub(super) type Parts<'a> = &'a [(&'a str, &'a [u8])];

/// What the made-up counter answers, and with which choices.
pub(super) type Reply = (&'static str, &'static [(&'static str, &'static str)]);

/// A counter that greets, and answers each message with the next of its replies.
pub(super) struct Attended {
    pub(super) door: Door,
    counter: JoinHandle<()>,
}

impl Drop for Attended {
    fn drop(&mut self) {
        self.counter.abort();
    }
}

impl Attended {
    pub(super) fn new(lang: Language, replies: &'static [Reply]) -> Self {
        let door = Door::new();
        let rings = door.store.wake().subscribe(Topic::All);
        let counter = tokio::spawn(attend(Arc::clone(&door.store), rings, lang, replies));
        Self { door, counter }
    }
}

pub(super) async fn attend(
    store: Arc<FaultyStore>,
    mut rings: Subscription,
    lang: Language,
    replies: &'static [Reply],
) {
    let mut left = replies.iter();
    while let Some(topic) = rings.heard().await {
        let Topic::Conversation(id) = topic else { continue };
        let mut tx = store.begin().await.unwrap();
        let conversation = tx.conversations().get(id).await.unwrap().unwrap();
        let unseen = tx.messages().unseen(id, 10).await.unwrap();
        let (words, choices) = match unseen.last() {
            None if conversation.last_seq == 0 => ("Bienvenue.", &[][..]),
            None => continue,
            Some(last) => {
                assert!(tx.messages().mark_seen(id, last.seq).await.unwrap().is_done());
                *left.next().expect("the counter knows what to say")
            }
        };
        let mut message = NewMessage::words(id, Author::Bot, words, lang, conversation.updated);
        message.choices = offers(choices);
        assert!(tx.messages().append(&message).await.unwrap().seq().is_some());
        tx.commit().await.unwrap();
        store.wake().notify(topic);
    }
}

pub(super) fn offers(choices: &[(&str, &str)]) -> Vec<Choice> {
    let offer =
        |(id, label): &(&str, &str)| Choice { id: (*id).to_owned(), label: (*label).to_owned() };
    choices.iter().map(offer).collect()
}

/// A page with its form, as a browser has it.
pub(super) struct Sheet {
    pub(super) answer: Answer,
    pub(super) html: String,
}

impl Sheet {
    pub(super) fn of(answer: Answer) -> Self {
        assert_eq!(answer.header("content-type"), "text/html; charset=utf-8");
        let html = answer.text();
        let policy = answer.header("content-security-policy");
        assert!(policy.contains("form-action 'self'") && !policy.contains("script"), "{policy}");
        assert!(!html.contains("<script"), "{html}");
        // A form says where it comes from only where the page lets it.
        assert_eq!(answer.header("referrer-policy"), "same-origin");
        assert_eq!(
            html.matches("id=\"next\"").count(),
            usize::from(html.contains("class=\"talk\"") || html.contains("class=\"alert\"")),
            "{html}"
        );
        Self { answer, html }
    }

    pub(super) fn status(&self) -> u16 {
        self.answer.status
    }

    /// Gives the value of a field that the page filled in itself.
    pub(super) fn hidden(&self, name: &str) -> Option<String> {
        let (_, rest) = self.html.split_once(&format!("name=\"{name}\" value=\""))?;
        Some(rest.split('"').next().unwrap().to_owned())
    }

    pub(super) fn action(&self) -> String {
        let (_, rest) = self.html.split_once(" action=\"").unwrap();
        let action = rest.split('"').next().unwrap();
        action.strip_suffix("#next").expect("the browser goes to what is next").to_owned()
    }

    /// Gives what stands in the field.
    pub(super) fn typed(&self) -> String {
        let (_, rest) = self.html.split_once("<textarea").unwrap();
        let (_, rest) = rest.split_once(">\n").unwrap();
        rest.split("</textarea>").next().unwrap().to_owned()
    }

    pub(super) fn has(&self, words: &str) -> bool {
        self.html.contains(words)
    }

    /// Fills the form in and makes the request that sends it.
    pub(super) fn send(&self, parts: Parts<'_>) -> Request<Body> {
        let hidden = ["token", "page", "seen"].map(|name| (name, self.hidden(name)));
        let hidden = hidden.iter().filter_map(|(name, value)| Some((*name, value.as_ref()?)));
        let hidden = hidden.map(|(name, value)| (name, value.as_bytes()));
        let all: Vec<_> = hidden.chain(parts.iter().copied()).collect();
        request(&self.action(), form(&all))
    }

    pub(super) fn say(&self, words: &str) -> Request<Body> {
        // A browser sends an empty file where none was chosen.
        self.send(&[("words", words.as_bytes()), ("photo", b"")])
    }
}

pub(super) fn request(path: &str, body: impl Into<Body>) -> Request<Body> {
    let request = Request::post(path).header(header::CONTENT_TYPE, BOUNDARY);
    request.body(body.into()).unwrap()
}

pub(super) async fn open(door: &Door, path: &str) -> Sheet {
    let sheet = Sheet::of(door.ask(plain("GET", path)).await);
    assert_eq!(sheet.status(), 200);
    sheet
}

pub(super) async fn submit(door: &Door, request: Request<Body>) -> Sheet {
    Sheet::of(door.ask(request).await)
}

pub(super) async fn conversations(door: &Door) -> Vec<Conversation> {
    let mut tx = door.store.read().await.unwrap();
    let all = ConversationFilter::default();
    tx.conversations().list(&all, Order::NewestFirst, Page::new(0, 100)).await.unwrap()
}

/// Gives what residents have said in all conversations.
pub(super) async fn said(door: &Door) -> Vec<Message> {
    let mut said = Vec::new();
    for conversation in conversations(door).await {
        let mut tx = door.store.read().await.unwrap();
        let messages = tx.messages().list_after(conversation.id, 0, 1_000).await.unwrap();
        let own = messages.into_iter().filter(|message| message.new.author == Author::Resident);
        said.extend(own);
    }
    said
}

pub(super) async fn words_said(door: &Door) -> Vec<String> {
    said(door).await.into_iter().map(|message| message.new.content.text).collect()
}

pub(super) async fn append(door: &Door, author: Author, words: &str, choices: &[(&str, &str)]) {
    let id = conversations(door).await[0].id;
    let mut message = NewMessage::words(id, author, words, Language::Fr, door.clock.now());
    message.choices = offers(choices);
    let mut tx = door.store.begin().await.unwrap();
    assert!(tx.messages().append(&message).await.unwrap().seq().is_some());
    tx.commit().await.unwrap();
}

pub(super) async fn close(door: &Door) {
    let open = &conversations(door).await[0];
    let change = Move::Close(CloseReason::Idle);
    let mut tx = door.store.begin().await.unwrap();
    let moved = tx.conversations().set_state(open.id, open.epoch, change, door.clock.now());
    assert!(moved.await.unwrap().is_done());
    tx.commit().await.unwrap();
}

/// Sends a form that is refused; gives the page, on which what was typed still stands.
pub(super) async fn refused(door: &Door, request: Request<Body>, status: u16, key: &str) -> Sheet {
    let n_said = words_said(door).await.len();
    let sheet = submit(door, request).await;
    assert_eq!(sheet.status(), status, "{key}: {}", sheet.html);
    let alert = format!("role=\"alert\">fr:{key}");
    assert!(sheet.has(&alert), "{key}: {}", sheet.html);
    assert!(sheet.has(&format!("<title>fr:{key}")), "{}", sheet.html);
    assert_eq!(words_said(door).await.len(), n_said, "{key}");
    sheet
}
