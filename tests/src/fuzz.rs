//! What fuzzers feed: any bytes as a conversation, as a city's package, as a message's body. Each
//! function ends in a failed assertion where a promise is broken.
//!
//! The same functions serve the fuzz targets in `tests/fuzz`, which explore, and the tests, which
//! replay the corpus and what is near it.

use bot_core::channel::Source;
use bot_core::effect::{Call, Effect};
use bot_core::event::{HandoffNews, Profile, Timer};
use bot_core::message::Content;
use bot_core::text::{MAX_MESSAGE_CHARS, clean};
use bot_core::value::Record;
use bot_core::{Channel, Event, EventKind, Language, UnixMs};
use bot_engine::{Session, Turn, expectation, step};
use bot_worker::{Town, lesson, package};
use flows::Package;
use nlu::{Ask, FirstHead};
use std::sync::{Arc, LazyLock};

use crate::city;

/// Lines of a conversation that are followed.
const MAX_LINES: usize = 40;
/// Bytes that a stored session may take.
const MAX_SESSION_BYTES: usize = 64 * 1024;
/// Results that one line may lead to.
const MAX_RESULTS: usize = 20;
/// A Tuesday morning in May, city hall open.
const MORNING: UnixMs = UnixMs(1_778_594_400_000);
/// How long passes between two lines.
const PAUSE_MS: i64 = 40_000;

/// The demo city and what is learnt from it.
static TOWN: LazyLock<Arc<Town>> = LazyLock::new(|| {
    let package = package::read(&city::demo()).expect("the demo city is part of the project");
    let city = flows::load(&package).city.expect("the demo city is checked by its own tests");
    let head = FirstHead::train(&lesson::of_city(&city));
    Arc::new(Town::new(city, Arc::new(head)))
});

/// Reads bytes as a conversation and holds it: a first line `CHANNEL LANGUAGE`, then a line a
/// thing that happens.
///
/// `> words` is said and understood by the real head; `= N` picks the choice N; `! remind`,
/// `! park`, `! handoff` is a timer; `@ accepted`, `@ solved`, `@ back`, `@ nobody` comes from the
/// desk; `< N` makes every action from here on give its result N. Any other line is said.
///
/// # Panics
/// Where a promise is broken.
pub fn conversation(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let mut lines = text.lines();
    let mut talk = Talk::open(lines.next().unwrap_or_default());
    for line in lines.take(MAX_LINES) {
        talk.follow(line);
    }
    talk.replay();
}

struct Talk {
    town: Arc<Town>,
    first: Session,
    session: Session,
    events: Vec<Event>,
    at: UnixMs,
    result: usize,
}

impl Talk {
    fn open(line: &str) -> Self {
        let mut words = line.split(' ');
        let channel = words.next().and_then(|word| word.parse().ok()).unwrap_or(Channel::Web);
        let lang = words.next().and_then(|word| word.parse().ok()).unwrap_or(Language::Fr);
        let first = Session::new(channel, lang);
        let mut talk = Self {
            town: Arc::clone(&TOWN),
            session: first.clone(),
            first,
            events: Vec::new(),
            at: MORNING,
            result: 0,
        };
        talk.fold(EventKind::Opened(Profile {
            lang: Some(lang),
            is_greeted: false,
            contact: None,
        }));
        talk
    }

    fn follow(&mut self, line: &str) {
        self.at = UnixMs(self.at.0 + PAUSE_MS);
        let token = self.session.timer_token;
        let kind = match line.split_once(' ') {
            Some(("=", n)) => self.picked(n),
            Some(("!", "remind")) => EventKind::TimedOut { timer: Timer::Remind, token },
            Some(("!", "park")) => EventKind::TimedOut { timer: Timer::Park, token },
            Some(("!", "handoff")) => EventKind::TimedOut { timer: Timer::Handoff, token },
            Some(("@", "accepted")) => EventKind::Handoff(HandoffNews::Accepted),
            Some(("@", "solved")) => EventKind::Handoff(HandoffNews::Solved),
            Some(("@", "back")) => EventKind::Handoff(HandoffNews::BackToBot),
            Some(("@", "nobody")) => EventKind::Handoff(HandoffNews::Nobody),
            Some(("<", n)) => {
                self.result = n.parse().unwrap_or(0);
                return;
            }
            Some((">", words)) => self.said(Content::text(&clean(words, MAX_MESSAGE_CHARS))),
            _ => self.said(Content::text(&clean(line, MAX_MESSAGE_CHARS))),
        };
        self.fold(kind);
    }

