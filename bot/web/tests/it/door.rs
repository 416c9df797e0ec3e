//! A door under test: made-up time and chance, a made-up city, and short ways to ask.

use axum::Router;
use axum::body::{Body, BodyDataStream};
use axum::http::{HeaderMap, Request, header};
use bot_core::id::ConversationId;
use bot_core::message::{Author, Choice};
use bot_core::slot::SlotKind;
use bot_core::{Chance, Channel, Clock, Language, UnixMs};
use bot_store::conversation_state::CloseReason;
use bot_store::conversations::{ConversationFilter, Move, Order};
use bot_store::messages::{Message, NewMessage};
use bot_store::{Page, Store, Topic};
use bot_web::token::{N_KEY_BYTES, Pass, TokenKey};
use bot_web::{House, Limits, Web};
use futures_util::StreamExt;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tower::ServiceExt;
use uuid::Uuid;

use crate::api::{self, Described};
use crate::faulty::FaultyStore;
use crate::logs;

/// The time at which every test starts: 2026-05-04T12:00:00Z.
pub(crate) const NOON: i64 = 1_777_896_000_000;

/// A clock that tests set.
pub(crate) struct MadeUpClock(AtomicI64);

impl MadeUpClock {
    pub(crate) fn advance(&self, span: Duration) {
        self.0.fetch_add(i64::try_from(span.as_millis()).unwrap(), Ordering::SeqCst);
    }
}

impl Clock for MadeUpClock {
    fn now(&self) -> UnixMs {
        UnixMs(self.0.load(Ordering::SeqCst))
    }
}

/// Chance that counts.
#[derive(Default)]
struct Counted(AtomicU64);

impl Chance for Counted {
    fn fill(&self, bytes: &mut [u8]) {
        for part in bytes.chunks_mut(8) {
            let count = self.0.fetch_add(1, Ordering::SeqCst).to_le_bytes();
            part.copy_from_slice(&count[..part.len()]);
        }
    }
}

/// A made-up city.
#[derive(Default)]
pub(crate) struct FakeHouse {
    /// Whether it panics when it is asked for its package.
    pub(crate) panics: AtomicBool,
    /// Whether something is missing.
    pub(crate) is_missing: AtomicBool,
}

impl House for FakeHouse {
    fn release(&self) -> String {
        assert!(!self.panics.load(Ordering::SeqCst), "the house burns, says bonjour-secret");
        "release-1".to_owned()
    }

    fn city_name(&self, lang: Language) -> String {
        match lang {
            Language::Fr => "Sainte-Aurore <\"&>".to_owned(),
            Language::En => "City of Sainte-Aurore".to_owned(),
        }
    }

    fn languages(&self) -> Vec<Language> {
        Language::ALL.to_vec()
    }

    fn burst(&self, _: Channel) -> Duration {
        Duration::from_millis(800)
    }

    fn text(&self, key: &str, holes: &[(&str, String)], lang: Language) -> String {
        let words = holes.iter().map(|(name, words)| format!(" {name}={words}"));
        format!("{lang}:{key}{}", words.collect::<String>())
    }

    fn texts(&self, prefix: &str, lang: Language) -> BTreeMap<String, String> {
        let key = format!("{prefix}hello");
        let words = self.text(&key, &[], lang);
        BTreeMap::from([(key, words)])
    }

    fn service_name(&self, code: &str, lang: Language) -> Option<String> {
        (code == "NDP").then(|| format!("{lang}:pothole"))
    }

    fn default_queue(&self) -> String {
        "front_desk".to_owned()
    }

    fn hints(&self, lang: Language) -> Vec<String> {
        vec![format!("{lang}:pothole")]
    }

    fn day(&self, at: UnixMs, lang: Language) -> String {
        format!("{lang}:day-{}", at.0 / 86_400_000)
    }

    fn ready(&self) -> Result<(), String> {
        if self.is_missing.load(Ordering::SeqCst) {
            return Err("the classifier".to_owned());
        }
        Ok(())
    }

    fn metrics(&self) -> String {
        "# TYPE guichet_turns_total counter\nguichet_turns_total 7\n".to_owned()
    }
}

/// What came back.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Vec<u8>,
}

impl Answer {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|why| panic!("{why}: {}", self.text()))
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8(self.body.clone()).unwrap()
    }

    /// Gives the media type without its parameters.
    pub(crate) fn kind(&self) -> String {
        self.header("content-type").split(';').next().unwrap().to_owned()
    }

    pub(crate) fn header(&self, name: &str) -> String {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap()).to_owned()
    }

    /// Gives the public id of a problem, with its status: `413 too-large`.
    pub(crate) fn problem(&self) -> String {
        let kind = self.json()["type"].as_str().unwrap().to_owned();
        format!("{} {}", self.status, kind.strip_prefix("urn:guichet:problem:").unwrap())
    }
}

/// A conversation as its client has it.
#[derive(Debug, Clone)]
pub(crate) struct Talk {
    pub(crate) id: ConversationId,
    pub(crate) token: String,
}

