//! Folds events into a session inside one transaction: every action runs, every effect is stored.

use bot_city::{Actions, CallContext};
use bot_core::effect::Effect;
use bot_core::event::Timer;
use bot_core::message::{Author, Choice, Outbound};
use bot_core::{Chance, Event, EventKind, UnixMs};
use bot_engine::session::Owner as Who;
use bot_engine::{Note, Session, rules, step};
use bot_store::Tx;
use bot_store::conversation_state::Owner;
use bot_store::conversations::{Amendment, Conversation, Move};
use bot_store::desk::{DeskKind, NewDeskEvent};
use bot_store::log::Entry;
use bot_store::messages::NewMessage;
use bot_store::store::Swap;
use bot_store::timers::TimerRow;
use serde_json::json;
use std::collections::BTreeSet;
use std::time::Duration;

use crate::error::Error;
use crate::outbox;
use crate::suggest::{Clues, Learning};
use crate::town::Town;

/// Actions that one turn may run.
const MAX_CALLS: usize = 16;
const DAY: Duration = Duration::from_hours(24);

/// What a turn did, for those who count.
#[derive(Debug, Default)]
pub(crate) struct Done {
    pub(crate) messages: usize,
    pub(crate) handoffs: usize,
    pub(crate) faults: usize,
}

/// A conversation whose turn it is.
pub(crate) struct Folding<'a> {
    pub(crate) tx: &'a mut dyn Tx,
    pub(crate) town: &'a Town,
    pub(crate) actions: &'a dyn Actions,
    pub(crate) chance: &'a dyn Chance,
    pub(crate) now: UnixMs,
    pub(crate) conversation: Conversation,
    pub(crate) session: Session,
    pub(crate) revision: i64,
    pub(crate) done: Done,
    /// Calls that are answered with an error, since they took too long before.
    pub(crate) slow: BTreeSet<u32>,
    /// The last message that the turn takes in.
    pub(crate) seq: Option<i64>,
    /// What is kept of sentences that were understood badly.
    pub(crate) learning: Learning,
    pub(crate) clues: Clues,
    n_calls: usize,
    n_effects: usize,
}

impl<'a> Folding<'a> {
    pub(crate) fn new(
        tx: &'a mut dyn Tx,
        town: &'a Town,
        actions: &'a dyn Actions,
        chance: &'a dyn Chance,
        now: UnixMs,
        (conversation, session, revision): (Conversation, Session, i64),
    ) -> Self {
        let done = Done::default();
        let (n_calls, n_effects) = (0, 0);
        Self {
            tx,
            town,
            actions,
            chance,
            now,
            conversation,
            session,
            revision,
            done,
            slow: BTreeSet::new(),
            seq: None,
            learning: Learning::default(),
            clues: Clues::default(),
            n_calls,
            n_effects,
        }
    }

    /// Folds an event, and the result of every action that it calls.
    pub(crate) async fn fold(&mut self, kind: EventKind) -> Result<(), Error> {
        let mut next = Some(kind);
        while let Some(kind) = next.take() {
            let event = Event { at: self.now, seed: self.chance.number(), kind };
            let turn = step(&self.session, &event, &self.town.city);
            self.clues.add(&self.session, &event, &turn, &self.town.city);
            self.session = turn.session;
            self.note(&turn.notes);
            self.log(&event, &turn.effects, &turn.notes).await?;
            for effect in &turn.effects {
                if let Effect::Call(call) = effect {
                    next = Some(self.call(call).await?);
                } else {
                    self.store(effect).await?;
                }
            }
        }
        Ok(())
    }

    fn note(&mut self, notes: &[Note]) {
        self.done.faults += notes.iter().filter(|note| note.rule == rules::FAULT).count();
        let conversation = self.conversation.id;
        for note in notes.iter().filter(|note| note.rule != rules::STEP) {
            tracing::debug!(%conversation, rule = note.rule, about = note.about, "decided");
        }
    }

    async fn log(
        &mut self,
        event: &Event,
        effects: &[Effect],
        notes: &[Note],
    ) -> Result<(), Error> {
        let entry = Entry {
            event: to_json("event", event)?,
            effects: to_json("effect", &effects)?,
            notes: to_json("note", &notes)?,
            revision: self.revision + 1,
            seq: self.seq.filter(|_| matches!(event.kind, EventKind::Said { .. })),
            at: self.now,
        };
        self.tx.log().append(self.conversation.id, &entry).await?;
        Ok(())
    }

    /// Runs an action here and now; what it writes is part of the turn.
    async fn call(&mut self, call: &bot_core::effect::Call) -> Result<EventKind, Error> {
        self.n_calls += 1;
        let context = CallContext {
            city: &self.town.city,
            conversation: &self.conversation,
            lang: self.session.lang,
            now: self.now,
            chance: self.chance,
        };
        let returned = if self.n_calls > MAX_CALLS || self.slow.contains(&call.call) {
            bot_city::Returned::plain("error")
        } else {
            let limit = Duration::from_millis(call.limit_ms);
            let run = self.actions.run(self.tx, &context, call);
            // A transaction whose action was broken off is spent: the turn begins again.
            tokio::time::timeout(limit, run).await.map_err(|_| Error::SlowCall(call.call))??
        };
        let (result, outputs) = (returned.result.into_owned(), returned.outputs);
        Ok(EventKind::Returned { call: call.call, result, outputs })
    }

