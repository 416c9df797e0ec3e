//! A suggestion as people and programs outside see it: the command's JSON and the API's.

use bot_core::id::{ConversationId, SuggestionId};
use bot_core::lang::Language;
use serde::Serialize;

use super::{Decision, Guess, Reason, State, Suggestion, Taught, Verdict};

/// A suggestion, flat; times are written out.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Shown<'a> {
    id: SuggestionId,
    conversation: ConversationId,
    seq: i64,
    reason: Reason,
    state: State,
    lang: Option<Language>,
    text: &'a str,
    guess: Option<&'a Guess>,
    chosen: Option<&'a str>,
    at: String,
    decided: Option<Decided<'a>>,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
struct Decided<'a> {
    at: String,
    by: &'a str,
    intent: Option<&'a str>,
    taught: Option<&'a Taught>,
}

impl<'a> From<&'a Suggestion> for Shown<'a> {
    fn from(suggestion: &'a Suggestion) -> Self {
        let new = &suggestion.new;
        Self {
            id: new.id,
            conversation: new.conversation,
            seq: new.seq,
            reason: new.reason,
            state: suggestion.state(),
            lang: new.lang,
            text: &new.text,
            guess: new.guess.as_ref(),
            chosen: new.chosen.as_deref(),
            at: new.at.timestamp().to_string(),
            decided: suggestion.decision.as_ref().map(Decided::from),
        }
    }
}

impl<'a> From<&'a Decision> for Decided<'a> {
    fn from(decision: &'a Decision) -> Self {
        let (intent, taught) = match &decision.verdict {
            Verdict::Accepted { intent, taught } => (Some(intent.as_str()), taught.as_ref()),
            Verdict::Dismissed => (None, None),
        };
        Self { at: decision.at.timestamp().to_string(), by: &decision.by, intent, taught }
    }
}