/// A door under test.
pub(crate) struct Door {
    pub(crate) store: Arc<FaultyStore>,
    pub(crate) clock: Arc<MadeUpClock>,
    pub(crate) house: Arc<FakeHouse>,
    pub(crate) key: TokenKey,
    pub(crate) web: Web,
    pub(crate) router: Router,
    seen: Mutex<BTreeSet<Described>>,
}

impl Door {
    pub(crate) fn new() -> Self {
        Self::with(Limits::default())
    }

    pub(crate) fn with(limits: Limits) -> Self {
        logs::turn_on();
        let store = Arc::new(FaultyStore::default());
        let clock = Arc::new(MadeUpClock(AtomicI64::new(NOON)));
        let house = Arc::new(FakeHouse::default());
        let key = TokenKey::new([7; N_KEY_BYTES]);
        let chance = Arc::new(Counted::default());
        let web =
            Web::new(store.clone(), clock.clone(), chance, house.clone(), key.clone(), limits);
        let router = bot_web::router(web.clone());
        Self { store, clock, house, key, web, router, seen: Mutex::default() }
    }

    /// Gives the described answers that were seen.
    pub(crate) fn seen(&self) -> BTreeSet<Described> {
        self.seen.lock().unwrap().clone()
    }

    async fn head(&self, request: Request<Body>) -> (Answer, Body) {
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let (status, headers) = (parts.status.as_u16(), parts.headers);
        (Answer { status, headers, body: Vec::new() }, body)
    }

    /// Asks, and checks the answer against the description.
    pub(crate) async fn ask(&self, request: Request<Body>) -> Answer {
        let method = request.method().to_string();
        let path = request.uri().path().to_owned();
        let (mut answer, body) = self.head(request).await;
        answer.body = axum::body::to_bytes(body, usize::MAX).await.unwrap().to_vec();
        self.note(&method, &path, &answer);
        answer
    }

    fn note(&self, method: &str, path: &str, answer: &Answer) {
        for name in ["x-content-type-options", "referrer-policy", "permissions-policy"] {
            assert!(!answer.header(name).is_empty(), "{path}: {name}");
        }
        assert!(!answer.header("cache-control").is_empty(), "{path}");
        self.seen.lock().unwrap().extend(api::check(method, path, answer));
    }

    /// Opens a stream of events.
    pub(crate) async fn listen(&self, request: Request<Body>) -> Result<Stream, Answer> {
        let path = request.uri().path().to_owned();
        let (mut answer, body) = self.head(request).await;
        if answer.status != 200 {
            answer.body = axum::body::to_bytes(body, usize::MAX).await.unwrap().to_vec();
            self.note("GET", &path, &answer);
            return Err(answer);
        }
        self.note("GET", &path, &answer);
        Ok(Stream { chunks: body.into_data_stream(), text: String::new() })
    }

    /// Opens a conversation.
    pub(crate) async fn open(&self) -> Talk {
        let answer = self.ask(post("/api/chat", "", "application/json", "")).await;
        assert_eq!(answer.status, 201);
        let body = answer.json();
        let id = body["conversation"].as_str().unwrap().parse().unwrap();
        Talk { id, token: body["token"].as_str().unwrap().to_owned() }
    }

    /// Gives a good token of a conversation that there never was.
    pub(crate) fn talk_of_nowhere(&self) -> Talk {
        let id = ConversationId::from_parts(UnixMs(NOON), &[99; 10]);
        let pass = Pass { conversation: id, visitor: Uuid::nil() };
        Talk { id, token: self.key.issue(pass, UnixMs(i64::MAX)) }
    }

    /// Sends a message.
    pub(crate) async fn send(&self, talk: &Talk, message: &Value) -> Answer {
        let answer = self.ask(send(talk, &message.to_string())).await;
        if answer.status == 202 {
            assert!(api::may_be_sent(message), "{message} was taken, and is not described");
        }
        answer
    }

    /// Sends words under an id.
    pub(crate) async fn say(&self, talk: &Talk, id: &str, text: &str) -> Answer {
        self.send(talk, &json!({ "id": id, "text": text })).await
    }

    /// Asks for messages.
    pub(crate) async fn list(&self, talk: &Talk, query: &str) -> Answer {
        self.ask(get(&format!("/api/chat/messages{query}"), talk)).await
    }

    /// Gives a conversation's messages as they are stored.
    pub(crate) async fn stored(&self, talk: &Talk) -> Vec<Message> {
        let mut tx = self.store.read().await.unwrap();
        tx.messages().list_after(talk.id, 0, 1_000).await.unwrap()
    }

    /// Waits for a conversation to be opened, and gives the newest.
    pub(crate) async fn newest(&self) -> ConversationId {
        let mut rings = self.store.wake().subscribe(Topic::All);
        loop {
            let mut tx = self.store.read().await.unwrap();
            let (filter, page) = (ConversationFilter::default(), Page::first(1));
            let found = tx.conversations().list(&filter, Order::NewestFirst, page).await.unwrap();
            if let Some(newest) = found.first() {
                return newest.id;
            }
            drop(tx);
            rings.heard().await.expect("the store is open");
        }
    }

