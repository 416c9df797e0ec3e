//! A conversation with the engine alone: what is understood is written beside the words.

use crate::script;
use bot_core::effect::{Call, Effect};
use bot_core::event::{Profile, Timer};
use bot_core::value::Record;
use bot_core::{CaseNumber, Channel, Event, EventKind, Language, UnixMs, Value};
use bot_engine::{Session, step};
use flows::{City, Package};
use std::fmt::Write;
use std::path::Path;
use std::sync::LazyLock;

/// The demo city.
pub(crate) static CITY: LazyLock<City> = LazyLock::new(|| {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../flows/sainte-aurore");
    let mut package = Package::default();
    read_into(&root, &root, &mut package);
    flows::load(&package).city.expect("the demo city has no fault")
});

fn read_into(root: &Path, folder: &Path, package: &mut Package) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            read_into(root, &path, package);
        } else {
            let name = path.strip_prefix(root).unwrap().to_str().unwrap().to_owned();
            package.files.insert(name, std::fs::read_to_string(&path).unwrap());
        }
    }
}

/// A Tuesday morning in May, city hall open.
pub(crate) const MORNING: UnixMs = UnixMs(1_778_594_400_000);

/// A conversation in progress.
pub(crate) struct Lab {
    pub(crate) session: Session,
    pub(crate) now: UnixMs,
    pub(crate) said: String,
    pub(crate) log: Vec<Event>,
    city: &'static City,
    near: bool,
}

impl Lab {
    pub(crate) fn new(channel: Channel, lang: Language) -> Self {
        let session = Session::new(channel, lang);
        let said = String::new();
        Self { session, now: MORNING, said, log: Vec::new(), city: &CITY, near: false }
    }

    /// Folds an event, and the results of every action it calls.
    pub(crate) fn fold(&mut self, kind: EventKind) {
        let event = Event { at: self.now, seed: 1, kind };
        let turn = step(&self.session, &event, self.city);
        self.log.push(event);
        self.session = turn.session;
        for effect in &turn.effects {
            self.show(effect);
        }
        for effect in turn.effects {
            if let Effect::Call(call) = effect {
                let (result, outputs) = self.answer(&call);
                self.fold(EventKind::Returned { call: call.call, result, outputs });
            }
        }
    }

    fn show(&mut self, effect: &Effect) {
        let line = match effect {
            Effect::Say(out) => {
                let labels = out.choices.iter().map(|c| format!("[{}]", c.label));
                let words = [out.text.replace('\n', " / ")].into_iter().chain(labels);
                format!("< {}", words.collect::<Vec<_>>().join(" "))
            }
            Effect::Call(call) => format!("* call {}", call.action),
            Effect::Handoff(handoff) => {
                let brief: Vec<String> =
                    handoff.brief.iter().map(|c| format!("{}: {}", c.id, c.label)).collect();
                format!("* handoff {} {:?} ({})", handoff.queue, handoff.reason, brief.join("; "))
            }
            Effect::Ended { flow, outcome } => format!("* ended {flow} {outcome}"),
            Effect::Private { slot, keep_days, .. } => format!("* private {slot} {keep_days}d"),
            Effect::TakeBack => "* take back".to_owned(),
            Effect::Park => "* park".to_owned(),
            Effect::Close => "* close".to_owned(),
            Effect::NoteToAgents { text } => format!("* note {text}"),
            Effect::SetTimer { .. } | Effect::ClearTimer => return,
        };
        writeln!(self.said, "{line}").unwrap();
    }

    fn answer(&self, call: &Call) -> (String, Record) {
        let number = Value::CaseNumber(CaseNumber::parse("26-001234-7").unwrap());
        let with = |name: &str, value: Value| Record::from([(name.to_owned(), value)]);
        let (result, outputs) = match call.action.as_str() {
            "requests.find_near" if self.near => {
                let day = Value::Date("2026-05-01".parse().unwrap());
                let text = |text: &str| Value::Text(text.to_owned());
                let near = Record::from([
                    ("number".to_owned(), number),
                    ("service".to_owned(), text("Nid-de-poule")),
                    ("place".to_owned(), text("14, rue Cartier")),
                    ("date".to_owned(), day),
                ]);
                ("found", with("nearest", Value::Record(near)))
            }
            "requests.create" => ("ok", with("request_number", number)),
            "requests.get" => ("not_found", Record::new()),
            "identity.owns_phone" => ("other", Record::new()),
            "identity.match_place" => ("same", Record::new()),
            "requests.find_near" | "requests.by_phone" => ("none", Record::new()),
            "collection.next" => ("out_of_season", Record::new()),
            _ => ("ok", Record::new()),
        };
        (result.to_owned(), outputs)
    }
}

/// Runs a script of lines and compares what comes of it with what is written.
///
/// `> words | signs` is what the resident says and what is understood of it; `# open`, `# remind`,
/// `# park`, `# nobody`, `# near`, `# agent NEWS` are things that happen.
pub(crate) fn check(channel: Channel, lang: Language, lines: &str, wanted: &expect_test::Expect) {
    let mut lab = Lab::new(channel, lang);
    for line in lines.lines().map(str::trim).filter(|line| !line.is_empty()) {
        if let Some(words) = line.strip_prefix("> ") {
            writeln!(lab.said, "{line}").unwrap();
            lab.fold(script::said(words, &lab.session, &CITY));
        } else if let Some(thing) = line.strip_prefix("# ") {
            happen(&mut lab, thing);
        }
    }
    wanted.assert_eq(&lab.said);
    replays_the_same(&lab, channel, lang);
}

fn happen(lab: &mut Lab, thing: &str) {
    let token = lab.session.timer_token;
    let timer = |timer| EventKind::TimedOut { timer, token };
    match thing {
        "open" => lab.fold(EventKind::Opened(Profile::default())),
        "near" => lab.near = true,
        "remind" => lab.fold(timer(Timer::Remind)),
        "park" => lab.fold(timer(Timer::Park)),
        "nobody" => lab.fold(timer(Timer::Handoff)),
        "night" => lab.now = UnixMs(MORNING.0 + 12 * 3_600_000),
        _ => {
            let name = thing.strip_prefix("agent ").unwrap();
            let news = match name {
                "accepted" => bot_core::event::HandoffNews::Accepted,
                "solved" => bot_core::event::HandoffNews::Solved,
                _ => bot_core::event::HandoffNews::BackToBot,
            };
            lab.fold(EventKind::Handoff(news));
        }
    }
}

/// Folding the log again gives the same session.
fn replays_the_same(lab: &Lab, channel: Channel, lang: Language) {
    let mut session = Session::new(channel, lang);
    for event in &lab.log {
        let stored = serde_json::to_string(event).unwrap();
        session = step(&session, &serde_json::from_str(&stored).unwrap(), &CITY).session;
    }
    let stored = serde_json::to_string(&lab.session).unwrap();
    assert_eq!(session, lab.session);
    assert_eq!(serde_json::from_str::<Session>(&stored).unwrap(), lab.session);
}