    async fn store(&mut self, effect: &Effect) -> Result<(), Error> {
        self.n_effects += 1;
        let id = self.conversation.id;
        match effect {
            Effect::Say(out) => self.say(out).await,
            // In a call the provider measures silence, and says so: an answer takes long to be
            // heard, and nobody is silent meanwhile.
            Effect::SetTimer { timer: Timer::Remind | Timer::Park, .. }
                if self.conversation.channel.is_spoken() =>
            {
                Ok(self.tx.timers().clear(id).await?)
            }
            Effect::SetTimer { timer, token, at } => {
                let row = TimerRow { conversation: id, timer: *timer, token: *token, at: *at };
                Ok(self.tx.timers().set(&row).await?)
            }
            Effect::ClearTimer => Ok(self.tx.timers().clear(id).await?),
            Effect::Handoff(handoff) => {
                self.done.handoffs += 1;
                self.set_owner(Owner::Queue(handoff.queue.clone())).await?;
                self.tell_desk(&to_json("handoff", handoff)?).await
            }
            Effect::TakeBack => self.set_owner(Owner::Bot).await,
            Effect::NoteToAgents { text } => {
                self.tell_desk(&json!({ "note": text }).to_string()).await
            }
            Effect::Private { text, keep_days, .. } => {
                let due = self.now.plus(DAY * *keep_days);
                Ok(self.tx.private().add(id, text, due).await?)
            }
            Effect::Park => self.set_state(Move::Park).await,
            Effect::Close => {
                self.set_state(Move::Close(bot_store::conversation_state::CloseReason::Ended)).await
            }
            // The log has it; nothing else is to be done. Calls never come here.
            Effect::Ended { .. } | Effect::Call(_) => Ok(()),
        }
    }

    /// Adds a message: for the web chat and the phone, the row is the delivery.
    async fn say(&mut self, out: &Outbound) -> Result<(), Error> {
        let mut message =
            NewMessage::words(self.conversation.id, Author::Bot, &out.text, out.lang, self.now);
        message.choices = out
            .choices
            .iter()
            .map(|c| Choice { id: c.id.clone(), label: c.label.clone() })
            .collect();
        message.wants = out.wants;
        message.epoch = Some(self.conversation.epoch);
        message.key = Some(format!("{}/{}", self.revision + 1, self.n_effects));
        let (tx, now) = (&mut *self.tx, self.now);
        match outbox::post(tx, &self.conversation, &message, self.chance, now).await? {
            Some(seq) => {
                self.conversation.last_seq = self.conversation.last_seq.max(seq);
                self.done.messages += 1;
                Ok(())
            }
            None => Err(Error::Stale),
        }
    }

    async fn set_owner(&mut self, owner: Owner) -> Result<(), Error> {
        if self.conversation.owner == owner {
            return Ok(());
        }
        let (id, epoch) = (self.conversation.id, self.conversation.epoch);
        done(self.tx.conversations().set_owner(id, epoch, &owner, self.now).await?)?;
        self.conversation.epoch += 1;
        self.conversation.owner = owner;
        Ok(())
    }

    async fn set_state(&mut self, change: Move) -> Result<(), Error> {
        let (id, epoch) = (self.conversation.id, self.conversation.epoch);
        done(self.tx.conversations().set_state(id, epoch, change, self.now).await?)
    }

    async fn tell_desk(&mut self, body: &str) -> Result<(), Error> {
        let event = NewDeskEvent {
            conversation: Some(self.conversation.id),
            kind: DeskKind::Conversation,
            body: body.to_owned(),
            at: self.now,
        };
        self.tx.desk().append(&event).await?;
        Ok(())
    }

    /// Tells the engine when a person has taken the conversation at the desk meanwhile, so that
    /// the bot is silent.
    pub(crate) async fn follow_the_desk(&mut self) -> Result<(), Error> {
        let by_person = matches!(self.conversation.owner, Owner::Agent(_));
        if by_person && self.session.owner != Who::Agent {
            self.session.owner = Who::Queue;
            self.fold(EventKind::Handoff(bot_core::event::HandoffNews::Accepted)).await?;
        }
        Ok(())
    }

    /// Stores what the turn leaves behind: the session, its language and package, one event for
    /// the desk.
    pub(crate) async fn finish(mut self) -> Result<Done, Error> {
        self.keep_suggestions().await?;
        let id = self.conversation.id;
        let body = to_json("session", &self.session)?;
        done(self.tx.sessions().save(id, self.revision, &body, self.now).await?)?;
        let lang = (self.session.lang != self.conversation.lang).then_some(self.session.lang);
        let city = &self.town.city;
        // While a flow of an older package is in progress, the conversation stays with that one.
        let current = self.session.stack.iter().all(|frame| {
            city.flows.get(&frame.flow).is_some_and(|flow| flow.structure_hash == frame.hash)
        });
        let release =
            (current && self.conversation.release != city.hash).then(|| city.hash.clone());
        if lang.is_some() || release.is_some() {
            let amendment = Amendment { lang, priority: None, release };
            done(self.tx.conversations().amend(id, &amendment, self.now).await?)?;
        }
        if let Some(lang) = lang {
            done(self.tx.identities().set_lang(self.conversation.resident, lang).await?)?;
        }
        if self.done.messages > 0 {
            let event = NewDeskEvent {
                conversation: Some(id),
                kind: DeskKind::Message,
                body: json!({ "seq": self.conversation.last_seq, "from": "bot" }).to_string(),
                at: self.now,
            };
            self.tx.desk().append(&event).await?;
        }
        Ok(self.done)
    }
}

/// Tells which timer an event is for, when it is one.
pub(crate) const fn timer_event(timer: Timer, token: u32) -> EventKind {
    EventKind::TimedOut { timer, token }
}

fn done(swap: Swap) -> Result<(), Error> {
    match swap {
        Swap::Done => Ok(()),
        Swap::Stale => Err(Error::Stale),
    }
}

pub(crate) fn to_json<T: serde::Serialize>(what: &'static str, value: &T) -> Result<String, Error> {
    serde_json::to_string(value).map_err(|why| Error::unreadable(what, why))
}