    fn picked(&self, n: &str) -> EventKind {
        let offered = self.session.last.iter().flat_map(|out| &out.choices);
        let choice = n.parse().ok().and_then(|n: usize| offered.into_iter().nth(n));
        let id = choice.map_or_else(|| n.to_owned(), |choice| choice.id.clone());
        self.said(Content::choice(&id))
    }

    fn said(&self, content: Content) -> EventKind {
        let expectation = expectation(&self.session, &self.town.city);
        let ask = Ask { text: &content.text, expectation: &expectation, now: self.at };
        let understanding = Box::new(self.town.reader.understand(&ask));
        let content = Content { source: Some(Source::Text), ..content };
        EventKind::Said { content, understanding }
    }

    /// Folds an event, then the results of what it calls.
    fn fold(&mut self, kind: EventKind) {
        let mut next = Some(kind);
        for _ in 0..MAX_RESULTS {
            let Some(kind) = next.take() else { return };
            let event = Event { at: self.at, seed: 1, kind };
            let turn = step(&self.session, &event, &self.town.city);
            self.holds(&event, &turn);
            next = the_call(&turn.effects).map(|call| self.result_of(call));
            self.session = turn.session;
            self.events.push(event);
        }
        assert!(next.is_none(), "a turn calls actions without end");
    }

    fn result_of(&self, call: &Call) -> EventKind {
        let spec = self.town.city.actions.get(&call.action);
        let mut results = spec.into_iter().flat_map(|spec| spec.results.keys());
        let n_results = spec.map_or(1, |spec| spec.results.len().max(1));
        let result = results.nth(self.result % n_results).cloned().unwrap_or_default();
        EventKind::Returned { call: call.call, result, outputs: Record::new() }
    }

    fn holds(&self, event: &Event, turn: &Turn) {
        let again = step(&self.session, event, &self.town.city);
        assert_eq!(again, *turn, "the same event gave two different turns");
        let stored = serde_json::to_string(&turn.session).expect("a session is written");
        assert!(stored.len() < MAX_SESSION_BYTES, "a session has {} bytes", stored.len());
        let read: Session = serde_json::from_str(&stored).expect("a session is read");
        assert_eq!(read, turn.session, "a session reads back as it was written");
    }

    /// Folds the stored log again.
    fn replay(&self) {
        let mut session = self.first.clone();
        for event in &self.events {
            let stored = serde_json::to_string(event).expect("an event is written");
            let event: Event = serde_json::from_str(&stored).expect("an event is read");
            session = step(&session, &event, &self.town.city).session;
        }
        assert_eq!(session, self.session, "folding the log gives the saved session");
    }
}

fn the_call(effects: &[Effect]) -> Option<&Call> {
    effects.iter().find_map(
        |effect| {
            if let Effect::Call(call) = effect { Some(call) } else { None }
        },
    )
}

/// Reads bytes as a package, `--- NAME` before each file, on top of the demo city's, and checks it;
/// what can be read is also formatted twice alike.
///
/// # Panics
/// Where a promise is broken.
pub fn city_package(bytes: &[u8]) {
    static DEMO: LazyLock<Package> = LazyLock::new(|| {
        package::read(&city::demo()).expect("the demo city is part of the project")
    });
    let text = String::from_utf8_lossy(bytes);
    let mut package = DEMO.clone();
    for part in text.split("--- ").skip(1) {
        let (name, body) = part.split_once('\n').unwrap_or((part, ""));
        package.files.insert(name.trim().to_owned(), body.to_owned());
        if let Ok(once) = flows::format(name, body) {
            assert_eq!(flows::format(name, &once), Ok(once.clone()), "{name} is formatted once");
        }
    }
    let loaded = flows::load(&package);
    let is_sound = loaded.faults.is_empty();
    assert_eq!(loaded.city.is_some(), is_sound, "a city without a fault, or faults");
}

/// Reads bytes as the body of a web message.
///
/// # Panics
/// Where a promise is broken.
pub fn web_message(bytes: &[u8]) {
    if let Ok(message) = bot_channels::web::decode(bytes) {
        let content = &message.content;
        assert!(content.text.chars().count() <= MAX_MESSAGE_CHARS, "a message is too long");
        assert!(
            !content.is_empty() || !message.files.is_empty(),
            "nothing was taken for something"
        );
        assert_eq!(clean(&content.text, MAX_MESSAGE_CHARS), content.text, "a message is clean");
    }
}
