//! One file per channel: from the provider's wire format to our words, and back.
//!
//! Lives here: `decode`, which is pure and takes any bytes, what a channel sends, and whether a
//! provider's request is really the provider's. Never here: storage, decisions, what to say.

pub mod object;
pub mod provider;
pub mod signature;
pub mod sms;
pub mod twilio;
pub mod web;
