//! Reads typed inputs out of a call.

use bot_core::contact::{Contact, Phone};
use bot_core::effect::Call;
use bot_core::id::{AttachmentId, ConversationId};
use bot_core::value::Record;
use bot_core::{CaseNumber, Place, Value};
use sha2::{Digest, Sha256};

/// Inputs by name.
pub(crate) struct Inputs<'a>(pub(crate) &'a Record);

impl<'a> Inputs<'a> {
    fn get(&self, name: &str) -> Option<&'a Value> {
        self.0.get(name)
    }

    pub(crate) fn service(&self) -> Option<&'a str> {
        self.get("service")?.as_service()
    }

    pub(crate) fn place(&self) -> Option<&'a Place> {
        self.get("at")?.as_place()
    }

    pub(crate) fn text(&self, name: &str) -> Option<&'a str> {
        self.get(name)?.as_text()
    }

    pub(crate) fn choice(&self, name: &str) -> Option<&'a str> {
        if let Value::Choice(key) = self.get(name)? { Some(key) } else { None }
    }

    pub(crate) fn number(&self, name: &str) -> Option<i64> {
        if let Value::Number(number) = self.get(name)? { Some(*number) } else { None }
    }

    pub(crate) fn case_number(&self, name: &str) -> Option<CaseNumber> {
        if let Value::CaseNumber(number) = self.get(name)? { Some(*number) } else { None }
    }

    pub(crate) fn phone(&self) -> Option<&'a Phone> {
        if let Value::Phone(phone) = self.get("phone")? { Some(phone) } else { None }
    }

    pub(crate) fn contact(&self) -> Option<&'a Contact> {
        if let Value::Contact(contact) = self.get("contact")? { Some(contact) } else { None }
    }

    pub(crate) fn photos(&self) -> Option<&'a [AttachmentId]> {
        if let Value::Images(photos) = self.get("photos")? { Some(photos) } else { None }
    }

    /// Gives the answers to the category's questions: those of `answers`, and whatever has the
    /// name of a question.
    pub(crate) fn answers(&self, questions: &[flows::model::slot::Slot]) -> Record {
        let given = match self.get("answers") {
            Some(Value::Record(answers)) => answers.clone(),
            _ => Record::new(),
        };
        let own = questions.iter().filter_map(|question| {
            let value = given.get(&question.name).or_else(|| self.get(&question.name))?;
            Some((question.name.clone(), value.clone()))
        });
        own.collect()
    }
}

/// Gives the key under which a call is done once only: the same conversation, step and inputs.
pub(crate) fn once_key(conversation: ConversationId, call: &Call) -> Option<String> {
    let once = call.once.as_ref()?;
    let inputs = serde_json::to_vec(&call.inputs).unwrap_or_default();
    let hash = bot_core::text::hex(&Sha256::digest(&inputs));
    Some(format!("{conversation}/{once}/{hash}"))
}
