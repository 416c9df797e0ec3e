//! `step`: one event folded into one session.

use bot_core::effect::Effect;
use bot_core::event::Profile;
use bot_core::value::Record;
use bot_core::{Event, EventKind};
use flows::City;

use crate::menu;
use crate::session::{Owner, Session, Waiting};
use crate::wants::WELCOME;
use crate::work::{Turn, Work};

/// Folds one event into a session. Total: it returns for every input, after at most
/// [`MAX_HOPS`](crate::MAX_HOPS) steps, and gives the same for the same.
#[must_use]
pub fn step(session: &Session, event: &Event, city: &City) -> Turn {
    let mut work = Work::new(session, event, city);
    work.migrate();
    match &event.kind {
        EventKind::Opened(profile) => work.opened(profile),
        EventKind::Said { content, understanding } => {
            work.said(content, understanding);
            work.never_silent();
        }
        EventKind::Returned { call, result, outputs } => work.came_back(*call, result, outputs),
        EventKind::TimedOut { timer, token } => work.timed_out(*timer, *token),
        EventKind::Handoff(news) => work.handoff_news(*news),
    }
    work.set_timers();
    work.done()
}

impl Work<'_> {
    fn opened(&mut self, profile: &Profile) {
        self.session.profile = profile.clone();
        if let Some(lang) = profile.lang.filter(|lang| self.city.info.languages.contains(lang)) {
            self.session.lang = lang;
        }
        if profile.is_greeted {
            return;
        }
        if !self.begin_named(WELCOME) {
            self.say_with_starters("help");
        }
        self.add_starters();
    }

    /// Shows what the counter can do under the last words said, where nothing else is asked.
    fn add_starters(&mut self) {
        if !self.session.stack.is_empty() || self.session.pending.is_some() {
            return;
        }
        let starters = menu::starters(self.city, &self.session);
        let last = self.effects.iter().rposition(|effect| matches!(effect, Effect::Say(_)));
        let Some(Effect::Say(out)) = last.map(|place| self.effects[place].clone()) else {
            return;
        };
        if !out.choices.is_empty() {
            return;
        }
        let (text, choices) = self.offer(out.text.clone(), &starters);
        let with = bot_core::Outbound { text, choices, ..out };
        if let Some(place) = last {
            self.effects[place] = Effect::Say(with.clone());
        }
        if let Some(kept) = self.session.last.last_mut() {
            *kept = with;
        }
    }

    /// An action has given its result.
    fn came_back(&mut self, call: u32, result: &str, outputs: &Record) {
        let waiting = self.session.top().and_then(|frame| frame.waiting.clone());
        let Some(Waiting::Call { call: awaited, update }) = waiting else {
            self.note("result ignored", "no flow waits for it");
            return;
        };
        if awaited != call {
            self.note("result ignored", "another call is awaited");
            return;
        }
        let Some((flow, _, step)) = self.step() else {
            self.break_down("the step that called an action is gone");
            return;
        };
        if let Some(frame) = self.frame() {
            frame.waiting = None;
        }
        if update {
            self.updated(result);
        } else {
            self.returned(flow, step, result, outputs.clone(), true);
        }
        self.advance();
    }

    /// What was filed has been mended: go on as after the first filing.
    fn updated(&mut self, result: &str) {
        let Some((flow, _, step)) = self.step() else {
            return;
        };
        let done = self.session.top().and_then(|frame| frame.done.get(&step.id)).cloned();
        match done {
            Some(done) if result == "ok" => {
                self.returned(flow, step, &done.result, done.outputs, true);
            }
            _ => self.break_down("a correction could not be passed on"),
        }
    }

    /// Every message is answered: where a flow ended without a word, say what can be done next.
    fn never_silent(&mut self) {
        let calling = self.effects.iter().any(|effect| matches!(effect, Effect::Call(_)));
        if self.spoke || calling || self.session.owner != Owner::Bot {
            return;
        }
        if self.session.pending.is_some() {
            self.restate();
        } else {
            self.say_with_starters("help");
        }
    }
}
