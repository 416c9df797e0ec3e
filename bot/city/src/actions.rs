//! The door for actions: a call comes in with typed inputs, a result with outputs goes out.

use async_trait::async_trait;
use bot_core::effect::Call;
use bot_core::value::Record;
use bot_core::{Chance, Language, UnixMs, Value};
use bot_store::conversations::Conversation;
use bot_store::{Result, Tx};
use flows::City;
use std::borrow::Cow;

use crate::{collection, desk, identity, requests};

/// The turn in which an action runs.
pub struct CallContext<'a> {
    /// The city.
    pub city: &'a City,
    /// The conversation.
    pub conversation: &'a Conversation,
    /// The language spoken.
    pub lang: Language,
    /// The time.
    pub now: UnixMs,
    /// Chance, for new ids.
    pub chance: &'a dyn Chance,
}

/// What an action gave.
#[derive(Debug, Clone, PartialEq)]
pub struct Returned {
    /// The result's name in the manifest.
    pub result: Cow<'static, str>,
    /// The outputs of that result.
    pub outputs: Record,
}

impl Returned {
    /// A result without outputs.
    #[must_use]
    pub fn plain(result: &'static str) -> Self {
        Self { result: Cow::Borrowed(result), outputs: Record::new() }
    }

    /// A result with one output.
    #[must_use]
    pub fn with(result: &'static str, name: &str, value: Value) -> Self {
        Self { result: Cow::Borrowed(result), outputs: Record::from([(name.to_owned(), value)]) }
    }
}

/// The result of every action that could not be done.
pub(crate) const ERROR: &str = "error";

/// Runs actions.
#[async_trait]
pub trait Actions: Send + Sync {
    /// Tells whether it knows an action.
    fn knows(&self, action: &str) -> bool;

    /// Runs an action inside a transaction; what it writes is kept with the turn or not at all.
    ///
    /// # Errors
    /// The store's, which undo the whole turn. What the resident did wrong is a result.
    async fn run(
        &self,
        tx: &mut dyn Tx,
        context: &CallContext<'_>,
        call: &Call,
    ) -> Result<Returned>;
}

/// The register that comes with the counter.
#[derive(Debug, Clone, Copy, Default)]
pub struct Register;

const KNOWN: [&str; 11] = [
    "collection.next",
    "identity.match_place",
    "identity.owns_phone",
    "inbox.leave_message",
    "requests.by_phone",
    "requests.change",
    "requests.create",
    "requests.find_near",
    "requests.follow",
    "requests.get",
    "requests.watch",
];

#[async_trait]
impl Actions for Register {
    fn knows(&self, action: &str) -> bool {
        KNOWN.contains(&action)
    }

    async fn run(
        &self,
        tx: &mut dyn Tx,
        context: &CallContext<'_>,
        call: &Call,
    ) -> Result<Returned> {
        match call.action.as_str() {
            "collection.next" => Ok(collection::next(context, &call.inputs)),
            "identity.match_place" => identity::match_place(tx, &call.inputs).await,
            "identity.owns_phone" => identity::owns_phone(tx, context, &call.inputs).await,
            "inbox.leave_message" => desk::leave_message(tx, context, call).await,
            "requests.by_phone" => requests::by_phone(tx, context, &call.inputs).await,
            "requests.change" => requests::change(tx, context, &call.inputs).await,
            "requests.create" => requests::create(tx, context, call).await,
            "requests.find_near" => requests::find_near(tx, context, &call.inputs).await,
            "requests.follow" => requests::follow(tx, context, &call.inputs).await,
            "requests.get" => requests::get(tx, context, &call.inputs).await,
            "requests.watch" => requests::watch(tx, context, &call.inputs).await,
            _ => Ok(Returned::plain(ERROR)),
        }
    }
}
