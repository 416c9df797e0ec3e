//! One file per channel: from the provider's wire format to our words, and back.
//!
//! Lives here: `decode`, which is pure and takes any bytes, and what a channel sends. Never here:
//! storage, decisions, what to say.

pub mod object;
pub mod provider;
pub mod sms;
pub mod twilio;
pub mod web;
