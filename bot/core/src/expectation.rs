//! What the counter expects next: the context in which a message is read.

use serde::{Deserialize, Serialize};

use crate::lang::{Bilingual, Language};
use crate::slot::SlotKind;
use crate::value::Value;

/// One answer that can be picked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MenuItem {
    /// Its key.
    pub key: String,
    /// What the resident reads.
    pub label: Bilingual<String>,
    /// Other ways to say it.
    pub also: Bilingual<Vec<String>>,
}

/// A slot whose value a message may hold.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SlotSpec {
    /// The slot's name.
    pub name: String,
    /// Its type.
    pub kind: SlotKind,
    /// Its options, where it has any.
    pub options: Vec<MenuItem>,
    /// What residents call it, for "change the …".
    pub names: Bilingual<Vec<String>>,
    /// Its present value, for corrections of a part.
    pub current: Option<Value>,
}

/// The question that is open.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Question {
    /// The slot it fills, if it fills one.
    pub slot: Option<String>,
    /// The type of the answer.
    pub kind: SlotKind,
    /// The answers on offer, in the order shown.
    pub menu: Vec<MenuItem>,
}

/// The context of one message.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Expectation {
    /// The conversation's language.
    pub lang: Language,
    /// The open question, if any.
    pub question: Option<Question>,
    /// The slots of the flows in progress, the innermost flow first.
    pub slots: Vec<SlotSpec>,
}
