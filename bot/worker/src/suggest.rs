//! Keeps sentences that were understood badly, for whoever looks after the intents.
//!
//! The engine's notes tell what became of a sentence; the log tells which sentence it was. Never
//! here: what is private in a sentence, see [`crate::redaction`].

use bot_core::effect::Effect;
use bot_core::id::SuggestionId;
use bot_core::message::Content;
use bot_core::understanding::{Outcome, Understanding};
use bot_core::{Event, EventKind, UnixMs};
use bot_engine::session::Pending;
use bot_engine::{Note, Session, Turn, rules};
use bot_store::log::LogRow;
use bot_store::suggestions::{Guess, MAX_OPEN_SUGGESTIONS, NewSuggestion, Reason};
use flows::City;
use flows::model::intent::OUT_OF_SCOPE;

use crate::error::Error;
use crate::fold::Folding;
use crate::redaction::redacted;

/// Sentences of a conversation that are looked at again.
const MAX_LOOK_BACK: u32 = 8;
/// Sentences kept when a person takes over.
const MAX_HANDED_OVER: usize = 3;

/// What is kept of sentences that were understood badly.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Learning {
    /// Whether anything is.
    pub keep: bool,
    /// For how many days.
    pub keep_days: u32,
}

impl Default for Learning {
    fn default() -> Self {
        Self { keep: true, keep_days: 90 }
    }
}

/// Which earlier sentence a choice is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum About {
    /// The one after which "did you mean" was asked.
    Unsure,
    /// The one before, of which nothing was understood.
    Refused,
    /// The last one that was taken for another intent.
    Mistaken,
}

/// What a turn tells of how its conversation was understood.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Clues {
    /// Nothing was understood of the turn's own words.
    refused: bool,
    /// None of what "did you mean" offered was meant.
    nothing_offered: bool,
    /// The intent that the resident chose instead.
    chosen: Option<(About, String)>,
    /// A person was called.
    handed_over: bool,
}

impl Clues {
    /// Takes note of what became of an event, folded into the session as it was `before`.
    pub(crate) fn add(&mut self, before: &Session, event: &Event, turn: &Turn, city: &City) {
        self.handed_over |= turn.effects.iter().any(|effect| matches!(effect, Effect::Handoff(_)));
        let EventKind::Said { understanding, .. } = &event.kind else { return };
        let rules = Rules(&turn.notes);
        self.refused |= rules.has(rules::NOT_UNDERSTOOD) && is_no_answer(before, understanding);
        let was_unsure = matches!(before.pending, Some(Pending::DidYouMean { .. }));
        self.nothing_offered |= was_unsure && rules.has(rules::NONE_OF_THESE);
        let about = if was_unsure {
            About::Unsure
        } else if before.misses > 0 && before.stack.is_empty() {
            About::Refused
        } else if understanding.correction && !before.stack.is_empty() {
            About::Mistaken
        } else {
            return;
        };
        if let Some(intent) = rules.wish(city) {
            self.chosen = Some((about, intent.to_owned()));
        }
    }

    /// Finds the sentences to keep among those said last, the last one first.
    fn found<'s>(&self, said: &'s [Said], city: &City) -> Vec<Found<'s>> {
        let mut found = Vec::new();
        let mut add = |reason, chosen: Option<&String>, said: Option<&'s Said>| {
            let chosen = chosen.cloned();
            found.extend(said.map(|said| Found { reason, chosen, said }));
        };
        let asked = || said.iter().skip(1).find(|said| said.rules().has(rules::DID_YOU_MEAN));
        if self.refused {
            add(Reason::Refused, None, said.first());
        }
        if self.nothing_offered {
            add(Reason::Refused, None, asked());
        }
        if let Some((about, intent)) = &self.chosen {
            let mut earlier = said.iter().skip(1);
            let meant = match about {
                About::Unsure => asked(),
                About::Refused => earlier.next().filter(|s| s.rules().has(rules::NOT_UNDERSTOOD)),
                About::Mistaken => earlier
                    .find(|said| said.rules().wish(city).is_some())
                    .filter(|said| said.rules().wish(city) != Some(intent)),
            };
            add(Reason::Corrected, Some(intent), meant);
        }
        if self.handed_over {
            let wishes = said.iter().filter(|said| said.rules().is_wish(city));
            for said in wishes.take(MAX_HANDED_OVER) {
                add(Reason::HandedOver, None, Some(said));
            }
        }
        found
    }
}

