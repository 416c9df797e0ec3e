//! Words that work everywhere: cancel, repeat, back, help, why, a person, a language, start over,
//! resume.

use bot_core::Language;
use bot_core::channel::Source;
use bot_core::effect::{Effect, HandoffReason};
use bot_core::message::Content;
use bot_core::slot::SlotKind;
use bot_core::understanding::Command;
use flows::model::flow::{Override, StepKind};

use crate::advance::Go;
use crate::depends;
use crate::menu;
use crate::scope::{SERVICE, questions_of};
use crate::session::{MAX_DEPTH, Pending, Waiting};
use crate::subflow::new_frame;
use crate::wants::{WELCOME, ended_early};
use crate::work::Work;

/// Choices from which the key nine is the ninth of them.
const LAST_KEY: usize = 9;

impl Work<'_> {
    /// Gives the command of a key that works everywhere on the phone; a nine that answers the open
    /// question does not.
    pub(crate) fn keyed(&self, content: &Content) -> Option<Command> {
        if content.source != Some(Source::Keypad) {
            return None;
        }
        let counts = self.pending_slot().is_some_and(|slot| slot.kind == SlotKind::Number);
        let picks = || menu::of(self.city, &self.session).len() >= LAST_KEY;
        match content.text.trim() {
            "0" => Some(Command::Agent),
            "9" if !counts && !picks() => Some(Command::Repeat),
            "*" => Some(Command::Back),
            _ => None,
        }
    }

    /// Obeys a command.
    pub(crate) fn command(&mut self, command: Command) {
        self.session.misses = 0;
        self.session.spare.clear();
        if let Some((flow, _)) = self.top()
            && let Some(over) = flow.commands.get(&command)
        {
            match over {
                Override::Go(target) => {
                    self.go_to(flow, target);
                    self.advance();
                }
                Override::Say(text) => {
                    let text = self.text(text, &[]);
                    self.say_then_restate(&text);
                }
            }
            return;
        }
        match command {
            Command::Cancel => self.cancel(),
            Command::Repeat => self.repeat(),
            Command::Back => self.back(),
            Command::Help => self.help(),
            Command::Why => self.why(),
            Command::Agent => self.call_a_person(HandoffReason::Asked),
            Command::French => self.switch(Language::Fr),
            Command::English => self.switch(Language::En),
            Command::StartOver => self.start_over(),
            Command::Resume => self.resume(),
        }
    }

    fn cancel(&mut self) {
        let had_question = self.session.pending.take().is_some();
        let Some(frame) = self.session.stack.pop() else {
            let key = if had_question { "cancelled" } else { "nothing_to_cancel" };
            self.say_global(key, &[]);
            return;
        };
        self.effects.push(ended_early(frame.flow.clone()));
        let run = self.session.top().is_some_and(|below| below.waiting == Some(Waiting::Run));
        if run {
            if self.after_run(&frame, "cancelled") == Go::On {
                self.advance();
            }
            if !self.spoke {
                self.say_global("cancelled", &[]);
            }
            return;
        }
        self.session.shelf = Some(frame);
        self.say_global("cancelled", &[]);
        if self.after_digression() == Go::On {
            self.advance();
        }
    }

    fn repeat(&mut self) {
        if self.session.pending.is_none() && self.session.last.is_empty() {
            self.say_global("nothing_to_repeat", &[]);
            return;
        }
        let last = self.session.last.clone();
        if last.is_empty() {
            self.restate();
            return;
        }
        for out in last {
            if out.lang == self.session.lang {
                self.say_wanting(out.text, out.choices, out.wants);
            } else {
                self.restate();
                return;
            }
        }
    }

    /// Goes back to the question before; its answer, and what was computed from it, are dropped.
    fn back(&mut self) {
        let Some((flow, frame)) = self.top() else {
            self.say_global("nothing_before", &[]);
            return;
        };
        let asked = |name: &String| {
            let question = questions_of(self.city, frame).iter().any(|q| q.name == *name);
            flow.steps.iter().position(|step| match &step.kind {
                StepKind::Collect { slot, .. } => slot == name,
                StepKind::Questions => question,
                StepKind::Call(_)
                | StepKind::Run(_)
                | StepKind::Branch { .. }
                | StepKind::Do(_)
                | StepKind::Confirm(_)
                | StepKind::Handoff(_) => false,
            })
        };
        let found = frame.answered.iter().rev().find_map(|name| Some((name.clone(), asked(name)?)));
        let Some((name, place)) = found else {
            let text = self.global("nothing_before", &[]);
            self.say_then_restate(&text);
            return;
        };
        let dropped = depends::computed_from(flow, &name);
        let id = flow.steps[place].id.clone();
        if let Some(frame) = self.frame() {
            frame.values.remove(&name);
            frame.answered.retain(|slot| *slot != name);
            frame.tries.remove(&name);
            depends::forget(frame, &dropped);
            depends::rewind(frame, &id);
        }
        self.session.pending = None;
        self.say_global("went_back", &[]);
        self.advance();
    }

    fn help(&mut self) {
        if self.session.stack.is_empty() {
            self.session.pending = None;
            self.say_with_starters("help");
            return;
        }
        let title = self.title();
        let help = self.global("help_in_flow", &[("title", title)]);
        self.say_then_restate(&help);
    }

    fn why(&mut self) {
        let own = self.pending_slot().and_then(|slot| slot.why);
        let why = match own {
            Some(text) => self.text(&text, &[]),
            None if self.session.stack.is_empty() => {
                self.help();
                return;
            }
            None => self.global("why", &[]),
        };
        self.say_then_restate(&why);
    }

    fn switch(&mut self, lang: Language) {
        if self.city.info.languages.contains(&lang) {
            self.session.lang = lang;
        }
        let switched = self.global("language_switched", &[]);
        self.say_then_restate(&switched);
    }

    /// Begins again: the flow in progress from its first step, its subject kept; or the welcome.
    fn start_over(&mut self) {
        self.session.pending = None;
        let Some(first) = self.session.stack.first().cloned() else {
            if !self.begin_named(WELCOME) {
                self.help();
            }
            return;
        };
        for frame in std::mem::take(&mut self.session.stack).into_iter().rev() {
            self.effects
                .push(Effect::Ended { flow: frame.flow, outcome: "started_over".to_owned() });
        }
        self.say_global("started_over", &[]);
        let Some(flow) = self.city.flows.get(&first.flow) else {
            self.help();
            return;
        };
        let mut fresh = new_frame(flow, self.now());
        if let Some(service) = first.values.get(SERVICE) {
            fresh.values.insert(SERVICE.to_owned(), service.clone());
        }
        self.session.stack.push(fresh);
        self.advance();
    }

    fn resume(&mut self) {
        if self.session.pending == Some(Pending::Resume) {
            self.session.pending = None;
            self.advance();
            return;
        }
        let put_aside = self.session.shelf.take().filter(|_| self.session.stack.len() < MAX_DEPTH);
        let Some(frame) = put_aside else {
            let nothing = self.global("nothing_to_resume", &[]);
            if self.session.stack.is_empty() {
                self.say(nothing, Vec::new());
            } else {
                self.restate();
            }
            return;
        };
        self.session.pending = None;
        self.session.stack.push(frame);
        let title = self.title();
        self.say_global("resumed", &[("title", title)]);
        self.advance();
    }
}
