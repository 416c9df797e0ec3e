//! From YAML nodes to the model, every fault noted and none fatal.

mod actions;
mod basics;
mod city;
mod faq;
mod flow;
mod hours;
mod intents;
mod places;
mod services;
mod slots;
mod steps;
mod talks;
mod texts;
mod trials;

pub(crate) use actions::actions;
pub(crate) use basics::Cx;
pub(crate) use city::city;
pub(crate) use faq::{faq, tables};
pub(crate) use flow::flow;
pub(crate) use hours::hours;
pub(crate) use intents::{MAX_SENTENCE_CHARS, Marked, intent, unmark};
pub(crate) use places::places;
pub(crate) use services::services;
pub(crate) use talks::talk;
pub(crate) use texts::texts;
pub(crate) use trials::trials;