/// Tells whether words that were not understood are unlikely to be an answer in vain: in the middle
/// of a question, only words that nothing here serves.
fn is_no_answer(before: &Session, heard: &Understanding) -> bool {
    let stray = heard.best().is_none_or(|best| best.intent == OUT_OF_SCOPE);
    before.pending.is_none() || heard.outcome == Outcome::OutOfScope || stray
}

/// The engine's notes about a sentence.
#[derive(Clone, Copy)]
struct Rules<'a>(&'a [Note]);

impl<'a> Rules<'a> {
    fn has(self, rule: &str) -> bool {
        self.0.iter().any(|note| note.rule == rule)
    }

    /// Gives the intent that was taken as meant; commands work everywhere and are no wish.
    fn wish(self, city: &City) -> Option<&'a str> {
        let note = self.0.iter().find(|note| note.rule == rules::INTENT)?;
        let intent = city.intents.get(&note.about)?;
        intent.command.is_none().then_some(note.about.as_str())
    }

    /// Tells whether the sentence wanted something, be it understood or not.
    fn is_wish(self, city: &City) -> bool {
        let lost = [rules::NOT_UNDERSTOOD, rules::DID_YOU_MEAN].into_iter();
        !self.has(rules::COMMAND)
            && (self.wish(city).is_some() || { lost }.any(|rule| self.has(rule)))
    }
}

/// A sentence as the log has it.
struct Said {
    seq: i64,
    at: UnixMs,
    content: Content,
    heard: Understanding,
    notes: Vec<Note>,
}

impl Said {
    /// Reads an entry of the log that took in a message.
    fn read(row: &LogRow) -> Result<Option<Self>, Error> {
        let unreadable = |why| Error::unreadable("log", why);
        let event: Event = serde_json::from_str(&row.entry.event).map_err(unreadable)?;
        let notes = serde_json::from_str(&row.entry.notes).map_err(unreadable)?;
        let (EventKind::Said { content, understanding }, Some(seq)) = (event.kind, row.entry.seq)
        else {
            return Ok(None);
        };
        Ok(Some(Self { seq, at: row.entry.at, content, heard: *understanding, notes }))
    }

    fn rules(&self) -> Rules<'_> {
        Rules(&self.notes)
    }

    /// Gives the words that may be kept: typed or spoken, no button's, never of an emergency.
    fn words(&self) -> Option<String> {
        let is_own = self.content.choice.is_none() && self.heard.emergency.is_none();
        let words = is_own.then(|| redacted(&self.content.text, &self.heard.entities));
        words.flatten()
    }
}

/// A sentence to keep, and why.
struct Found<'s> {
    reason: Reason,
    chosen: Option<String>,
    said: &'s Said,
}

impl Folding<'_> {
    /// Keeps the sentences that the turn has shown to be understood badly.
    pub(crate) async fn keep_suggestions(&mut self) -> Result<(), Error> {
        let clues = std::mem::take(&mut self.clues);
        if !self.learning.keep || clues == Clues::default() {
            return Ok(());
        }
        let rows = self.tx.log().latest_said(self.conversation.id, MAX_LOOK_BACK).await?;
        let said: Vec<Option<Said>> = rows.iter().map(Said::read).collect::<Result<_, _>>()?;
        let said: Vec<Said> = said.into_iter().flatten().collect();
        for Found { reason, chosen, said } in clues.found(&said, &self.town.city) {
            let Some(text) = said.words() else { continue };
            let guess = said.heard.best();
            let suggestion = NewSuggestion {
                id: SuggestionId::new(self.now, self.chance),
                conversation: self.conversation.id,
                seq: said.seq,
                reason,
                lang: said.heard.lang.map(|guess| guess.lang),
                text,
                guess: guess.map(|guess| Guess { intent: guess.intent.clone(), p: guess.p }),
                chosen,
                at: said.at,
            };
            let _novelty = self.tx.suggestions().keep(&suggestion, MAX_OPEN_SUGGESTIONS).await?;
        }
        Ok(())
    }
}