    /// Lets the counter speak.
    pub(crate) async fn answer(&self, talk: &Talk, text: &str, choices: &[(&str, &str)]) {
        self.answer_with(talk.id, text, choices, None).await;
    }

    /// Lets the counter ask for such an answer.
    pub(crate) async fn answer_with(
        &self,
        id: ConversationId,
        text: &str,
        choices: &[(&str, &str)],
        wants: Option<SlotKind>,
    ) {
        let mut tx = self.store.begin().await.unwrap();
        let now = self.clock.now();
        let mut words = NewMessage::words(id, Author::Bot, text, Language::Fr, now);
        words.wants = wants;
        let choice = |(id, label): &(&str, &str)| Choice {
            id: (*id).to_owned(),
            label: (*label).to_owned(),
        };
        words.choices = choices.iter().map(choice).collect();
        assert!(tx.messages().append(&words).await.unwrap().seq().is_some());
        tx.commit().await.unwrap();
        self.store.wake().notify(Topic::Conversation(id));
    }

    /// Closes a conversation.
    pub(crate) async fn close(&self, talk: &Talk) {
        let mut tx = self.store.begin().await.unwrap();
        let now = self.clock.now();
        let change = Move::Close(CloseReason::Idle);
        assert!(tx.conversations().set_state(talk.id, 1, change, now).await.unwrap().is_done());
        tx.commit().await.unwrap();
    }
}

/// An event of a stream.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Sent {
    pub(crate) id: i64,
    pub(crate) posted: Value,
}

/// A stream of events being read.
#[derive(Debug)]
pub(crate) struct Stream {
    chunks: BodyDataStream,
    text: String,
}

/// How long nothing may come before a test takes it that nothing will; made-up time.
const LONG: Duration = Duration::from_hours(1);

impl Stream {
    /// Gives the next event; `None` where the stream ends.
    pub(crate) async fn next(&mut self) -> Option<Sent> {
        loop {
            if let Some((event, rest)) = self.text.split_once("\n\n") {
                let sent = parse(event);
                self.text = rest.to_owned();
                match sent {
                    Some(sent) => return Some(sent),
                    None => continue,
                }
            }
            let chunk = self.chunks.next().await?.unwrap();
            self.text.push_str(std::str::from_utf8(&chunk).unwrap());
        }
    }

    /// Gives the next events.
    pub(crate) async fn take(&mut self, n: usize) -> Vec<Sent> {
        let mut all = Vec::new();
        for _ in 0..n {
            let next = tokio::time::timeout(LONG, self.next()).await;
            all.push(next.expect("an event comes").expect("the stream goes on"));
        }
        all
    }

    /// Tells that the stream ends, and sends nothing more.
    pub(crate) async fn ends(&mut self) -> bool {
        tokio::time::timeout(LONG, self.next()).await == Ok(None)
    }

    /// Tells that the stream goes on, and sends nothing.
    pub(crate) async fn is_silent(&mut self) -> bool {
        tokio::time::timeout(LONG, self.next()).await.is_err()
    }
}

/// Reads an event; `None` for a comment that only says that the stream is there.
fn parse(event: &str) -> Option<Sent> {
    if event.lines().all(|line| line.starts_with(':')) {
        return None;
    }
    let field = |name: &str| {
        let mut lines = event.lines();
        let found = lines.find_map(|line| line.strip_prefix(name)).expect("the field is there");
        found.trim_start()
    };
    if field("event:") == "state" {
        api::check_state(&serde_json::from_str(field("data:")).unwrap());
        return None;
    }
    assert_eq!(field("event:"), "message");
    let posted: Value = serde_json::from_str(field("data:")).unwrap();
    api::check_posted(&posted);
    let id = field("id:").parse().unwrap();
    assert_eq!(posted["seq"], id);
    Some(Sent { id, posted })
}

/// Makes a request with a token.
pub(crate) fn get(path: &str, talk: &Talk) -> Request<Body> {
    let request =
        Request::get(path).header(header::AUTHORIZATION, format!("Bearer {}", talk.token));
    request.body(Body::empty()).unwrap()
}

/// Makes a request without a token.
pub(crate) fn plain(method: &str, path: &str) -> Request<Body> {
    Request::builder().method(method).uri(path).body(Body::empty()).unwrap()
}

/// Makes a request with a body; an empty token is none.
pub(crate) fn post(path: &str, token: &str, kind: &str, body: impl Into<Body>) -> Request<Body> {
    let mut request = Request::post(path);
    if !token.is_empty() {
        request = request.header(header::AUTHORIZATION, format!("Bearer {token}"));
    }
    if !kind.is_empty() {
        request = request.header(header::CONTENT_TYPE, kind);
    }
    request.body(body.into()).unwrap()
}

/// Makes a request that sends a message, whatever its body.
pub(crate) fn send(talk: &Talk, body: &str) -> Request<Body> {
    post("/api/chat/messages", &talk.token, "application/json", body.to_owned())
}
